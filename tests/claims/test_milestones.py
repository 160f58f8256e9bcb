"""Milestones of a claim: each noted once, told to the driver, only for a claim that is under way."""

from collections import Counter
from datetime import timedelta
from typing import Any

from app.foundation.home import Home
from tests.support.clients import Somebody
from tests.support.crowd import at_once

AT = "2026-11-01T08:00:00+08:00"


def claim(driver: Somebody, kind: str = "insurance") -> str:
    return str(driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例"}).json["id"])


def note(staff: Somebody, number: str, **body: Any) -> Any:
    return staff.post(f"/staff/requests/{number}/milestones", {"kind": "police", "at": AT, **body})


def test_a_step_stands_in_the_timeline_and_the_driver_is_told(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    seen = note(staff, number, note="示例派出所").json
    assert seen["timeline"][-1]["text"] == "理赔进度：已报警（11-01 08:00），示例派出所"
    assert driver.get("/inbox").json["items"][0]["title"] == "保险理赔：理赔进度"
    assert driver.get(f"/requests/{number}").json["timeline"][-1]["what"] == "milestone"


def test_of_eight_at_once_one_notes_it(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    answers = at_once([lambda: note(staff, number)] * 8)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {
        "claim.milestone_exists"
    }
    assert note(staff, number, kind="insurer").status_code == 200


def test_what_is_no_claim_under_way_has_no_steps(driver: Somebody, staff: Somebody, home: Home) -> None:
    assert note(staff, claim(driver, "other")).json["code"] == "request.wrong_state"
    number = claim(driver)
    later = (home.clock.now() + timedelta(hours=1)).isoformat()
    assert note(staff, number, at=later).status_code == 422
    assert note(staff, number, kind="lawyer").status_code == 422
    driver.post(f"/requests/{number}/withdraw")
    assert note(staff, number).json["code"] == "request.wrong_state"
