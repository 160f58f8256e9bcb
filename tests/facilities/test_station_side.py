"""Facilities at the station: its card, the list, the basics, whose station it is, what reading costs."""

import time
from typing import Any

import pytest
from flask import Flask

from tests.facilities.helpers import StoppedClock, hold, make, ok, refused, state_of
from tests.support.clients import Somebody, fresh_key, sign_in, stranger

CARD = "/stations/GS001"


def wait_out_the_book() -> None:
    time.sleep(0.9)


def test_the_card_counts_by_side_and_kind_and_its_tag_moves_with_the_state(
    clock: StoppedClock, app: Flask, first: Somebody, staff: Somebody, bed: str
) -> None:
    make(staff)
    make(staff, "aed", side="B", state="unknown")
    public = stranger(app)
    seen = public.get(CARD)
    assert seen.json["facilities"] == [
        {"kind": "capsule", "title": "胶囊仓", "side": "A", "total": 2, "ok": 2, "out": 0, "free": 2,
         "free_women": 0, "as_of": "2026-11-22T12:00:00+08:00"},
        {"kind": "aed", "title": "AED", "side": "B", "total": 1, "ok": 0, "out": 0, "free": None,
         "free_women": 0, "as_of": None},
    ]  # fmt: skip
    assert set(seen.json["basics"]) == {"parking", "hot_water", "meal_heating", "shower", "laundry"}
    ok(hold(first, bed), 201)
    wait_out_the_book()
    held = public.get(CARD, If_None_Match=seen.headers["ETag"])
    assert held.json["facilities"][0]["free"] == 1
    clock.go(minutes=15)  # no job runs, nobody says a word: the clock alone frees the place
    wait_out_the_book()
    assert public.get(CARD, If_None_Match=held.headers["ETag"]).json["facilities"][0]["free"] == 2
    wait_out_the_book()
    assert public.get(CARD, If_None_Match=seen.headers["ETag"]).status_code == 304


def test_the_page_of_a_code_shows_its_own_side(
    app: Flask, first: Somebody, staff: Somebody, bed: str, key: str
) -> None:
    make(staff, "washer", side="B")
    make(staff, "aed")
    make(staff, "shower", women_only={"from": "11:00", "until": "12:01"})
    ok(hold(first, bed), 201)
    page = app.test_client().get(f"/s/{key}").text
    assert "这一侧的设施" in page
    assert "空 0，共 1" in page  # the bed
    assert "空 1（女士 1），共 1" in page
    assert "AED" in page
    assert "洗衣机" not in page


def test_a_page_without_facilities_has_no_heading_for_them(app: Flask, key: str) -> None:
    assert "这一侧的设施" not in app.test_client().get(f"/s/{key}").text


def test_a_hit_of_the_card_costs_no_statement(
    app: Flask, bed: str, key: str, statements: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 1_000_000.0)
    public = stranger(app)
    tag = public.get(CARD).headers["ETag"]
    statements.clear()
    assert public.get(CARD).status_code == 200
    assert public.get(CARD, If_None_Match=tag).status_code == 304
    assert statements == []
    app.test_client().get(f"/s/{key}")
    assert len(statements) == 1  # the key's own


def test_statements_do_not_grow_with_what_there_is(
    clock: StoppedClock, first: Somebody, staff: Somebody, bed: str, statements: list[str]
) -> None:
    """Written by hand; the sign-in counts, and the kept answer."""

    def cost(who: Somebody, method: str, path: str, body: Any = None) -> int:
        statements.clear()
        key = fresh_key() if method == "POST" else None
        answer = who.call(method, path, body, key)
        assert answer.status_code < 300, answer.text
        return len(statements)

    for _ in range(2):
        assert cost(first, "GET", "/facilities?station=GS001") == 3
        assert cost(staff, "GET", "/staff/facilities?station=GS001") in (3, 4)  # the trail: once
        assert cost(first, "GET", "/bookings") == 2
        for _ in range(20):
            make(staff)
        assert cost(first, "POST", f"/facilities/{bed}/bookings", {}) == 6
        booking = state_of(first, bed)["mine"]["id"]
        assert cost(first, "POST", f"/bookings/{booking}/start", {}) == 5
        assert cost(first, "DELETE", f"/bookings/{booking}") == 3
        clock.go(minutes=1)
        assert cost(first, "POST", f"/facilities/{bed}/reports", {"state": "ok"}) == 5


