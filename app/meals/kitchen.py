"""Use cases of the kitchen: what is ordered, ready, handed out, given to who walks in, cancelled."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select, true, tuple_, update
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.clock import day_bounds, shanghai_day
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.helpdesk import desk
from app.helpdesk import store as requests
from app.helpdesk.models import HelpRequest
from app.meals import orders, rules, store
from app.meals.models import MealOffer, MealOrder, MealWalkIn
from app.meals.schemas import KitchenLine, KitchenQuery, PickupIn, WalkInOut
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor
from app.web.refusals import FORBIDDEN


def listing(session: Session, caller: Caller, query: KitchenQuery, now: datetime) -> Listed[KitchenLine]:
    """The orders of a day at the caller's stations, by slot and code; one statement.

    It names nobody: whoever cooks needs no name and no number, so there is nothing here to audit.
    403 for another station.
    """
    if query.station and not caller.reaches(query.station, *rules.ROLES):
        raise FORBIDDEN.now()
    begins, ends = day_bounds(query.day or shanghai_day(now))
    place = (MealOffer.slot_starts_at, MealOrder.request_id)
    wanted = _lines().where(
        store.at_places(MealOrder.origin, caller),
        MealOffer.slot_starts_at >= begins - rules.LONGEST_SLOT,
        MealOffer.slot_starts_at < ends,
        MealOffer.slot_ends_at > begins,
    )
    if query.station:
        wanted = wanted.where(MealOrder.origin == query.station)
    if query.state != "all":
        wanted = wanted.where(MealOrder.state == query.state if query.state else store.LIVE)
    if after := read_cursor(query.cursor):
        wanted = wanted.where(tuple_(*place) > tuple_(literal(after[0]), literal(after[1])))
    rows = session.execute(wanted.order_by(*place).limit(query.limit + 1)).all()
    last = rows[query.limit - 1] if len(rows) > query.limit else None
    return Listed[KitchenLine](
        items=[_line(row) for row in rows[: query.limit]],
        next_cursor=write_cursor(last[1].slot_starts_at, last[0].request_id) if last else None,
    )


def _lines() -> Select[MealOrder, MealOffer, HelpRequest]:
    at_request = (HelpRequest.origin == MealOrder.origin) & (HelpRequest.id == MealOrder.request_id)
    joined = select(MealOrder, MealOffer, HelpRequest).join(MealOffer, MealOffer.id == MealOrder.offer_id)
    return joined.join(HelpRequest, at_request)


def _line(row: Sequence[Any]) -> KitchenLine:
    order, offer, request = row
    shown = {name: getattr(order, name) for name in ("quantity", "free", "due_fen", "state")}
    return KitchenLine(
        id=str(order.request_id),
        pickup_code=order.code,
        offer_id=str(offer.id),
        name=offer.name,
        station=order.origin,
        side=offer.side,
        slot=orders.slot_of(offer),
        diet=request.details.get("diet"),
        arrives_at=request.details.get("arrives_at"),
        **shown,
    )


def find(session: Session, caller: Caller, request_id: uuid.UUID) -> KitchenLine | None:
    """One order of the caller's stations, if it is there."""
    mine = store.at_places(MealOrder.origin, caller)
    row = session.execute(_lines().where(MealOrder.request_id == request_id, mine)).one_or_none()
    return _line(row) if row else None


def pick_up(session: Session, caller: Caller, body: PickupIn, now: datetime) -> KitchenLine:
    """Hand an order out, once. Who comes after his slot still gets it where something is left.

    404 `meal.code_unknown`, 409 `meal.picked_up`, `meal.cancelled`, `meal.sold_out`, `meal.over`; 422 where
    several of the caller's stations have this code and none is named.
    """
    order = _by_code(session, caller, body, now)
    request = _lock(session, caller, order)
    offer = store.find_offer(session, order.offer_id)
    if order.state == "expired":
        _revive(session, order, offer, now)
    elif not store.end_order(session, order, "picked_up", now):
        raise (rules.CANCELLED if order.state == "cancelled" else rules.PICKED_UP).now()
    _note(session, request, caller, now, "meal_picked_up")
    return _line((order, offer, request))


def _by_code(session: Session, caller: Caller, body: PickupIn, now: datetime) -> MealOrder:
    found = store.by_code(session, caller, rules.clean_code(body.pickup_code), shanghai_day(now))
    found = [order for order in found if body.station in (None, order.origin)]
    if not found:
        raise rules.CODE_UNKNOWN.now()
    if len(found) > 1:
        raise invalid(FieldFault("station", "几个站都有这个码，请选站点"))
    return found[0]


