"""What several use cases of duty read and write: shifts, bookings, the count of places, people to be told."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, exists, insert, select, update
from sqlalchemy.orm import Session

from app.duty import rules
from app.duty.models import DutyPost, DutyShift, DutySignup, TaskForce, TaskForceHelper
from app.foundation.database import rows_changed, table_of
from app.foundation.ids import new_id
from app.notices.service import Message, tell
from app.people.models import RoleGrant
from app.web.callers import EVERYWHERE, Caller

LIVE = DutySignup.state.in_(rules.LIVE)

# What a rush of sign-ups runs: built once, the writing ones on plain tables, where no row is held in memory.
_SHIFT, _SIGNUP = table_of(DutyShift), table_of(DutySignup)
_LOAD = (
    select(DutyShift, DutyPost)
    .join(DutyPost, DutyPost.id == DutyShift.post_id)
    .where(DutyShift.id == bindparam("shift"))
)
_TAKE = (
    update(_SHIFT)
    .where(_SHIFT.c.id == bindparam("shift"), _SHIFT.c.taken < _SHIFT.c.capacity)
    .values(taken=_SHIFT.c.taken + 1)
)
_BOOKED = select(_SIGNUP.c.shift_id, _SIGNUP.c.state, _SIGNUP.c.starts_at, _SIGNUP.c.ends_at).where(
    _SIGNUP.c.person_id == bindparam("person"),
    _SIGNUP.c.state.in_(rules.LIVE),
    _SIGNUP.c.starts_at > bindparam("early"),
    _SIGNUP.c.starts_at < bindparam("until"),
    _SIGNUP.c.ends_at > bindparam("since"),
)
_BOOK = insert(_SIGNUP)


def require_member(caller: Caller) -> None:
    """403 `duty.members_only` for everybody else."""
    if not caller.has(*rules.MEMBER_ROLES):
        raise rules.MEMBERS_ONLY.now()


def helps(session: Session, caller: Caller, now: datetime) -> frozenset[uuid.UUID]:
    """The task forces that somebody who is no member helps at this moment; nothing is asked for a member, who
    sees all shifts anyway. 403 `duty.members_only` for who is neither."""
    if caller.has(*rules.MEMBER_ROLES):
        return frozenset()
    helped = (
        select(TaskForce.id)
        .join(TaskForceHelper, TaskForceHelper.task_force_id == TaskForce.id)
        .where(
            TaskForceHelper.person_id == caller.person_id,
            TaskForce.closed_at.is_(None),
            TaskForce.ends_at > now,
        )
    )
    if not (found := frozenset(session.scalars(helped))):
        raise rules.MEMBERS_ONLY.now()
    return found


def hold_force(session: Session, post: DutyPost) -> None:
    """A helper gets no place while his task force is being closed: who closes it waits, or has been first.
    403 `duty.members_only`."""
    force = select(TaskForce.closed_at).where(TaskForce.id == post.task_force_id)
    row = session.execute(force.with_for_update(read=True)).one_or_none()
    if row is None or row.closed_at is not None:
        raise rules.MEMBERS_ONLY.now()


def load(session: Session, shift_id: uuid.UUID) -> tuple[DutyShift, DutyPost]:
    """The shift and its post as they stand. 404 `duty.shift_unknown`."""
    row = session.execute(_LOAD, {"shift": shift_id}).one_or_none()
    if row is None:
        raise rules.SHIFT_UNKNOWN.now()
    return row[0], row[1]


def lock(session: Session, shift_id: uuid.UUID) -> tuple[DutyShift, DutyPost]:
    """The same with the shift locked: places change hands one after the other. 404 `duty.shift_unknown`.

    Whoever locks both locks the person first (`in_line`), then the shift, then sign-ups.
    """
    session.execute(select(DutyShift.id).where(DutyShift.id == shift_id).with_for_update())
    shift, post = load(session, shift_id)
    session.refresh(shift)
    return shift, post


def take_place(session: Session, shift_id: uuid.UUID) -> bool:
    """Count one place as taken if there is one; the row count decides, whoever else comes at this moment."""
    return bool(rows_changed(session.execute(_TAKE, {"shift": shift_id})))


def take_number(session: Session, shift_id: uuid.UUID) -> tuple[int, int] | None:
    """The next number in the waiting list of a full shift and the position; None when it is not full."""
    waiting = update(DutyShift).where(DutyShift.id == shift_id, DutyShift.taken >= DutyShift.capacity)
    changed = waiting.values(waiting=DutyShift.waiting + 1, queue_last=DutyShift.queue_last + 1)
    row = session.execute(_unsynced(changed.returning(DutyShift.queue_last, DutyShift.waiting))).one_or_none()
    return (row[0], row[1]) if row else None


def count(session: Session, shift_id: uuid.UUID, *, taken: int = 0, waiting: int = 0) -> None:
    """Move the counters of a shift that is locked."""
    moved = {"taken": DutyShift.taken + taken, "waiting": DutyShift.waiting + waiting}
    session.execute(_unsynced(update(DutyShift).where(DutyShift.id == shift_id).values(**moved)))


def book(
    session: Session, caller: Caller, shift: DutyShift, now: datetime, state: str, queue_no: int | None = None
) -> None:
    """Write a sign-up; the unique key of live ones refuses a second."""
    row = {
        "person_id": caller.person_id,
        "id": new_id(),
        "shift_id": shift.id,
        "branch": rules.branch_of(shift.station, caller.grants),
        "as_helper": not caller.has(*rules.MEMBER_ROLES),
        "state": state,
        "queue_no": queue_no,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
        "signed_at": now,
    }
    session.execute(_BOOK, row)


def end_signup(
    session: Session, person_id: uuid.UUID, shift_id: uuid.UUID, now: datetime, state: str, late: bool = False
) -> bool:
    """Give a live sign-up up; False when there is none."""
    mine = update(DutySignup).where(DutySignup.person_id == person_id, DutySignup.shift_id == shift_id, LIVE)
    return done(session, mine.values(state=state, ended_at=now, late=late))


def live_state(session: Session, person_id: uuid.UUID, shift_id: uuid.UUID) -> str | None:
    """`confirmed`, `waitlisted` or None."""
    mine = select(DutySignup.state).where(DutySignup.person_id == person_id, LIVE)
    return session.scalar(mine.where(DutySignup.shift_id == shift_id))


def bookings(
    session: Session, person_id: uuid.UUID, since: datetime, until: datetime
) -> Sequence[Row[uuid.UUID, str, datetime, datetime]]:
    """A person's live sign-ups that touch this span; a place in a waiting list binds as a sign-up does,
    since it may become one at any moment."""
    early = since - rules.LONGEST  # no shift is longer: the index is read from there
    span = {"person": person_id, "early": early, "since": since, "until": until}
    return session.execute(_BOOKED, span).all()


def chance(
    shift: DutyShift,
    post: DutyPost,
    caller: Caller,
    booked: Iterable[Any],
    helped: frozenset[uuid.UUID] = frozenset(),
) -> rules.Chance:
    """What decides about a sign-up, given all bookings of the caller around it and what he helps."""
    others, mine = [], None
    for row in booked:
        if row.shift_id == shift.id:
            mine = row.state
        else:
            others.append(row)
    clash = any(row.starts_at < shift.ends_at and row.ends_at > shift.starts_at for row in others)
    qualified = rules.qualified(post.open_to, shift.station, caller.grants) or post.task_force_id in helped
    return rules.Chance(shift.starts_at, shift.opens_at, qualified, mine, clash)


def is_member_at(session: Session, person_id: uuid.UUID, places: Iterable[str]) -> bool:
    """Whether a person is a member of one of these branches."""
    held = exists().where(
        RoleGrant.person_id == person_id,
        RoleGrant.role.in_(rules.MEMBER_ROLES),
        RoleGrant.place.in_(list(places)),
    )
    return bool(session.scalar(select(held)))


def secretaries(session: Session, station: str) -> list[uuid.UUID]:
    """The secretaries of a station's branch."""
    found = select(RoleGrant.person_id).where(RoleGrant.role == "secretary", RoleGrant.place == station)
    return list(session.scalars(found))


