"""The driver sees who holds it, since when, and whose turn it is if nothing is done until when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from app.foundation.clock import SHANGHAI
from app.foundation.home import Home
from app.helpdesk import tasks
from app.jobs.ticks import emergencies
from tests.support.clients import Somebody, sign_in

Later = Callable[..., None]


def ask(driver: Somebody, kind: str = "road_vehicle") -> str:
    made = driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例"})
    assert made.status_code == 201, made.text
    return str(made.json["id"])


def seen(driver: Somebody, number: str) -> Any:
    return driver.get(f"/requests/{number}").json


def run(home: Home) -> None:
    while tasks.look_out(home):
        pass


def test_who_is_next_follows_the_clocks(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, later: Later
) -> None:
    number = ask(driver)
    supervisor = sign_in(app, "supervisor").user["nickname"]
    first = seen(driver, number)
    assert first["holder"] is None
    assert first["next"] == {
        "role": "supervisor",
        "title": "值班主管",
        "name": supervisor,
        "at": first["clocks"]["ack_by"],
    }
    later(minutes=11)
    run(home)
    assert (seen(driver, number)["next"]["role"], seen(driver, number)["next"]["name"]) == ("centre", None)
    staff.post(f"/staff/requests/{number}/claim")
    taken = seen(driver, number)
    assert taken["holder"]["name"] == staff.user["nickname"]
    assert (taken["next"]["role"], taken["next"]["at"]) == ("supervisor", taken["clocks"]["answer_by"])
    staff.post(f"/staff/requests/{number}/replies", {"text": "在办"})
    assert seen(driver, number)["next"]["at"] == taken["clocks"]["close_by"]


def test_while_the_driver_is_waited_for_it_is_his_turn(home: Home, driver: Somebody, staff: Somebody) -> None:
    number = ask(driver)
    staff.post(f"/staff/requests/{number}/claim")
    until = (home.clock.now() + timedelta(hours=1)).replace(microsecond=0)
    staff.post(f"/staff/requests/{number}/wait", {"until": until.isoformat(), "reason": "等照片"})
    came = seen(driver, number)["next"]
    assert (came["role"], came["title"], datetime.fromisoformat(came["at"])) == ("driver", "您", until)


def test_an_answered_one_says_when_it_closes_by_itself(home: Home, driver: Somebody, staff: Somebody) -> None:
    number = ask(driver)
    staff.post(f"/staff/requests/{number}/resolve", {"text": "办好了"})
    run(home)
    came = seen(driver, number)["next"]
    assert came["role"] == "driver"
    assert datetime.fromisoformat(came["at"]) > home.clock.now() + timedelta(days=1)
    driver.post(f"/requests/{number}/confirm")
    assert seen(driver, number)["next"] is None


def test_a_call_for_help_says_the_next_rung_until_somebody_has_it(
    home: Home, driver: Somebody, staff: Somebody, later: Later
) -> None:
    staff.post("/staff/desk/heartbeat", {"station": "GS001"})
    number = ask(driver, "medical")
    emergencies.climb(home)
    came = seen(driver, number)
    assert came["next"]["role"] == "supervisor"
    assert datetime.fromisoformat(came["next"]["at"]) - datetime.fromisoformat(
        came["created_at"]
    ) == timedelta(minutes=1)
    later(seconds=61)
    staff.post("/staff/desk/heartbeat", {"station": "GS001"})
    emergencies.climb(home)
    assert seen(driver, number)["next"]["role"] == "centre"
    later(seconds=61)
    emergencies.climb(home)
    assert seen(driver, number)["next"] is None, "everybody has been called"
    staff.post(f"/staff/requests/{number}/claim")
    assert seen(driver, number)["next"]["at"] is not None


def test_nobody_is_promised_at_night_who_is_told_in_the_morning(
    home: Home, driver: Somebody, later: Later
) -> None:
    now = home.clock.now().astimezone(SHANGHAI)
    night = now.replace(hour=22, minute=30, second=0) + timedelta(days=1)
    later(seconds=(night - now).total_seconds())
    at = datetime.fromisoformat(seen(driver, ask(driver, "facility"))["next"]["at"])
    assert (at.astimezone(SHANGHAI).hour, at.astimezone(SHANGHAI).minute) == (7, 0)


def test_the_desk_reads_the_same(driver: Somebody, staff: Somebody) -> None:
    number = ask(driver)
    mine, theirs = seen(driver, number)["next"], staff.get(f"/staff/requests/{number}").json["next"]
    assert (mine["role"], mine["at"]) == (theirs["role"], theirs["at"])
