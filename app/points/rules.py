"""Decisions about points; no database, no clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from app.foundation.clock import SHANGHAI, day_bounds, shanghai_day
from app.foundation.refusals import Refusal

UNKNOWN = Refusal("points.unknown", 404, "没有找到您要看的积分。")
ENTRY_UNKNOWN = Refusal("points.entry_unknown", 404, "没有找到您这个季度的这条积分。")
OBJECTION_UNKNOWN = Refusal("points.objection_unknown", 404, "没有找到这条异议。")
WRONG_STATE = Refusal("points.wrong_state", 409, "这个季度现在不能这样办，请刷新后再看。")
CHANGED = Refusal("points.changed", 409, "公示以后有更正，名单和积分对不上了，请重新结算、再公示。")
OBJECTION_OPEN = Refusal("points.objection_open", 409, "您的异议已经提交，请等支部处理。")
OWN_OBJECTION = Refusal(
    "points.own_objection", 403, "自己提的异议要由支部的其他负责人处理；没有别人的，请上级党组织办。"
)
OWN_REWARD = Refusal(
    "points.own_reward", 403, "自己的奖励要由支部的其他负责人记；没有别人的，请上级党组织办。"
)
REWARDED = Refusal("points.rewarded", 409, "这位党员这个季度已经有奖励记录。")

ITEMS = {"duty": "值守", "meeting": "组织生活", "course": "教育培训", "adjust": "异议更正"}
EARLIER = "earlier"
COLUMNS = {**ITEMS, EARLIER: "往季更正"}
"""What a score is made of: the items, and what corrections of final quarters changed."""
SOURCES = ("duty", "meeting", "course", "objection")
STATES = ("settled", "published", "final")
TIES = "得分高的在前；得分相同，季度内值守分钟多的在前；仍相同，名次并列。"
LEAST_PUBLIC_DAYS = 5
MOST_PUBLIC_DAYS = 7
FARTHEST = timedelta(days=400)
_QUARTER = re.compile(r"^(20\d\d)Q([1-4])$")


@dataclass(frozen=True)
class Quarter:
    """Three months of Shanghai's calendar."""

    year: int
    number: int

    @property
    def code(self) -> str:
        """`2026Q4`."""
        return f"{self.year}Q{self.number}"

    @property
    def title(self) -> str:
        """`2026 年第 4 季度`."""
        return f"{self.year} 年第 {self.number} 季度"

    @property
    def first_day(self) -> date:
        """The day it begins with."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        """The day it ends with."""
        return self._next().first_day - timedelta(days=1)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return day_bounds(self._next().first_day)[0]

    def _next(self) -> "Quarter":
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)


def read_quarter(code: str) -> Quarter | Refusal:
    """`2026Q4`, or that there is no such quarter."""
    match = _QUARTER.match(code)
    return Quarter(int(match[1]), int(match[2])) if match else UNKNOWN


def quarter_of(moment: datetime) -> Quarter:
    """The quarter of the Shanghai day in which something began."""
    return quarter_of_day(shanghai_day(moment))


def quarter_of_day(day: date) -> Quarter:
    """The quarter to which a day belongs."""
    return Quarter(day.year, (day.month + 2) // 3)


@dataclass(frozen=True)
class ItemRule:
    """What one kind of event is worth: for each time, or for each full hour; and how much of it counts."""

    points: int
    an_hour: bool = False
    least_minutes: int = 0
    night_percent: int = 100
    most_day: int | None = None
    most_quarter: int | None = None


@dataclass(frozen=True)
class Rulebook:
    """One version of the rules."""

    version: int
    base: int
    most: int
    night_from: int
    night_to: int
    items: Mapping[str, ItemRule]


def read_rules(version: int, kept: Mapping[str, Any]) -> Rulebook:
    """The rules as they are kept."""
    items = {name: ItemRule(**item) for name, item in kept["items"].items()}
    plain = {name: kept[name] for name in ("base", "most", "night_from", "night_to")}
    return Rulebook(version, items=items, **plain)


@dataclass(frozen=True)
class Service:
    """How long something lasted, of how long it was planned, and how much of the plan was night."""

    minutes: int
    planned: int
    night: int


def worth(rule: ItemRule, service: Service | None) -> int:
    """Whole points of one event; a service too short for it is worth nothing.

    The share of the plan that was night weighs `night_percent`, so that a correction of the minutes needs no
    guess at which of them were dark.
    """
    if not rule.an_hour or service is None:
        return rule.points
    if service.minutes < rule.least_minutes or service.planned <= 0:
        return 0
    hundredths = 100 * service.planned + (rule.night_percent - 100) * service.night
    return service.minutes * rule.points * hundredths // (100 * service.planned * 60)


def night_minutes(starts_at: datetime, ends_at: datetime, night_from: int, night_to: int) -> int:
    """How many minutes of a span lie between these Shanghai hours, across midnights."""
    first = shanghai_day(starts_at) - timedelta(days=1)
    days = (shanghai_day(ends_at) - first).days + 1
    nights = (_night(first + timedelta(days=ahead), night_from, night_to) for ahead in range(days))
    spans = (min(ends_at, end) - max(starts_at, start) for start, end in nights)
    return sum(int(span.total_seconds() // 60) for span in spans if span > timedelta(0))


def _night(day: date, night_from: int, night_to: int) -> tuple[datetime, datetime]:
    start = datetime(day.year, day.month, day.day, night_from, tzinfo=SHANGHAI)
    hours = (night_to - night_from) % 24
    return start, start + timedelta(hours=hours)


def rule_text(name: str, rule: ItemRule, book: Rulebook) -> str:
    """One item of the rules as people read it."""
    said = f"{ITEMS[name]}：" + (f"每小时 {rule.points} 分" if rule.an_hour else f"每次 {rule.points} 分")
    if rule.night_percent != 100:
        times = rule.night_percent / 100
        said += f"，{book.night_from} 点到次日 {book.night_to} 点按 {times:g} 倍"
    if rule.least_minutes:
        said += f"，不足 {rule.least_minutes} 分钟不计"
    if rule.most_day:
        said += f"，一天最多 {rule.most_day} 分"
    if rule.most_quarter:
        said += f"，一季度最多 {rule.most_quarter} 分"
    return said + "。"


def rules_text(book: Rulebook) -> list[str]:
    """All of them, with what holds for the quarter as a whole."""
    whole = f"季度得分＝基础分 {book.base}＋各项得分，最多 {book.most} 分；流动党员不计分。"
    return [whole, *(rule_text(name, rule, book) for name, rule in book.items.items()), f"排名：{TIES}"]


def not_final_yet(public_until: datetime, open_objections: int, now: datetime) -> Refusal | None:
    """Why a published quarter cannot be closed for good; None when it can."""
    if now < public_until:
        until = f"{public_until.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        return replace(WRONG_STATE, detail=f"公示到 {until} 为止，期满以后才能定案。")
    if open_objections:
        return replace(WRONG_STATE, detail=f"还有 {open_objections} 条异议没有答复，都答复了才能定案。")
    return None


def visible(state: str, public_until: datetime | None, now: datetime) -> bool:
    """Whether the branch may see the ranking: in the publicity window, and at no other time."""
    return state == "published" and public_until is not None and now < public_until


def shown_state(state: str | None, open_objections: int) -> str:
    """What a quarter is called: one that is published and objected to is in `objection`."""
    if state is None:
        return "open"
    return "objection" if state == "published" and open_objections else state
