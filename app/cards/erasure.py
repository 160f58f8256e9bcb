"""What this room holds on a person: his cards; told, or forgotten."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.cards.models import HomeCard
from app.foundation.clock import iso
from app.people import erasure


def listen() -> None:
    """Be asked when somebody wants his file, or to be forgotten; once a process."""
    erasure.on_erase("cards", forget)
    erasure.on_export("cards", tell)


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """His cards go; those that he verified at a desk stay without him."""
    session.execute(delete(HomeCard).where(HomeCard.person_id == person_id))
    verified = update(HomeCard).where(HomeCard.verified_by == person_id)
    session.execute(verified.values(verified_by=None))


def tell(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """All of them, the newest first."""
    mine = select(HomeCard).where(HomeCard.person_id == person_id).order_by(HomeCard.id.desc())
    return [
        {
            "number": card.number,
            "state": card.state,
            "station": card.station,
            "applied_at": iso(card.applied_at),
            "verified_at": iso(card.verified_at) if card.verified_at else None,
            "valid_until": iso(card.valid_until) if card.valid_until else None,
            "ended_at": iso(card.ended_at) if card.ended_at else None,
            "reason": card.reason,
        }
        for card in session.scalars(mine)
    ]
