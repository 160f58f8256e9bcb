"""What duty holds on a person: sign-ups, attendance, what was counted, wishes; told, or forgotten."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.duty import signups
from app.duty.models import (
    DutyAttendance,
    DutyCall,
    DutyCorrection,
    DutyEntry,
    DutyPost,
    DutyShift,
    DutySignup,
    DutyStandIn,
    TaskForce,
    TaskForceHelper,
)
from app.foundation.clock import iso
from app.people import erasure

_OWN = (DutyCall, TaskForceHelper, DutyStandIn, DutyCorrection, DutyEntry, DutyAttendance, DutySignup)


def listen() -> None:
    """Be asked when somebody wants his file, or to be forgotten; once a process."""
    erasure.on_erase("duty", forget)
    erasure.on_export("duty", tell)


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Places in shifts to come are given up properly, so that others move up; then all rows go. What he did
    for others as secretary or stand-in stays without him."""
    signups.give_up_coming(session, person_id, now)
    for table in _OWN:
        session.execute(delete(table).where(table.person_id == person_id))
    session.execute(update(DutyEntry).where(DutyEntry.actor_id == person_id).values(actor_id=None))
    session.execute(update(TaskForce).where(TaskForce.opened_by == person_id).values(opened_by=None))
    asked = update(DutyStandIn).where(DutyStandIn.to_member == person_id)
    session.execute(asked.where(DutyStandIn.state == "open").values(state="withdrawn", settled_at=now))
    session.execute(asked.values(to_member=None))
    session.execute(update(DutyStandIn).where(DutyStandIn.taken_by == person_id).values(taken_by=None))


def tell(session: Session, person_id: uuid.UUID) -> dict[str, Any]:
    """All of it, the newest shifts first."""
    return {
        "shifts": _shifts(session, person_id),
        "attendance": _attendance(session, person_id),
        "corrections": _corrections(session, person_id),
        "stand_ins": _stand_ins(session, person_id),
        "task_forces": _task_forces(session, person_id),
    }


def _task_forces(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    helped = (
        select(TaskForce.name, TaskForceHelper.joined_at)
        .join(TaskForceHelper, TaskForceHelper.task_force_id == TaskForce.id)
        .where(TaskForceHelper.person_id == person_id)
    )
    return [
        {"name": name, "joined_at": iso(joined_at)}
        for name, joined_at in session.execute(helped.order_by(TaskForceHelper.joined_at.desc()))
    ]


def _shifts(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    mine = (
        select(DutySignup, DutyPost.name, DutyShift.station)
        .join(DutyShift, DutyShift.id == DutySignup.shift_id)
        .join(DutyPost, DutyPost.id == DutyShift.post_id)
        .where(DutySignup.person_id == person_id)
    )
    return [
        {
            "post": name,
            "station": station,
            "branch": row.branch,
            "starts_at": iso(row.starts_at),
            "ends_at": iso(row.ends_at),
            "state": row.state,
            "signed_at": iso(row.signed_at),
            "late": row.late,
        }
        for row, name, station in session.execute(mine.order_by(DutySignup.starts_at.desc()))
    ]


def _attendance(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    entries: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for entry in session.scalars(
        select(DutyEntry).where(DutyEntry.person_id == person_id).order_by(DutyEntry.id)
    ):
        line = {"kind": entry.kind, "minutes": entry.minutes, "at": iso(entry.at), "reason": entry.reason}
        entries.setdefault(entry.attendance_id, []).append(line)
    mine = select(DutyAttendance).where(DutyAttendance.person_id == person_id)
    return [
        {
            "state": row.state,
            "branch": row.branch,
            "since": iso(row.since) if row.since else None,
            "ended_at": iso(row.ended_at) if row.ended_at else None,
            "minutes": row.minutes,
            "entries": entries.get(row.id, []),
        }
        for row in session.scalars(mine.order_by(DutyAttendance.recorded_at.desc()))
    ]


def _corrections(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    mine = select(DutyCorrection).where(DutyCorrection.person_id == person_id)
    return [
        {"text": row.text, "asked_at": iso(row.asked_at)}
        for row in session.scalars(mine.order_by(DutyCorrection.asked_at.desc()))
    ]


def _stand_ins(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    mine = select(DutyStandIn).where(
        (DutyStandIn.person_id == person_id) | (DutyStandIn.taken_by == person_id)
    )
    return [
        {"own": row.person_id == person_id, "state": row.state, "asked_at": iso(row.asked_at)}
        for row in session.scalars(mine.order_by(DutyStandIn.asked_at.desc()))
    ]
