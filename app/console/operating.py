"""What an administrator sets for the help desk, as pages: workdays of his own, clocks of one station."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.console import fields
from app.console.acts import fault_of
from app.console.edge import ADMINS, once, page
from app.console.frame import look, whole_page
from app.foundation.clock import shanghai_day
from app.foundation.refusals import Refused
from app.helpdesk import calendar, station_clocks
from app.helpdesk.deadlines import CLOCKS
from app.helpdesk.kinds import SPAN
from app.helpdesk.operating_schemas import (
    StationClockIn,
    StationClockOut,
    WorkdayIn,
    WorkdayOut,
    WorkdayPath,
    WorkdaysQuery,
)
from app.web.callers import EVERYWHERE
from app.web.turn import Turn, current

UNITS = {"m": "分钟", "h": "小时", "wd": "个工作日"}
_WEEK = "一二三四五六日"


@page("/workdays", ADMINS)
def workdays() -> ResponseReturnValue:
    """Days that were set; those that are over only where asked for."""
    return _workdays(current())


@page("/workdays", ADMINS, post=True)
def set_workday() -> ResponseReturnValue:
    """规定一天"""

    def act(turn: Turn) -> str:
        form = request.form
        day = fields.read(WorkdayPath, {"day": fields.words(form, "day")}).day
        sent = {"kind": form.get("kind", ""), "reason": fields.words(form, "reason")}
        calendar.put(turn.session, turn.caller, day, fields.read(WorkdayIn, sent), turn.now)
        return url_for("console.workdays")

    return _do("workday", act, _workdays)


@page("/workdays/<day>/remove", ADMINS, post=True)
def remove_workday(day: str) -> ResponseReturnValue:
    """取消"""

    def act(turn: Turn) -> str:
        calendar.remove(turn.session, turn.caller, fields.read(WorkdayPath, {"day": day}).day, turn.now)
        return url_for("console.workdays")

    return _do("workday", act, _workdays)


@page("/clocks", ADMINS)
def clocks() -> ResponseReturnValue:
    """The clocks of every kind at one station."""
    return _clocks(current())


@page("/clocks/<kind>", ADMINS, post=True)
def set_clocks(kind: str) -> ResponseReturnValue:
    """另定时限: what is left empty is as everywhere."""

    def act(turn: Turn) -> str:
        form, station = request.form, request.args.get("station", "")[:20]
        sent = {name: _span(form, name) for name in CLOCKS}
        body = fields.read(StationClockIn, sent)
        station_clocks.put(turn.session, turn.caller, station, kind, body, turn.now)
        return url_for("console.clocks", station=station)

    return _do(kind, act, _clocks)


@page("/clocks/<kind>/remove", ADMINS, post=True)
def remove_clocks(kind: str) -> ResponseReturnValue:
    """恢复通用时限"""

    def act(turn: Turn) -> str:
        station = request.args.get("station", "")[:20]
        station_clocks.remove(turn.session, turn.caller, station, kind, turn.now)
        return url_for("console.clocks", station=station)

    return _do(kind, act, _clocks)


def _do(
    step: str, act: Callable[[Turn], str], again: Callable[..., ResponseReturnValue]
) -> ResponseReturnValue:
    """One change, then where it leads; a refusal is shown on the page it was made on."""
    turn = current()
    try:
        return once(turn, lambda: act(turn))
    except Refused as refused:
        turn.session.rollback()
        fault = fault_of(step, refused, turn)
        return again(turn, refused.refusal.status, fault=fault, typed=request.form)


def _workdays(turn: Turn, status: int = 200, **given: Any) -> ResponseReturnValue:
    today, past = shanghai_day(turn.now), request.args.get("past") == "1"
    query = WorkdaysQuery.model_validate({} if past else {"from": today})
    listed = calendar.listing(turn.session, query)
    return whole_page(
        turn,
        "console/workdays.html",
        look(turn),
        status,
        days=[_told(item) for item in listed.items],
        past=past,
        today=today,
        announced=listed.announced_until,
        may=EVERYWHERE in turn.caller.places("admin"),
        **{"fault": None, "typed": fields.Form(), **given},
    )


def _told(item: WorkdayOut) -> dict[str, Any]:
    return {**vars(item), "words": f"{item.day} 周{_week(item.day)}", "free": item.kind == "holiday"}


def _week(day: date) -> str:
    return _WEEK[day.weekday()]


def _span(form: fields.Form, name: str) -> str | None:
    """A number and its unit as one span; None where nothing was written."""
    number = fields.words(form, name)
    return f"{number}{form.get(name + '.unit', '')}" if number else None


def _in_words(span: str) -> str:
    """`15 分钟`, `2 个工作日`."""
    match = SPAN.match(span)
    return f"{match[1]} {UNITS[match[2]]}" if match else span


def _clock_line(item: StationClockOut) -> dict[str, Any]:
    """One kind: its clocks in words, and as number and unit where the station has its own."""
    words = {name: _in_words(getattr(item, name)) for name in CLOCKS}
    parts = {name: SPAN.match(getattr(item, name)) for name in CLOCKS}
    own = {name: match.groups() for name, match in parts.items() if match and name in item.own}
    units = {name: match[2] for name, match in parts.items() if match}
    return {**vars(item), "words": words, "own_parts": own, "units": units}


def _clocks(turn: Turn, status: int = 200, **given: Any) -> ResponseReturnValue:
    sight = look(turn)
    places = turn.caller.places("admin")
    codes = list(sight.stations) if EVERYWHERE in places else sorted(places)
    station = request.args.get("station", "")[:20] or (codes[0] if codes else "")
    listed = station_clocks.listing(turn.session, turn.caller, station)
    return whole_page(
        turn,
        "console/clocks.html",
        sight,
        status,
        station=station,
        choices=[(code, sight.stations[code].name) for code in codes if code in sight.stations],
        items=[_clock_line(item) for item in listed.items],
        unit_names=UNITS,
        **{"fault": None, "typed": fields.Form(), **given},
    )
