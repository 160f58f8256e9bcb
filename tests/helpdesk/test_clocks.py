"""Clocks: pauses, workdays and nights as pure rules; warnings, the chain and the end by itself, each once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.foundation.home import Home
from app.foundation.workdays import is_workday
from app.helpdesk import lookout, tasks
from app.helpdesk.deadlines import Step, awake, deadlines, marks, paused
from app.helpdesk.kinds import Clocks
from app.helpdesk.models import HelpRequest
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once
from tests.support.meeting import Meeting

Later = Callable[..., None]
ORDINARY = Clocks(ack="2h", answer="2wd", close="5wd")
moments = st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 1), timezones=st.just(SHANGHAI))
spans = st.lists(st.timedeltas(timedelta(minutes=1), timedelta(days=9)), max_size=7)


def shanghai(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("created", "answer"),
    [
        ("2026-11-23T10:00", "2026-11-25T10:00"),  # Monday
        ("2026-11-27T23:59", "2026-12-01T23:59"),  # Friday, over a weekend, a minute before midnight
        ("2026-09-30T10:00", "2026-10-09T10:00"),  # over the National Day week
        ("2026-02-13T10:00", "2026-02-24T10:00"),  # over the Spring Festival, Saturday 14th being worked
    ],
)
def test_an_answer_in_two_workdays(created: str, answer: str) -> None:
    found = deadlines(ORDINARY, shanghai(created), [], shanghai(created))["answer"]
    days = [shanghai(created).date() + timedelta(days=n) for n in range(1, 30)]
    worked = [day for day in days if is_workday(day)]
    assert found.date() == worked[1]
    assert found.strftime("%H:%M") == shanghai(created).strftime("%H:%M")
    if "09-30" not in created and "02-13" not in created:  # the two that the calendar decides
        assert found == shanghai(answer)


@given(created=moments, gaps=spans)
def test_pauses_move_answer_and_close_and_nothing_else(created: datetime, gaps: list[timedelta]) -> None:
    """Waiting and going on by turns: the pause is the sum of the waits, and no deadline comes earlier."""
    at, steps, waited = created, [], timedelta(0)
    for number, gap in enumerate(gaps):
        steps.append(Step(at, "waiting" if number % 2 == 0 else "wrote"))
        waited += gap if number % 2 == 0 else timedelta(0)
        at += gap
    plain = deadlines(ORDINARY, created, [], at)
    found = deadlines(ORDINARY, created, steps, at)
    assert paused(steps, at) == waited
    assert found["ack"] == plain["ack"]
    for clock in ("answer", "close"):
        assert found[clock] >= plain[clock] + waited
        assert not waited or is_workday(found[clock].astimezone(SHANGHAI).date())


@given(created=moments, before=st.timedeltas(timedelta(0), timedelta(days=30)))
def test_of_two_on_workdays_the_later_is_never_due_earlier(created: datetime, before: timedelta) -> None:
    assume(is_workday(created.date()) and is_workday((created - before).date()))
    first = deadlines(ORDINARY, created - before, [], created)
    assert all(first[clock] <= by for clock, by in deadlines(ORDINARY, created, [], created).items())


@given(moment=moments)
def test_nobody_is_disturbed_at_night(moment: datetime) -> None:
    woken = awake(moment, (22, 7))
    assert 7 <= woken.astimezone(SHANGHAI).hour < 22
    assert timedelta(0) <= woken - moment <= timedelta(hours=9)
    assert woken == moment or woken.astimezone(SHANGHAI).strftime("%H:%M:%S") == "07:00:00"


def test_marks_rise() -> None:
    start = shanghai("2026-11-23T10:00")
    found = list(marks(start, start + timedelta(minutes=15), 0.75).values())
    assert all(before < after for before, after in pairwise(found))


# --- over HTTP, with a moved clock ------------------------------------------------------------------------


def run(home: Home) -> None:
    while tasks.look_out(home):
        pass


def ask(driver: Somebody, kind: str) -> str:
    made = driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例"})
    assert made.status_code == 201, made.text
    return str(made.json["id"])


def told(somebody: Somebody, words: str) -> int:
    return sum(words in item["title"] for item in somebody.get("/inbox").json["items"])


def marked(home: Home) -> list[str]:
    with home.database.transaction() as session:
        found = session.execute(text("SELECT clock, mark FROM clock_mark ORDER BY at, mark DESC"))
        return [f"{row.clock} {row.mark}" for row in found]


def test_a_clock_warns_and_goes_up_the_chain_once(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, later: Later
) -> None:
    """`road_vehicle` is urgent (10 minutes), so that the hour at which the test runs does not matter."""
    supervisor = sign_in(app, "supervisor")
    ask(driver, "road_vehicle")
    run(home)
    assert marked(home) == []
    later(minutes=8)
    run(home)
    assert marked(home) == ["ack warning"]
    assert (told(staff, "接手快到时限"), told(supervisor, "时")) == (1, 0)
    later(minutes=3)
    for _ in range(3):
        run(home)
    assert marked(home) == ["ack warning", "ack breach"]
    assert told(supervisor, "接手已超时") == 1
    later(minutes=15)
    run(home)
    assert "ack centre" in marked(home)
    assert told(supervisor, "报值班中心") == 1
    seen = driver.get("/requests").json["items"][0]
    assert [step["what"] for step in seen["timeline"]] == ["created", "escalated", "escalated"]
    assert "ack" in seen["clocks"]["breached"]


def test_a_clock_that_was_stopped_in_time_says_nothing(
    home: Home, driver: Somebody, staff: Somebody, later: Later
) -> None:
    number = ask(driver, "road_vehicle")
    staff.post(f"/staff/requests/{number}/replies", {"text": "马上来"})
    later(minutes=60)
    run(home)
    assert marked(home) == []


def test_what_is_not_urgent_waits_for_the_morning(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, later: Later
) -> None:
    now = home.clock.now().astimezone(SHANGHAI)
    night = now.replace(hour=22, minute=30, second=0) + timedelta(days=1)
    later(seconds=(night - now).total_seconds())
    ask(driver, "facility")
    later(minutes=30)
    run(home)
    assert marked(home) == []
    later(hours=8, minutes=5)
    run(home)
    assert {"ack warning", "ack breach"} <= set(marked(home))
    assert told(staff, "接手快到时限") == 0, "overtaken by the breach"


def test_what_was_due_by_day_and_found_at_night_waits_too(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, later: Later
) -> None:
    """The jobs stood still over 22:00: it is the moment of sending that counts. Urgent kinds go out."""
    now = home.clock.now().astimezone(SHANGHAI)
    evening = now.replace(hour=16, minute=0, second=0) + timedelta(days=1)
    later(seconds=(evening - now).total_seconds())
    late, urgent = ask(driver, "facility"), ask(driver, "road_vehicle")
    later(hours=7)
    run(home)
    seen = [driver.get(f"/requests/{number}").json["timeline"] for number in (late, urgent)]
    assert [any(step["what"] == "escalated" for step in steps) for steps in seen] == [False, True]
    assert not any("设施报修" in item["title"] for item in staff.get("/inbox").json["items"])
    later(hours=8, minutes=5)  # 07:05
    run(home)
    steps = driver.get(f"/requests/{late}").json["timeline"]
    assert any(step["what"] == "escalated" for step in steps)


def test_waiting_stops_the_clocks_and_ends_by_itself(
    home: Home, driver: Somebody, staff: Somebody, later: Later
) -> None:
    number = ask(driver, "road_vehicle")
    staff.post(f"/staff/requests/{number}/claim")
    before = driver.get(f"/requests/{number}").json["clocks"]
    until = (home.clock.now() + timedelta(minutes=120)).isoformat()
    staff.post(f"/staff/requests/{number}/wait", {"until": until, "reason": "等照片"})
    later(minutes=110)
    run(home)
    seen = driver.get(f"/requests/{number}").json
    assert (seen["state"], seen["clocks"]["breached"], marked(home)) == ("waiting", [], [])
    later(minutes=15)
    run(home)
    seen = driver.get(f"/requests/{number}").json
    assert seen["state"] == "handling"
    assert seen["timeline"][-1]["what"] == "wait_over"
    moved = datetime.fromisoformat(seen["clocks"]["answer_by"]) - datetime.fromisoformat(before["answer_by"])
    assert timedelta(minutes=119) < moved < timedelta(minutes=121)
    assert told(staff, "等待到期") == 1


@pytest.mark.parametrize("wrote", [False, True])
def test_an_answered_one_closes_after_two_workdays_unless_the_driver_wrote(
    home: Home, driver: Somebody, staff: Somebody, later: Later, wrote: bool
) -> None:
    number = ask(driver, "other")
    staff.post(f"/staff/requests/{number}/resolve", {"text": "办好了"})
    if wrote:
        driver.post(f"/requests/{number}/messages", {"text": "还没有"})
    run(home)
    assert driver.get(f"/requests/{number}").json["state"] == "answered"
    later(days=12)
    run(home)
    seen = driver.get(f"/requests/{number}").json
    assert seen["state"] == ("answered" if wrote else "closed")
    assert told(driver, "已自动结束") == (0 if wrote else 1)
    if not wrote:
        assert driver.post(f"/requests/{number}/reopen", {"reason": "还没好"}).status_code == 200


def told_by_many(app: Flask, home: Home, driver: Somebody, lookers: int = 8) -> int:
    """How often the supervisor is told of one breach when so many look at the same moment."""
    supervisor = sign_in(app, "supervisor")
    before = told(supervisor, "接手已超时")
    number = ask(driver, "road_vehicle")
    late = "UPDATE help_request SET ack_by = created_at - interval '1 second' WHERE id = :id"
    with home.database.transaction() as session:
        session.execute(text(late), {"id": number})
    at_once([lambda: tasks.look_out(home)] * lookers)
    return told(supervisor, "接手已超时") - before


def unlocked(session: Session, now: datetime) -> list[HelpRequest]:
    return list(session.scalars(select(HelpRequest).where(HelpRequest.look_at <= now)))


@pytest.mark.parametrize("locked", [True, False])
def test_eight_that_look_at_once_tell_once(
    app: Flask, home: Home, driver: Somebody, monkeypatch: pytest.MonkeyPatch, locked: bool
) -> None:
    """The row's lock spares the work; it is the key that decides."""
    if not locked:
        monkeypatch.setattr(lookout, "due", unlocked)
    assert [told_by_many(app, home, driver) for _ in range(3)] == [1, 1, 1]


def test_without_lock_and_key_they_tell_several_times(
    app: Flask, home: Home, driver: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(lookout, "due", Meeting().after(unlocked))
    with home.database.transaction() as session:
        session.execute(text("ALTER TABLE clock_mark DROP CONSTRAINT pk_clock_mark"))
    assert told_by_many(app, home, driver, lookers=2) == 2


def test_trouble_with_one_request_holds_up_no_other(
    home: Home, driver: Somebody, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, _ = ask(driver, "road_vehicle"), ask(driver, "road_vehicle")
    real = lookout.look

    def broken(session: Any, request: Any, *more: Any) -> None:
        if str(request.id) == bad:
            raise RuntimeError("示例")
        real(session, request, *more)

    monkeypatch.setattr(lookout, "look", broken)
    later(minutes=8)
    run(home)
    assert marked(home) == ["ack warning"]
