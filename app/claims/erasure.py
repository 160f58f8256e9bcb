"""What the companion holds on a person: his cases, his papers, where he joined; told, or forgotten."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from app.claims import documents
from app.claims.guides import paper_title
from app.claims.models import (
    ClaimCase,
    ClaimCode,
    ClaimCoDriver,
    ClaimDocument,
    ClaimEvidenceTick,
    ClaimFootage,
)
from app.claims.rules import KIND
from app.content import papers
from app.foundation.clock import iso
from app.helpdesk import store as requests
from app.helpdesk import views
from app.helpdesk.models import HelpRequest
from app.people import consents, erasure


def listen() -> None:
    """Be asked when somebody wants his file, or to be forgotten, or takes his consent back; name the steps.

    Before the help desk: once that has forgotten, no case is anybody's any more.
    """
    erasure.on_erase("claims", forget)
    erasure.on_export("claims", tell)
    consents.on_withdrawal("documents", "claims", withdrawn)
    papers.on_purpose(documents.SUBJECT, documents.purpose)
    views.name_steps(
        milestone_corrected="更正理赔进度",
        footage="监控",
        document="添了一份材料",
        co_driver="用同车码加入",
        co_driver_left="同车司机离开",
    )


def withdrawn(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Without his consent none of his papers stays."""
    documents.destroy_of_person(session, person_id, "consent", now)


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """His papers and those on his cases are destroyed; of a case its kind and its milestones stay, for the
    figures. What he did at a desk or ticked for another stays without him."""
    documents.destroy_of_person(session, person_id, "erased", now)
    keys = _keys(session, person_id)
    if keys:
        documents.destroy(session, [_in(ClaimDocument, keys)], "erased", now)
        for table in (ClaimCode, ClaimCoDriver, ClaimEvidenceTick):
            session.execute(delete(table).where(_in(table, keys)))
        session.execute(update(ClaimCase).where(_in(ClaimCase, keys)).values(facts={}, footage_by=None))
        blank = {"camera": None, "kept_where": None}
        session.execute(update(ClaimFootage).where(_in(ClaimFootage, keys)).values(blank))
    session.execute(delete(ClaimCoDriver).where(ClaimCoDriver.person_id == person_id))
    for left in (ClaimEvidenceTick, ClaimFootage):
        session.execute(update(left).where(left.by_id == person_id).values(by_id=None))


def _keys(session: Session, person_id: uuid.UUID) -> list[tuple[str, uuid.UUID]]:
    mine = select(HelpRequest.origin, HelpRequest.id).where(
        HelpRequest.kind == KIND, requests.owned_by(session, person_id)
    )
    return [(row.origin, row.id) for row in session.execute(mine)]


def _in(table: Any, keys: list[tuple[str, uuid.UUID]]) -> Any:
    return tuple_(table.origin, table.request_id).in_(keys)


def tell(session: Session, person_id: uuid.UUID) -> dict[str, Any]:
    """His cases, what he gave that is still there, and the cases that he has joined."""
    keys = _keys(session, person_id)
    cases = select(ClaimCase).where(_in(ClaimCase, keys)).order_by(ClaimCase.opened_at.desc())
    joined = select(ClaimCoDriver).where(ClaimCoDriver.person_id == person_id)
    return {
        "cases": [
            {"request": str(row.request_id), "path": row.path, "what": row.what, "facts": row.facts}
            for row in (session.scalars(cases) if keys else ())
        ],
        "documents": [
            {"title": paper_title(row.kind), "added_at": iso(row.added_at)}
            for row in documents.told(session, person_id)
        ],
        "joined": [
            {"request": str(row.request_id), "since": iso(row.joined_at)} for row in session.scalars(joined)
        ],
    }
