"""What the page of one request shows: the road of its clocks, the talk, its fields, the next steps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from app.console.times import clock_time, span
from app.console.views import (
    Chip,
    Line,
    Side,
    Stations,
    Work,
    clock_chip,
    desk_name,
    line,
    running_chip,
    station_name,
    title_of,
    where_of,
)
from app.content.schemas import UploadOut
from app.emergencies.alarm import MEDICAL
from app.emergencies.rules import STAGES, stage_possible
from app.helpdesk.kinds import Kind, get_kind
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import UNANSWERED, handed_on, merge_refusal, step_refusal
from app.helpdesk.schemas import EventOut, MessageOut, NextOut, StaffRequestOut
from app.stations.book import StationView
from app.web.callers import Caller

_STATES = {
    "new": ("新到", ""),
    "acknowledged": ("已接手", "act"),
    "handling": ("处理中", "act"),
    "waiting": ("等司机", "hold"),
    "answered": ("已答复，等确认", "ok"),
    "closed": ("已结", "ok"),
    "withdrawn": ("司机撤回", ""),
}
_TOLD_BY_MESSAGE = frozenset({"replied", "noted", "wrote"})
_NOT_FOR_DRIVERS = frozenset({"revealed"})
_BEFORE_ITS_MESSAGE = frozenset({"created", "entered", "reopened", "joined"})
_MOST_TWINS = 30
_UNITS = ("12328 交通运输服务监督", "保险公司", "120 急救", "122 高速交警", "12122 高速救援", "路政")
_LATE_BY_PHONE = timedelta(minutes=2)


@dataclass(frozen=True)
class Post:
    """A milestone on the road. `look`: done, now, ahead; `tone` colours the one that is now."""

    name: str
    look: str
    word: str
    limit: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Attached:
    """A picture or a document of the talk; `shown`: drawn at once, else a link to be opened on purpose."""

    address: str
    name: str
    mark: str
    shown: bool


@dataclass(frozen=True)
class Said:
    """One entry of the talk. `look`: from (driver), out (staff), note (internal), event."""

    at: str
    iso: str
    look: str
    text: str
    foot: str = ""
    chip: Chip | None = None
    new: bool = False
    files: tuple[Attached, ...] = ()
    doubt: str = ""


@dataclass(frozen=True)
class Fact:
    """One of the kind's own fields, filled."""

    title: str
    value: str


@dataclass(frozen=True)
class ThreadView:
    """Everything the page of one request shows beside its forms."""

    id: str
    line: Line
    kind: Kind
    title: str
    state: str
    state_look: str
    station: str
    desk: str
    side: Side | None
    place: str
    holder: str
    held: str
    coming: str
    mine: bool
    posts: list[Post]
    talk: list[Said]
    facts: list[Fact]
    who: str
    by_staff: bool
    phone: str | None
    spoken: str
    phones: list[tuple[str, str]]
    steps: frozenset[str]
    twins: list[tuple[str, str]]
    answers_all: bool
    units: list[str]
    reopened: int
    private: bool


def thread_view(
    work: Work,
    seen: StaffRequestOut,
    caller: Caller,
    stations: Stations,
    now: datetime,
    others: Sequence[Work] = (),
) -> ThreadView:
    """`work.row` gives the clocks, `seen` what the desk may read, `others` what it may be the same as."""
    row, kind = work.row, get_kind(work.row.kind)
    shown = line(work, caller, stations, now)
    moved = kind.never_refused and handed_on(row.desk, row.station)
    return ThreadView(
        id=str(row.id),
        line=shown,
        kind=kind,
        title=title_of(row, kind),
        state="重开" if row.reopened and row.state == "new" else _STATES[row.state][0],
        state_look="late" if row.reopened and row.state == "new" else _STATES[row.state][1],
        station=where_of(row, stations) if moved else station_name(row, stations, short=False),
        desk=desk_name(row, stations) if row.desk != row.origin and not moved else "",
        side=None if moved else shown.side,
        place=shown.place,
        holder="" if shown.free or not row.holder_id else ("我" if shown.mine else work.holder or "值班员"),
        held=span(now - row.holder_since) if row.holder_since and row.state in UNANSWERED else "",
        coming=_coming(seen.next, now),
        mine=shown.mine,
        posts=road(row, kind, now),
        talk=talk(row, seen, now),
        facts=facts(kind, seen.details),
        who=seen.driver_name,
        by_staff=row.entered_by is not None,
        phone=seen.contact_phone_masked,
        spoken=_spoken(row, stations),
        phones=_phones(row, kind, stations),
        steps=allowed_steps(row) | stages(row, seen),
        twins=twins(work, others, caller, stations, now),
        answers_all=row.has_merged and not kind.private,
        units=units(kind),
        reopened=row.reopened,
        private=kind.private,
    )


