"""Endpoints of what is set for the help desk: own workdays, a station's clocks, ready-made answers."""

from app.helpdesk import calendar, macros, station_clocks
from app.helpdesk.operating_schemas import (
    KindAtStation,
    MacroChange,
    MacroIn,
    MacroList,
    MacroOut,
    MacroPath,
    MacroQuery,
    StationClockIn,
    StationClockList,
    StationClockOut,
    WorkdayIn,
    WorkdayList,
    WorkdayOut,
    WorkdayPath,
    WorkdaysQuery,
)
from app.helpdesk.rules import CLOCKS_FIXED, CLOCKS_UNKNOWN, MACRO_EXISTS, MACRO_UNKNOWN, WORKDAY_UNKNOWN
from app.people.rules import STAFF_ROLES
from app.stations.rules import STATION_UNKNOWN
from app.stations.schemas import StationPath
from app.web.callers import only
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("operating", "值班台的设置")
_READERS = only(*STAFF_ROLES, "admin")
_ADMIN = only("admin")


@room.call("GET", "/staff/workdays", who=_READERS, answers={200: WorkdayList}, etag=True)
def list_workdays(query: WorkdaysQuery) -> WorkdayList:
    """另行规定的工作日和休息日"""
    return calendar.listing(current().session, query)


@room.call("PUT", "/staff/workdays/<day>", who=_ADMIN, answers={200: WorkdayOut})
def set_workday(path: WorkdayPath, body: WorkdayIn) -> WorkdayOut:
    """规定某一天上班或放假；没办结的诉求时限跟着变"""
    turn = current()
    return calendar.put(turn.session, turn.caller, path.day, body, turn.now)


@room.call("DELETE", "/staff/workdays/<day>", who=_ADMIN, answers={204: None}, refuses=[WORKDAY_UNKNOWN])
def remove_workday(path: WorkdayPath) -> Answer:
    """取消对某一天的规定"""
    turn = current()
    calendar.remove(turn.session, turn.caller, path.day, turn.now)
    return Answer(None, 204)


@room.call(
    "GET",
    "/staff/stations/<code>/clocks",
    who=_READERS,
    answers={200: StationClockList},
    refuses=[STATION_UNKNOWN],
    etag=True,
)
def list_clocks(path: StationPath) -> StationClockList:
    """一个站点各类诉求的时限"""
    turn = current()
    return station_clocks.listing(turn.session, turn.caller, path.code)


@room.call(
    "PUT",
    "/staff/stations/<code>/clocks/<kind>",
    who=_ADMIN,
    answers={200: StationClockOut},
    refuses=[STATION_UNKNOWN, CLOCKS_UNKNOWN, CLOCKS_FIXED],
)
def set_clocks(path: KindAtStation, body: StationClockIn) -> StationClockOut:
    """给一个站点的一类诉求另定时限；已提的诉求不变"""
    turn = current()
    return station_clocks.put(turn.session, turn.caller, path.code, path.kind, body, turn.now)


@room.call(
    "DELETE",
    "/staff/stations/<code>/clocks/<kind>",
    who=_ADMIN,
    answers={204: None},
    refuses=[STATION_UNKNOWN, CLOCKS_UNKNOWN, CLOCKS_FIXED],
)
def remove_clocks(path: KindAtStation) -> Answer:
    """恢复通用时限"""
    turn = current()
    station_clocks.remove(turn.session, turn.caller, path.code, path.kind, turn.now)
    return Answer(None, 204)


@room.call("GET", "/staff/macros", who=_READERS, answers={200: MacroList}, etag=True)
def list_macros(query: MacroQuery) -> MacroList:
    """常用语：本站的和通用的"""
    turn = current()
    return macros.listing(turn.session, turn.caller, query.station)


@room.call(
    "POST",
    "/staff/macros",
    who=_READERS,
    answers={201: MacroOut},
    refuses=[STATION_UNKNOWN, MACRO_EXISTS],
    idempotent=True,
)
def create_macro(body: MacroIn) -> Answer:
    """添一条常用语"""
    turn = current()
    return Answer(macros.create(turn.session, turn.caller, body, turn.now), 201)


@room.call(
    "PUT",
    "/staff/macros/<uuid:id>",
    who=_READERS,
    answers={200: MacroOut},
    refuses=[MACRO_UNKNOWN, MACRO_EXISTS],
)
def change_macro(path: MacroPath, body: MacroChange) -> MacroOut:
    """改一条常用语"""
    turn = current()
    return macros.change(turn.session, turn.caller, path.id, body, turn.now)


@room.call("DELETE", "/staff/macros/<uuid:id>", who=_READERS, answers={204: None}, refuses=[MACRO_UNKNOWN])
def remove_macro(path: MacroPath) -> Answer:
    """删一条常用语"""
    turn = current()
    macros.remove(turn.session, turn.caller, path.id, turn.now)
    return Answer(None, 204)
