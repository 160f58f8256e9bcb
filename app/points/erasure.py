"""What the room holds on a person: entries, scores, objections, rewards; told, or forgotten."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.foundation.clock import iso
from app.foundation.database import Base
from app.people import erasure
from app.points.models import (
    PointsEntry,
    PointsObjection,
    PointsReward,
    PointsRule,
    PointsScore,
    PointsSettlement,
)

_OWN = (PointsEntry, PointsObjection, PointsReward)
_DONE_FOR_OTHERS: tuple[tuple[type[Base], str], ...] = (
    (PointsObjection, "decided_by"),
    (PointsReward, "by"),
    (PointsRule, "made_by"),
    (PointsSettlement, "settled_by"),
)


def listen() -> None:
    """Be asked when somebody wants his file, or to be forgotten; once a process."""
    erasure.on_erase("points", forget)
    erasure.on_export("points", tell)


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """His rows go; his line in a list that was settled stays, of nobody, so that the list stays whole."""
    for own in _OWN:
        session.execute(delete(own).where(own.person_id == person_id))
    session.execute(update(PointsScore).where(PointsScore.person_id == person_id).values(person_id=None))
    for table, column in _DONE_FOR_OTHERS:
        his = getattr(table, column) == person_id
        session.execute(update(table).where(his).values({column: None}))


def tell(session: Session, person_id: uuid.UUID) -> dict[str, Any]:
    """All of it, the newest first."""
    return {
        "entries": _entries(session, person_id),
        "quarters": _scores(session, person_id),
        "objections": _objections(session, person_id),
        "rewards": _rewards(session, person_id),
    }


def _entries(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    mine = select(PointsEntry).where(PointsEntry.person_id == person_id)
    plain = "branch quarter item points minutes rule_version text".split()
    return [
        {name: getattr(row, name) for name in plain} | {"at": iso(row.at), "made_at": iso(row.made_at)}
        for row in session.scalars(mine.order_by(PointsEntry.made_at.desc()))
    ]


def _scores(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    mine = select(PointsScore).where(PointsScore.person_id == person_id)
    plain = "quarter branch rank points earned minutes by_item".split()
    rows = session.scalars(mine.order_by(PointsScore.quarter.desc()))
    return [{name: getattr(row, name) for name in plain} for row in rows]


def _objections(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    mine = select(PointsObjection).where(PointsObjection.person_id == person_id)
    plain = "quarter branch text accepted answer".split()
    return [
        {name: getattr(row, name) for name in plain} | {"made_at": iso(row.made_at)}
        for row in session.scalars(mine.order_by(PointsObjection.made_at.desc()))
    ]


def _rewards(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    mine = select(PointsReward).where(PointsReward.person_id == person_id)
    rows = session.scalars(mine.order_by(PointsReward.quarter.desc()))
    return [{"quarter": row.quarter, "text": row.text, "at": iso(row.at)} for row in rows]
