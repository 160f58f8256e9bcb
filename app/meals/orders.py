"""Ordering a meal, which goes along with a request: refused, taken in, given back, shown."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, select, tuple_
from sqlalchemy.orm import Session

from app.foundation.refusals import FieldFault, invalid
from app.helpdesk import store as requests
from app.helpdesk.hooks import Companion
from app.helpdesk.models import HelpRequest
from app.helpdesk.schemas import RequestIn
from app.meals import rules, store
from app.meals.models import MealOffer, MealOrder
from app.meals.schemas import MealSlot, OrderSection
from app.people import service as people
from app.web.callers import Caller

_RESTS = timedelta(days=1)


def prepare(session: Session, body: RequestIn, now: datetime) -> None:
    """An order lies where its meal is, and needs no words. A look at what is left spares work at a rush.

    404 `meal.offer_unknown`, 409 `meal.closed`, `meal.sold_out`, 422 for another station's or side's offer:
    who stands on the other side may not be able to walk over.
    """
    offer_id = rules.wanted_offer(body.details)
    if offer_id is None:
        return
    offer = store.find_offer(session, offer_id)
    if body.station not in (None, offer.station):
        raise invalid(FieldFault("details.offer_id", "这份餐不在这个站点"))
    if body.side not in (None, "unknown", offer.side):
        words = f"这份餐在 {offer.side} 侧，您写的是 {body.side} 侧。两侧走不过去，要订就写 {offer.side} 侧。"
        raise invalid(FieldFault("side", words))
    wanted = rules.wanted_portions(body.details)
    left = offer.quota - offer.taken
    requests.stop(rules.order_refusal(offer.closed_at is not None, offer.slot_ends_at, left, wanted, now))
    body.station, body.side = offer.station, offer.side  # type: ignore[assignment]
    body.text = body.text or f"订餐：{offer.name} {wanted} 份"


def taken_in(session: Session, request: HelpRequest, by: Caller, now: datetime) -> None:
    """Write what was ordered, as far as the person may: 409 `meal.limit`. Nothing is sold before `sealed`."""
    offer_id = rules.wanted_offer(request.details)
    if offer_id is None:
        return
    offer = store.find_offer(session, offer_id)
    order = _write(session, request, offer, now)
    _take_personal(session, order)
    _answer(request, offer, now)
    requests.add_event(session, request, now, "meal_ordered", by, _told(order, offer))
    session.flush()


def sealed(session: Session, request: HelpRequest, now: datetime) -> None:
    """Sell it, or refuse all of it: 409 `meal.sold_out`, `meal.closed`. The offer's row is locked last and
    shortly, since everybody at a rush waits for it."""
    offer_id = rules.wanted_offer(request.details)
    if offer_id is None:
        return
    wanted = rules.wanted_portions(request.details)
    if not store.take(session, offer_id, wanted, *store.still_open(now)):
        offer = store.find_offer(session, offer_id)
        open_still = offer.closed_at is None and now < offer.slot_ends_at
        raise (rules.SOLD_OUT if open_still else rules.CLOSED).now()


def _write(session: Session, request: HelpRequest, offer: MealOffer, now: datetime) -> MealOrder:
    person_id = request.person_id
    if person_id is None and request.caller_index:
        person_id = people.who_proved(session, request.caller_index)
    quantity, free = rules.wanted_portions(request.details), request.details.get("free") is True
    if free and person_id is None:
        raise invalid(FieldFault("details.free", "没在小程序登录过的人用不了免费券"))
    return store.add_order(
        session,
        origin=request.origin,
        request_id=request.id,
        offer_id=offer.id,
        person_id=person_id,
        day=rules.meal_day(offer.slot_starts_at),
        quantity=quantity,
        free=free,
        due_fen=rules.due_fen(offer.price_fen, quantity, free),
        state="reserved",
        ordered_at=now,
    )


def _take_personal(session: Session, order: MealOrder) -> None:
    """Two portions a person and offer, one free one a person and day; nobody's where nobody is known."""
    if order.person_id is None:
        return
    if not store.take_share(session, order.person_id, order.offer_id, order.quantity):
        raise rules.LIMIT.now()
    if order.free and not store.take_coupon(session, order.person_id, order.day, order.request_id):
        raise rules.COUPON_USED.now()


