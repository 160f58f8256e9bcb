"""What goes over the wire at the help desk."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.content.schemas import UploadOut
from app.helpdesk.kinds import find_kind
from app.helpdesk.rules import MOST_TEXT, soften, soften_caller
from app.people.rules import clean_phone
from app.web.fields import AnyObject, In, Moment, MomentIn, Out, Page, Query, Text, Whole, YesNo

Side = Literal["A", "B", "unknown"]


def _phone(written: str) -> str:
    phone = clean_phone(written)
    if phone is None:
        raise PydanticCustomError("phone", "not a phone number")
    return phone


def _known_kind(kind: str) -> str:
    """One of the registered kinds."""
    if find_kind(kind) is None:
        raise PydanticCustomError("enum", "no such kind")
    return kind


class RequestIn(In):
    """What a driver asks for. A kind that is never refused is softened first, so that nothing can fail."""

    kind: Annotated[str, Text(40), AfterValidator(_known_kind)]
    station: Annotated[str, Text(10)] | None = None
    side: Side | None = None
    place_text: Annotated[str, Text(200, least=0)] | None = None
    text: Annotated[str, Text(MOST_TEXT, least=0)] = ""
    details: AnyObject = Field(default_factory=dict)
    upload_ids: list[uuid.UUID] = Field(default_factory=list, max_length=9)
    contact_phone: Annotated[str, Text(25)] | None = None
    written_at: MomentIn | None = None
    for_other_person: YesNo = False

    @model_validator(mode="before")
    @classmethod
    def help_first(cls, sent: Any) -> Any:
        """Medical help has no wrong form."""
        return soften(sent) if never_refused(sent) else sent

    @field_validator("contact_phone")
    @classmethod
    def dialable(cls, phone: str | None, info: ValidationInfo) -> str | None:
        """A number that can be called back; as it was written where help is asked for."""
        kind = find_kind(info.data.get("kind"))
        return phone if phone is None or (kind and kind.never_refused) else _phone(phone)


def never_refused(sent: Any) -> bool:
    """Whether a body, as it came, asks for something that is never refused."""
    if not isinstance(sent, dict) or not isinstance(sent.get("kind"), str):
        return False
    kind = find_kind(sent["kind"].strip().lower())
    if kind is None or not kind.never_refused:
        return False
    sent["kind"] = kind.kind
    return True


class CallerIn(In):
    """Somebody at the counter or on the phone."""

    name: Annotated[str, Text(20)] | None = None
    phone: Annotated[str, Text(25)] | None = None

    @field_validator("phone")
    @classmethod
    def dialable(cls, phone: str | None) -> str | None:
        """A number that can be called back."""
        return None if phone is None else _phone(phone)


class StaffRequestIn(RequestIn):
    """The same, entered by staff for somebody who called or walked in."""

    caller: CallerIn = CallerIn()

    @model_validator(mode="before")
    @classmethod
    def help_first(cls, sent: Any) -> Any:
        """Softened too, but the caller stays a caller."""
        if not never_refused(sent):
            return sent
        caller, odd = soften_caller(sent.get("caller"))
        return soften({**sent, "caller": odd}) | {"caller": caller}


class MessageIn(In):
    """A driver's message in the thread."""

    text: Annotated[str, Text(MOST_TEXT)]
    upload_ids: list[uuid.UUID] = Field(default_factory=list, max_length=9)
    written_at: MomentIn | None = None


class ReplyIn(In):
    """A public reply, or an internal note."""

    text: Annotated[str, Text(MOST_TEXT)]
    upload_ids: list[uuid.UUID] = Field(default_factory=list, max_length=9)
    internal: YesNo = False


class TextIn(In):
    """A closing word."""

    text: Annotated[str, Text(MOST_TEXT)]


class ReasonIn(In):
    """Why."""

    reason: Annotated[str, Text(500)]


class RevealIn(In):
    """Why the number is needed; kept in the audit trail."""

    reason: Annotated[str, Text(200)] = "回拨司机"


class RatingIn(In):
    """How it was."""

    score: Annotated[Whole, Field(ge=1, le=5)]
    text: Annotated[str, Text(500)] | None = None


class TransferIn(In):
    """To another station, a colleague, or a unit outside; exactly one of them."""

    to_station: Annotated[str, Text(10)] | None = None
    to_staff: uuid.UUID | None = None
    to_unit: Annotated[str, Text(40)] | None = None
    reason: Annotated[str, Text(500)]

    @model_validator(mode="after")
    def one_target(self) -> "TransferIn":
        """Exactly one target."""
        if sum(target is not None for target in (self.to_station, self.to_staff, self.to_unit)) != 1:
            raise PydanticCustomError("targets", "exactly one target")
        return self


class MergeIn(In):
    """The request that goes on."""

    into: uuid.UUID


class ShiftHandOverIn(In):
    """Whose desk, who comes next, and what no request tells."""

    station: Annotated[str, Text(10)]
    to: uuid.UUID
    note: Annotated[str, Text(1000, least=0)] | None = None


