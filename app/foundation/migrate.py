"""Bringing a database to the shape the code expects, by alembic, from any process, one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.foundation.database import driver_url

_FOLDER = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None, metadata: MetaData | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def upgrade(url: str, to: str = "head") -> None:
    """Run what is missing; a second process that comes at the same time waits."""
    with _alone(url) as connection:
        command.upgrade(_config(connection), to)


def downgrade(url: str, to: str) -> None:
    """Go back to a revision, or to `base`."""
    with _alone(url) as connection:
        command.downgrade(_config(connection), to)


def check(url: str, metadata: MetaData) -> None:
    """Raise alembic's error when the models and the migrations differ."""
    with _alone(url) as connection:
        command.check(_config(connection, metadata))


def new_revision(url: str, metadata: MetaData, message: str) -> None:
    """Write the migration that leads from the database's shape to the models'."""
    with _alone(url) as connection:
        command.revision(_config(connection, metadata), message=message, autogenerate=True)


def behind(engine: Engine) -> bool:
    """Whether the database lacks a migration that this code has.

    A revision that this code does not know is a newer release's, which is being rolled out around us.
    """
    found = current(engine)
    return found is None or (found != head() and found in revisions())


def current(engine: Engine) -> str | None:
    """The revision that the database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def head() -> str | None:
    """The newest revision that this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


@cache
def revisions() -> tuple[str, ...]:
    """All revisions that this code knows, the oldest first."""
    steps = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(reversed([step.revision for step in steps]))


@contextmanager
def _alone(url: str) -> Iterator[Connection]:
    """A transaction behind an exclusive lock on a table of its own; DDL is transactional in PostgreSQL."""
    engine = create_engine(driver_url(url))
    try:
        _make_gate(engine)
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE migration_gate IN ACCESS EXCLUSIVE MODE"))
            yield connection
    finally:
        engine.dispose()


def _make_gate(engine: Engine) -> None:
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS migration_gate ()"))
    except (IntegrityError, ProgrammingError):
        return  # a twin made it in this very moment
