"""Idempotency-Key: a retry gets the first answer again, and twins in flight make one row."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from app.web import idempotency
from tests.support.clients import Somebody, fresh_key, sign_in
from tests.web.conftest import broken, problem

ASK = {"kind": "other", "text": "车窗破了"}
THREADS = 16


def rows(home: Home, table: str = "help_request") -> int:
    with home.database.transaction() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def at_once(work: Callable[[int], Any], many: int = THREADS) -> list[Any]:
    """The same by many threads, let loose together."""
    barrier = Barrier(many)

    def run(number: int) -> Any:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def test_a_retry_gets_the_first_answer_again(driver: Somebody, home: Home) -> None:
    key = fresh_key()
    first, second = driver.post("/requests", ASK, key), driver.post("/requests", ASK, key)
    assert first.status_code == second.status_code == 201
    assert first.data == second.data
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert rows(home) == 1


def test_a_retry_is_answered_even_when_the_thing_has_moved_on(driver: Somebody, staff: Somebody) -> None:
    """The second try of a step that is no longer possible gets what the first one got."""
    made = driver.post("/requests", {**ASK, "station": "GS001"}).json["id"]
    staff.post(f"/staff/requests/{made}/resolve", {"text": "好了"})
    key = fresh_key()
    first = driver.post(f"/requests/{made}/confirm", {}, key)
    assert first.json["state"] == "closed"
    assert driver.post(f"/requests/{made}/confirm", {}, key).data == first.data
    problem(driver.post(f"/requests/{made}/confirm", {}, fresh_key()), 409, "request.wrong_state")


def test_the_same_key_with_another_body_is_refused(driver: Somebody, home: Home) -> None:
    key = fresh_key()
    driver.post("/requests", ASK, key)
    problem(driver.post("/requests", {**ASK, "text": "别的事"}, key), 409, "api.key_reused")
    assert rows(home) == 1


def test_the_same_key_on_another_path_is_refused(driver: Somebody, key: str) -> None:
    once = fresh_key()
    assert driver.post("/checkins", {"code": key}, once).status_code == 201
    problem(driver.post("/requests", ASK, once), 409, "api.key_reused")


def test_a_key_that_is_no_uuid_is_refused_and_nothing_is_done(driver: Somebody, home: Home) -> None:
    for key in ("", "1", "not-a-uuid", "x" * 500):
        body = problem(driver.post("/requests", ASK, key), 422, "api.invalid")
        assert body["errors"][0]["field"] == "Idempotency-Key"
    assert rows(home) == 0


def test_a_key_belongs_to_one_person(driver: Somebody, home: Home) -> None:
    key = fresh_key()
    other = sign_in(driver.app, "driver2")
    mine, his = driver.post("/requests", ASK, key), other.post("/requests", ASK, key)
    assert mine.json["id"] != his.json["id"]
    assert rows(home) == 2


def test_only_what_succeeded_is_kept(driver: Somebody, home: Home) -> None:
    key = fresh_key()
    problem(driver.post("/requests", {**ASK, "station": "GS999"}, key), 404, "station.unknown")
    problem(driver.post("/requests", {"kind": "other"}, key), 422, "api.invalid")
    from app.helpdesk import views

    with broken(views, "driver_view", RuntimeError("fault")):
        problem(driver.post("/requests", ASK, key), 500, "api.fault")
    assert rows(home, "kept_answer") == 0
    assert driver.post("/requests", ASK, key).status_code == 201


def test_what_was_made_and_its_answer_are_kept_together_or_not_at_all(driver: Somebody, home: Home) -> None:
    key = fresh_key()
    with broken(idempotency, "keep", RuntimeError("fault")):
        problem(driver.post("/requests", ASK, key), 500, "api.fault")
    assert rows(home) == rows(home, "kept_answer") == 0


def test_an_answer_is_kept_for_forty_eight_hours(
    driver: Somebody, home: Home, turn_clock: Callable[[str], None]
) -> None:
    key = fresh_key()
    first = driver.post("/requests", ASK, key).json["id"]
    turn_clock("+47h")
    assert driver.post("/requests", ASK, key).json["id"] == first
    turn_clock("+2h")
    fresh = driver.post("/requests", {**ASK, "text": "两天后"}, key)
    assert fresh.status_code == 201
    assert fresh.json["id"] != first
    assert driver.post("/requests", {**ASK, "text": "两天后"}, key).json["id"] == fresh.json["id"]
    turn_clock("+49h")
    assert idempotency.sweep(home.database, home.clock.now()) == 1
    assert rows(home, "kept_answer") == 0


def test_what_is_kept_is_sealed(driver: Somebody, home: Home) -> None:
    driver.post("/requests", ASK, fresh_key())
    with home.database.transaction() as session:
        (sealed,) = session.execute(text("SELECT body FROM kept_answer")).scalars()
    assert ASK["text"].encode() not in bytes(sealed)


def test_signing_in_takes_no_key(driver: Somebody) -> None:
    key = fresh_key()
    tokens = {
        Somebody(driver.app, "", {}).post("/auth/wechat", {"code": "demo:driver"}, key).json["token"]
        for _ in range(2)
    }
    assert len(tokens) == 2


def test_sixteen_twins_in_flight_make_one_row(driver: Somebody, home: Home) -> None:
    key = fresh_key()
    answers = at_once(lambda _: driver.post("/requests", ASK, key))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == THREADS - 1
    assert rows(home) == 1


def test_without_the_kept_answer_they_make_many(
    driver: Somebody, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test before."""
    monkeypatch.setattr(idempotency, "keep", lambda *_: None)
    key = fresh_key()
    at_once(lambda _: driver.post("/requests", ASK, key))
    assert rows(home) > 1


def test_of_twins_with_different_bodies_one_is_done_and_the_others_hear_why(
    driver: Somebody, home: Home
) -> None:
    key = fresh_key()
    answers = at_once(lambda number: driver.post("/requests", {**ASK, "text": f"第 {number} 件"}, key))
    codes = sorted((answer.status_code, answer.json.get("code")) for answer in answers)
    assert codes == [(201, None)] + [(409, "api.key_reused")] * (THREADS - 1)
    assert rows(home) == 1


@pytest.mark.parametrize("held", ["the answer", "the person"])
def test_a_twin_that_is_held_up_for_too_long_is_in_progress(
    app_with: Callable[..., Flask], held: str
) -> None:
    """What the twin waits for is held by a transaction that does not end within lock_timeout."""
    app = app_with(database={"lock_timeout_ms": 200})
    driver, home, key = sign_in(app, "driver"), app.extensions["home"], uuid.uuid4()
    holding = home.database.session()
    if held == "the person":
        holding.execute(text("SELECT 1 FROM person WHERE id = :who FOR UPDATE"), {"who": driver.user["id"]})
    else:
        holding.add(
            idempotency.KeptAnswer(
                person_id=uuid.UUID(driver.user["id"]),
                key=key,
                at=datetime.now(UTC),
                fingerprint=b"of the twin",
                status=201,
                body=b"",
            )
        )
        holding.flush()
    answer = driver.post("/requests", ASK, key)
    problem(answer, 409, "api.in_progress")
    assert int(answer.headers["Retry-After"]) >= 1
    holding.rollback()
    holding.close()
    assert driver.post("/requests", ASK, key).status_code == 201
    assert rows(home) == 1
