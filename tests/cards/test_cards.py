"""会员之家: apply, be verified, what the card brings, how it ends; and that it says nothing of the Party."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.cards import service
from app.cards.rules import mask_plate
from app.foundation.home import Home
from app.settings import Settings
from tests.duty.conftest import clock
from tests.duty.helpers import StoppedClock, ok, refused, sql
from tests.support.clients import Somebody, fresh_key, sign_in
from tests.support.crowd import at_once

__all__ = ["clock"]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    cards = settings.cards.model_copy(update={"benefits": ["示例一"], "verified_benefits": ["示例二"]})
    return settings.model_copy(update={"cards": cards})


@pytest.fixture
def first(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "driver")


@pytest.fixture
def staff(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "staff")


def apply(who: Somebody) -> dict[str, Any]:
    return dict(ok(who.post("/me/card"), 201))


def verify(staff: Somebody, card: dict[str, Any]) -> Any:
    return staff.post(f"/staff/cards/{card['id']}/verify")


def usable(card: dict[str, Any]) -> list[str]:
    return [benefit["title"] for benefit in card["benefits"] if benefit["usable"]]


def test_a_driver_applies_staff_verify_and_the_card_brings_more(first: Somebody, staff: Somebody) -> None:
    assert ok(first.get("/me"))["card"] is None
    card = apply(first)
    assert (card["state"], usable(card)) == ("applied", ["示例一"])
    assert ok(first.get("/me"))["card"] == card
    refused(first.post("/me/card"), 409, "card.exists")
    seen = ok(staff.get(f"/staff/cards?number={card['number'][:4].lower()}-{card['number'][4:]}"))
    assert seen["id"] == card["id"]
    assert ok(verify(staff, card))["state"] == "verified"
    mine = ok(first.get("/me"))["card"]
    assert (mine["state"], usable(mine)) == ("verified", ["示例一", "示例二"])
    assert mine["valid_until"] == "2027-11-22T12:00:00+08:00"
    assert ok(first.get("/inbox"))["items"][0]["title"] == "会员卡已核验"


def test_saying_so_again_changes_nothing_and_tells_nobody_twice(
    clock: StoppedClock, first: Somebody, staff: Somebody
) -> None:
    card = apply(first)
    until = ok(verify(staff, card))["valid_until"]
    clock.go(days=1)
    assert ok(verify(staff, card))["valid_until"] == until
    assert len(ok(first.get("/inbox"))["items"]) == 1


def test_a_card_ends_by_the_clock_and_another_can_follow(
    clock: StoppedClock, first: Somebody, staff: Somebody
) -> None:
    card = apply(first)
    ok(verify(staff, card))
    clock.go(days=364, hours=23)
    token = sign_in(first.app, "driver")  # a sign-in lasts for thirty days
    refused(token.post("/me/card"), 409, "card.exists")
    clock.go(hours=1)
    mine = ok(token.get("/me"))["card"]
    assert (mine["state"], usable(mine)) == ("expired", [])
    at_desk = sign_in(first.app, "staff")
    refused(verify(at_desk, card), 409, "card.over")
    again = apply(token)
    assert again["number"] != card["number"]
    assert ok(at_desk.get(f"/staff/cards?number={card['number']}"))["state"] == "expired"


def test_what_is_refused_is_told_with_its_reason_and_can_be_tried_again(
    first: Somebody, staff: Somebody, home: Home
) -> None:
    card = apply(first)
    refused(staff.post(f"/staff/cards/{card['id']}/refuse", {}), 422, "api.invalid")
    ok(staff.post(f"/staff/cards/{card['id']}/refuse", {"reason": "示例：证件看不清"}))
    assert ok(first.get("/me"))["card"] is None
    assert "示例：证件看不清" in ok(first.get("/inbox"))["items"][0]["text"]
    refused(verify(staff, card), 409, "card.over")
    apply(first)
    did = sql(home, "SELECT action FROM audit_entry WHERE object_kind = 'home_card' ORDER BY at")
    assert [row[0] for row in did] == ["card.refused"]


def test_who_leaves_has_no_card_and_may_come_back(first: Somebody, staff: Somebody) -> None:
    refused(first.call("DELETE", "/me/card"), 404, "card.unknown")
    card = apply(first)
    assert first.call("DELETE", "/me/card").status_code == 204
    refused(verify(staff, card), 409, "card.over")
    assert apply(first)["id"] != card["id"]


def test_one_card_a_person_also_for_a_finger_that_trembles(home: Home, first: Somebody) -> None:
    answers = at_once([partial(first.post, "/me/card")] * 16)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 15}
    first.call("DELETE", "/me/card")
    key = fresh_key()
    answers = at_once([partial(first.post, "/me/card", None, key)] * 8)
    assert {(answer.status_code, answer.json["id"]) for answer in answers} == {(201, answers[0].json["id"])}


def test_without_the_line_the_key_refuses_the_second(
    home: Home, first: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: whoever forgets to look is stopped by the table."""
    apply(first)

    def nothing(_: Session, __: uuid.UUID) -> None:
        return None

    monkeypatch.setattr(service, "_live", nothing)
    first.app.config["PROPAGATE_EXCEPTIONS"] = False
    assert first.post("/me/card").status_code >= 400
    assert sql(home, "SELECT count(*) FROM home_card") == [(1,)]


