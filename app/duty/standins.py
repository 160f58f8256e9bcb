"""Use cases of standing in: who has a place asks, another says yes, and the place is his."""

import uuid
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from app.duty import rules, store
from app.duty.models import DutyAttendance, DutyPost, DutyShift, DutyStandIn
from app.duty.schemas import StandInOut
from app.duty.shifts import brief
from app.foundation.ids import new_id
from app.foundation.refusals import Refusal
from app.people.models import Person
from app.people.service import grants_of
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor

_OPEN = DutyStandIn.state == "open"


def ask(
    session: Session, caller: Caller, shift_id: uuid.UUID, to_member: uuid.UUID | None, now: datetime
) -> StandInOut:
    """Look for somebody in one's place, or ask one member of the branch; the caller is in line.

    403 `duty.members_only`, 404, 409 `duty.closed`, `duty.stand_in_not_yours`, `duty.stand_in_asked`, and why
    the member who is asked could not accept: `duty.already_signed_up`, `duty.not_qualified`, `duty.clash`.
    """
    store.require_member(caller)
    shift, post = store.lock(session, shift_id)
    if now >= shift.starts_at:
        raise rules.CLOSED.now()
    if store.live_state(session, caller.person_id, shift.id) != "confirmed":
        raise rules.STAND_IN_NOT_YOURS.now()
    if to_member:
        _require_colleague(session, caller, shift, to_member)
        _require_free(session, shift, post, to_member, now)
    wish = insert(DutyStandIn).values(
        person_id=caller.person_id,
        id=new_id(),
        shift_id=shift.id,
        to_member=to_member,
        state="open",
        asked_at=now,
    )
    made = session.scalar(wish.on_conflict_do_nothing().returning(DutyStandIn.id))
    if made is None:
        raise rules.STAND_IN_ASKED.now()
    if to_member:
        when = rules.span_text(shift.starts_at, shift.ends_at)
        text = f"{caller.name or '一位党员'}想请您替班：{post.name}，{when}，{shift.side} 侧。"
        store.tell_about(session, now, to_member, "请您替班", text, shift, "等您答复")
    return _view(session.get_one(DutyStandIn, (caller.person_id, made)), shift, post, caller.name, caller)


def _require_colleague(session: Session, caller: Caller, shift: DutyShift, to_member: uuid.UUID) -> None:
    """Only members of the shift's branch or of one's own can be asked; all others are unknown alike."""
    places = {shift.station, *(place for place in caller.places(*rules.MEMBER_ROLES))} - {"*"}
    if to_member == caller.person_id or not store.is_member_at(session, to_member, places):
        raise rules.MEMBER_UNKNOWN.now()


_ABOUT_HIM = {rules.ALREADY_SIGNED_UP: rules.STANDS_ALREADY, rules.CLASH: rules.STANDS_ELSEWHERE}


def _require_free(
    session: Session, shift: DutyShift, post: DutyPost, to_member: uuid.UUID, now: datetime
) -> None:
    """Nobody is asked what he could only refuse. He may still sign up elsewhere: accepting decides again."""
    him = Caller(to_member, "", grants_of(session, to_member))
    if refusal := _refusal(session, him, shift, post, now):
        raise _ABOUT_HIM.get(refusal, refusal).now()


def _refusal(
    session: Session, who: Caller, shift: DutyShift, post: DutyPost, now: datetime
) -> Refusal | None:
    """Why somebody cannot stand in; a place in the waiting list and the day of opening are no reasons."""
    booked = store.bookings(session, who.person_id, shift.starts_at, shift.ends_at)
    chance = store.chance(shift, post, who, booked)
    if chance.mine == "waitlisted":
        chance = rules.without_mine(chance)
    return rules.sign_up_refusal(replace(chance, opens_at=None), now)


def listing(
    session: Session, caller: Caller, limit: int, cursor: str | None, now: datetime
) -> Listed[StandInOut]:
    """What the caller could accept and what he himself asked for, newest first; nothing that has begun.

    403 `duty.members_only`.
    """
    store.require_member(caller)
    me = caller.person_id
    wanted = (
        select(DutyStandIn, DutyShift, DutyPost, Person.name)
        .join(DutyShift, DutyShift.id == DutyStandIn.shift_id)
        .join(DutyPost, DutyPost.id == DutyShift.post_id)
        .join(Person, Person.id == DutyStandIn.person_id)
        .where(_OPEN, DutyShift.starts_at > now)
        .where(or_(DutyStandIn.person_id == me, DutyStandIn.to_member == me, _for_all(caller)))
    )
    place = (DutyStandIn.asked_at, DutyStandIn.id)
    if after := read_cursor(cursor):
        wanted = wanted.where(or_(place[0] < after[0], (place[0] == after[0]) & (place[1] < after[1])))
    rows = session.execute(wanted.order_by(*(column.desc() for column in place)).limit(limit + 1)).all()
    last = rows[limit - 1][0] if len(rows) > limit else None
    return Listed[StandInOut](
        items=[_view(wish, shift, post, name, caller) for wish, shift, post, name in rows[:limit]],
        next_cursor=write_cursor(last.asked_at, last.id) if last else None,
    )


