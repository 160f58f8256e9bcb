"""Telling people in time: who signed up is reminded; where too few did, the secretary and idle members hear.

What was told is a row whose key holds it once: any number of processes may look at the same moment.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.duty import rules, store
from app.duty.models import DutyCall, DutyPost, DutyShift, DutySignup
from app.people.models import Person, RoleGrant

Pair = tuple[DutyShift, DutyPost]
_FARTHEST = timedelta(hours=36)  # no reminder is due earlier, see rules.remind_at
_SHIFTS_AT_ONCE = 200


def remind(session: Session, now: datetime) -> int:
    """Remind everybody whose shift comes near and who has not been; how many. Nobody who signed up later
    than that: he knows."""
    told = exists().where(
        DutyCall.person_id == DutySignup.person_id,
        DutyCall.shift_id == DutySignup.shift_id,
        DutyCall.kind == "reminder",
    )
    coming = (
        select(DutySignup.person_id, DutySignup.signed_at, DutyShift, DutyPost)
        .join(DutyShift, DutyShift.id == DutySignup.shift_id)
        .join(DutyPost, DutyPost.id == DutyShift.post_id)
        .where(
            DutySignup.state == "confirmed",
            DutyShift.starts_at > now,
            DutyShift.starts_at < now + _FARTHEST,
            ~told,
        )
        .order_by(DutyShift.starts_at, DutySignup.id)
    )
    reminded = 0
    for person_id, signed_at, shift, post in session.execute(coming).all():
        due = rules.remind_at(shift.starts_at)
        if signed_at < due <= now and _note(session, shift.id, [person_id], "reminder", now):
            when = rules.span_text(shift.starts_at, shift.ends_at)
            text = f"{post.name}，{when}，{shift.side} 侧。来不了请尽早取消或找人替班。"
            store.tell_about(session, now, person_id, "快到您值守了", text, shift, "待值守")
            reminded += 1
    return reminded


def call_for_people(session: Session, now: datetime) -> int:
    """For every shift that starts soon with too few: tell the secretaries once, and every two hours ask idle
    members, the least recently asked first. How many were told. At night nobody is."""
    if rules.is_quiet(now):
        return 0
    told = 0
    for shift, post in _lacking(session, now):
        when = rules.span_text(shift.starts_at, shift.ends_at)
        told += _warn(session, shift, post, when, now)
        told += _ask(session, shift, post, when, now)
    return told


def _lacking(session: Session, now: datetime) -> list[Pair]:
    """Locked, so that two processes do not both ask a round; what another looks at is skipped."""
    found = (
        select(DutyShift, DutyPost)
        .join(DutyPost, DutyPost.id == DutyShift.post_id)
        .where(
            DutyShift.starts_at > now,
            DutyShift.starts_at <= now + rules.CALL_FROM,
            DutyShift.taken < DutyShift.min_needed,
            DutyShift.opens_at.is_(None) | (DutyShift.opens_at <= now),
        )
        .order_by(DutyShift.starts_at, DutyShift.id)
        .limit(_SHIFTS_AT_ONCE)
        .with_for_update(of=DutyShift, skip_locked=True)
    )
    return [(shift, post) for shift, post in session.execute(found)]


def _warn(session: Session, shift: DutyShift, post: DutyPost, when: str, now: datetime) -> int:
    unwarned = _note(session, shift.id, store.secretaries(session, shift.station), "alert", now)
    text = f"{post.name}（{when}，{shift.side} 侧）至少要 {shift.min_needed} 人，现在 {shift.taken} 人。"
    for person_id in unwarned:
        store.tell_about(session, now, person_id, "班次缺人", text, shift, "缺人")
    return len(unwarned)


def _ask(session: Session, shift: DutyShift, post: DutyPost, when: str, now: datetime) -> int:
    last = select(func.max(DutyCall.at)).where(DutyCall.shift_id == shift.id, DutyCall.kind == "asked")
    last_round = session.scalar(last)
    if last_round is not None and now < last_round + rules.ASK_EVERY:
        return 0
    idle = _idle(session, shift, rules.asked_at_once(shift.taken, shift.min_needed))
    text = f"{post.name}（{when}，{shift.side} 侧）还缺人，能来请报名；来不了不用理会。"
    for person_id in _note(session, shift.id, idle, "asked", now):
        store.tell_about(session, now, person_id, "有个班次缺人", text, shift, "缺人")
    return len(idle)


def _idle(session: Session, shift: DutyShift, most: int) -> Sequence[uuid.UUID]:
    """Members of the shift's branch who have nothing at that time and were not asked for it, those first who
    were never asked for anything or the longest ago."""
    asked = (
        select(func.max(DutyCall.at))
        .where(DutyCall.person_id == Person.id, DutyCall.kind == "asked")
        .correlate(Person)
        .scalar_subquery()
    )
    busy = exists().where(
        DutySignup.person_id == Person.id,
        store.LIVE,
        DutySignup.starts_at < shift.ends_at,
        DutySignup.ends_at > shift.starts_at,
    )
    already = exists().where(
        DutyCall.person_id == Person.id, DutyCall.shift_id == shift.id, DutyCall.kind == "asked"
    )
    belongs = exists().where(
        RoleGrant.person_id == Person.id,
        RoleGrant.role.in_(rules.MEMBER_ROLES),
        RoleGrant.place == shift.station,
    )
    members = select(Person.id).where(Person.state == "active", belongs, ~busy, ~already)
    return session.scalars(members.order_by(asked.asc().nulls_first(), Person.id).limit(most)).all()


def _note(
    session: Session, shift_id: uuid.UUID, people: Sequence[uuid.UUID], kind: str, now: datetime
) -> Sequence[uuid.UUID]:
    """Write down that they are told; answers those who had not been."""
    if not people:
        return []
    rows = select(Person.id, literal(shift_id), literal(kind), literal(now)).where(Person.id.in_(people))
    noted = insert(DutyCall).from_select(["person_id", "shift_id", "kind", "at"], rows)
    return session.scalars(noted.on_conflict_do_nothing().returning(DutyCall.person_id)).all()
