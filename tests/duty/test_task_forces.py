"""Task forces: helpers who are no members see and serve their shifts only, for as long as it lasts."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.duty import store
from app.foundation.home import Home
from tests.conftest import find_key
from tests.duty.helpers import (
    NOON,
    StoppedClock,
    inbox,
    make_post,
    make_shift,
    member,
    ok,
    refused,
    shift_body,
    sign_up,
    sql,
)
from tests.support.clients import Somebody, sign_in
from tests.web.conftest import problem

UNTIL = NOON + timedelta(days=3)


@pytest.fixture
def force(secretary: Somebody) -> dict[str, Any]:
    body = {"name": "示例突击队", "starts_at": NOON.isoformat(), "ends_at": UNTIL.isoformat()}
    made: dict[str, Any] = ok(secretary.post("/branch/task-forces", body), 201)
    return made


@pytest.fixture
def helper(app: Flask, clock: StoppedClock, force: dict[str, Any]) -> Somebody:
    driver = sign_in(app, "driver")
    ok(driver.post("/duty/task-forces/join", {"invite": force["invite"].lower()}))
    return driver


@pytest.fixture
def shift(secretary: Somebody, force: dict[str, Any]) -> str:
    post = make_post(secretary, kind="task_force", task_force_id=force["id"])
    return str(ok(secretary.post("/staff/duty/shifts", shift_body(post, 1)), 201)["id"])


def test_a_helper_sees_its_shifts_only_and_serves_them(
    home: Home, secretary: Somebody, clock: StoppedClock, helper: Somebody, shift: str
) -> None:
    other = make_shift(secretary, hours=30)
    assert [each["id"] for each in ok(helper.get("/duty/shifts"))["items"]] == [shift]
    assert ok(helper.get(f"/duty/shifts/{shift}"))["can_sign_up"] is True
    assert ok(helper.get(f"/duty/shifts/{shift}"))["roster"] is None
    refused(helper.get(f"/duty/shifts/{other}"), 404, "duty.shift_unknown")
    refused(sign_up(helper, other), 409, "duty.not_qualified")
    assert ok(sign_up(helper, shift), 201)["state"] == "confirmed"
    clock.go(minutes=50)
    came = ok(helper.post("/duty/attendance", {"code": find_key(home, "GS001", "A")}), 201)
    clock.go(hours=5)
    assert ok(helper.post(f"/duty/attendance/{came['id']}/finish"))["minutes"] == 290
    assert ok(helper.get("/duty/mine"))["items"][0]["attendance"]["state"] == "served"
    assert sql(home, "SELECT branch, as_helper FROM duty_signup") == [(None, True)]
    refused(helper.get("/duty/stand-ins"), 403, "duty.members_only")


def test_who_has_not_joined_sees_nothing_of_it(app: Flask, force: dict[str, Any], shift: str) -> None:
    driver = sign_in(app, "driver2")
    refused(driver.get("/duty/shifts"), 403, "duty.members_only")
    refused(driver.get(f"/duty/shifts/{shift}"), 404, "duty.shift_unknown")
    refused(driver.get("/branch/task-forces"), 404, "task_force.unknown")
    refused(driver.post("/duty/task-forces/join", {"invite": "AAAAAAAA"}), 404, "task_force.invite_unknown")
    assert "member" not in driver.get("/me").text.replace('"member":null', "")


def test_it_ends_with_a_summary_and_helpers_have_no_place_any_more(
    home: Home,
    secretary: Somebody,
    first: Somebody,
    clock: StoppedClock,
    force: dict[str, Any],
    helper: Somebody,
) -> None:
    post = make_post(secretary, kind="task_force", task_force_id=force["id"])
    shift = str(ok(secretary.post("/staff/duty/shifts", shift_body(post, 30)), 201)["id"])
    ok(sign_up(helper, shift), 201)
    ok(sign_up(first, shift, waitlist=True), 201)
    close = f"/branch/task-forces/{force['id']}/close"
    refused(secretary.post(close), 409, "task_force.summary_missing")
    refused(secretary.post(close, {"summary": "  "}), 409, "task_force.summary_missing")
    refused(first.post(close, {"summary": "示例"}), 404, "task_force.unknown")
    ended = ok(secretary.post(close, {"summary": "示例：清雪两天，帮扶九车次。"}))
    assert (ended["summary"], ended["helpers"]) == ("示例：清雪两天，帮扶九车次。", 1)
    refused(secretary.post(close, {"summary": "再写"}), 409, "task_force.closed")
    assert inbox(helper)[0] == "班次取消"
    assert ok(first.get(f"/duty/shifts/{shift}"))["mine"] == "confirmed", "the member who waited moved up"
    refused(helper.get("/duty/shifts"), 403, "duty.members_only")
    refused(
        helper.post("/duty/task-forces/join", {"invite": force["invite"]}), 404, "task_force.invite_unknown"
    )


def test_it_is_for_a_set_time(
    secretary: Somebody, clock: StoppedClock, force: dict[str, Any], helper: Somebody
) -> None:
    post = make_post(secretary, kind="task_force", task_force_id=force["id"])
    problem(secretary.post("/staff/duty/shifts", shift_body(post, 70)), 422, "api.invalid")
    ok(helper.get("/duty/shifts"))
    clock.go(days=3)
    refused(helper.get("/duty/shifts"), 403, "duty.members_only")
    backwards = {"name": "示例", "starts_at": UNTIL.isoformat(), "ends_at": NOON.isoformat()}
    problem(secretary.post("/branch/task-forces", backwards), 422, "api.invalid")
    for_ever = {"name": "示例", "starts_at": NOON.isoformat(), "ends_at": "9999-12-31T00:00:00+08:00"}
    problem(secretary.post("/branch/task-forces", for_ever), 422, "api.invalid")


def test_a_post_belongs_to_a_live_force_of_its_own_station(
    app: Flask, secretary: Somebody, force: dict[str, Any]
) -> None:
    about = {"name": "示例", "kind": "area", "station": "GS001", "side": "A", "task_force_id": force["id"]}
    problem(secretary.post("/staff/duty/posts", about), 422, "api.invalid")
    elsewhere = member(app, "two", ("secretary", "GS002"))
    about |= {"kind": "task_force", "station": "GS002"}
    refused(elsewhere.post("/staff/duty/posts", about), 404, "task_force.unknown")
    assert ok(elsewhere.get("/branch/task-forces"))["items"] == []


def test_members_read_of_it_and_the_office_alone_knows_the_code(
    first: Somebody, secretary: Somebody, force: dict[str, Any], helper: Somebody
) -> None:
    (seen,) = ok(first.get("/branch/task-forces"))["items"]
    assert (seen["invite"], seen["helpers"]) == (None, 1)
    assert ok(secretary.get("/branch/task-forces"))["items"][0]["invite"] == force["invite"]
    assert ok(first.get("/me/export"))["held"]["duty"]["task_forces"] == []
    assert ok(helper.get("/me/export"))["held"]["duty"]["task_forces"][0]["name"] == "示例突击队"
    ok(helper.post("/me/erasure", {"confirm": True, "force": True}), 202)
    assert ok(secretary.get("/branch/task-forces"))["items"][0]["helpers"] == 0


@pytest.mark.parametrize("held", [True, False])
def test_a_place_and_the_end_at_the_same_moment(
    home: Home,
    app: Flask,
    secretary: Somebody,
    force: dict[str, Any],
    helper: Somebody,
    monkeypatch: pytest.MonkeyPatch,
    held: bool,
) -> None:
    """The end comes between the helper's look and his place. Without the hold he keeps it: the control."""
    post = make_post(secretary, kind="task_force", task_force_id=force["id"])
    shift = str(ok(secretary.post("/staff/duty/shifts", shift_body(post, 30)), 201)["id"])
    close = f"/branch/task-forces/{force['id']}/close"
    seen = store.bookings

    def ended_meanwhile(*args: Any) -> Any:
        ok(secretary.post(close, {"summary": "示例"}))
        monkeypatch.setattr(store, "bookings", seen)
        return seen(*args)

    monkeypatch.setattr(store, "bookings", ended_meanwhile)
    if not held:
        monkeypatch.setattr(store, "hold_force", lambda session, post: None)
    answer = sign_up(helper, shift)
    places = sql(home, "SELECT count(*) FROM duty_signup WHERE ended_at IS NULL")[0][0]
    assert (answer.status_code, places) == ((403, 0) if held else (201, 1))