def _for_all(caller: Caller) -> ColumnElement[bool]:
    """Wishes to nobody in particular: who serves is known in the shift's branch only."""
    places = caller.places(*rules.MEMBER_ROLES)
    everybody = DutyStandIn.to_member.is_(None)
    return everybody if "*" in places else everybody & DutyShift.station.in_(places)


def accept(session: Session, caller: Caller, stand_in_id: uuid.UUID, now: datetime) -> StandInOut:
    """Take the place; of several who say yes at once one has it. The caller is in line.

    403 `duty.members_only`, 404 `duty.stand_in_unknown`, 409 `duty.stand_in_taken`, `duty.closed`,
    `duty.already_signed_up`, `duty.not_qualified`, `duty.clash`.
    """
    store.require_member(caller)
    wish = session.scalars(select(DutyStandIn).where(DutyStandIn.id == stand_in_id)).one_or_none()
    if wish is None or not _may_see(session, caller, wish):
        raise rules.STAND_IN_UNKNOWN.now()
    shift, post = store.lock(session, wish.shift_id)
    if refusal := _refusal(session, caller, shift, post, now):
        raise refusal.now()
    waits = store.live_state(session, caller.person_id, shift.id) == "waitlisted"
    if not _settle(session, caller, wish, now):
        raise rules.STAND_IN_TAKEN.now()
    _hand_over(session, caller, wish, shift, waits, now)
    when = rules.span_text(shift.starts_at, shift.ends_at)
    text = f"{caller.name or '一位党员'}已答应替班：{post.name}，{when}。您不用来了。"
    store.tell_about(session, now, wish.person_id, "有人替您值守", text, shift, "已换人")
    name = session.scalar(select(Person.name).where(Person.id == wish.person_id)) or ""
    session.refresh(wish)
    return _view(wish, shift, post, name, caller)


def withdraw(session: Session, caller: Caller, stand_in_id: uuid.UUID, now: datetime) -> None:
    """Look for nobody any more; the place stays one's own. A second time changes nothing.

    404 `duty.stand_in_unknown` where it is not the caller's, 409 `duty.stand_in_taken` where somebody else
    was first.
    """
    own = (DutyStandIn.person_id == caller.person_id, DutyStandIn.id == stand_in_id)
    back = update(DutyStandIn).where(*own, _OPEN).values(state="withdrawn", settled_at=now)
    taken_back = store.done(session, back)  # one UPDATE decides, as with a yes
    wish = session.scalars(select(DutyStandIn).where(*own)).one_or_none()
    if wish is None:
        raise rules.STAND_IN_UNKNOWN.now()
    if wish.state == "accepted":
        raise rules.STAND_IN_TAKEN.now()
    if taken_back and wish.to_member:
        shift, post = store.load(session, wish.shift_id)
        when = rules.span_text(shift.starts_at, shift.ends_at)
        text = f"{caller.name or '一位党员'}收回了替班请求：{post.name}，{when}。"
        store.tell_about(session, now, wish.to_member, "不用替班了", text, shift, "已收回")


def _may_see(session: Session, caller: Caller, wish: DutyStandIn) -> bool:
    """Whether the caller is asked: by name, or as a member of the shift's branch."""
    if wish.person_id == caller.person_id:
        return False
    if wish.to_member:
        return wish.to_member == caller.person_id
    shift, _ = store.load(session, wish.shift_id)
    return caller.reaches(shift.station, *rules.MEMBER_ROLES)


def _settle(session: Session, caller: Caller, wish: DutyStandIn, now: datetime) -> bool:
    """Whether the wish was still open and who wished has not come to it himself; one UPDATE decides."""
    came = aliased(DutyAttendance)
    arrived = exists().where(came.person_id == wish.person_id, came.shift_id == wish.shift_id)
    settled = (
        update(DutyStandIn)
        .where(DutyStandIn.person_id == wish.person_id, DutyStandIn.id == wish.id, _OPEN, ~arrived)
        .values(state="accepted", settled_at=now, taken_by=caller.person_id)
    )
    return store.done(session, settled)


def _hand_over(
    session: Session, caller: Caller, wish: DutyStandIn, shift: DutyShift, waits: bool, now: datetime
) -> None:
    """The number of taken places stays; who waited for one no longer does."""
    if not store.end_signup(session, wish.person_id, shift.id, now, "handed_on"):
        raise rules.STAND_IN_TAKEN.now()
    if waits:
        store.end_signup(session, caller.person_id, shift.id, now, "cancelled")
        store.count(session, shift.id, waiting=-1)
    store.book(session, caller, shift, now, "confirmed")


def _view(wish: DutyStandIn, shift: DutyShift, post: DutyPost, name: str, caller: Caller) -> StandInOut:
    return StandInOut(
        id=str(wish.id),
        shift=brief(shift, post),
        name=name or "党员",
        own=wish.person_id == caller.person_id,
        to_me=wish.to_member == caller.person_id,
        state=wish.state,
        asked_at=wish.asked_at,
    )
