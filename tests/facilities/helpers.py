"""Facilities in a few words; used by the tests of the room."""

import itertools
from typing import Any

from tests.duty.helpers import NOON, StoppedClock, ok, refused, sql
from tests.support.clients import Somebody

__all__ = ["NOON", "StoppedClock", "at", "hold", "make", "ok", "refused", "sql", "state_of"]

_numbers = itertools.count(1)


def make(staff: Somebody, kind: str = "capsule", **changed: Any) -> str:
    """A facility at GS001, side A, that staff have seen to work."""
    state = changed.pop("state", "ok")
    name = f"示例{kind}{next(_numbers)}"
    body = {"station": "GS001", "side": "A", "kind": kind, "name": name, **changed}
    made = str(ok(staff.post("/staff/facilities", body), 201)["id"])
    ok(staff.put(f"/staff/facilities/{made}", {"state": state}))
    return made


def hold(who: Somebody, facility: str, **body: Any) -> Any:
    return who.post(f"/facilities/{facility}/bookings", body)


def state_of(who: Somebody, facility: str) -> dict[str, Any]:
    """One facility as somebody sees it."""
    items = ok(who.get("/facilities?station=GS001"))["items"]
    return next(item for item in items if item["id"] == facility)


def at(hour: float) -> dict[str, float]:
    """So many hours from noon on, as a step of the clock."""
    return {"hours": hour - 12}
