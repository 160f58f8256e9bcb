"""A cry for help in whatever shape: taken, and every word of it to be found again."""

import json
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.foundation.plain import leaves, mend
from app.helpdesk.rules import MOST_TEXT, soften, soften_caller
from app.people.rules import clean_phone
from tests.support.clients import Somebody, fresh_key

FIELDS = (
    "station side place_text text details upload_ids contact_phone written_at for_other_person caller".split()
)
words = st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | words
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
bodies = st.dictionaries(st.sampled_from(FIELDS) | words, values, max_size=6)
steady = settings(
    derandomize=True, database=None, deadline=None, max_examples=60,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def raw(who: Somebody, path: str, body: bytes | str, content_type: str = "application/json") -> TestResponse:
    headers = {"Authorization": f"Bearer {who.token}", "Content-Type": content_type}
    return who.app.test_client().post(f"/api/v1{path}", data=body, headers=headers)


def told(made: dict[str, Any]) -> str:
    """Everything that a reader of the request sees of what was said."""
    said = [made["text"], made["place_text"], made["station"], made["side"], made.get("caller_name")]
    said += [str(leaf) for leaf in leaves(made["details"])]
    said += [message["text"] for message in made["messages"]]
    return "\n".join(filter(None, said))


def said_words(body: dict[str, Any]) -> list[str]:
    """The words somebody wrote, as they may be looked for; moments and numbers that fit are understood."""
    left = {name: value for name, value in body.items() if not understood(name, value)}
    if isinstance(caller := left.get("caller"), dict):
        left["caller"] = [value for name, value in caller.items() if not understood(name, value)]
    found = [leaf for leaf in leaves(list(left.values())) if isinstance(leaf, str)]
    return [mend(word).strip() for word in found if word.strip()]


def understood(name: str, value: Any) -> bool:
    """Whether it is kept as what it means, so that the words themselves need not stand anywhere."""
    if not isinstance(value, str):
        return False
    if name == "written_at":
        with suppress(ValueError):
            return datetime.fromisoformat(value).tzinfo is not None
    return name in ("contact_phone", "phone") and clean_phone(value) is not None


@steady
@given(body=bodies)
@example(body={"side": 123, "text": "侧"})
@example(body={"side": {"左": "靠墙"}})
@example(body={"place_text": "第" * 200 + "排"})
@example(body={"place_text": ["三", "排"]})
@example(body={"written_at": "20261122T201500+0800"})
@example(body={"written_at": "2026-W01-1T00:00:00+00:00"})
@example(body={"written_at": "0001-01-01T00:00:00+23:59"})
@example(body={"written_at": "9999-12-31T23:59:59-23:59"})
@example(body={"written_at": "刚才"})
@example(body={"details": {"a": float("nan"), "b": float("inf"), "c": "疼"}})
@example(body={"details": {"a": "x\x00y", "b\x00": "z"}})
@example(body={"details": {"一": {"二": {"三": {"四": {"五": {"六": "底"}}}}}}})
@example(body={"details": ["不", "是", "对象"]})
@example(body={"upload_ids": ["01a20000-0000-7000-8000-000000000000"]})
@example(body={"caller": {"name": "老" * 30, "phone": "打我老婆的", "x": ["y"]}})
def test_whatever_is_said_is_taken_and_can_be_found(
    driver: Somebody, staff: Somebody, body: dict[str, Any]
) -> None:
    answer = driver.post("/requests", {**body, "kind": "medical"})
    assert answer.status_code in (200, 201), answer.text
    made = driver.get(f"/requests/{answer.json['id']}").json
    lost = [word for word in said_words(body) if word.casefold() not in told(made).casefold()]
    assert lost == []


@steady
@given(body=bodies)
@example(body={"caller": {"name": "示例来人", "phone": "13800001234"}, "text": "晕"})
@example(body={"caller": {"name": 7, "phone": {"手机": "不知道"}, "关系": "同车"}})
@example(body={"caller": "老王"})
@example(body={"caller": None})
@example(body={"caller": {"name": "老" * 30}})
def test_what_staff_enter_for_somebody_is_taken_too(staff: Somebody, body: dict[str, Any]) -> None:
    answer = staff.post("/staff/requests", {**body, "kind": "medical", "station": "GS001"})
    assert answer.status_code == 201, answer.text
    seen = {**answer.json, "caller_name": answer.json["driver_name"]}
    wanted = {name: value for name, value in body.items() if name != "station"}
    assert [word for word in said_words(wanted) if word.casefold() not in told(seen).casefold()] == []


MANY_FIELDS = "".join(f', "f{number}": "x"' for number in range(60_000))
BROKEN = {
    "depth of 200": '{"kind": "medical", "x": ' + '{"a":' * 200 + '"底"' + "}" * 200 + "}",
    "depth of 990": '{"kind": "medical", "text": "底", "x": ' + '{"a":' * 980 + "1" + "}" * 980 + "}",
    "depth of 20,000": '{"kind": "medical", "text": "底", "x": ' + '{"a":' * 20000 + "1" + "}" * 20000 + "}",
    "a list as deep": '{"kind":"medical","text":"底","x":' + "[" * 5000 + "]" * 5000 + "}",
    "a number of 5,000 digits": '{"kind": "medical", "text": "底", "x": ' + "9" * 5000 + "}",
    "numbers that are none": '{"kind": "medical", "text": "底", "x": NaN, "y": -Infinity, "z": 1e999}',
    "bytes that are no UTF-8": b'{"kind": "medical", "text": "\xff\xfe \xe5\xba\x95"}',
    "UTF-16": '{"kind": "medical", "text": "底"}'.encode("utf-16"),
    "a byte order mark": '\ufeff{"kind": "medical", "text": "底"}',
    "surrogates and NUL": '{"kind": "medical", "text": "底 \\ud800 \\u0000", "\\udfff": "\\u0000"}',
    "a megabyte": '{"kind": "medical", "text": "底' + "x" * 1_000_000 + '"}',
    "a megabyte of fields": '{"kind": "medical", "text": "底"' + MANY_FIELDS + "}",
    "capitals and blanks": '{"kind": " Medical ", "text": "底"}',
    "the same field twice": '{"kind": "other", "kind": "medical", "text": "底"}',
}  # fmt: skip


@pytest.mark.parametrize("content_type", ["application/json", "text/plain; charset=gbk"])
def test_no_bytes_that_are_a_json_object_stand_in_the_way(driver: Somebody, content_type: str) -> None:
    for name, body in BROKEN.items():
        answer = raw(driver, "/requests", body, content_type)
        assert answer.status_code in (200, 201), (name, answer.text)
        seen = driver.get(f"/requests/{answer.json['id']}")
        assert "底" in told(seen.json), name
        json.loads(seen.text, parse_constant=pytest.fail)  # what we answer is JSON in any case


def test_of_a_cry_without_end_the_beginning_is_taken_also_in_chunks(driver: Somebody) -> None:
    body = '{"kind": "medical", "text": "底' + "x" * 5_000_000 + '"}'
    headers = {"Authorization": f"Bearer {driver.token}", "Content-Type": "application/json"}
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    for length, environ in ((True, {}), (False, chunked)):
        for kind, status in (("medical", (200, 201)), ("other", (413,))):
            sent = BytesIO(body.replace("medical", kind).encode())
            answer = driver.app.test_client().post(
                "/api/v1/requests",
                input_stream=sent,
                headers=headers | ({"Content-Length": str(len(sent.getvalue()))} if length else {}),
                environ_overrides=environ,
            )
            assert answer.status_code in status, (length, kind, answer.text)
            assert kind == "other" or "底" in told(answer.json)


def test_only_what_is_no_object_at_all_is_refused(driver: Somebody) -> None:
    for body in ("", "medical", "[]", '["kind", "medical"]', '"medical"', '{"kind": "medical"', "null"):
        assert raw(driver, "/requests", body).status_code in (400, 422), body
    assert driver.get("/requests").json["items"] == []


def test_a_text_that_is_too_long_does_not_crowd_out_what_else_was_said(driver: Somebody) -> None:
    body = {"kind": "medical", "text": "长" * 5000, "车位": "B17", "症状": "出冷汗" * 200}
    made = driver.post("/requests", body).json
    assert len(made["text"]) <= MOST_TEXT
    assert made["text"].startswith("长" * 900)
    assert "B17" in made["text"]
    assert "出冷汗" in made["text"]


def test_a_retry_with_the_same_key_is_answered_again_and_another_call_with_it_is_taken(
    driver: Somebody,
) -> None:
    key = fresh_key()
    first = driver.post("/requests", {"kind": "medical", "text": "晕"}, key)
    again = driver.post("/requests", {"kind": "medical", "text": "晕"}, key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.data == first.data
    more = driver.post("/requests", {"kind": "medical", "text": "更晕了"}, key)
    assert (more.status_code, more.json["merged"]) == (200, True)
    assert [message["text"] for message in more.json["messages"]][-1].startswith("更晕了")


def test_a_repeated_call_says_where_it_comes_from_now(driver: Somebody) -> None:
    driver.post("/requests", {"kind": "medical", "text": "晕", "station": "GS001", "side": "A"})
    moved = driver.post(
        "/requests",
        {
            "kind": "medical",
            "side": "B",
            "details": {"symptoms": ["胸痛胸闷", "出汗"]},
            "place_text": "厕所旁",
        },
    ).json
    said = moved["messages"][-1]["text"]
    assert all(word in said for word in ("B", "厕所旁", "胸痛胸闷", "出汗"))
    assert "[" not in said


@steady
@given(body=bodies, name=st.sampled_from(["medical"]))
def test_softening_is_pure_and_keeps_its_promises(body: dict[str, Any], name: str) -> None:
    before = repr(body)
    softened = soften({**body, "kind": name})
    assert repr(body) == before
    assert len(softened["text"]) <= MOST_TEXT
    assert softened["side"] in ("A", "B", "unknown")
    assert set(softened) <= {*FIELDS, "kind"} - {"caller"}
    kept, left = soften_caller(body)
    assert set(kept) <= {"name", "phone"}
    assert left is None or isinstance(left, dict)


def test_whoever_says_only_now_where_he_is_is_heard_there(driver: Somebody, staff: Somebody) -> None:
    first = driver.post("/requests", {"kind": "medical", "text": "胸痛"}).json
    assert staff.get("/staff/requests?kind=medical").json["items"] == []
    here = {"kind": "medical", "text": "我在这儿", "station": "GS001", "side": "A"}
    again = driver.post("/requests", here).json
    assert (again["id"], again["station"], again["side"], again["merged"]) == (
        first["id"],
        "GS001",
        "A",
        True,
    )
    assert [one["id"] for one in staff.get("/staff/requests?kind=medical").json["items"]] == [first["id"]]


def test_a_side_that_was_unknown_is_learnt(driver: Somebody) -> None:
    driver.post("/requests", {"kind": "medical", "text": "晕", "station": "GS001"})
    again = driver.post("/requests", {"kind": "medical", "text": "晕", "side": "B"}).json
    assert (again["station"], again["side"]) == ("GS001", "B")


def test_a_call_from_another_station_rings_there(driver: Somebody, staff: Somebody) -> None:
    far = driver.post("/requests", {"kind": "medical", "text": "晕", "station": "GS002", "side": "A"}).json
    near = driver.post("/requests", {"kind": "medical", "text": "又晕了", "station": "GS001", "side": "A"})
    assert near.status_code == 201
    assert near.json["id"] != far["id"]
    assert near.json["id"] in [one["id"] for one in staff.get("/staff/requests?kind=medical").json["items"]]


def test_a_repeat_keeps_the_words_as_they_were_written(driver: Somebody) -> None:
    call = {"kind": "medical", "text": "胸口疼", "station": "GS001", "side": "A"}
    driver.post("/requests", call)
    again = driver.post("/requests", {**call, "text": "胸口更疼了"}).json
    assert again["messages"][-1]["text"] == "胸口更疼了"
