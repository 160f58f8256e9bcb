"""Every step of a request, where it is possible and where it is refused, over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from app.helpdesk.rules import LONGEST_WAIT, STATES
from tests.support.clients import Somebody, sign_in

LATER = (datetime.now(UTC) + timedelta(hours=2)).isoformat()

# step → (who, path below the request, body)
STEPS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "claim": ("staff", "claim", {}),
    "reply": ("staff", "replies", {"text": "示例答复"}),
    "note": ("staff", "replies", {"text": "示例备注", "internal": True}),
    "wait": ("staff", "wait", {"until": LATER, "reason": "等行驶证照片"}),
    "resolve": ("staff", "resolve", {"text": "办好了"}),
    "transfer": ("staff", "transfer", {"to_unit": "12328", "reason": "不归本站"}),
    "message": ("driver", "messages", {"text": "补一句"}),
    "confirm": ("driver", "confirm", {}),
    "reopen": ("driver", "reopen", {"reason": "还没好"}),
    "withdraw": ("driver", "withdraw", {}),
    "rate": ("driver", "rating", {"score": 4}),
}

# Written by hand: in which states each step is possible, and the code where it is not.
POSSIBLE = {
    "claim": ({"new", "acknowledged", "handling", "waiting"}, "request.wrong_state"),
    "reply": ({"new", "acknowledged", "handling", "waiting", "answered"}, "request.closed"),
    "note": ({"new", "acknowledged", "handling", "waiting", "answered"}, "request.closed"),
    "wait": ({"acknowledged", "handling", "waiting"}, "request.wrong_state"),
    "resolve": ({"new", "acknowledged", "handling", "waiting"}, "request.wrong_state"),
    "transfer": ({"new", "acknowledged", "handling", "waiting"}, "request.wrong_state"),
    "message": ({"new", "acknowledged", "handling", "waiting", "answered"}, "request.closed"),
    "confirm": ({"answered"}, "request.wrong_state"),
    "reopen": ({"answered", "closed"}, "request.wrong_state"),
    "withdraw": ({"new", "acknowledged", "handling", "waiting", "answered"}, "request.wrong_state"),
    "rate": ({"answered", "closed"}, "request.wrong_state"),
}

AFTER = {"reply": "handling", "wait": "waiting", "resolve": "answered", "confirm": "closed", "reopen": "new"}


def ask(driver: Somebody, kind: str = "other") -> str:
    answer = driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例诉求"})
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def put_in_state(home: Home, number: str, state: str) -> None:
    with home.database.transaction() as session:
        move = "UPDATE help_request SET state = :state, resolved_at = now() WHERE id = :id"
        session.execute(text(move), {"state": state, "id": number})


def test_a_step_is_possible_where_the_table_says_and_refused_elsewhere(
    driver: Somebody, staff: Somebody, home: Home
) -> None:
    people = {"driver": driver, "staff": staff}
    for step, (who, path, body) in STEPS.items():
        states, code = POSSIBLE[step]
        for state in STATES:
            number = ask(driver)
            put_in_state(home, number, state)
            answer = people[who].post(
                f"/requests/{number}/{path}" if who == "driver" else f"/staff/requests/{number}/{path}", body
            )
            if state in states:
                assert answer.status_code in (200, 201), (step, state, answer.text)
                now = driver.get(f"/requests/{number}").json["state"]
                assert step not in AFTER or now in (AFTER[step], "answered"), (step, state, now)
            else:
                assert answer.status_code == 409, (step, state, answer.text)
                assert answer.json["code"] == code, (step, state)
                assert driver.get(f"/requests/{number}").json["state"] == state


# Written by hand: two are one only while both are under way.
UNDER_WAY = {"new", "acknowledged", "handling", "waiting"}


def test_two_are_made_one_where_both_are_under_way_and_nowhere_else(
    driver: Somebody, staff: Somebody, home: Home
) -> None:
    for state in STATES:
        for into in STATES:
            first, second = ask(driver), ask(driver)
            put_in_state(home, first, state)
            put_in_state(home, second, into)
            answer = staff.post(f"/staff/requests/{first}/merge", {"into": second})
            possible = {state, into} <= UNDER_WAY
            assert answer.status_code == (200 if possible else 409), (state, into, answer.text)
            now = driver.get(f"/requests/{first}").json["state"]
            assert now == ("closed" if possible else state), (state, into)


def test_a_closed_request_cannot_be_reopened_after_a_week(
    driver: Somebody, staff: Somebody, home: Home
) -> None:
    number = ask(driver)
    staff.post(f"/staff/requests/{number}/resolve", {"text": "办好了"})
    with home.database.transaction() as session:
        past = "UPDATE help_request SET resolved_at = resolved_at - interval '8 days' WHERE id = :id"
        session.execute(text(past), {"id": number})
    assert driver.post(f"/requests/{number}/reopen", {"reason": "没好"}).json["code"] == "request.reopen_over"


def test_the_second_reopening_is_a_supervisors(app: Flask, driver: Somebody, staff: Somebody) -> None:
    number = ask(driver)
    for _ in range(2):
        assert staff.post(f"/staff/requests/{number}/resolve", {"text": "办好了"}).status_code == 200
        assert driver.post(f"/requests/{number}/reopen", {"reason": "没好"}).status_code == 200
    assert staff.post(f"/staff/requests/{number}/claim").json["code"] == "request.needs_supervisor"
    assert sign_in(app, "supervisor").post(f"/staff/requests/{number}/claim").status_code == 200


def test_a_transfer_moves_the_desk_and_frees_the_holder_while_the_clocks_run_on(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    number = ask(driver)
    before = staff.post(f"/staff/requests/{number}/claim").json
    moved = (
        sign_in(app, "supervisor")
        .post(f"/staff/requests/{number}/transfer", {"to_station": "GS002", "reason": "人在那边"})
        .json
    )
    assert (moved["desk"], moved["holder"]) == ("GS002", None)
    assert moved["clocks"]["answer_by"] == before["clocks"]["answer_by"]
    assert staff.get(f"/staff/requests/{number}").status_code == 404
    unknown = sign_in(app, "supervisor").post(
        f"/staff/requests/{number}/transfer", {"to_station": "GS999", "reason": "试"}
    )
    assert unknown.json["code"] == "station.unknown"


def test_a_transfer_to_a_colleague_of_the_desk_makes_him_the_holder(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    number, colleague = ask(driver), sign_in(app, "staff2")
    moved = staff.post(
        f"/staff/requests/{number}/transfer", {"to_staff": colleague.user["id"], "reason": "换班"}
    )
    assert moved.json["holder"]["name"] == colleague.user["nickname"]
    refused = staff.post(
        f"/staff/requests/{number}/transfer", {"to_staff": driver.user["id"], "reason": "试"}
    )
    assert refused.json["code"] == "request.target_unknown"


@pytest.mark.parametrize("body", [{}, {"to_station": "GS002", "to_unit": "12328"}])
def test_a_transfer_has_exactly_one_target(driver: Somebody, staff: Somebody, body: dict[str, str]) -> None:
    answer = staff.post(f"/staff/requests/{ask(driver)}/transfer", {**body, "reason": "试"})
    assert answer.status_code == 422


def test_nobody_waits_until_a_moment_that_has_passed(driver: Somebody, staff: Somebody) -> None:
    made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例"}).json["id"]
    staff.post(f"/staff/requests/{made}/claim", {})
    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    answer = staff.post(f"/staff/requests/{made}/wait", {"until": past, "reason": "等照片"})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "until")
    assert driver.get(f"/requests/{made}").json["state"] == "acknowledged"


def test_nobody_waits_for_longer_than_a_month(driver: Somebody, staff: Somebody, home: Home) -> None:
    """A wait stops every clock: one until next year would be a way to make a request vanish."""
    made = ask(driver)
    staff.post(f"/staff/requests/{made}/claim", {})
    for until, status in ((LONGEST_WAIT + timedelta(minutes=5), 422), (LONGEST_WAIT, 200)):
        moment = (home.clock.now() + until).isoformat()
        answer = staff.post(f"/staff/requests/{made}/wait", {"until": moment, "reason": "等照片"})
        assert answer.status_code == status, answer.text
        if status == 422:
            assert (answer.json["code"], answer.json["errors"][0]["field"]) == (
                "request.wait_too_long",
                "until",
            )
            assert driver.get(f"/requests/{made}").json["state"] == "acknowledged"


def test_a_call_for_help_waits_for_a_day_at_most(driver: Somebody, staff: Somebody, home: Home) -> None:
    """What stops the clocks of a medical call must not park it for a month."""
    made = driver.post("/requests", {"kind": "medical", "station": "GS001"}).json["id"]
    staff.post(f"/staff/requests/{made}/claim", {})
    for until, status in ((timedelta(hours=24, minutes=5), 422), (timedelta(hours=23, minutes=55), 200)):
        moment = (home.clock.now() + until).isoformat()
        answer = staff.post(f"/staff/requests/{made}/wait", {"until": moment, "reason": "等家属"})
        assert answer.status_code == status, answer.text
        if status == 422:
            assert answer.json["code"] == "request.wait_too_long"
            assert "24 小时" in answer.json["detail"]
            assert answer.json["errors"] == [{"field": "until", "message": "救命的事一次最多等 24 小时"}]


def test_what_was_merged_is_rated_once_that_is_done(driver: Somebody, staff: Somebody) -> None:
    """Closed it is at once; how it went nobody can say before."""
    target, inside = ask(driver), ask(driver)
    assert staff.post(f"/staff/requests/{inside}/merge", {"into": target}).status_code == 200
    early = driver.post(f"/requests/{inside}/rating", {"score": 1})
    assert (early.status_code, early.json["code"]) == (409, "request.wrong_state")
    staff.post(f"/staff/requests/{target}/resolve", {"text": "办好了"})
    assert driver.post(f"/requests/{inside}/rating", {"score": 4}).status_code == 200


def test_what_the_driver_wrote_shows_as_unread_until_somebody_answers(
    driver: Somebody, staff: Somebody
) -> None:
    number = ask(driver)
    staff.post(f"/staff/requests/{number}/resolve", {"text": "办好了"})
    assert staff.get("/staff/requests").json["items"] == []
    driver.post(f"/requests/{number}/messages", {"text": "还差一样"})
    assert [line["unread"] for line in staff.get("/staff/requests").json["items"]] == [True]
    staff.post(f"/staff/requests/{number}/replies", {"text": "补上了"})
    assert staff.get("/staff/requests?state=all").json["items"][0]["unread"] is False


def test_the_answers_clock_stops_with_the_first_reply(driver: Somebody, staff: Somebody, home: Home) -> None:
    number = ask(driver)
    staff.post(f"/staff/requests/{number}/replies", {"text": "在办"})
    with home.database.transaction() as session:
        session.execute(text("UPDATE help_request SET ack_by = ack_by - interval '9 days'"))
    line = staff.get("/staff/requests").json["items"][0]
    assert line["due_at"] == line["clocks"]["close_by"]
    assert line["clocks"]["breached"] == ["ack"]


def test_the_inbox_and_the_reply_stand_or_fall_together(
    driver: Somebody, staff: Somebody, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(driver)
    from app.helpdesk import desk

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("example")

    monkeypatch.setattr(desk.views, "message_view", fail)
    assert staff.post(f"/staff/requests/{number}/replies", {"text": "会丢吗"}).status_code == 500
    monkeypatch.undo()
    assert driver.get("/inbox").json["items"] == []
    assert driver.get(f"/requests/{number}").json["messages"] == []


def test_lists_cost_the_same_number_of_statements_for_one_and_for_many(
    driver: Somebody, staff: Somebody, statements: list[str]
) -> None:
    def cost(who: Somebody, path: str) -> int:
        statements.clear()
        assert who.get(path).status_code == 200
        return len(statements)

    ask(driver)
    paths = [(driver, "/requests?limit=100"), (staff, "/staff/requests?limit=100")]
    few = [cost(*path) for path in paths]
    for _ in range(30):
        ask(driver)
    assert [cost(*path) for path in paths] == few
    assert max(few) <= 7, few
