"""Holds: fifteen minutes by the server's clock, one of a kind a person, women's hours, what staff take."""

import uuid
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.foundation.home import Home
from app.people import service as people
from tests.facilities.helpers import NOON, StoppedClock, hold, make, ok, refused, sql, state_of
from tests.support.clients import Somebody, fresh_key, sign_in


def cancel(who: Somebody, booking: str) -> int:
    return who.call("DELETE", f"/bookings/{booking}").status_code


def start(who: Somebody, booking: str) -> object:
    return who.post(f"/bookings/{booking}/start")


def test_a_hold_lasts_fifteen_minutes_and_ends_by_itself(
    clock: StoppedClock, first: Somebody, second: Somebody, bed: str
) -> None:
    made = ok(hold(first, bed), 201)
    assert made["state"] == "held"
    assert datetime.fromisoformat(made["until"]) == NOON + timedelta(minutes=15)
    refused(hold(second, bed), 409, "facility.taken")
    clock.go(minutes=14, seconds=59)
    refused(hold(second, bed), 409, "facility.taken")
    assert state_of(second, bed)["taken"] == "held"
    clock.go(seconds=1)
    assert state_of(second, bed)["free"] is True
    ok(hold(second, bed), 201)
    assert ok(first.get("/bookings"))["items"][0]["state"] == "lapsed"
    refused(start(first, made["id"]), 409, "facility.booking_over")
    assert cancel(first, made["id"]) == 204  # nothing is his, and nothing is taken from the other
    refused(hold(first, bed), 409, "facility.taken")


def test_a_lapsed_hold_is_shown_as_lapsed_though_nobody_came_after(
    clock: StoppedClock, first: Somebody, bed: str, home: Home
) -> None:
    made = ok(hold(first, bed), 201)
    clock.go(minutes=15)
    assert ok(first.get("/bookings"))["items"][0]["state"] == "lapsed"
    refused(start(first, made["id"]), 409, "facility.booking_over")
    assert sql(home, "SELECT state, ended_at FROM facility_booking") == [("held", None)]
    ok(hold(first, bed), 201)


def test_one_live_hold_of_a_kind_also_at_another_station(
    app: Flask, clock: StoppedClock, first: Somebody, staff: Somebody, bed: str
) -> None:
    made = ok(hold(first, bed), 201)
    again = refused(hold(first, bed), 409, "facility.already_booked")
    assert again["booking"] == made["id"]
    refused(hold(first, make(staff)), 409, "facility.already_booked")
    elsewhere = make(sign_in(app, "supervisor"), station="GS002")
    refused(hold(first, elsewhere), 409, "facility.already_booked")
    ok(hold(first, make(staff, "washer")), 201)
    clock.go(minutes=15)
    ok(hold(first, elsewhere), 201)


def test_who_is_there_begins_and_whose_turn_is_over_is_in_overtime_until_the_place_frees_itself(
    clock: StoppedClock, first: Somebody, second: Somebody, staff: Somebody
) -> None:
    shower = make(staff, "shower")
    made = ok(hold(first, shower), 201)
    clock.go(minutes=14)
    begun = ok(start(first, made["id"]))
    assert begun["state"] == "in_use"
    assert datetime.fromisoformat(begun["until"]) == NOON + timedelta(minutes=44)
    clock.go(minutes=10)
    assert ok(start(first, made["id"]))["until"] == begun["until"]  # tapped twice
    clock.go(minutes=20)
    assert state_of(second, shower)["taken"] == "overtime"
    refused(hold(second, shower), 409, "facility.taken")
    clock.go(minutes=15)
    ok(hold(second, shower), 201)
    assert ok(first.get("/bookings"))["items"][0]["state"] == "finished"


def test_who_gives_up_or_is_done_frees_the_place_at_once(first: Somebody, second: Somebody, bed: str) -> None:
    made = ok(hold(first, bed), 201)["id"]
    assert [cancel(first, made), cancel(first, made)] == [204, 204]
    other = ok(hold(second, bed), 201)["id"]
    ok(start(second, other))
    assert cancel(first, other) == 404
    refused(first.post(f"/bookings/{other}/start"), 404, "facility.booking_unknown")
    assert cancel(second, other) == 204
    assert [item["state"] for item in ok(second.get("/bookings"))["items"]] == ["finished"]
    ok(hold(first, bed), 201)


def test_a_retry_with_the_same_key_is_the_same_hold(first: Somebody, bed: str) -> None:
    key = fresh_key()
    made = [ok(first.post(f"/facilities/{bed}/bookings", {}, key), 201)["id"] for _ in range(3)]
    assert len(set(made)) == 1
    no_body = first.call("POST", f"/facilities/{bed}/bookings")
    refused(no_body, 409, "facility.already_booked")


def test_what_cannot_be_held_says_why(first: Somebody, staff: Somebody) -> None:
    refused(hold(first, make(staff, state="out")), 409, "facility.out")
    refused(hold(first, make(staff, state="cleaning")), 409, "facility.out")
    ok(hold(first, make(staff, state="unknown")), 201)
    refused(hold(first, make(staff, "aed")), 409, "facility.not_bookable")
    refused(hold(first, make(staff, "accessible_bay")), 409, "facility.not_bookable")
    refused(hold(first, str(uuid.uuid4())), 404, "facility.unknown")
    refused(hold(first, make(staff, "washer"), until="2099"), 422, "api.invalid")


SLOT = {"from": "13:00", "until": "14:00"}


