"""What several use cases of facilities read and write: a facility, who has it, how a booking ends."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, or_, select, update
from sqlalchemy.orm import Session

from app.facilities.models import Facility, FacilityBooking
from app.facilities.rules import FACILITY_UNKNOWN, KINDS
from app.foundation.database import rows_changed
from app.people.models import Person

_ORDER = {kind: number for number, kind in enumerate(KINDS)}
Line = Row[Facility, FacilityBooking | None, str | None]
"""A facility, whoever has it now, and his name."""


def load(session: Session, facility_id: uuid.UUID) -> Facility:
    """A facility that is still there. 404 `facility.unknown`."""
    return _one(session, facility_id, lock=False)


def lock(session: Session, facility_id: uuid.UUID) -> Facility:
    """The same, in line: holds, reports and staff's changes of one facility come one after the other.

    Whoever also locks a person (`in_line`) does so first.
    """
    return _one(session, facility_id, lock=True)


def _one(session: Session, facility_id: uuid.UUID, *, lock: bool) -> Facility:
    found = select(Facility).where(Facility.id == facility_id, Facility.retired_at.is_(None))
    if lock:
        found = found.with_for_update(key_share=True).execution_options(populate_existing=True)
    facility = session.scalars(found).one_or_none()
    if facility is None:
        raise FACILITY_UNKNOWN.now()
    return facility


def is_live(now: datetime) -> ColumnElement[bool]:
    """What holds a place at this moment; the clock ends a booking, no job has to run."""
    return and_(FacilityBooking.ended_at.is_(None), FacilityBooking.frees_at > now)


def _lines(now: datetime) -> Select[Facility, FacilityBooking, str]:
    """Facilities, each with the booking that holds it now and whose it is."""
    mine = FacilityBooking.station == Facility.station, FacilityBooking.facility_id == Facility.id
    return (
        select(Facility, FacilityBooking, Person.name)
        .outerjoin(FacilityBooking, and_(*mine, is_live(now)))
        .outerjoin(Person, Person.id == FacilityBooking.person_id)
    )


def board(
    session: Session, station: str, now: datetime, side: str | None = None, kind: str | None = None
) -> Sequence[Line]:
    """All facilities of a station with whoever has them, in one statement."""
    found = _lines(now).where(Facility.station == station, Facility.retired_at.is_(None))
    if side:
        found = found.where(Facility.side == side)
    if kind:
        found = found.where(Facility.kind == kind)
    lines = session.execute(found.order_by(Facility.side, Facility.name)).all()
    return sorted(lines, key=lambda line: (line[0].side, _ORDER[line[0].kind]))


def line(session: Session, facility_id: uuid.UUID, now: datetime) -> Line:
    """One facility with whoever has it, as this transaction has left it."""
    found = _lines(now).where(Facility.id == facility_id)
    return session.execute(found.execution_options(populate_existing=True)).one()


def here(facility: Facility) -> ColumnElement[bool]:
    """The bookings of one facility."""
    return and_(FacilityBooking.station == facility.station, FacilityBooking.facility_id == facility.id)


def lapse(session: Session, now: datetime, facility: Facility, person_id: uuid.UUID | None = None) -> None:
    """Say of bookings whose time is over that they ended then, so that the unique keys let the next one in:
    that of this place, and the person's own of this kind. Always in the same order: two who take each
    other's old places must not wait for one another."""
    over = FacilityBooking.ended_at.is_(None), FacilityBooking.frees_at <= now
    own = and_(FacilityBooking.person_id == person_id, FacilityBooking.kind == facility.kind)
    old = select(FacilityBooking.id).where(*over, or_(here(facility), own) if person_id else here(facility))
    in_order = old.order_by(FacilityBooking.id).with_for_update(key_share=True)
    ended = case((FacilityBooking.state == "held", "lapsed"), else_="finished")
    said = update(FacilityBooking).where(FacilityBooking.id.in_(in_order))
    done(session, said.values(state=ended, ended_at=FacilityBooking.frees_at))


def done(session: Session, statement: Any) -> bool:
    """Whether a conditional UPDATE found a row."""
    return bool(rows_changed(session.execute(statement.execution_options(synchronize_session=False))))
