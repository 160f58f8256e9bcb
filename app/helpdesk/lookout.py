"""What time does to a request: waits end, clocks warn and go up the chain once, answered ones close."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.foundation.workdays import OwnDays, add_workdays
from app.helpdesk import desk, locks, store
from app.helpdesk.chain import people_at
from app.helpdesk.deadlines import CLOCK_NAMES, MARKS, marks
from app.helpdesk.kinds import Kind, get_kind
from app.helpdesk.models import ClockMark, HelpRequest
from app.helpdesk.next_up import rested, running, sendable
from app.helpdesk.rules import UNANSWERED
from app.helpdesk.station_clocks import promised
from app.notices.service import tell
from app.settings import HelpdeskSettings

_AT_ONCE = 50
_STEP_OF = {"warning": "station", "breach": "supervisor", "centre": "centre"}
_TOLD = {"warning": "快到时限", "breach": "已超时，报值班主管", "centre": "超时未办，报值班中心"}


def due(session: Session, now: datetime) -> list[HelpRequest]:
    """Some of the requests at which it is time to look, locked; those in another's hands are left to him, and
    so are those of somebody who is being erased."""
    late = select(HelpRequest.id).where(HelpRequest.look_at <= now).order_by(HelpRequest.look_at)
    which = HelpRequest.id.in_(session.scalars(late.limit(_AT_ONCE)).all())
    held = locks.hold_people(session, which, skip_locked=True)
    found = select(HelpRequest).where(which, HelpRequest.look_at <= now).order_by(HelpRequest.look_at)
    rows = session.scalars(found.with_for_update(skip_locked=True, key_share=True)).all()
    return [request for request in rows if not locks.strangers(session, request, held)]


def look(
    session: Session, request: HelpRequest, now: datetime, settings: HelpdeskSettings, own: OwnDays
) -> None:
    """Do what is due at one request, and write down when to look again. `own`: the operator's workdays."""
    if request.state == "waiting" and request.wait_until is not None and request.wait_until <= now:
        _end_wait(session, request, request.wait_until, now)
    if (ends := _closes_at(request, settings, own)) is not None and ends <= now:
        _close(session, request, now)
    coming: list[datetime] = []
    if request.state == "waiting":
        coming = [request.wait_until] if request.wait_until else []
    elif request.state in UNANSWERED:
        _follow_calendar(session, request, now, own)
        coming = _clocks(session, request, now, settings)
    elif request.state == "answered" and ends is not None:
        coming = [ends]
    request.look_at = min(coming, default=None)
    session.flush()


def _end_wait(session: Session, request: HelpRequest, ended: datetime, now: datetime) -> None:
    """The clocks go on from the moment that was agreed, however late the clockwork comes."""
    store.resume(session, request, ended)
    store.move(request, "handling")
    store.add_event(session, request, ended, "wait_over", None)
    session.flush()  # the timeline is read again below
    if request.holder_id is not None:
        words = f"{_named(request)}：等待已到时间，请接着办。"
        _tell(session, now, [request.holder_id], request, "等待到期", words)


def _follow_calendar(session: Session, request: HelpRequest, now: datetime, own: OwnDays) -> None:
    """The clocks that still run and count workdays end when the calendar, as it is now, says."""
    kind = get_kind(request.kind)
    moving = promised(request, kind).in_workdays().intersection(running(request, kind))
    if not moving:
        return
    until = store.reckon(session, request, now, own)
    for clock in moving:
        setattr(request, f"{clock}_by", until[clock])
    store.put_in_order(request)


def _closes_at(request: HelpRequest, settings: HelpdeskSettings, own: OwnDays) -> datetime | None:
    """When an answered request closes by itself; None while it does not, or the driver has written since."""
    if request.state != "answered" or request.resolved_at is None or request.driver_wrote_at is not None:
        return None
    return add_workdays(request.resolved_at, settings.auto_close_workdays, own)


def _close(session: Session, request: HelpRequest, now: datetime) -> None:
    request.closed_at = now
    store.move(request, "closed")
    store.add_event(session, request, now, "auto_closed", None)
    words = "办结后没有收到您的意见，已自动结束。不满意，7 天内可以重新打开。"
    desk.tell_driver(session, request, now, "已自动结束", words)


def _clocks(
    session: Session, request: HelpRequest, now: datetime, settings: HelpdeskSettings
) -> list[datetime]:
    """Tell of the highest new mark of each clock that runs; when the next ones come."""
    kind = get_kind(request.kind)
    coming: list[datetime] = []
    told_at = sendable(now, kind, settings)
    for clock in running(request, kind):
        by: datetime = getattr(request, f"{clock}_by")
        at = rested(marks(request.created_at, by, settings.warn_share), kind, settings)
        reached = [mark for mark in MARKS if at[mark] <= now]
        if reached and told_at > now:  # due by day, but the clockwork stood still until the night
            coming.append(told_at)
            continue
        made = [mark for mark in reached if _mark(session, request, clock, mark, now)]
        if made and made[-1] == reached[-1]:
            _escalate(session, request, kind, clock, made[-1], by, now)
        coming += [at[mark] for mark in MARKS if at[mark] > now]
    return coming


def _mark(session: Session, request: HelpRequest, clock: str, mark: str, now: datetime) -> bool:
    """Whether this is the first time: the key decides."""
    row = insert(ClockMark).values(
        origin=request.origin, request_id=request.id, clock=clock, mark=mark, at=now
    )
    return session.scalar(row.on_conflict_do_nothing().returning(ClockMark.mark)) is not None


def _escalate(
    session: Session, request: HelpRequest, kind: Kind, clock: str, mark: str, by: datetime, now: datetime
) -> None:
    """Tell whoever holds it, and from a breach on whoever stands above him."""
    people = set(people_at(session, _STEP_OF[mark], request.desk, kind.roles))
    if request.holder_id is not None:
        people = {request.holder_id} if mark == "warning" else people | {request.holder_id}
    words = f"{CLOCK_NAMES[clock]}{_TOLD[mark]}"
    when = f"{by.astimezone(SHANGHAI):%m-%d %H:%M}"
    _tell(session, now, sorted(people), request, words, f"{_named(request)}：{words}（时限 {when}）。")
    store.add_event(session, request, now, "warned" if mark == "warning" else "escalated", None, words)


def _named(request: HelpRequest) -> str:
    """A request as it may be named anywhere: kind and number, nobody's words."""
    return f"{get_kind(request.kind).title} {request.number}"


def _tell(
    session: Session, now: datetime, people: Sequence[uuid.UUID], request: HelpRequest, what: str, words: str
) -> None:
    title = f"{get_kind(request.kind).title}：{what}"
    for person_id in people:
        tell(
            session,
            now,
            person_id,
            kind="request",
            title=title,
            text=words,
            ref={"kind": "request", "id": str(request.id)},
        )
