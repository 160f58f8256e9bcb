"""What facilities hold on a person: holds, turns and reports; told, given back, or forgotten."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.facilities import store
from app.facilities.models import Facility, FacilityBooking, FacilityReport
from app.foundation.clock import iso
from app.people import erasure
from app.people import service as people


def listen() -> None:
    """Be asked when somebody wants his file, or to be forgotten, or is shut out; once a process."""
    erasure.on_erase("facilities", forget)
    erasure.on_export("facilities", tell)
    people.on_disable("facilities", release)


def release(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """What he held is free again."""
    live = update(FacilityBooking).where(FacilityBooking.person_id == person_id, store.is_live(now))
    store.done(session, live.values(state="released", ended_at=now))


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """All of it; what is known of the facilities themselves stays. What he held is free again."""
    for table in (FacilityBooking, FacilityReport):
        session.execute(delete(table).where(table.person_id == person_id))


def tell(session: Session, person_id: uuid.UUID) -> dict[str, Any]:
    """The newest first."""
    bookings = select(FacilityBooking, Facility.name).join(
        Facility, Facility.id == FacilityBooking.facility_id
    )
    reports = select(FacilityReport, Facility.name).join(Facility, Facility.id == FacilityReport.facility_id)
    held = bookings.where(FacilityBooking.person_id == person_id).order_by(FacilityBooking.held_at.desc())
    said = reports.where(FacilityReport.person_id == person_id).order_by(FacilityReport.at.desc())
    return {
        "bookings": [
            {
                "station": row.station,
                "facility": name,
                "state": row.state,
                "held_at": iso(row.held_at),
                "started_at": iso(row.started_at) if row.started_at else None,
                "ended_at": iso(row.ended_at) if row.ended_at else None,
            }
            for row, name in session.execute(held)
        ],
        "reports": [
            {"facility": name, "state": row.state, "text": row.text, "at": iso(row.at)}
            for row, name in session.execute(said)
        ],
    }