@pytest.mark.parametrize(
    ("slot", "free_to_all"),
    [
        ({"from": "13:00", "until": "14:00"}, True),  # 12:00 + 15 + 30 minutes end before
        ({"from": "12:44", "until": "14:00"}, False),  # he would still be in there
        ({"from": "11:00", "until": "12:00"}, True),  # just over
        ({"from": "11:00", "until": "12:01"}, False),
        ({"from": "00:00", "until": "24:00"}, False),
        ({"from": "22:00", "until": "12:30"}, False),  # past midnight, begun yesterday
        ({"from": "22:00", "until": "06:00"}, True),
    ],
)
def test_womens_hours(first: Somebody, staff: Somebody, slot: dict[str, str], free_to_all: bool) -> None:
    shower = make(staff, "shower", women_only=slot)
    assert state_of(first, shower)["women_only"] == slot
    if free_to_all:
        ok(hold(first, shower), 201)
    else:
        refused(hold(first, shower), 409, "facility.women_only")
        ok(hold(first, shower, for_woman=True), 201)


@pytest.mark.parametrize(
    "slot",
    [
        {"from": "12:00", "until": "12:00"},
        {"from": "24:00", "until": "06:00"},
        {"from": "7:00", "until": "08:00"},
        {"from": "12:60", "until": "13:00"},
        {"from": "25:00", "until": "13:00"},
        {"from": "１２:00", "until": "13:00"},
        {"from": "12:00"},
        "12:00-13:00",
    ],
)
def test_hours_that_are_none_are_refused(staff: Somebody, slot: object) -> None:
    body = {"station": "GS001", "side": "A", "kind": "shower", "name": "示例", "women_only": slot}
    refused(staff.post("/staff/facilities", body), 422, "api.invalid")


def test_what_staff_shut_is_taken_from_who_holds_it_and_he_is_told(
    first: Somebody, second: Somebody, staff: Somebody, bed: str
) -> None:
    ok(hold(first, bed), 201)
    ok(staff.put(f"/staff/facilities/{bed}", {"state": "out"}))
    assert ok(first.get("/bookings"))["items"][0]["state"] == "released"
    assert ok(first.get("/inbox"))["items"][0]["title"] == "预留已取消"
    washer = make(staff, "washer")
    ok(start(second, ok(hold(second, washer), 201)["id"]))
    ok(staff.put(f"/staff/facilities/{washer}", {"state": "cleaning"}))
    assert state_of(second, washer)["mine"]["state"] == "in_use"  # whoever is in there stays


def test_staff_let_people_in_and_free_the_place(
    first: Somebody, second: Somebody, staff: Somebody, bed: str
) -> None:
    path = f"/staff/facilities/{bed}"
    until = (NOON + timedelta(hours=3)).isoformat()
    let_in = ok(staff.put(path, {"occupied_until": until}))
    assert (let_in["taken"], let_in["holder"], let_in["free"]) == ("in_use", None, False)
    refused(hold(first, bed), 409, "facility.taken")
    longer = ok(staff.put(path, {"occupied_until": (NOON + timedelta(hours=4)).isoformat()}))
    assert longer["until"] == "2026-11-22T16:00:00+08:00"
    assert ok(staff.put(path, {"occupied_until": None}))["free"] is True
    ok(hold(first, bed), 201)
    refused(staff.put(path, {"occupied_until": until}), 409, "facility.taken")
    assert ok(staff.get("/staff/facilities?station=GS001"))["items"][0]["holder"] == "示例司机甲"
    ok(staff.put(path, {"occupied_until": None}))
    assert ok(first.get("/inbox"))["items"][0]["title"] == "预留已取消"
    ok(start(first, ok(hold(first, bed), 201)["id"]))
    ok(staff.put(path, {"occupied_until": None}))
    assert ok(first.get("/inbox"))["items"][0]["title"] == "已清为空着"
    for wrong in (NOON, NOON + timedelta(hours=25)):
        refused(staff.put(path, {"occupied_until": wrong.isoformat()}), 422, "api.invalid")
    aed = make(staff, "aed")
    refused(staff.put(f"/staff/facilities/{aed}", {"occupied_until": until}), 409, "facility.not_bookable")


def test_who_is_shut_out_or_gone_holds_nothing(
    home: Home, first: Somebody, second: Somebody, staff: Somebody, bed: str
) -> None:
    ok(hold(first, bed), 201)
    with home.database.transaction() as session:
        people.disable(session, uuid.UUID(first.user["id"]), home.clock.now())
    ok(hold(second, bed), 201)
    ok(second.post(f"/facilities/{bed}/reports", {"state": "ok", "text": "示例：水有点小"}), 201)
    held = ok(second.get("/me/export"))["held"]["facilities"]
    assert held["bookings"][0]["state"] == "held"
    assert held["reports"][0]["text"] == "示例：水有点小"
    ok(second.post("/me/erasure", {"confirm": True}), 202)
    assert sql(home, "SELECT state FROM facility_booking") == [("released",)]
    assert sql(home, "SELECT 1 FROM facility_report") == []
    assert state_of(staff, bed)["free"] is True


def test_own_holds_are_listed_page_by_page(clock: StoppedClock, first: Somebody, bed: str) -> None:
    made = []
    for _ in range(3):
        made.append(ok(hold(first, bed), 201)["id"])
        clock.go(minutes=20)
    page = ok(first.get("/bookings?limit=2"))
    rest = ok(first.get(f"/bookings?limit=2&cursor={page['next_cursor']}"))
    assert [item["id"] for item in [*page["items"], *rest["items"]]] == made[::-1]
    assert rest["next_cursor"] is None
