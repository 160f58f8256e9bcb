"""Use cases of check-ins."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    exists,
    false,
    insert,
    literal,
    select,
    true,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from app.checkins import rules
from app.checkins.models import CheckIn
from app.checkins.schemas import CheckInChange, CheckInIn, CheckInOut, DeskLine, LocationIn
from app.foundation import audit
from app.foundation.clock import shanghai_day
from app.foundation.database import table_of
from app.foundation.hot import HotStatement
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, Refusal, invalid
from app.people.models import Person
from app.people.rules import STAFF_ROLES, home_place, mask_phone
from app.settings import CheckinSettings
from app.stations.models import QrKey, Station
from app.stations.rules import parse_code
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor
from app.web.refusals import FORBIDDEN

# One statement finds where the key leads and the row that is already within the window, or makes a new one.
# No unique key can express a sliding window: the endpoint is `in_line`, so the person's row is locked by then
# and this statement sees what the scan before it wrote.
_key, _station, _row = table_of(QrKey).c, table_of(Station).c, table_of(CheckIn).c
_ANSWERED = "id purpose person_kind scanned_at recorded_at clock_suspect location_check".split()
_code = (
    select(_key.station, _key.side, _key.version, _key.state, _station.name)
    .join_from(table_of(QrKey), table_of(Station), _station.code == _key.station)
    .where(_key.key == bindparam("key"))
    .cte("code")
)
_near = (
    select(*(_row[name] for name in _ANSWERED))
    .join_from(table_of(CheckIn), _code, (_row.station == _code.c.station) & (_row.side == _code.c.side))
    .where(
        _row.person_id == bindparam("person_id"),
        _row.counted_at.between(bindparam("since"), bindparam("until")),
    )
    .order_by(_row.counted_at)
    .limit(1)
    .cte("near")
)
_FROM_CODE = {"station": _code.c.station, "side": _code.c.side, "key_version": _code.c.version}
_given = (
    select(*(_FROM_CODE.get(c.name, bindparam(c.name, type_=c.type)) for c in _row))
    .select_from(_code)
    .where(_code.c.state == "active", ~exists().select_from(_near))
)
_made = (
    insert(table_of(CheckIn))
    .from_select([c.name for c in _row], _given)
    .returning(*(_row[name] for name in _ANSWERED))
    .cte("made")
)
_found = union_all(
    select(*_near.c, true().label("repeat")), select(*_made.c, false().label("repeat"))
).subquery("found")
_RECORD = HotStatement(
    select(_code.c.station, _code.c.side, _code.c.state, _code.c.name, *_found.c).outerjoin_from(
        _code, _found, true()
    )
)
_POSITION = (
    select(_station.lat, _station.lon)
    .join_from(table_of(Station), table_of(QrKey), _key.station == _station.code)
    .where(_key.key == bindparam("key"))
)


def check_in(
    connection: Connection, caller: Caller, body: CheckInIn, now: datetime, knobs: CheckinSettings
) -> CheckInOut:
    """One row a scan, however many retries and threads; the caller's row must be locked (`in_line`).

    404 `checkin.code_unknown`, 410 `checkin.code_revoked` (with station and side), 422 `checkin.too_old`.
    """
    when = rules.times(
        body.scanned_at,
        now,
        timedelta(days=knobs.too_old_days),
        timedelta(seconds=knobs.clock_tolerance_s),
    )
    if isinstance(when, Refusal):
        raise when.now()
    key = parse_code(body.code)
    window = timedelta(seconds=knobs.repeat_window_s)
    values = {
        "key": key,
        "person_id": caller.person_id,
        "id": new_id(),
        "source": rules.source_of(body.code),
        "purpose": body.purpose,
        "person_kind": body.person_kind or "unknown",
        "scanned_at": when.scanned_at,
        "recorded_at": now,
        "counted_at": when.counted_at,
        "day": when.day,
        "clock_suspect": when.clock_suspect,
        "location_check": _location_check(connection, key, body.location, knobs),
        "since": when.counted_at - window,
        "until": when.counted_at + window,
    }
    row = _RECORD.one_or_none(connection, values) if key else None
    if row is None:
        raise rules.CODE_UNKNOWN.now()
    if row.state != "active":
        raise rules.CODE_REVOKED.now(station=row.station, station_name=row.name, side=row.side)
    return CheckInOut(**_fields(row, row.name), repeat=row.repeat)


def _location_check(
    connection: Connection, key: str | None, here: LocationIn | None, knobs: CheckinSettings
) -> str:
    """Compares and forgets: of a position only `near` or `far` is kept."""
    at = connection.execute(_POSITION, {"key": key}).one_or_none() if here and key else None
    if here is None or at is None:
        return "none"
    return rules.location_check(at.lat, at.lon, (here.lat, here.lon, here.accuracy_m), knobs.near_m)


def _fields(row: Any, station_name: str) -> dict[str, Any]:
    names = ("station", "side", *_ANSWERED[1:])
    return {"id": str(row.id), "station_name": station_name, **{name: getattr(row, name) for name in names}}


def change(session: Session, caller: Caller, check_in_id: uuid.UUID, body: CheckInChange) -> CheckInOut:
    """What the stop is for is chosen after the scan; only the fields sent change. 404 for another's."""
    mine = CheckIn.person_id == caller.person_id, CheckIn.id == check_in_id
    values = {name: getattr(body, name) for name in body.model_fields_set}
    if values.get("person_kind", "") is None:
        values["person_kind"] = "unknown"
    if values:
        session.execute(update(CheckIn).where(*mine).values(**values))
    found = select(CheckIn, Station.name).join(Station, Station.code == CheckIn.station).where(*mine)
    row = session.execute(found).one_or_none()
    if row is None:
        raise rules.CHECKIN_UNKNOWN.now()
    return CheckInOut(**_fields(row[0], row[1]))


