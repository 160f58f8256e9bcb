"""A call that nobody answers: all are called again every few minutes, once a round, whoever ticks."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.emergencies import alarm, tasks
from app.emergencies.rules import STEPS
from app.foundation.home import Home
from app.settings import Settings
from tests.emergencies.conftest import Gateway, rung, steps
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once
from tests.support.meeting import Meeting

Later = Callable[..., None]
TICKING = 8


@pytest.fixture
def settings(settings: Settings, robot: Gateway) -> Settings:
    """A group robot at the centre's step."""
    channel = {"name": "group", "kind": "wecom", "url": robot.url, "steps": ["centre"]}
    made = type(settings.emergencies).model_validate({"channels": [channel]})
    return settings.model_copy(update={"emergencies": made})


def whats(somebody: Somebody, request_id: str) -> list[str]:
    return [step["what"] for step in somebody.get(f"/requests/{request_id}").json["timeline"]]


def tick(home: Home) -> int:
    tasks.climb(home)
    called = tasks.call_again(home)
    tasks.ring(home)
    return called


def test_the_whole_chain_is_called_again_every_five_minutes(
    app: Flask,
    home: Home,
    driver: Somebody,
    staff: Somebody,
    robot: Gateway,
    call: dict[str, Any],
    later: Later,
) -> None:
    supervisor = sign_in(app, "supervisor")
    assert tick(home) == 0
    before = (rung(staff), rung(supervisor), len(robot.received))
    assert before == (1, 2, 1)
    later(minutes=4)
    assert tick(home) == 0
    later(minutes=1, seconds=1)
    assert [tick(home) for _ in range(3)] == [1, 0, 0]
    assert (rung(staff), rung(supervisor), len(robot.received)) == (2, 3, 2), "everybody once a round"
    assert "已等 5 分钟" in supervisor.get("/inbox").json["items"][0]["text"]
    later(minutes=5, seconds=1)
    assert [tick(home) for _ in range(2)] == [1, 0]
    assert (rung(staff), len(robot.received)) == (3, 3)
    assert steps(home, call["id"]).count("centre") == 1
    assert whats(driver, call["id"]) == ["created", "climbed", "climbed", "climbed", "called_again"]
    last = driver.get(f"/requests/{call['id']}").json["timeline"][-1]["text"]
    assert last == "还是没有人接，再次呼叫所有的人：每 5 分钟一次，直到有人接手"


@pytest.mark.parametrize("end", ["claim", "withdraw"])
def test_it_ends_when_somebody_has_it_or_it_is_withdrawn(
    home: Home,
    driver: Somebody,
    staff: Somebody,
    robot: Gateway,
    call: dict[str, Any],
    later: Later,
    end: str,
) -> None:
    tick(home)
    who, path = (staff, "/staff/requests") if end == "claim" else (driver, "/requests")
    assert who.post(f"{path}/{call['id']}/{end}").status_code == 200
    later(minutes=6)
    assert tick(home) == 0
    assert len(robot.received) == 1


def test_one_that_is_handed_on_begins_at_the_bottom_there(
    app: Flask, home: Home, staff: Somebody, call: dict[str, Any], later: Later
) -> None:
    tick(home)
    later(minutes=4)
    body = {"to_station": "GS002", "reason": "人在那边"}
    assert staff.post(f"/staff/requests/{call['id']}/transfer", body).status_code == 200
    tick(home)
    later(minutes=2)
    assert tick(home) == 0, "not five minutes since it was called there"
    later(minutes=4)
    assert tick(home) == 1


def test_a_channel_that_is_being_tried_still_is_not_called_twice_for_it(
    home: Home, robot: Gateway, call: dict[str, Any], later: Later
) -> None:
    tasks.climb(home)
    later(minutes=6)
    assert tasks.call_again(home) == 1
    tasks.ring(home)
    tasks.ring(home)
    assert len(robot.received) == 1


def test_a_channel_that_was_given_up_is_tried_anew(
    home: Home, robot: Gateway, call: dict[str, Any], later: Later
) -> None:
    robot.status = 500
    tasks.climb(home)
    for _ in range(6):
        tasks.ring(home)
        later(minutes=2)
    failed = len(robot.received)
    tasks.ring(home)
    assert len(robot.received) == failed
    robot.status = 200
    tick(home)
    assert len(robot.received) == failed + 1


def rounds(app: Flask, home: Home, later: Later, ticking: int) -> int:
    """How often the supervisor is rung for one round when several processes tick at the same moment."""
    supervisor = sign_in(app, "supervisor")
    tasks.climb(home)
    before = rung(supervisor)
    later(minutes=5, seconds=1)
    at_once([lambda: tasks.call_again(home)] * ticking)
    return rung(supervisor) - before


def test_eight_that_tick_at_once_call_again_once(
    app: Flask, home: Home, driver: Somebody, call: dict[str, Any], later: Later
) -> None:
    assert rounds(app, home, later, TICKING) == 1
    assert whats(driver, call["id"]).count("called_again") == 1


@pytest.mark.parametrize("decided", [True, False])
def test_two_that_found_it_due_at_the_same_moment(
    app: Flask,
    home: Home,
    call: dict[str, Any],
    later: Later,
    monkeypatch: pytest.MonkeyPatch,
    decided: bool,
) -> None:
    """The negative control: both have read that it is due; only the row of the last step decides."""
    monkeypatch.setattr(alarm, "unanswered", Meeting().after(alarm.unanswered))
    if not decided:
        monkeypatch.setattr(alarm, "_mark_again", lambda *_: True)
    assert rounds(app, home, later, 2) == (1 if decided else 2)


def test_nobody_is_said_to_have_been_called_where_nobody_is(home: Home, driver: Somebody) -> None:
    with home.database.transaction() as session:
        session.execute(text("DELETE FROM role_grant"))
    made = driver.post("/requests", {"kind": "medical", "station": "GS002"}).json["id"]
    tasks.climb(home)
    told = [step["text"] for step in driver.get(f"/requests/{made}").json["timeline"]]
    assert told[1:] == [
        "没有人接：本站没有人在岗，往上呼叫值班主管",
        "没有人接：没有值班主管在岗，往上呼叫值班中心",
        "没有人接：值班中心没有人在岗，请马上拨打 120",
    ]
    assert len(told) == 1 + len(STEPS)
