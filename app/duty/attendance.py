"""Use cases of being there: sign in by a scan, sign out, and what the clockwork closes and notes."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.checkins.rules import CODE_REVOKED, CODE_UNKNOWN, times
from app.duty import hooks, rules, store
from app.duty.models import DutyAttendance, DutyEntry, DutyPost, DutyShift, DutySignup
from app.duty.schemas import FinishOut, SignInIn, SignInOut
from app.duty.screen import ScreenPlace, Screens
from app.duty.shifts import brief
from app.foundation.ids import new_id
from app.foundation.refusals import Refusal
from app.settings import CheckinSettings
from app.stations.rules import parse_code
from app.stations.service import find_key
from app.web.callers import Caller


def sign_in(
    session: Session,
    caller: Caller,
    body: SignInIn,
    now: datetime,
    knobs: CheckinSettings,
    screens: Screens,
) -> SignInOut:
    """On duty from this scan on, or since the moment at which the phone without signal made it.

    The caller is in line. 403 `duty.members_only`, 404 `checkin.code_unknown`, 409 `duty.no_shift_now`,
    `duty.wrong_station`, `duty.already_on_duty`, 410 `checkin.code_revoked`, `duty.code_expired`, 422
    `checkin.too_old`.
    """
    store.helps(session, caller, now)
    tolerance = timedelta(seconds=knobs.clock_tolerance_s)
    when = times(body.scanned_at, now, timedelta(days=knobs.too_old_days), tolerance)
    if isinstance(when, Refusal):
        raise when.now()
    station, side = _place(session, body.code, screens, now)
    candidates = _candidates(session, caller.person_id, body.shift_id, when.counted_at)
    chosen = rules.which_shift(candidates, station, side, when.counted_at)
    if isinstance(chosen, Refusal):
        raise chosen.now()
    close_ended(session, now, caller.person_id)
    shift, post = store.load(session, chosen.shift_id)
    state = rules.arrival(shift.starts_at, when.counted_at)
    attendance_id = _arrive(session, caller, shift, state, when.counted_at, when.scanned_at, now)
    if shift.ends_at <= now:  # sent late: it was over before we heard of it
        close_ended(session, now, caller.person_id)
    return SignInOut(id=str(attendance_id), shift=brief(shift, post), state=state, since=when.counted_at)


def _place(session: Session, code: str, screens: Screens, now: datetime) -> tuple[str, str]:
    """Station and side of whatever was scanned."""
    shown = screens.read(code, now)
    if isinstance(shown, Refusal):
        raise shown.now()
    if isinstance(shown, ScreenPlace):
        return shown.station, shown.side
    key = parse_code(code)
    found = find_key(session, key) if key else None
    if found is None:
        raise CODE_UNKNOWN.now()
    if found.state != "active":
        raise CODE_REVOKED.now(station=found.station, side=found.side)
    return found.station, found.side


def _candidates(
    session: Session, person_id: uuid.UUID, shift_id: uuid.UUID | None, at: datetime
) -> list[rules.Candidate]:
    """The person's shifts around a moment, and whether he has come to them; only the named one if named."""
    came = (DutyAttendance.person_id == person_id) & (DutyAttendance.shift_id == DutyShift.id)
    found = (
        select(DutyShift, DutyAttendance.state)
        .join(DutySignup, DutySignup.shift_id == DutyShift.id)
        .outerjoin(DutyAttendance, came)
        .where(
            DutySignup.person_id == person_id,
            DutySignup.state == "confirmed",
            DutySignup.starts_at > at - rules.LONGEST - rules.SIGN_IN_FROM,
            DutySignup.starts_at <= at + rules.SIGN_IN_FROM,
        )
    )
    if shift_id:
        found = found.where(DutySignup.shift_id == shift_id)
    return [
        rules.Candidate(
            shift.id,
            shift.station,
            shift.side,
            shift.starts_at,
            shift.ends_at,
            state not in (None, "no_show"),
        )
        for shift, state in session.execute(found)
    ]


def _arrive(
    session: Session,
    caller: Caller,
    shift: DutyShift,
    state: str,
    since: datetime,
    scanned_at: datetime,
    now: datetime,
) -> uuid.UUID:
    """Write it. The unique keys refuse a second time at one shift and a second place at one time; a scan
    that reaches us after it was noted that nobody came takes that note's place."""
    fresh = insert(DutyAttendance).values(
        person_id=caller.person_id,
        id=new_id(),
        shift_id=shift.id,
        branch=rules.branch_of(shift.station, caller.grants),
        state=state,
        since=since,
        scanned_at=scanned_at,
        recorded_at=now,
        shift_ends_at=shift.ends_at,
    )
    changed = {name: fresh.excluded[name] for name in ("state", "since", "scanned_at", "recorded_at")}
    written = fresh.on_conflict_do_update(
        index_elements=["person_id", "shift_id"],
        set_={**changed, "ended_at": None, "minutes": None},
        where=DutyAttendance.state == "no_show",
    ).returning(DutyAttendance.id)
    try:
        attendance_id = session.scalar(written)
    except IntegrityError:
        raise rules.ALREADY_ON_DUTY.now() from None
    if attendance_id is None:
        raise rules.ALREADY_ON_DUTY.now()
    return attendance_id


