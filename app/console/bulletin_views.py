"""From a bulletin to what its pages show: the phone, the steps, the delivery bar; pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.bulletins import rules
from app.bulletins.markdown import render
from app.bulletins.schemas import Deliveries, StaffBulletin, StaffBulletinLine
from app.console.bulletin_forms import ROLES, SINCE
from app.console.times import clock_time, read_field_time
from app.foundation.clock import SHANGHAI
from app.web.callers import Caller

_LOOKS = {
    "draft": "", "submitted": "soon", "approved": "ok", "scheduled": "act", "sending": "act",
    "paused": "hold", "sent": "ok", "withdrawn": "late", "expired": "late",
}  # fmt: skip
TABS = (
    ("", "全部"),
    ("draft", "草稿"),
    ("submitted", "待审核"),
    ("approved", "已批准"),
    ("scheduled", "等发布"),
    ("sending", "发送中"),
    ("sent", "已发完"),
    ("withdrawn", "已撤回"),
)
_MARKS = {"road": "路", "policy": "策", "benefit": "惠", "safety": "安", "station": "站"}


@dataclass(frozen=True)
class Pill:
    """A state: its colour, and the word that says it too."""

    look: str
    word: str


@dataclass(frozen=True)
class Line:
    """One line of the list."""

    id: str
    mark: str
    title: str
    version: int
    correction: bool
    roads: str
    pill: Pill
    when: str
    author: str


@dataclass(frozen=True)
class Phone:
    """A bulletin as the driver's phone shows it."""

    category: str
    title: str
    roads: list[dict[str, str]]
    body_html: str
    source: str
    starts: str
    expires: str
    correction: bool
    changes: Sequence[Any]


@dataclass(frozen=True)
class Share:
    """One part of the delivery bar, in thousandths of its width."""

    look: str
    word: str
    number: int
    percent: str
    note: str
    x: float
    width: float


@dataclass(frozen=True)
class Bar:
    """How far a bulletin has come."""

    people: int
    shares: list[Share]
    words: str


@dataclass(frozen=True)
class Step:
    """A line of the timeline."""

    at: str
    words: str
    note: str


def pill(state: str) -> Pill:
    """The state's own colour and word."""
    return Pill(_LOOKS[state], rules.STATES[state])


def line(item: StaffBulletinLine, now: datetime) -> Line:
    """One line of the list: when it goes out or went, else when somebody last touched it."""
    moment = item.send_at or item.updated_at
    verb = "动过" if item.send_at is None else ("发布" if item.send_at > now else "发出")
    return Line(
        item.id,
        _MARKS[item.category],
        item.title,
        item.version,
        item.supersedes is not None,
        rules.roads_phrase([road.model_dump() for road in item.roads]),
        pill(item.state),
        f"{clock_time(moment, now)} {verb}",
        item.author,
    )


def phone(bulletin: StaffBulletin, now: datetime) -> Phone:
    """What was saved."""
    return Phone(
        bulletin.category_title,
        bulletin.title,
        [_road(road.model_dump()) for road in bulletin.roads],
        bulletin.body_html,
        bulletin.source or "",
        _time(bulletin.starts_at),
        _time(bulletin.expires_at),
        bulletin.supersedes is not None,
        bulletin.changes,
    )


def typed_phone(typed: Mapping[str, Any], roads: list[dict[str, str]], correction: bool) -> Phone:
    """What is being typed, right or wrong."""
    return Phone(
        rules.CATEGORIES.get(str(typed.get("category", "")), ""),
        str(typed.get("title", "")).strip() or "（还没有标题）",
        [_road(row) for row in roads],
        render(str(typed.get("body_markdown", ""))[:20_000]),
        str(typed.get("source", "")).strip(),
        _time(read_field_time(str(typed.get("starts_at", "")))),
        _time(read_field_time(str(typed.get("expires_at", "")))),
        correction,
        [],
    )


def _road(row: Mapping[str, Any]) -> dict[str, str]:
    span = "–".join(filter(None, (_km(row.get("km_from")), _km(row.get("km_to")))))
    said = {name: str(row.get(name) or "") for name in ("road", "heading", "vehicle", "measure")}
    return {**said, "span": span}


def _km(written: Any) -> str:
    """A K-post that can be read as one is shown as one; while it is being typed, as it stands."""
    try:
        return rules.km_post(rules.read_km(written if isinstance(written, str) else str(written or "")))
    except ValueError:
        return str(written)


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}" if moment else ""


def may(bulletin: StaffBulletin, caller: Caller) -> frozenset[str]:
    """The steps that this person may take now; the use case decides again."""
    writes, approves = caller.has(rules.WRITERS), caller.has(rules.APPROVERS)
    state = bulletin.state
    allowed = {name for name in rules.STEPS if rules.step_possible(name, state)}
    if not writes:
        allowed -= {"edit", "submit"}
    if not approves:
        allowed -= {"approve", "return", "schedule", "unschedule", "resume"}
        if state not in ("draft", "submitted"):
            allowed.discard("withdraw")
    if bulletin.mine:
        allowed.discard("approve")
    if writes and state in rules.CORRECTABLE and bulletin.superseded_by is None:
        allowed.add("correct")
    return frozenset(allowed - {"begin", "lapse", "finish", "supersede"})


def timeline(bulletin: StaffBulletin, now: datetime) -> list[Step]:
    """Who did what when, the last on top; saving a draft again and again is one line."""
    steps: list[Step] = []
    for event in reversed(bulletin.timeline):
        step = Step(clock_time(event.at, now), f"{event.by} {event.word}", event.note or "")
        if event.what != "edit" or not steps or steps[-1].words != step.words:
            steps.append(step)
    return steps


def bar(found: Deliveries) -> Bar:
    """The figures as a bar: each part of all people who have it in their inbox."""
    parts = (
        ("s1", "已送达", found.sent, ""),
        ("s2", "排队和在送", found.queued + found.sending, ""),
        ("s3", "没额度，只进收件箱", found.inbox_only, "正常"),
        ("s4", "关了通知，只进收件箱", found.refused, "正常"),
        ("s5", "失败", found.failed, ""),
        ("s7", "没送出就到期或撤回", found.expired, ""),
        ("s6", "不明，不自动重发", found.unknown, "等微信回执"),
    )
    people, x, shares = found.total + found.inbox_only, 0.0, []
    for look, word, number, note in parts:
        width = 1000 * number / people if people else 0.0
        percent = f"{100 * number / people:.1f}%" if people else ""
        shares.append(Share(look, word, number, percent, note, round(x, 2), round(max(0.0, width - 2), 2)))
        x += width
    words = "，".join(f"{share.word} {share.number}" for share in shares if share.number)
    return Bar(people, shares, words or "还没有人")


def audience_words(audience: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """A chosen audience in words; nothing chosen is everybody."""
    chosen = audience or {}
    said = [
        ("角色", "、".join(ROLES.get(role, role) for role in chosen.get("roles", []))),
        ("站点", "、".join(chosen.get("stations", []))),
        ("道路", "、".join(chosen.get("roads", []))),
    ]
    since = chosen.get("checked_in_since")
    if since:
        said.append(("到过站", f"{datetime.fromisoformat(since).astimezone(SHANGHAI):%m-%d %H:%M} 以后"))
    return [(name, words) for name, words in said if words] or [("发给", "所有人")]


SINCE_CHOICES = tuple(SINCE.items())