def _answer(request: HelpRequest, offer: MealOffer, now: datetime) -> None:
    """The code is the answer: no desk has to do anything until the meal is handed out."""
    request.acknowledged_at = request.answered_at = now
    request.resolved_at = offer.slot_ends_at
    request.close_by = max(request.close_by, offer.slot_ends_at + _RESTS)
    requests.move(request, "answered")


def _told(order: MealOrder, offer: MealOffer) -> str:
    slot = rules.slot_text(offer.slot_starts_at, offer.slot_ends_at)
    pay = f"到店付 {rules.money(order.due_fen)}" if order.due_fen else "不用付钱"
    return f"{offer.name} {order.quantity} 份，取餐码 {order.code}，{slot} 在 {offer.side} 侧取，{pay}"


def withdrawn(session: Session, request: HelpRequest, now: datetime) -> None:
    """The driver does not come: what he has not fetched goes to somebody else."""
    order = session.get(MealOrder, (request.origin, request.id))
    if order is not None:
        cancel(session, order, now)


def cancel(session: Session, order: MealOrder, now: datetime) -> bool:
    """End an order whose request is locked and give everything back; False where it has ended already."""
    if not store.end_order(session, order, "cancelled", now):
        return False
    store.give_back_personal(session, order)
    store.give_back(session, order.offer_id, order.quantity)
    return True


def end_request(request: HelpRequest, now: datetime) -> None:
    """The request of an order that is over, unless it was reopened or a word of the driver waits."""
    if request.state == "answered" and request.resolved_at is not None and request.resolved_at > now:
        request.resolved_at = now  # it was to be done by the end of its slot
    if request.state == "answered" and request.driver_wrote_at is None:
        request.closed_at = now
        requests.move(request, "closed")


def show(session: Session, shown: Sequence[HelpRequest]) -> dict[uuid.UUID, OrderSection]:
    """What these requests carry in `meal`; nothing where no offer was ordered."""
    keys = [(request.origin, request.id) for request in shown]
    found = (
        select(MealOrder, MealOffer)
        .join(MealOffer, MealOffer.id == MealOrder.offer_id)
        .where(tuple_(MealOrder.origin, MealOrder.request_id).in_(keys))
    )
    return {order.request_id: _section(order, offer) for order, offer in session.execute(found)}


def _section(order: MealOrder, offer: MealOffer) -> OrderSection:
    shown = {name: getattr(order, name) for name in ("quantity", "free", "due_fen", "state")}
    return OrderSection.model_validate(
        {
            **shown,
            "offer_id": str(offer.id),
            "name": offer.name,
            "side": offer.side,
            "slot": slot_of(offer),
            "pickup_code": order.code,
        }
    )


def slot_of(offer: MealOffer) -> MealSlot:
    """An offer's slot as it is shown."""
    starts, ends = offer.slot_starts_at, offer.slot_ends_at
    return MealSlot(starts_at=starts, ends_at=ends, text=rules.slot_text(starts, ends))


def answers_itself() -> ColumnElement[bool]:
    """The condition that a request is an order with which all is well: no work of the desk. One that was
    reopened is a complaint, and counts."""
    order = exists().where(MealOrder.origin == HelpRequest.origin, MealOrder.request_id == HelpRequest.id)
    return and_(order, HelpRequest.reopened == 0)


COMPANION = Companion(
    "meal",
    prepare=prepare,
    taken_in=taken_in,
    sealed=sealed,
    withdrawn=withdrawn,
    show=show,
    uncounted=answers_itself,
)
