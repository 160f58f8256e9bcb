"""Use cases of signing up: take a place or wait, give it up, and who moves up then."""

import uuid
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.duty import rules, store
from app.duty.models import DutyAttendance, DutyPost, DutyShift, DutySignup, DutyStandIn
from app.duty.schemas import CancelOut, SignupOut
from app.web.callers import Caller

_TRIES = 4


def sign_up(
    session: Session, caller: Caller, shift_id: uuid.UUID, waitlist: bool, now: datetime
) -> SignupOut:
    """A place, or where it is full and asked for a place in the waiting list; the caller is in line.

    403 `duty.members_only`, 404, 409 `duty.full`, `duty.clash`, `duty.already_signed_up`, `duty.closed`,
    `duty.not_yet_open`, `duty.not_qualified`.
    """
    helped = store.helps(session, caller, now)
    shift, post = store.load(session, shift_id)
    booked = store.bookings(session, caller.person_id, shift.starts_at, shift.ends_at)
    chance = store.chance(shift, post, caller, booked, helped)
    if rules.first_come(chance, now):
        return _first_come(session, caller, shift, now)
    if refusal := rules.sign_up_refusal(chance, now):
        raise refusal.now()
    if helped:
        store.hold_force(session, post)
    may_wait = waitlist and rules.moves_up(shift.starts_at, now)
    for _ in range(_TRIES if may_wait else 1):  # between the two a place may come free, and again be gone
        if store.take_place(session, shift.id):
            store.book(session, caller, shift, now, "confirmed")
            return SignupOut(state="confirmed")
        number = store.take_number(session, shift.id) if may_wait else None
        if number:
            store.book(session, caller, shift, now, "waitlisted", number[0])
            return SignupOut(state="waitlisted", position=number[1])
    raise rules.FULL.now()


def _first_come(session: Session, caller: Caller, shift: DutyShift, now: datetime) -> SignupOut:
    """Who waits may take a place that came free when the list no longer moved; 409 while there is none."""
    if not store.take_place(session, shift.id) or not _confirm(session, caller.person_id, shift.id):
        raise rules.ALREADY_SIGNED_UP.now()
    store.count(session, shift.id, waiting=-1)
    return SignupOut(state="confirmed")


def cancel(session: Session, caller: Caller, shift_id: uuid.UUID, now: datetime) -> CancelOut:
    """Give a place up, in the shift or in its waiting list; the caller is in line.

    403 `duty.members_only`, 404 `duty.not_signed_up`, 409 `duty.too_late_to_cancel`.
    """
    store.helps(session, caller, now)
    shift, post = store.lock(session, shift_id)
    state = store.live_state(session, caller.person_id, shift.id)
    if state is None:
        raise rules.NOT_SIGNED_UP.now()
    if now >= shift.starts_at or _attended(session, caller.person_id, shift.id):
        raise rules.TOO_LATE_TO_CANCEL.now()
    late = state == "confirmed" and rules.is_late_cancel(shift.starts_at, now)
    release(session, caller.person_id, shift, post, state, now, late=late)
    return CancelOut(late=late)


def release(
    session: Session,
    person_id: uuid.UUID,
    shift: DutyShift,
    post: DutyPost,
    state: str,
    now: datetime,
    *,
    late: bool = False,
) -> None:
    """End a live sign-up of a locked shift; whose turn it is moves up. Wishes for a stand-in end with it."""
    store.end_signup(session, person_id, shift.id, now, "cancelled", late)
    withdraw_wishes(session, person_id, shift.id, now)
    if state == "waitlisted":
        store.count(session, shift.id, waiting=-1)
        return
    store.count(session, shift.id, taken=-1)
    if rules.moves_up(shift.starts_at, now):
        move_up(session, shift, post, now)
    elif now < shift.starts_at:
        _tell_waiting(session, shift, post, now)


def give_up_coming(
    session: Session, person_id: uuid.UUID, now: datetime, only_branch_posts_at: str | None = None
) -> None:
    """End all sign-ups of somebody in shifts to come, so that others move up; or only those in posts that
    one branch keeps for its own. The person's row is locked, or he is going."""
    coming = select(DutySignup.shift_id).where(
        DutySignup.person_id == person_id, store.LIVE, DutySignup.starts_at > now
    )
    for shift_id in session.scalars(coming.order_by(DutySignup.shift_id)).all():
        shift, post = store.lock(session, shift_id)
        kept = only_branch_posts_at and (post.open_to, post.station) != ("branch", only_branch_posts_at)
        state = None if kept else store.live_state(session, person_id, shift_id)
        if state:
            release(session, person_id, shift, post, state, now)


def move_up(session: Session, shift: DutyShift, post: DutyPost, now: datetime) -> uuid.UUID | None:
    """The first of the waiting list takes the free place of a locked shift, and is told; who it was."""
    first = select(DutySignup.person_id).where(
        DutySignup.shift_id == shift.id, DutySignup.state == "waitlisted"
    )
    person_id = session.scalar(first.order_by(DutySignup.queue_no).limit(1))
    if person_id is None or not store.take_place(session, shift.id):
        return None
    store.count(session, shift.id, waiting=-1)
    _confirm(session, person_id, shift.id)
    when = rules.span_text(shift.starts_at, shift.ends_at)
    text = f"有人退出，您已从候补转为正式：{post.name}，{when}，{shift.side} 侧。不能来请尽早取消。"
    store.tell_about(session, now, person_id, "候补已转正", text, shift, "已报上名")
    return person_id


def _confirm(session: Session, person_id: uuid.UUID, shift_id: uuid.UUID) -> bool:
    waiting = update(DutySignup).where(
        DutySignup.person_id == person_id, DutySignup.shift_id == shift_id, DutySignup.state == "waitlisted"
    )
    return store.done(session, waiting.values(state="confirmed"))


def _tell_waiting(session: Session, shift: DutyShift, post: DutyPost, now: datetime) -> None:
    """So short before the start nobody is put on duty unasked: all who wait hear of the place."""
    waiting = select(DutySignup.person_id).where(
        DutySignup.shift_id == shift.id, DutySignup.state == "waitlisted"
    )
    when = rules.span_text(shift.starts_at, shift.ends_at)
    text = f"{post.name}（{when}）空出一个名额，先报先得，能来请马上报名。"
    for person_id in session.scalars(waiting.order_by(DutySignup.queue_no)).all():
        store.tell_about(session, now, person_id, "班次有空位", text, shift, "先报先得")


def withdraw_wishes(session: Session, person_id: uuid.UUID, shift_id: uuid.UUID, now: datetime) -> None:
    """Who no longer has a place looks for nobody to take it."""
    wishes = update(DutyStandIn).where(
        DutyStandIn.person_id == person_id, DutyStandIn.shift_id == shift_id, DutyStandIn.state == "open"
    )
    session.execute(wishes.values(state="withdrawn", settled_at=now))


def _attended(session: Session, person_id: uuid.UUID, shift_id: uuid.UUID) -> bool:
    came = exists().where(DutyAttendance.person_id == person_id, DutyAttendance.shift_id == shift_id)
    return bool(session.scalar(select(came)))
