"""What goes over the wire about cards of the home."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from app.web.fields import In, Moment, Out, Query, Text

CardState = Literal["applied", "verified", "expired", "refused", "left"]


class CardById(BaseModel):
    """An id in the path."""

    id: uuid.UUID


class CardQuery(Query):
    """The number that the holder shows or says."""

    number: str = Field(max_length=20)


class BenefitOut(Out):
    """What the card brings, and whether it does so already."""

    title: str
    usable: bool


class CardOut(Out):
    """One's own card; `User.card` is the same."""

    id: str
    number: str
    state: CardState
    applied_at: Moment
    valid_until: Moment | None
    benefits: list[BenefitOut]


class CardHolder(Out):
    """What the desk needs to see that it is he."""

    name: str
    phone_masked: str | None
    plate_masked: str | None


class CardAtDesk(Out):
    """A card that somebody shows at the desk."""

    id: str
    number: str
    state: CardState
    applied_at: Moment
    verified_at: Moment | None
    valid_until: Moment | None
    holder: CardHolder


class RefuseCardIn(In):
    """Why; the holder reads it."""

    reason: Annotated[str, Text(200)]
