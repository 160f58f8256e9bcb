"""Decisions of the insurance companion: milestones, clocks, whose turn it is, codes, when papers go."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.claims.guides import ClaimClock, ClaimWhat
from app.foundation.clock import SHANGHAI, day_bounds, shanghai_day
from app.foundation.refusals import Refusal
from app.foundation.workdays import NONE, OwnDays, add_workdays
from app.helpdesk.rules import OPEN

MILESTONE_EXISTS = Refusal("claim.milestone_exists", 409, "这一步已经记过了。")
MILESTONE_UNKNOWN = Refusal("claim.milestone_unknown", 404, "这一步还没有记过，没有可更正的。")
MILESTONE_SAME = Refusal("claim.milestone_same", 409, "记的就是这个时间，没有可更正的。")
EVIDENCE_UNKNOWN = Refusal("claim.evidence_unknown", 422, "清单里没有这一项，请刷新后再看。")
CONSENT_NEEDED = Refusal(
    "claim.consent_needed", 403, "要先在“我的同意”里同意“理赔时上传的证件和单据”；不同意也不影响陪您理赔。"
)
DOCUMENT_UNKNOWN = Refusal("claim.document_unknown", 404, "没有找到这份材料，可能已经销毁。")
DOCUMENTS_FULL = Refusal("claim.documents_full", 409, "这一件的材料太多了，请先删掉用不着的。")
CODE_UNKNOWN = Refusal("claim.code_unknown", 404, "没有这个同车码，请核对后再输。")
CODE_OVER = Refusal("claim.code_expired", 410, "这个同车码用过了或过期了，请对方再出一个。")
OWN_CASE = Refusal("claim.own_case", 409, "这是您自己的理赔，不用加入。")
CO_DRIVERS_FULL = Refusal("claim.co_drivers_full", 409, "这一件的同车司机已经满了。")
CO_DRIVER_UNKNOWN = Refusal("claim.co_driver_unknown", 404, "没有找到这位同车司机。")
HOTLINE_MISSING = Refusal("claim.hotline_incomplete", 422, "新加的电话要写明名称、号码和来源。")

KIND = "insurance"
MILESTONES = {
    "police": "已报警",
    "insurer": "已向保险公司报案",
    "survey": "已查勘",
    "loss_fixed": "已定损",
    "documents": "材料已交齐",
    "paid": "已赔付",
}
PATHS = ("toll_network", "motor")
WHATS = ("cargo_theft", "fuel_theft", "scrape", "cargo_damage", "injury", "other")
OUTCOMES = {
    "secured": "录像已保全",
    "to_police": "录像已交给警方",
    "not_covered": "监控照不到这个车位",
    "lost": "录像已被覆盖或损坏",
}
DESTROYED = {"date": "到期", "owner": "本人删除", "consent": "撤回授权", "erased": "注销"}
MOST_DOCUMENTS = 40
MOST_CO_DRIVERS = 3

_SPAN = re.compile(r"^(\d+)(h|d|wd)$")
_STALE_AFTER = timedelta(days=180)


def may_note(kind: str, state: str) -> bool:
    """Only a claim that is under way has steps."""
    return kind == KIND and state in OPEN


LONGEST_BEFORE = timedelta(days=180)
"""Nobody asks for company half a year after a loss: an older moment is a slip of the pen."""
SLACK = timedelta(minutes=5)
"""By how much a phone's clock may be ahead of ours."""


def moment_fault(at: datetime, asked_at: datetime, now: datetime) -> str | None:
    """What is wrong with a moment of a claim that was asked for at `asked_at`; None when nothing is."""
    if at > now + SLACK:
        return "不能晚于现在"
    return "早了半年以上，请核对年份" if at < asked_at - LONGEST_BEFORE else None


def moment_in(words: str) -> datetime | None:
    """The moment that people's words are, where a machine wrote them; of a day its beginning."""
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def what_from(details: Mapping[str, Any], whats: list[ClaimWhat]) -> str:
    """What the driver chose when he asked, by its title; `other` where he chose nothing."""
    chosen = details.get("what")
    return next((what.code for what in whats if what.title == chosen), "other")


