"""What came of one request to WeChat, as a value: an answer with its errcode, or the way it was lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.wechat.errcodes import Meaning, meaning, rid_in


class Lost(StrEnum):
    """How a request can stay without a readable answer; the values are metric labels."""

    NOT_SENT = "not_sent"  # no connection: WeChat has seen nothing of it
    CUT = "cut"  # written, then a time-out or a broken connection: WeChat may have acted on it
    STATUS = "http_status"  # an HTTP error from something in between
    GARBAGE = "garbage"  # a 200 that is not a JSON object


@dataclass(frozen=True)
class Reply:
    """One answer, or none: exactly one of `errcode` and `lost` is set. Texts are free of secrets."""

    errcode: int | None = None
    errmsg: str = ""
    rid: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict, repr=False)
    lost: Lost | None = None
    status: int = 200
    picture: bytes = field(default=b"", repr=False)

    @property
    def meaning(self) -> Meaning | None:
        """What the errcode means; None when there is none."""
        return None if self.errcode is None else meaning(self.errcode)

    @property
    def reached(self) -> bool:
        """Whether anybody answered for WeChat: an errcode does, no connection, silence and a 5xx do not."""
        return self.lost not in (Lost.NOT_SENT, Lost.CUT) and self.status < 500

    @property
    def label(self) -> str:
        """A short word for metrics and logs, from a closed set."""
        return str(self.lost or self.meaning)

    @property
    def reason(self) -> str:
        """What to tell an operator, without a secret."""
        if self.lost:
            return f"{self.lost} {self.status}" if self.lost is Lost.STATUS else str(self.lost)
        return f"errcode {self.errcode} ({self.meaning}) {self.errmsg}".rstrip()


def answered(body: Mapping[str, Any]) -> Reply:
    """The reply for a JSON object in which all is well."""
    return Reply(errcode=0, body=body)


def pictured(picture: bytes) -> Reply:
    """The reply for an answer that is a picture."""
    return Reply(errcode=0, picture=picture)


def complained(errcode: int, errmsg: str) -> Reply:
    """The reply for a JSON object with an error in it."""
    return Reply(errcode=errcode, errmsg=errmsg, rid=rid_in(errmsg))
