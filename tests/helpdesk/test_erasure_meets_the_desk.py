"""An erasure and a step of the desk that meet: neither waits for what the other holds while it is waited for.

A step writes to people whose rows an erasure has; an erasure wants the requests that a step has. The meeting
is made certain: the step, with its request in hand, goes on to write only once the erasure is after that
request, or waits for a row.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.foundation.home import Home
from app.helpdesk import desk, locks, lookout, tasks
from app.helpdesk.models import HelpRequest
from app.people import erasure
from tests.claims.helpers import ok
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once

PATIENCE_S = 60
STUCK = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@dataclass
class Meeting:
    """The place where they meet, and what went wrong there."""

    home: Home
    open: bool = False
    in_hand: threading.Event = field(default_factory=threading.Event)
    after_it: threading.Event = field(default_factory=threading.Event)
    troubles: list[str] = field(default_factory=list)

    def step_arrives(self) -> None:
        """With the request in hand: until the erasure is after it, or waits for a row of the step's."""
        if not self.open:
            return
        self.in_hand.set()
        ends = time.monotonic() + PATIENCE_S
        while not self.after_it.is_set() and not self.somebody_waits():
            assert time.monotonic() < ends, "the erasure never came"
            time.sleep(0.02)

    def somebody_waits(self) -> bool:
        with self.home.database.engine.connect() as connection:
            return bool(connection.scalar(STUCK))

    def telling(self, tell: Callable[..., Any]) -> Callable[..., Any]:
        def told(*given: Any, **named: Any) -> Any:
            self.step_arrives()
            try:
                return tell(*given, **named)
            except OperationalError as trouble:
                self.troubles.append(f"step: {trouble.orig}")
                raise

        return told


@pytest.fixture
def meeting(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Meeting]:
    made = Meeting(home)
    monkeypatch.setattr(desk, "tell_driver", made.telling(desk.tell_driver))
    monkeypatch.setattr(lookout, "_tell", made.telling(lookout._tell))
    forget = erasure._forgets["requests"]

    def forgetting(*given: Any) -> None:
        made.after_it.set()
        forget(*given)

    monkeypatch.setitem(erasure._forgets, "requests", forgetting)
    yield made
    made.after_it.set()


