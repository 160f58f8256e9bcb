"""Merging: one is closed and points at the other; opposite merges at once; what is refused."""

from collections import Counter
from typing import Any

from flask import Flask

from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once


def ask(driver: Somebody, kind: str = "facility", **more: Any) -> str:
    sent = {"kind": kind, "station": "GS001", "text": "热水没有了", "for_other_person": True, **more}
    return str(driver.post("/requests", sent).json["id"])


def merge(staff: Somebody, number: str, into: str) -> Any:
    return staff.post(f"/staff/requests/{number}/merge", {"into": into})


def titles(somebody: Somebody) -> list[str]:
    return [item["title"] for item in somebody.get("/inbox").json["items"]]


def test_the_driver_of_the_one_is_told_of_the_other_s_end_and_no_word_crosses_over(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    other = sign_in(app, "driver2")
    first, second = ask(driver), ask(other, text="我是示例的热水")
    seen = merge(staff, second, first).json
    assert (seen["state"], seen["merged_into"]) == ("closed", first)
    assert "我是示例" not in str(staff.get(f"/staff/requests/{first}").json)
    assert [step["what"] for step in driver.get(f"/requests/{first}").json["timeline"]] == ["created"]
    staff.post(f"/staff/requests/{first}/resolve", {"text": "修好了"})
    assert titles(other) == ["设施报修：已办结", "设施报修：已合并"]
    reopened = other.post(f"/requests/{second}/reopen", {"reason": "不是一回事"}).json
    assert (reopened["state"], reopened["merged_into"]) == ("new", None)


def test_refusals(app: Flask, driver: Somebody, staff: Somebody) -> None:
    first, second = ask(driver), ask(driver)
    assert merge(staff, first, first).json["code"] == "request.wrong_state"
    elsewhere = ask(driver, station="GS002")
    assert merge(staff, first, elsewhere).json["code"] == "request.unknown"
    driver.post(f"/requests/{second}/withdraw")
    assert merge(staff, first, second).json["code"] == "request.wrong_state"
    assert merge(staff, ask(driver, "medical"), first).json["code"] == "request.wrong_state"


def test_of_two_opposite_merges_at_once_one_wins(driver: Somebody, staff: Somebody) -> None:
    for _ in range(5):
        one, two = ask(driver), ask(driver)
        answers = at_once([lambda a=one, b=two: merge(staff, a, b), lambda a=one, b=two: merge(staff, b, a)])  # type: ignore[misc]
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 1}


def test_what_was_merged_into_what_is_merged_hears_of_the_end(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    """First into second, second into third: the driver of the first is told when the third is done."""
    second, third = sign_in(app, "driver2"), sign_in(app, "another")
    made = [
        who.post("/requests", {"kind": "facility", "station": "GS001", "text": "示例：没热水"}).json["id"]
        for who in (driver, second, third)
    ]
    for one, into in ((0, 1), (1, 2)):
        merged = staff.post(f"/staff/requests/{made[one]}/merge", {"into": made[into]})
        assert merged.status_code == 200, merged.text
    assert staff.post(f"/staff/requests/{made[2]}/resolve", {"text": "修好了"}).status_code == 200
    for who in (driver, second, third):
        assert "已办结" in who.get("/inbox").json["items"][0]["title"]
