"""The yardstick of the benchmark does the whole job: an incorrect one would measure nothing."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from bench.yardstick import LOOK, RECORD, SCHEMA, Yardstick
from tests.support.clients import sign_in
from tests.support.crowd import at_once
from tests.support.meeting import Meeting

THREADS = 32


class Scanner:
    """One person who sends check-ins to a yardstick."""

    def __init__(self, app: Flask, yardstick: Yardstick, name: str) -> None:
        self._token = sign_in(app, name).token
        self._yardstick = yardstick

    def scan(self, code: str, key: str = "", **more: str) -> TestResponse:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        return Client(self._yardstick).post("/", data=json.dumps({"code": code, **more}), headers=headers)


@pytest.fixture
def table(database_url: str) -> str:
    with psycopg.connect(database_url) as connection:
        connection.execute(SCHEMA)
    return database_url


@pytest.fixture
def yardstick(table: str) -> Iterator[Yardstick]:
    made = Yardstick(table, pool_size=THREADS)
    yield made
    made.close()


@pytest.fixture
def unlocked(table: str) -> Iterator[Yardstick]:
    without = LOOK.replace("FOR NO KEY UPDATE OF p", "")
    assert without != LOOK
    made = Yardstick(table, pool_size=THREADS, look=without)
    yield made
    made.close()


def rows(url: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM yardstick_check_in").fetchone()
    assert found
    return int(found[0])


def test_a_scan_makes_a_row_and_a_second_one_within_the_window_does_not(
    app: Flask, yardstick: Yardstick, table: str, key: str
) -> None:
    somebody = Scanner(app, yardstick, "driver")
    first, second = somebody.scan(f"https://any.example/s/{key}"), somebody.scan(f"s={key}")
    assert (first.status_code, second.status_code) == (201, 200)
    assert (first.json["repeat"], second.json["repeat"]) == (False, True)
    assert first.json["id"] == second.json["id"]
    assert rows(table) == 1


def test_a_scan_outside_the_window_makes_another_row(
    app: Flask, yardstick: Yardstick, table: str, key: str
) -> None:
    somebody = Scanner(app, yardstick, "driver")
    for ago in (timedelta(minutes=30), timedelta(minutes=19), timedelta(minutes=8)):
        assert somebody.scan(key, scanned_at=(datetime.now(UTC) - ago).isoformat()).status_code == 201
    assert rows(table) == 3


def test_a_retry_with_its_key_gets_the_first_answer_and_another_body_is_refused(
    app: Flask, yardstick: Yardstick, table: str, key: str
) -> None:
    somebody, once = Scanner(app, yardstick, "driver"), str(uuid.uuid4())
    first, again = somebody.scan(key, once), somebody.scan(key, once)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert somebody.scan(f"s={key}", once).status_code == 409
    assert rows(table) == 1


def test_strangers_and_unknown_codes_are_refused(
    app: Flask, yardstick: Yardstick, table: str, key: str
) -> None:
    assert Scanner(app, yardstick, "driver").scan("ABCDEFGH").status_code == 404
    somebody = Scanner(app, yardstick, "driver")
    somebody._token = "nobody's"
    assert somebody.scan(key).status_code == 401
    assert rows(table) == 0


@pytest.mark.parametrize("with_key", [False, True])
def test_32_threads_with_the_same_scan_leave_one_row(
    app: Flask, yardstick: Yardstick, table: str, key: str, with_key: bool
) -> None:
    somebody, once = Scanner(app, yardstick, "driver"), str(uuid.uuid4()) if with_key else ""
    answers = at_once([lambda: somebody.scan(key, once)] * THREADS)
    found = Counter(answer.status_code for answer in answers)
    assert found == ({201: THREADS} if with_key else {201: 1, 200: THREADS - 1})
    assert len({answer.json["id"] for answer in answers}) == 1
    assert rows(table) == 1


def test_without_the_lock_the_race_is_lost(
    app: Flask, unlocked: Yardstick, table: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what the test above proves is the lock's doing. Neither row is committed before
    both are recorded."""
    execute, meeting = psycopg.Connection.execute, Meeting()

    def then_meet(connection: Any, query: str, *args: Any, **more: Any) -> Any:
        done = execute(connection, query, *args, **more)
        if query == RECORD:
            done.fetchone()  # the server has run it; the pipeline, and with it the transaction, is still open
            done.scroll(0, "absolute")
            meeting.come()
        return done

    somebody = Scanner(app, unlocked, "driver")
    monkeypatch.setattr(psycopg.Connection, "execute", then_meet)
    at_once([lambda: somebody.scan(key)] * 2)
    assert rows(table) == 2
