"""Leases on rows of the outbox: who is next, how a row is claimed, and how a lease comes to its end."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from app.foundation.database import UtcDateTime, arrays_of, rows_changed, rows_given, table_of
from app.notices.models import Delivery, Mailing
from app.notices.rules import lease_over
from app.people.models import Person

# Written out, not bound: a prepared plan knows only then that the partial indexes apply.
QUEUED: ColumnElement[str] = literal_column("'queued'")
SENDING: ColumnElement[str] = literal_column("'sending'")

# What a statement is given when it runs. Each is built once: building one takes longer than running it.
NOW = bindparam("now", type_=UtcDateTime)
UNTIL = bindparam("until", type_=UtcDateTime)
_OVER = bindparam("over", type_=UtcDateTime)
_MOST = bindparam("most", type_=Integer)
_TWICE = bindparam("twice", type_=Integer)

# An empty queue and one of a million rows want different plans; the one that was kept may be the wrong one.
PLAN_ANEW = text("SET LOCAL plan_cache_mode = force_custom_plan")

_delivery = table_of(Delivery)
_mailing = table_of(Mailing)
_person = table_of(Person)


@dataclass(frozen=True)
class Lease:
    """A row that is ours until that moment, which nobody else has ever been given for it."""

    person_id: uuid.UUID
    id: uuid.UUID
    until: datetime


# The leases that a statement is given, and the condition that a row of the outbox is held under one of them.
HELD = rows_given("held", person_id=Uuid(), id=Uuid(), until=UtcDateTime)
IS_HELD = and_(
    _delivery.c.person_id == HELD.c.person_id,
    _delivery.c.id == HELD.c.id,
    _delivery.c.lease_until == HELD.c.until,
)


def named(leases: Iterable[Lease]) -> dict[str, list[object]]:
    """What a statement with `HELD` in it is given to mean these leases."""
    return arrays_of(HELD, [(lease.person_id, lease.id, lease.until) for lease in leases])


def claim(
    session: Session, now: datetime, lease: timedelta, most: int, of_mailings: int | None = None
) -> list[Lease]:
    """Lease up to `most` due rows, one a person, so that the sends to one person stay serial.

    Single messages go before those of mailings, of which there are no more than `of_mailings`; several
    mailings take turns, and rows of paused or withdrawn ones are not even looked at.
    """
    session.execute(PLAN_ANEW)
    held = _lease_some(session, now, lease, most, _singles())
    room = most - len(held) if of_mailings is None else min(most - len(held), of_mailings)
    if room > 0:
        held += _lease_some(session, now, lease, room, _mailings())
    return held


@dataclass(frozen=True)
class _Queue:
    """How one of the two queues is claimed: hold the people who are next, then lease a row of each.

    The person's row is the anchor: what others hold is skipped, and whether a row may go is asked anew, in
    a second statement, once the anchor is held. A claim that has committed by then is seen.
    """

    anchors: Select[Any]
    leased: ReturningUpdate[Any]


def _lease_some(session: Session, now: datetime, lease: timedelta, most: int, queue: _Queue) -> list[Lease]:
    times = {"now": now, "over": lease_over(now, lease)}
    people = session.scalars(queue.anchors, {**times, "most": most, "twice": 2 * most}).all()
    if not people:
        return []
    until = now + lease
    leased = session.execute(queue.leased, {**times, "until": until, "people": people})
    return [Lease(person_id, row_id, until) for person_id, row_id in leased]


def _queue(candidates: Select[Any], may_go: ColumnElement[bool]) -> _Queue:
    anchors = (
        select(_person.c.id)
        .where(_person.c.id.in_(candidates))
        .limit(_MOST)
        .with_for_update(key_share=True, skip_locked=True)
    )
    leased = (
        update(_delivery)
        .where(_delivery.c.person_id.in_(bindparam("people", expanding=True)), may_go)
        .values(lease_until=UNTIL)
        .returning(_delivery.c.person_id, _delivery.c.id)
    )
    return _Queue(anchors, leased)


@cache
def _singles() -> _Queue:
    """Messages to one person: due, free, not expired, the first of its person's; the longest due first."""
    row, other = _delivery.c, _delivery.alias("other")
    earlier = and_(other.c.mailing_id.is_(None), _before(other))
    may_go = and_(
        row.mailing_id.is_(None),
        _is_free(),
        or_(row.expires_at.is_(None), row.expires_at > NOW),
        ~_in_the_way(other, earlier),
    )
    candidates = select(row.person_id).where(may_go).order_by(row.due_at, row.id).limit(_TWICE)
    return _queue(candidates, may_go)


