"""Clocks of a station of its own: how soon a kind of request is taken, answered and done there."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.database import rows_changed
from app.foundation.refusals import FieldFault, invalid
from app.helpdesk.deadlines import CLOCKS, out_of_order
from app.helpdesk.kinds import Clocks, Kind, all_kinds, find_kind
from app.helpdesk.models import HelpRequest, StationClock
from app.helpdesk.operating_schemas import StationClockIn, StationClockList, StationClockOut
from app.helpdesk.rules import CLOCKS_FIXED, CLOCKS_UNKNOWN
from app.people.models import Person
from app.people.rules import STAFF_ROLES
from app.stations.models import Station
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import Caller
from app.web.refusals import FORBIDDEN


def over(clocks: Clocks, own: StationClock | None) -> Clocks:
    """A kind's clocks with those that the station has of its own."""
    spans = {name: span for name in CLOCKS if own is not None and (span := getattr(own, name))}
    return replace(clocks, **spans)


def promised(request: HelpRequest, kind: Kind) -> Clocks:
    """What was promised when the request came in."""
    return Clocks.read(request.spans) if request.spans else kind.clocks


def listing(session: Session, caller: Caller, station: str) -> StationClockList:
    """Every kind with the clocks that count at this station."""
    _may(session, caller, station, *STAFF_ROLES, "admin")
    found = select(StationClock, Person.name).outerjoin(Person, Person.id == StationClock.set_by)
    own = {
        row.kind: (row, name) for row, name in session.execute(found.where(StationClock.station == station))
    }
    return StationClockList(items=[_view(kind, *own.get(kind.kind, (None, None))) for kind in all_kinds()])


def put(
    session: Session, caller: Caller, station: str, kind_name: str, body: StationClockIn, now: datetime
) -> StationClockOut:
    """Set what was sent (null: as everywhere); requests that came in before keep what they were promised.

    404 for an unknown kind, 409 `clocks.fixed` for one whose clocks are a matter of life, 422 where one clock
    could end before the one that it follows.
    """
    _may(session, caller, station, "admin")
    kind = _kind(kind_name)
    sent = {name: getattr(body, name) for name in body.model_fields_set & set(CLOCKS)}
    if not sent:
        raise invalid(FieldFault("body", "要改哪个时限"))
    values: dict[str, Any] = {**sent, "set_by": caller.person_id, "set_at": now}
    row = insert(StationClock).values(station=station, kind=kind.kind, **values)
    written = row.on_conflict_do_update(index_elements=["station", "kind"], set_=values).returning(
        StationClock
    )
    kept = session.scalars(written, execution_options={"populate_existing": True}).one()
    clocks = over(kind.clocks, kept)
    if wrong := out_of_order(clocks):
        raise invalid(FieldFault(wrong, "不能比前一个时限还早"))
    _record(session, caller, station, kind, now, clocks.written())
    return _view(kind, kept, caller.name)


def remove(session: Session, caller: Caller, station: str, kind_name: str, now: datetime) -> None:
    """As everywhere from now on. 404 `clocks.unknown` where it was so already."""
    _may(session, caller, station, "admin")
    kind = _kind(kind_name)
    gone = delete(StationClock).where(StationClock.station == station, StationClock.kind == kind.kind)
    if not rows_changed(session.execute(gone)):
        raise CLOCKS_UNKNOWN.now()
    _record(session, caller, station, kind, now, "removed")


def _may(session: Session, caller: Caller, station: str, *roles: str) -> None:
    if not caller.reaches(station, *roles):
        raise FORBIDDEN.now()
    if session.scalar(select(Station.code).where(Station.code == station)) is None:
        raise STATION_UNKNOWN.now()


def _kind(name: str) -> Kind:
    kind = find_kind(name)
    if kind is None:
        raise CLOCKS_UNKNOWN.now()
    if kind.never_refused:
        raise CLOCKS_FIXED.now()
    return kind


def _record(session: Session, caller: Caller, station: str, kind: Kind, now: datetime, what: str) -> None:
    about = f"{station} {kind.kind}"
    audit.record(
        session, now, caller.person_id, "clocks.set", "station_clock", about, station=station, reason=what
    )


def _view(kind: Kind, own: StationClock | None, name: str | None) -> StationClockOut:
    return StationClockOut(
        kind=kind.kind,
        title=kind.title,
        **vars(over(kind.clocks, own)),
        own=[clock for clock in CLOCKS if own is not None and getattr(own, clock)],
        fixed=kind.never_refused,
        by=(name or "") if own else None,
        at=own.set_at if own else None,
    )