def _revive(session: Session, order: MealOrder, offer: MealOffer, now: datetime) -> None:
    """The portion was free for others: it is taken anew, if there is one; a coupon used since is not."""
    if now >= offer.slot_ends_at + rules.GRACE:
        raise rules.OVER.now()
    if not store.end_order(session, order, "picked_up", now, "expired"):
        raise rules.PICKED_UP.now()
    if order.person_id:
        store.take_share(session, order.person_id, order.offer_id, order.quantity)
    if order.free and order.person_id:
        order.free = store.take_coupon(session, order.person_id, order.day, order.request_id)
        order.due_fen = rules.due_fen(offer.price_fen, order.quantity, order.free)
        session.flush()
    if not store.take(session, offer.id, order.quantity):
        raise rules.NONE_LEFT.now()


def make_ready(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> KitchenLine:
    """It stands on the counter: the driver is told, once. 404, 409 `meal.wrong_state`."""
    order, offer, request = _at_desk(session, caller, request_id)
    if store.mark_ready(session, order):
        requests.add_event(session, request, now, "meal_ready", caller)
        text = f"{offer.name}好了，{offer.side} 侧，取餐码 {order.code}。"
        desk.tell_driver(session, request, now, "可以取餐", text)
        session.flush()
    elif order.state != "ready":
        raise rules.WRONG_STATE.now()
    return _line((order, offer, request))


def cancel(
    session: Session, caller: Caller, request_id: uuid.UUID, reason: str, now: datetime
) -> KitchenLine:
    """The kitchen cannot, or the driver rang up: the driver reads why. 404, 409 `meal.wrong_state`."""
    order, offer, request = _at_desk(session, caller, request_id)
    if not orders.cancel(session, order, now):
        raise rules.WRONG_STATE.now()
    _note(session, request, caller, now, "meal_cancelled", reason)
    desk.tell_driver(session, request, now, "已取消", f"{offer.name}取消了：{reason}")
    session.flush()
    return _line((order, offer, request))


def _at_desk(
    session: Session, caller: Caller, request_id: uuid.UUID
) -> tuple[MealOrder, MealOffer, HelpRequest]:
    """An order of one of the caller's stations, locked with its request. 404 otherwise."""
    mine = store.at_places(MealOrder.origin, caller)
    order = session.scalar(select(MealOrder).where(MealOrder.request_id == request_id, mine))
    if order is None:
        raise rules.ORDER_UNKNOWN.now()
    request = _lock(session, caller, order)
    return order, store.find_offer(session, order.offer_id), request


def _lock(session: Session, caller: Caller, order: MealOrder) -> HelpRequest:
    """The order's request, so that of two steps at once the second sees what the first did."""
    request = requests.load_for_desk(session, order.request_id, true(), taken_by=caller)
    session.refresh(order)
    return request


def _note(
    session: Session,
    request: HelpRequest,
    by: Caller | None,
    now: datetime,
    what: str,
    note: str | None = None,
) -> None:
    """The order's end in its request, which ends with it unless somebody still has to answer."""
    requests.add_event(session, request, now, what, by, note)
    orders.end_request(request, now)
    session.flush()


def walk_in(session: Session, caller: Caller, offer_id: uuid.UUID, quantity: int, now: datetime) -> WalkInOut:
    """Portions for people without an order, from the same quota; also of what nobody fetched, for a while.

    404, 409 `meal.closed`, `meal.sold_out`.
    """
    offer = store.offer_at_desk(session, caller, offer_id)
    refusal = rules.walk_in_refusal(offer.closed_at is not None, offer.slot_ends_at, now)
    requests.stop(refusal)
    row = MealWalkIn(
        station=offer.station, id=new_id(), offer_id=offer.id, quantity=quantity, at=now,
        actor_id=caller.person_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if not store.take(session, offer.id, quantity, MealOffer.closed_at.is_(None)):
        raise rules.NONE_LEFT.now()
    return _walked_in(session, row)


def undo_walk_in(session: Session, caller: Caller, walk_in_id: uuid.UUID, now: datetime) -> WalkInOut:
    """A slip of the finger: the portions are there again. 404 `meal.walk_in_unknown`, the second time too."""
    undoing = (
        update(MealWalkIn)
        .where(
            MealWalkIn.id == walk_in_id,
            MealWalkIn.undone_at.is_(None),
            store.at_places(MealWalkIn.station, caller),
        )
        .values(undone_at=now)
        .returning(MealWalkIn)
    )
    row = session.scalars(undoing).one_or_none()
    if row is None:
        raise rules.WALK_IN_UNKNOWN.now()
    store.give_back(session, row.offer_id, row.quantity)
    audit.record(
        session, now, caller.person_id, "meal.walk_in_undone", "meal_offer", row.offer_id, station=row.station
    )
    return _walked_in(session, row)


def _walked_in(session: Session, row: MealWalkIn) -> WalkInOut:
    offer = store.find_offer(session, row.offer_id)
    return WalkInOut(id=str(row.id), quantity=row.quantity, left=offer.quota - offer.taken)
