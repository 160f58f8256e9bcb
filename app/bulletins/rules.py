"""Decisions about bulletins and questions; no database, no clock."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from difflib import ndiff
from typing import Any

from app.foundation.clock import SHANGHAI
from app.foundation.refusals import Refusal
from app.people.rules import mask_phone

BULLETIN_UNKNOWN = Refusal("bulletin.unknown", 404, "没有这条通告，可能还没发布。")
WITHDRAWN = Refusal("bulletin.withdrawn", 404, "这条通告已经撤回，不再有效。")
WRONG_STATE = Refusal("bulletin.wrong_state", 409, "通告现在的状态不能这样办，请刷新看看。")
OWN_APPROVAL = Refusal("bulletin.own_approval", 403, "自己写的或改过的通告，要由别人审核。")
EDITED_MEANWHILE = Refusal("bulletin.edited_meanwhile", 409, "这条通告刚被别人改过，请刷新后再办。")
ALREADY_CORRECTED = Refusal("bulletin.already_corrected", 409, "这一版已经有更正稿了，请接着那一稿改。")
QUESTION_UNKNOWN = Refusal("question.unknown", 404, "没有这个问题。")
ALREADY_ANSWERED = Refusal("question.already_answered", 409, "这个问题已经有人答复了，请刷新看看。")

WRITERS, APPROVERS = "editor", "approver"

CATEGORIES = {
    "road": "路况",
    "policy": "政策",
    "benefit": "惠民",
    "safety": "安全",
    "station": "站点",
}
STATES = {
    "draft": "草稿",
    "submitted": "待审核",
    "approved": "已批准",
    "scheduled": "等发布",
    "sending": "发送中",
    "paused": "已暂停",
    "sent": "已发完",
    "withdrawn": "已撤回",
    "expired": "过期未发",
}
# On the air once their hour has come, whether or not anybody could be told of them.
LIVE = ("scheduled", "sending", "paused", "sent", "expired")
ENDED = ("sent", "withdrawn", "expired")


@dataclass(frozen=True)
class Step:
    """A step of a bulletin: what it is called in the timeline, from which states, to which."""

    name: str
    sources: tuple[str, ...]
    target: str
    word: str


STEPS = {
    step.name: step
    for step in (
        Step("edit", ("draft",), "draft", "修改"),
        Step("submit", ("draft",), "submitted", "送审"),
        Step("approve", ("submitted",), "approved", "批准"),
        Step("return", ("submitted", "approved"), "draft", "退回"),
        Step("schedule", ("approved",), "scheduled", "定时发布"),
        Step("unschedule", ("scheduled",), "approved", "取消定时"),
        Step("begin", ("scheduled",), "sending", "开始发送"),
        Step("lapse", ("scheduled",), "expired", "过期未发"),
        Step("pause", ("sending",), "paused", "暂停发送"),
        Step("resume", ("paused",), "sending", "继续发送"),
        Step("finish", ("sending",), "sent", "发完"),
        Step("supersede", ("sending", "paused"), "sent", "被更正版代替，停止发送"),
        Step(
            "withdraw",
            ("draft", "submitted", "approved", "scheduled", "sending", "paused", "sent"),
            "withdrawn",
            "撤回",
        ),
    )
}
CORRECTABLE = ("sending", "paused", "sent")
EVENT_WORDS = {name: step.word for name, step in STEPS.items()} | {
    "create": "起草",
    "correct": "起草更正",
    "corrected": "有了更正稿",
    "stop": "到期，没送出的不再送",
}

_LATE_TOLERANCE = timedelta(minutes=5)
_KM = re.compile(r"^[Kk]?\s*(\d{1,4})(?:\+(\d{1,3})|\.(\d{1,3}))?$")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z][·. ]?[A-Z0-9]{4,5}[A-Z0-9挂学警港澳]", re.IGNORECASE)


def step_possible(step: str, state: str) -> bool:
    """Whether a step may be taken from this state."""
    return state in STEPS[step].sources


def send_moment(send_at: datetime, now: datetime) -> datetime | None:
    """When it goes out: any moment from now on (a little earlier means now); None for the past."""
    return max(send_at, now) if send_at >= now - _LATE_TOLERANCE else None


def read_km(written: object) -> Decimal | None:
    """Kilometres of `1883`, `1883.5`, `K1883` or `K1883+500`. ValueError for anything else."""
    if written is None or written == "":
        return None
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        raise ValueError("not a K-post")
    match = _KM.match(str(written).strip().removesuffix(".0"))
    if not match:
        raise ValueError("not a K-post")
    metres = match[2].rjust(3, "0") if match[2] else (match[3] or "").ljust(3, "0")
    return Decimal(f"{match[1]}.{metres}")


def km_number(km: Decimal | None) -> int | float | None:
    """Kilometres as JSON has them: whole ones without a point."""
    if km is None:
        return None
    return int(km) if km == km.to_integral_value() else float(km)


def km_post(km: Decimal | float | None) -> str:
    """As it stands beside the road: `K1883`, `K1883+500`."""
    if km is None:
        return ""
    whole, metres = divmod(round(Decimal(str(km)) * 1000), 1000)
    return f"K{whole}+{metres:03d}" if metres else f"K{whole}"


def road_words(row: Mapping[str, Any]) -> str:
    """One road row as a sentence: `G30 K1812–K1883 双向 三轴及以上 入口管制`."""
    span = "–".join(filter(None, (km_post(row.get("km_from")), km_post(row.get("km_to")))))
    said = (row.get("road"), span, row.get("heading"), row.get("vehicle"), row.get("measure"))
    return " ".join(str(part) for part in said if part)


def roads_phrase(rows: Sequence[Mapping[str, Any]]) -> str:
    """All roads in one short phrase, for a push message: `G30 入口管制、G6`."""
    said = dict.fromkeys(" ".join(filter(None, (row.get("road"), row.get("measure")))) for row in rows)
    return "、".join(said)


def fold(text: str) -> str:
    """What is searched, and what is searched for: one width, one case, no blanks at the ends."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def grams(folded: str) -> set[str]:
    """Every character and every two in a row: what an index finds a substring by, two Chinese characters too.

    (Trigrams know nothing of two-character words, and there is no segmentation to depend on.)
    """
    return {folded[at : at + 2] for at in range(len(folded) - 1)} | set(folded) - {"\n"}


