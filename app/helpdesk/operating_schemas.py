"""What goes over the wire where somebody sets workdays, clocks and ready-made answers."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator
from pydantic_core import PydanticCustomError

from app.helpdesk.kinds import SPAN
from app.helpdesk.rules import MOST_TEXT
from app.web.fields import Day, In, Moment, Out, Query, Text

_FIRST, _LAST = date(2000, 1, 1), date(2100, 12, 31)


class WorkdayPath(BaseModel):
    """A Shanghai day in the path."""

    day: Annotated[Day, Field(ge=_FIRST, le=_LAST)]


class WorkdaysQuery(Query):
    """From when until when, both included."""

    from_: Day | None = Field(None, alias="from")
    to: Day | None = None


class WorkdayIn(In):
    """Whether the day is worked, and who says so."""

    kind: Literal["workday", "holiday"]
    reason: Annotated[str, Text(100)]


class WorkdayOut(Out):
    """A day that the operator has set."""

    day: date
    kind: str
    reason: str
    by: str
    at: Moment


class WorkdayList(Out):
    """The days that were set, the earliest first."""

    items: list[WorkdayOut]
    next_cursor: str | None = None
    announced_until: date = Field(
        description="到这一天为止的放假安排已内置；以后的年份按周一到周五，直到录入"
    )


class KindAtStation(BaseModel):
    """A station and a kind of request in the path."""

    code: str = Field(max_length=20, description="例如 `GS001`")
    kind: str = Field(max_length=40)


_LONGEST = {"m": 365 * 24 * 60, "h": 365 * 24, "wd": 250}
"""A year: whatever is promised for later is no promise."""


def _span(written: str | None) -> str | None:
    if written is None:
        return None
    if not (match := SPAN.match(written)):
        raise PydanticCustomError("string_pattern_mismatch", "not a span")
    if int(match[1]) > (most := _LONGEST[match[2]]):
        raise PydanticCustomError("less_than_equal", "longer than a year", {"le": most})
    return written


class StationClockIn(In):
    """Spans like `15m`, `4h`, `2wd` (workdays), a year (250 workdays) at most; null: as everywhere."""

    ack: Annotated[str, Text(6)] | None = None
    answer: Annotated[str, Text(6)] | None = None
    close: Annotated[str, Text(6)] | None = None

    @field_validator("ack", "answer", "close")
    @classmethod
    def readable(cls, written: str | None) -> str | None:
        """A span."""
        return _span(written)


class StationClockOut(Out):
    """The clocks of one kind as they count at a station; `own` names those that differ from everywhere."""

    kind: str
    title: str
    ack: str
    answer: str
    close: str
    own: list[str]
    fixed: bool
    by: str | None
    at: Moment | None


class StationClockList(Out):
    """Every kind, most urgent first."""

    items: list[StationClockOut]
    next_cursor: str | None = None


class MacroQuery(Query):
    """Of which desk; all of the caller's without."""

    station: str | None = Field(None, max_length=10)


class MacroIn(In):
    """A ready-made answer; without a station for all desks."""

    station: Annotated[str, Text(10)] | None = None
    title: Annotated[str, Text(20)]
    text: Annotated[str, Text(MOST_TEXT)]


class MacroChange(In):
    """Other words."""

    title: Annotated[str, Text(20)] | None = None
    text: Annotated[str, Text(MOST_TEXT)] | None = None


class MacroPath(BaseModel):
    """A ready-made answer in the path."""

    id: uuid.UUID


class MacroOut(Out):
    """One ready-made answer; `station` is null for those of all desks."""

    id: str
    station: str | None
    title: str
    text: str
    mine_to_change: bool
    by: str
    at: Moment


class MacroList(Out):
    """The station's own first."""

    items: list[MacroOut]
    next_cursor: str | None = None
