"""Stages of a medical call: on the scene, handed over; where they are refused."""

from typing import Any

from flask import Flask

from tests.support.clients import Somebody, sign_in


def say(staff: Somebody, call: dict[str, Any], stage: str, **body: Any) -> Any:
    return staff.post(f"/staff/requests/{call['id']}/{stage}", body)


def test_on_the_scene_then_handed_over(driver: Somebody, staff: Somebody, call: dict[str, Any]) -> None:
    refused = say(staff, call, "on-scene")
    assert (refused.status_code, refused.json["code"]) == (409, "request.wrong_state")
    staff.post(f"/staff/requests/{call['id']}/claim")
    for _ in range(2):
        assert say(staff, call, "on-scene").json["state"] == "handling"
    for to in ("120", "120", "hospital"):
        assert say(staff, call, "hand-over", to=to).status_code == 200
    assert say(staff, call, "on-scene").json["code"] == "request.wrong_state"
    seen = driver.get(f"/requests/{call['id']}").json
    stages = [step["text"] for step in seen["timeline"] if step["what"] in ("on_scene", "handed_over")]
    assert stages == ["到达现场", "移交：120", "移交：医院"]
    assert seen["unit"] == "医院"
    assert driver.get("/inbox").json["items"][0]["kind"] == "medical"


def test_whoever_is_there_first_after_a_transfer_holds_it(
    app: Flask, driver: Somebody, staff: Somebody, call: dict[str, Any]
) -> None:
    staff.post(f"/staff/requests/{call['id']}/claim")
    staff.post(f"/staff/requests/{call['id']}/transfer", {"to_station": "GS002", "reason": "人在那边"})
    assert say(staff, call, "on-scene").status_code == 404
    supervisor = sign_in(app, "supervisor")
    assert say(supervisor, call, "on-scene").json["mine"] is True


def test_other_kinds_and_other_hands_are_refused(
    driver: Somebody, staff: Somebody, call: dict[str, Any]
) -> None:
    other = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例"}).json
    staff.post(f"/staff/requests/{other['id']}/claim")
    assert say(staff, other, "on-scene").json["code"] == "request.wrong_state"
    assert say(staff, call, "hand-over", to="the insurer").status_code == 422
    staff.post(f"/staff/requests/{call['id']}/resolve", {"text": "已送医"})
    assert say(staff, call, "hand-over", to="120").json["code"] == "request.wrong_state"