def code_refusal(*, known: bool, over: bool, own: bool) -> Refusal | None:
    """Why a code lets nobody in; None when it does."""
    if not known:
        return CODE_UNKNOWN
    if own:
        return OWN_CASE
    return CODE_OVER if over else None


def is_stale(checked_on: date, today: date) -> bool:
    """Whether a number was checked so long ago that this should be said."""
    return today - checked_on > _STALE_AFTER


# --- Clocks ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Running:
    """A clock in one case: `info` (a sentence), `waiting` (not begun), `running`, `met` or `missed`."""

    clock: ClaimClock
    state: str
    due_at: datetime | None


def deadline(start: datetime, span: str, own: OwnDays = NONE) -> datetime:
    """Hours to the second; days and workdays end with the day, and the first day does not count. `own`: what
    the operator says of days."""
    match = _SPAN.match(span)
    if match is None:
        raise ValueError(f"not a span: {span}")
    amount, unit = int(match[1]), match[2]
    if unit == "h":
        return start + timedelta(hours=amount)
    last = add_workdays(start, amount, own) if unit == "wd" else start + timedelta(days=amount)
    return day_bounds(shanghai_day(last))[1] - timedelta(seconds=1)


def clocks_of(
    clocks: list[ClaimClock],
    path: str,
    marks: Mapping[str, datetime],
    loss_fen: int | None,
    now: datetime,
    own: OwnDays = NONE,
) -> list[Running]:
    """The clocks of a path as they stand. `marks`: when the case was `created` and each milestone reached.

    A clock for another amount of loss is left out; while the loss is not known all of them are shown, and
    none of those that depend on it runs.
    """
    return [_running(clock, marks, loss_fen, now, own) for clock in clocks if _applies(clock, path, loss_fen)]


def _applies(clock: ClaimClock, path: str, loss_fen: int | None) -> bool:
    if path not in clock.paths:
        return False
    if loss_fen is None or clock.loss_from_fen is None:
        return True
    return loss_fen >= clock.loss_from_fen and (
        clock.loss_below_fen is None or loss_fen < clock.loss_below_fen
    )


def _running(
    clock: ClaimClock, marks: Mapping[str, datetime], loss_fen: int | None, now: datetime, own: OwnDays
) -> Running:
    if clock.span is None or clock.start is None:
        return Running(clock, "info", None)
    begins = marks.get(clock.start)
    if begins is None or (clock.loss_from_fen is not None and loss_fen is None):
        return Running(clock, "waiting", None)
    due, ended = deadline(begins, clock.span, own), marks.get(clock.end or "")
    if ended is not None:
        return Running(clock, "met" if ended <= due else "missed", due)
    return Running(clock, "running" if now <= due else "missed", due)


# --- Whose turn it is -----------------------------------------------------------------------------------


def next_step(
    what: ClaimWhat, *, footage: bool, milestones: Mapping[str, datetime], unticked: int
) -> tuple[str, str, str] | None:
    """Who should do what next: (who, code, sentence); None when nothing is left but to wait.

    Of a theft the first step is the staff's: footage is overwritten by itself, everything else can wait.
    """
    if what.theft and not footage:
        return "staff", "footage", "服务区先保全这个车位、这段时间的监控录像。"
    if "police" not in milestones:
        return "driver", "police", f"报警，打 {what.police}，记下接警编号。"
    if "insurer" not in milestones:
        return "driver", "insurer", "向保险公司报案，记下报案号。"
    if unticked:
        return "driver", "evidence", f"证据清单还差 {unticked} 项。"
    if "paid" in milestones:
        return None
    waits = {"survey": "等保险公司查勘。", "loss_fixed": "等保险公司定损。", "documents": "把材料交齐。"}
    for code, words in waits.items():
        if code not in milestones:
            return ("driver" if code == "documents" else "insurer"), code, words
    return "insurer", "paid", "等保险公司赔付。"


def destroy_on(
    added_at: datetime, closed_at: datetime | None, *, after_close: timedelta, at_most: timedelta
) -> datetime:
    """When a paper is destroyed: so long after the case was closed, and in any case so long after it came."""
    last = added_at + at_most
    return last if closed_at is None else min(last, closed_at + after_close)
