"""Facilities, the five basics and cards at the console, as plain forms."""

import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.console.desk_client import Desk
from tests.console.reading_pages import Page
from tests.duty.helpers import ok, sql
from tests.facilities.helpers import hold
from tests.support.clients import Somebody, sign_in

PAGE = "/facilities?station=GS001"


@pytest.fixture
def washer(app: Flask) -> str:
    """A washer with women's hours."""
    slot = {"from": "20:00", "until": "22:00"}
    about = {"station": "GS001", "side": "A", "kind": "washer", "name": "示例洗衣机", "place": "示例：一楼"}
    return str(ok(sign_in(app, "staff").post("/staff/facilities", about | {"women_only": slot}), 201)["id"])


def test_the_list_tells_what_works_and_who_has_it(jia: Desk, driver: Somebody, washer: str) -> None:
    shown = jia.get(PAGE).text
    for words in ("示例洗衣机", "示例：一楼，20:00–22:00 女性专用", "还没有人报过，说不准", "空着"):
        assert words in shown
    ok(hold(driver, washer, for_woman=True), 201)
    assert "预留到" in jia.get(PAGE).text
    assert "示例司机甲" in jia.get(PAGE).text


def test_one_tap_sets_a_state_and_frees_a_place(jia: Desk, driver: Somebody, washer: str, home: Home) -> None:
    path = f"/facilities/{washer}/set"
    for do in ("ok", "cleaning", "ok"):
        assert jia.post(path, PAGE, do=do, station="GS001").location.endswith("done=yes")
    ok(hold(driver, washer, for_woman=True), 201)
    assert jia.post(path, PAGE, do="free", station="GS001").status_code == 303
    assert sql(home, "SELECT state FROM facility_booking") == [("released",)]
    assert jia.post(path, PAGE, do="nonsense", station="GS001").status_code == 422
    assert sql(home, "SELECT state FROM facility") == [("ok",)]


def test_a_form_sent_twice_is_one_step(jia: Desk, washer: str, home: Home) -> None:
    shown = jia.get(PAGE).text
    proof = shown.split('name="proof" value="')[1][:64]
    sent = {"proof": proof, "once": str(uuid.uuid4()), "do": "out", "station": "GS001"}
    for _ in range(2):
        assert jia.send(f"/facilities/{washer}/set", sent).status_code == 303
    assert sql(home, "SELECT count(*) FROM audit_entry WHERE action = 'facility.changed'") == [(1,)]


def test_what_is_not_one_s_own_is_refused(jia: Desk, elsewhere: Desk, washer: str) -> None:
    assert elsewhere.post(f"/facilities/{washer}/set", "/facilities", do="out").status_code == 404
    assert elsewhere.get(PAGE).status_code == 403
    assert jia.post("/facilities/basics", PAGE, station="GS002", shower="ok").status_code == 403


def test_the_basics_are_told_with_one_form(jia: Desk, home: Home) -> None:
    assert "还没有人报过" in jia.get(PAGE).text
    told = jia.post("/facilities/basics", PAGE, station="GS001", shower="limited", laundry="")
    assert told.status_code == 303
    known = "SELECT basic, state FROM station_basic WHERE station = 'GS001' AND state <> 'unknown'"
    assert sql(home, known) == [("shower", "limited")]
    odd = jia.post("/facilities/basics", PAGE, station="GS001", shower="wonderful")
    assert odd.status_code == 422
    assert 'role="alert"' in odd.text


def test_a_card_is_found_by_its_number_verified_and_taken_back(jia: Desk, driver: Somebody) -> None:
    card = ok(driver.post("/me/card"), 201)
    page = f"/cards?number={card['number'].lower()}"
    shown = jia.get(page).text
    assert "等核验" in shown
    assert "示例司机甲" in shown
    done = jia.post(f"/cards/{card['id']}/verify", page, number=card["number"])
    assert "办好了" in jia.get(done.location.removeprefix("/console")).text
    assert ok(driver.get("/me"))["card"]["state"] == "verified"
    empty = jia.post(f"/cards/{card['id']}/refuse", page, number=card["number"], reason=" ")
    assert empty.status_code == 422
    assert "原因：不能为空" in empty.text
    assert jia.post(f"/cards/{card['id']}/refuse", page, reason="示例：借给别人").status_code == 303
    assert ok(driver.get("/me"))["card"] is None


def test_an_unknown_number_and_a_card_that_is_over_are_said_so(jia: Desk, driver: Somebody) -> None:
    missing = jia.get("/cards?number=AAAAAAAA")
    assert missing.status_code == 404
    assert "没有找到这张会员卡" in missing.text
    card = ok(driver.post("/me/card"), 201)
    page = f"/cards?number={card['number']}"
    driver.call("DELETE", "/me/card")
    shown = jia.get(page).text
    assert "已退卡" in shown
    late = jia.post(f"/cards/{card['id']}/verify", page, number=card["number"])
    assert late.status_code == 409
    assert "请本人重新申请" in late.text


def test_who_does_not_keep_facilities_finds_no_way_to_them(signed_in: Callable[..., Desk], jia: Desk) -> None:
    assert "/console/facilities" in jia.get().text
    kitchen = signed_in("wu", ("kitchen", "GS001"))
    assert "/console/facilities" not in kitchen.get().text
    assert kitchen.get("/facilities").status_code == 403


@pytest.mark.parametrize("path", [PAGE, "/cards", "/facilities"])
def test_the_pages_are_sound(jia: Desk, washer: str, path: str) -> None:
    page = Page(jia.get(path).text)
    assert page.inline == page.unlabelled == page.hosts == []
    assert len(page.ids) == len(set(page.ids))
