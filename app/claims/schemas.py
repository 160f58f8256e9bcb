"""What goes over the wire about claims."""

import uuid
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from app.claims.guides import ClaimGuides, ClaimHotline, ClaimSource, guides
from app.people.rules import clean_plate
from app.web.fields import Day, In, Moment, MomentIn, Out, Text, Whole, YesNo

MilestoneKind = Literal["police", "insurer", "survey", "loss_fixed", "documents", "paid"]
PathCode = Literal["toll_network", "motor"]
WhatCode = Literal["cargo_theft", "fuel_theft", "scrape", "cargo_damage", "injury", "other"]
_MOST_FEN = 100_000_000_00


class MilestoneIn(In):
    """A step that was reached, when, and what is worth knowing of it. `correct`: it was noted with a wrong
    time, this is the right one."""

    kind: MilestoneKind
    at: MomentIn
    note: Annotated[str, Text(200)] | None = None
    correct: YesNo = False


class ClaimChange(In):
    """What is known of the case by now; only the fields sent change. The two reports may be told here too."""

    path: PathCode | None = None
    what: WhatCode | None = None
    plate: Annotated[str, Text(12)] | None = None
    bay: Annotated[str, Text(20)] | None = None
    happened_at: Annotated[str, Text(30)] | None = None
    police_no: Annotated[str, Text(40)] | None = None
    insurer: Annotated[str, Text(30)] | None = None
    insurer_no: Annotated[str, Text(40)] | None = None
    loss_fen: Annotated[Whole, Field(ge=0, le=_MOST_FEN)] | None = None
    police_reported_at: MomentIn | None = None
    insurer_reported_at: MomentIn | None = None

    @field_validator("plate")
    @classmethod
    def a_plate(cls, written: str | None) -> str | None:
        """As the traffic office writes it."""
        plate = clean_plate(written) if written else None
        if written and plate is None:
            raise PydanticCustomError("plate", "not a plate")
        return plate


class EvidenceIn(In):
    """One line of the evidence list, done or not after all."""

    code: Annotated[str, Text(30)]
    done: YesNo = True


class ClaimDocumentIn(In):
    """A picture that was uploaded as a document, and what it is."""

    upload_id: uuid.UUID
    kind: Annotated[str, Text(30)]

    @field_validator("kind")
    @classmethod
    def known(cls, kind: str) -> str:
        """One of the papers of the guide."""
        if kind not in {paper.kind for paper in guides().documents}:
            raise PydanticCustomError("enum", "no such paper")
        return kind


class FootageIn(In):
    """What became of the camera footage; of what was kept, from when to when."""

    outcome: Literal["secured", "to_police", "not_covered", "lost"]
    from_at: MomentIn | None = None
    until_at: MomentIn | None = None
    camera: Annotated[str, Text(60)] | None = None
    kept_where: Annotated[str, Text(120)] | None = None

    @model_validator(mode="after")
    def with_hours(self) -> "FootageIn":
        """Footage without its hours proves nothing."""
        if self.outcome in ("secured", "to_police") and None in (self.from_at, self.until_at):
            raise PydanticCustomError("hours", "from and until are missing")
        if self.from_at and self.until_at and self.until_at <= self.from_at:
            raise PydanticCustomError("hours", "until is not after from")
        return self


class JoinIn(In):
    """The code that the other driver reads out."""

    code: Annotated[str, Text(20)]


class HotlineIn(In):
    """A number that an admin has checked; of a known one only what is sent changes."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,30}$")]
    checked_on: Day
    name: Annotated[str, Text(30)] | None = None
    phone: Annotated[str, Field(pattern=r"^[0-9][0-9-]{2,19}$")] | None = None
    keys: Annotated[str, Text(20, least=0)] | None = None
    about: Annotated[str, Text(60, least=0)] | None = None
    source: Annotated[str, Text(120)] | None = None
    hidden: YesNo | None = None


class DocumentById(BaseModel):
    """A document's id in the path."""

    id: uuid.UUID


