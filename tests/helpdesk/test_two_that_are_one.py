"""Merging: one is closed and points at the other; opposite merges at once; what is refused."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.emergencies import tasks as emergencies
from app.foundation.home import Home
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


def said(somebody: Somebody, number: str) -> list[tuple[str, str]]:
    """Who said what in this thread, as its driver reads it."""
    return [(m["from"], m["text"]) for m in somebody.get(f"/requests/{number}").json["messages"]]


def test_the_answer_stands_in_the_other_s_thread_and_nothing_else_of_it(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    other = sign_in(app, "driver2")
    target, inside = ask(driver, text="示例甲的热水"), ask(other)
    driver.post(f"/requests/{target}/messages", {"text": "示例甲说的话"})
    assert merge(staff, inside, target).status_code == 200
    staff.post(f"/staff/requests/{target}/replies", {"text": "示例甲听到的话"})
    assert said(other, inside) == []
    assert staff.post(f"/staff/requests/{target}/resolve", {"text": "锅炉换好了"}).status_code == 200
    seen = other.get(f"/requests/{inside}").json
    assert said(other, inside) == [("staff", "锅炉换好了")]
    assert "示例甲" not in str(seen)
    assert target not in str(seen), "an id that is 404 for him tells him nothing"
    told = other.get("/inbox").json["items"][0]
    assert (told["title"], told["text"]) == ("设施报修：已办结", "锅炉换好了\n不满意，7 天内可以重新打开。")
    assert driver.get(f"/requests/{target}").json["messages"][-1]["text"] == "锅炉换好了"
    assert staff.get(f"/staff/requests/{inside}").json["merged_into"] == target


def test_one_s_own_that_goes_on_is_named(driver: Somebody, staff: Somebody) -> None:
    target, inside = ask(driver), ask(driver)
    assert merge(staff, inside, target).status_code == 200
    assert driver.get(f"/requests/{inside}").json["merged_into"] == target
    listed = {one["id"]: one["merged_into"] for one in driver.get("/requests").json["items"]}
    assert listed == {target: None, inside: target}


@pytest.mark.parametrize("kind", ["medical", "facility"])
def test_of_what_is_private_he_hears_only_that_it_is_done(
    app: Flask, driver: Somebody, staff: Somebody, kind: str
) -> None:
    """Also where an ordinary request went into a call for help."""
    other = sign_in(app, "driver2")
    target, inside = ask(driver, "medical"), ask(other, kind)
    assert merge(staff, inside, target).status_code == 200
    assert staff.post(f"/staff/requests/{target}/resolve", {"text": "示例病情"}).status_code == 200
    assert said(other, inside) == []
    assert other.get("/inbox").json["items"][0]["text"] == "您这件事已办结。不满意，7 天内可以重新打开。"
    assert "示例病情" not in str(other.get("/inbox").json)


def test_nothing_is_written_into_what_is_forgotten(
    app: Flask, home: Home, driver: Somebody, staff: Somebody
) -> None:
    other, inside, target = crossed(app, driver, staff)
    assert erase(other, inside) == 202
    assert staff.post(f"/staff/requests/{target}/resolve", {"text": "修好了"}).status_code == 200
    with home.database.transaction() as session:
        left = session.scalar(
            text("SELECT count(*) FROM request_message WHERE request_id = :id"), {"id": inside}
        )
    assert left == 0


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
        answers = at_once([lambda a=one, b=two: merge(staff, a, b), lambda a=one, b=two: merge(staff, b, a)])
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


def crossed(
    app: Flask, driver: Somebody, staff: Somebody, kind: str = "facility"
) -> tuple[Somebody, str, str]:
    """Another driver, his request, and the first driver's, into which it was merged."""
    other = sign_in(app, "driver2")
    target, inside = ask(driver, kind), ask(other, kind)
    assert staff.post(f"/staff/requests/{inside}/claim").status_code == 200
    assert merge(staff, inside, target).status_code == 200
    return other, inside, target


def whats(seen: Any) -> list[str]:
    return [step["what"] for step in seen["timeline"]]


def withdraw(driver: Somebody, target: str) -> int:
    return driver.post(f"/requests/{target}/withdraw").status_code


def erase(driver: Somebody, target: str) -> int:
    return driver.post("/me/erasure", {"confirm": True, "force": True}).status_code


