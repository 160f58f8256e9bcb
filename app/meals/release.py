"""What nobody fetched goes to others at the end of its slot; what a closed offer cannot give is cancelled.

Due-ness is read from the database; rows that somebody else holds are left for the next look: any number of
processes may do this at once.
"""

import uuid
from datetime import datetime

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session

from app.helpdesk import desk, locks
from app.helpdesk import store as requests
from app.helpdesk.models import HelpRequest
from app.meals import orders, store
from app.meals.models import MealOffer, MealOrder

_OFFERS_AT_ONCE = 50
_ORDERS_AT_ONCE = 100


def due(session: Session, now: datetime) -> list[uuid.UUID]:
    """Some offers whose orders are to be ended: over, or closed for good."""
    called_off = and_(MealOffer.closed_at.is_not(None), MealOffer.cancel_reason.is_not(None))
    found = select(MealOffer.id).where(
        MealOffer.released_at.is_(None), or_(MealOffer.slot_ends_at <= now, called_off)
    )
    return list(session.scalars(found.order_by(MealOffer.slot_ends_at).limit(_OFFERS_AT_ONCE)))


def release(session: Session, offer_id: uuid.UUID, now: datetime) -> int:
    """End some open orders of such an offer and tell their drivers; without any left it is done. How many
    steps that were: after 0 there is nothing to do here, or somebody else is at it."""
    offer = store.find_offer(session, offer_id)
    ended = [order for order in _open_orders(session, offer) if _end(session, offer, *order, now)]
    if ended:
        store.give_back(session, offer.id, sum(order.quantity for order, _ in ended))
    full = len(ended) == _ORDERS_AT_ONCE
    return len(ended) + (0 if full else _finish(session, offer.id, now))


def _open_orders(session: Session, offer: MealOffer) -> list[tuple[MealOrder, HelpRequest]]:
    """With their requests locked, in the order of their ids, and before them their people: those of somebody
    who is being erased at this moment end with him."""
    at_request = and_(HelpRequest.origin == MealOrder.origin, HelpRequest.id == MealOrder.request_id)
    live = MealOrder.offer_id == offer.id, store.LIVE
    some = select(MealOrder.request_id).where(*live).order_by(MealOrder.request_id).limit(_ORDERS_AT_ONCE)
    ids = session.scalars(some).all()
    held = locks.hold_people(session, HelpRequest.id.in_(ids), skip_locked=True)
    found = (
        select(MealOrder, HelpRequest)
        .join(HelpRequest, at_request)
        .where(MealOrder.request_id.in_(ids), *live)
        .order_by(MealOrder.request_id)
        .with_for_update(of=HelpRequest, skip_locked=True, key_share=True)
    )
    rows = session.execute(found.execution_options(populate_existing=True)).all()
    return [(row[0], row[1]) for row in rows if not locks.strangers(session, row[1], held)]


def _end(session: Session, offer: MealOffer, order: MealOrder, request: HelpRequest, now: datetime) -> bool:
    """One order; False where its driver or the kitchen was faster."""
    reason = offer.cancel_reason
    if not store.end_order(session, order, "cancelled" if reason else "expired", now):
        return False
    store.give_back_personal(session, order)
    if reason:
        requests.add_event(session, request, now, "meal_cancelled", None, reason)
        desk.tell_driver(session, request, now, "已取消", f"{offer.name}取消了：{reason}")
    else:
        requests.add_event(session, request, now, "meal_expired", None)
        desk.tell_driver(session, request, now, "过点没取", _LATE.format(name=offer.name))
    orders.end_request(request, now)
    session.flush()
    return True


_LATE = "{name}过了时间没人取，已放给别人。您要是到了，去问一声，还有就照给。"


def _finish(session: Session, offer_id: uuid.UUID, now: datetime) -> int:
    """Nothing more to release, unless an order slipped in or is in somebody's hands: then 0.

    The offer's row is locked first: an order that was sold before that is seen by the look after it.
    """
    held = select(MealOffer.id).where(MealOffer.id == offer_id)
    session.execute(held.with_for_update(key_share=True))
    open_still = exists().where(MealOrder.offer_id == offer_id, store.LIVE)
    if session.scalar(select(open_still)):
        return 0
    session.execute(update(MealOffer).where(MealOffer.id == offer_id).values(released_at=now))
    return 1
