"""After a reopening: to other hands while there are any, the second time to a supervisor, help always."""

from typing import Any

import pytest
from flask import Flask

from app.helpdesk import reopening
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def colleague(app: Flask) -> Somebody:
    return sign_in(app, "staff2")


def ask(driver: Somebody, kind: str = "other") -> str:
    made = driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例"})
    assert made.status_code == 201, made.text
    return str(made.json["id"])


def come_back(driver: Somebody, staff: Somebody, number: str) -> None:
    """Resolved by `staff`, not to the driver's liking."""
    assert staff.post(f"/staff/requests/{number}/resolve", {"text": "办好了"}).status_code == 200
    assert driver.post(f"/requests/{number}/reopen", {"reason": "没好"}).status_code == 200


def listens(somebody: Somebody, station: str = "GS001") -> None:
    assert somebody.post("/staff/desk/heartbeat", {"station": station}).status_code == 204


def code(answer: Any) -> str:
    return str(answer.json.get("code", answer.status_code))


STEPS = [
    ("claim", {}),
    ("replies", {"text": "在办"}),
    ("resolve", {"text": "办好了"}),
]


@pytest.mark.parametrize(("step", "body"), STEPS)
def test_it_goes_to_other_hands_while_there_are_any(
    driver: Somebody, staff: Somebody, colleague: Somebody, step: str, body: dict[str, str]
) -> None:
    number = ask(driver)
    come_back(driver, staff, number)
    listens(staff)
    listens(colleague)
    assert code(staff.post(f"/staff/requests/{number}/{step}", body)) == "request.same_handler"
    assert staff.get(f"/staff/requests/{number}").json["holder"] is None
    assert colleague.post(f"/staff/requests/{number}/{step}", body).status_code in (200, 201)


@pytest.mark.parametrize(("step", "body"), STEPS)
def test_nobody_else_being_there_the_same_may(
    driver: Somebody, staff: Somebody, colleague: Somebody, step: str, body: dict[str, str]
) -> None:
    """A colleague who has the role and no desk that listens is not on shift."""
    number = ask(driver)
    come_back(driver, staff, number)
    listens(staff)
    assert staff.post(f"/staff/requests/{number}/{step}", body).status_code in (200, 201)


def test_a_desk_that_fell_silent_is_not_on_shift(
    driver: Somebody, staff: Somebody, colleague: Somebody, later: Any
) -> None:
    number = ask(driver)
    come_back(driver, staff, number)
    listens(colleague)
    assert code(staff.post(f"/staff/requests/{number}/claim")) == "request.same_handler"
    later(seconds=90)
    assert staff.post(f"/staff/requests/{number}/claim").status_code == 200


