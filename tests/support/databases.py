"""A fresh, migrated and seeded database for each test that asks for one."""

import itertools
import os
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import make_url

from app.commands.demo import seed_people
from app.foundation import columns, migrate
from app.foundation.database import Database, driver_url
from app.foundation.keys import resolve_secrets
from app.settings import DatabaseSettings, SecretSettings
from app.stations.demo import seed as seed_stations

_numbers = itertools.count()


class Databases:
    """Databases of one server, copied from a template that is made once.

    To make or drop one is mostly to wait for the server's checkpoints, so that is done while a test runs: the
    next is made, the last one dropped.
    """

    def __init__(self, server_url: str, folder: Path) -> None:
        self._url = make_url(driver_url(server_url))
        # No engine: tests listen to what engines send, and this is none of it.
        plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._admin = psycopg.connect(plain, autocommit=True)
        self._template = f"home_template_{os.getpid()}"
        self.folder = folder
        self._fill_template()
        self._aside = ThreadPoolExecutor(1, "databases")
        self._next: Future[str] | None = None
        self._drops: list[Future[None]] = []

    def _fill_template(self) -> None:
        self._run(
            f"DROP DATABASE IF EXISTS {self._template} WITH (FORCE)", f"CREATE DATABASE {self._template}"
        )
        url = self._named(self._template)
        migrate.upgrade(url)
        keys = resolve_secrets(SecretSettings(), self.folder)
        columns.use_vault(columns.parse_vault(keys.data_keys, keys.index_key))
        database = Database(DatabaseSettings(url=url))
        with database.transaction() as session:
            now = datetime.now(UTC)
            seed_stations(session, now)
            seed_people(session, now)
        database.close()

    @contextmanager
    def copy(self) -> Iterator[str]:
        """The url of a copy of the template, dropped at the end."""
        ready, self._next = self._next or self._aside.submit(self._make, self._template), None
        name = ready.result()
        self._next = self._aside.submit(self._make, self._template)
        try:
            yield self._named(name)
        finally:
            self._drops.append(self._aside.submit(self._drop, name))

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The url of a database without a single table, dropped at the end."""
        name = self._make("template1")
        try:
            yield self._named(name)
        finally:
            self._drops.append(self._aside.submit(self._drop, name))

    def _make(self, template: str) -> str:
        name = f"home_test_{os.getpid()}_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def close(self) -> None:
        """Drop the template, and what is not yet dropped. Whatever could not be is told here."""
        if self._next:
            self._drops.append(self._aside.submit(self._drop, self._next.result()))
        self._aside.shutdown()
        for drop in self._drops:
            drop.result()
        self._drop(self._template)
        self._admin.close()

    def _drop(self, name: str) -> None:
        """With whoever is left in it. An autovacuum that is in it is not ours to send away: it goes soon."""
        until = time.monotonic() + 20
        while True:
            try:
                return self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            except InsufficientPrivilege:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def _run(self, *statements: str) -> None:
        for statement in statements:
            self._admin.execute(statement)

    def _named(self, name: str) -> str:
        return self._url.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
