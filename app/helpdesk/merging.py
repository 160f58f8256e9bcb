"""Two requests that are one: one is closed and points at the other, whose end its driver is told of.

Nobody's need vanishes with another's: where the other is withdrawn undone, this one is in the queue again.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session, aliased

from app.helpdesk import desk, hooks, locks, store, views
from app.helpdesk.kinds import get_kind
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import ERASED, UNANSWERED, WRONG_STATE, merge_refusal
from app.helpdesk.schemas import StaffRequestOut
from app.web.callers import Caller


def merge(
    session: Session, caller: Caller, request_id: uuid.UUID, into: uuid.UUID, now: datetime
) -> StaffRequestOut:
    """Close this one as the same matter as that one. 404 for one outside the caller's desks, 409 else.

    No word of one goes into the other, but for the answer that ends both: they may be two people's. Both rows
    are locked, the smaller id first, so that two merges the opposite way round do not wait for each other.
    """
    if request_id == into:
        raise WRONG_STATE.now()
    concerned = HelpRequest.id.in_((request_id, into)) | (HelpRequest.merged_into == request_id)
    locks.hold_people(session, concerned, caller.person_id)
    locked = locks.lock_in_order(session, concerned)
    rows = {
        each: store.load_for_desk(session, each, desk.scope(caller), taken_by=caller)
        for each in sorted((request_id, into))
    }
    request, target = rows[request_id], rows[into]
    same = request.kind == target.kind
    store.stop(
        merge_refusal(request.state, target.state, urgent=get_kind(request.kind).never_refused, same=same)
    )
    if request.has_merged:  # those that were waiting for this one wait for that one now
        _stop_if_another_came(session, request, locked)
        waiting = update(HelpRequest).where(HelpRequest.merged_into == request.id)
        session.execute(waiting.values(merged_into=target.id).execution_options(synchronize_session=False))
    request.merged_into, request.closed_at, target.has_merged = target.id, now, True
    store.resume(session, request, now)
    store.move(request, "closed")
    store.add_event(session, request, now, "merged", caller, target.number)
    store.add_event(session, target, now, "merged_in", caller, request.number)
    desk.tell_driver(session, request, now, "已合并", "和另一件是同一件事，已并在一起办，办结会告诉您。")
    session.flush()
    return views.desk_view(session, request, caller, now)


def _stop_if_another_came(session: Session, request: HelpRequest, locked: Sequence[uuid.UUID]) -> None:
    """409 where something was merged into this one while its lock was waited for: to take it now would be
    out of order, and somebody might wait in a circle. The desk sees what came, and says it again."""
    came = select(HelpRequest.id).where(HelpRequest.merged_into == request.id, HelpRequest.id.not_in(locked))
    if session.scalar(came.limit(1)) is not None:
        raise WRONG_STATE.now()


def listen() -> None:
    """Be told when a request is withdrawn; once a process."""
    hooks.on_withdrawal(set_free)


def into(request_id: uuid.UUID) -> ColumnElement[bool]:
    """The condition that a request ended inside this one and waits for its end."""
    return (HelpRequest.merged_into == request_id) & (HelpRequest.state == "closed")


def into_those_of(owned: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same for whatever of these is under way."""
    target = aliased(HelpRequest)
    theirs = select(HelpRequest.id).where(owned, HelpRequest.has_merged, HelpRequest.state.in_(UNANSWERED))
    inside = select(target.id).where(target.merged_into.in_(theirs), target.state == "closed")
    return HelpRequest.id.in_(inside)


def set_free(session: Session, target: HelpRequest, before: str, now: datetime) -> None:
    """What ended inside one that is withdrawn is in the queue again, in nobody's hands; its clocks run on
    from its own timeline, its driver is told. Not what was told of an answer, also if that one was reopened.

    Whoever withdraws has locked them together with it, and held their people before: see `locks`.
    """
    if not target.has_merged or before not in UNANSWERED:
        return
    untold = ~store.answers_since(target.id, HelpRequest.closed_at).exists()
    inside = select(HelpRequest).where(into(target.id), untold).order_by(HelpRequest.id)
    for request in session.scalars(inside.with_for_update(key_share=True)):
        if request.text != ERASED:  # else its person is gone as well
            _back(session, request, now)


def _back(session: Session, request: HelpRequest, now: datetime) -> None:
    request.merged_into = request.closed_at = request.holder_id = request.holder_since = None
    store.move(request, "new")
    store.add_event(session, request, now, "set_free", None)
    words = "并入的那一件已撤回，您这件恢复办理，时限照原来的算。"
    desk.tell_driver(session, request, now, "恢复办理", words)
    session.flush()
