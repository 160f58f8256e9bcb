"""An embedded PostgreSQL in the data folder, shared by all processes that use that folder."""

import fcntl
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from app.launcher import server
from app.launcher.binaries import Binaries, choose
from app.launcher.place import Place, find_or_make
from app.launcher.problems import LaunchProblem, in_plain_words
from app.launcher.state import alone, make_private, open_own, try_lock

DATABASE = "home"
_LOCK = "postgres.lock"


@dataclass
class Cluster:
    """A running embedded PostgreSQL; this process counts as one of its users until `stop_if_unused`."""

    data_dir: Path
    socket_folder: Path
    binaries: Binaries
    started_here: bool
    place: Place
    _users: int = field(repr=False)

    @property
    def url(self) -> str:
        """The service's database as `postgresql://…` (libpq and SQLAlchemy), over a unix socket."""
        return self.url_of(DATABASE)

    @property
    def bin_dir(self) -> Path:
        """Where `pg_dump`, `pg_restore` and `psql` of the same version are."""
        return self.binaries.bin_dir

    def url_of(self, name: str) -> str:
        """The address of another database inside the cluster."""
        return server.url_of(self.socket_folder, name)

    def create_database(self, name: str, template: str = "template1") -> str:
        """Make one more database, a copy of `template`, and return its url; the name must be free."""
        self._administer(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        """Remove a database and end the sessions on it; none of that name is fine."""
        self._administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def revive(self) -> bool:
        """Start the server again if it was killed under its users; True when that was needed."""
        if server.alive(self.place):
            return False
        with alone(self.data_dir / _LOCK), in_plain_words(self.data_dir):
            return server.bring_up(self.place, self.binaries, durable=True)[1]

    def stop_if_unused(self, patience_s: float = server.STOP_S) -> bool:
        """End our use; stop the server when nobody else uses it. True when it was stopped; twice is fine."""
        if self._users < 0:
            return False
        try:
            with alone(self.data_dir / _LOCK):
                unused = try_lock(self._users, fcntl.LOCK_EX)
                if unused:
                    server.stop(self.place, patience_s)
                return unused
        finally:
            os.close(self._users)
            self._users = -1

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def ensure(data_dir: Path, durable: bool = True) -> Cluster:
    """The data folder's database, running: made on first use, attached to, or taken over after a crash.

    Safe when several processes call it at once. `durable=False` is for tests: faster, nothing survives a
    power failure. LaunchProblem says in one sentence what stands in the way.
    """
    data_dir = data_dir.absolute()
    make_private(data_dir)
    with alone(data_dir / _LOCK), in_plain_words(data_dir):
        place = find_or_make(data_dir)
        users = open_own(place.users)
        try:
            try_lock(users, fcntl.LOCK_SH)
            return _ensure(data_dir, place, users, durable)
        except BaseException:
            if try_lock(users, fcntl.LOCK_EX):
                server.stop(place)
            os.close(users)
            raise


def remove(data_dir: Path) -> None:
    """Stop the data folder's database and delete it with all in it; LaunchProblem while others use it."""
    data_dir = data_dir.absolute()
    link = data_dir / "postgres"
    with alone(data_dir / _LOCK), in_plain_words(data_dir):
        if not link.exists():
            return
        place = find_or_make(data_dir)
        users = open_own(place.users)
        try:
            if not try_lock(users, fcntl.LOCK_EX):
                raise LaunchProblem(
                    f"{data_dir} 的数据库正在使用。", f"The database of {data_dir} is in use."
                )
            server.stop(place)
            shutil.rmtree(place.folder)
            link.unlink(missing_ok=True)
        finally:
            os.close(users)


def _ensure(data_dir: Path, place: Place, users: int, durable: bool) -> Cluster:
    binaries = choose(place.account, place.major())
    if place.major() is None:
        place.initialise(binaries, durable)
    socket_folder, started = server.bring_up(place, binaries, durable)
    cluster = Cluster(data_dir, socket_folder, binaries, started, place, users)
    if not _has_database(cluster, DATABASE):
        cluster.create_database(DATABASE)
    return cluster


def _has_database(cluster: Cluster, name: str) -> bool:
    with psycopg.connect(cluster.url_of("postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    return found is not None
