"""What goes over the wire about bulletins and questions."""

import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainSerializer, field_validator
from pydantic_core import PydanticCustomError

from app.bulletins.rules import km_number, read_km
from app.web.fields import In, Moment, MomentIn, Out, Page, Text, Whole, YesNo

Category = Literal["road", "policy", "benefit", "safety", "station"]
State = Literal[
    "draft", "submitted", "approved", "scheduled", "sending", "paused", "sent", "withdrawn", "expired"
]
Role = Literal[
    "driver", "member", "staff", "kitchen", "responder", "supervisor", "secretary", "committee",
    "editor", "approver", "admin", "auditor", "viewer",
]  # fmt: skip
Code = Annotated[str, Field(max_length=10)]
Road = Annotated[str, Text(20), AfterValidator(str.upper)]
# A K-post as a number of kilometres, or as it stands on the post: 1883, 1883.5, "K1883+500".
KmIn = Annotated[
    Decimal | None,
    BeforeValidator(read_km, json_schema_input_type=int | float | str | None),
]
KmOut = Annotated[
    Decimal | None, PlainSerializer(km_number, return_type=int | float | None, when_used="always")
]


class RoadIn(In):
    """One stretch of road; only the road's number is needed."""

    road: Road
    heading: Annotated[str, Text(40, 0)] | None = None
    km_from: KmIn = None
    km_to: KmIn = None
    vehicle: Annotated[str, Text(60, 0)] | None = None
    measure: Annotated[str, Text(40, 0)] | None = None


class RoadOut(Out):
    """The same as it is shown."""

    road: str
    heading: str | None
    km_from: KmOut
    km_to: KmOut
    vehicle: str | None
    measure: str | None


class BulletinIn(In):
    """A new bulletin; `stations` are those it is about."""

    title: Annotated[str, Text(60)]
    category: Category
    body_markdown: Annotated[str, Text(20_000)]
    roads: Annotated[list[RoadIn], Field(max_length=20)] = Field(default_factory=list)
    stations: Annotated[list[Code], Field(max_length=60)] = Field(default_factory=list)
    source: Annotated[str, Text(200, 0)] | None = None
    starts_at: MomentIn | None = None
    expires_at: MomentIn | None = None


class BulletinChange(In):
    """Only the fields sent are changed; with `revision` only if nobody else changed it since.

    What a bulletin must have cannot be taken away: `null` is refused, not passed over.
    """

    title: Annotated[str, Text(60)] | None = None
    category: Category | None = None
    body_markdown: Annotated[str, Text(20_000)] | None = None
    roads: Annotated[list[RoadIn], Field(max_length=20)] | None = None
    stations: Annotated[list[Code], Field(max_length=60)] | None = None
    source: Annotated[str, Text(200, 0)] | None = None
    starts_at: MomentIn | None = None
    expires_at: MomentIn | None = None
    revision: Whole | None = None

    @field_validator("title", "category", "body_markdown", "roads", "stations")
    @classmethod
    def _stays(cls, value: object) -> object:
        if value is None:
            raise PydanticCustomError("must_stay", "must stay")
        return value


class Audience(In):
    """Whom it is for; what is left out does not narrow, so `{}` is everybody (see `audience.people`)."""

    roles: Annotated[list[Role], Field(max_length=20)] = Field(default_factory=list)
    stations: Annotated[list[Code], Field(max_length=100)] = Field(default_factory=list)
    roads: Annotated[list[Road], Field(max_length=40)] = Field(default_factory=list)
    checked_in_since: MomentIn | None = None


class AudienceIn(In):
    """An audience to look at beforehand."""

    audience: Audience


class ScheduleIn(In):
    """When it goes out and until when it is worth sending; without `expires_at` the bulletin's own holds."""

    send_at: MomentIn
    expires_at: MomentIn | None = None
    audience: Audience


class ApproveIn(In):
    """With `revision` only what the approver has read."""

    revision: Whole | None = None


class BulletinReasonIn(In):
    """Why it goes back, or is taken back."""

    reason: Annotated[str, Text(500)]


