"""What the emergencies hold on a person: at which desks he was last heard."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.emergencies.models import DeskBeat
from app.foundation.clock import iso
from app.helpdesk import views
from app.people import erasure


def listen() -> None:
    """Tell people what this room forgets and tells, and the help desk what its steps are called."""
    erasure.on_erase("desk_beats", forget)
    erasure.on_export("desk_beats", tell)
    views.name_steps(climbed="没有人接，已呼叫", on_scene="到达现场", handed_over="移交")


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """His desks are silent."""
    session.execute(delete(DeskBeat).where(DeskBeat.person_id == person_id))


def tell(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The desks at which he was last heard."""
    mine = select(DeskBeat).where(DeskBeat.person_id == person_id).order_by(DeskBeat.station)
    return [{"station": beat.station, "at": iso(beat.at)} for beat in session.scalars(mine)]
