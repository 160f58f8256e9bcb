"""Use cases of staff: what there is at their station, in which state it is, who is let in."""

import uuid
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.facilities import rules, store, views
from app.facilities.models import Facility, FacilityBooking, FacilityReport
from app.facilities.schemas import (
    BasicsChange,
    FacilityAtDesk,
    FacilityChange,
    FacilityIn,
    FacilityQuery,
    FacilityReportAtDesk,
)
from app.foundation import audit
from app.foundation.clock import SHANGHAI
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.notices.service import tell
from app.people.models import Person
from app.stations.service import require_station, set_basic
from app.web.callers import Caller
from app.web.paging import Listed
from app.web.refusals import FORBIDDEN

_SHOWN: Final = 50


def listing(session: Session, caller: Caller, query: FacilityQuery, now: datetime) -> Listed[FacilityAtDesk]:
    """All facilities of the caller's station with who has them; looking is recorded. 403 elsewhere."""
    _require_reach(caller, query.station)
    lines = store.board(session, query.station, now, query.side, query.kind)
    audit.record_reading(
        session, now, caller.person_id, "facility.listed", "station", query.station, station=query.station
    )
    return Listed[FacilityAtDesk](items=[views.at_desk(line, caller.person_id, now) for line in lines])


def make(session: Session, caller: Caller, body: FacilityIn, now: datetime) -> FacilityAtDesk:
    """Something new at the caller's station. 403 elsewhere, 404 `station.unknown`, 409 `facility.exists`."""
    _require_reach(caller, body.station)
    require_station(session, body.station)
    first, last = body.women_only.minutes if body.women_only else (None, None)
    about = body.model_dump(exclude={"women_only"})
    row = insert(Facility).values(
        id=new_id(), women_from=first, women_until=last, created_at=now, state="unknown", **about
    )
    facility_id = session.scalar(row.on_conflict_do_nothing().returning(Facility.id))
    if facility_id is None:
        raise rules.FACILITY_EXISTS.now()
    audit.record(
        session, now, caller.person_id, "facility.made", "facility", facility_id, station=body.station
    )
    return views.at_desk(store.line(session, facility_id, now), caller.person_id, now)


def change(
    session: Session, caller: Caller, facility_id: uuid.UUID, body: FacilityChange, now: datetime
) -> FacilityAtDesk:
    """Change what was sent. Whoever still only held what is shut or gone now is told.

    404 outside the caller's stations, 409 `facility.taken`, `facility.exists`, `facility.not_bookable`, 422.
    """
    _load(session, caller, facility_id)
    facility = store.lock(session, facility_id)
    _write(session, facility, _values(body, now))
    if body.retired or body.state in rules.SHUT:
        _release(session, facility, now, only_held=not body.retired)
    if "occupied_until" in body.model_fields_set and not body.retired:
        _occupy(session, facility, body.occupied_until, now)
    audit.record(
        session, now, caller.person_id, "facility.changed", "facility", facility.id, station=facility.station
    )
    return views.at_desk(store.line(session, facility.id, now), caller.person_id, now)


def _values(body: FacilityChange, now: datetime) -> dict[str, Any]:
    sent = body.model_fields_set
    values: dict[str, Any] = {name: getattr(body, name) for name in ("name", "place") if name in sent}
    if body.state:
        known = body.state != "unknown"
        values |= {
            "state": body.state,
            "as_of": now if known else None,
            "said_by": "staff" if known else None,
        }
    if "women_only" in sent:
        first, last = body.women_only.minutes if body.women_only else (None, None)
        values |= {"women_from": first, "women_until": last}
    if body.retired:
        values["retired_at"] = now
    return values


def _write(session: Session, facility: Facility, values: dict[str, Any]) -> None:
    """The unique key of names decides. 409 `facility.exists`."""
    if not values:
        return
    try:
        with session.begin_nested():
            store.done(session, update(Facility).where(Facility.id == facility.id).values(**values))
    except IntegrityError:
        raise rules.FACILITY_EXISTS.now() from None


