"""What the driver never sees, and what no list shows: notes, numbers, reveals, symptoms."""

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from app.helpdesk.kinds import all_kinds
from tests.support.clients import Somebody, sign_in

NOTE = "只给同事看的一句话"
WHY = "核对车牌"
NUMBER = "13700009876"


@pytest.fixture
def with_note(driver: Somebody, staff: Somebody) -> str:
    """A request with a note, a reveal and a public reply."""
    asked = {"kind": "insurance", "station": "GS001", "text": "篷布被割", "contact_phone": NUMBER}
    path = f"/staff/requests/{driver.post('/requests', asked).json['id']}"
    for step, body in (
        ("claim", {}),
        ("replies", {"text": NOTE, "internal": True}),
        ("reveal-phone", {"reason": WHY}),
        ("replies", {"text": "已报案"}),
        ("replies", {"text": NOTE, "internal": True}),
    ):
        assert staff.post(f"{path}/{step}", body).status_code in (200, 201)
    return path.rsplit("/", 1)[-1]


def test_a_note_never_reaches_the_driver_by_any_way(
    driver: Somebody, staff: Somebody, with_note: str
) -> None:
    for path in (f"/requests/{with_note}", "/requests", "/inbox", "/inbox/unread"):
        seen = driver.get(path).text
        assert NOTE not in seen, path
        assert WHY not in seen, path
    for step, body in (("messages", {"text": "好"}), ("withdraw", {})):
        assert NOTE not in driver.post(f"/requests/{with_note}/{step}", body).text
    thread = staff.get(f"/staff/requests/{with_note}").json
    assert [m["text"] for m in thread["messages"] if m["internal"]] == [NOTE, NOTE]


def test_a_note_tells_nobody_and_changes_no_clock(driver: Somebody, staff: Somebody) -> None:
    made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "x"}).json["id"]
    staff.post(f"/staff/requests/{made}/replies", {"text": NOTE, "internal": True})
    seen = driver.get(f"/requests/{made}").json
    assert (seen["state"], seen["holder"], seen["messages"]) == ("new", None, [])
    assert [step["what"] for step in seen["timeline"]] == ["created"]
    assert driver.get("/inbox").json["items"] == []


def test_a_number_is_masked_everywhere_until_it_is_revealed(
    driver: Somebody, staff: Somebody, with_note: str
) -> None:
    for who, path in (
        (staff, "/staff/requests"),
        (staff, f"/staff/requests/{with_note}"),
        (driver, f"/requests/{with_note}"),
    ):
        assert NUMBER not in who.get(path).text
    revealed = staff.post(f"/staff/requests/{with_note}/reveal-phone", {"reason": WHY})
    assert revealed.json == {"phone": NUMBER}


def test_every_reveal_is_recorded_each_time_with_who_and_why(
    staff: Somebody, with_note: str, home: Home
) -> None:
    staff.post(f"/staff/requests/{with_note}/reveal-phone", {"reason": "再拨一次"})
    wanted = "SELECT actor_id, reason, station FROM audit_entry WHERE action = :action ORDER BY at"
    with home.database.transaction() as session:
        rows = session.execute(text(wanted), {"action": "request.phone_revealed"}).all()
    assert [(str(row.actor_id), row.reason, row.station) for row in rows] == [
        (staff.user["id"], WHY, "GS001"),
        (staff.user["id"], "再拨一次", "GS001"),
    ]


def test_a_reveal_that_is_refused_is_not_recorded(
    app: Flask, driver: Somebody, home: Home, with_note: str
) -> None:
    for who in (sign_in(app, "kitchen"), driver):
        assert who.post(f"/staff/requests/{with_note}/reveal-phone", {"reason": WHY}).status_code in (
            403,
            404,
        )
    count = "SELECT count(*) FROM audit_entry WHERE action = 'request.phone_revealed'"
    with home.database.transaction() as session:
        assert session.scalar(text(count)) == 1


def test_where_no_number_was_left_there_is_none_to_reveal(driver: Somebody, staff: Somebody) -> None:
    made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "x"}).json["id"]
    answer = staff.post(f"/staff/requests/{made}/reveal-phone", {})
    assert (answer.status_code, answer.json["code"]) == (404, "request.no_phone")


