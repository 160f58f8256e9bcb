"""Stages of a medical call: on the scene, handed over; where they are refused."""

from typing import Any

from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
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


def test_the_ambulance_is_told_who_where_what_and_when(home: Home, driver: Somebody, staff: Somebody) -> None:
    details = {"symptoms": ["胸痛胸闷", "头晕"], "bay": "A12", "age": 52}
    said = {"kind": "medical", "station": "GS001", "side": "A", "text": "示例原话", "details": details}
    call = driver.post("/requests", said).json["id"]
    driver.post(f"/requests/{call}/messages", {"text": "示例补充"})
    staff.post(f"/staff/requests/{call}/claim")
    staff.post(f"/staff/requests/{call}/replies", {"text": "示例备注", "internal": True})
    staff.post(f"/staff/requests/{call}/on-scene")
    page = staff.get(f"/staff/requests/{call}/for-120").json
    assert page["place"].endswith("A 侧")
    assert [(fact["title"], fact["text"]) for fact in page["facts"]] == [
        ("有哪些情况", "胸痛胸闷 头晕"),
        ("车位号", "A12"),
        ("age", "52"),
        ("原话", "示例原话\n示例补充"),
    ]
    assert [step["text"] for step in page["timeline"]] == ["提交了诉求", "接手", "到达现场"]
    with home.database.transaction() as session:
        read = "SELECT count(*) FROM audit_entry WHERE action = 'medical.for_120'"
        assert session.scalar(text(read)) == 1
