"""What goes over the wire about points."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from app.web.fields import Day, In, Moment, Out, Page, Query, Text, Whole

PointsState = Literal["open", "settled", "published", "objection", "final"]
OneBranch = Annotated[str, Text(10)]


class ByQuarter(BaseModel):
    """A quarter in the path, as `2026Q4`."""

    quarter: str


class ObjectionById(BaseModel):
    """An id in the path."""

    id: uuid.UUID


class PointsQuery(Query):
    """`?limit=&cursor=`: as many entries as a quarter usually has, in one piece."""

    limit: int = Field(100, ge=1, le=100)
    cursor: str | None = Field(None, max_length=200)


class EntrySource(Out):
    """The event that an entry stems from."""

    kind: str
    id: str


class PointsEntryOut(Out):
    """One line of the ledger: how much, for what, by which rule of which version, for which branch."""

    id: str
    points: int
    reason: str
    item: str
    rule: str
    rule_version: int
    source: EntrySource
    branch: str
    quarter: str
    at: Moment
    made_at: Moment
    reverses: str | None = None


class PointsOut(Out):
    """One's own ledger; the balance is the sum of all entries."""

    balance: int
    quarter: str
    quarter_points: int
    scored: bool
    note: str
    entries: list[PointsEntryOut]
    next_cursor: str | None = None


class OwnScore(Out):
    """One's own line of a published quarter; the rank only while the list is public."""

    points: int
    earned: int
    by_item: dict[str, int]
    rank: int | None
    reward: str | None


class RankLine(Out):
    """One line of the ranking."""

    rank: int
    name: str
    points: int
    mine: bool


class QuarterOut(Out):
    """A quarter of one's own branch."""

    quarter: str
    title: str
    branch: str
    state: PointsState
    revision: int | None
    rules: list[str]
    rule_version: int
    published_at: Moment | None
    public_until: Moment | None
    hash: str | None
    mine: OwnScore | None
    ranking: list[RankLine] | None


class ObjectionIn(In):
    """What is wrong, of which entry if of one."""

    entry_id: uuid.UUID | None = None
    text: Annotated[str, Text(1000)]


class ObjectionOut(Out):
    """An objection and what came of it."""

    id: str
    quarter: str
    entry_id: str | None
    text: str
    made_at: Moment
    state: Literal["open", "accepted", "rejected"]
    answer: str | None
    decided_at: Moment | None


class OfficeObjection(ObjectionOut):
    """The same as the office sees it."""

    member: str
    name: str


class ObjectionQuery(Page):
    """Of which branch, and whether only those that wait."""

    branch: str | None = Field(None, max_length=10)
    state: Literal["open", "decided"] | None = None


class DecisionIn(In):
    """Whether it is right, why, and by how many points the ledger is put right where nothing else does."""

    accept: Annotated[bool, Field(strict=True)]
    text: Annotated[str, Text(1000)]
    points: Annotated[Whole, Field(ge=-100, le=100)] | None = None


class PointsBranchIn(In):
    """Which branch, where the caller has several."""

    branch: OneBranch | None = None


class PublishIn(PointsBranchIn):
    """For how many days the list is public."""

    days: Annotated[Whole, Field(ge=5, le=7)] | None = None


class OfficeLine(Out):
    """One member's score as the office sees it."""

    member: str | None
    name: str
    rank: int
    points: int
    earned: int
    minutes: int
    by_item: dict[str, int]
    reward: str | None


class OfficeQuarter(Out):
    """A settled quarter as the office sees it; `reproduced`: the ledger as of then gives the same again;
    `changed`: that of now gives another list, which has to be settled and published anew."""

    quarter: str
    title: str
    branch: str
    state: PointsState
    revision: int | None
    rule_version: int | None
    as_of: Moment | None
    hash: str | None
    reproduced: bool | None
    changed: bool
    published_at: Moment | None
    public_until: Moment | None
    finalized_at: Moment | None
    open_objections: int
    lines: list[OfficeLine]


class PointsBranchQuery(Query):
    """Which branch, where the caller has several."""

    branch: str | None = Field(None, max_length=10)


class ListQuery(PointsBranchQuery):
    """As what the list is wanted."""

    format: Literal["pdf", "xlsx"] = "pdf"


class RewardIn(PointsBranchIn):
    """What a member is given for a quarter that is final."""

    member: uuid.UUID
    text: Annotated[str, Text(200)]


class RewardOut(Out):
    """The reward, as it was kept."""

    member: str
    quarter: str
    text: str


class EventRuleIn(In):
    """What one kind of event is worth each time."""

    points: Annotated[Whole, Field(ge=0, le=100)]
    most_day: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    most_quarter: Annotated[Whole, Field(ge=1, le=1000)] | None = None


class DutyRuleIn(EventRuleIn):
    """What an hour of duty is worth."""

    least_minutes: Annotated[Whole, Field(ge=0, le=600)] = 30
    night_percent: Annotated[Whole, Field(ge=100, le=300)] = 150


class PointsRulesIn(PointsBranchIn):
    """A new version of the rules, from a day to come on."""

    effective_from: Day
    base: Annotated[Whole, Field(ge=0, le=100)]
    most: Annotated[Whole, Field(ge=1, le=1000)]
    night_from: Annotated[Whole, Field(ge=0, le=23)] = 22
    night_to: Annotated[Whole, Field(ge=0, le=23)] = 6
    duty: DutyRuleIn
    meeting: EventRuleIn
    course: EventRuleIn
    note: Annotated[str, Text(500)]


class PointsRulesOut(Out):
    """One version of the rules, in words and in numbers."""

    version: int
    branch: str | None
    effective_from: Day
    note: str
    text: list[str]
    body: dict[str, Any]


class SwitchOut(Out):
    """One thing that could burden people: whether it is on, whether it can be, and why."""

    code: str
    title: str
    on: bool
    can_be_changed: bool
    setting: str | None
    why: str


class SelfCheckOut(Out):
    """减负自查: which switches are on."""

    switches: list[SwitchOut]
    basis: str
