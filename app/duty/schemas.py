"""What goes over the wire about posts, shifts, attendance and stand-ins."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from app.web.fields import Day, In, Moment, MomentIn, Out, Page, Query, Text, Whole, YesNo

Kind = Literal["vanguard", "model", "area", "task_force"]
Side = Literal["A", "B"]
StationCode = Annotated[str, Text(10)]
Weekday = Annotated[Whole, Field(ge=1, le=7)]
Mine = Literal["confirmed", "waitlisted"]


class ById(BaseModel):
    """An id in the path."""

    id: uuid.UUID


class PostIn(In):
    """A post; `open_to` says whether members of other branches may hold it too."""

    name: Annotated[str, Text(60)]
    kind: Kind
    station: StationCode
    side: Side
    standard: Annotated[str, Text(2000)] | None = None
    open_to: Literal["members", "branch"] = "members"
    task_force_id: uuid.UUID | None = None


class PostOut(Out):
    """A post as everybody in the branch work sees it."""

    id: str
    name: str
    kind: Kind
    station: str
    side: Side
    standard: str | None
    open_to: str
    task_force_id: str | None


class RepeatIn(In):
    """A pattern: on these weekdays (Monday is 1; the first start's own by default), until that day or for so
    many weeks; with `days` only on workdays, or only on days off, by the calendar with holidays and 调休."""

    weekdays: tuple[Weekday, ...] = Field((), max_length=7)
    days: Literal["any", "workdays", "days_off"] = "any"
    until: Day | None = None
    weeks: Annotated[Whole, Field(ge=1, le=26)] = 4


def _pattern(repeat: object) -> object:
    return {} if repeat == "weekly" else repeat


_Written = BeforeValidator(_pattern, json_schema_input_type=RepeatIn | Literal["weekly"])
"""`weekly` is the pattern with nothing said about it. No union: what is wrong is named as it was written."""


class ShiftIn(In):
    """A shift, or with `repeat` a series of them."""

    post_id: uuid.UUID
    starts_at: MomentIn
    ends_at: MomentIn
    capacity: Annotated[Whole, Field(ge=1, le=500)]
    min_needed: Annotated[Whole, Field(ge=0, le=500)] = 0
    opens_at: MomentIn | None = None
    repeat: Annotated[RepeatIn, _Written] | None = None


class ShiftQuery(Page):
    """Which shifts: at a station, between two Shanghai days; the next 14 days by default."""

    station: str | None = Field(None, max_length=10)
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")


class PostBrief(Out):
    """A post beside its shift."""

    id: str
    name: str
    kind: Kind
    standard: str | None


class ShiftOut(Out):
    """One shift as the caller sees it; `why_not` is the code that signing up would be refused with."""

    id: str
    post: PostBrief
    station: str
    side: Side
    starts_at: Moment
    ends_at: Moment
    opens_at: Moment | None
    capacity: int
    min_needed: int
    taken: int
    waiting: int
    mine: Mine | None
    can_sign_up: bool
    can_wait: bool
    why_not: str | None
    why_not_text: str | None


class AttendanceOut(Out):
    """That somebody came, or did not; `minutes` once it is over."""

    id: str
    state: str
    since: Moment | None
    ended_at: Moment | None
    minutes: int | None


class RosterLine(Out):
    """One member of a shift; attendance is shown to the secretary and the committee only."""

    member: str
    name: str
    state: Mine
    attendance: AttendanceOut | None = None


class ShiftPage(ShiftOut):
    """One shift; the roster only for members of its branch."""

    roster: list[RosterLine] | None = None


class ShiftMade(ShiftOut):
    """The first shift that was made, and the ids of all of the series."""

    series: list[str]


class OwnShift(ShiftOut):
    """A shift of one's own."""

    attendance: AttendanceOut | None


class SignupIn(In):
    """Whether to wait when it is full."""

    waitlist: YesNo = False


class SignupOut(Out):
    """What came of it; `position` in the waiting list, counted from 1."""

    state: Mine
    position: int | None = None


class CancelOut(Out):
    """Whether the place was given up late."""

    late: bool


class SignInIn(In):
    """Whatever the scan gave: the code on the wall, or the one on the staff's screen."""

    shift_id: uuid.UUID | None = None
    code: Annotated[str, Text(512)]
    scanned_at: MomentIn | None = None


class ShiftBrief(Out):
    """The shift that somebody is on."""

    id: str
    name: str
    station: str
    side: Side
    starts_at: Moment
    ends_at: Moment


class SignInOut(Out):
    """On duty since then."""

    id: str
    shift: ShiftBrief
    state: Literal["on_duty", "late"]
    since: Moment


class FinishOut(Out):
    """How long it was."""

    minutes: int


class CodeQuery(Query):
    """Which side's screen."""

    station: str = Field(max_length=10)
    side: Side


class CodeOut(Out):
    """What the screen shows, and until when."""

    code: str
    valid_until: Moment


class CorrectionIn(In):
    """What was wrong."""

    text: Annotated[str, Text(1000)]


class CorrectionOut(Out):
    """The wish, as it was kept."""

    id: str
    asked_at: Moment


class CorrectIn(In):
    """What an attendance is changed to, and why."""

    state: Literal["served", "late", "no_show", "excused"] | None = None
    minutes: Annotated[Whole, Field(ge=0, le=1440)] | None = None
    reason: Annotated[str, Text(500)]


class TaskForceIn(In):
    """A task force; of the caller's own branch when no station is named."""

    name: Annotated[str, Text(60)]
    starts_at: MomentIn
    ends_at: MomentIn
    station: StationCode | None = None


class TaskForceOut(Out):
    """A task force; helpers join with the `invite`, which the office sees."""

    id: str
    name: str
    station: str
    starts_at: Moment
    ends_at: Moment
    helpers: int
    invite: str | None
    closed_at: Moment | None
    summary: str | None


class TaskForceEnd(In):
    """What came of it."""

    summary: Annotated[str, Text(5000, 0)] = ""


class TaskForceJoin(In):
    """The code of a task force."""

    invite: Annotated[str, Text(20)]


class JoinedOut(Out):
    """The task force that somebody helps now."""

    id: str
    name: str
    starts_at: Moment
    ends_at: Moment


class StandInIn(In):
    """Whom to ask; everybody who may when nobody is named."""

    to_member: uuid.UUID | None = None


class StandInOut(Out):
    """A place that somebody would give to another."""

    id: str
    shift: ShiftBrief
    name: str
    own: bool
    to_me: bool
    state: Literal["open", "accepted", "withdrawn"]
    asked_at: Moment
