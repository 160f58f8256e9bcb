"""Databases with and without stations, and clients that ask about them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from app.foundation.database import Database
from app.settings import DatabaseSettings, Settings

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

MakeClient = Callable[..., FlaskClient]


@pytest.fixture
def seeded(database_url: str) -> Iterator[Database]:
    """A database with the 55 shipped stations, their codes and example telephones."""
    database = Database(DatabaseSettings(url=database_url))
    yield database
    database.close()


@pytest.fixture
def database(seeded: Database) -> Database:
    """The same without any station."""
    with seeded.transaction() as session:
        session.execute(text("TRUNCATE station, audit_entry CASCADE"))
    return seeded


@pytest.fixture
def make_client(make_app: Callable[[Settings], Flask], settings: Settings) -> MakeClient:
    """A phone that asks the service about the 55 stations; keywords change whole sections of the settings."""

    def make(**sections: dict[str, object]) -> FlaskClient:
        changed = {
            name: getattr(settings, name).model_copy(update=section) for name, section in sections.items()
        }
        return make_app(settings.model_copy(update=changed)).test_client()

    return make


@pytest.fixture
def client(make_client: MakeClient) -> FlaskClient:
    """The same with ordinary settings."""
    return make_client()


@pytest.fixture
def count_statements() -> Iterator[Callable[[Callable[[], object]], int]]:
    """Counts the statements that a piece of work sends to any database."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)

    def count(work: Callable[[], object]) -> int:
        sent.clear()
        work()
        return len(sent)

    yield count
    event.remove(Engine, "before_cursor_execute", note)