def test_what_was_told_of_an_answer_stays_told_when_the_other_is_reopened_and_withdrawn(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    other, inside, target = crossed(app, driver, staff)
    assert staff.post(f"/staff/requests/{target}/claim").status_code == 200
    assert staff.post(f"/staff/requests/{target}/resolve", {"text": "修好了"}).status_code == 200
    assert driver.post(f"/requests/{target}/reopen", {"reason": "又坏了"}).status_code == 200
    assert other.post(f"/requests/{inside}/rating", {"score": 5}).status_code == 200
    assert withdraw(driver, target) == 200
    seen = other.get(f"/requests/{inside}").json
    assert (seen["state"], seen["rating"]["score"]) == ("closed", 5)
    assert "set_free" not in whats(seen)


@pytest.mark.parametrize("end", [withdraw, erase])
def test_what_was_merged_into_what_is_withdrawn_is_wanted_again(
    app: Flask, driver: Somebody, staff: Somebody, end: Any
) -> None:
    other, inside, target = crossed(app, driver, staff)
    before = other.get(f"/requests/{inside}").json
    assert end(driver, target) < 300
    seen = other.get(f"/requests/{inside}").json
    assert (seen["state"], seen["merged_into"], seen["holder"]) == ("new", None, None)
    assert seen["clocks"] == before["clocks"], "they run on from its own timeline"
    assert whats(seen) == ["created", "claimed", "merged", "set_free"]
    assert titles(other)[0] == "设施报修：恢复办理"
    assert inside in [line["id"] for line in staff.get("/staff/requests").json["items"]]
    assert staff.post(f"/staff/requests/{inside}/claim").status_code == 200
    assert staff.post(f"/staff/requests/{inside}/resolve", {"text": "修好了"}).status_code == 200


def test_the_pause_before_a_merge_ends_with_it(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, later: Any
) -> None:
    """The clocks stood while the driver was waited for, and for no longer than that."""
    other = sign_in(app, "driver2")
    target, inside = ask(driver), ask(other)
    promised = other.get(f"/requests/{inside}").json["clocks"]
    until = (home.clock.now() + timedelta(days=2)).isoformat()
    assert staff.post(f"/staff/requests/{inside}/claim").status_code == 200
    assert staff.post(f"/staff/requests/{inside}/wait", {"until": until, "reason": "示例"}).status_code == 200
    later(hours=1)
    assert merge(staff, inside, target).status_code == 200
    later(hours=5)
    assert withdraw(driver, target) == 200
    clocks = other.get(f"/requests/{inside}").json["clocks"]
    paused = datetime.fromisoformat(clocks["answer_by"]) - datetime.fromisoformat(promised["answer_by"])
    assert timedelta(hours=1) <= paused < timedelta(hours=1, minutes=5)


def test_a_call_for_help_rings_again_from_that_moment(
    app: Flask, home: Home, driver: Somebody, staff: Somebody
) -> None:
    other, inside, target = crossed(app, driver, staff, "medical")
    emergencies.climb(home)
    assert withdraw(driver, target) == 200
    assert emergencies.climb(home) > 0, "no desk listens: it climbs at once"
    seen = other.get(f"/requests/{inside}").json
    assert "还没有人接" in seen["advice"]
    assert whats(seen)[-1] == "climbed"


def test_what_was_answered_for_all_comes_back_to_nobody(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    other, inside, target = crossed(app, driver, staff)
    assert staff.post(f"/staff/requests/{target}/resolve", {"text": "修好了"}).status_code == 200
    assert withdraw(driver, target) == 200
    assert other.get(f"/requests/{inside}").json["state"] == "closed"
    assert other.post(f"/requests/{inside}/reopen", {"reason": "没修好"}).json["state"] == "new"


def test_one_s_own_that_was_merged_goes_with_him(
    app: Flask, home: Home, driver: Somebody, staff: Somebody
) -> None:
    """Two of one person's are one: his erasure brings neither back, and tells nobody who is gone."""
    target, inside = ask(driver), ask(driver)
    assert merge(staff, inside, target).status_code == 200
    assert erase(driver, target) == 202
    with home.database.transaction() as session:
        states = session.execute(text("SELECT state, text FROM help_request ORDER BY id")).all()
        inbox = session.scalar(
            text("SELECT count(*) FROM inbox_entry WHERE person_id = :id"), {"id": driver.user["id"]}
        )
    assert [row.state for row in states] == ["withdrawn", "closed"]
    assert inbox == 0


def test_who_is_gone_himself_does_not_come_back(
    app: Flask, home: Home, driver: Somebody, staff: Somebody
) -> None:
    other, inside, target = crossed(app, driver, staff)
    assert erase(other, inside) == 202
    assert withdraw(driver, target) == 200
    assert inside not in [
        line["id"] for line in staff.get("/staff/requests?state=all").json["items"] if line["state"] == "new"
    ]


def test_a_withdrawal_and_a_merge_at_once_lose_nobody(app: Flask, driver: Somebody, staff: Somebody) -> None:
    """Whichever is first: the other's request is in the queue afterwards."""
    other = sign_in(app, "driver2")
    for _ in range(5):
        target, inside = ask(driver), ask(other)
        at_once([lambda t=target: withdraw(driver, t), lambda i=inside, t=target: merge(staff, i, t)])
        assert other.get(f"/requests/{inside}").json["state"] == "new"


def test_the_days_to_reopen_what_was_merged_begin_when_that_is_done(
    app: Flask, driver: Somebody, staff: Somebody, later: Any
) -> None:
    """Its driver is told then that he has seven; the day of the merge may lie longer back."""
    other, inside, target = crossed(app, driver, staff)
    later(days=8)
    assert staff.post(f"/staff/requests/{target}/resolve", {"text": "修好了"}).status_code == 200
    again = other.post(f"/requests/{inside}/reopen", {"reason": "没修好"})
    assert (again.status_code, again.json["state"]) == (200, "new")
    assert other.get(f"/requests/{inside}").json["merged_into"] is None


def test_the_days_to_reopen_what_was_merged_end(
    app: Flask, driver: Somebody, staff: Somebody, later: Any
) -> None:
    other, inside, target = crossed(app, driver, staff)
    assert staff.post(f"/staff/requests/{target}/resolve", {"text": "修好了"}).status_code == 200
    later(days=7, minutes=1)
    late = other.post(f"/requests/{inside}/reopen", {"reason": "没修好"})
    assert (late.status_code, late.json["code"]) == (409, "request.reopen_over")
