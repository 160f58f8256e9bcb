"""What goes over the wire about meals."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from app.web.fields import Day, In, Moment, MomentIn, Out, Page, Text, Whole, YesNo

Side = Literal["A", "B"]
StationCode = Annotated[str, Text(10)]
OfferName = Annotated[str, Text(40)]
PriceFen = Annotated[Whole, Field(ge=0, le=100_000)]
Quota = Annotated[Whole, Field(ge=1, le=5_000)]
Reason = Annotated[str, Text(200)]


class ByOffer(BaseModel):
    """An id in the path."""

    id: uuid.UUID


class MealSlot(Out):
    """From when until when a meal is handed out."""

    starts_at: Moment
    ends_at: Moment
    text: str = Field(description="写好的时段，例如 `11-28 11:00–13:00`")


class OfferBrief(Out):
    """An offer on the card of a station."""

    id: str
    name: str
    side: Side
    slot: MealSlot
    price_fen: int
    left: int


class OfferOut(OfferBrief):
    """An offer as somebody who is signed in sees it."""

    station: str
    quota: int
    mine: int = Field(description="本人在这一餐已订几份")
    coupon_left: bool = Field(description="本人当天的免费券还在")
    can_order: bool
    why_not: str | None
    why_not_text: str | None


class StaffOfferOut(OfferBrief):
    """An offer as its kitchen sees it, with what became of its portions."""

    station: str
    quota: int
    closed: bool
    reserved: int
    ready: int
    picked_up: int
    expired: int
    walk_ins: int


class OffersQuery(Page):
    """Which station and which Shanghai day; today by default."""

    station: str | None = Field(None, max_length=10)
    day: Day | None = None


class OfferIn(In):
    """So many portions of something in one slot."""

    station: StationCode
    side: Side
    name: OfferName
    slot_starts_at: MomentIn
    slot_ends_at: MomentIn
    price_fen: PriceFen
    quota: Quota


class OfferChange(In):
    """Only the fields sent are changed; the slot is not: who has ordered relies on it."""

    name: OfferName | None = None
    price_fen: PriceFen | None = None
    quota: Quota | None = None


class CloseOffer(In):
    """No more orders; with a reason the orders that stand are cancelled, and their drivers told."""

    cancel_orders: YesNo = False
    reason: Reason | None = None


class WalkInIn(In):
    """How many portions were given to people without an order."""

    quantity: Annotated[Whole, Field(ge=1, le=50)]


class WalkInOut(Out):
    """What was counted, and what is left."""

    id: str
    quantity: int
    left: int


class PickupIn(In):
    """What the driver says or shows; `station` only for who works at several."""

    pickup_code: Annotated[str, Text(20)]
    station: StationCode | None = None


class CancelOrder(In):
    """Why; the driver reads it."""

    reason: Reason


class KitchenQuery(OffersQuery):
    """The same, and which orders; without `state` those that still have to be handed out."""

    state: Literal["reserved", "ready", "picked_up", "cancelled", "expired", "all"] | None = None


class KitchenLine(Out):
    """An order as the kitchen sees it: no name and no number of anybody."""

    id: str
    pickup_code: str
    offer_id: str
    name: str
    station: str
    side: Side
    slot: MealSlot
    quantity: int
    free: bool
    due_fen: int
    diet: str | None
    arrives_at: str | None
    state: str


class OrderSection(Out):
    """What a request carries in `meal`."""

    offer_id: str
    name: str
    side: Side
    slot: MealSlot
    quantity: int
    free: bool
    due_fen: int
    pickup_code: str
    state: str
