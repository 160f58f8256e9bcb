"""The end of a shift, somebody shut out, low marks, and the open board."""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.emergencies import tasks as alarm
from app.foundation.home import Home
from app.helpdesk.board import Board, count
from app.people import service as people
from tests.support.clients import Somebody, sign_in, stranger
from tests.support.crowd import at_once


def held(driver: Somebody, staff: Somebody, kind: str = "other") -> str:
    number = driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例"}).json["id"]
    assert staff.post(f"/staff/requests/{number}/claim").status_code == 200
    return str(number)


def hand_over(staff: Somebody, to: Somebody, station: str = "GS001") -> Any:
    return staff.post("/staff/shifts/hand-over", {"station": station, "to": to.user["id"]})


def test_open_requests_go_to_the_next_who_signs_too(app: Flask, driver: Somebody, staff: Somebody) -> None:
    following = sign_in(app, "staff2")
    number, over = held(driver, staff), held(driver, staff)
    staff.post(f"/staff/requests/{over}/resolve", {"text": "好了"})
    driver.post(f"/requests/{over}/confirm")
    before = driver.get(f"/requests/{number}").json
    signed = hand_over(staff, following).json
    assert (signed["moved"], signed["signed_at"]) == (1, None)
    seen = driver.get(f"/requests/{number}").json
    assert seen["holder"]["name"] == following.get("/me").json["nickname"]
    assert seen["clocks"] == before["clocks"], "the clocks run on"
    assert following.get("/inbox").json["items"][0]["ref"] == {"kind": "hand_over", "id": signed["id"]}
    path = f"/staff/shifts/hand-overs/{signed['id']}/sign"
    assert staff.post(path).json["code"] == "shift.unknown"
    answers = at_once([lambda: following.post(path)] * 6)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 5}
    assert following.post(path).json["code"] == "shift.signed"


def test_to_whom_and_where_a_shift_cannot_be_handed_over(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    assert hand_over(staff, staff).json["code"] == "shift.wrong_target"
    assert hand_over(staff, driver).json["code"] == "shift.wrong_target"
    assert hand_over(staff, sign_in(app, "staff2"), "GS002").json["code"] == "auth.forbidden"


def test_what_the_next_one_s_roles_do_not_handle_goes_to_the_queue(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    number, call = held(driver, staff), held(driver, staff, "medical")
    responder = sign_in(app, "responder")
    signed = hand_over(staff, responder).json
    assert (signed["moved"], signed["returned"]) == (1, 1)
    seen = staff.get(f"/staff/requests/{number}").json
    assert (seen["mine"], seen["holder"]) == (False, None)
    assert seen["timeline"][-1]["what"] == "given_back"
    assert responder.get(f"/staff/requests/{call}").json["mine"] is True
    assert number in [line["id"] for line in staff.get("/staff/requests").json["items"]]
    assert sign_in(app, "staff2").post(f"/staff/requests/{number}/claim").status_code == 200
    assert "1 件诉求交给您，另有 1 件回到队列" in responder.get("/inbox").json["items"][0]["text"]
    assert staff.get("/staff/shifts/hand-overs").json["items"][0]["returned"] == 1


def test_a_shift_is_not_handed_to_who_may_hold_nothing_of_it(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    """Nothing is signed, nothing moves; whose hands are empty may leave to whomever."""
    kitchen = sign_in(app, "kitchen")
    assert hand_over(staff, kitchen).status_code == 200
    number, call = held(driver, staff), held(driver, staff, "medical")
    refused = hand_over(staff, kitchen)
    assert (refused.status_code, refused.json["code"]) == (409, "shift.none_taken")
    for one in (number, call):
        seen = staff.get(f"/staff/requests/{one}").json
        assert (seen["mine"], seen["timeline"][-1]["what"]) == (True, "claimed")
    assert len(staff.get("/staff/shifts/hand-overs").json["items"]) == 1


def test_a_call_for_help_that_goes_back_rings_anew(
    app: Flask, home: Home, driver: Somebody, staff: Somebody
) -> None:
    call, meal = held(driver, staff, "medical"), held(driver, staff, "meal")
    assert alarm.climb(home) == 0
    signed = hand_over(staff, sign_in(app, "kitchen")).json
    assert (signed["moved"], signed["returned"]) == (1, 1)
    assert staff.get(f"/staff/requests/{meal}").json["mine"] is False
    assert driver.get(f"/requests/{call}").json["advice"].startswith("还没有人接")
    assert alarm.climb(home) == 3


def test_whoever_is_shut_out_holds_nothing_and_his_medical_call_rings_anew(
    app: Flask, home: Home, driver: Somebody, staff: Somebody
) -> None:
    number, call = held(driver, staff), held(driver, staff, "medical")
    assert alarm.climb(home) == 0
    with home.database.transaction() as session:
        people.disable(session, uuid.UUID(staff.user["id"]), home.clock.now())
    assert staff.get("/me").status_code == 401
    seen = driver.get(f"/requests/{number}").json
    assert (seen["holder"], seen["timeline"][-1]["what"]) == (None, "released")
    assert driver.get(f"/requests/{call}").json["advice"].startswith("还没有人接")
    assert alarm.climb(home) == 3
    assert sign_in(app, "staff2").post(f"/staff/requests/{number}/claim").status_code == 200


def test_a_low_mark_goes_to_the_supervisor(app: Flask, driver: Somebody, staff: Somebody) -> None:
    supervisor = sign_in(app, "supervisor")
    for score in (5, 1):
        number = held(driver, staff)
        staff.post(f"/staff/requests/{number}/resolve", {"text": "好了"})
        driver.post(f"/requests/{number}/rating", {"score": score, "text": "不好"})
    titles = [item["title"] for item in supervisor.get("/inbox").json["items"]]
    assert titles == ["其他诉求：低分评价"]
    assert "不好" not in str(supervisor.get("/inbox").json)


def test_the_board_shows_figures_and_hides_small_ones(app: Flask, home: Home, driver: Somebody) -> None:
    for _ in range(6):
        driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例秘密"})
    for _ in range(4):
        driver.post("/requests", {"kind": "other", "station": "GS002", "text": "示例秘密"})
    for _ in range(9):
        driver.post("/requests", {"kind": "medical", "station": "GS003", "for_other_person": True})
    rated = "UPDATE help_request SET score = 5, answered_at = created_at WHERE station = 'GS001'"
    with home.database.transaction() as session:
        session.execute(text(rated))
    shown = stranger(app).get("/board").json
    rows = {row["station"]: row for row in shown["items"]}
    assert set(rows) == {"GS001", "GS002"}, "what is private is not on it"
    figures = ["requests", "answered_in_time_percent", "satisfied_percent"]
    assert [rows["GS001"][name] for name in figures] == [6, 100, 100]
    assert [rows["GS002"][name] for name in figures] == [None, None, None]
    assert "示例秘密" not in str(shown)


def test_the_board_is_not_counted_for_every_look(home: Home, statements: list[str]) -> None:
    board, now = Board(), home.clock.now()
    with home.database.transaction() as session:
        board.look(session, now)
        statements.clear()
        board.look(session, now + timedelta(minutes=4))
        assert statements == []
        board.look(session, now + timedelta(minutes=6))
        assert len(statements) == 1
        assert count(session, now).items == []