class ShiftsQuery(Query):
    """Of which desk; all of the caller's without."""

    station: str | None = Field(None, max_length=10)


class WaitIn(In):
    """Until when, and for what."""

    until: MomentIn
    reason: Annotated[str, Text(500)]


class QueueQuery(Page):
    """Which part of the queue; without `state`, everything that still needs somebody."""

    state: (
        Literal["new", "acknowledged", "handling", "waiting", "answered", "closed", "withdrawn", "all"] | None
    ) = None
    station: str | None = Field(None, max_length=10)
    kind: Annotated[str, Field(max_length=40), AfterValidator(_known_kind)] | None = None
    mine: bool = False


class ById(BaseModel):
    """A request's id in the path."""

    id: uuid.UUID


class HandedOver(Out):
    """A shift that was handed over; `signed_at` is when the next one signed too. `returned`: how many went
    to the queue, since the next one may not hold them."""

    id: str
    station: str
    from_: str = Field(serialization_alias="from")
    to: str
    to_me: bool
    moved: int
    returned: int
    note: str | None
    at: Moment
    signed_at: Moment | None


class BoardRow(Out):
    """A station's month; null where so few would tell of single people."""

    station: str
    name: str
    month: str
    requests: int | None
    answered_in_time_percent: int | None
    satisfied_percent: int | None


class BoardOut(Out):
    """Figures without identities, the newest month first."""

    as_of: Moment
    hidden_below: int
    items: list[BoardRow]
    next_cursor: str | None = None


class Holder(Out):
    """Who has it, by display name, never by number."""

    name: str
    since: Moment


class ClocksOut(Out):
    """Until when each step is due, and which were missed."""

    ack_by: Moment
    answer_by: Moment
    close_by: Moment
    breached: list[str]


class EventOut(Out):
    """One step."""

    at: Moment
    what: str
    text: str
    by: str


class MessageOut(Out):
    """One message; `from` is driver or staff."""

    id: str
    from_: str = Field(serialization_alias="from")
    name: str
    text: str
    uploads: list[UploadOut]
    at: Moment
    written_at: Moment | None
    internal: bool = False
    check: str | None = Field(None, description="值班台看到的微信内容检查结果；司机看到的总是空")


class Rating(Out):
    """What the driver thought."""

    score: int
    text: str | None


class NextOut(Out):
    """Who is called next if nothing is done until then; `driver` is the reader himself."""

    role: Literal["driver", "station", "supervisor", "centre"]
    title: str
    name: str | None = Field(description="值班主管的称呼；别的角色为空")
    at: Moment | None


class PhoneOut(Out):
    """A number that may be dialled at once, of an office, never a person's."""

    name: str
    phone: str


class RequestOut(Out):
    """A request as its driver sees it, with what the room of its kind adds (`meal` of a meal that was
    ordered, say)."""

    model_config = ConfigDict(extra="allow")
    id: str
    number: str
    kind: str
    title: str
    state: str
    station: str | None
    side: str | None
    place_text: str | None
    text: str
    details: dict[str, Any]
    created_at: Moment
    written_at: Moment | None
    holder: Holder | None
    next: NextOut | None = Field(None, description="到时候还没办，轮到谁")
    unit: str | None
    merged_into: str | None = Field(description="并进了哪一件；司机只看得到自己的")
    clocks: ClocksOut
    wait_until: Moment | None
    timeline: list[EventOut]
    messages: list[MessageOut]
    uploads: list[UploadOut]
    rating: Rating | None
    phones: list[PhoneOut] = Field([], description="还没有人接的时候，该拨的电话")
    advice: str | None = Field(None, description="还没有人接的时候，该告诉司机的实话")
    merged: bool = False


class StaffRequestOut(RequestOut):
    """A request as the desk sees it, with internal notes."""

    mark: str
    urgency: int
    desk: str
    mine: bool
    driver_name: str
    contact_phone_masked: str | None
    reopened: int
    check: str | None = Field(description="诉求正文的微信内容检查结果；没有问题或没有结果则为空")


class QueueItem(Out):
    """A line of the queue; `text` is null where it is private (health never shows in lists)."""

    id: str
    number: str
    kind: str
    title: str
    mark: str
    urgency: int
    state: str
    station: str | None
    side: str | None
    desk: str
    text: str | None
    created_at: Moment
    due_at: Moment
    holder: Holder | None
    mine: bool
    unread: bool
    clocks: ClocksOut


class KindOut(Out):
    """A kind of request, drawn by any client from its schema."""

    kind: str
    title: str
    mark: str
    hint: str
    urgency: int
    never_refused: bool
    fields: dict[str, Any]
    clocks: dict[str, str]
    phones: list[dict[str, str]]


class KindList(Out):
    """All kinds, most urgent first."""

    items: list[KindOut]
    next_cursor: str | None = None


class Phone(Out):
    """A revealed number."""

    phone: str
