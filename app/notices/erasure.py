"""What telling people holds on a person: inbox, credits, deliveries; told as they are, or forgotten."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from app.foundation.clock import iso
from app.notices.accepts import AcceptWitness, SubscriptionStop
from app.notices.models import CreditEntry, Delivery, InboxEntry, Mailing
from app.people import erasure


def listen() -> None:
    """Tell people what this room forgets and tells; once a process."""
    erasure.on_erase("notices", forget)
    erasure.on_export("inbox", tell_inbox)
    erasure.on_export("subscriptions", tell_credits)
    erasure.on_export("deliveries", tell_deliveries)


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """All of it goes, but for a mailing's deliveries: they say nothing of anybody, and its figures need them.

    Of these what is still queued is sent no more.
    """
    for table in (InboxEntry, AcceptWitness, SubscriptionStop, CreditEntry):
        session.execute(delete(table).where(table.person_id == person_id))
    session.execute(delete(Delivery).where(Delivery.person_id == person_id, Delivery.mailing_id.is_(None)))
    queued = and_(Delivery.person_id == person_id, Delivery.state == "queued")
    session.execute(update(Delivery).where(queued).values(state="expired", settled_at=now))
    session.execute(update(Delivery).where(Delivery.person_id == person_id).values(msgid=None, rid=None))


def tell_inbox(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """Everything that the person was told, the newest first."""
    mine = (
        select(InboxEntry, Mailing.title.label("mailed_title"), Mailing.text.label("mailed_text"))
        .outerjoin(Mailing, Mailing.id == InboxEntry.mailing_id)
        .where(InboxEntry.person_id == person_id)
        .order_by(InboxEntry.at.desc())
    )
    return [
        {
            "kind": entry.kind,
            "title": entry.title or title,
            "text": entry.text or text,
            "at": iso(entry.at),
            "read_at": iso(entry.read_at) if entry.read_at else None,
        }
        for entry, title, text in session.execute(mine)
    ]


def tell_credits(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The ledger of accepts and of what was sent for them."""
    mine = select(CreditEntry).where(CreditEntry.person_id == person_id).order_by(CreditEntry.at)
    return [
        {"template_id": row.template_id, "change": row.change, "reason": row.reason, "at": iso(row.at)}
        for row in session.scalars(mine)
    ]


def tell_deliveries(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What was sent through WeChat, and what came of it."""
    mine = (
        select(Delivery, Mailing.messages)
        .outerjoin(Mailing, Mailing.id == Delivery.mailing_id)
        .where(Delivery.person_id == person_id)
        .order_by(Delivery.created_at.desc())
    )
    return [
        {
            "template_id": row.template_id,
            "data": row.data or (messages or {}).get(row.template_id),
            "state": row.state,
            "at": iso(row.created_at),
        }
        for row, messages in session.execute(mine)
    ]