@cache
def _mailings() -> _Queue:
    """Messages of the mailings that go on: free, and nothing else of such a mailing before it for its person.

    The mailings take turns; each has a queue of its own, of which only the head is read.
    """
    row, other = _delivery.c, _delivery.alias("other")
    going = select(_mailing.c.id).where(mailing_goes_on(NOW))
    earlier = and_(other.c.mailing_id.in_(going), other.c.due_at <= NOW, _before(other))
    free = and_(_is_free(), ~_in_the_way(other, earlier))
    each = going.subquery("going")
    heads = (
        select(row.person_id, func.row_number().over(order_by=(row.due_at, row.person_id)).label("place"))
        .where(row.mailing_id == each.c.id, free)
        .order_by(row.due_at, row.person_id)
        .limit(_TWICE)
        .lateral("heads")
    )
    candidates = (
        select(heads.c.person_id).select_from(each.join(heads, true())).order_by(heads.c.place).limit(_TWICE)
    )
    return _queue(candidates, and_(row.mailing_id.in_(going), free))


def mailing_goes_on(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """The condition that a mailing's messages may be sent."""
    in_time = or_(_mailing.c.expires_at.is_(None), _mailing.c.expires_at > now)
    return and_(_mailing.c.state == "open", _mailing.c.done_at.is_(None), in_time)


def _is_free() -> ColumnElement[bool]:
    row = _delivery.c
    not_leased = or_(row.lease_until.is_(None), row.lease_until < _OVER)
    return and_(row.state == QUEUED, row.due_at <= NOW, not_leased)


def _before(other: FromClause) -> ColumnElement[bool]:
    row = _delivery.c
    earlier = tuple_(other.c.due_at, other.c.id) < tuple_(row.due_at, row.id)
    return and_(other.c.state == QUEUED, earlier)


def _in_the_way(other: FromClause, earlier: ColumnElement[bool]) -> ColumnElement[bool]:
    """Something else of this person that is being sent, is about to be, or comes first."""
    leased = and_(other.c.state == QUEUED, other.c.lease_until >= _OVER)
    under_way = or_(other.c.state == SENDING, leased, earlier)
    return exists().where(other.c.person_id == _delivery.c.person_id, under_way).correlate(_delivery)


def lapsed(now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """The condition that a lease holds no more: it ended, or a clock gave it that was set back since."""
    return or_(Delivery.lease_until < lease_over(now, lease), Delivery.lease_until > now + 2 * lease)


_LET_GO = update(_delivery).where(IS_HELD, _delivery.c.state == QUEUED).values(lease_until=None)


def let_go(session: Session, leases: Iterable[Lease]) -> None:
    """Give back rows that were claimed and not started; others may take them at once."""
    if given_back := list(leases):
        session.execute(PLAN_ANEW)
        session.execute(_LET_GO, named(given_back))


def reclaim(session: Session, now: datetime, lease: timedelta) -> int:
    """Clear leases that ended before their row was started, so that the queue shows what is really free."""
    ended = and_(Delivery.state == QUEUED, lapsed(now, lease))
    cleared = session.execute(
        update(Delivery).where(ended).values(lease_until=None).execution_options(synchronize_session=False)
    )
    return rows_changed(cleared)