def _coming(next_one: NextOut | None, now: datetime) -> str:
    """Who is told next, and when, if nothing is done: `10:23 报值班主管`."""
    if next_one is None or next_one.at is None or next_one.role == "driver":
        return ""
    return f"{clock_time(next_one.at, now)} 没办好报{next_one.title}"


def allowed_steps(row: HelpRequest) -> frozenset[str]:
    """What the desk can do with it now; the use case decides again."""
    steps = {
        step for step in ("reply", "wait", "transfer", "resolve") if step_refusal(step, row.state) is None
    }
    if row.holder_id is None and step_refusal("claim", row.state) is None:
        steps.add("claim")
    return frozenset(steps)


def stages(row: HelpRequest, seen: StaffRequestOut) -> frozenset[str]:
    """Which stages of a medical call may follow."""
    if row.kind != MEDICAL:
        return frozenset()
    done = [event.what for event in seen.timeline if event.what in STAGES]
    possible = {stage for stage in STAGES if stage_possible(stage, row.state, done)}
    return frozenset(possible - ({"on_scene"} if "on_scene" in done else set()))


def twins(
    work: Work, others: Sequence[Work], caller: Caller, stations: Stations, now: datetime
) -> list[tuple[str, str]]:
    """(id, words) of what at the same desk it may be merged into: the same kind first, then the same side."""
    row, urgent = work.row, get_kind(work.row.kind).never_refused
    found = []
    for other in others:
        same = other.row.kind == row.kind
        fits = other.row.desk == row.desk and other.row.id != row.id
        if fits and merge_refusal(row.state, other.row.state, urgent=urgent, same=same) is None:
            shown = line(other, caller, stations, now)
            where = " ".join(filter(None, [shown.side.word if shown.side else "", shown.place]))
            words = " · ".join(filter(None, [shown.number, shown.title, where, shown.owner]))
            found.append((not same, other.row.side != row.side, str(other.row.id), words))
    return [(id, words) for _, _, id, words in sorted(found, key=lambda one: one[:2])[:_MOST_TWINS]]


def units(kind: Kind) -> list[str]:
    """Whom outside it may be handed to: the kind's own numbers first."""
    own = {phone["phone"]: phone["name"] for phone in kind.phones}
    named = [f"{number} {name}" for number, name in own.items()]
    return named + [unit for unit in _UNITS if unit.split()[0] not in own]


def road(row: HelpRequest, kind: Kind, now: datetime) -> list[Post]:
    """Passed posts with how long they took, the one that is now with what is left, the ones ahead."""
    steps = (
        ("受理", row.acknowledged_at, row.ack_by),
        ("答复", row.answered_at, row.answer_by),
        ("办结", row.closed_at, row.close_by),
    )
    posts = [Post("提交", "done", clock_time(row.created_at, now))]
    reached = row.state == "withdrawn"
    for name, done, by in steps:
        if row.state == "withdrawn" and done is not None and name == "办结":
            posts.append(Post("撤回", "done", clock_time(done, now)))
        elif done is not None and not (row.state == "new" and row.reopened):
            posts.append(_passed(name, done, by, row.created_at))
        elif reached:
            posts.append(Post(name, "ahead", "" if row.state == "withdrawn" else f"限 {clock_time(by, now)}"))
        else:
            posts.append(_present(name, by, row, kind, now))
            reached = True
    return posts


def _passed(name: str, done: datetime, by: datetime, start: datetime) -> Post:
    tone = "late" if done > by else ""
    return Post(name, "done", span(done - start), "超时" if tone else f"限 {span(by - start)}", tone)


def _present(name: str, by: datetime, row: HelpRequest, kind: Kind, now: datetime) -> Post:
    chip = clock_chip(row, kind, now)
    if chip.look == "sos":
        return Post(name, "now", "响铃中", f"限 {span(by - row.created_at)}", "sos")
    if chip.look == "hold":
        return Post(name, "now", chip.word, f"限 {clock_time(by, now)}", "hold")
    running = running_chip(row.created_at, by, now)
    return Post(name, "now", running.word, f"限 {clock_time(by, now)}", running.look)


def talk(row: HelpRequest, seen: StaffRequestOut, now: datetime) -> list[Said]:
    """Messages and steps in one line of time; a step that a message tells is not told twice."""
    entries: list[tuple[datetime, int, Said]] = [(row.created_at, 1, _first(row, seen, now))]
    for message in seen.messages:
        entries.append((message.at, 1, _message(message, row, now)))
    for event in seen.timeline:
        if event.what not in _TOLD_BY_MESSAGE:
            entries.append((event.at, 0 if event.what in _BEFORE_ITS_MESSAGE else 2, _event(event, row, now)))
    return [said for _, _, said in sorted(entries, key=lambda entry: entry[:2])]


def _first(row: HelpRequest, seen: StaffRequestOut, now: datetime) -> Said:
    text = row.text or "（没有写文字）"
    said = _said(row.created_at, now, "from", text, _written(seen.written_at, row.created_at, now))
    return replace(said, files=_attached(seen.uploads), doubt=seen.check or "")


