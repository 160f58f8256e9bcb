"""Endpoints of the kitchen."""

from app.meals import kitchen, offers, rules
from app.meals.schemas import (
    ByOffer,
    CancelOrder,
    CloseOffer,
    KitchenLine,
    KitchenQuery,
    OfferChange,
    OfferIn,
    OffersQuery,
    PickupIn,
    StaffOfferOut,
    WalkInIn,
    WalkInOut,
)
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import only
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("kitchen", "后厨")

_KITCHEN = only(*rules.ROLES)
_ORDER = [rules.ORDER_UNKNOWN, rules.WRONG_STATE]


@room.call("GET", "/staff/meals/offers", who=_KITCHEN, answers={200: Listed[StaffOfferOut]}, etag=True)
def staff_offers(query: OffersQuery) -> Listed[StaffOfferOut]:
    """本站某天的餐，订了几份、取了几份、现场发了几份"""
    turn = current()
    return offers.staff_listing(turn.session, turn.caller, query, turn.now)


@room.call(
    "POST",
    "/staff/meals/offers",
    who=_KITCHEN,
    answers={201: StaffOfferOut},
    refuses=[STATION_UNKNOWN],
    idempotent=True,
)
def make_offer(body: OfferIn) -> Answer:
    """上一份餐：哪侧、什么时段、多少钱、几份"""
    turn = current()
    return Answer(offers.make(turn.session, turn.caller, body, turn.now), 201)


@room.call(
    "PUT",
    "/staff/meals/offers/<uuid:id>",
    who=_KITCHEN,
    answers={200: StaffOfferOut},
    refuses=[rules.OFFER_UNKNOWN, rules.QUOTA_BELOW_TAKEN],
)
def change_offer(path: ByOffer, body: OfferChange) -> StaffOfferOut:
    """改名字、价钱、份数"""
    turn = current()
    return offers.change(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "POST",
    "/staff/meals/offers/<uuid:id>/close",
    who=_KITCHEN,
    answers={200: StaffOfferOut},
    refuses=[rules.OFFER_UNKNOWN],
)
def close_offer(path: ByOffer, body: CloseOffer) -> StaffOfferOut:
    """停订；做不出来时连已订的一起取消，写原因"""
    turn = current()
    return offers.close(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "POST",
    "/staff/meals/offers/<uuid:id>/walk-ins",
    who=_KITCHEN,
    answers={201: WalkInOut},
    refuses=[rules.OFFER_UNKNOWN, rules.CLOSED, rules.NONE_LEFT],
    idempotent=True,
)
def walk_in(path: ByOffer, body: WalkInIn) -> Answer:
    """现场来人发了几份，和预订共用一个数"""
    turn = current()
    return Answer(kitchen.walk_in(turn.session, turn.caller, path.id, body.quantity, turn.now), 201)


@room.call(
    "DELETE",
    "/staff/meals/walk-ins/<uuid:id>",
    who=_KITCHEN,
    answers={200: WalkInOut},
    refuses=[rules.WALK_IN_UNKNOWN],
)
def undo_walk_in(path: ByOffer) -> WalkInOut:
    """现场那一笔记错了，撤掉"""
    turn = current()
    return kitchen.undo_walk_in(turn.session, turn.caller, path.id, turn.now)


@room.call("GET", "/staff/meals/orders", who=_KITCHEN, answers={200: Listed[KitchenLine]}, etag=True)
def kitchen_list(query: KitchenQuery) -> Listed[KitchenLine]:
    """后厨单：按时段和取餐码，没有姓名和电话"""
    turn = current()
    return kitchen.listing(turn.session, turn.caller, query, turn.now)


@room.call(
    "POST",
    "/staff/meals/pickup",
    who=_KITCHEN,
    answers={200: KitchenLine},
    refuses=[rules.CODE_UNKNOWN, rules.PICKED_UP, rules.CANCELLED, rules.NONE_LEFT, rules.OVER],
    idempotent=True,
)
def pick_up(body: PickupIn) -> KitchenLine:
    """凭取餐码发餐，一个码只发一次"""
    turn = current()
    return kitchen.pick_up(turn.session, turn.caller, body, turn.now)


@room.call(
    "POST",
    "/staff/meals/orders/<uuid:id>/ready",
    who=_KITCHEN,
    answers={200: KitchenLine},
    refuses=_ORDER,
)
def ready(path: ByOffer) -> KitchenLine:
    """做好了，通知司机来取"""
    turn = current()
    return kitchen.make_ready(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/staff/meals/orders/<uuid:id>/cancel",
    who=_KITCHEN,
    answers={200: KitchenLine},
    refuses=_ORDER,
)
def cancel_order(path: ByOffer, body: CancelOrder) -> KitchenLine:
    """取消一份订餐，写原因，司机看得到"""
    turn = current()
    return kitchen.cancel(turn.session, turn.caller, path.id, body.reason, turn.now)
