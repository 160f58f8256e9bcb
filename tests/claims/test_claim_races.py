"""Races of the companion on the real database, each with its control: without the guard it goes wrong."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.claims import codrivers, documents, store, tasks
from app.claims.models import ClaimCode, ClaimDocument
from app.foundation import audit
from app.foundation.home import Home
from app.helpdesk import service as helpdesk
from app.helpdesk.models import HelpRequest
from app.people import consents
from app.people.models import Person
from app.web.callers import Caller
from tests.claims.helpers import claim, consent, ok, paper
from tests.support.clients import Somebody, crowd_of
from tests.support.crowd import at_once
from tests.support.meeting import Meeting
from tests.web.permission_claims import ClaimRoom

CROWD = 8


# --- One code, many who use it ----------------------------------------------------------------------------


@pytest.fixture
def crowd(app: Flask) -> list[Somebody]:
    return crowd_of(app, CROWD)


def rush(driver: Somebody, crowd: list[Somebody]) -> Counter[str]:
    code = ok(driver.post(f"/requests/{claim(driver)}/co-driver-code"))["code"]
    answers = at_once([lambda who=who: who.post("/claims/join", {"code": code}) for who in crowd])
    return Counter(str(answer.json.get("code", "joined")) for answer in answers)


def test_of_many_who_use_one_code_at_once_one_joins(driver: Somebody, crowd: list[Somebody]) -> None:
    for _ in range(3):
        assert rush(driver, crowd) == {"joined": 1, "claim.code_expired": CROWD - 1}


def test_a_code_that_is_looked_at_first_lets_several_in(
    driver: Somebody, crowd: list[Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same rush with a look and without the request's lock."""
    meeting = Meeting()

    def careless(session: Session, case: store.Case, code_index: bytes, now: datetime) -> None:
        found = session.scalars(select(ClaimCode).where(ClaimCode.code_index == code_index)).one()
        if found.used_at is not None:
            raise codrivers.CODE_OVER.now()
        meeting.come()
        found.used_at = now
        session.flush()

    def unlocked(session: Session, code: ClaimCode, _: Caller) -> HelpRequest:
        return session.scalars(select(HelpRequest).where(HelpRequest.id == code.request_id)).one()

    monkeypatch.setattr(codrivers, "_spend", careless)
    monkeypatch.setattr(codrivers, "_lock", unlocked)
    assert rush(driver, crowd[:2]) == {"joined": 2}


# --- Papers that two clockworks destroy ---------------------------------------------------------------------


def lines(home: Home) -> Counter[str]:
    """Lines of destruction, by paper."""
    with home.database.transaction() as session:
        wanted = "SELECT object_id FROM audit_entry WHERE action = 'claim.document_destroyed'"
        return Counter(session.scalars(text(wanted)))


@pytest.fixture
def due(driver: Somebody, later: Callable[..., None]) -> int:
    """Papers that have come to their date; how many."""
    number = claim(driver)
    consent(driver)
    for _ in range(6):
        ok(paper(driver, number))
    later(days=366)
    return 6


def test_two_clockworks_destroy_each_paper_once(home: Home, due: int) -> None:
    assert sum(at_once([lambda: tasks.destroy_papers(home)] * 4)) == due
    assert set(lines(home).values()) == {1}


def test_without_the_condition_a_paper_is_destroyed_twice(
    home: Home, due: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what is due is read without a lock, and destroyed whatever it is by then."""
    meeting = Meeting()

    def careless(session: Session, now: datetime) -> int:
        there = select(ClaimDocument.id).where(ClaimDocument.destroyed_at.is_(None))
        live = list(session.scalars(there.order_by(ClaimDocument.id)))
        meeting.come()
        for document_id in live:
            gone = update(ClaimDocument).where(ClaimDocument.id == document_id)
            session.execute(gone.values(destroyed_at=now, destroyed_why="date", person_id=None))
            audit.record(session, now, None, "claim.document_destroyed", "claim_document", document_id)
        return len(live)

    monkeypatch.setattr(documents, "destroy_due", careless)
    at_once([lambda: tasks.destroy_papers(home)] * 2)
    assert set(lines(home).values()) == {2}


# --- A paper that comes while its consent goes --------------------------------------------------------------


def race_with_the_consent(home: Home, driver: Somebody, number: str, upload: uuid.UUID) -> int:
    """Hang a paper on while the consent is taken back; how many papers are there without consent."""
    body = {"upload_id": str(upload), "kind": "identity"}
    at_once(
        [
            lambda: driver.post(f"/requests/{number}/documents", body).status_code,
            lambda: driver.put("/me/consents/documents", {"granted": False}).status_code,
        ]
    )
    with home.database.transaction() as session:
        return len(session.scalars(text("SELECT id FROM claim_document WHERE destroyed_at IS NULL")).all())


def test_no_paper_stays_without_consent(home: Home, driver: Somebody) -> None:
    number, room = claim(driver), ClaimRoom(home, driver)
    left = [race_with_the_consent(home, driver, number, room.upload(driver)) for _ in range(12)]
    assert set(left) == {0}


def test_without_the_person_s_lock_one_stays(
    home: Home, driver: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the consent was seen, then it goes with all papers, then the paper comes."""

    def unlocked(session: Session, person_id: uuid.UUID) -> Any:
        return session.get(Person, person_id)

    number, upload, meeting = claim(driver), ClaimRoom(home, driver).upload(driver), Meeting()
    monkeypatch.setattr(helpdesk, "lock_person", unlocked)
    monkeypatch.setattr(consents, "granted", meeting.after(consents.granted))
    monkeypatch.setattr(documents, "destroy_of_person", meeting.after(documents.destroy_of_person))
    assert race_with_the_consent(home, driver, number, upload) == 1


# --- Words of two at once -----------------------------------------------------------------------------------


def talk(driver: Somebody, staff: Somebody, number: str) -> bool:
    """Driver and desk tell different things at once; whether both are known afterwards."""
    path = f"requests/{number}/insurance"
    at_once(
        [
            lambda: ok(driver.put(f"/{path}", {"bay": "A12"})),
            lambda: ok(staff.put(f"/staff/{path}", {"insurer_no": "示例"})),
        ]
    )
    facts = ok(driver.get(f"/{path}"))["facts"]
    ok(driver.put(f"/{path}", {"bay": None, "insurer_no": None}))
    return (facts["bay"], facts["insurer_no"]) == ("A12", "示例")


def test_words_of_two_at_once_are_both_kept(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    assert all(talk(driver, staff, number) for _ in range(8))


def test_without_the_request_s_lock_one_word_is_lost(
    driver: Somebody, staff: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both have read the case before one of them writes."""
    number, meeting = claim(driver), Meeting()
    ok(driver.get(f"/requests/{number}/insurance"))  # the case is open
    by_driver, by_desk = meeting.after(store.load_for_driver), meeting.after(store.load_for_desk)
    monkeypatch.setattr(store, "load_for_driver", lambda *a, lock=False, **k: by_driver(*a, **k))
    monkeypatch.setattr(store, "load_for_desk", lambda *a, lock=False, **k: by_desk(*a, **k))
    assert not talk(driver, staff, number)
