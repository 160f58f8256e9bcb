"""Today's check-ins of a station, phones masked."""

from datetime import date, timedelta

from flask import request
from flask.typing import ResponseReturnValue

from app.checkins import service
from app.checkins.schemas import DeskLine
from app.console.edge import page
from app.console.frame import look, scope_codes, whole_page
from app.console.views import Side, Stations
from app.foundation.clock import SHANGHAI, shanghai_day
from app.people.rules import home_place
from app.web.paging import Listed
from app.web.turn import current

_PURPOSES = {
    "rest": "休息",
    "meal": "吃饭",
    "medical": "看病",
    "duty": "值守",
    "event": "活动",
    "other": "其他",
}
_KINDS = {"truck_driver": "货车司机", "traveller": "旅客", "staff": "职工", "unknown": ""}
_PAGE = 50


@page("/checkins")
def checkins() -> ResponseReturnValue:
    """One Shanghai day of one station, newest first; looking is recorded."""
    turn = current()
    sight = look(turn)
    codes = scope_codes(turn, sight.stations)
    station = request.args.get("station", "")[:10] or home_place(turn.caller.grants)
    today = shanghai_day(turn.now)
    day = _day(request.args.get("day", ""), today)
    listed = Listed[DeskLine](items=[])
    if station:
        cursor = request.args.get("cursor")
        listed = service.desk_list(turn.session, turn.caller, station, day, turn.now, _PAGE, cursor)
    return whole_page(
        turn,
        "console/checkins.html",
        sight,
        station=station,
        codes=codes,
        day=day,
        today=today,
        earlier=day - timedelta(days=1),
        later=day + timedelta(days=1) if day < today else None,
        lines=[_line(item, sight.stations) for item in listed.items],
        more=listed.next_cursor,
    )


def _day(written: str, today: date) -> date:
    try:
        return min(date.fromisoformat(written), today)
    except ValueError:
        return today


def _line(item: DeskLine, stations: Stations) -> dict[str, object]:
    station = stations.get(item.station)
    heading = station.headings.get(item.side) if station else None
    return {
        "at": f"{item.scanned_at.astimezone(SHANGHAI):%H:%M}",
        "side": Side(item.side, f"{item.side} 侧", f"往{heading.removeprefix('往')}" if heading else ""),
        "who": item.name,
        "phone": item.phone_masked or "没留号码",
        "purpose": _PURPOSES.get(item.purpose or "", "没选"),
        "person": _KINDS.get(item.person_kind, ""),
        "late": item.clock_suspect,
    }