def deciders(session: Session, station: str, about: uuid.UUID) -> list[uuid.UUID]:
    """Who is asked to decide in a matter of this person: never he himself."""
    found = select(RoleGrant.person_id, RoleGrant.role, RoleGrant.place).where(
        RoleGrant.role.in_(rules.OFFICE_ROLES),
        RoleGrant.place.in_((station, EVERYWHERE)),
        RoleGrant.person_id != about,
    )
    return rules.nearest([(row[0], row[1], row[2]) for row in session.execute(found)])


def tell_about(
    session: Session,
    now: datetime,
    person_id: uuid.UUID,
    title: str,
    text: str,
    shift: DutyShift,
    status: str,
) -> None:
    """An inbox entry about a shift, and a WeChat message where there is credit, until it has ended."""
    values = {
        "title": title,
        "status": status,
        "text": text,
        "time": shift.starts_at.isoformat(),
        "place": shift.station,
    }
    tell(
        session,
        now,
        person_id,
        kind="duty",
        title=title,
        text=text,
        ref={"kind": "duty_shift", "id": str(shift.id)},
        message=Message("duty", values, f"pages/duty/index?id={shift.id}"),
        expires_at=shift.ends_at,
    )


def _unsynced(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)


def done(session: Session, statement: Any) -> bool:
    """Whether a conditional UPDATE found a row."""
    return bool(rows_changed(session.execute(_unsynced(statement))))
