"""Reading shifts: the list, one with its roster, one's own; each with whether one may sign up and why not."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.orm import Session

from app.duty import rules, store
from app.duty.models import DutyAttendance, DutyPost, DutyShift, DutySignup
from app.duty.schemas import (
    AttendanceOut,
    OwnShift,
    PostBrief,
    RosterLine,
    ShiftBrief,
    ShiftOut,
    ShiftPage,
    ShiftQuery,
)
from app.foundation import audit
from app.foundation.clock import day_bounds
from app.foundation.refusals import Refused
from app.people.models import Person
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor

Pair = tuple[DutyShift, DutyPost]
_AHEAD = timedelta(days=14)
_NAMELESS = "党员"


def listing(session: Session, caller: Caller, query: ShiftQuery, now: datetime) -> Listed[ShiftOut]:
    """Shifts from one day to another, the next 14 days by default, the soonest first.

    403 `duty.members_only`.
    """
    helped = store.helps(session, caller, now)
    wanted = select(DutyShift, DutyPost).join(DutyPost, DutyPost.id == DutyShift.post_id)
    wanted = wanted.where(*_between(query, now))
    if helped:
        wanted = wanted.where(DutyPost.task_force_id.in_(helped))
    if query.station:
        wanted = wanted.where(DutyShift.station == query.station)
    place = (DutyShift.starts_at, DutyShift.id)
    if after := read_cursor(query.cursor):
        wanted = wanted.where(tuple_(*place) > tuple_(literal(after[0]), literal(after[1])))
    pairs, more = _page(session, wanted.order_by(*place), query.limit)
    return Listed[ShiftOut](items=views(session, caller, pairs, now, helped), next_cursor=more)


def _between(query: ShiftQuery, now: datetime) -> list[Any]:
    """By their starts; without a first day, those that have not ended."""
    bounds: list[Any] = []
    if query.first:
        bounds.append(DutyShift.starts_at >= day_bounds(query.first)[0])
    else:
        bounds += [DutyShift.ends_at > now, DutyShift.starts_at > now - rules.LONGEST]
    if query.last:
        bounds.append(DutyShift.starts_at < day_bounds(query.last)[1])
    else:
        since = max(day_bounds(query.first)[0], now) if query.first else now
        bounds.append(DutyShift.starts_at < since + _AHEAD)
    return bounds


def _page(session: Session, wanted: Select[DutyShift, DutyPost], limit: int) -> tuple[list[Pair], str | None]:
    rows = [(row[0], row[1]) for row in session.execute(wanted.limit(limit + 1))]
    last = rows[limit - 1][0] if len(rows) > limit else None
    return rows[:limit], write_cursor(last.starts_at, last.id) if last else None


def views(
    session: Session,
    caller: Caller,
    pairs: Sequence[Pair],
    now: datetime,
    helped: frozenset[uuid.UUID] = frozenset(),
) -> list[ShiftOut]:
    """The shifts as the caller, a member or a helper of these task forces, sees them: one statement, however
    many there are."""
    if not pairs:
        return []
    since, until = min(s.starts_at for s, _ in pairs), max(s.ends_at for s, _ in pairs)
    booked = store.bookings(session, caller.person_id, since, until)
    return [
        _view(shift, post, store.chance(shift, post, caller, booked, helped), now) for shift, post in pairs
    ]


def _view(shift: DutyShift, post: DutyPost, chance: rules.Chance, now: datetime) -> ShiftOut:
    full = shift.taken >= shift.capacity
    refusal = None if rules.first_come(chance, now) and not full else rules.sign_up_refusal(chance, now)
    may_wait = refusal is None and full and rules.moves_up(shift.starts_at, now)
    why_not = refusal or (rules.FULL if full else None)
    return ShiftOut(
        id=str(shift.id),
        post=PostBrief.model_validate(
            {"id": str(post.id), "name": post.name, "kind": post.kind, "standard": post.standard}
        ),
        **{name: getattr(shift, name) for name in _SHOWN},
        mine=chance.mine,
        can_sign_up=why_not is None,
        can_wait=may_wait,
        why_not=why_not.code if why_not else None,
        why_not_text=why_not.detail if why_not else None,
    )


_SHOWN = "station side starts_at ends_at opens_at capacity min_needed taken waiting".split()


def one(session: Session, caller: Caller, shift_id: uuid.UUID, now: datetime) -> ShiftPage:
    """One shift, with the roster for members of its branch.

    404 `duty.shift_unknown`, also for whoever is no member: who serves where is nobody else's business.
    """
    try:
        helped = store.helps(session, caller, now)
    except Refused:
        raise rules.SHIFT_UNKNOWN.now() from None
    pair = store.load(session, shift_id)
    if helped and pair[1].task_force_id not in helped:
        raise rules.SHIFT_UNKNOWN.now()
    (view,) = views(session, caller, [pair], now, helped)
    within = caller.reaches(pair[0].station, *rules.MEMBER_ROLES)
    office = caller.reaches(pair[0].station, *rules.OFFICE_ROLES)
    if office:
        _note_reading(session, caller, pair[0], now)
    return ShiftPage(**view.model_dump(), roster=_roster(session, shift_id, office) if within else None)


def _note_reading(session: Session, caller: Caller, shift: DutyShift, now: datetime) -> None:
    """Who came and who did not is looked at by the office only, and not unseen."""
    who, what = caller.person_id, ("duty.roster_read", "duty_shift", shift.id)
    audit.record_reading(session, now, who, *what, station=shift.station)


def _roster(session: Session, shift_id: uuid.UUID, office: bool) -> list[RosterLine]:
    """Those who serve, then those who wait, in their order."""
    came = (DutyAttendance.person_id == DutySignup.person_id) & (DutyAttendance.shift_id == shift_id)
    found = (
        select(DutySignup, Person.name, DutyAttendance)
        .join(Person, Person.id == DutySignup.person_id)
        .outerjoin(DutyAttendance, came)
        .where(DutySignup.shift_id == shift_id, store.LIVE)
        .order_by(DutySignup.state, DutySignup.queue_no, DutySignup.signed_at, DutySignup.id)
    )
    return [
        RosterLine(
            member=str(signup.person_id),
            name=name or _NAMELESS,
            state=signup.state,
            attendance=attendance_view(attended) if office and attended else None,
        )
        for signup, name, attended in session.execute(found)
    ]


def mine(session: Session, caller: Caller, limit: int, cursor: str | None, now: datetime) -> Listed[OwnShift]:
    """Own shifts with what became of them, the latest first. 403 `duty.members_only`."""
    helped = store.helps(session, caller, now)
    came = (DutyAttendance.person_id == caller.person_id) & (DutyAttendance.shift_id == DutyShift.id)
    wanted = (
        select(DutyShift, DutyPost, DutyAttendance)
        .join(DutySignup, DutySignup.shift_id == DutyShift.id)
        .join(DutyPost, DutyPost.id == DutyShift.post_id)
        .outerjoin(DutyAttendance, came)
        .where(DutySignup.person_id == caller.person_id, store.LIVE)
    )
    place = (DutySignup.starts_at, DutyShift.id)
    if after := read_cursor(cursor):
        wanted = wanted.where(tuple_(*place) < tuple_(literal(after[0]), literal(after[1])))
    rows = session.execute(wanted.order_by(*(column.desc() for column in place)).limit(limit + 1)).all()
    last = rows[limit - 1][0] if len(rows) > limit else None
    seen = views(session, caller, [(row[0], row[1]) for row in rows[:limit]], now, helped)
    items = [
        OwnShift(**view.model_dump(), attendance=attendance_view(row[2]) if row[2] else None)
        for view, row in zip(seen, rows, strict=False)
    ]
    return Listed[OwnShift](items=items, next_cursor=write_cursor(last.starts_at, last.id) if last else None)


def attendance_view(row: DutyAttendance) -> AttendanceOut:
    """An attendance as its owner sees it."""
    shown = {name: getattr(row, name) for name in ("state", "since", "ended_at", "minutes")}
    return AttendanceOut(id=str(row.id), **shown)


def brief(shift: DutyShift, post: DutyPost) -> ShiftBrief:
    """A shift in a few words."""
    shown = {name: getattr(shift, name) for name in ("station", "side", "starts_at", "ends_at")}
    return ShiftBrief(id=str(shift.id), name=post.name, **shown)
