"""What this room holds on a person, memberships and receipts: told, or forgotten; and what it listens to."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.duty import hooks
from app.foundation.clock import iso
from app.members import receipts, service, store
from app.members.models import MemberReceipt, Membership, WaitingMember
from app.people import erasure
from app.people import service as people
from app.people.models import Person


def listen() -> None:
    """Make the room known to those below; once a process."""
    erasure.on_erase("members", forget)
    erasure.on_export("membership", tell)
    people.on_grant("members", store.granted)
    people.add_profile_section("member", service.section)
    hooks.on_counted("members", receipts.served)


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """All rows of the person; what he decided for others stays without him."""
    phone = session.get_one(Person, person_id).phone_index
    if phone is not None:
        session.execute(delete(WaitingMember).where(WaitingMember.phone_index == phone))
    for table in (MemberReceipt, Membership):
        session.execute(delete(table).where(table.person_id == person_id))
    decided = update(Membership).where(Membership.decided_by == person_id)
    session.execute(decided.values(decided_by=None))


def tell(session: Session, person_id: uuid.UUID) -> dict[str, Any]:
    """All of it, the newest first."""
    return {
        "memberships": [_spell(row) for row in store.spells(session, person_id)],
        "receipts": [
            {
                "branch": row.branch,
                "station": row.station,
                "what": row.what,
                "served_at": iso(row.served_at),
                "minutes": row.minutes,
            }
            for row in receipts.held(session, person_id)
        ],
    }


def _spell(row: Membership) -> dict[str, Any]:
    plain = "branch kind state name certificate_no home_text receipts reason".split()
    return {
        **{name: getattr(row, name) for name in plain},
        "declared_at": iso(row.declared_at),
        "since": iso(row.from_at) if row.from_at else None,
        "ended_at": iso(row.ended_at) if row.ended_at else None,
    }
