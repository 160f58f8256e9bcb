"""Refusals as values: a stable code, a status and a sentence that may be shown as it is."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Refusal:
    """One way in which the house says no; a rule returns it, an edge shows it."""

    code: str
    status: int
    detail: str

    def now(self, *, retry_after: int | None = None, **extra: Any) -> "Refused":
        """The exception that rolls the transaction back and carries this refusal to the edge.

        `extra` is added to the problem document (for example the station of a revoked code).
        """
        return Refused(self, extra, retry_after)


class Refused(Exception):
    """Carries a refusal out of a use case; never a fault."""

    def __init__(self, refusal: Refusal, extra: dict[str, Any], retry_after: int | None = None) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.extra = extra
        self.retry_after = retry_after


@dataclass(frozen=True)
class FieldFault:
    """What is wrong with one field of the input."""

    field: str
    message: str


INVALID = Refusal("api.invalid", 422, "填写的内容有误，请检查后再试。")


def invalid(*faults: FieldFault) -> Refused:
    """A 422 that names each field and what is wrong with it, in Chinese."""
    return INVALID.now(errors=[{"field": f.field, "message": f.message} for f in faults])
