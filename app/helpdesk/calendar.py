"""The operator's own workdays: holidays announced late, 调休; clocks that count workdays follow them."""

from datetime import date, datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.clock import day_bounds, shanghai_day
from app.foundation.database import rows_changed
from app.foundation.workdays import NONE, OwnDays, announced_until
from app.helpdesk.kinds import Clocks
from app.helpdesk.locks import update_in_order
from app.helpdesk.models import HelpRequest, OwnWorkday
from app.helpdesk.operating_schemas import WorkdayIn, WorkdayList, WorkdayOut, WorkdaysQuery
from app.helpdesk.rules import OPEN, WORKDAY_UNKNOWN
from app.people.models import Person
from app.web.callers import Caller
from app.web.refusals import FORBIDDEN

_MOST = 1000


def own_days(session: Session, since: date) -> OwnDays:
    """What the operator says of the days from `since` on."""
    found = select(OwnWorkday.day, OwnWorkday.kind).where(OwnWorkday.day >= since)
    return {row.day: row.kind == "workday" for row in session.execute(found)}


def own_days_for(session: Session, clocks: Clocks, since: datetime) -> OwnDays:
    """The same where one of the clocks counts workdays; else nothing, and no statement."""
    return own_days(session, shanghai_day(since)) if clocks.in_workdays() else NONE


def listing(session: Session, query: WorkdaysQuery) -> WorkdayList:
    """The days that were set, the earliest first, and until when the rest is known without the operator."""
    found = select(OwnWorkday, Person.name).outerjoin(Person, Person.id == OwnWorkday.set_by)
    if query.from_:
        found = found.where(OwnWorkday.day >= query.from_)
    if query.to:
        found = found.where(OwnWorkday.day <= query.to)
    rows = session.execute(found.order_by(OwnWorkday.day).limit(_MOST)).all()
    return WorkdayList(items=[_view(row, name) for row, name in rows], announced_until=announced_until())


def put(session: Session, caller: Caller, day: date, body: WorkdayIn, now: datetime) -> WorkdayOut:
    """Say whether a day is worked; the clocks of open requests follow. 403 but for who may everywhere."""
    _only_everywhere(caller)
    values = {"kind": body.kind, "reason": body.reason, "set_by": caller.person_id, "set_at": now}
    row = insert(OwnWorkday).values(day=day, **values)
    written = row.on_conflict_do_update(index_elements=["day"], set_=values).returning(OwnWorkday)
    kept = session.scalars(written, execution_options={"populate_existing": True}).one()
    _changed(session, caller, day, now, f"{body.kind}：{body.reason}")
    return _view(kept, caller.name)


def remove(session: Session, caller: Caller, day: date, now: datetime) -> None:
    """Take the word back. 404 `workday.unknown` where there was none."""
    _only_everywhere(caller)
    if not rows_changed(session.execute(delete(OwnWorkday).where(OwnWorkday.day == day))):
        raise WORKDAY_UNKNOWN.now()
    _changed(session, caller, day, now, "removed")


def _only_everywhere(caller: Caller) -> None:
    if not caller.reaches(None, "admin"):
        raise FORBIDDEN.now()


def _changed(session: Session, caller: Caller, day: date, now: datetime, what: str) -> None:
    audit.record(session, now, caller.person_id, "workday.set", "workday", day, reason=what)
    _look_again(session, day, now)


def _look_again(session: Session, day: date, now: datetime) -> None:
    """Let the clockwork reckon anew what is open and older than the end of that day."""
    moved = or_(
        HelpRequest.state == "answered", HelpRequest.spans.is_(None), HelpRequest.spans.contains("wd")
    )
    older = HelpRequest.created_at < day_bounds(day)[1]
    session.execute(update_in_order(HelpRequest.state.in_(OPEN), older, moved, look_at=now))


def _view(row: OwnWorkday, name: str | None) -> WorkdayOut:
    return WorkdayOut(day=row.day, kind=row.kind, reason=row.reason, by=name or "", at=row.set_at)