def own_list(session: Session, caller: Caller, limit: int, cursor: str | None) -> Listed[CheckInOut]:
    """Own check-ins, newest first."""
    found = select(CheckIn, Station.name).join(Station, Station.code == CheckIn.station)
    rows, more = _page(session, found.where(CheckIn.person_id == caller.person_id), limit, cursor)
    return Listed[CheckInOut](
        items=[CheckInOut(**_fields(row, name)) for row, name in rows], next_cursor=more
    )


def desk_list(
    session: Session,
    caller: Caller,
    station: str | None,
    day: date | None,
    now: datetime,
    limit: int,
    cursor: str | None,
) -> Listed[DeskLine]:
    """A station's check-ins of one Shanghai day, phones masked; looking is recorded.

    403 elsewhere; 422 when somebody who is bound to no station names none.
    """
    station = station or home_place(caller.grants)
    if station is None:
        raise invalid(FieldFault("station", "请指明站点"))
    if not caller.reaches(station, *STAFF_ROLES):
        raise FORBIDDEN.now()
    day = day or shanghai_day(now)
    found = (
        select(CheckIn, Station.name, Person.name.label("who"), Person.phone)
        .join(Station, Station.code == CheckIn.station)
        .join(Person, Person.id == CheckIn.person_id)
        .where(CheckIn.station == station, CheckIn.day == day)
    )
    rows, more = _page(session, found, limit, cursor)
    audit.record_reading(
        session, now, caller.person_id, "checkins.listed", "checkins", f"{station} {day}", station=station
    )
    lines = [
        DeskLine(**_fields(row, name), name=who or "司机", phone_masked=mask_phone(phone))
        for row, name, who, phone in rows
    ]
    return Listed[DeskLine](items=lines, next_cursor=more)


def _page(session: Session, found: Any, limit: int, cursor: str | None) -> tuple[list[Any], str | None]:
    if place := read_cursor(cursor):
        found = found.where(
            tuple_(CheckIn.counted_at, CheckIn.id) < tuple_(literal(place[0]), literal(place[1]))
        )
    ordered = found.order_by(CheckIn.counted_at.desc(), CheckIn.id.desc()).limit(limit + 1)
    rows = list(session.execute(ordered))
    last = rows[limit - 1][0] if len(rows) > limit else None
    return rows[:limit], write_cursor(last.counted_at, last.id) if last else None