def test_of_many_who_verify_and_refuse_at_once_one_word_counts_and_is_told_once(
    app: Flask, home: Home, first: Somebody, staff: Somebody
) -> None:
    card = apply(first)
    colleagues = [staff, sign_in(app, "staff2"), sign_in(app, "supervisor")] * 4
    works: list[Callable[[], Any]] = [partial(verify, who, card) for who in colleagues]
    answers = at_once(works)
    assert {answer.status_code for answer in answers} == {200}
    assert len(ok(first.get("/inbox"))["items"]) == 1
    assert sql(home, "SELECT count(*) FROM audit_entry WHERE action = 'card.verified'") == [(1,)]


def test_nobody_verifies_his_own(app: Flask, staff: Somebody) -> None:
    card = apply(staff)
    refused(verify(staff, card), 409, "card.own")
    ok(verify(sign_in(app, "staff2"), card))


def test_the_desk_sees_what_it_needs_and_looking_is_recorded_once(
    first: Somebody, staff: Somebody, home: Home
) -> None:
    ok(first.post("/me/phone", {"code": "demo:13800001234"}))
    ok(first.put("/me", {"vehicle": {"plate": "甘A12345", "kind": "heavy_truck"}}))
    card = apply(first)
    for _ in range(2):
        seen = ok(staff.get(f"/staff/cards?number={card['number']}"))
    assert seen["holder"] == {
        "name": "示例司机甲",
        "phone_masked": "138******34",
        "plate_masked": "甘A****5",
    }
    assert sql(home, "SELECT count(*) FROM audit_entry WHERE action = 'card.read'") == [(1,)]
    for wrong in ("", "x", "AAAAAAAA", "ＡＡＡＡ"):
        refused(staff.get(f"/staff/cards?number={wrong}"), 404, "card.unknown")
    refused(staff.get("/staff/cards"), 422, "api.invalid")


def test_a_card_and_the_party_know_nothing_of_one_another(app: Flask, staff: Somebody) -> None:
    member, driver = sign_in(app, "member"), sign_in(app, "driver2")
    assert ok(member.get("/me"))["card"] is None
    cards = [apply(who) for who in (member, driver)]
    shown = [ok(verify(staff, card)) for card in cards]
    assert shown[0].keys() == shown[1].keys()
    assert "member" not in str(shown[0]).replace(member.user["nickname"], "")
    assert "党" not in str(shown[0]).replace(member.user["nickname"], "")
    assert ok(driver.get("/me"))["member"] is None
    assert "member" not in ok(driver.get("/me"))["roles"]


def test_a_card_is_in_the_file_and_goes_with_its_person(
    home: Home, app: Flask, first: Somebody, staff: Somebody
) -> None:
    card = apply(first)
    ok(verify(staff, card))
    (held,) = ok(first.get("/me/export"))["held"]["cards"]
    assert (held["number"], held["state"], held["station"]) == (card["number"], "verified", "GS001")
    ok(staff.post("/me/erasure", {"confirm": True}), 202)
    assert sql(home, "SELECT state, verified_by FROM home_card") == [("verified", None)]
    ok(first.post("/me/erasure", {"confirm": True}), 202)
    assert sql(home, "SELECT 1 FROM home_card") == []


def test_an_application_waits_as_long_as_it_takes(
    clock: StoppedClock, first: Somebody, staff: Somebody
) -> None:
    card = apply(first)
    clock.at += timedelta(days=25)
    assert ok(first.get("/me"))["card"]["state"] == "applied"
    assert ok(verify(sign_in(first.app, "staff"), card))["state"] == "verified"


def test_a_plate_is_masked() -> None:
    assert [mask_plate(plate) for plate in (None, "甘A12345", "甘AD12345")] == [None, "甘A****5", "甘A*****5"]
