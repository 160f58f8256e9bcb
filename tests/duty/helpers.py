"""Members, their posts and shifts in a few words; used by the tests of the room."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from app.people import service as people
from app.wechat.standin.demo import demo_openid
from tests.support.clients import Somebody, sign_in

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""Twelve o'clock in Shanghai, a Sunday."""


class StoppedClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def go(self, **step: float) -> None:
        self.at += timedelta(**step)


def ok(answer: Any, status: int = 200) -> Any:
    """The body of a success."""
    assert answer.status_code == status, answer.text
    return answer.json


def refused(answer: Any, status: int, code: str) -> Any:
    """The body of a refusal."""
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    return answer.json


def member(app: Flask, name: str, *grants: tuple[str, str]) -> Somebody:
    """Somebody with these roles, a member of the branch at GS001 when none are named."""
    home: Home = app.extensions["home"]
    with home.database.transaction() as session:
        person, _ = people.find_or_make(session, demo_openid(name), None, home.clock.now(), f"示例{name}")
        for role, place in grants or (("member", "GS001"),):
            people.grant(session, person, role, place, home.clock.now())
    return sign_in(app, name)


def make_post(secretary: Somebody, **changed: Any) -> str:
    body = {"name": "示例先锋岗", "kind": "vanguard", "station": "GS001", "side": "A", **changed}
    return str(ok(secretary.post("/staff/duty/posts", body), 201)["id"])


def shift_body(post: str, hours: float = 48, lasts: float = 8, **changed: Any) -> dict[str, Any]:
    """So many hours after noon, for so long."""
    start = NOON + timedelta(hours=hours)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=lasts)).isoformat()}
    return {"post_id": post, "capacity": 1, **times, **changed}


def make_shift(secretary: Somebody, hours: float = 48, lasts: float = 8, **changed: Any) -> str:
    """A shift of a post of its own."""
    about = {name: changed.pop(name) for name in ("side", "open_to", "kind") if name in changed}
    body = shift_body(make_post(secretary, **about), hours, lasts, **changed)
    return str(ok(secretary.post("/staff/duty/shifts", body), 201)["id"])


def sign_up(who: Somebody, shift: str, waitlist: bool | None = None) -> Any:
    return who.post(f"/duty/shifts/{shift}/signup", {} if waitlist is None else {"waitlist": waitlist})


def cancel(who: Somebody, shift: str) -> Any:
    return who.call("DELETE", f"/duty/shifts/{shift}/signup")


def inbox(who: Somebody) -> list[str]:
    """Titles of what somebody was told about duty, newest first."""
    return [item["title"] for item in ok(who.get("/inbox"))["items"] if item["kind"] == "duty"]


def sql(home: Home, statement: str, **values: Any) -> list[Any]:
    with home.database.transaction() as session:
        return list(session.execute(text(statement), values).all())


def counted(home: Home, shift: str) -> tuple[int, int, int, int, int]:
    """Capacity, places counted as taken, places in fact taken, numbers counted, numbers in fact waiting."""
    found = sql(
        home,
        "SELECT capacity, taken, count(u.*) FILTER (WHERE u.state = 'confirmed'), waiting,"
        " count(u.*) FILTER (WHERE u.state = 'waitlisted') FROM duty_shift s LEFT JOIN duty_signup u"
        " ON u.shift_id = s.id WHERE s.id = :id GROUP BY s.id",
        id=uuid.UUID(shift),
    )
    return tuple(found[0])