@pytest.fixture
def old_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request first, and people as they come."""
    monkeypatch.setattr(locks, "hold_people", lambda *_, **__: set())
    monkeypatch.setattr(locks, "strangers", lambda *_: set())


def asked(driver: Somebody, kind: str, **more: Any) -> str:
    return str(ok(driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例", **more}))["id"])


Step = Callable[[], int]


def a_reply(home: Home, driver: Somebody, staff: Somebody, later: Any) -> tuple[Step, Somebody]:
    number = asked(driver, "other")
    return lambda: staff.post(f"/staff/requests/{number}/replies", {"text": "示例"}).status_code, driver


def a_claim(home: Home, driver: Somebody, staff: Somebody, later: Any) -> tuple[Step, Somebody]:
    number = asked(driver, "medical")
    return lambda: staff.post(f"/staff/requests/{number}/claim").status_code, driver


def a_milestone(home: Home, driver: Somebody, staff: Somebody, later: Any) -> tuple[Step, Somebody]:
    number = asked(driver, "insurance", details={"what": "货物丢失"})
    step = {"kind": "police", "at": (home.clock.now() - timedelta(hours=1)).isoformat()}
    return lambda: staff.post(f"/staff/requests/{number}/milestones", step).status_code, driver


def a_watch(home: Home, driver: Somebody, staff: Somebody, later: Any) -> tuple[Step, Somebody]:
    number = asked(driver, "medical")
    ok(driver.post(f"/requests/{number}/watch", {}))
    until = (home.clock.now() + timedelta(days=1)).isoformat()
    body = {"place": "示例车位", "keys": "desk", "until_at": until}
    return lambda: staff.post(f"/staff/requests/{number}/watch", body).status_code, driver


def the_clockwork_tells_the_holder(
    home: Home, driver: Somebody, staff: Somebody, later: Any
) -> tuple[Step, Somebody]:
    number = asked(driver, "other")
    ok(staff.post(f"/staff/requests/{number}/claim"))
    until = (home.clock.now() + timedelta(minutes=5)).isoformat()
    ok(staff.post(f"/staff/requests/{number}/wait", {"until": until, "reason": "示例"}))
    later(minutes=6)
    return lambda: 200 if tasks.look_out(home) else 0, staff


STEPS = [a_reply, a_claim, a_milestone, a_watch, the_clockwork_tells_the_holder]


def meet(meeting: Meeting, step: Step, who: Somebody) -> list[int]:
    """What the step and the erasure came to."""
    meeting.open = True

    def erased() -> int:
        assert meeting.in_hand.wait(PATIENCE_S)
        answer = who.post("/me/erasure", {"confirm": True, "force": True})
        if answer.status_code != 202:
            meeting.troubles.append(f"erasure: {answer.status_code}")
        return answer.status_code

    return at_once([step, erased])


@pytest.mark.parametrize("prepare", STEPS)
def test_a_step_and_an_erasure_that_meet_are_both_done(
    home: Home, driver: Somebody, staff: Somebody, later: Any, meeting: Meeting, prepare: Any
) -> None:
    step, who = prepare(home, driver, staff, later)
    answers = meet(meeting, step, who)
    assert meeting.troubles == []
    assert answers[0] in (200, 201)
    assert answers[1] == 202


@pytest.mark.usefixtures("old_order")
@pytest.mark.parametrize("prepare", STEPS)
def test_in_the_old_order_they_wait_in_a_circle(
    home: Home, driver: Somebody, staff: Somebody, later: Any, meeting: Meeting, prepare: Any
) -> None:
    """The negative control: of the two the database undoes one."""
    step, who = prepare(home, driver, staff, later)
    meet(meeting, step, who)
    assert len(meeting.troubles) == 1, meeting.troubles


def lock_both(home: Home, first: uuid.UUID, second: uuid.UUID, driver: Somebody) -> bool:
    """Whether one who has the first request gets the second while an erasure waits for the first."""
    done = threading.Event()

    def erased() -> None:
        driver.post("/me/erasure", {"confirm": True, "force": True})
        done.set()

    with home.database.transaction() as session:
        found = select(HelpRequest.id).where(HelpRequest.id == first)
        session.execute(found.with_for_update(key_share=True))
        thread = threading.Thread(target=erased)
        thread.start()
        ends = time.monotonic() + PATIENCE_S
        while not Meeting(home).somebody_waits():
            assert not done.is_set()
            assert time.monotonic() < ends
            time.sleep(0.02)
        other = select(HelpRequest.id).where(HelpRequest.id == second)
        free = session.scalar(other.with_for_update(key_share=True, skip_locked=True)) is not None
    thread.join()
    return free


def test_an_erasure_takes_requests_in_the_order_of_their_ids(
    home: Home, driver: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So do all who take several: whoever has the first gets the second. The control takes them backwards."""
    one, two = sorted(uuid.UUID(asked(driver, "other")) for _ in range(2))
    assert lock_both(home, one, two, driver)

    def backwards(session: Any, which: Any) -> None:
        found = select(HelpRequest.id).where(which).order_by(HelpRequest.id.desc())
        session.execute(found.with_for_update(key_share=True))

    monkeypatch.setattr(locks, "lock_in_order", backwards)
    again = sign_in(driver.app, "somebody else")
    one, two = sorted(uuid.UUID(asked(again, "other")) for _ in range(2))
    assert not lock_both(home, one, two, again)


def entangle(driver: Somebody, other: Somebody, staff: Somebody) -> None:
    """Each has one under way into which one of the other's was merged."""
    for one, two in ((driver, other), (other, driver)):
        into, gone = asked(one, "facility"), asked(two, "facility")
        ok(staff.post(f"/staff/requests/{gone}/merge", {"into": into}))


def erase_both(home: Home, driver: Somebody, other: Somebody, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Two erasures, each of which wants nothing of the desk before the other has come so far, or waits."""
    meeting, forget, came = Meeting(home), erasure._forgets["requests"], threading.Semaphore(0)

    def forgetting(*given: Any) -> None:
        came.release()
        ends = time.monotonic() + PATIENCE_S
        while not (came._value >= 2 or meeting.somebody_waits()):
            assert time.monotonic() < ends
            time.sleep(0.02)
        forget(*given)

    monkeypatch.setitem(erasure._forgets, "requests", forgetting)
    body = {"confirm": True, "force": True}
    return sorted(at_once([lambda w=who: w.post("/me/erasure", body).status_code for who in (driver, other)]))


def test_two_whose_requests_were_merged_crosswise_are_both_erased(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sign_in(app, "driver2")
    entangle(driver, other, staff)
    assert erase_both(home, driver, other, monkeypatch) == [202, 202]


def test_without_holding_each_other_first_one_of_the_two_fails(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    other = sign_in(app, "driver2")
    entangle(driver, other, staff)
    monkeypatch.setattr(erasure, "_holds", {})
    assert erase_both(home, driver, other, monkeypatch) == [202, 503]
