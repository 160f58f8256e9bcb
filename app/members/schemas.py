"""What goes over the wire about membership."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from app.web.fields import In, Moment, Out, Page, Text, YesNo

MemberKind = Literal["fixed", "mobile"]
MemberState = Literal["pending", "active", "refused", "left", "transferred"]
BranchCode = Annotated[str, Text(10)]


class MemberById(BaseModel):
    """An id in the path."""

    id: uuid.UUID


class DeclarationIn(In):
    """Somebody says to which branch he belongs; `home_text` names a branch outside, for a mobile member."""

    branch: BranchCode
    kind: MemberKind
    name: Annotated[str, Text(30)]
    certificate_no: Annotated[str, Text(40)] | None = None
    home_text: Annotated[str, Text(100)] | None = None


class MembershipChange(In):
    """Whether one's own branch is told where one served."""

    receipts: YesNo


class MembershipOut(Out):
    """A membership as its owner sees it."""

    id: str
    branch: str
    branch_name: str
    kind: MemberKind
    kind_text: str
    state: MemberState
    state_text: str
    since: Moment | None
    ended_at: Moment | None
    receipts: bool
    reason: str | None


class MembershipPage(Out):
    """What holds now, what waits, and what was before."""

    current: MembershipOut | None
    pending: MembershipOut | None
    history: list[MembershipOut]


class MemberQuery(Page):
    """Which members: of one branch where the caller has several, in one state, of one kind."""

    branch: str | None = Field(None, max_length=10)
    state: MemberState | None = None
    kind: MemberKind | None = None


class MemberLine(MembershipOut):
    """A member as the branch's office sees him."""

    member: str
    name: str
    certificate_no: str | None
    home_text: str | None
    declared_at: Moment


class MemberTransferIn(In):
    """Where to, as what, and why."""

    to_branch: BranchCode
    kind: MemberKind | None = None
    reason: Annotated[str, Text(500)]


class MemberReasonIn(In):
    """Why."""

    reason: Annotated[str, Text(500)]


class ReceiptOut(Out):
    """One service at another station, as it was told to the member's own branch."""

    id: str
    member: str
    name: str
    branch: str
    station: str
    what: str
    served_at: Moment
    minutes: int


class ReceiptQuery(Page):
    """Of which branch."""

    branch: str | None = Field(None, max_length=10)
