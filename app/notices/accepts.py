"""One accept, one credit, although two tell of it: the phone, and WeChat's popup event.

Neither alone will do. The phone tells of every accept, also of those that WeChat gives silently
("总是保持以上选择") and pushes no event for; but its report may be lost on the way. The event may never come,
or come first. So both count, and two that tell of the same tap are paired: the first makes the credit, the
second is written down as its witness (the key lets each credit have one) and makes nothing. They are the same
tap when the phone's report lies between a little before the event's time (clocks differ) and 48 hours after
it, which is how long a phone's retry is known again anywhere in this house. Where that leaves a doubt, there
is a credit too few rather than one too many: one that WeChat does not have is a message refused (43101).

A sliding window fits in no key: whoever earns locks the person first, so that of two reports at the same
moment the second sees what the first did.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Select, Text, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.database import Base
from app.foundation.ids import new_id
from app.notices.models import CreditEntry
from app.people.models import Person

PHONE, EVENT = "app", "event"

_CLOCKS_DIFFER = timedelta(minutes=10)
_PHONE_IS_LATE = timedelta(hours=48)
_WITHIN_THE_SECOND = timedelta(seconds=1)


class AcceptWitness(Base):
    """The second report of a tap: the credit that the first one made, and who told of it again."""

    __tablename__ = "accept_witness"
    __table_args__ = (
        ForeignKeyConstraint(["person_id", "credit_id"], ["credit_entry.person_id", "credit_entry.id"]),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    credit_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class SubscriptionStop(Base):
    """When a person last switched a template off in WeChat: an older accept that comes late is void."""

    __tablename__ = "subscription_stop"
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    template_id: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]


def lock(session: Session, person_id: uuid.UUID) -> None:
    """The accepts of one person one after the other, until the transaction ends."""
    anchor = select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    session.execute(anchor)


def from_phone(session: Session, now: datetime, person_id: uuid.UUID, template_id: str) -> bool:
    """The phone tells of an accept. False when an event told of that tap before. The person is locked."""
    earliest, latest = now - _PHONE_IS_LATE, now + _CLOCKS_DIFFER
    return _earn(session, person_id, template_id, PHONE, now, (earliest, latest))


def from_event(session: Session, tapped_at: datetime, person_id: uuid.UUID, template_id: str) -> bool:
    """WeChat tells of an accept. False when the phone told of that tap before, or the template was switched
    off after it. The person is locked."""
    if stopped_since(session, person_id, template_id, tapped_at):
        return False
    earliest, latest = tapped_at - _CLOCKS_DIFFER, tapped_at + _PHONE_IS_LATE
    return _earn(session, person_id, template_id, EVENT, tapped_at, (earliest, latest))


def _earn(
    session: Session,
    person_id: uuid.UUID,
    template_id: str,
    source: str,
    at: datetime,
    window: tuple[datetime, datetime],
) -> bool:
    other = EVENT if source == PHONE else PHONE
    told = session.scalar(_untold_again(person_id, template_id, other, window))
    if told is not None:
        witness = insert(AcceptWitness).values(person_id=person_id, credit_id=told, source=source, at=at)
        session.execute(witness)
        return False
    credit = {"change": 1, "reason": "accepted", "source": source, "at": at}
    session.execute(
        insert(CreditEntry).values(person_id=person_id, id=new_id(), template_id=template_id, **credit)
    )
    return True


def _untold_again(
    person_id: uuid.UUID, template_id: str, source: str, window: tuple[datetime, datetime]
) -> Select[uuid.UUID]:
    """The oldest accept that the other one told of within this time and that has no witness yet."""
    witness = exists().where(
        AcceptWitness.person_id == CreditEntry.person_id, AcceptWitness.credit_id == CreditEntry.id
    )
    return (
        select(CreditEntry.id)
        .where(
            CreditEntry.person_id == person_id,
            CreditEntry.template_id == template_id,
            CreditEntry.reason == "accepted",
            CreditEntry.source == source,
            CreditEntry.at.between(*window),
            ~witness,
        )
        .order_by(CreditEntry.at, CreditEntry.id)
        .limit(1)
    )


def stop(session: Session, person_id: uuid.UUID, template_id: str, at: datetime) -> datetime:
    """The template was switched off then; answers before which moment its credits are worth nothing.

    WeChat's times are whole seconds: what was accepted within that second came before.
    """
    stopped = insert(SubscriptionStop).values(person_id=person_id, template_id=template_id, at=at)
    session.execute(
        stopped.on_conflict_do_update(
            index_elements=["person_id", "template_id"],
            set_={"at": func.greatest(SubscriptionStop.at, stopped.excluded.at)},
        )
    )
    return at + _WITHIN_THE_SECOND


def stopped_since(session: Session, person_id: uuid.UUID, template_id: str, at: datetime) -> bool:
    """Whether it was switched off after that moment."""
    found = select(SubscriptionStop.at).where(
        SubscriptionStop.person_id == person_id,
        SubscriptionStop.template_id == template_id,
        SubscriptionStop.at > at,
    )
    return session.scalar(found) is not None
