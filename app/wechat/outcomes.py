"""What came of a message, sorted by what may be done about it."""

from dataclasses import dataclass
from enum import StrEnum

from app.wechat.errcodes import Meaning, field_in
from app.wechat.errors import Misconfigured, Resting, WeChatError
from app.wechat.replies import Lost, Reply


class Sort(StrEnum):
    """What the sender must do now."""

    DONE = "done"  # WeChat has it
    REFUSED = "refused"  # the person has no credit left (43101); set the ledger to zero
    TRY_LATER = "try_later"  # certainly not delivered; again after a while
    STOP = "stop"  # certainly not delivered, nor will any other be until the operator acts
    FAILED = "failed"  # certainly not delivered, and this one never can be (openid, template, value)
    UNKNOWN = "unknown"  # it may have been delivered: never again by itself


@dataclass(frozen=True)
class Outcome:
    """The fate of one message."""

    sort: Sort
    errcode: int | None = None
    errmsg: str = ""
    rid: str | None = None
    msgid: str | None = None
    field: str | None = None  # the keyword that a 47003 complains of
    asked: bool = True  # False: the circuit was open, so WeChat heard nothing of it


_BY_MEANING = {
    Meaning.OK: Sort.DONE,
    Meaning.NO_CREDIT: Sort.REFUSED,
    Meaning.MESSAGE: Sort.FAILED,
    Meaning.OPERATOR: Sort.STOP,
}
_NOT_PROCESSED = (429, 502, 503)


def sort_of(meaning: Meaning) -> Sort:
    """What follows from an errcode's meaning; what is in no table is tried again, a few times."""
    return _BY_MEANING.get(meaning, Sort.TRY_LATER)


def outcome_of(reply: Reply, *, repeatable: bool = False) -> Outcome:
    """Sort a reply to `subscribe/send`, or to a call that may be made twice without harm (`repeatable`).

    A 502 or 503 comes from a gateway that found nobody to give the request to; a 504 from one that gave it
    away and heard nothing. WeChat docs: the reply may carry a `msgid`, a number beyond 2^53, so it is kept
    as text.
    """
    msgid = reply.body.get("msgid")
    sort = _sort(reply)
    return Outcome(
        Sort.TRY_LATER if repeatable and sort is Sort.UNKNOWN else sort,
        reply.errcode,
        reply.errmsg if reply.lost is None else reply.reason,
        reply.rid,
        None if msgid is None else str(msgid),
        field_in(reply.errmsg),
    )


def outcome_before_sending(error: WeChatError) -> Outcome:
    """The fate of a message whose turn never came: no token, no place at the gate, an open circuit."""
    sort = Sort.STOP if isinstance(error, Misconfigured) else Sort.TRY_LATER
    return Outcome(sort, error.errcode, error.reason, error.rid, asked=not isinstance(error, Resting))


def _sort(reply: Reply) -> Sort:
    if reply.meaning is not None:
        return sort_of(reply.meaning)
    if reply.lost is Lost.NOT_SENT:
        return Sort.TRY_LATER
    if reply.lost is Lost.STATUS and (reply.status in _NOT_PROCESSED or 400 <= reply.status < 500):
        return Sort.TRY_LATER
    return Sort.UNKNOWN
