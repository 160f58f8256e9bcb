"""A task force: who is no member helps for a set time, sees its shifts only; it ends with a summary."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.duty import tasks
from app.foundation.home import Home
from tests.duty.helpers import (
    NOON,
    StoppedClock,
    counted,
    inbox,
    make_post,
    make_shift,
    ok,
    refused,
    shift_body,
    sign_up,
    sql,
)
from tests.support.clients import Somebody, sign_in

PHONE = "13500002468"
UNTIL = (NOON + timedelta(days=3)).isoformat()


@pytest.fixture
def helper(app: Flask, clock: StoppedClock) -> Somebody:
    somebody = sign_in(app, "helper")
    ok(somebody.post("/me/phone", {"code": f"demo:{PHONE}"}))
    return somebody


@pytest.fixture
def force(secretary: Somebody) -> str:
    return make_post(secretary, kind="task_force", name="示例雪天突击队")


def add(secretary: Somebody, post: str, **changed: Any) -> Any:
    body = {"phone": PHONE, "until": UNTIL, **changed}
    return secretary.post(f"/staff/duty/posts/{post}/helpers", body)


def shift_of(secretary: Somebody, post: str, hours: float = 24) -> str:
    return str(ok(secretary.post("/staff/duty/shifts", shift_body(post, hours, 2)), 201)["id"])


def test_a_helper_sees_and_takes_the_shifts_of_his_task_force_only(
    home: Home, clock: StoppedClock, secretary: Somebody, helper: Somebody, force: str, key: str
) -> None:
    other, mine = make_shift(secretary, 48), shift_of(secretary, force)
    refused(helper.get("/duty/shifts"), 403, "duty.members_only")
    refused(helper.get(f"/duty/shifts/{mine}"), 404, "duty.shift_unknown")
    ok(add(secretary, force), 201)
    assert inbox(helper) == ["请您帮忙"]
    assert [item["id"] for item in ok(helper.get("/duty/shifts"))["items"]] == [mine]
    assert ok(helper.get(f"/duty/shifts/{mine}"))["roster"] is None
    for act in (lambda: sign_up(helper, other), lambda: helper.get(f"/duty/shifts/{other}")):
        refused(act(), 404, "duty.shift_unknown")
    refused(helper.get("/duty/stand-ins"), 403, "duty.members_only")
    ok(sign_up(helper, mine), 201)
    clock.go(hours=24)
    ok(helper.post("/duty/attendance", {"code": key}), 201)
    clock.go(hours=3)
    tasks.wind_up(home)
    assert ok(helper.get("/duty/mine"))["items"][0]["attendance"]["minutes"] == 120
    assert sql(home, "SELECT branch FROM duty_attendance") == [(None,)]
    refused(helper.get("/points"), 404, "points.unknown")
    assert sql(home, "SELECT 1 FROM points_entry") == []


def test_his_time_ends(secretary: Somebody, helper: Somebody, force: str, clock: StoppedClock) -> None:
    late = shift_of(secretary, force, 80)
    ok(add(secretary, force), 201)
    refused(sign_up(helper, late), 409, "duty.not_qualified")
    (item,) = ok(helper.get("/duty/shifts"))["items"]
    assert (item["can_sign_up"], item["why_not"]) == (False, "duty.not_qualified")
    clock.go(days=3)
    refused(helper.get("/duty/shifts"), 403, "duty.members_only")
    ok(helper.get("/duty/mine"))  # for two more days he sees what he did
    clock.go(days=2)
    refused(helper.get("/duty/mine"), 403, "duty.members_only")


def test_it_ends_with_a_summary_and_the_helpers_places_are_free_again(
    home: Home, secretary: Somebody, first: Somebody, helper: Somebody, force: str
) -> None:
    shift = shift_of(secretary, force)
    ok(add(secretary, force), 201)
    ok(sign_up(helper, shift), 201)
    ok(sign_up(first, shift, waitlist=True), 201)
    path = f"/staff/duty/posts/{force}/close"
    refused(secretary.post(path), 422, "api.invalid")
    assert ok(secretary.post(path, {"summary": "示例：三天里扫雪送饭"}))["summary"] == "示例：三天里扫雪送饭"
    refused(secretary.post(path, {"summary": "示例"}), 409, "duty.post_closed")
    assert counted(home, shift) == (1, 1, 1, 0, 0)
    assert ok(first.get(f"/duty/shifts/{shift}"))["mine"] == "confirmed"
    refused(helper.get("/duty/shifts"), 403, "duty.members_only")
    refused(add(secretary, force), 409, "duty.post_closed")
    refused(secretary.post("/staff/duty/shifts", shift_body(force, 30)), 409, "duty.post_closed")


def test_what_cannot_be_is_refused(secretary: Somebody, helper: Somebody, force: str) -> None:
    refused(add(secretary, make_post(secretary)), 409, "duty.not_task_force")
    refused(add(secretary, force, phone="13500009999"), 404, "duty.helper_unknown")
    for wrong in ({"phone": "123"}, {"until": NOON.isoformat()}, {"until": "2027-11-22T12:00:00+08:00"}):
        refused(add(secretary, force, **wrong), 422, "api.invalid")


def test_an_added_helper_may_be_given_another_time_and_is_in_the_file(
    secretary: Somebody, helper: Somebody, force: str
) -> None:
    ok(add(secretary, force), 201)
    longer = (NOON + timedelta(days=9)).isoformat()
    ok(add(secretary, force, until=longer), 201)
    (seen,) = ok(secretary.get(f"/staff/duty/posts/{force}/helpers"))["items"]
    assert (seen["person"], seen["until"]) == (helper.user["id"], "2026-12-01T12:00:00+08:00")
    held = ok(helper.get("/me/export"))["held"]["duty"]["task_forces"]
    assert [each["name"] for each in held] == ["示例雪天突击队"]
    ok(helper.post("/me/erasure", {"confirm": True, "force": True}), 202)
    assert ok(secretary.get(f"/staff/duty/posts/{force}/helpers"))["items"] == []