def sought(folded: str) -> list[str]:
    """The keys that a text must have to hold this substring; one or two characters are a key themselves."""
    return [folded] if len(folded) <= 2 else [folded[at : at + 2] for at in range(len(folded) - 1)]


def road_keys(road: str) -> list[str]:
    """The keys of a road in the same index: `G22/G30` is found by either part."""
    return [f"road:{part}" for part in road.upper().split("/") if part]


def station_key(code: str) -> str:
    """The key of a station that a bulletin is about."""
    return f"station:{code}"


def without_numbers(text: str) -> str:
    """The same with telephone numbers and plates masked: a question is shown to everybody."""
    masked = _MOBILE.sub(lambda match: mask_phone(match[0]) or "", text)
    return _PLATE.sub(lambda match: f"{match[0][:2]}****", masked)


# --- what a correction changed ------------------------------------------------------------------------

_COMPARED = (
    ("title", "标题"),
    ("category", "类别"),
    ("roads", "路段"),
    ("stations", "站点"),
    ("starts_at", "生效"),
    ("expires_at", "到期"),
    ("source", "来源"),
    ("body", "正文"),
)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What changed from one version to the next, field by field; empty when nothing did.

    Single values come as `before` and `after`, roads, stations and text as the lines `removed` and `added`.
    """
    found = []
    for field, label in _COMPARED:
        old, new = _shown(field, before[field]), _shown(field, after[field])
        if old == new:
            continue
        change: dict[str, Any] = {"field": field, "label": label, "before": None, "after": None}
        if isinstance(old, list) and isinstance(new, list):
            lines = list(ndiff(old, new))
            change["removed"] = [line[2:] for line in lines if line.startswith("- ")]
            change["added"] = [line[2:] for line in lines if line.startswith("+ ")]
        else:
            change |= {"before": old, "after": new, "removed": [], "added": []}
        found.append(change)
    return found


def _shown(field: str, value: Any) -> str | list[str] | None:
    """A value as people read it; what has parts as its lines."""
    if field == "roads":
        return [road_words(row) for row in value]
    if field == "stations":
        return sorted(value)
    if field == "body":
        return [line.strip() for line in (value or "").splitlines() if line.strip()]
    if field == "category":
        return CATEGORIES[value]
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return value or None
