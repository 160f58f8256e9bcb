"""Races of the help desk, each with the negative control that loses it."""

import uuid
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.helpdesk import desk, service, store
from app.helpdesk.models import HelpRequest
from app.people.models import Person
from tests.support.clients import Somebody, crowd_of
from tests.support.crowd import at_once
from tests.support.meeting import Meeting

COLLEAGUES = 16


@pytest.fixture
def colleagues(app: Flask) -> list[Somebody]:
    """Sixteen people at the desk of GS001."""
    return crowd_of(app, COLLEAGUES, ("staff", "GS001"))


def ask(driver: Somebody, kind: str = "meal", **more: Any) -> str:
    answer = driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例", **more})
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json["id"])


def winners(colleagues: list[Somebody], number: str) -> Counter[int]:
    return Counter(
        answer.status_code
        for answer in at_once([lambda c=c: c.post(f"/staff/requests/{number}/claim") for c in colleagues])
    )


def test_of_sixteen_who_claim_at_once_exactly_one_wins(driver: Somebody, colleagues: list[Somebody]) -> None:
    number = ask(driver)
    answers = at_once([lambda c=c: c.post(f"/staff/requests/{number}/claim") for c in colleagues])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: COLLEAGUES - 1}
    lost = [answer.json for answer in answers if answer.status_code == 409]
    assert {problem["code"] for problem in lost} == {"request.already_claimed"}
    assert all(problem["holder"]["since"] for problem in lost)
    steps = driver.get(f"/requests/{number}").json["timeline"]
    assert [step["what"] for step in steps] == ["created", "claimed"]


def test_the_winner_may_claim_again(driver: Somebody, staff: Somebody) -> None:
    number = ask(driver)
    first = staff.post(f"/staff/requests/{number}/claim").json
    again = staff.post(f"/staff/requests/{number}/claim")
    assert again.status_code == 200
    assert again.json["holder"] == first["holder"]


def test_a_claim_that_looks_before_it_writes_has_several_winners(
    driver: Somebody, colleagues: list[Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same claim, decided by a look instead of by the UPDATE's row count."""
    meeting = Meeting()

    def careless(session: Session, caller: Any, request_id: uuid.UUID, now: Any) -> Any:
        request = store.load_for_desk(session, request_id, desk.scope(caller))
        if request.holder_id is not None and request.holder_id != caller.person_id:
            raise desk.ALREADY_CLAIMED.now()
        meeting.come()
        taken = update(HelpRequest).where(HelpRequest.id == request_id)
        session.execute(taken.values(holder_id=caller.person_id, holder_since=now))
        return desk.views.desk_view(session, request, caller, now)

    monkeypatch.setattr(desk, "claim", careless)
    assert winners(colleagues[:2], ask(driver)) == {200: 2}


def open_calls(home: Home) -> int:
    with home.database.transaction() as session:
        return len(session.scalars(select(HelpRequest.id).where(HelpRequest.kind == "medical")).all())


def test_sixteen_calls_of_one_person_at_once_are_one_call(driver: Somebody, home: Home) -> None:
    call = {"kind": "medical", "text": "胸口疼"}
    answers = at_once([lambda: driver.post("/requests", call)] * COLLEAGUES)
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: COLLEAGUES - 1}
    assert Counter(answer.json["merged"] for answer in answers) == {False: 1, True: COLLEAGUES - 1}
    assert open_calls(home) == 1
    number = answers[0].json["id"]
    said = [message["text"] for message in driver.get(f"/requests/{number}").json["messages"]]
    assert len(said) == COLLEAGUES - 1  # every further call is a message: nothing is lost


def test_without_the_lock_on_the_person_there_are_several_calls(
    driver: Somebody, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same calls, the person looked at without a lock."""
    monkeypatch.setattr(service, "lock_person", lambda session, person_id: session.get(Person, person_id))
    monkeypatch.setattr(service, "_open_one", Meeting().after(service._open_one))
    at_once([lambda: driver.post("/requests", {"kind": "medical", "text": "示例"})] * 2)
    assert open_calls(home) == 2
