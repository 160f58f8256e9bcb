"""What every page of the console has around its own content: scope, clock, alarm bars, wishes of the user."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template, request

from app.console import reading, session
from app.console.edge import new_once
from app.console.rail import rail_of
from app.console.times import clock_time, counter, day_words
from app.console.views import Ask, QueueView, Stations, Work, queue_view
from app.foundation.clock import iso
from app.helpdesk.kinds import all_kinds
from app.people.rules import STAFF_ROLES
from app.stations.book import StationBook
from app.web.callers import EVERYWHERE
from app.web.turn import Turn

POLL_S = 4
KEYS = (
    ("J K", "下一件、上一件"),
    ("↵", "打开"),
    ("A", "接手"),
    ("R", "回复司机"),
    ("N", "写内部备注"),
    ("T", "转办"),
    ("W", "等待至"),
    ("E", "办结"),
    ("M", "合并重复的"),
    ("S", "已到现场（医疗求助）"),
    ("H", "移交（医疗求助）"),
    (";", "常用语；输入框里按 Ctrl ;"),
    ("Ctrl ↵", "发送"),
    ("F2", "应答医疗求助"),
    ("/", "找"),
    ("G", "回到队列"),
    ("Esc", "离开输入框，收起"),
    ("?", "看这张表"),
)


@dataclass(frozen=True)
class Sight:
    """What the caller sees of all work at this moment."""

    works: list[Work]
    queue: QueueView
    stations: Stations


def wanted() -> Ask:
    """What the address asks for; anything odd in it is ignored."""
    args = request.args
    tab = args.get("tab", "")
    return Ask(
        tab=tab if tab in ("mine", "free", "done") else "",
        kind=args.get("kind", "")[:40],
        station=args.get("station", "")[:10],
        q=args.get("q", "")[:40],
    )


def look(turn: Turn, ask: Ask | None = None) -> Sight:
    """Read the caller's open work, once; what is over only where the address asks for it."""
    ask = ask or Ask()
    stations = reading.BookShelf(turn.home.part(StationBook), lambda: turn.session)
    works = reading.open_work(turn.session, turn.caller)
    ended = []
    if ask.tab == "done":
        ended = reading.ended_work(turn.session, turn.caller, ask.q if "-" in ask.q else "")
    queue = queue_view(works, ended, ask, turn.caller, stations, turn.now, reading.MOST)
    return Sight(works, queue, stations)


def whole_page(turn: Turn, template: str, sight: Sight, status: int = 200, **values: Any) -> Response:
    """A page with everything around it."""
    html = render_template(template, **surroundings(turn, sight), **values)
    return make_response(html, status)


def fragment(turn: Turn, template: str, sight: Sight | None, tag_of: object, **values: Any) -> Response:
    """Parts of a page for a poll; 304 before anything is drawn when nothing that it shows has changed."""
    tag = hashlib.blake2b(repr(tag_of).encode(), digest_size=12).hexdigest()
    if request.if_none_match.contains_weak(tag):
        answer = Response(status=304)
    else:
        around = surroundings(turn, sight) if sight else {"now": turn.now, "proof": _proof(turn)}
        answer = make_response(render_template(template, **around, **values))
    answer.set_etag(tag, weak=True)
    answer.headers["Cache-Control"] = "no-store"  # the page remembers the tag; nothing private stays on disk
    return answer


def surroundings(turn: Turn, sight: Sight) -> dict[str, Any]:
    """The values that the base template uses."""
    settings, caller = turn.home.settings, turn.caller
    codes = scope_codes(turn, sight.stations)
    return {
        "queue": sight.queue,
        "ask": sight.queue.ask,
        "caller": caller,
        "at_desk": caller.has(*STAFF_ROLES),
        "rail": rail_of(caller, (request.endpoint or "").rpartition(".")[2]),
        "initial": (caller.name.removeprefix("示例") or "我")[-1:],
        "scope": scope_words(codes, sight.stations, everywhere=EVERYWHERE in caller.places(*STAFF_ROLES)),
        "scope_stations": [(code, sight.stations[code].name) for code in codes if code in sight.stations],
        "kinds": [kind for kind in all_kinds() if set(kind.roles) & {role for role, _ in caller.grants}],
        "demo": settings.demo.data or settings.wechat.standin or _any_example(codes, sight.stations),
        "now": turn.now,
        "now_iso": iso(turn.now),
        "clock": clock_time(turn.now, turn.now),
        "date_words": day_words(turn.now),
        "theme": session.theme(),
        "keys_on": session.keys_on(),
        "proof": _proof(turn),
        "once": new_once(),
        "poll_s": POLL_S,
        "keys": KEYS,
        "count": counter,
        "centre_phone": settings.helpdesk.centre_phone,
    }


def _proof(turn: Turn) -> str:
    return session.form_proof(turn.home, session.session_token())


def scope_codes(turn: Turn, stations: Stations) -> list[str]:
    """The stations of the caller's desk: all of them where a role is held everywhere."""
    places = turn.caller.places(*STAFF_ROLES)
    return list(stations) if EVERYWHERE in places else sorted(places)


def scope_words(codes: list[str], stations: Stations, *, everywhere: bool) -> str:
    """`接驾嘴服务区`, `3 站 6 侧`, `全部 55 站`."""
    if everywhere:
        return f"全部 {len(codes)} 站"
    if len(codes) == 1:
        station = stations.get(codes[0])
        return station.name if station else codes[0]
    return f"{len(codes)} 站 {2 * len(codes)} 侧"


def _any_example(codes: Iterable[str], stations: Stations) -> bool:
    return any(station.example for code in codes if (station := stations.get(code)))
