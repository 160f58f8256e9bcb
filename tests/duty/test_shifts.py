"""Posts and shifts over HTTP: who makes them, who sees them, and the reason shown before the tap."""

from typing import Any

import pytest
from flask import Flask

from app.commands.demo import seed_duty
from app.foundation.home import Home
from tests.duty.helpers import (
    NOON,
    StoppedClock,
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


def listed(who: Somebody, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(who.get(f"/duty/shifts{query}"))["items"]
    return items


def test_a_shift_is_shown_as_the_contract_says(secretary: Somebody, first: Somebody, shift: str) -> None:
    (seen,) = listed(first)
    assert seen["post"]["name"] == "示例先锋岗"
    assert seen["post"]["kind"] == "vanguard"
    shown = {name: seen[name] for name in seen if name not in ("post", "id")}
    assert shown == {
        "station": "GS001",
        "side": "A",
        "starts_at": "2026-11-24T12:00:00+08:00",
        "ends_at": "2026-11-24T20:00:00+08:00",
        "opens_at": None,
        "capacity": 1,
        "min_needed": 0,
        "taken": 0,
        "waiting": 0,
        "mine": None,
        "can_sign_up": True,
        "can_wait": False,
        "why_not": None,
        "why_not_text": None,
    }
    assert ok(first.get(f"/duty/shifts/{shift}"))["id"] == seen["id"] == shift


def test_only_members_see_shifts_and_nobody_learns_who_is_one(app: Flask, shift: str) -> None:
    for name in ("driver", "staff", "admin", "supervisor"):
        other = sign_in(app, name)
        for path in ("/duty/shifts", "/duty/mine", "/duty/stand-ins"):
            refused(other.get(path), 403, "duty.members_only")
        refused(other.get(f"/duty/shifts/{shift}"), 404, "duty.shift_unknown")
        refused(sign_up(other, shift), 403, "duty.members_only")


def test_the_roster_is_for_members_of_its_branch(
    app: Flask, secretary: Somebody, first: Somebody, shift: str
) -> None:
    ok(sign_up(first, shift), 201)
    (line,) = ok(secretary.get(f"/duty/shifts/{shift}"))["roster"]
    assert (line["name"], line["state"], line["member"]) == ("示例党员甲", "confirmed", first.user["id"])
    elsewhere = member(app, "elsewhere", ("member", "GS002"))
    assert ok(elsewhere.get(f"/duty/shifts/{shift}"))["roster"] is None


def test_posts_and_shifts_are_the_branch_s_own_business(
    app: Flask, secretary: Somebody, first: Somebody
) -> None:
    post = make_post(secretary)
    body = {"name": "示例", "kind": "area", "station": "GS001", "side": "B"}
    refused(first.post("/staff/duty/posts", body), 403, "auth.forbidden")
    refused(secretary.post("/staff/duty/posts", {**body, "station": "GS002"}), 403, "auth.forbidden")
    other = member(app, "chief", ("secretary", "GS002"))
    refused(other.post("/staff/duty/shifts", shift_body(post)), 404, "duty.post_unknown")
    refused(first.post("/staff/duty/shifts", shift_body(post)), 403, "auth.forbidden")
    everywhere = member(app, "upper", ("committee", "*"))
    refused(everywhere.post("/staff/duty/posts", {**body, "station": "GS999"}), 404, "station.unknown")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"lasts": 0}, "ends_at"),
        ({"lasts": 25}, "ends_at"),
        ({"hours": -20}, "ends_at"),
        ({"capacity": 0}, "capacity"),
        ({"min_needed": 2}, "min_needed"),
        ({"opens_at": "2030-01-01T00:00:00+08:00"}, "opens_at"),
        ({"repeat": {"weeks": 0}}, "repeat.weeks"),
        ({"repeat": {"weekdays": [8]}}, "repeat.weekdays.0"),
        ({"repeat": "monthly"}, "repeat"),
        ({"repeat": {"month": 1}}, "repeat.month"),
        ({"hours": 24 * 400 + 1}, "starts_at"),
        ({"hours": 24 * 365 * 7970}, "starts_at"),  # the year 9991
        ({"hours": 24 * 365 * 7970, "repeat": "weekly"}, "starts_at"),
        ({"hours": 24 * 380, "repeat": "weekly"}, "repeat"),  # its last would be too far
        ({"repeat": {"until": "9999-12-31"}}, "repeat"),
        ({"repeat": {"weekdays": [1, 2, 3, 4, 5, 6, 7], "weeks": 26}}, "repeat"),
    ],
)
def test_what_is_no_shift_is_refused_by_its_field(
    secretary: Somebody, changed: dict[str, Any], field: str
) -> None:
    answer = secretary.post("/staff/duty/shifts", shift_body(make_post(secretary), **changed))
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_a_weekly_pattern_makes_all_of_its_shifts_or_none(
    home: Home, secretary: Somebody, first: Somebody
) -> None:
    post = make_post(secretary)
    made = ok(
        secretary.post("/staff/duty/shifts", shift_body(post, repeat={"weekdays": [2, 4], "weeks": 2})), 201
    )
    assert len(made["series"]) == 4
    assert made["id"] == made["series"][0]
    assert [item["starts_at"][:10] for item in listed(first)] == [
        "2026-11-24",
        "2026-11-26",
        "2026-12-01",
        "2026-12-03",
    ]
    again = secretary.post("/staff/duty/shifts", shift_body(post, hours=24, repeat={"weekdays": [2]}))
    assert again.status_code == 422
    assert sql(home, "SELECT count(*) FROM duty_shift") == [(4,)]
    weekly = secretary.post("/staff/duty/shifts", shift_body(make_post(secretary), repeat="weekly"))
    assert len(ok(weekly, 201)["series"]) == 4


