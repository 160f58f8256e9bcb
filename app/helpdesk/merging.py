"""Two requests that are one: one is closed and points at the other, whose end its driver is told of."""

import uuid
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.helpdesk import desk, store, views
from app.helpdesk.kinds import get_kind
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import WRONG_STATE, merge_refusal
from app.helpdesk.schemas import StaffRequestOut
from app.web.callers import Caller


def merge(
    session: Session, caller: Caller, request_id: uuid.UUID, into: uuid.UUID, now: datetime
) -> StaffRequestOut:
    """Close this one as the same matter as that one. 404 for one outside the caller's desks, 409 else.

    No word of one goes into the other: they may be two people's. Both rows are locked, the smaller id
    first, so that two merges the opposite way round do not wait for each other.
    """
    if request_id == into:
        raise WRONG_STATE.now()
    rows = {
        each: store.load_for_desk(session, each, desk.scope(caller), lock=True)
        for each in sorted((request_id, into))
    }
    request, target = rows[request_id], rows[into]
    same = request.kind == target.kind
    store.stop(
        merge_refusal(request.state, target.state, urgent=get_kind(request.kind).never_refused, same=same)
    )
    if request.has_merged:  # those that were waiting for this one wait for that one now
        waiting = update(HelpRequest).where(HelpRequest.merged_into == request.id)
        session.execute(waiting.values(merged_into=target.id).execution_options(synchronize_session=False))
    request.merged_into, request.closed_at, target.has_merged = target.id, now, True
    store.move(request, "closed")
    store.add_event(session, request, now, "merged", caller, target.number)
    store.add_event(session, target, now, "merged_in", caller, request.number)
    desk.tell_driver(session, request, now, "已合并", "和另一件是同一件事，已并在一起办，办结会告诉您。")
    session.flush()
    return views.desk_view(session, request, caller, now)
