"""Facilities of a station at the console: what works, who has it, one tap to say otherwise; the basics."""

import uuid
from collections.abc import Callable
from typing import Any, Final

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.console import fields
from app.console.acts import fault_of
from app.console.edge import Level, new_once, once, page
from app.console.frame import look, whole_page
from app.console.times import clock_time
from app.console.views import Side, Stations
from app.facilities import desk
from app.facilities.rules import FACILITY_UNKNOWN
from app.facilities.schemas import BasicsChange, FacilityAtDesk, FacilityChange, FacilityQuery
from app.foundation.refusals import FieldFault, Refused, invalid
from app.people.rules import home_place
from app.stations.book import StationView
from app.stations.rules import BASIC_TITLES
from app.web.paging import Listed
from app.web.turn import Turn, current

KEEPERS: Final = Level(roles=("staff", "supervisor"))
_ACTS: Final[dict[str, dict[str, Any]]] = {
    "ok": {"state": "ok"},
    "cleaning": {"state": "cleaning"},
    "out": {"state": "out"},
    "free": {"occupied_until": None},
}
_TAKEN: Final = {"held": "预留到", "in_use": "使用到", "overtime": "超时，应到"}
_LOOKS: Final = {"ok": "ok", "cleaning": "soon", "out": "late", "unknown": ""}
BASIC_WORDS: Final = {"ok": "能用", "limited": "部分能用", "out": "停用", "unknown": "说不准"}


@page("/facilities", KEEPERS)
def facilities() -> ResponseReturnValue:
    """What there is at one station; looking is recorded, since it tells who has what."""
    turn = current()
    return _list_page(turn, request.args.get("station", "")[:10] or _home(turn))


@page("/facilities/<uuid:id>/set", KEEPERS, post=True)
def set_facility(id: uuid.UUID) -> ResponseReturnValue:
    """能用、打扫中、停用, or 清出来."""

    def act(turn: Turn) -> None:
        wanted = _ACTS.get(request.form.get("do", ""))
        if wanted is None:
            raise invalid(FieldFault("do", "没有这种操作"))
        desk.change(turn.session, turn.caller, id, fields.read(FacilityChange, wanted), turn.now)

    return _do(str(id), act)


@page("/facilities/basics", KEEPERS, post=True)
def tell_basics() -> ResponseReturnValue:
    """The basics that somebody has chosen a word for; the others stay as old as they are."""

    def act(turn: Turn) -> None:
        chosen = {basic: request.form[basic] for basic in BASIC_TITLES if request.form.get(basic)}
        desk.set_basics(turn.session, turn.caller, _station(), fields.read(BasicsChange, chosen), turn.now)

    return _do("basics", act)


def _do(step: str, act: Callable[[Turn], None]) -> ResponseReturnValue:
    """One step, then back to the list; a refusal is shown above it."""
    turn = current()

    def back() -> str:
        act(turn)
        return url_for("console.facilities", station=_station(), done="yes")

    try:
        return once(turn, back)
    except Refused as refused:
        if refused.refusal == FACILITY_UNKNOWN:
            raise
        turn.session.rollback()
        fault = fault_of(step, refused, turn)
        return _list_page(turn, _station(), refused.refusal.status, fault=fault)


def _station() -> str:
    return request.form.get("station", "")[:10]


def _home(turn: Turn) -> str:
    return home_place(turn.caller.grants) or ""


def _list_page(turn: Turn, station: str, status: int = 200, fault: Any = None) -> Response:
    sight = look(turn)
    listed = Listed[FacilityAtDesk](items=[])
    if station:
        listed = desk.listing(turn.session, turn.caller, FacilityQuery(station=station), turn.now)
    return whole_page(
        turn,
        "console/facilities.html",
        sight,
        status,
        station=station,
        items=[_line(item, sight.stations, turn) for item in listed.items],
        basics=_basics(sight.stations.get(station), turn),
        basic_words=BASIC_WORDS,
        fault=fault,
        done=request.args.get("done") == "yes",
        new_once=new_once,
    )


def _line(item: FacilityAtDesk, stations: Stations, turn: Turn) -> dict[str, Any]:
    station = stations.get(item.station)
    heading = station.headings.get(item.side) if station else None
    now = "空着" if item.free else ""
    if item.taken and item.until:
        now = f"{_TAKEN[item.taken]} {clock_time(item.until, turn.now)} · {item.holder or '站里放进去的'}"
    women = f"{item.women_only.first}–{item.women_only.last} 女性专用" if item.women_only else ""
    return {
        "id": item.id,
        "side": Side(item.side, f"{item.side} 侧", f"往{heading.removeprefix('往')}" if heading else ""),
        "title": item.title,
        "name": item.name,
        "about": "，".join(filter(None, [item.place, women])),
        "words": item.words,
        "look": _LOOKS[item.state],
        "now": now,
        "taken": item.taken,
        "state": item.state,
    }


def _basics(station: StationView | None, turn: Turn) -> list[dict[str, str]]:
    """What is known of the five, as the book has it: a second old at most."""
    if station is None:
        return []
    return [
        {
            "name": name,
            "title": BASIC_TITLES[name],
            "word": BASIC_WORDS[state],
            "when": clock_time(as_of, turn.now) if as_of else "还没有人报过",
        }
        for name, (state, as_of) in station.basics.items()
    ]