def test_shifts_are_listed_by_place_and_days_and_page_by_page(
    app: Flask, clock: StoppedClock, secretary: Somebody, first: Somebody
) -> None:
    made = [make_shift(secretary, hours) for hours in (1, 24, 15 * 24)]
    other = member(app, "chief", ("secretary", "GS002"))
    there = ok(
        other.post("/staff/duty/posts", {"name": "示例", "kind": "area", "station": "GS002", "side": "A"}),
        201,
    )
    made_there = ok(other.post("/staff/duty/shifts", shift_body(there["id"], hours=2)), 201)["id"]
    assert [item["id"] for item in listed(first)] == [made[0], made_there, made[1]]
    assert [item["id"] for item in listed(first, "?station=GS001")] == made[:2]
    assert [item["id"] for item in listed(first, "?from=2026-11-23&to=2026-12-07")] == made[1:]
    assert [item["id"] for item in listed(first, "?from=2026-11-22&to=2026-11-22")] == [made[0], made_there]
    page = ok(first.get("/duty/shifts?limit=2"))
    rest = ok(first.get(f"/duty/shifts?limit=2&cursor={page['next_cursor']}"))
    assert [item["id"] for item in page["items"] + rest["items"]] == [made[0], made_there, made[1]]
    clock.go(hours=9, minutes=1)  # the first is over
    assert made[0] not in [item["id"] for item in listed(first)]


def test_the_reason_is_shown_before_the_tap_and_is_the_one_given_after_it(
    app: Flask, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody
) -> None:
    held = make_shift(secretary)
    ok(sign_up(first, held), 201)
    reasons = {
        held: "duty.already_signed_up",
        make_shift(secretary, 50): "duty.clash",
        make_shift(secretary, 80, opens_at=NOON.replace(hour=5).isoformat()): "duty.not_yet_open",
        make_shift(secretary, -1): "duty.closed",
    }
    full = make_shift(secretary, 100)
    ok(sign_up(second, full), 201)
    reasons[full] = "duty.full"
    seen = {item["id"]: item for item in listed(first)}
    assert {shift: seen[shift]["why_not"] for shift in reasons} == reasons
    assert [seen[shift]["can_wait"] for shift in reasons] == [False, False, False, False, True]
    for shift, code in reasons.items():
        assert seen[shift]["can_sign_up"] is False
        assert refused(sign_up(first, shift), 409, code)["detail"] == seen[shift]["why_not_text"]
    stranger = member(app, "mobile", ("member", "GS003"))
    own = make_shift(secretary, 120, open_to="branch")
    assert {item["id"]: item["why_not"] for item in listed(stranger)}[own] == "duty.not_qualified"
    refused(sign_up(stranger, own), 409, "duty.not_qualified")


def test_a_mobile_member_serves_at_any_station_for_his_own_branch(app: Flask, home: Home, shift: str) -> None:
    ok(sign_up(member(app, "mobile", ("member", "GS003")), shift), 201)
    assert sql(home, "SELECT branch FROM duty_signup") == [("GS003",)]


def test_the_demonstration_has_two_weeks_of_shifts(home: Home, clock: StoppedClock, first: Somebody) -> None:
    for _ in range(2):
        with home.database.transaction() as session:
            seed_duty(session, clock.now())
    items = listed(first, "?limit=100")
    assert len({item["post"]["name"] for item in items}) == 3
    assert len(items) == sql(home, "SELECT count(*) FROM duty_shift")[0][0] >= 12
    assert all("示例" in item["post"]["name"] and item["can_sign_up"] for item in items)


def test_a_series_keeps_to_the_operator_s_days_off(
    app: Flask, home: Home, clock: StoppedClock, secretary: Somebody
) -> None:
    """The start is a Tuesday; the Thursday after is made a day off."""
    admin = sign_in(app, "admin")
    ok(admin.call("PUT", "/staff/workdays/2026-11-26", {"kind": "holiday", "reason": "示例"}))
    body = shift_body(make_post(secretary), repeat={"until": "2026-11-29", "days": "days_off"})
    made = ok(secretary.post("/staff/duty/shifts", body), 201)
    assert len(made["series"]) == 4, "the first, Thursday, Saturday and Sunday"
