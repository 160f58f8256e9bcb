"""From rows to what the queue shows: chips, groups, glyphs, alarm bars; pure functions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from app.console.times import clock_time, counter, span
from app.helpdesk.kinds import Kind, get_kind
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import CENTRE, UNANSWERED, handed_on
from app.stations.book import StationView
from app.web.callers import Caller

MOST_BARS = 2
TABS = (("", "待办"), ("mine", "我的"), ("free", "没人接"), ("done", "已结"))
_SOON_LEAST, _SOON_MOST = timedelta(minutes=5), timedelta(hours=2)
_TITLE = 26

Stations = Mapping[str, StationView]


@dataclass(frozen=True)
class Work:
    """A request and the display name of whoever holds it."""

    row: HelpRequest
    holder: str | None = None


@dataclass(frozen=True)
class Ask:
    """What part of the queue is wanted; the address says all of it."""

    tab: str = ""
    kind: str = ""
    station: str = ""
    q: str = ""

    def query(self, **changes: str) -> str:
        """The part of the address behind the path, `?` included; empty when nothing is asked for."""
        wanted = {name: value for name, value in vars(replace(self, **changes)).items() if value}
        return f"?{urlencode(wanted)}" if wanted else ""


@dataclass(frozen=True)
class Chip:
    """A clock in a list. `look` gives shape and colour, the word says it too; `since` runs by itself."""

    look: str
    word: str
    since: datetime | None = None

    def shown(self, now: datetime) -> str:
        """The word with a running count where there is one."""
        return f"{self.word} {counter(now - self.since)}" if self.since else self.word


@dataclass(frozen=True)
class Side:
    """侧标: which of the two bays is filled, the word beside it, and 往… where somebody confirmed it."""

    letter: str
    word: str
    to: str = ""


@dataclass(frozen=True)
class Line:
    """One line of the queue; never a symptom."""

    id: str
    number: str
    mark: str
    kind_title: str
    title: str
    station: str
    side: Side | None
    place: str
    chip: Chip
    due: datetime
    group: str
    owner: str
    free: bool
    mine: bool
    unread: bool
    alarm: bool
    paused: bool


@dataclass(frozen=True)
class Group:
    """Lines of one urgency."""

    name: str
    lines: list[Line]


@dataclass(frozen=True)
class Tab:
    """A way to look at the queue, with how many lines it has (None: not counted)."""

    key: str
    name: str
    count: int | None
    on: bool


@dataclass(frozen=True)
class Bar:
    """The bar of one medical call: full and ringing until somebody has it, thin until it is over."""

    id: str
    kind_title: str
    mark: str
    station: str
    side: Side | None
    place: str
    plate: str
    since: datetime
    limit: str
    late: str
    holder: str
    taken: str
    phones: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class QueueView:
    """Everything that the queue and the bars above it show."""

    ask: Ask
    tabs: list[Tab]
    groups: list[Group]
    bars: list[Bar]
    more_bars: int
    unheard: int
    waiting: int
    cut: bool


def clock_chip(row: HelpRequest, kind: Kind, now: datetime) -> Chip:
    """The clock that runs now; running, soon, over, stopped, ringing and done have shapes of their own."""
    if row.state in ("closed", "withdrawn"):
        return Chip("done", "已结") if row.state == "closed" else Chip("", "已撤回")
    if row.state == "answered":
        return Chip("soon", "又来信") if row.driver_wrote_at else Chip("hold", "等确认")
    if kind.never_refused and row.holder_id is None:
        return Chip("sos", "响铃", since_of(row))
    if row.state == "waiting" and row.wait_until and row.wait_until > now:
        return Chip("hold", f"停至 {clock_time(row.wait_until, now)}")
    return running_chip(row.created_at, row.due_at, now)


def running_chip(start: datetime, end: datetime, now: datetime) -> Chip:
    """How much is left; amber in the last third, but never more than two hours or less than five minutes."""
    left = end - now
    if left <= timedelta(0):
        return Chip("late", f"超 {span(left)}")
    soon = min(max((end - start) / 3, _SOON_LEAST), _SOON_MOST)
    return Chip("soon" if left <= soon else "", f"剩 {span(left)}")


def since_of(row: HelpRequest) -> datetime:
    """From when on nobody has had it."""
    return row.driver_wrote_at or row.created_at if row.reopened else row.created_at


def side_of(row: HelpRequest, stations: Stations) -> Side | None:
    """The side with its direction; an unknown one is said, since then both must be searched."""
    if row.side not in ("A", "B"):
        return Side("", "侧别不明，两侧都看") if row.side == "unknown" else None
    station = stations.get(row.station or "")
    heading = station.headings.get(row.side) if station else None
    return Side(row.side, f"{row.side} 侧", f"往{heading.removeprefix('往')}" if heading else "")


def station_name(row: HelpRequest, stations: Stations, *, short: bool = True) -> str:
    """`接驾嘴` in lists, `接驾嘴服务区` in full; the centre where no station was named."""
    station = stations.get(row.station or "")
    name = station.name if station else (row.station or "没说哪个站")
    return name.removesuffix("服务区") if short and len(name) > 3 else name


def where_of(row: HelpRequest, stations: Stations) -> str:
    """Where a call is to be looked for: the station that has it first, then the one first reported."""
    reported = station_name(row, stations, short=False)
    if not handed_on(row.desk, row.station):
        return reported
    side = side_of(row, stations)
    return f"{desk_name(row, stations)}（转来；原报 {reported}{f' {side.word}' if side else ''}）"


def _short_where(row: HelpRequest, stations: Stations) -> str:
    """The same in a list; the side that follows is that of the place first reported."""
    reported = station_name(row, stations)
    if not handed_on(row.desk, row.station):
        return reported
    return f"{desk_name(row, stations).removesuffix('服务区')}，原报{reported}"


def desk_name(row: HelpRequest, stations: Stations) -> str:
    """Whose desk it lies on."""
    station = stations.get(row.desk)
    return "值班中心" if row.desk == CENTRE else (station.name if station else row.desk)


def place_of(row: HelpRequest) -> str:
    """Where on the ground: what was written, or the bay where a kind asks for one."""
    return row.place_text or (f"车位 {bay}" if (bay := _detail(row, "bay")) else "")


def title_of(row: HelpRequest, kind: Kind) -> str:
    """The first clause of what was written; of a private kind only what kind it is."""
    words = row.text.strip()
    if kind.private or not words:
        return kind.title
    end = min((at for mark in "。！；\n" if (at := words.find(mark)) > 0), default=len(words))
    end = min((at + 1 for at in (words.find("？"),) if 0 < at < end), default=end)
    clause = words[:end]
    return clause if len(clause) <= _TITLE else f"{clause[:_TITLE]}…"


def _detail(row: HelpRequest, name: str) -> str:
    value: Any = (row.details or {}).get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def line(work: Work, caller: Caller, stations: Stations, now: datetime) -> Line:
    """One line of the queue."""
    row, kind = work.row, get_kind(work.row.kind)
    chip = clock_chip(row, kind, now)
    free = row.holder_id is None and row.state in UNANSWERED
    alarm = kind.never_refused and row.state in UNANSWERED
    return Line(
        id=str(row.id),
        number=row.number,
        mark=kind.mark,
        kind_title=kind.title,
        title=title_of(row, kind),
        station=_short_where(row, stations) if kind.never_refused else station_name(row, stations),
        side=side_of(row, stations),
        place=place_of(row),
        chip=chip,
        due=row.due_at,
        group=_group(row, kind, chip),
        owner=_owner(work, caller, free),
        free=free,
        mine=row.holder_id == caller.person_id,
        unread=row.driver_wrote_at is not None,
        alarm=alarm,
        paused=chip.look == "hold",
    )


def _owner(work: Work, caller: Caller, free: bool) -> str:
    row = work.row
    if free:
        return "没人接"
    if row.unit and row.state in UNANSWERED:
        return f"转{row.unit}"
    if row.holder_id == caller.person_id:
        return "我"
    owner = (work.holder or "值班员") if row.holder_id else ""
    return f"{owner} · {row.score} 分" if row.score else owner


def _group(row: HelpRequest, kind: Kind, chip: Chip) -> str:
    if row.state in UNANSWERED and kind.urgency == 0:
        return "紧急"
    if chip.look in ("soon", "late"):
        return "要到点"
    return "等司机，时钟停" if chip.look == "hold" else "在办"


def group(lines: Iterable[Line]) -> list[Group]:
    """By urgency, not by state; in a group the clock that ends first is on top, a life nobody looks after and
    a driver who waits for an answer before it. New ones are not called 在办."""
    groups: dict[str, list[Line]] = {"紧急": [], "要到点": [], "在办": [], "等司机，时钟停": []}
    for one in sorted(lines, key=lambda one: one.due):
        groups[one.group].append(one)
    groups["紧急"].sort(key=lambda one: not one.free)
    groups["在办"].sort(key=lambda one: not one.unread)
    under_way = "新到和在办" if any(one.free for one in groups["在办"]) else "在办"
    return [Group(under_way if name == "在办" else name, found) for name, found in groups.items() if found]


def bars(works: Sequence[Work], stations: Stations, now: datetime) -> list[Bar]:
    """The bars of all medical calls that are not over: those that nobody has first, the oldest on top."""
    calls = [w for w in works if get_kind(w.row.kind).never_refused and w.row.state in UNANSWERED]
    calls.sort(key=lambda w: (w.row.holder_id is not None, since_of(w.row)))
    return [_bar(work, stations, now) for work in calls]


def _bar(work: Work, stations: Stations, now: datetime) -> Bar:
    row, kind = work.row, get_kind(work.row.kind)
    since = since_of(row)
    moved = handed_on(row.desk, row.station)
    return Bar(
        id=str(row.id),
        kind_title=kind.title,
        mark=kind.mark,
        station=where_of(row, stations),
        side=None
        if moved
        else side_of(row, stations),  # the side of the place first reported is in the words
        place=place_of(row),
        plate=_detail(row, "plate"),
        since=since,
        limit=span(row.ack_by - row.created_at),
        late=span(now - row.ack_by) if row.holder_id is None and row.ack_by < now else "",
        holder=(work.holder or "值班员") if row.holder_id else "",
        taken=counter(row.holder_since - since) if row.holder_since else "",
        phones=tuple((phone["name"], phone["phone"]) for phone in kind.phones),
    )


def queue_view(
    works: Sequence[Work],
    ended: Sequence[Work],
    ask: Ask,
    caller: Caller,
    stations: Stations,
    now: datetime,
    most: int,
) -> QueueView:
    """The queue as it is asked for; tabs count what the filters leave, bars know no filter.

    `works` is everything open in the caller's scope (one more than `most` when there is more), `ended` what
    is over.
    """
    shown = works[:most]
    open_lines = [one for w in shown if _wanted(w, one := line(w, caller, stations, now), ask)]
    by_tab = {
        "": open_lines,
        "mine": [one for one in open_lines if one.mine],
        "free": [one for one in open_lines if one.free],
        "done": [one for w in ended if _wanted(w, one := line(w, caller, stations, now), ask)],
    }
    lines = by_tab.get(ask.tab, open_lines)
    all_bars = bars(shown, stations, now)
    return QueueView(
        ask=ask,
        tabs=[
            Tab(key, name, None if key == "done" else len(by_tab[key]), key == ask.tab) for key, name in TABS
        ],
        groups=[Group("已结，新的在前", lines)] * bool(lines) if ask.tab == "done" else group(lines),
        bars=all_bars[:MOST_BARS],
        more_bars=max(0, len(all_bars) - MOST_BARS),
        unheard=sum(not bar.holder for bar in all_bars),
        waiting=len(shown),
        cut=len(works) > most,
    )


def _wanted(work: Work, shown: Line, ask: Ask) -> bool:
    if ask.kind and work.row.kind != ask.kind:
        return False
    if ask.station and work.row.desk != ask.station:
        return False
    needle = ask.q.strip().casefold()
    told = (
        shown.number,
        shown.title,
        shown.station,
        shown.kind_title,
        shown.place,
        _detail(work.row, "plate"),
    )
    return not needle or any(needle in text.casefold() for text in told)