def _message(message: MessageOut, row: HelpRequest, now: datetime) -> Said:
    return replace(_words(message, row, now), files=_attached(message.uploads), doubt=message.check or "")


def _attached(uploads: list[UploadOut]) -> tuple[Attached, ...]:
    """An address of this very host: the page may load nothing from another."""
    return tuple(
        Attached(
            address=urlsplit(upload.url)._replace(scheme="", netloc="").geturl(),
            name=f"图片 {number}" if upload.kind == "image" else f"PDF 文件 {number}",
            mark=upload.mark,
            shown=upload.kind == "image" and upload.verdict != "hidden",
        )
        for number, upload in enumerate(uploads, 1)
        if upload.url
    )


def _words(message: MessageOut, row: HelpRequest, now: datetime) -> Said:
    if message.internal:
        return _said(message.at, now, "note", message.text, f"内部备注 · {message.name} · 司机看不到")
    if message.from_ == "staff":
        chip = _in_time(row, row.answered_at, row.answer_by) if message.at == row.answered_at else None
        return _said(message.at, now, "out", message.text, message.name, chip=chip)
    new = row.driver_wrote_at is not None and message.at >= row.driver_wrote_at
    return _said(
        message.at, now, "from", message.text, _written(message.written_at, message.at, now), new=new
    )


def _written(written: datetime | None, received: datetime, now: datetime) -> str:
    if written is None or abs(received - written) < _LATE_BY_PHONE:
        return ""
    return f"手机上写于 {clock_time(written, now)}"


def _event(event: EventOut, row: HelpRequest, now: datetime) -> Said:
    told, _, note = event.text.partition("：")
    if event.what == "waiting" and note:
        return _said(event.at, now, "out", note, f"{event.by} · 等司机补充")
    if event.what in ("created", "entered"):
        return _said(event.at, now, "event", f"{event.by} {told}，单号 {row.number}")
    secret = "，司机看不到" if event.what in _NOT_FOR_DRIVERS else ""
    by = "" if event.text.startswith("司机") else f"{event.by} "
    return _said(event.at, now, "event", f"{by}{event.text}{secret}", chip=_kept(event, row))


def _kept(event: EventOut, row: HelpRequest) -> Chip | None:
    """Beside the step that stopped a clock: whether that was in time."""
    taken = event.what == "claimed" and event.at == row.acknowledged_at
    return _in_time(row, event.at, row.ack_by) if taken else None


def _in_time(row: HelpRequest, done: datetime | None, by: datetime) -> Chip | None:
    if done is None:
        return None
    took = span(done - row.created_at)
    return Chip("done", f"按时 · {took}") if done <= by else Chip("", f"超时 · 用了 {took}")


def _said(
    at: datetime,
    now: datetime,
    look: str,
    text: str,
    foot: str = "",
    *,
    chip: Chip | None = None,
    new: bool = False,
) -> Said:
    return Said(clock_time(at, now), at.isoformat(), look, text, foot, chip, new)


def facts(kind: Kind, details: dict[str, Any]) -> list[Fact]:
    """The filled fields by their titles in the schema's order, then what the schema does not know."""
    known = kind.fields.get("properties", {})
    names = [*(name for name in known if name in details), *(name for name in details if name not in known)]
    told = ((known.get(name, {}).get("title", name), _value(details[name])) for name in names)
    return [Fact(title, value) for title, value in told if value]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    return "" if value is None else str(value)


def _spoken(row: HelpRequest, stations: Stations) -> str:
    station = stations.get(row.station or "")
    spoken = station.spoken(row.side) if station and row.side in ("A", "B") else ""
    if not handed_on(row.desk, row.station):
        return spoken
    here = stations.get(row.desk)
    now_at = f"{here.road} {here.name}" if here else desk_name(row, stations)
    return f"{now_at}（转来）。原报：{spoken or station_name(row, stations, short=False)}"


def _phones(row: HelpRequest, kind: Kind, stations: Stations) -> list[tuple[str, str]]:
    """Whom to call first: the kind's numbers, the station's own, then those of the one first reported."""
    numbers = [(phone["name"], phone["phone"]) for phone in kind.phones]
    moved = handed_on(row.desk, row.station)
    numbers += _own_phones(stations.get((row.desk if moved else row.station) or ""), kind, "本站")
    if moved and (reported := stations.get(row.station or "")):
        numbers += _own_phones(reported, kind, reported.name)
    return numbers


def _own_phones(station: StationView | None, kind: Kind, whose: str) -> list[tuple[str, str]]:
    """A station's numbers; the medical one where a life may hang on it."""
    if station is None:
        return []
    medical = station.medical_phone if kind.never_refused else None
    own = ((f"{whose}医疗窗口", medical), (f"{whose}值班", station.duty_phone))
    return [(name, number) for name, number in own if number]