class CoDriverById(BaseModel):
    """A co-driver's id within the case, in the path."""

    id: uuid.UUID


class HotlineOut(ClaimHotline):
    """A number, and whether it was checked too long ago to be trusted unseen."""

    stale: bool


class HotlineList(Out):
    """All numbers; whoever calls still compares with his own policy."""

    items: list[HotlineOut]
    next_cursor: str | None = None


class GuidesOut(ClaimGuides):
    """The guided paths with everything that they refer to."""

    hotlines: list[HotlineOut]


class NextStepOut(Out):
    """Whose turn it is."""

    who: Literal["staff", "driver", "insurer"]
    code: str
    text: str


class ReportOut(Out):
    """One of the two reports, which are made at the same time."""

    kind: Literal["police", "insurer"]
    title: str
    phones: list[HotlineOut]
    done_at: Moment | None
    number: str | None


class FootageOut(Out):
    """Whether the camera footage is safe."""

    due_at: Moment | None
    outcome: str | None
    title: str
    from_at: Moment | None
    until_at: Moment | None
    noted_at: Moment | None


class StaffFootageOut(FootageOut):
    """And where it lies, for the desk."""

    camera: str | None
    kept_where: str | None


class EvidenceOut(Out):
    """A line of the evidence list."""

    code: str
    title: str
    why: str
    done_at: Moment | None


class ClaimMilestoneOut(Out):
    """A step, reached or not."""

    kind: str
    title: str
    at: Moment | None


class ClaimClockOut(Out):
    """A clock with where it comes from; `info` is a sentence, `waiting` has not begun."""

    code: str
    title: str
    note: str
    state: Literal["info", "waiting", "running", "met", "missed"]
    due_at: Moment | None
    sources: list[ClaimSource]


class WantedDocumentOut(Out):
    """A paper that insurers ask for, and how many pictures of it there are."""

    kind: str
    title: str
    have: int


class ClaimDocumentOut(Out):
    """A paper; `url` shows it with a watermark, for minutes, and is null for whoever may not see it."""

    id: str
    kind: str
    title: str
    by: str
    mine: bool
    added_at: Moment
    destroy_on: date
    url: str | None


class CoDriverOut(Out):
    """Somebody who joined."""

    id: str
    name: str
    mine: bool
    joined_at: Moment


class ClaimFacts(Out):
    """What is known by now."""

    plate: str | None = None
    bay: str | None = None
    happened_at: str | None = None
    police_no: str | None = None
    insurer: str | None = None
    insurer_no: str | None = None
    loss: str | None = None
    loss_fen: int | None = None


class ClaimOut(Out):
    """A case as its driver and his co-drivers see it."""

    request_id: str
    number: str
    state: str
    station: str | None
    side: str | None
    role: Literal["owner", "co_driver", "staff"]
    path: str
    path_title: str
    what: str
    what_title: str
    disclaimer: str
    next_step: NextStepOut | None
    reports: list[ReportOut]
    footage: FootageOut | None
    evidence: list[EvidenceOut]
    milestones: list[ClaimMilestoneOut]
    clocks: list[ClaimClockOut]
    documents_wanted: list[WantedDocumentOut]
    documents: list[ClaimDocumentOut]
    co_drivers: list[CoDriverOut]
    facts: ClaimFacts


class StaffClaimOut(ClaimOut):
    """The same for the desk; papers are opened by whoever holds the request, and by nobody else."""

    footage: StaffFootageOut | None
    handling: bool


class ClaimLine(Out):
    """A line of one's own cases, those that one has joined included."""

    request_id: str
    number: str
    state: str
    station: str | None
    role: Literal["owner", "co_driver"]
    created_at: Moment
    reached: str | None


class CoDriverCode(Out):
    """To be read out to the co-driver; good once."""

    code: str
    valid_until: Moment


class PaperOut(Out):
    """Where the paper can be opened, for minutes."""

    url: str
