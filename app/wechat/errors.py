"""The ways a call to WeChat ends badly, as exceptions that the edge can already show."""

from typing import ClassVar

from app.foundation.refusals import Refusal, Refused
from app.wechat import refusals
from app.wechat.errcodes import Meaning, advice
from app.wechat.replies import Reply


class WeChatError(Refused):
    """Carries errcode and rid for logs; the person only sees the refusal. Its text holds no secret."""

    shown_as: ClassVar[Refusal] = refusals.UNAVAILABLE
    retry_after_s: ClassVar[int | None] = 5

    def __init__(
        self,
        reason: str,
        errcode: int | None = None,
        rid: str | None = None,
        *,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(self.shown_as, {}, retry_after_s or self.retry_after_s)
        self.reason = reason
        self.errcode = errcode
        self.rid = rid

    def __str__(self) -> str:
        return f"{self.refusal.code}: {self.reason}"


class CodeInvalid(WeChatError):
    """The one-time code is unknown, expired or used (40029, 40163), or belongs to another app."""

    shown_as = refusals.CODE_INVALID
    retry_after_s = None


class Blocked(WeChatError):
    """WeChat holds this user for risky and lets him in nowhere (40226)."""

    shown_as = refusals.BLOCKED
    retry_after_s = None


class Unavailable(WeChatError):
    """WeChat was not reached, not in time, or not understood."""


class Busy(Unavailable):
    """WeChat (-1, 45011) or this process (all places at the gate taken) has too much to do; soon again."""

    retry_after_s = 2


class Resting(Unavailable):
    """The circuit is open: WeChat was down a moment ago, so nobody asks it now."""


class Unfit(Unavailable):
    """What was asked for can never be had as it was asked: a scene, a page, a path."""

    retry_after_s = None


class Misconfigured(WeChatError):
    """Only the operator can mend this: appid, secret, address list, frozen, banned, quota. An alarm."""

    retry_after_s = 60


_BY_MEANING: dict[Meaning, type[WeChatError]] = {
    Meaning.CODE: CodeInvalid,
    Meaning.BLOCKED: Blocked,
    Meaning.BUSY: Busy,
    Meaning.MESSAGE: Unfit,
    Meaning.OPERATOR: Misconfigured,
}


def error_for(reply: Reply) -> WeChatError | None:
    """The exception for this reply; None when all is well."""
    if reply.meaning is Meaning.OK:
        return None
    kind = _BY_MEANING.get(reply.meaning, Unavailable) if reply.meaning else Unavailable
    return kind(reply.reason, reply.errcode, reply.rid)


def explain(error: WeChatError) -> list[str]:
    """For an operator, without a secret: what went wrong, what it means, what to do."""
    if isinstance(error, Resting):
        return [f"微信刚才连续没有响应，{error.retry_after} 秒后再试。"]
    if error.errcode is None:
        return [f"没有问到微信：{error.reason}"]
    told = [f"微信回答 {error.reason}"]
    if meant := advice(error.errcode):
        told.append(meant)
    return [*told, f"rid {error.rid}"] if error.rid else told
