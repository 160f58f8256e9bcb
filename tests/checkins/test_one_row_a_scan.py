"""One scan, one row: 32 threads, retries with and without a key, several times within the window."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from app.checkins import service
from app.foundation.home import Home
from app.people import service as people
from tests.support.clients import Somebody
from tests.support.crowd import at_once
from tests.support.meeting import Meeting

THREADS = 32


def rows(home: Home) -> int:
    with home.database.transaction() as session:
        return int(session.scalar(text("SELECT count(*) FROM check_in")) or 0)


def minutes_ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


def test_32_threads_without_a_key_leave_one_row_and_all_learn_of_it(
    driver: Somebody, home: Home, key: str
) -> None:
    answers = at_once([lambda: driver.post("/checkins", {"code": key})] * THREADS)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: THREADS - 1}
    assert Counter(answer.json["repeat"] for answer in answers) == {False: 1, True: THREADS - 1}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert rows(home) == 1


def test_32_threads_with_one_key_get_one_answer_32_times(driver: Somebody, home: Home, key: str) -> None:
    once = uuid.uuid4()
    answers = at_once([lambda: driver.post("/checkins", {"code": key}, once)] * THREADS)
    assert Counter(answer.status_code for answer in answers) == {201: THREADS}
    assert Counter(answer.headers.get("Idempotency-Replayed") for answer in answers) == {
        None: 1,
        "true": THREADS - 1,
    }
    assert len({answer.data for answer in answers}) == 1
    assert rows(home) == 1


def test_32_threads_with_keys_of_their_own_leave_one_row(driver: Somebody, home: Home, key: str) -> None:
    answers = at_once([lambda: driver.post("/checkins", {"code": key}, uuid.uuid4())] * THREADS)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: THREADS - 1}
    assert rows(home) == 1


def test_32_threads_with_times_within_the_window_leave_one_row(
    driver: Somebody, home: Home, key: str
) -> None:
    """Whichever comes first, all others lie less than ten minutes from it."""

    def scan(number: int) -> Callable[[], int]:
        at = minutes_ago(1 + number * 8 / THREADS)
        return lambda: driver.post("/checkins", {"code": key, "scanned_at": at}).status_code

    found = Counter(at_once([scan(number) for number in range(THREADS)]))
    assert found == {201: 1, 200: THREADS - 1}
    assert rows(home) == 1


def test_without_the_lock_the_race_is_lost(
    driver: Somebody, home: Home, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same scans with only the row lock taken away leave more than one row."""
    monkeypatch.setattr(people, "_FIND_IN_LINE", people._FIND)
    record = Meeting().after(service._RECORD.one_or_none)
    monkeypatch.setattr(service, "_RECORD", SimpleNamespace(one_or_none=record))
    at_once([lambda: driver.post("/checkins", {"code": key})] * 2)
    assert rows(home) == 2
