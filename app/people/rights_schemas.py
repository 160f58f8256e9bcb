"""What goes over the wire about a person's own data."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from app.web.fields import In, Moment, Out, YesNo


class ErasureWish(In):
    """The wish to be forgotten; `force` also where requests are still open, which are then withdrawn."""

    confirm: Literal[True] = Field(description="必须为 true：注销后无法恢复")
    force: YesNo = Field(False, description="还有没办完的诉求时一并撤回")


class Erased(Out):
    """Done; the sign-in that asked for it is dead by now."""

    erased_at: Moment


class ConsentWish(In):
    """Given, or taken back."""

    granted: YesNo


class ConsentOut(Out):
    """What counts now; `at` is null where the person has never said anything."""

    purpose: str
    title: str
    granted: bool
    at: Moment | None


class ByPurpose(BaseModel):
    """Which consent."""

    purpose: str


class Export(Out):
    """Everything held on a person, by what it is: `person`, `checkins`, `inbox`, `requests` …"""

    exported_at: Moment
    held: dict[str, Any]
