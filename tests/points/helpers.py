"""Served shifts and settled quarters in a few words; used by the tests of the room."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.duty import tasks
from app.foundation.clock import SHANGHAI
from app.foundation.home import Home
from tests.duty.helpers import NOON, StoppedClock, make_shift, ok, sign_up
from tests.support.clients import Somebody

Q4 = "2026Q4"


def shanghai(*parts: int) -> datetime:
    """A moment as people in the branch say it."""
    return datetime(*parts, tzinfo=SHANGHAI).astimezone(UTC)


def serve(
    home: Home,
    clock: StoppedClock,
    secretary: Somebody,
    who: Somebody,
    key: str,
    *,
    hours: float = 2,
    at: datetime | None = None,
) -> str:
    """Sign up, come when it begins, forget to leave; the clock stands an hour after the end. Answers the id
    of the attendance."""
    start = at or clock.now() + timedelta(hours=1)
    shift = make_shift(secretary, (start - NOON) / timedelta(hours=1), hours)
    ok(sign_up(who, shift), 201)
    clock.at = start
    came: str = ok(who.post("/duty/attendance", {"code": key, "shift_id": shift}), 201)["id"]
    clock.at = start + timedelta(hours=hours + 1)
    tasks.wind_up(home)
    return came


def correct(secretary: Somebody, attendance: str, **changed: Any) -> Any:
    return secretary.post(f"/staff/duty/attendance/{attendance}/correct", {"reason": "示例", **changed})


def ledger(who: Somebody) -> list[int]:
    """The points of somebody's entries, the oldest first; the balance is their sum."""
    told = ok(who.get("/points"))
    points = [entry["points"] for entry in reversed(told["entries"])]
    assert told["balance"] == sum(points)
    return points


def step(secretary: Somebody, name: str, quarter: str = Q4, **body: Any) -> Any:
    return secretary.post(f"/staff/points/quarters/{quarter}/{name}", body)


def published(clock: StoppedClock, secretary: Somebody) -> dict[str, Any]:
    """The fourth quarter is over, settled and public."""
    clock.at = shanghai(2027, 1, 1, 9)
    ok(step(secretary, "settle"))
    found: dict[str, Any] = ok(step(secretary, "publish"))
    return found


def quarter(who: Somebody, code: str = Q4) -> dict[str, Any]:
    found: dict[str, Any] = ok(who.get(f"/points/quarters/{code}"))
    return found