def _occupy(session: Session, facility: Facility, until: datetime | None, now: datetime) -> None:
    """Somebody was let in until then, or the place is free again. A hold is not given away unseen."""
    if until is None:
        _release(session, facility, now, only_held=False)
        return
    if not rules.KINDS[facility.kind].bookable:
        raise rules.NOT_BOOKABLE.now()
    if not now < until <= now + rules.LONGEST_USE:
        raise invalid(FieldFault("occupied_until", "要在现在之后，最长 24 小时"))
    turn = {"until": until, "frees_at": until}
    in_use = update(FacilityBooking).where(
        store.here(facility), store.is_live(now), FacilityBooking.state == "in_use"
    )
    if store.done(session, in_use.values(**turn)):
        return
    store.lapse(session, now, facility)
    row = insert(FacilityBooking).values(
        id=new_id(),
        station=facility.station,
        facility_id=facility.id,
        kind=facility.kind,
        state="in_use",
        held_at=now,
        started_at=now,
        **turn,
    )
    if session.scalar(row.on_conflict_do_nothing().returning(FacilityBooking.id)) is None:
        raise rules.TAKEN.now()


def _release(session: Session, facility: Facility, now: datetime, *, only_held: bool) -> None:
    """End what holds the place, and tell whose it was.

    His row is locked before the booking's, as an erasure under way does it: then there is nobody to tell.
    """
    which = [store.here(facility), store.is_live(now)]
    if only_held:
        which.append(FacilityBooking.state == "held")
    live = select(FacilityBooking.person_id, FacilityBooking.state)
    found = session.execute(live.where(*which)).one_or_none()
    if found is None:
        return
    if found.person_id:
        person = select(Person.id).where(Person.id == found.person_id)
        session.execute(person.with_for_update(read=True, key_share=True))
    ended = update(FacilityBooking).where(*which).values(state="released", ended_at=now)
    if store.done(session, ended) and found.person_id:
        _tell(session, facility, found.person_id, found.state, now)


def _tell(session: Session, facility: Facility, person_id: uuid.UUID, state: str, now: datetime) -> None:
    at, place = f"{now.astimezone(SHANGHAI):%H:%M}", f"{facility.side} 侧“{facility.name}”"
    title, text = "预留已取消", f"站里在 {at} 收回了{place}，请看看别的，或问值班员。"
    if state == "in_use":
        title, text = "已清为空着", f"站里在 {at} 把{place}清为空着；您还在用的话，请告诉值班员。"
    tell(
        session,
        now,
        person_id,
        kind="request",
        title=title,
        text=text,
        ref={"kind": "facility", "id": str(facility.id)},
    )


def reports(session: Session, caller: Caller, facility_id: uuid.UUID) -> Listed[FacilityReportAtDesk]:
    """The last things that people said of it, newest first. 404 outside the caller's stations."""
    _load(session, caller, facility_id)
    said = select(FacilityReport).where(FacilityReport.facility_id == facility_id)
    rows = session.scalars(said.order_by(FacilityReport.at.desc(), FacilityReport.id.desc()).limit(_SHOWN))
    return Listed[FacilityReportAtDesk](
        items=[
            FacilityReportAtDesk(
                state=row.state,
                at=row.at,
                text=row.text,
                request_id=str(row.request_id) if row.request_id else None,
            )
            for row in rows
        ]
    )


def _load(session: Session, caller: Caller, facility_id: uuid.UUID) -> Facility:
    facility = store.load(session, facility_id)
    if not caller.reaches(facility.station, *rules.DESK_ROLES):
        raise rules.FACILITY_UNKNOWN.now()
    return facility


def set_basics(session: Session, caller: Caller, station: str, body: BasicsChange, now: datetime) -> None:
    """What is known of the five basics from now on. 403 elsewhere, 404 `station.unknown`."""
    _require_reach(caller, station)
    require_station(session, station)
    for basic, state in body.model_dump(exclude_none=True).items():
        set_basic(session, station, basic, state, now)
    audit.record(session, now, caller.person_id, "station.basics_set", "station", station, station=station)


def _require_reach(caller: Caller, station: str) -> None:
    if not caller.reaches(station, *rules.DESK_ROLES):
        raise FORBIDDEN.now()
