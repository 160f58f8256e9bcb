"""Tables of meals: offers with their quota, orders, shares and coupons, walk-ins; campaigns with entries."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.checkins.rules import PERSON_KINDS
from app.foundation.database import Base
from app.meals.rules import LIVE, ORDER_STATES


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


_LIVE = sql(_one_of("state", LIVE))


class MealOffer(Base):
    """So many portions of something, at one side of a station, in one slot.

    `taken` counts portions ordered, handed out and walked in with, and moves with them in one transaction;
    the check sells no portion beyond the last, whoever forgets to ask. `cancel_reason` is set where a closed
    offer's orders are to be cancelled, `released_at` when none of them is open any more.
    """

    __tablename__ = "meal_offer"
    __table_args__ = (
        CheckConstraint("side IN ('A', 'B')", name="side"),
        CheckConstraint("slot_ends_at > slot_starts_at", name="slot"),
        CheckConstraint("price_fen >= 0", name="price_fen"),
        CheckConstraint("taken BETWEEN 0 AND quota", name="taken"),
        CheckConstraint("cancel_reason IS NULL OR closed_at IS NOT NULL", name="cancel_reason"),
        Index("ix_meal_offer_station", "station", "slot_starts_at", "id"),
        Index("ix_meal_offer_slot", "slot_starts_at", "id"),
        Index("ix_meal_offer_unreleased", "slot_ends_at", postgresql_where=sql("released_at IS NULL")),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"))
    side: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    slot_starts_at: Mapped[datetime]
    slot_ends_at: Mapped[datetime]
    price_fen: Mapped[int]
    quota: Mapped[int] = mapped_column(SmallInteger)
    taken: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(Text)
    released_at: Mapped[datetime | None]


class MealOrder(Base):
    """What a request ordered; keyed as the request is. The price is the one of that moment."""

    __tablename__ = "meal_order"
    __table_args__ = (
        ForeignKeyConstraint(["origin", "request_id"], ["help_request.origin", "help_request.id"]),
        UniqueConstraint("origin", "day", "code"),
        CheckConstraint(_one_of("state", ORDER_STATES), name="state"),
        CheckConstraint("quantity BETWEEN 1 AND 2", name="quantity"),
        CheckConstraint("due_fen >= 0", name="due_fen"),
        CheckConstraint(f"({_one_of('state', LIVE)}) = (ended_at IS NULL)", name="ended_at"),
        Index("ix_meal_order_request", "request_id"),
        Index("ix_meal_order_code", "code", "day"),
        Index("ix_meal_order_offer", "offer_id", "state"),
        Index("ix_meal_order_person", "person_id", postgresql_where=sql("person_id IS NOT NULL")),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meal_offer.id"))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    code: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(SmallInteger)
    free: Mapped[bool]
    due_fen: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    ordered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class MealShare(Base):
    """How many portions of an offer a person holds or was given; the check gives nobody a third."""

    __tablename__ = "meal_share"
    __table_args__ = (CheckConstraint("portions BETWEEN 0 AND 2", name="portions"),)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meal_offer.id"), primary_key=True)
    portions: Mapped[int] = mapped_column(SmallInteger)


class MealCoupon(Base):
    """A person's free portion of a day, used by that order; the key lets nobody have two."""

    __tablename__ = "meal_coupon"
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    request_id: Mapped[uuid.UUID]


class MealWalkIn(Base):
    """Portions given to people who came without an order; the station's own count. One noted by mistake is
    undone, and stays."""

    __tablename__ = "meal_walk_in"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_meal_walk_in_offer", "offer_id"),
    )
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meal_offer.id"))
    quantity: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None]


class Campaign(Base):
    """Something given away at some stations for some time; settled once, and the sum must be right."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        CheckConstraint("planned >= 0", name="planned"),
        CheckConstraint(
            "(settled_at IS NULL AND scanned IS NULL AND by_hand IS NULL AND handed_out IS NULL)"
            " OR (settled_at IS NOT NULL AND handed_out IS NOT NULL AND scanned + by_hand = handed_out)",
            name="settlement",
        ),
        Index("ix_campaign_newest", "starts_at", "id"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    planned: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    scanned: Mapped[int | None]
    by_hand: Mapped[int | None]
    handed_out: Mapped[int | None]
    note: Mapped[str | None] = mapped_column(Text)


class CampaignStation(Base):
    """Where a campaign takes place."""

    __tablename__ = "campaign_station"
    __table_args__ = (Index("ix_campaign_station_station", "station", "campaign_id"),)
    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"), primary_key=True)


class CampaignEntry(Base):
    """So many handed out to one kind of people, scanned or counted by hand; append-only: a mistake is
    reversed, each entry once at most. The sum of the entries is what was handed out."""

    __tablename__ = "campaign_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["campaign_id", "station"], ["campaign_station.campaign_id", "campaign_station.station"]
        ),
        CheckConstraint(_one_of("person_kind", PERSON_KINDS), name="person_kind"),
        CheckConstraint("quantity <> 0 AND (quantity < 0) = (reverses IS NOT NULL)", name="quantity"),
        Index("ix_campaign_entry_campaign", "campaign_id"),
        Index("ix_campaign_entry_id", "id"),
        Index(
            "uq_campaign_entry_reverses",
            "station",
            "reverses",
            unique=True,
            postgresql_where=sql("reverses IS NOT NULL"),
        ),
    )
    station: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[uuid.UUID]
    person_kind: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int]
    by_hand: Mapped[bool]
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    reverses: Mapped[uuid.UUID | None]
