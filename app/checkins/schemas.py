"""What goes over the wire at a check-in."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from app.web.fields import Day, In, Moment, MomentIn, Out, Page, Text

Purpose = Literal["rest", "meal", "medical", "duty", "event", "other"]
PersonKind = Literal["truck_driver", "traveller", "staff", "unknown"]
Finite = Field(allow_inf_nan=False)


class LocationIn(In):
    """Where the phone thinks it is; compared and forgotten."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    accuracy_m: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)] = 0


class CheckInIn(In):
    """Whatever the scan gave, and what the phone knows about it."""

    code: Annotated[str, Text(512)]
    purpose: Purpose | None = None
    person_kind: PersonKind | None = None
    location: LocationIn | None = None
    scanned_at: MomentIn | None = None


class CheckInChange(In):
    """Only the fields sent are changed."""

    purpose: Purpose | None = None
    person_kind: PersonKind | None = None


class CheckInOut(Out):
    """One check-in; `repeat` when the scan was already there."""

    id: str
    station: str
    station_name: str
    side: str
    purpose: str | None
    person_kind: str
    scanned_at: Moment
    recorded_at: Moment
    clock_suspect: bool
    repeat: bool = False
    location_check: str


class DeskLine(CheckInOut):
    """One check-in as the desk sees it: the phone masked."""

    name: str
    phone_masked: str | None


class DeskQuery(Page):
    """A station's day; the caller's own desk and today by default."""

    station: str | None = Field(None, max_length=10)
    day: Day | None = None


class ById(BaseModel):
    """A check-in's id in the path."""

    id: uuid.UUID