def test_whose_desk_is_elsewhere_or_whose_role_is_another_is_no_way_out(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    number = ask(driver)
    come_back(driver, staff, number)
    listens(sign_in(app, "responder"))  # hears medical calls, does not handle this kind
    listens(sign_in(app, "supervisor"), "GS002")
    assert staff.post(f"/staff/requests/{number}/claim").status_code == 200


def test_nor_by_the_way_of_a_colleague_who_is_there(
    driver: Somebody, staff: Somebody, colleague: Somebody
) -> None:
    number = ask(driver)
    come_back(driver, staff, number)
    colleague.post(f"/staff/requests/{number}/claim")
    back = {"to_staff": staff.user["id"], "reason": "还是你来"}
    listens(colleague)
    assert code(colleague.post(f"/staff/requests/{number}/transfer", back)) == "request.same_handler"


def test_a_colleague_who_leaves_nobody_behind_may_hand_it_back(
    driver: Somebody, staff: Somebody, colleague: Somebody
) -> None:
    number = ask(driver)
    come_back(driver, staff, number)
    colleague.post(f"/staff/requests/{number}/claim")
    back = {"to_staff": staff.user["id"], "reason": "我下班了"}
    assert code(colleague.post(f"/staff/requests/{number}/transfer", back)) == "200"


def test_the_end_of_a_shift_gives_it_to_the_queue_rather_than_back(
    app: Flask, driver: Somebody, staff: Somebody, colleague: Somebody
) -> None:
    returned, other = ask(driver), ask(driver)
    come_back(driver, staff, returned)
    for number in (returned, other):
        colleague.post(f"/staff/requests/{number}/claim")
    listens(sign_in(app, "supervisor"), "CENTRE")
    done = colleague.post("/staff/shifts/hand-over", {"station": "GS001", "to": staff.user["id"]})
    assert done.json["moved"] == 1
    assert staff.get(f"/staff/requests/{returned}").json["holder"] is None
    assert staff.get(f"/staff/requests/{returned}").json["timeline"][-1]["what"] == "given_back"
    assert staff.get(f"/staff/requests/{other}").json["holder"]["name"] == staff.user["nickname"]


def test_a_call_for_help_moves_with_the_shift_whoever_had_it(
    app: Flask, driver: Somebody, staff: Somebody, colleague: Somebody
) -> None:
    """Nobody's call rings again because a shift ended."""
    number = ask(driver, "medical")
    come_back(driver, staff, number)
    colleague.post(f"/staff/requests/{number}/claim")
    listens(sign_in(app, "supervisor"), "CENTRE")
    colleague.post("/staff/shifts/hand-over", {"station": "GS001", "to": staff.user["id"]})
    assert staff.get(f"/staff/requests/{number}").json["holder"]["name"] == staff.user["nickname"]


def test_whose_desk_listens_and_whose_role_is_another_frees_nothing(
    app: Flask, driver: Somebody, staff: Somebody, colleague: Somebody
) -> None:
    number = ask(driver)
    come_back(driver, staff, number)
    colleague.post(f"/staff/requests/{number}/claim")
    listens(sign_in(app, "responder"))
    done = colleague.post("/staff/shifts/hand-over", {"station": "GS001", "to": staff.user["id"]})
    assert done.json["moved"] == 1


def test_it_is_who_answered_and_not_who_held_it_later(
    driver: Somebody, staff: Somebody, colleague: Somebody
) -> None:
    """The shift ended between the answer and the reopening."""
    number = ask(driver)
    staff.post(f"/staff/requests/{number}/resolve", {"text": "办好了"})
    staff.post("/staff/shifts/hand-over", {"station": "GS001", "to": colleague.user["id"]})
    driver.post(f"/requests/{number}/reopen", {"reason": "没好"})
    listens(staff)
    listens(colleague)
    assert code(staff.post(f"/staff/requests/{number}/claim")) == "request.same_handler"
    assert colleague.post(f"/staff/requests/{number}/claim").status_code == 200


def test_nobody_else_being_there_the_shift_moves_whole(
    driver: Somebody, staff: Somebody, colleague: Somebody
) -> None:
    number = ask(driver)
    come_back(driver, staff, number)
    colleague.post(f"/staff/requests/{number}/claim")
    done = colleague.post("/staff/shifts/hand-over", {"station": "GS001", "to": staff.user["id"]})
    assert done.json["moved"] == 1


def test_the_second_time_it_is_told_to_the_supervisors_and_is_theirs(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    supervisor = sign_in(app, "supervisor")
    number = ask(driver)
    come_back(driver, staff, number)
    assert not any("两次不满意" in item["title"] for item in supervisor.get("/inbox").json["items"])
    come_back(driver, staff, number)
    assert sum("两次不满意" in item["title"] for item in supervisor.get("/inbox").json["items"]) == 1
    assert code(staff.post(f"/staff/requests/{number}/claim")) == "request.needs_supervisor"
    assert supervisor.post(f"/staff/requests/{number}/claim").status_code == 200


def test_a_supervisor_alone_takes_his_own_again_whoever_of_the_desk_is_there(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    """The second time only a supervisor may: the desk's staff are no way out."""
    supervisor, number = sign_in(app, "supervisor"), ask(driver)
    come_back(driver, staff, number)
    come_back(driver, supervisor, number)
    listens(staff)
    assert supervisor.post(f"/staff/requests/{number}/claim").status_code == 200


def test_a_call_for_help_is_anybody_s_however_often_it_came_back(
    driver: Somebody, staff: Somebody, colleague: Somebody
) -> None:
    number = ask(driver, "medical")
    for _ in range(2):
        come_back(driver, staff, number)
    listens(colleague)
    assert staff.post(f"/staff/requests/{number}/claim").status_code == 200


def test_without_the_rule_it_goes_back(
    driver: Somebody, staff: Somebody, colleague: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    monkeypatch.setattr(reopening, "another_on_shift", lambda *_: False)
    number = ask(driver)
    come_back(driver, staff, number)
    listens(colleague)
    assert staff.post(f"/staff/requests/{number}/claim").status_code == 200


def test_what_is_a_supervisor_s_is_not_handed_round(
    app: Flask, driver: Somebody, staff: Somebody, colleague: Somebody
) -> None:
    """Neither by a transfer nor by handing a shift over, nor answered past the supervisor who holds it."""
    supervisor = sign_in(app, "supervisor")
    number = ask(driver)
    come_back(driver, staff, number)
    come_back(driver, staff, number)
    to_colleague = {"to_staff": colleague.user["id"], "reason": "示例"}
    assert staff.post(f"/staff/requests/{number}/transfer", to_colleague).status_code >= 400
    assert supervisor.post(f"/staff/requests/{number}/claim").status_code == 200
    assert (
        code(colleague.post(f"/staff/requests/{number}/replies", {"text": "在办"}))
        == "request.needs_supervisor"
    )
    assert (
        code(staff.post(f"/staff/requests/{number}/resolve", {"text": "办了"})) == "request.needs_supervisor"
    )
    shift = {"station": "GS001", "to": colleague.user["id"]}
    assert code(supervisor.post("/staff/shifts/hand-over", shift)) == "shift.none_taken"
    assert supervisor.get(f"/staff/requests/{number}").json["mine"] is True
