"""Who sees which request: own ones, the desk's stations, the kinds of a role; numbers stay masked."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.clock import iso
from app.foundation.home import Home
from tests.support.clients import Somebody, sign_in


def ask(driver: Somebody, kind: str = "other", station: str = "GS001", **more: object) -> str:
    answer = driver.post("/requests", {"kind": kind, "station": station, "text": "示例诉求", **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def test_another_drivers_request_is_not_there(app: Flask, driver: Somebody) -> None:
    number, other = ask(driver), sign_in(app, "driver2")
    assert other.get(f"/requests/{number}").status_code == 404
    for path, body in (("messages", {"text": "x"}), ("withdraw", {}), ("rating", {"score": 1})):
        assert other.post(f"/requests/{number}/{path}", body).status_code == 404
    assert other.get("/requests").json["items"] == []


def test_another_stations_request_is_not_there_for_the_desk(driver: Somebody, staff: Somebody) -> None:
    number = ask(driver, station="GS002")
    assert staff.get(f"/staff/requests/{number}").status_code == 404
    for path in ("claim", "replies", "resolve"):
        assert (
            staff.post(
                f"/staff/requests/{number}/{path}", {"text": "x"} if path != "claim" else {}
            ).status_code
            == 404
        )
    assert staff.get("/staff/requests").json["items"] == []


def test_the_kitchen_sees_meals_and_the_responder_medical_calls(app: Flask, driver: Somebody) -> None:
    kinds = ("meal", "insurance", "medical", "welfare_check", "other")
    for kind in kinds:
        ask(driver, kind)

    def seen(name: str) -> set[str]:
        return {line["kind"] for line in sign_in(app, name).get("/staff/requests").json["items"]}

    assert seen("kitchen") == {"meal"}
    assert seen("responder") == {"medical", "welfare_check"}
    assert seen("staff") == set(kinds)
    assert seen("supervisor") == set(kinds)


def test_the_filters_of_the_queue(driver: Somebody, staff: Somebody) -> None:
    meal, other = ask(driver, "meal"), ask(driver)
    staff.post(f"/staff/requests/{meal}/claim")

    def seen(query: str) -> set[str]:
        return {line["id"] for line in staff.get(f"/staff/requests?{query}").json["items"]}

    assert seen("kind=meal") == {meal}
    assert seen("state=new") == {other}
    assert seen("mine=true") == {meal}
    assert seen("station=GS001") == {meal, other}
    assert staff.get("/staff/requests?station=GS002").json["code"] == "auth.forbidden"


def test_all_pages_of_the_queue_are_all_lines_once_in_order(driver: Somebody, staff: Somebody) -> None:
    for kind in ("meal", "insurance", "complaint", "praise", "meal", "facility", "other"):
        ask(driver, kind)
    whole = [line["id"] for line in staff.get("/staff/requests?limit=100").json["items"]]
    paged, cursor = [], ""
    while cursor is not None:
        page = staff.get(
            f"/staff/requests?limit=2&cursor={cursor}" if cursor else "/staff/requests?limit=2"
        ).json
        paged += [line["id"] for line in page["items"]]
        cursor = page["next_cursor"]
    assert paged == whole
    assert len(set(paged)) == 7


def test_a_revealed_number_is_recorded_with_its_reason(driver: Somebody, staff: Somebody, home: Home) -> None:
    number = ask(driver, contact_phone="138 0000 1234")
    seen = staff.get(f"/staff/requests/{number}")
    assert seen.json["contact_phone_masked"] == "138******34"
    assert "13800001234" not in seen.text
    assert staff.post(f"/staff/requests/{number}/reveal-phone", {"reason": "问车位"}).json == {
        "phone": "13800001234"
    }
    with home.database.transaction() as session:
        entry = session.execute(
            text("SELECT actor_id, reason FROM audit_entry WHERE action = 'request.phone_revealed'")
        ).one()
    assert (str(entry.actor_id), entry.reason) == (staff.user["id"], "问车位")
    assert "revealed" not in [step["what"] for step in driver.get(f"/requests/{number}").json["timeline"]]


def test_a_caller_who_proves_his_number_later_finds_his_request(app: Flask, staff: Somebody) -> None:
    entered = staff.post(
        "/staff/requests",
        {"kind": "lost_found", "text": "保温杯", "caller": {"name": "示例来电人", "phone": "13800005678"}},
    )
    assert entered.status_code == 201, entered.text
    number = entered.json["id"]
    caller = sign_in(app, "caller")
    assert caller.get(f"/requests/{number}").status_code == 404
    assert caller.post("/me/phone", {"code": "demo:13800005678"}).json["phone_masked"] == "138******78"
    assert caller.get(f"/requests/{number}").json["text"] == "保温杯"
    staff.post(f"/staff/requests/{number}/replies", {"text": "找到了"})
    assert caller.get("/inbox").json["items"][0]["text"] == "找到了"


def test_staff_enter_only_for_their_own_station(staff: Somebody) -> None:
    answer = staff.post("/staff/requests", {"kind": "other", "station": "GS002", "text": "示例"})
    assert answer.json["code"] == "auth.forbidden"


def test_each_kind_has_its_own_fields(driver: Somebody) -> None:
    def status(kind: str, details: dict[str, object]) -> int:
        return driver.post("/requests", {"kind": kind, "text": "示例", "details": details}).status_code

    assert status("insurance", {"plate": "甘A·示例1", "police_reported": True}) == 201
    assert status("insurance", {"quantity": 1}) == 422
    assert status("meal", {"quantity": 0}) == 422
    assert status("meal", {"quantity": 2, "diet": "清真"}) == 201
    assert status("nonsense", {}) == 422


def test_membership_never_shows_at_the_desk(app: Flask, staff: Somebody) -> None:
    number = ask(sign_in(app, "member"))
    seen = staff.get(f"/staff/requests/{number}").text + staff.get("/staff/requests").text
    assert "member" not in seen


def test_what_is_wrong_with_a_field_is_said_in_its_own_words(driver: Somebody) -> None:
    def told(body: dict[str, object]) -> str:
        answer = driver.post("/requests", {"kind": "other", "text": "示例", **body})
        assert answer.status_code == 422, answer.text
        return str(answer.json["errors"][0]["message"])

    assert told({"kind": "nope"}) == "不在可选范围内"
    assert told({"contact_phone": "abc"}) == "不是电话号码"
    assert told({"text": "a\x00b"}) == "含有不允许的字符"
    for loose in (1795410000, "1795410000", "2026-11-23 13:00:00+08:00", "2026-11-23T13:00+08:00"):
        assert told({"written_at": loose}) == "时间格式不对"


def test_an_unknown_kind_is_no_empty_queue(driver: Somebody, staff: Somebody) -> None:
    for wrong in ("nope", "MEDICAL", ""):
        answer = staff.get(f"/staff/requests?kind={wrong}")
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "kind"), wrong
    assert staff.get("/staff/requests?kind=medical").status_code == 200


@pytest.mark.parametrize("kind", ["other", "medical"])
@pytest.mark.parametrize("said", ["2000-01-01T00:00:00+08:00", "2099-01-01T00:00:00+08:00"])
def test_what_a_wrong_clock_says_is_not_told_as_when_it_was_written(
    driver: Somebody, staff: Somebody, kind: str, said: str
) -> None:
    """Never refused, as a check-in from such a phone; it counts from when it reached us."""
    made = driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例", "written_at": said})
    assert made.status_code == 201
    number = made.json["id"]
    wrote = driver.post(f"/requests/{number}/messages", {"text": "示例", "written_at": said})
    assert wrote.status_code == 201
    assert wrote.json["written_at"] == wrote.json["at"]
    for seen in (driver.get(f"/requests/{number}").json, staff.get(f"/staff/requests/{number}").json):
        assert seen["written_at"] == seen["created_at"]
        assert seen["messages"][0]["written_at"] == seen["messages"][0]["at"]


def test_what_was_written_without_signal_keeps_its_moment(
    home: Home, driver: Somebody, staff: Somebody
) -> None:
    said = iso(home.clock.now() - timedelta(days=2))
    made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例", "written_at": said})
    assert staff.get(f"/staff/requests/{made.json['id']}").json["written_at"] == said
