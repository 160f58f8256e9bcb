"""Leases on rows of the outbox: who is next, how a row is claimed, and how a lease comes to its end."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
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
from sqlalchemy.orm import Session, aliased

from app.foundation.database import rows_changed
from app.notices.models import Delivery, Mailing
from app.notices.rules import lease_over
from app.people.models import Person

# Written out, not bound: a prepared plan knows only then that the partial indexes apply.
QUEUED: ColumnElement[str] = literal_column("'queued'")
SENDING: ColumnElement[str] = literal_column("'sending'")

# An empty queue and one of a million rows want different plans; the one that was kept may be the wrong one.
_PLAN_ANEW = text("SET LOCAL plan_cache_mode = force_custom_plan")


@dataclass(frozen=True)
class Lease:
    """A row that is ours until that moment, which nobody else has ever been given for it."""

    person_id: uuid.UUID
    id: uuid.UUID
    until: datetime


def claim(
    session: Session, now: datetime, lease: timedelta, most: int, of_mailings: int | None = None
) -> list[Lease]:
    """Lease up to `most` due rows, one a person, so that the sends to one person stay serial.

    Single messages go before those of mailings, of which there are no more than `of_mailings`; several
    mailings take turns, and rows of paused or withdrawn ones are not even looked at.
    """
    session.execute(_PLAN_ANEW)
    held = _lease_some(session, now, lease, most, _Singles(now, lease_over(now, lease)))
    room = most - len(held) if of_mailings is None else min(most - len(held), of_mailings)
    if room > 0:
        held += _lease_some(session, now, lease, room, _Mailings(now, lease_over(now, lease)))
    return held


def _lease_some(session: Session, now: datetime, lease: timedelta, most: int, queue: "_Queue") -> list[Lease]:
    """The person's row is the anchor: what others hold is skipped, and whether a row may go is asked anew, in
    a second statement, once the anchor is held. A claim that has committed by then is seen.
    """
    anchors = (
        select(Person.id)
        .where(Person.id.in_(queue.candidates(2 * most)))
        .limit(most)
        .with_for_update(key_share=True, skip_locked=True)
    )
    people = session.scalars(anchors).all()
    if not people:
        return []
    until = now + lease
    leased = session.execute(
        update(Delivery)
        .where(Delivery.person_id.in_(people), queue.may_go(Delivery))
        .values(lease_until=until)
        .returning(Delivery.person_id, Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return [Lease(person_id, row_id, until) for person_id, row_id in leased]


class _Queue(Protocol):
    """One of the two queues: who is next in it, and whether a row of it may go."""

    def candidates(self, most: int) -> Select[Any]: ...

    def may_go(self, row: Any) -> ColumnElement[bool]: ...


@dataclass(frozen=True)
class _Singles:
    """Messages to one person, in their order."""

    now: datetime
    over: datetime

    def candidates(self, most: int) -> Select[Any]:
        """Their people, the longest due first."""
        due = select(Delivery.person_id).where(self.may_go(Delivery))
        return due.order_by(Delivery.due_at, Delivery.id).limit(most)

    def may_go(self, row: Any) -> ColumnElement[bool]:
        """Due, free, not expired, and the first of its person's."""
        other = aliased(Delivery)
        earlier = and_(other.mailing_id.is_(None), _before(other, row))
        return and_(
            row.mailing_id.is_(None),
            _is_free(row, self.now, self.over),
            or_(row.expires_at.is_(None), row.expires_at > self.now),
            ~_in_the_way(row, other, earlier, self.over),
        )


@dataclass(frozen=True)
class _Mailings:
    """Messages of the mailings that go on, each of which has a queue of its own."""

    now: datetime
    over: datetime

    def candidates(self, most: int) -> Select[Any]:
        """Their people, the mailings taking turns; of each only the head of its queue is read."""
        going = self._going().subquery("going")
        place = func.row_number().over(order_by=(Delivery.due_at, Delivery.person_id)).label("place")
        heads = (
            select(Delivery.person_id, place)
            .where(Delivery.mailing_id == going.c.id, self._free(Delivery))
            .order_by(Delivery.due_at, Delivery.person_id)
            .limit(most)
            .lateral("heads")
        )
        return (
            select(heads.c.person_id)
            .select_from(going.join(heads, true()))
            .order_by(heads.c.place)
            .limit(most)
        )

    def may_go(self, row: Any) -> ColumnElement[bool]:
        """Of a mailing that goes on, free, and nothing else of a mailing before it in its person's queue."""
        return and_(row.mailing_id.in_(self._going()), self._free(row))

    def _free(self, row: Any) -> ColumnElement[bool]:
        other = aliased(Delivery)
        earlier = and_(other.mailing_id.in_(self._going()), other.due_at <= self.now, _before(other, row))
        return and_(_is_free(row, self.now, self.over), ~_in_the_way(row, other, earlier, self.over))

    def _going(self) -> Select[Any]:
        return select(Mailing.id).where(mailing_goes_on(self.now))


def mailing_goes_on(now: datetime) -> ColumnElement[bool]:
    """The condition that a mailing's messages may be sent."""
    in_time = or_(Mailing.expires_at.is_(None), Mailing.expires_at > now)
    return and_(Mailing.state == "open", Mailing.done_at.is_(None), in_time)


def _is_free(row: Any, now: datetime, over: datetime) -> ColumnElement[bool]:
    return and_(
        row.state == QUEUED,
        row.due_at <= now,
        or_(row.lease_until.is_(None), row.lease_until < over),
    )


def _before(other: Any, row: Any) -> ColumnElement[bool]:
    return and_(other.state == QUEUED, tuple_(other.due_at, other.id) < tuple_(row.due_at, row.id))


def _in_the_way(row: Any, other: Any, earlier: ColumnElement[bool], over: datetime) -> ColumnElement[bool]:
    """Something else of this person that is being sent, is about to be, or comes first."""
    leased = and_(other.state == QUEUED, other.lease_until >= over)
    under_way = or_(other.state == SENDING, leased, earlier)
    return exists().where(other.person_id == row.person_id, under_way).correlate(row)


def lapsed(now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """The condition that a lease holds no more: it ended, or a clock gave it that was set back since."""
    return or_(Delivery.lease_until < lease_over(now, lease), Delivery.lease_until > now + 2 * lease)


def held(lease: Lease) -> list[ColumnElement[bool]]:
    """The row, as long as it is held under this lease."""
    return [
        Delivery.person_id == lease.person_id,
        Delivery.id == lease.id,
        Delivery.lease_until == lease.until,
    ]


def let_go(session: Session, leases: Iterable[Lease]) -> None:
    """Give back rows that were claimed and not started; others may take them at once."""
    for lease in leases:
        session.execute(
            update(Delivery)
            .where(*held(lease), Delivery.state == QUEUED)
            .values(lease_until=None)
            .execution_options(synchronize_session=False)
        )


def reclaim(session: Session, now: datetime, lease: timedelta) -> int:
    """Clear leases that ended before their row was started, so that the queue shows what is really free."""
    ended = and_(Delivery.state == QUEUED, lapsed(now, lease))
    cleared = session.execute(
        update(Delivery).where(ended).values(lease_until=None).execution_options(synchronize_session=False)
    )
    return rows_changed(cleared)