def test_the_list_is_polled_for_nothing_until_something_happens(
    first: Somebody, second: Somebody, bed: str
) -> None:
    path = "/facilities?station=GS001&kind=capsule&side=A"
    tag = first.get(path).headers["ETag"]
    assert first.get(path, If_None_Match=tag).status_code == 304
    ok(hold(second, bed), 201)
    seen = first.get(path, If_None_Match=tag)
    (item,) = seen.json["items"]
    assert (item["taken"], item["mine"]) == ("held", None)
    assert "示例司机乙" not in seen.text  # who lies in which bed is nobody's business
    assert ok(first.get("/facilities?station=GS001&side=B"))["items"] == []
    refused(first.get("/facilities?station=GS999"), 404, "station.unknown")
    refused(first.get("/facilities"), 422, "api.invalid")


def test_staff_set_only_what_is_at_their_station(app: Flask, staff: Somebody, bed: str) -> None:
    supervisor = sign_in(app, "supervisor")
    theirs = make(supervisor, station="GS002")
    about = {"station": "GS002", "side": "A", "kind": "washer", "name": "示例"}
    refused(staff.post("/staff/facilities", about), 403, "auth.forbidden")
    refused(staff.put(f"/staff/facilities/{theirs}", {"state": "out"}), 404, "facility.unknown")
    refused(staff.get(f"/staff/facilities/{theirs}/reports"), 404, "facility.unknown")
    refused(staff.get("/staff/facilities?station=GS002"), 403, "auth.forbidden")
    refused(staff.put("/staff/stations/GS002/basics", {"shower": "ok"}), 403, "auth.forbidden")
    refused(sign_in(app, "kitchen").put(f"/staff/facilities/{bed}", {}), 403, "auth.forbidden")
    refused(supervisor.put("/staff/stations/GS999/basics", {}), 404, "station.unknown")


def test_two_of_one_name_are_refused_and_a_retired_one_frees_its_name(
    first: Somebody, staff: Somebody
) -> None:
    about = {"station": "GS001", "side": "A", "kind": "washer", "name": "示例洗衣机"}
    made = ok(staff.post("/staff/facilities", about), 201)["id"]
    refused(staff.post("/staff/facilities", about), 409, "facility.exists")
    other = make(staff, "washer")
    refused(staff.put(f"/staff/facilities/{other}", {"name": "示例洗衣机"}), 409, "facility.exists")
    ok(hold(first, made), 201)
    ok(staff.put(f"/staff/facilities/{made}", {"retired": True}))
    assert ok(first.get("/bookings"))["items"][0]["state"] == "released"
    refused(hold(first, made), 404, "facility.unknown")
    refused(staff.put(f"/staff/facilities/{made}", {"state": "ok"}), 404, "facility.unknown")
    ok(staff.put(f"/staff/facilities/{other}", {"name": "示例洗衣机", "place": "示例：热水房旁"}))
    assert state_of(first, other)["place"] == "示例：热水房旁"
    ok(staff.put(f"/staff/facilities/{other}", {"place": None}))
    assert state_of(first, other)["place"] is None


def test_a_change_leaves_what_was_not_sent(staff: Somebody) -> None:
    slot = {"from": "20:00", "until": "22:00"}
    shower = make(staff, "shower", women_only=slot)
    path = f"/staff/facilities/{shower}"
    before = ok(staff.put(path, {"state": "cleaning"}))
    assert before["women_only"] == slot
    assert ok(staff.put(path, {})) == before
    assert ok(staff.put(path, {"women_only": None}))["women_only"] is None
    for wrong in ({"state": None}, {"name": None}, {"name": " "}, {"state": "free"}, {"kind": "aed"}):
        refused(staff.put(path, wrong), 422, "api.invalid")


def test_the_five_basics_are_set_by_the_desk_and_read_on_the_card(app: Flask, staff: Somebody) -> None:
    before = stranger(app).get(CARD)
    answer = staff.put("/staff/stations/GS001/basics", {"shower": "limited", "hot_water": "ok"})
    assert answer.status_code == 204
    wait_out_the_book()
    basics = stranger(app).get(CARD, If_None_Match=before.headers["ETag"]).json["basics"]
    assert basics["shower"] == {"state": "limited", "as_of": "2026-11-22T12:00:00+08:00"}
    assert basics["laundry"]["state"] == "unknown"
    refused(staff.put("/staff/stations/GS001/basics", {"sauna": "ok"}), 422, "api.invalid")