def finish(session: Session, caller: Caller, attendance_id: uuid.UUID, now: datetime) -> FinishOut:
    """Sign out; saying so again changes nothing. 404 `duty.attendance_unknown` for another's."""
    mine = (DutyAttendance.person_id == caller.person_id) & (DutyAttendance.id == attendance_id)
    row = session.scalars(select(DutyAttendance).where(mine).with_for_update()).one_or_none()
    if row is None:
        raise rules.ATTENDANCE_UNKNOWN.now()
    if row.ended_at is None:
        shift, _ = store.load(session, row.shift_id)
        _close(session, row, shift.starts_at, min(now, row.shift_ends_at), now)
    return FinishOut(minutes=row.minutes or 0)


def close_ended(session: Session, now: datetime, person_id: uuid.UUID | None = None, most: int = 200) -> int:
    """Close what was forgotten at its shift's end, never later; of one person or of everybody; how many.

    Rows that somebody else is closing at this moment are his.
    """
    wanted = (
        select(DutyAttendance, DutyShift.starts_at)
        .join(DutyShift, DutyShift.id == DutyAttendance.shift_id)
        .where(DutyAttendance.ended_at.is_(None), DutyAttendance.shift_ends_at <= now)
    )
    if person_id:
        wanted = wanted.where(DutyAttendance.person_id == person_id)
    held = wanted.order_by(DutyAttendance.shift_ends_at).limit(most)
    held = held.with_for_update(of=DutyAttendance, skip_locked=True)
    rows = session.execute(held.execution_options(populate_existing=True)).all()
    for row, starts_at in rows:
        _close(session, row, starts_at, row.shift_ends_at, now)
    return len(rows)


def _close(
    session: Session, row: DutyAttendance, starts_at: datetime, until: datetime, now: datetime
) -> None:
    """The row is locked; its minutes become its first entry, and there can be no second one."""
    assert row.since is not None
    row.minutes = rules.minutes(row.since, until, starts_at, row.shift_ends_at)
    row.state, row.ended_at = rules.closed_state(row.state), max(until, row.since)
    session.flush()
    add_entry(session, row, "served", row.minutes, now)


def add_entry(
    session: Session,
    row: DutyAttendance,
    kind: str,
    counted: int,
    now: datetime,
    *,
    reverses: uuid.UUID | None = None,
    actor_id: uuid.UUID | None = None,
    reason: str | None = None,
) -> None:
    """One line of what an attendance counts; lines are never changed. Higher rooms hear of it."""
    entry_id = new_id()
    session.execute(
        insert(DutyEntry).values(
            person_id=row.person_id,
            id=entry_id,
            attendance_id=row.id,
            kind=kind,
            state=row.state,
            minutes=counted,
            at=now,
            reverses=reverses,
            actor_id=actor_id,
            reason=reason,
        )
    )
    about = (row.person_id, row.id, row.shift_id, row.branch)
    hooks.tell(session, hooks.Counted(*about, entry_id, kind, row.state, counted, reverses, actor_id), now)


def note_absent(session: Session, now: datetime, most: int = 50) -> int:
    """Note at the end of a shift who had a place and did not come; how many shifts were looked at."""
    ended = select(DutyShift).where(DutyShift.noted_at.is_(None), DutyShift.ends_at <= now)
    held = ended.order_by(DutyShift.ends_at).limit(most).with_for_update(skip_locked=True)
    shifts = session.scalars(held).all()
    ids = [shift.id for shift in shifts]
    session.execute(_absences(ids, now))
    session.execute(update(DutyShift).where(DutyShift.id.in_(ids)).values(noted_at=now))
    return len(shifts)


def _absences(shifts: Sequence[uuid.UUID], now: datetime) -> Insert:
    """Whoever had a place and has no attendance gets one that says so, in one statement."""
    expected = select(
        DutySignup.person_id,
        func.gen_random_uuid(),
        DutySignup.shift_id,
        DutySignup.branch,
        literal("no_show"),
        literal(now),
        DutySignup.ends_at,
        DutySignup.ends_at,
        literal(0),
    ).where(DutySignup.shift_id.in_(shifts), DutySignup.state == "confirmed")
    columns = "person_id id shift_id branch state recorded_at shift_ends_at ended_at minutes".split()
    return insert(DutyAttendance).from_select(columns, expected).on_conflict_do_nothing()


def locked(session: Session, attendance_id: uuid.UUID) -> tuple[DutyAttendance, DutyShift, DutyPost]:
    """An attendance, locked, with its shift and post. 404 `duty.attendance_unknown`."""
    wanted = select(DutyAttendance).where(DutyAttendance.id == attendance_id).with_for_update()
    row = session.scalars(wanted).one_or_none()
    if row is None:
        raise rules.ATTENDANCE_UNKNOWN.now()
    return row, *store.load(session, row.shift_id)