def test_what_is_private_is_sealed_in_the_database(driver: Somebody, staff: Somebody, home: Home) -> None:
    words = {"text": "尿血三天了", "place_text": "绿色厢货旁", "contact_phone": NUMBER}
    driver.post("/requests", {"kind": "medical", "station": "GS001", "details": {"bay": "B17-暗"}, **words})
    with home.database.transaction() as session:
        rows: list[Any] = []
        for table in ("help_request", "request_message", "request_event", "inbox_entry", "kept_answer"):
            rows += session.execute(text(f"SELECT t::text FROM {table} t")).scalars().all()
    stored = "\n".join(rows)
    for word in (*words.values(), "B17-暗"):
        assert word not in stored
        assert word.encode().hex() not in stored


def test_a_subscribe_message_of_a_private_kind_spells_nothing_out(
    driver: Somebody, staff: Somebody, home: Home
) -> None:
    from app.notices.templates import catalogue

    driver.post("/subscriptions", {"results": {t.id: "accept" for t in catalogue().templates}})
    made = driver.post("/requests", {"kind": "medical", "station": "GS001", "text": "尿血"}).json["id"]
    staff.post(f"/staff/requests/{made}/replies", {"text": "医生说是结石"})
    assert "结石" in driver.get("/inbox").text
    from app.notices.models import Delivery

    with home.database.transaction() as session:
        sent = [str(vars(row)) for row in session.query(Delivery)]
    assert sent
    assert all("结石" not in row and "尿血" not in row for row in sent)


def test_a_request_reopened_twice_cannot_be_answered_past_the_supervisor(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "x"}).json["id"]
    path = f"/staff/requests/{made}"
    for _ in range(2):
        assert staff.post(f"{path}/resolve", {"text": "好了"}).status_code == 200
        assert driver.post(f"/requests/{made}/reopen", {"reason": "没好"}).status_code == 200
    for step, body in (("claim", {}), ("replies", {"text": "x"}), ("resolve", {"text": "x"})):
        answer = staff.post(f"{path}/{step}", body)
        assert (answer.status_code, answer.json["code"]) == (409, "request.needs_supervisor"), step
    assert staff.post(f"{path}/replies", {"text": "提醒主管", "internal": True}).status_code == 201
    supervisor = sign_in(app, "supervisor")
    assert supervisor.post(f"{path}/replies", {"text": "我来办"}).status_code == 201
    assert driver.get(f"/requests/{made}").json["holder"]["name"] == supervisor.user["nickname"]


def test_a_caller_s_request_is_his_also_for_every_step(app: Flask, staff: Somebody) -> None:
    made = staff.post(
        "/staff/requests",
        {"kind": "other", "text": "找人", "caller": {"name": "示例来人", "phone": "138 0000 4321"}},
    ).json["id"]
    caller = sign_in(app, "caller")
    caller.post("/me/phone", {"code": "demo:13800004321"})
    assert [item["id"] for item in caller.get("/requests").json["items"]] == [made]
    assert caller.post(f"/requests/{made}/messages", {"text": "在东门"}).status_code == 201
    assert staff.post(f"/staff/requests/{made}/resolve", {"text": "找到了"}).status_code == 200
    assert caller.post(f"/requests/{made}/confirm").json["state"] == "closed"
    assert caller.post(f"/requests/{made}/rating", {"score": 5}).json["rating"]["score"] == 5


def test_every_kind_is_somebody_s_at_every_desk() -> None:
    for kind in all_kinds():
        assert "staff" in kind.roles, kind.kind
        assert "supervisor" in kind.roles, kind.kind
        assert kind.fields["type"] == "object"
    assert [kind.kind for kind in all_kinds() if kind.never_refused] == ["medical"]
    assert all_kinds()[0].kind == "medical"


def test_a_number_on_the_phone_is_found_by_nobody_without_proof(app: Flask, staff: Somebody) -> None:
    """Writing a number into one's own request proves nothing."""
    body = {"kind": "other", "text": "x", "caller": {"phone": "13800004321"}}
    made = staff.post("/staff/requests", body).json["id"]
    other = sign_in(app, "driver2")
    other.post("/requests", {"kind": "other", "text": "y", "contact_phone": "13800004321"})
    assert other.get(f"/requests/{made}").status_code == 404
    assert uuid.UUID(made)
