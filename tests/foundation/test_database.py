"""One transaction a use case: all or nothing, bounded waits, and a database that went away and came back."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from app.foundation import audit
from app.foundation.database import Database, driver_url
from app.foundation.home import Home
from app.foundation.ids import new_id
from app.settings import DatabaseSettings
from tests.support.clients import Somebody


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(DatabaseSettings(url=database_url, lock_timeout_ms=200, statement_timeout_ms=1000))
    yield made
    made.close()


def test_an_exception_undoes_everything(database: Database) -> None:
    with suppress(RuntimeError), database.transaction() as session:
        session.execute(text("DELETE FROM role_grant"))
        raise RuntimeError("late")
    with database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM role_grant"))


def test_every_connection_speaks_utc_and_waits_only_so_long(database: Database) -> None:
    wanted = "timezone lock_timeout statement_timeout idle_in_transaction_session_timeout application_name"
    with database.transaction() as session:
        found = [session.scalar(text(f"SHOW {name}")) for name in wanted.split()]
    assert found == ["UTC", "200ms", "1s", "1min", "drivers-home"]


def test_a_row_that_another_holds_is_waited_for_only_so_long(database: Database) -> None:
    lock = text("SELECT 1 FROM person ORDER BY id LIMIT 1 FOR UPDATE")
    with database.transaction() as holder:
        holder.execute(lock)
        with pytest.raises(OperationalError, match="lock timeout"), database.transaction() as other:
            other.execute(lock)


def test_an_error_never_tells_what_the_values_were(database: Database) -> None:
    with pytest.raises(IntegrityError) as fault, database.transaction() as session:
        session.execute(
            text("INSERT INTO role_grant VALUES (:who, :role, 'x', now())"),
            {"who": new_id(), "role": "a-secret-role"},
        )
    assert "a-secret-role" not in str(fault.value).split("DETAIL")[0]


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgres://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql+psycopg://a@b/c", "postgresql+psycopg://a@b/c"),
        ("postgresql+psycopg2://a@b/c", "postgresql+psycopg://a@b/c"),
    ],
)
def test_every_way_to_write_the_address_means_the_same_driver(given: str, used: str) -> None:
    assert driver_url(given) == used


def test_after_the_database_went_away_one_request_notices_and_the_next_is_served(
    app: Flask, driver: Somebody, home: Home, database_url: str, key: str
) -> None:
    """All connections of the process are cut, as by a restart of the server."""
    engine = create_engine(driver_url(database_url), isolation_level="AUTOCOMMIT")
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for method, path, body in (("GET", "/me", None), ("POST", "/checkins", {"code": key})):
        with engine.connect() as connection:
            connection.execute(cut)
        answers = [driver.call(method, path, body).status_code for _ in range(3)]
        assert answers[0] in (200, 201, 503), answers
        assert set(answers[1:]) <= {200, 201}, answers
    assert home.database.engine.pool.checkedout() == 0
    engine.dispose()


def test_ids_are_in_the_order_of_time_and_never_alike() -> None:
    made = [new_id() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert made == sorted(made)
    assert {one.version for one in made} == {7}


def test_reading_is_recorded_once_a_quarter_of_an_hour_for_each_reader(database: Database) -> None:
    reader, other, now = new_id(), new_id(), datetime.now(UTC)
    for who, minutes in ((reader, 0), (reader, 5), (other, 5), (reader, 14), (reader, 16), (reader, 20)):
        with database.transaction() as session:
            audit.record_reading(session, now + timedelta(minutes=minutes), who, "x.opened", "x", "1")
    with database.transaction() as session:
        seen = (
            session.execute(text("SELECT actor_id FROM audit_entry WHERE action = 'x.opened'"))
            .scalars()
            .all()
        )
    assert sorted(seen) == sorted([reader, other, reader])
