"""The outbox: rows that say whom WeChat is to tell, how they are claimed, and how each comes to an end."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Text,
    Uuid,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from app.foundation.database import UtcDateTime, arrays_of, rows_changed, rows_given, table_of
from app.notices import credits
from app.notices.lane import open_lane
from app.notices.leases import (
    IS_HELD,
    NOW,
    PLAN_ANEW,
    QUEUED,
    SENDING,
    UNTIL,
    Lease,
    lapsed,
    mailing_goes_on,
    named,
)
from app.notices.models import Delivery, Mailing
from app.notices.rules import Credit, Verdict
from app.people.models import Person
from app.wechat.outcomes import Outcome

_delivery = table_of(Delivery)
_mailing = table_of(Mailing)
_person = table_of(Person)
_AT_ONCE = 500


@dataclass(frozen=True)
class Letter:
    """What is to be sent, and the lease under which it is being sent."""

    lease: Lease
    openid: str | None
    template_id: str
    data: dict[str, str]
    page: str
    tries: int
    due_at: datetime


def enqueue(
    session: Session,
    now: datetime,
    person_id: uuid.UUID,
    template_id: str,
    data: dict[str, str],
    page: str,
    *,
    inbox_id: uuid.UUID,
    delivery_id: uuid.UUID,
    expires_at: datetime | None,
) -> None:
    """Wish a message sent, in the transaction of what it tells of; its credit has been spent."""
    session.execute(
        insert(Delivery).values(
            person_id=person_id,
            id=delivery_id,
            template_id=template_id,
            data=data,
            page=page,
            state="queued",
            due_at=now,
            inbox_id=inbox_id,
            expires_at=expires_at,
            created_at=now,
        )
    )


@cache
def _start(to_look: bool) -> ReturningUpdate[Any]:
    of_mailing = _mailing.c.id == _delivery.c.mailing_id
    goes_on = exists().where(of_mailing, mailing_goes_on(NOW))
    conditions = [
        IS_HELD,
        _delivery.c.state == QUEUED,
        _delivery.c.lease_until > NOW,
        or_(_delivery.c.expires_at.is_(None), _delivery.c.expires_at > NOW),
        or_(_delivery.c.mailing_id.is_(None), goes_on),
        _person.c.id == _delivery.c.person_id,
    ]
    if not to_look:
        conditions.append(open_lane())
    return (
        update(_delivery)
        .where(*conditions)
        .values(state="sending", lease_until=UNTIL, tries=_delivery.c.tries + 1)
        .returning(
            _delivery.c.person_id,
            _delivery.c.id,
            _person.c.openid,
            _person.c.state.label("person_state"),
            _delivery.c.template_id,
            _delivery.c.data,
            _delivery.c.page,
            _delivery.c.tries,
            _delivery.c.due_at,
            select(_mailing.c.messages).where(of_mailing).scalar_subquery().label("messages"),
            select(_mailing.c.page).where(of_mailing).scalar_subquery().label("mailing_page"),
        )
    )


def start(
    session: Session, now: datetime, ours: Iterable[Lease], lease: timedelta, *, to_look: bool
) -> list[Letter]:
    """Write `sending` to the rows of these leases, to be committed before the calls; what is to be sent.

    Not among the letters: a row whose lease was lost, that has expired, whose mailing does not go on, and
    all of them while the lane is closed (unless this is `to_look`).
    """
    until = now + lease
    session.execute(PLAN_ANEW)
    rows = session.execute(_start(to_look), {**named(ours), "now": now, "until": until})
    return [_letter(row, until) for row in rows]


def _letter(row: Row[Any], until: datetime) -> Letter:
    return Letter(
        lease=Lease(row.person_id, row.id, until),
        openid=row.openid if row.person_state == "active" else None,
        template_id=row.template_id,
        data=row.data if row.messages is None else row.messages[row.template_id],
        page=row.page if row.mailing_page is None else row.mailing_page,
        tries=row.tries,
        due_at=row.due_at,
    )


@dataclass(frozen=True)
class Ending:
    """How one try ended, and what follows from it."""

    letter: Letter
    outcome: Outcome
    verdict: Verdict


_TOLD = rows_given(
    "told",
    person_id=Uuid(),
    id=Uuid(),
    until=UtcDateTime,
    state=Text(),
    again_at=UtcDateTime,
    uncounted=Integer(),
    errcode=Integer(),
    rid=Text(),
    msgid=Text(),
    settled_at=UtcDateTime,
)
_SETTLE = (
    update(_delivery)
    .where(
        _delivery.c.person_id == _TOLD.c.person_id,
        _delivery.c.id == _TOLD.c.id,
        _delivery.c.lease_until == _TOLD.c.until,
        _delivery.c.state.in_(("sending", "unknown")),
    )
    .values(
        state=_TOLD.c.state,
        due_at=func.coalesce(_TOLD.c.again_at, _delivery.c.due_at),
        lease_until=None,
        tries=_delivery.c.tries - _TOLD.c.uncounted,
        errcode=_TOLD.c.errcode,
        rid=_TOLD.c.rid,
        msgid=_TOLD.c.msgid,
        settled_at=_TOLD.c.settled_at,
    )
    .returning(_delivery.c.id)
)


def settle(session: Session, now: datetime, endings: Sequence[Ending]) -> set[uuid.UUID]:
    """Write what came of tries, and what becomes of their credits; the ids of the rows that were still ours.

    A row that was given up as `unknown` meanwhile is settled all the same: now it is known. Whoever gives
    several at once gives none that moves a credit: others lock the credits of many people as well.
    """
    told = arrays_of(_TOLD, [_as_told(ending, now) for ending in endings])
    session.execute(PLAN_ANEW)
    settled = set(session.scalars(_SETTLE, told))
    for ending in endings:
        if ending.letter.lease.id in settled:
            _move_credit(session, now, ending)
    return settled


def _as_told(ending: Ending, now: datetime) -> tuple[object, ...]:
    """A row of `_TOLD`."""
    lease, outcome, verdict = ending.letter.lease, ending.outcome, ending.verdict
    return (
        lease.person_id,
        lease.id,
        lease.until,
        verdict.state,
        verdict.due_at,
        0 if verdict.counted else 1,
        outcome.errcode,
        outcome.rid,
        outcome.msgid,
        None if verdict.state == "queued" else now,
    )


def _move_credit(session: Session, now: datetime, ending: Ending) -> None:
    lease, template_id = ending.letter.lease, ending.letter.template_id
    if ending.verdict.credit is Credit.RETURNED:
        credits.give(session, now, lease.person_id, template_id, reason="returned", source=lease.id)
    elif ending.verdict.credit is Credit.ALL_GONE:
        credits.empty(session, now, lease.person_id, template_id, lease.id)


def expire(session: Session, now: datetime, lease: timedelta) -> int:
    """End what is too late to be of use and nobody is sending; credits come back. Returns how many."""
    too_late = and_(
        Delivery.state == QUEUED,
        Delivery.expires_at <= now,
        or_(Delivery.lease_until.is_(None), lapsed(now, lease)),
    )
    return _end(session, too_late, "expired", now, _AT_ONCE)


def end_queued(session: Session, now: datetime, mailing_id: uuid.UUID, most: int) -> int:
    """End up to `most` messages of a mailing that are not sent any more; credits come back. How many.

    One that somebody holds and has not started ends as well: he finds it ended when he wants to start it.
    """
    return _end(
        session, and_(Delivery.state == QUEUED, Delivery.mailing_id == mailing_id), "expired", now, most
    )


def give_up(session: Session, now: datetime, lease: timedelta) -> int:
    """Sends whose end nobody has told within the lease become `unknown`; never sent again by themselves."""
    return _end(session, and_(Delivery.state == SENDING, lapsed(now, lease)), "unknown", now, _AT_ONCE)


def bring_near(session: Session, now: datetime, longest_wait: timedelta) -> int:
    """Rows that wait for longer than any pause between tries: a clock was set back. Answers how many."""
    far = and_(Delivery.state == QUEUED, Delivery.due_at > now + longest_wait)
    of_mailings = select(Mailing.id).where(Mailing.done_at.is_(None))
    brought = 0
    for which in (Delivery.mailing_id.is_(None), Delivery.mailing_id.in_(of_mailings)):
        nearer = update(Delivery).where(far, which).values(due_at=now)
        brought += rows_changed(session.execute(nearer.execution_options(synchronize_session=False)))
    return brought


def _end(session: Session, which: ColumnElement[bool], state: str, now: datetime, most: int) -> int:
    """Put up to `most` rows into a final state; rows that another process is ending right now are its own.

    What was certainly not sent gives its credit back, in the same statement.
    """
    chosen = (
        select(Delivery.person_id, Delivery.id)
        .where(which)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    ended = (
        update(_delivery)
        .where(_delivery.c.person_id == chosen.c.person_id, _delivery.c.id == chosen.c.id)
        .values(state=state, settled_at=now)
        .returning(_delivery.c.person_id, _delivery.c.id, _delivery.c.template_id)
        .cte("ended")
    )
    counted = select(func.count()).select_from(ended)
    if state == "expired":
        counted = counted.add_cte(credits.given_back(ended, now))
    return session.scalar(counted) or 0