class WithdrawIn(In):
    """Why it is taken back; may be left out."""

    reason: Annotated[str, Text(500)] | None = None


class Reach(Out):
    """How many people, how many of them a WeChat message reaches, and how many have no credit for one."""

    people: int
    reachable: int
    without_credit: int


class ChangeOut(Out):
    """One field that a correction changed: single values, or lines removed and added."""

    field: str
    label: str
    before: str | None = None
    after: str | None = None
    removed: list[str] = Field(default_factory=list)
    added: list[str] = Field(default_factory=list)


class BulletinOut(Out):
    """A bulletin as everybody reads it. `superseded_by` leads to the version that holds now."""

    id: str
    version: int
    title: str
    category: str
    category_title: str
    body_html: str
    roads: list[RoadOut]
    stations: list[str]
    starts_at: Moment | None
    expires_at: Moment | None
    published_at: Moment | None
    source: str | None
    supersedes: str | None
    superseded_by: str | None = None
    expired: bool = False
    changes: list[ChangeOut]


class BulletinEventOut(Out):
    """A step: who did what when."""

    what: str
    word: str
    at: Moment
    by: str
    note: str | None


class StaffBulletinLine(Out):
    """One line of the editors' list."""

    id: str
    line: str
    version: int
    title: str
    category: str
    state: State
    roads: list[RoadOut]
    author: str
    approved_by: str | None
    send_at: Moment | None
    starts_at: Moment | None
    expires_at: Moment | None
    supersedes: str | None
    created_at: Moment
    updated_at: Moment


class StaffBulletin(BulletinOut):
    """A bulletin with what editors and approvers need beside it."""

    line: str
    state: State
    body_markdown: str
    author: str
    approved_by: str | None
    mine: bool
    revision: int
    send_at: Moment | None
    audience: dict[str, Any] | None
    created_at: Moment
    updated_at: Moment
    timeline: list[BulletinEventOut]


class Deliveries(Out):
    """How far it has come; `total` is the sum of the seven parts behind it, `inbox_only` is outside it."""

    inbox: int
    inbox_only: int
    total: int
    queued: int
    sending: int
    sent: int
    refused: int
    failed: int
    expired: int
    unknown: int


class BulletinQuery(Page):
    """What of the public list is wanted."""

    road: str | None = Field(None, max_length=20)
    category: Category | None = None
    station: str | None = Field(None, max_length=10)
    q: str | None = Field(None, max_length=50)


class StaffBulletinQuery(Page):
    """What of the editors' list is wanted."""

    state: State | None = None
    category: Category | None = None
    mine: bool = False
    q: str | None = Field(None, max_length=50)


class QuestionIn(In):
    """A question on policy."""

    text: Annotated[str, Text(500)]


class QuestionMade(Out):
    """What was taken down."""

    id: str
    text: str
    state: str
    asked_at: Moment


class AnswerIn(In):
    """An answer; `question` is how the question is shown, by default as asked with numbers masked."""

    text: Annotated[str, Text(2000)]
    source: Annotated[str, Text(200, 0)] | None = None
    expires_at: MomentIn | None = None
    question: Annotated[str, Text(500)] | None = None
    public: YesNo = True


class QuestionOut(Out):
    """A question and its answer as everybody reads them; never who asked."""

    id: str
    text: str
    answer: str
    source: str | None
    answered_at: Moment
    expires_at: Moment | None


class StaffQuestion(Out):
    """A question as editors see it; they are not told who asked either."""

    id: str
    state: str
    text: str
    shown_text: str
    suspect: bool
    asked_at: Moment
    answer: str | None
    source: str | None
    public: bool
    answered_at: Moment | None
    answered_by: str | None
    expires_at: Moment | None


class QuestionQuery(Page):
    """What of the answered questions is wanted."""

    q: str | None = Field(None, max_length=50)


class StaffQuestionQuery(Page):
    """Open questions first come first served, or the answered ones, newest first."""

    state: Literal["open", "answered"] = "open"


class ById(BaseModel):
    """An id in the path."""

    id: uuid.UUID
