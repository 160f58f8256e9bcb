"""What meals hold on a person: what he ordered and used, and what he counted; told, or forgotten."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.foundation.clock import iso
from app.meals import orders, rules, store
from app.meals.models import (
    Campaign,
    CampaignEntry,
    MealCoupon,
    MealOffer,
    MealOrder,
    MealShare,
    MealWalkIn,
)


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """What he has not fetched goes to others; that so many portions were sold stays, without him."""
    mine = MealOrder.person_id == person_id
    waiting = select(MealOrder).where(mine, store.LIVE).order_by(MealOrder.offer_id, MealOrder.request_id)
    for order in session.scalars(waiting).all():
        orders.cancel(session, order, now)
    for table in (MealShare, MealCoupon):
        session.execute(delete(table).where(table.person_id == person_id))
    session.execute(update(MealOrder).where(mine).values(person_id=None))
    for column in (MealWalkIn.actor_id, CampaignEntry.actor_id, Campaign.created_by, Campaign.settled_by):
        did = update(column.class_).where(column == person_id)
        session.execute(did.values({column: None}))


def tell(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What he ordered, the newest first."""
    mine = (
        select(MealOrder, MealOffer)
        .join(MealOffer, MealOffer.id == MealOrder.offer_id)
        .where(MealOrder.person_id == person_id)
        .order_by(MealOrder.ordered_at.desc())
    )
    return [
        {
            "name": offer.name,
            "station": offer.station,
            "slot": rules.slot_text(offer.slot_starts_at, offer.slot_ends_at),
            "quantity": order.quantity,
            "free": order.free,
            "due_fen": order.due_fen,
            "state": order.state,
            "ordered_at": iso(order.ordered_at),
            "ended_at": iso(order.ended_at) if order.ended_at else None,
        }
        for order, offer in session.execute(mine)
    ]
