"""A crowd for the pushes: people whom WeChat knows, with a credit each; tables emptied between rounds."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from app.foundation import migrate
from app.wechat.default_templates import DEFAULT_TEMPLATES
from bench.place import database_on

TEMPLATE = next(template.id for template in DEFAULT_TEMPLATES if template.scene == "bulletin")


def openid(number: int) -> str:
    """WeChat's name for the person of that number, from 1 on."""
    return "o" + str(number).zfill(27)


_PEOPLE = """
INSERT INTO person (id, openid, name, state, created_at)
SELECT gen_random_uuid(), 'o' || lpad(n::text, 27, '0'), '', 'active', now()
FROM generate_series(1, %(people)s) AS n
"""
_CREDITS = """
TRUNCATE delivery, inbox_entry, credit_entry CASCADE;
INSERT INTO credit_entry (person_id, id, template_id, change, reason, source, at)
SELECT id, gen_random_uuid(), '{template}', 1, 'accepted', 'app', now() FROM person ORDER BY id
"""


@dataclass(frozen=True)
class Crowd:
    """`url` of the database, `folder` for logs and secrets."""

    url: str
    folder: Path

    def fresh(self) -> None:
        """Nobody has been told anything and everybody has a credit; statistics as after a day's use."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in _CREDITS.format(template=TEMPLATE).split(";"):
                connection.execute(statement)
            connection.execute("VACUUM (ANALYZE) credit_entry")
            connection.execute("VACUUM (ANALYZE) person")
            connection.execute("CHECKPOINT")

    def bound(self, people: int) -> str:
        """The id up to which there are that many people."""
        with psycopg.connect(self.url) as connection:
            wanted = "SELECT id FROM person ORDER BY id OFFSET %s LIMIT 1"
            row = connection.execute(wanted, (people - 1,)).fetchone()
        assert row is not None
        return str(row[0])


@contextlib.contextmanager
def gathered(server: str | None, people: int) -> Iterator[Crowd]:
    """That many people in a database on the server of that url, or on an embedded one (with fsync)."""
    folder = Path(tempfile.mkdtemp(prefix="drivers-home-bench-"))
    folder.chmod(0o755)  # an embedded database of root's runs under another account and has to reach it
    data = folder / "var"
    data.mkdir(mode=0o755)
    try:
        with database_on(server, data) as url:
            migrate.upgrade(url)
            with psycopg.connect(url) as connection:
                connection.execute(_PEOPLE, {"people": people})
            yield Crowd(url, data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
