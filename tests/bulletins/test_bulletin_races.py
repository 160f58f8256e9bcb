"""Races of bulletins on the real database, each with the negative control that loses it."""

import uuid
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.bulletins import service, store, tasks
from app.bulletins.models import Bulletin, BulletinEvent
from app.foundation.home import Home
from app.notices.models import InboxEntry, Mailing
from tests.bulletins.helpers import bring_to, crowd, draft, grant, ok, state_of
from tests.support.clients import Somebody, crowd_of, sign_in
from tests.support.crowd import at_once
from tests.support.meeting import Meeting

MANY = 8


@pytest.fixture
def approvers(app: Flask) -> list[Somebody]:
    """Eight people who may approve."""
    return crowd_of(app, MANY, ("approver", "*"))


def submitted(editor: Somebody) -> str:
    bulletin = draft(editor)
    ok(editor.post(f"/staff/bulletins/{bulletin}/submit"))
    return bulletin


def approvals(approvers: list[Somebody], bulletin: str) -> Counter[int]:
    path = f"/staff/bulletins/{bulletin}/approve"
    return Counter(answer.status_code for answer in at_once([lambda a=a: a.post(path) for a in approvers]))


def steps(home: Home, bulletin: str, what: str) -> int:
    with home.database.transaction() as session:
        mine = (BulletinEvent.bulletin_id == uuid.UUID(bulletin)) & (BulletinEvent.what == what)
        return session.scalar(select(func.count()).select_from(BulletinEvent).where(mine)) or 0


def test_of_eight_who_approve_at_once_one_does(
    home: Home, editor: Somebody, approvers: list[Somebody]
) -> None:
    bulletin = submitted(editor)
    assert approvals(approvers, bulletin) == {200: 1, 409: MANY - 1}
    assert steps(home, bulletin, "approve") == 1


def test_an_approval_that_looks_before_it_writes_has_several_winners(
    home: Home, editor: Somebody, approvers: list[Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same approval, decided by a look instead of by the UPDATE's own row."""
    meeting = Meeting()

    def careless(session: Session, caller: Any, bulletin_id: uuid.UUID, revision: Any, now: Any) -> Any:
        if store.load(session, bulletin_id).state != "submitted":
            raise service.rules.WRONG_STATE.now()
        meeting.come()
        done = update(Bulletin).where(Bulletin.id == bulletin_id)
        session.execute(done.values(state="approved", approved_by=caller.person_id))
        store.note_event(session, now, bulletin_id, "approve", caller)
        return service.one(session, caller, bulletin_id, now)

    monkeypatch.setattr(service, "approve", careless)
    assert approvals(approvers[:2], submitted(editor)) == {200: 2}


def scheduled(home: Home, editor: Somebody, approver: Somebody) -> str:
    return bring_to(editor, approver, "scheduled", home)


def told(home: Home) -> tuple[int, int]:
    """How many mailings there are, and how many inbox entries of them."""
    with home.database.transaction() as session:
        entries = select(func.count()).select_from(InboxEntry).where(InboxEntry.mailing_id.is_not(None))
        return session.scalar(select(func.count()).select_from(Mailing)) or 0, session.scalar(entries) or 0


def test_two_clockworks_that_tick_at_once_tell_everybody_once(
    home: Home, editor: Somebody, approver: Somebody
) -> None:
    crowd(home, 50)
    bulletin = scheduled(home, editor, approver)
    people = ok(approver.post(f"/staff/bulletins/{bulletin}/audience", {"audience": {}}))["people"]
    at_once([lambda: tasks.send(home)] * 4)
    tasks.send(home)
    assert told(home) == (1, people)
    assert steps(home, bulletin, "begin") == 1
    assert state_of(approver, bulletin) == "sent"


def test_a_clockwork_that_looks_before_it_writes_tells_people_twice(
    home: Home, editor: Somebody, approver: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what is due is begun because a look said so, without the row's lock and state."""
    meeting = Meeting()

    def careless(session: Session, bulletin_id: uuid.UUID, now: Any) -> bool:
        bulletin = store.load(session, bulletin_id)
        if bulletin.state != "scheduled":
            return False
        meeting.come()
        mailing = tasks.push.make_mailing(session, now, bulletin)
        begun = update(Bulletin).where(Bulletin.id == bulletin_id)
        session.execute(begun.values(state="sending", mailing_id=mailing))
        store.note_event(session, now, bulletin_id, "begin", None)
        return True

    monkeypatch.setattr(tasks, "begin", careless)
    bulletin = scheduled(home, editor, approver)
    at_once([lambda: tasks.send(home)] * 2)
    assert steps(home, bulletin, "begin") == 2


def test_a_withdrawal_and_a_tick_at_once_end_in_one_of_two_ways(
    home: Home, editor: Somebody, approver: Somebody
) -> None:
    """Either it never began, or what was queued is ended; nobody is told after it was taken back."""
    crowd(home, 20)
    for _ in range(6):
        bulletin = scheduled(home, editor, approver)
        path = f"/staff/bulletins/{bulletin}"
        at_once([lambda: tasks.send(home), lambda p=path: approver.post(f"{p}/withdraw")])
        assert state_of(approver, bulletin) == "withdrawn"
        before = told(home)
        tasks.send(home)
        assert told(home) == before


def test_eight_who_correct_at_once_begin_one_correction(
    app: Flask, home: Home, editor: Somebody, approver: Somebody
) -> None:
    bulletin = bring_to(editor, approver, "sending", home, audience={"roads": ["X9"]})
    for number in range(MANY):
        grant(home, f"writer{number}", ("editor", "*"))
    writers = [sign_in(app, f"writer{number}") for number in range(MANY)]
    path = f"/staff/bulletins/{bulletin}/correct"
    answers = at_once([lambda w=w: w.post(path) for w in writers])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: MANY - 1}
    lost = {answer.json["code"] for answer in answers if answer.status_code == 409}
    assert lost == {"bulletin.already_corrected"}
