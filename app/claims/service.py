"""The use case of the insurance companion: note a milestone."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.claims.models import ClaimMilestone
from app.claims.rules import MILESTONE_EXISTS, MILESTONES, may_note
from app.claims.schemas import MilestoneIn
from app.foundation.clock import SHANGHAI
from app.foundation.refusals import FieldFault, invalid
from app.helpdesk import desk, store, views
from app.helpdesk.rules import WRONG_STATE
from app.helpdesk.schemas import StaffRequestOut
from app.web.callers import Caller

_SLACK = timedelta(minutes=5)


def note(
    session: Session, caller: Caller, request_id: uuid.UUID, body: MilestoneIn, now: datetime
) -> StaffRequestOut:
    """A step of a claim was reached; its driver is told. 409 for another kind, and the second time."""
    request = store.load_for_desk(session, request_id, desk.scope(caller), lock=True)
    if not may_note(request.kind, request.state):
        raise WRONG_STATE.now()
    if body.at > now + _SLACK:
        raise invalid(FieldFault("at", "不能晚于现在"))
    row = insert(ClaimMilestone).values(
        origin=request.origin, request_id=request.id, kind=body.kind, at=body.at
    )
    if session.scalar(row.on_conflict_do_nothing().returning(ClaimMilestone.kind)) is None:
        raise MILESTONE_EXISTS.now()
    words = f"{MILESTONES[body.kind]}（{body.at.astimezone(SHANGHAI):%m-%d %H:%M}）"
    told = f"{words}，{body.note}" if body.note else words
    store.add_event(session, request, now, "milestone", caller, told)
    desk.tell_driver(session, request, now, "理赔进度", told)
    session.flush()
    return views.desk_view(session, request, caller, now)
