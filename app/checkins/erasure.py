"""Check-ins of somebody who is erased belong to nobody; the figures keep them, and nothing joins them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, literal, select
from sqlalchemy.orm import Session

from app.checkins.models import CheckIn
from app.foundation.clock import iso
from app.foundation.database import table_of
from app.people import erasure

_row = table_of(CheckIn)


def listen() -> None:
    """Tell people what this room forgets and tells; once a process."""
    erasure.on_erase("checkins", forget)
    erasure.on_export("checkins", tell)


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Unlink them: gone from under the person and put under nobody, in one statement.

    Not an UPDATE: the person is what the table may be spread by, and such a column cannot be changed.
    """
    nobody = erasure.nobody(session, now)
    taken = delete(_row).where(_row.c.person_id == person_id).returning(*_row.c).cte("taken")
    others = [taken.c[column.name] for column in _row.c if column.name != "person_id"]
    rows = select(literal(nobody), *others)
    session.execute(insert(_row).from_select(["person_id", *(column.name for column in others)], rows))


def tell(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """All check-ins of a person, the newest first."""
    mine = select(CheckIn).where(CheckIn.person_id == person_id).order_by(CheckIn.counted_at.desc())
    return [
        {
            "station": row.station,
            "side": row.side,
            "purpose": row.purpose,
            "person_kind": row.person_kind,
            "scanned_at": iso(row.scanned_at),
            "recorded_at": iso(row.recorded_at),
            "location_check": row.location_check,
        }
        for row in session.scalars(mine)
    ]
