"""What the clockwork calls: open cases, remind of footage, destroy papers at their date."""

import uuid
from datetime import datetime

import structlog
from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from app.claims import documents, store
from app.claims.models import ClaimCase, ClaimFootage
from app.claims.rules import KIND
from app.foundation.home import Home
from app.helpdesk import locks
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import OPEN
from app.web import metrics

log = structlog.get_logger()
_AT_ONCE = 50
_REQUEST = tuple_(HelpRequest.origin, HelpRequest.id)


def open_cases(home: Home) -> int:
    """Open the case of every claim that nobody has looked at yet, so that a theft rings at the desk."""
    known = tuple_(ClaimCase.origin, ClaimCase.request_id) == _REQUEST
    with home.database.transaction() as session:
        found = (
            select(HelpRequest)
            .outerjoin(ClaimCase, known)
            .where(HelpRequest.kind == KIND, HelpRequest.state.in_(OPEN), ClaimCase.origin.is_(None))
            .limit(_AT_ONCE)
        )
        now = home.clock.now()
        return sum(store.open_case(session, request, now)[1] for request in session.scalars(found).all())


def remind_of_footage(home: Home) -> int:
    """Tell desk, holder and supervisor, once, that the footage of a theft is still not safe; how many."""
    with home.database.transaction() as session:
        now = home.clock.now()
        keys = _lock_late(session, now)
        if not keys:
            return 0
        key = tuple_(ClaimCase.origin, ClaimCase.request_id)
        session.execute(
            update(ClaimCase)
            .where(key.in_(keys))
            .values(footage_warned_at=now)
            .execution_options(synchronize_session=False)
        )
        safe = tuple_(ClaimFootage.origin, ClaimFootage.request_id) == _REQUEST
        without = (
            select(HelpRequest)
            .outerjoin(ClaimFootage, safe)
            .where(_REQUEST.in_(keys), HelpRequest.state.in_(OPEN), ClaimFootage.origin.is_(None))
        )
        for request in session.scalars(without):
            store.ring_for_footage(session, request, now, late=True)
        return len(keys)


def _lock_late(session: Session, now: datetime) -> list[tuple[str, uuid.UUID]]:
    """Some cases whose footage is late. People first, as in all of the desk: who is being erased at this
    moment is left for the next look."""
    late = ClaimCase.footage_by <= now, ClaimCase.footage_warned_at.is_(None)
    found = select(ClaimCase.request_id).where(*late).order_by(ClaimCase.footage_by).limit(_AT_ONCE)
    ids = session.scalars(found).all()
    held = locks.hold_people(session, HelpRequest.id.in_(ids), skip_locked=True)
    rows = (
        select(ClaimCase, HelpRequest)
        .join(HelpRequest, tuple_(ClaimCase.origin, ClaimCase.request_id) == _REQUEST)
        .where(ClaimCase.request_id.in_(ids), *late)
        .order_by(ClaimCase.footage_by)
        .with_for_update(of=ClaimCase, skip_locked=True)
    )
    locked = session.execute(rows.execution_options(populate_existing=True)).all()
    return [
        (case.origin, case.request_id)
        for case, request in locked
        if not locks.strangers(session, request, held)
    ]


def destroy_papers(home: Home) -> int:
    """Destroy some of the papers that have come to their date; answers how many: after 0 none is due."""
    with home.database.transaction() as session:
        gone = documents.destroy_due(session, home.clock.now())
    if gone:
        metrics.EVENTS.labels("claims", "document destroyed").inc(gone)
        log.info("claims.documents_destroyed", count=gone)
    return gone
