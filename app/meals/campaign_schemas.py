"""What goes over the wire about campaigns."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from app.checkins.schemas import PersonKind
from app.meals.rules import MOST_STATIONS
from app.meals.schemas import StationCode
from app.web.fields import In, Moment, MomentIn, Out, Page, Text, Whole, YesNo

CampaignState = Literal["planned", "running", "over", "settled"]
Portions = Annotated[Whole, Field(ge=0, le=1_000_000)]


class ByCampaign(BaseModel):
    """An id in the path."""

    id: uuid.UUID


class CampaignIn(In):
    """Something that is given away."""

    name: Annotated[str, Text(60)]
    stations: list[StationCode] = Field(min_length=1, max_length=MOST_STATIONS)
    starts_at: MomentIn
    ends_at: MomentIn
    planned: Portions


class CampaignQuery(Page):
    """Which campaigns; all of the caller's stations by default."""

    station: str | None = Field(None, max_length=10)
    settled: bool | None = None


class EntryIn(In):
    """So many for one kind of people; `station` only where the caller works at several of the campaign's."""

    person_kind: PersonKind
    quantity: Annotated[Whole, Field(ge=1, le=1_000)]
    by_hand: YesNo = False
    station: StationCode | None = None


class SettleIn(In):
    """What the store says was handed out, if anybody counted it; and what is worth knowing."""

    handed_out: Portions | None = None
    note: Annotated[str, Text(500)] | None = None


class StationCount(Out):
    """What one station handed out."""

    station: str
    scanned: int
    by_hand: int


class KindCount(Out):
    """What one kind of people was given."""

    person_kind: PersonKind
    quantity: int


class CampaignOut(Out):
    """A campaign and its count so far; of a settled one, the settlement."""

    id: str
    name: str
    state: CampaignState
    starts_at: Moment
    ends_at: Moment
    planned: int
    scanned: int
    by_hand: int
    handed_out: int
    stations: list[StationCount]
    kinds: list[KindCount]
    settled_at: Moment | None
    note: str | None


class EntryOut(Out):
    """An entry, and the campaign's count with it."""

    id: str
    station: str
    person_kind: PersonKind
    quantity: int
    by_hand: bool
    scanned_total: int
    by_hand_total: int
    handed_out: int


class CampaignNotice(Out):
    """A campaign on the card of a station."""

    name: str
    starts_at: Moment
    ends_at: Moment
