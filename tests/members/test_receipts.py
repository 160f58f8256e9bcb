"""Receipts: a mobile member's own branch hears of service elsewhere, with his word and not without."""

import pytest
from flask import Flask

from app.duty import tasks
from app.foundation.home import Home
from tests.duty.helpers import StoppedClock, make_shift, ok, refused, sign_up, sql
from tests.members.test_membership import waiting
from tests.support.clients import Somebody


@pytest.fixture
def mobile(app: Flask, newcomer: Somebody, other_secretary: Somebody) -> Somebody:
    """A mobile member of the branch at GS002."""
    ok(newcomer.post("/me/membership", {"branch": "GS002", "kind": "mobile", "name": "示例流动党员"}), 201)
    ok(other_secretary.post(f"/staff/members/{waiting(other_secretary)[0]['id']}/verify"))
    return newcomer


def serve(home: Home, clock: StoppedClock, secretary: Somebody, who: Somebody, key: str) -> str:
    """A shift of two hours at GS001; the id of the attendance."""
    since = (clock.now() - StoppedClock().at).total_seconds() / 3600
    ok(sign_up(who, make_shift(secretary, since + 0.25, 2)), 201)
    clock.go(hours=0.25)
    came: str = ok(who.post("/duty/attendance", {"code": key}), 201)["id"]
    clock.go(hours=3)
    tasks.wind_up(home)
    return came


def test_without_his_word_nothing_is_told(
    home: Home, clock: StoppedClock, secretary: Somebody, mobile: Somebody, key: str
) -> None:
    serve(home, clock, secretary, mobile, key)
    assert sql(home, "SELECT 1 FROM member_receipt") == []


def test_with_it_his_branch_reads_what_he_can_read_himself(
    home: Home,
    clock: StoppedClock,
    secretary: Somebody,
    other_secretary: Somebody,
    mobile: Somebody,
    key: str,
) -> None:
    ok(mobile.put("/me/membership", {"receipts": True}))
    came = serve(home, clock, secretary, mobile, key)
    (own,) = ok(mobile.get("/me/receipts"))["items"]
    assert (own["branch"], own["station"], own["minutes"]) == ("GS002", "GS001", 120)
    assert ok(other_secretary.get("/staff/members/receipts"))["items"] == [own]
    assert ok(secretary.get("/staff/members/receipts"))["items"] == []
    ok(secretary.post(f"/staff/duty/attendance/{came}/correct", {"minutes": 90, "reason": "示例"}))
    assert [row["minutes"] for row in ok(mobile.get("/me/receipts"))["items"]] == [90]


def test_a_consent_taken_back_ends_them(
    home: Home, clock: StoppedClock, secretary: Somebody, mobile: Somebody, key: str
) -> None:
    ok(mobile.put("/me/membership", {"receipts": True}))
    ok(mobile.put("/me/consents/membership", {"granted": False}))
    serve(home, clock, secretary, mobile, key)
    assert sql(home, "SELECT 1 FROM member_receipt") == []
    refused(mobile.put("/me/membership", {"receipts": True}), 409, "member.consent_needed")
