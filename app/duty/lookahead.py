"""What is said ahead of a shift: a reminder to who signed up, and where people are short, a question.

The secretary hears of it, and members who are free, whoever was asked the longest ago first; by day, once.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.duty import rules, store
from app.duty.models import DutyAsk, DutyPost, DutyShift, DutySignup
from app.people.models import Person, RoleGrant


def remind(session: Session, now: datetime, most: int = 100) -> int:
    """Tell who has a place in a shift that is near; how many. Whoever signed up after that knows it."""
    if not rules.is_day(now):
        return 0
    near = (
        select(DutySignup, DutyShift, DutyPost)
        .join(DutyShift, DutyShift.id == DutySignup.shift_id)
        .join(DutyPost, DutyPost.id == DutyShift.post_id)
        .where(
            DutySignup.state == "confirmed",
            DutySignup.reminded_at.is_(None),
            DutyShift.starts_at > now,
            DutyShift.starts_at <= now + rules.REMIND_BEFORE,
            DutySignup.signed_at <= DutyShift.starts_at - rules.REMIND_BEFORE,
        )
    )
    held = near.order_by(DutyShift.starts_at).limit(most).with_for_update(of=DutySignup, skip_locked=True)
    rows = session.execute(held.execution_options(populate_existing=True)).all()
    for signup, shift, post in rows:
        when = rules.span_text(shift.starts_at, shift.ends_at)
        text = f"您报的班次快到了：{post.name}，{when}，{shift.side} 侧。不能来请尽早取消，好让候补的人补上。"
        store.tell_about(session, now, signup.person_id, "值守提醒", text, shift, "请按时到岗")
        signup.reminded_at = now
    session.flush()
    return len(rows)


def look_for_people(session: Session, now: datetime, most: int = 20) -> int:
    """Say once of a shift to come that it lacks people; how many shifts."""
    if not rules.is_day(now):
        return 0
    short = select(DutyShift).where(
        DutyShift.alerted_at.is_(None),
        DutyShift.starts_at > now,
        DutyShift.starts_at <= now + rules.LACKING_BEFORE,
        DutyShift.taken < DutyShift.min_needed,
        DutyShift.opens_at.is_(None) | (DutyShift.opens_at <= now),
    )
    held = short.order_by(DutyShift.starts_at, DutyShift.id).limit(most).with_for_update(skip_locked=True)
    shifts = session.scalars(held.execution_options(populate_existing=True)).all()
    for shift in shifts:
        _, post = store.load(session, shift.id)
        _say(session, shift, post, now)
    session.execute(
        update(DutyShift).where(DutyShift.id.in_([shift.id for shift in shifts])).values(alerted_at=now)
    )
    return len(shifts)


def _say(session: Session, shift: DutyShift, post: DutyPost, now: datetime) -> None:
    lacking = shift.min_needed - shift.taken
    asked = _free_members(session, shift, lacking * rules.ASKED_PER_PLACE)
    when = rules.span_text(shift.starts_at, shift.ends_at)
    for secretary in store.secretaries(session, shift.station):
        text = f"{post.name}（{when}）还差 {lacking} 人，已问 {len(asked)} 位有空的党员。"
        store.tell_about(session, now, secretary, "班次缺人", text, shift, "还差人")
    for person_id in asked:
        text = f"{post.name}（{when}，{shift.side} 侧）还差 {lacking} 人，有空请报名；没空不用理会。"
        store.tell_about(session, now, person_id, "班次缺人，想请您帮忙", text, shift, "自愿报名")
    if asked:
        rows = [{"person_id": person_id, "shift_id": shift.id, "asked_at": now} for person_id in asked]
        session.execute(insert(DutyAsk).values(rows).on_conflict_do_nothing())


def _free_members(session: Session, shift: DutyShift, most: int) -> Sequence[uuid.UUID]:
    """Members of the branch with nothing booked at that time, whoever was never asked first, then whoever was
    asked the longest ago."""
    booked = exists().where(
        DutySignup.person_id == RoleGrant.person_id,
        store.LIVE,
        DutySignup.starts_at < shift.ends_at,
        DutySignup.ends_at > shift.starts_at,
    )
    last = select(func.max(DutyAsk.asked_at)).where(DutyAsk.person_id == RoleGrant.person_id)
    asked = last.scalar_subquery()
    free = (
        select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == "member",
            RoleGrant.place == shift.station,
            Person.state == "active",
            ~booked,
        )
        .order_by(asked.asc().nulls_first(), RoleGrant.person_id)
    )
    return session.scalars(free.limit(most)).all()
