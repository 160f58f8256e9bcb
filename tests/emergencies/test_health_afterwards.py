"""What was told of somebody's health: all of it while he is helped, a day after only with his own consent."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.support.clients import Somebody, sign_in

DETAILS = {"symptoms": ["胸痛胸闷", "头晕"], "age": 52}


@pytest.fixture
def ended(app: Flask, driver: Somebody) -> str:
    """A medical call that is over."""
    said = {"kind": "medical", "station": "GS001", "side": "A", "text": "示例原话", "details": DETAILS}
    call = str(driver.post("/requests", said).json["id"])
    staff = sign_in(app, "staff")
    assert staff.get(f"/staff/requests/{call}").json["details"] == DETAILS, "help does not ask for a consent"
    for answer in (
        staff.post(f"/staff/requests/{call}/claim"),
        staff.post(f"/staff/requests/{call}/resolve", {"text": "已送医"}),
        driver.post(f"/requests/{call}/confirm"),
    ):
        assert answer.status_code == 200, answer.text
    return call


def seen(app: Flask, call: str) -> tuple[Any, bool]:
    """What the desk sees, and whether the page for 120 tells of it."""
    staff = sign_in(app, "staff")
    told = staff.get(f"/staff/requests/{call}/for-120").text
    return staff.get(f"/staff/requests/{call}").json["details"], "胸痛胸闷" in told


def test_a_day_after_it_is_over_the_desk_sees_it_with_a_consent_only(
    app: Flask, driver: Somebody, ended: str, later: Callable[..., None]
) -> None:
    later(hours=23)
    assert seen(app, ended) == (DETAILS, True)
    later(hours=25)
    assert seen(app, ended) == ({}, False)
    assert driver.get(f"/requests/{ended}").json["details"] == DETAILS, "his own stay his"
    for granted, desk in ((True, (DETAILS, True)), (False, ({}, False))):
        assert driver.put("/me/consents/medical", {"granted": granted}).status_code == 200
        assert seen(app, ended) == desk


def test_other_requests_are_not_touched(app: Flask, driver: Somebody, later: Callable[..., None]) -> None:
    said = {"kind": "facility", "station": "GS001", "side": "A", "text": "灯坏了"}
    other = str(driver.post("/requests", said).json["id"])
    before = sign_in(app, "staff").get(f"/staff/requests/{other}").json["details"]
    driver.post(f"/requests/{other}/withdraw")
    later(hours=25)
    assert sign_in(app, "staff").get(f"/staff/requests/{other}").json["details"] == before
