"""What goes over the wire about facilities, holds and reports."""

import uuid
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from app.facilities.rules import DAY_MINUTES, read_clock
from app.web.fields import In, Moment, MomentIn, Out, Query, Text, YesNo

FacilityKind = Literal["capsule", "washer", "dryer", "shower", "accessible_bay", "aed"]
FacilityState = Literal["ok", "out", "cleaning", "unknown"]
FacilitySide = Literal["A", "B"]
BasicState = Literal["ok", "limited", "out", "unknown"]


def _clock(written: str) -> str:
    try:
        read_clock(written)
    except ValueError:
        raise PydanticCustomError("clock", "not a time of day") from None
    return written


ClockTime = Annotated[str, Text(5), AfterValidator(_clock)]


class FacilityById(BaseModel):
    """An id in the path."""

    id: uuid.UUID


class FacilityStation(BaseModel):
    """A station's code in the path."""

    code: str = Field(max_length=20)


class FacilityQuery(Query):
    """Which station's, and of these which."""

    station: str = Field(max_length=10)
    side: FacilitySide | None = None
    kind: FacilityKind | None = None


class WomenSlot(In):
    """A daily span for women only, Shanghai time; `24:00` is the day's end, it may run past midnight."""

    first: ClockTime = Field(alias="from")
    last: ClockTime = Field(alias="until")

    @model_validator(mode="after")
    def spans_something(self) -> "WomenSlot":
        """It begins within the day and does not end where it begins."""
        first, last = self.minutes
        if first in (DAY_MINUTES, last):
            raise PydanticCustomError("slot", "no span")
        return self

    @property
    def minutes(self) -> tuple[int, int]:
        """Both ends as minutes of the day."""
        return read_clock(self.first), read_clock(self.last)


class WomenSlotOut(Out):
    """The same on the way out."""

    first: str = Field(alias="from")
    last: str = Field(alias="until")


class FacilityIn(In):
    """A new facility."""

    station: Annotated[str, Text(10)]
    side: FacilitySide
    kind: FacilityKind
    name: Annotated[str, Text(30)]
    place: Annotated[str, Text(100)] | None = None
    women_only: WomenSlot | None = None


class FacilityChange(In):
    """Only the fields sent are changed. `occupied_until`: somebody was let in without a hold, or null: the
    place is free again. `retired`: it is there no longer."""

    name: Annotated[str, Text(30)] | None = None
    place: Annotated[str, Text(100)] | None = None
    state: FacilityState | None = None
    women_only: WomenSlot | None = None
    occupied_until: MomentIn | None = None
    retired: YesNo = False

    @field_validator("name", "state")
    @classmethod
    def not_nothing(cls, value: object) -> object:
        """A name or a state can be changed, not taken away."""
        if value is None:
            raise PydanticCustomError("missing", "cannot be null")
        return value


class MineOut(Out):
    """One's own live hold or turn."""

    id: str
    state: str
    until: Moment


class FacilityOut(Out):
    """One facility as it stands. `taken` is null while nobody has it; `words` may be shown as they are."""

    id: str
    station: str
    side: FacilitySide
    kind: FacilityKind
    title: str
    name: str
    place: str | None
    state: FacilityState
    as_of: Moment | None
    said_by: Literal["driver", "staff"] | None
    words: str
    bookable: bool
    free: bool
    taken: Literal["held", "in_use", "overtime"] | None
    until: Moment | None
    women_only: WomenSlotOut | None
    mine: MineOut | None


class FacilityAtDesk(FacilityOut):
    """The same for the desk: who has it; null also where staff let somebody in."""

    holder: str | None


class FacilityCount(Out):
    """All facilities of one kind on one side, for the station's card."""

    kind: FacilityKind
    title: str
    side: FacilitySide
    total: int
    ok: int
    out: int
    free: int | None = Field(description="现在空着几个；不用预留的为 null")
    free_women: int = Field(description="空着的里面，现在只供女性用的")
    as_of: Moment | None


class BookingIn(In):
    """`for_woman`: the hold is for a woman, asked for in women's hours only and kept nowhere."""

    for_woman: YesNo = False


class BookedPlace(Out):
    """What was booked."""

    id: str
    station: str
    side: FacilitySide
    kind: FacilityKind
    title: str
    name: str
    place: str | None


class BookingOut(Out):
    """A hold or a turn; `until` is when the hold ends, or when the turn should be over."""

    id: str
    state: Literal["held", "in_use", "overtime", "finished", "cancelled", "lapsed", "released"]
    until: Moment
    held_at: Moment
    facility: BookedPlace


class FacilityReportIn(In):
    """How it was."""

    state: Literal["ok", "out"]
    text: Annotated[str, Text(500)] | None = None


class FaultRequest(Out):
    """The request that a fault became."""

    id: str
    number: str


class FacilityReportOut(Out):
    """The report, how the facility stands now, and the request where it is a fault."""

    id: str
    state: FacilityState
    words: str
    request: FaultRequest | None


class FacilityReportAtDesk(Out):
    """What somebody said of a facility; who it was stands in the request, where there is one."""

    state: Literal["ok", "out"]
    at: Moment
    text: str | None
    request_id: str | None


class BasicsChange(In):
    """What is known from now on of the five basics; only the ones sent."""

    parking: BasicState | None = None
    hot_water: BasicState | None = None
    meal_heating: BasicState | None = None
    shower: BasicState | None = None
    laundry: BasicState | None = None
