"""Decisions about telling people: what keywords mean, what follows from a send, how long leases last."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.settings import Settings
from app.wechat.outcomes import Outcome, Sort

KINDS = ("request", "duty", "bulletin", "branch", "medical")
OPEN_STATES = ("queued", "sending")
STATES = (*OPEN_STATES, "sent", "refused", "failed", "expired", "unknown")
REASONS = ("accepted", "spent", "returned", "refused")
MAILING_STATES = ("open", "paused", "withdrawn")
CLOSED_BY = ("stop", "errors", "operator")

UNREAD_COUNTED_TO = 100
MOST_TEMPLATES_AT_ONCE = 3  # wx.requestSubscribeMessage takes no more in one call

_MEANINGS = {
    "title": "title 事项 标题 班次 主题 类型 诉求 服务项目 通知标题 会议名称",
    "status": "status 状态 进度 处理状态 处理进度 处理结果",
    "text": "text 回复摘要 摘要 备注 内容 回复内容 说明 温馨提示 通知内容",
    "time": "time 时间 日期 处理时间 回复时间 开始时间 发布时间",
    "place": "place 地点 服务区 位置 站点",
    "road": "road 路段 路线",
    "number": "number 编号 单号 受理编号",
}
_MEANING = {word: meaning for meaning, words in _MEANINGS.items() for word in words.split()}


def meaning_of(label: str) -> str | None:
    """Which value a keyword shows, by its name in the settings: `title` itself, or a usual Chinese label."""
    return _MEANING.get(label.strip())


def keyword_values(keys: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """A message's values by WeChat's keywords: `keys` is `{"thing1": "title"}`, `values` `{"title": "…"}`.

    A keyword without a value gets an empty one, for which fitting puts a neutral word.
    """
    return {key: values.get(meaning_of(label) or "", "") for key, label in keys.items()}


def lease_span(settings: Settings) -> timedelta:
    """How long a claim holds, and a send may take: never so short that a slow WeChat outlives it."""
    return timedelta(seconds=max(settings.notices.lease_s, 3 * settings.wechat.deadline_s))


def lease_over(now: datetime, lease: timedelta) -> datetime:
    """Leases that ended before this moment are over for others; a tenth of grace for clocks that differ."""
    return now - lease / 10


class Credit(StrEnum):
    """What becomes of the credit that a delivery took."""

    KEPT = "kept"
    RETURNED = "returned"
    ALL_GONE = "all_gone"  # 43101: WeChat says there is none, whatever our ledger believes


@dataclass(frozen=True)
class Verdict:
    """What follows from one try: the next state, when it is due (None: as before), and the credit's fate."""

    state: str
    due_at: datetime | None = None
    credit: Credit = Credit.KEPT
    counted: bool = True
    stop: bool = False


def verdict(
    outcome: Outcome, tries: int, now: datetime, retry_after_s: Sequence[int], *, looking: bool = False
) -> Verdict:
    """What follows from the outcome of try number `tries` (the first is 1).

    `unknown` keeps its credit spent: WeChat may have delivered it. A try that met "stop everything" does not
    count, nor does one on a closed lane (`looking`) that could not be made, nor one that an open circuit
    held back: an hour without WeChat must not use up what a message may try.
    """
    if outcome.sort is Sort.TRY_LATER and looking:
        return Verdict("queued", due_at=now, counted=False)
    if outcome.sort is Sort.TRY_LATER and not outcome.asked:
        pause_s = retry_after_s[min(tries, len(retry_after_s)) - 1] if retry_after_s else 1
        return Verdict("queued", due_at=now + timedelta(seconds=pause_s), counted=False)
    if outcome.sort is Sort.TRY_LATER:
        if tries > len(retry_after_s):
            return Verdict("failed", credit=Credit.RETURNED)
        return Verdict("queued", due_at=now + timedelta(seconds=retry_after_s[tries - 1]))
    if outcome.sort is Sort.STOP:
        return Verdict("queued", counted=False, stop=True)
    return _FINAL[outcome.sort]


_FINAL = {
    Sort.DONE: Verdict("sent"),
    Sort.REFUSED: Verdict("refused", credit=Credit.ALL_GONE),
    Sort.FAILED: Verdict("failed", credit=Credit.RETURNED),
    Sort.UNKNOWN: Verdict("unknown"),
}

_PROOF = {"stop": (Sort.DONE, Sort.REFUSED, Sort.FAILED), "errors": (Sort.DONE, Sort.REFUSED)}


def opens(closed_by: str, outcome: Outcome) -> bool:
    """Whether this outcome, of a look at a closed lane, proves that what closed it is over."""
    return outcome.sort in _PROOF.get(closed_by, ())


WINDOW = 200
_MOST_ERRORS = 0.8


def mark(outcome: Outcome) -> str:
    """How a try counts among the last ones: `0` well, `1` an error; 43101 says nothing about the lane."""
    if outcome.sort is Sort.REFUSED:
        return ""
    return "0" if outcome.sort is Sort.DONE else "1"


def too_many_errors(recent: str) -> bool:
    """Whether more than four in five of the last tries were errors; few tries prove nothing."""
    return len(recent) >= WINDOW and recent.count("1") > _MOST_ERRORS * len(recent)


_KEPT_FOR_SINGLES = 0.1


def of_mailings(left: float, daily_cap: int) -> int | None:
    """How many of those that are `left` of the day may go to mailings: a tenth stays for single ones."""
    return None if not daily_cap else max(0, math.floor(left - _KEPT_FOR_SINGLES * daily_cap))


def longest_wait(retry_after_s: Sequence[int]) -> timedelta:
    """No row is due later than this from now; where one is, a clock has been set back since."""
    return timedelta(seconds=max(retry_after_s, default=0) + 60)
