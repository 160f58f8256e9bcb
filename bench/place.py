"""Where a benchmark runs: a database of its own, with people who are signed in."""

import contextlib
import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, make_url, text

from app.foundation import migrate
from app.foundation.database import Database, driver_url
from app.launcher import embedded
from app.settings import DatabaseSettings
from app.stations.demo import seed
from bench.yardstick import SCHEMA


@dataclass(frozen=True)
class Place:
    """`url` of the database, `folder` for logs and secrets, tokens of people, keys of all stations' sides."""

    url: str
    folder: Path
    tokens: tuple[str, ...]
    keys: tuple[str, ...]

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        with psycopg.connect(self.url) as connection:
            found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own names
        return int(found[0]) if found else 0

    def backends(self, application: str) -> list[int]:
        """The database's own processes that serve this application."""
        wanted = (
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s AND datname = current_database()"
        )
        with psycopg.connect(self.url) as connection:
            return [row[0] for row in connection.execute(wanted, (application,))]


@contextlib.contextmanager
def prepared(server: str | None, people: int) -> Iterator[Place]:
    """A database on the server of that url, or on an embedded one (with fsync); gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="drivers-home-bench-"))
    folder.chmod(0o755)  # an embedded database of root's runs under another account and has to reach it
    data = folder / "var"
    data.mkdir(mode=0o755)
    try:
        with database_on(server, data) as url:
            migrate.upgrade(url)
            keys = _seed_stations(url)
            tokens = _seed_people(url, people)
            _seed_history(url)
            yield Place(url, data, tokens, keys)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def database_on(server: str | None, data: Path) -> contextlib.AbstractContextManager[str]:
    """The url of a new database on that server, or on an embedded one in the folder; gone at the end."""
    return _named_database(server) if server else _embedded_database(data)


@contextlib.contextmanager
def _embedded_database(data: Path) -> Iterator[str]:
    cluster = embedded.ensure(data)
    try:
        yield cluster.url
    finally:
        cluster.stop_if_unused()


@contextlib.contextmanager
def _named_database(server: str) -> Iterator[str]:
    name = f"drivers_home_bench_{os.getpid()}"
    url = make_url(driver_url(server))
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield url.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def _seed_stations(url: str) -> tuple[str, ...]:
    database = Database(DatabaseSettings(url=url))
    with database.transaction() as session:
        seed(session, datetime.now(UTC))
        keys = session.execute(text("SELECT key FROM qr_key WHERE state = 'active' ORDER BY station, side"))
        found = tuple(keys.scalars())
    database.close()
    return found


def _seed_people(url: str, people: int) -> tuple[str, ...]:
    """People with a driver's role and a sign-in each, as the first sign-in leaves them; their tokens."""
    now = datetime.now(UTC)
    tokens = tuple(f"benchmark-{number:06d}-{uuid.uuid4().hex[:26]}" for number in range(people))
    ids = [uuid.uuid4() for _ in tokens]
    hashes = [hashlib.sha256(token.encode()).digest() for token in tokens]
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy("COPY person (id, openid, name, state, created_at) FROM STDIN") as copy:
            for number, person in enumerate(ids):
                copy.write_row((person, f"benchmark{number}", "", "active", now))
        with cursor.copy("COPY role_grant (person_id, role, place, granted_at) FROM STDIN") as copy:
            for person in ids:
                copy.write_row((person, "driver", "*", now))
        until = now + timedelta(days=30)
        with cursor.copy(
            "COPY sign_in (token_hash, person_id, kind, created_at, expires_at) FROM STDIN"
        ) as copy:
            for person, hashed in zip(ids, hashes, strict=True):
                copy.write_row((hashed, person, "app", now, until))
    return tokens


# A quarter of ordinary use. Tables that are still empty would be planned for by reading them from end to end.
_HISTORY = """
INSERT INTO check_in (person_id, id, station, side, key_version, source, purpose, person_kind,
                      scanned_at, recorded_at, counted_at, day, clock_suspect, location_check)
SELECT p.id, gen_random_uuid(), k.station, k.side, k.version, 'url', 'rest', 'truck_driver',
       t.at, t.at, t.at, (t.at AT TIME ZONE 'Asia/Shanghai')::date, false, 'none'
FROM (SELECT id, row_number() OVER ()::int AS number FROM person) p
CROSS JOIN generate_series(1, 10) AS visit
JOIN (SELECT *, row_number() OVER ()::int AS number FROM qr_key) k
    ON k.number = 1 + (p.number * 7 + visit * 11) % 110
CROSS JOIN LATERAL (SELECT now() - make_interval(days => visit * 9, mins => p.number % 1440) AS at) t
"""


def _seed_history(url: str) -> None:
    """Earlier check-ins of everybody, the same in the yardstick's table, and statistics of all tables."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA)
        connection.execute(_HISTORY)
        connection.execute("INSERT INTO yardstick_check_in SELECT *, gen_random_uuid() FROM check_in")
        connection.execute("VACUUM ANALYZE")
