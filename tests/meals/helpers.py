"""Offers and orders in a few words; used by the tests of the room."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from app.foundation.home import Home
from app.meals import tasks
from tests.duty.helpers import NOON, ok, sql
from tests.support.clients import Somebody
from tests.support.crowd import at_once


def offer_body(hours: float = 0, lasts: float = 2, **changed: Any) -> dict[str, Any]:
    """A slot so many hours after noon, for so long."""
    start = NOON + timedelta(hours=hours)
    slot = {"slot_starts_at": start.isoformat(), "slot_ends_at": (start + timedelta(hours=lasts)).isoformat()}
    about = {"station": "GS001", "side": "A", "name": "示例牛肉面", "price_fen": 1500, "quota": 3}
    return {**about, **slot, **changed}


def make_offer(kitchen: Somebody, hours: float = 0, lasts: float = 2, **changed: Any) -> str:
    return str(ok(kitchen.post("/staff/meals/offers", offer_body(hours, lasts, **changed)), 201)["id"])


def order(who: Somebody, offer: str, quantity: int | None = None, **details: Any) -> Any:
    """What an order answers."""
    more = {} if quantity is None else {"quantity": quantity}
    return who.post("/requests", {"kind": "meal", "details": {"offer_id": offer, **more, **details}})


def ordered(who: Somebody, offer: str, quantity: int | None = None, **details: Any) -> Any:
    """The request of an order that went well."""
    return ok(order(who, offer, quantity, **details), 201)


def withdraw(who: Somebody, request: Any) -> Any:
    return who.post(f"/requests/{request['id']}/withdraw")


def pick_up(kitchen: Somebody, code: str, **more: Any) -> Any:
    return kitchen.post("/staff/meals/pickup", {"pickup_code": code, **more})


def walk_in(kitchen: Somebody, offer: str, quantity: int = 1) -> Any:
    return kitchen.post(f"/staff/meals/offers/{offer}/walk-ins", {"quantity": quantity})


def seen(who: Somebody, offer: str) -> Any:
    """The offer as somebody sees it today."""
    found = ok(who.get("/meals?station=GS001"))["items"]
    return next(item for item in found if item["id"] == offer)


def counted(home: Home, offer: str) -> tuple[int, int, int, int]:
    """Quota, portions counted as taken, portions ordered or handed out in fact, portions walked in with."""
    found = sql(
        home,
        "SELECT quota, taken,"
        " coalesce((SELECT sum(quantity) FROM meal_order WHERE offer_id = o.id"
        " AND state IN ('reserved', 'ready', 'picked_up')), 0),"
        " coalesce((SELECT sum(quantity) FROM meal_walk_in WHERE offer_id = o.id AND undone_at IS NULL), 0)"
        " FROM meal_offer o WHERE id = :id",
        id=uuid.UUID(offer),
    )
    return tuple(int(number) for number in found[0])


def tick(home: Home) -> int:
    """What the clockwork does every few seconds, until nothing is due; how many orders it ended."""

    def open_orders() -> int:
        found = sql(home, "SELECT count(*) FROM meal_order WHERE state IN ('reserved', 'ready')")
        return int(found[0][0])

    before = open_orders()
    while tasks.wind_up(home):
        pass
    return before - open_orders()


def rush(works: Sequence[Any]) -> Counter[str]:
    """Do all of it at once; how often which code, or `ok`, came of it."""
    answers = at_once(works)
    return Counter((answer.json or {}).get("code") or "ok" for answer in answers)
