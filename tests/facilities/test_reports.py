"""What people say of a facility: its state with an age, whose word counts, a fault that becomes a request."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from app.facilities.rules import age_words
from app.foundation.home import Home
from app.helpdesk import service as helpdesk
from tests.facilities.helpers import NOON, StoppedClock, hold, make, ok, refused, sql, state_of
from tests.support.clients import Somebody
from tests.support.crowd import at_once


def say(who: Somebody, facility: str, state: str, text: str | None = None) -> Any:
    return who.post(f"/facilities/{facility}/reports", {"state": state} | ({"text": text} if text else {}))


def test_a_word_makes_the_state_fresh(
    clock: StoppedClock, first: Somebody, second: Somebody, bed: str
) -> None:
    clock.go(hours=1)
    assert ok(say(first, bed, "ok"), 201)["request"] is None
    clock.go(minutes=20)
    shown = state_of(second, bed)
    assert (shown["state"], shown["said_by"], shown["words"]) == ("ok", "driver", "20 分钟前有人用过，能用")
    assert shown["as_of"] == "2026-11-22T13:00:00+08:00"


def test_a_fault_is_a_request_of_the_drivers_at_the_stations_desk(
    first: Somebody, second: Somebody, staff: Somebody
) -> None:
    washer = make(staff, "washer", side="B")
    fault = ok(say(first, washer, "out", "示例：不进水"), 201)["request"]
    asked = ok(first.get(f"/requests/{fault['id']}"))
    assert (asked["number"], asked["kind"], asked["side"]) == (fault["number"], "facility", "B")
    assert asked["details"]["facility"] == "洗衣机"
    assert asked["text"].endswith("（B 侧）：示例：不进水")
    assert fault["id"] in [item["id"] for item in ok(staff.get("/staff/requests"))["items"]]
    assert state_of(second, washer)["state"] == "out"
    refused(hold(second, washer), 409, "facility.out")


def test_a_second_word_on_the_same_fault_joins_the_first_and_another_s_is_his_own(
    first: Somebody, second: Somebody, staff: Somebody, bed: str
) -> None:
    fault = ok(say(first, bed, "out"), 201)["request"]
    again = ok(say(first, bed, "out", "示例：还漏水"), 201)["request"]
    assert again == fault
    thread = ok(first.get(f"/requests/{fault['id']}"))
    assert [message["text"] for message in thread["messages"]] == ["示例：还漏水"]
    assert ok(say(second, bed, "out"), 201)["request"]["id"] != fault["id"]
    ok(staff.post(f"/staff/requests/{fault['id']}/resolve", {"text": "示例：修好了"}))
    assert ok(say(first, bed, "out"), 201)["request"]["id"] != fault["id"]


def test_the_same_fault_from_one_phone_twice_at_once_is_one_request(
    home: Home, first: Somebody, bed: str
) -> None:
    answers = at_once([lambda: say(first, bed, "out")] * 8)
    assert Counter(answer.status_code for answer in answers) == {201: 8}
    assert sql(home, "SELECT count(*) FROM help_request")[0][0] == 1


def test_a_fault_whose_request_fails_leaves_nothing(
    home: Home, first: Somebody, bed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state_of(first, bed)["state"]

    def broken(*_: object) -> None:
        raise RuntimeError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(helpdesk, "create", broken)
        first.app.config["PROPAGATE_EXCEPTIONS"] = False
        assert say(first, bed, "out").status_code == 500
    assert state_of(first, bed)["state"] == before
    assert sql(home, "SELECT 1 FROM facility_report") == []


def test_what_staff_shut_only_staff_open(first: Somebody, staff: Somebody, bed: str) -> None:
    ok(staff.put(f"/staff/facilities/{bed}", {"state": "out"}))
    assert ok(say(first, bed, "ok"), 201)["state"] == "out"
    assert state_of(first, bed)["said_by"] == "staff"
    ok(staff.put(f"/staff/facilities/{bed}", {"state": "ok"}))
    ok(say(first, bed, "out"), 201)
    assert ok(say(first, bed, "ok"), 201)["state"] == "ok"


def test_staff_read_what_was_said_without_names(first: Somebody, staff: Somebody, bed: str) -> None:
    ok(say(first, bed, "ok", "示例：水有点小"), 201)
    fault = ok(say(first, bed, "out", "示例：没热水"), 201)["request"]
    told = ok(staff.get(f"/staff/facilities/{bed}/reports"))["items"]
    assert [(line["state"], line["text"], line["request_id"]) for line in told] == [
        ("out", None, fault["id"]),
        ("ok", "示例：水有点小", None),
    ]
    assert first.user["id"] not in str(told)


@pytest.mark.parametrize(
    "body", [{}, {"state": "limited"}, {"state": "out", "text": ""}, {"state": "ok", "x": 1}]
)
def test_a_word_that_is_none_is_refused(first: Somebody, bed: str, body: dict[str, object]) -> None:
    refused(first.post(f"/facilities/{bed}/reports", body), 422, "api.invalid")


@pytest.mark.parametrize(
    ("state", "said_by", "age", "words"),
    [
        ("ok", "driver", timedelta(seconds=5), "刚刚有人用过，能用"),
        ("ok", "staff", timedelta(hours=11, minutes=59), "11 小时前站里看过，能用"),
        (
            "ok",
            "driver",
            timedelta(hours=12, minutes=1),
            "上一次确认能用是 12 小时前，现在说不准",
        ),  # before midnight
        ("out", "driver", timedelta(days=3), "3 天前有人报过，不能用"),
        ("out", "staff", timedelta(minutes=3), "3 分钟前站里看过，不能用"),
        ("cleaning", "staff", timedelta(minutes=3), "3 分钟前站里看过，打扫中"),
        ("unknown", None, timedelta(0), "还没有人报过，说不准"),
    ],
)
def test_the_words_fade_with_the_age(state: str, said_by: str | None, age: timedelta, words: str) -> None:
    assert age_words(state, said_by, NOON - age, NOON) == words


def test_what_was_seen_shortly_before_midnight_still_counts_shortly_after() -> None:
    midnight = NOON + timedelta(hours=12)
    seen = midnight - timedelta(minutes=1)
    assert age_words("ok", "driver", seen, midnight + timedelta(minutes=1)) == "2 分钟前有人用过，能用"
