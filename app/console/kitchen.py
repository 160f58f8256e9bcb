"""The kitchen at the console: hand out by code, who still waits, walk-ins, today's meals, a new one."""

import re
import uuid
from collections.abc import Callable
from typing import Any, Final

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.console import fields
from app.console.acts import fault_of
from app.console.edge import Level, new_once, once, page
from app.console.frame import look, whole_page
from app.console.times import read_field_time
from app.console.views import Side
from app.foundation.refusals import FieldFault, Refused, invalid
from app.meals import kitchen as counter
from app.meals import offers, rules
from app.meals.schemas import (
    CancelOrder,
    CloseOffer,
    KitchenLine,
    KitchenQuery,
    OfferIn,
    OffersQuery,
    PickupIn,
    WalkInIn,
)
from app.people.rules import home_place
from app.web.turn import Turn, current

KITCHEN: Final = Level(roles=rules.ROLES)
_MOST = 100
_YUAN = re.compile(r"(\d{1,4})(?:[.。](\d{1,2}))?", re.ASCII)
_NOT_THERE = (rules.OFFER_UNKNOWN, rules.ORDER_UNKNOWN)
_DONE: Final = {
    "offer": "上好了，司机马上看得到。",
    "walk_in": "记下了。",
    "closed": "停订了。",
    "yes": "办好了。",
}


@page("/kitchen", KITCHEN)
def kitchen() -> ResponseReturnValue:
    """Today at one station; it names nobody, so that looking is not recorded."""
    turn = current()
    station = request.args.get("station", "")[:10] or home_place(turn.caller.grants) or ""
    return _kitchen_page(turn, station)


@page("/kitchen/pickup", KITCHEN, post=True)
def hand_out_meal() -> ResponseReturnValue:
    """发餐 by the code that the driver says."""

    def act(turn: Turn) -> str:
        sent = {"pickup_code": fields.words(request.form, "pickup_code"), "station": _station() or None}
        given = counter.pick_up(turn.session, turn.caller, fields.read(PickupIn, sent), turn.now)
        return url_for("console.kitchen", station=given.station, given=given.id)

    return _do("pickup", act)


@page("/kitchen/orders/<uuid:id>/set", KITCHEN, post=True)
def set_meal_order(id: uuid.UUID) -> ResponseReturnValue:
    """可以取餐, or 取消 with a reason that the driver reads."""

    def act(turn: Turn) -> str:
        if request.form.get("do") == "ready":
            counter.make_ready(turn.session, turn.caller, id, turn.now)
        else:
            body = fields.read(CancelOrder, {"reason": fields.words(request.form, "reason")})
            counter.cancel(turn.session, turn.caller, id, body.reason, turn.now)
        return _back("yes")

    return _do(str(id), act)


@page("/kitchen/offers/<uuid:id>/walk-ins", KITCHEN, post=True)
def note_walk_in(id: uuid.UUID) -> ResponseReturnValue:
    """现场: so many portions to people without an order."""

    def act(turn: Turn) -> str:
        body = fields.read(WalkInIn, {"quantity": _number("quantity")})
        counter.walk_in(turn.session, turn.caller, id, body.quantity, turn.now)
        return _back("walk_in")

    return _do(str(id), act)


@page("/kitchen/offers/<uuid:id>/close", KITCHEN, post=True)
def close_meal(id: uuid.UUID) -> ResponseReturnValue:
    """停订; with a tick what stands is cancelled too."""

    def act(turn: Turn) -> str:
        reason = fields.words(request.form, "reason") or None
        sent = {"cancel_orders": bool(request.form.get("cancel_orders")), "reason": reason}
        offers.close(turn.session, turn.caller, id, fields.read(CloseOffer, sent), turn.now)
        return _back("closed")

    return _do(str(id), act)


@page("/kitchen/offers", KITCHEN, post=True)
def make_meal() -> ResponseReturnValue:
    """上一份餐."""

    def act(turn: Turn) -> str:
        offers.make(turn.session, turn.caller, fields.read(OfferIn, _offer()), turn.now)
        return _back("offer")

    return _do("offer", act)


def _offer() -> dict[str, Any]:
    form = request.form
    return {
        "station": _station(),
        "side": form.get("side", ""),
        "name": fields.words(form, "name"),
        "slot_starts_at": read_field_time(form.get("slot_starts_at", "")),
        "slot_ends_at": read_field_time(form.get("slot_ends_at", "")),
        "price_fen": _fen(),
        "quota": _number("quota"),
    }


def _fen() -> int:
    """What was typed in yuan."""
    typed = _YUAN.fullmatch(fields.words(request.form, "price"))
    if typed is None:
        raise invalid(FieldFault("price_fen", "写成 12 或 12.5"))
    return int(typed[1]) * 100 + int((typed[2] or "0").ljust(2, "0"))


def _number(name: str) -> int | str:
    """A whole number as typed; what is none stays as it is and is refused by the model."""
    written = fields.words(request.form, name)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 7 else written


def _station() -> str:
    return request.form.get("station", "")[:10]


def _back(done: str) -> str:
    return url_for("console.kitchen", station=_station(), done=done)


def _do(step: str, act: Callable[[Turn], str]) -> ResponseReturnValue:
    """One step, then back to the page; a refusal is shown above it, with what was typed."""
    turn = current()
    try:
        return once(turn, lambda: act(turn))
    except Refused as refused:
        if refused.refusal in _NOT_THERE:
            raise
        turn.session.rollback()
        fault = fault_of(step, refused, turn)
        return _kitchen_page(turn, _station(), refused.refusal.status, fault=fault)


def _kitchen_page(turn: Turn, station: str, status: int = 200, fault: Any = None) -> Response:
    sight = look(turn)
    shown: dict[str, Any] = {"meals": [], "waiting": [], "more": False}
    if station:
        meals = offers.staff_listing(
            turn.session, turn.caller, OffersQuery(station=station, limit=_MOST), turn.now
        )
        orders = counter.listing(
            turn.session, turn.caller, KitchenQuery(station=station, limit=_MOST), turn.now
        )
        shown = {"meals": meals.items, "waiting": orders.items, "more": orders.next_cursor is not None}
    return whole_page(
        turn,
        "console/kitchen.html",
        sight,
        status,
        station=station,
        given=_given(turn),
        fault=fault,
        typed=request.form,
        done=_DONE.get(request.args.get("done", "")),
        side_of=lambda letter: Side(letter, f"{letter} 侧", ""),
        money=rules.money,
        new_once=new_once,
        **shown,
    )


def _given(turn: Turn) -> KitchenLine | None:
    """The order that was handed out just now, to be read aloud once more."""
    try:
        given = uuid.UUID(request.args.get("given", ""))
    except ValueError:
        return None
    return counter.find(turn.session, turn.caller, given)
