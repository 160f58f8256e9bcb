"""Medical help is never refused, stands on top, and nothing said is lost."""

import json
import uuid
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.foundation.home import Home
from app.helpdesk.rules import MOST_TEXT
from app.settings import Settings
from tests.support.clients import API, Somebody, sign_in, stranger

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ["station", "side", "place_text", "text", "details", "upload_ids", "contact_phone", "written_at"]


@given(body=st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), anything, max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_json_object_with_kind_medical_is_refused(driver: Somebody, body: dict[str, Any]) -> None:
    answer = driver.post("/requests", {**body, "kind": "medical", "for_other_person": True})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    "sent",
    [
        {"text": "x" * 1_000_000},
        {"text": "x" * 5_000_000},
        {"text": "NUL\x00"},
        {"text": "\ud83d"},
        {"station": "GS999"},
        {"station": 7, "side": "左边"},
        {"contact_phone": "打我老婆的"},
        {"written_at": "昨天"},
        {"details": "不是对象"},
        {"upload_ids": ["x"]},
        {"新字段": {"深": {"层": 1}}},
        {},
    ],
)
def test_what_would_be_wrong_elsewhere_is_taken(driver: Somebody, sent: dict[str, Any]) -> None:
    answer = driver.post("/requests", {"kind": "medical", **sent})
    assert answer.status_code in (200, 201), answer.text
    assert len(answer.json["text"]) <= MOST_TEXT


@pytest.mark.parametrize("key", ["不是编号", "1234"])
def test_a_bad_key_does_not_stand_in_the_way(driver: Somebody, key: str) -> None:
    headers = {"Authorization": f"Bearer {driver.token}", "Idempotency-Key": key.encode().decode("latin-1")}
    answer = driver.app.test_client().post(API + "/requests", json={"kind": "medical"}, headers=headers)
    assert answer.status_code == 201


def test_a_key_used_for_something_else_does_not_stand_in_the_way(driver: Somebody, key: str) -> None:
    used = uuid.uuid4()
    assert driver.post("/checkins", {"code": key}, used).status_code == 201
    assert driver.post("/requests", {"kind": "medical", "text": "晕"}, used).status_code == 201


def test_a_wrong_content_type_does_not_stand_in_the_way(driver: Somebody) -> None:
    answer = driver.app.test_client().post(
        API + "/requests",
        data=json.dumps({"kind": "medical", "text": "晕"}),
        headers={"Authorization": f"Bearer {driver.token}", "Content-Type": "text/plain"},
    )
    assert answer.status_code == 201


def test_no_limit_stands_in_the_way(make_app: Any, settings: Settings) -> None:
    tight = settings.model_copy(
        update={"limits": settings.limits.model_copy(update={"per_person_minute": 2})}
    )
    driver = sign_in(make_app(tight), "driver")
    assert [driver.get("/me").status_code for _ in range(3)] == [200, 200, 429]
    assert driver.post("/requests", {"kind": "medical"}).status_code == 201
    assert driver.post("/requests", {"kind": "other", "text": "示例"}).status_code == 429


def test_only_a_stranger_is_sent_to_sign_in_first(app: Flask) -> None:
    assert stranger(app).post("/requests", {"kind": "medical"}).json["code"] == "auth.required"


def test_unknown_fields_and_places_are_kept_as_words(driver: Somebody) -> None:
    made = driver.post(
        "/requests",
        {"kind": "medical", "text": "胸口疼", "station": "GS999", "symptom": "出冷汗", "side": "北边"},
    ).json
    told = json.dumps(made, ensure_ascii=False)
    assert all(word in told for word in ("胸口疼", "GS999", "出冷汗", "北边"))


def test_it_stands_on_top_of_the_queue_without_a_word_of_the_symptoms(
    driver: Somebody, staff: Somebody
) -> None:
    for kind in ("meal", "insurance", "complaint"):
        driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例"})
    driver.post("/requests", {"kind": "medical", "station": "GS001", "text": "胸口疼"})
    lines = staff.get("/staff/requests").json["items"]
    assert lines[0]["kind"] == "medical"
    assert lines[0]["text"] is None
    assert "胸口疼" not in staff.get("/staff/requests").text


def test_until_somebody_has_it_the_driver_reads_the_truth(driver: Somebody, staff: Somebody) -> None:
    made = driver.post("/requests", {"kind": "medical", "station": "GS001", "text": "晕"}).json
    assert "120" in made["advice"]
    assert made["holder"] is None
    staff.post(f"/staff/requests/{made['id']}/claim")
    seen = driver.get(f"/requests/{made['id']}").json
    assert seen["advice"] is None
    assert seen["holder"]["name"] == "示例值班员甲"
    assert driver.get("/inbox").json["items"][0]["kind"] == "medical"


def test_a_call_for_somebody_else_is_one_of_its_own(driver: Somebody) -> None:
    first = driver.post("/requests", {"kind": "medical", "text": "我晕"}).json
    other = driver.post("/requests", {"kind": "medical", "text": "路边有人倒了", "for_other_person": True})
    assert other.status_code == 201
    assert other.json["id"] != first["id"]


def test_a_call_without_a_station_reaches_the_duty_centre(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    made = driver.post("/requests", {"kind": "medical", "place_text": "刚过收费站"}).json
    assert made["id"] not in [line["id"] for line in staff.get("/staff/requests").json["items"]]
    centre = sign_in(app, "supervisor").get("/staff/requests").json["items"]
    assert made["id"] in [line["id"] for line in centre]


def test_opening_it_is_recorded_once_a_quarter_of_an_hour(
    driver: Somebody, staff: Somebody, home: Home
) -> None:
    made = driver.post("/requests", {"kind": "medical", "station": "GS001"}).json["id"]
    for _ in range(3):
        staff.get(f"/staff/requests/{made}")
    from sqlalchemy import text

    with home.database.transaction() as session:
        seen = session.scalar(
            text("SELECT count(*) FROM audit_entry WHERE object_id = :id AND action = 'request.opened'"),
            {"id": made},
        )
    assert seen == 1


@pytest.mark.parametrize("odd", ["01a20000-0000-7000-8000-000000000000\n", "\n", "x\n"])
@pytest.mark.parametrize("where", ["upload_ids", "station", "contact_phone"])
def test_a_line_break_at_the_end_refuses_no_help(driver: Somebody, where: str, odd: str) -> None:
    body = {"kind": "medical", where: [odd] if where == "upload_ids" else odd}
    assert driver.post("/requests", body).status_code == 201
