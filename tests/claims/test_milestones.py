"""Milestones of a claim: each noted once, told to the driver, only for a claim that is under way."""

from collections import Counter
from datetime import timedelta
from typing import Any

from app.foundation.home import Home
from tests.support.clients import Somebody
from tests.support.crowd import at_once
from tests.support.days import DAY, SHORT

AT = f"{DAY}T08:00:00+08:00"


def claim(driver: Somebody, kind: str = "insurance") -> str:
    return str(driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例"}).json["id"])


def note(staff: Somebody, number: str, **body: Any) -> Any:
    return staff.post(f"/staff/requests/{number}/milestones", {"kind": "police", "at": AT, **body})


def test_a_step_stands_in_the_timeline_and_the_driver_is_told(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    seen = note(staff, number, note="示例派出所").json
    assert seen["timeline"][-1]["text"] == f"理赔进度：已报警（{SHORT} 08:00），示例派出所"
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


WRONG = "1900-01-01T08:00:00+08:00"


def said(answer: Any) -> tuple[int, list[str]]:
    """The status of a refusal and the fields that it names."""
    return answer.status_code, [fault["field"] for fault in answer.json.get("errors", [])]


def test_a_time_that_cannot_be_is_refused_and_nothing_is_noted(
    driver: Somebody, staff: Somebody, home: Home
) -> None:
    number = claim(driver)
    now = home.clock.now()
    long_ago, soon = (now - timedelta(days=181)).isoformat(), (now + timedelta(minutes=10)).isoformat()
    for at in (WRONG, "1970-01-01T00:00:00Z", long_ago, soon, "9999-01-01T00:00:00Z"):
        assert said(note(staff, number, at=at)) == (422, ["at"]), at
    assert "milestone" not in [step["what"] for step in driver.get(f"/requests/{number}").json["timeline"]]
    assert note(staff, number, at=(now - timedelta(days=179)).isoformat()).status_code == 200


def test_nor_is_it_taken_with_what_is_known_of_the_case(
    driver: Somebody, staff: Somebody, home: Home
) -> None:
    number = claim(driver)
    soon = (home.clock.now() + timedelta(minutes=10)).isoformat()
    for who, path in (
        (driver, f"/requests/{number}/insurance"),
        (staff, f"/staff/requests/{number}/insurance"),
    ):
        for field in ("police_reported_at", "insurer_reported_at", "happened_at"):
            for at in (WRONG, soon):
                assert said(who.put(path, {field: at})) == (422, [field]), (path, field, at)
        assert said(who.put(path, {"happened_at": "1900-01-01"})) == (422, ["happened_at"])
        kept = who.put(path, {"happened_at": "凌晨一点到两点之间"}).json
        assert kept["facts"]["happened_at"] == "凌晨一点到两点之间"
        assert [step["at"] for step in kept["milestones"]] == [None] * 6
        assert who.put(path, {"happened_at": AT}).status_code == 200
    hours = {"outcome": "secured", "from_at": WRONG, "until_at": AT}
    assert said(staff.put(f"/staff/requests/{number}/footage", hours)) == (422, ["from_at"])


def test_a_wrong_time_is_corrected_and_both_stay_in_the_timeline(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    staff.put(f"/staff/requests/{number}/insurance", {"path": "toll_network", "loss_fen": 100})
    assert note(staff, number, kind="survey").status_code == 200
    before = clocks(driver, number)
    right = AT.replace("T08", "T05")
    assert note(staff, number, kind="survey", at=right).json["code"] == "claim.milestone_exists"
    seen = note(staff, number, kind="survey", at=right, note="示例", correct=True)
    assert seen.status_code == 200, seen.text
    told = f"更正理赔进度：已查勘（{DAY} 08:00 改为 {DAY} 05:00），示例"
    assert (seen.json["timeline"][-1]["what"], seen.json["timeline"][-1]["text"]) == (
        "milestone_corrected",
        told,
    )
    case = driver.get(f"/requests/{number}/insurance").json
    assert next(step["at"] for step in case["milestones"] if step["kind"] == "survey") == right
    assert driver.get(f"/requests/{number}").json["timeline"][-1]["text"] == told
    assert driver.get("/inbox").json["items"][0]["title"] == "保险理赔：理赔进度更正"
    after = clocks(driver, number)
    assert after != before, "the clocks that begin or end with it are computed anew"


def clocks(driver: Somebody, number: str) -> list[Any]:
    shown = driver.get(f"/requests/{number}/insurance").json["clocks"]
    return [(clock["code"], clock["state"], clock["due_at"]) for clock in shown]


def test_what_is_not_there_or_is_right_is_not_corrected(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    assert note(staff, number, correct=True).json["code"] == "claim.milestone_unknown"
    assert note(staff, number).status_code == 200
    assert note(staff, number, correct=True).json["code"] == "claim.milestone_same"
    assert said(note(staff, number, at=WRONG, correct=True)) == (422, ["at"])
    assert note(staff, claim(driver, "other"), correct=True).json["code"] == "request.wrong_state"


def test_a_driver_corrects_nothing(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    assert note(staff, number).status_code == 200
    assert note(driver, number, correct=True).status_code == 403
