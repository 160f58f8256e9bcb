"""Editors, approvers and drivers, and the way of a bulletin in a few words; used by the tests of the room."""

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.bulletins import tasks
from app.foundation.clock import iso
from app.foundation.home import Home
from app.notices.courier import Courier
from app.notices.tasks import deliver
from app.people import service as people
from app.wechat import WeChat
from app.wechat.standin.demo import demo_openid
from tests.support.clients import Somebody

DRAFT = {
    "title": "G30 古浪至天祝入口管制（示例）",
    "category": "road",
    "body_markdown": "前面雪大，**三轴及以上**先别上高速。\n\n- 安门能停\n- 有热饭",
    "roads": [
        {
            "road": "g30",
            "heading": "双向",
            "km_from": 1812,
            "km_to": "K1883+500",
            "vehicle": "三轴及以上",
            "measure": "入口管制",
        }
    ],
    "source": "示例交警支队，2026-11-23 02:03 电话",
}


class MovedClock:
    """The house's clock, ahead by as much as the test wants."""

    def __init__(self, home: Home) -> None:
        self._real = home.clock
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return self._real.now() + self.ahead


def ok(answer: Any, status: int = 200) -> Any:
    """The body of a success."""
    assert answer.status_code == status, answer.text
    return answer.json


def draft(editor: Somebody, **changed: Any) -> str:
    """The id of a new draft."""
    return str(ok(editor.post("/staff/bulletins", {**DRAFT, **changed}), 201)["id"])


def bring_to(editor: Somebody, approver: Somebody, state: str, home: Home, **changed: Any) -> str:
    """The id of a new bulletin in that state; what is sent is sent to everybody. One that is `sending` has
    just begun, and nobody was told yet."""
    audience = changed.pop("audience", {})
    bulletin = draft(editor, **changed)
    path = f"/staff/bulletins/{bulletin}"
    if state == "draft":
        return bulletin
    if state == "withdrawn":
        ok(editor.post(f"{path}/withdraw"))
        return bulletin
    ok(editor.post(f"{path}/submit"))
    if state == "submitted":
        return bulletin
    ok(approver.post(f"{path}/approve"))
    if state == "approved":
        return bulletin
    schedule(approver, bulletin, home, audience=audience)
    if state == "scheduled":
        return bulletin
    if state == "sent":
        tick_until(home, lambda: state_of(approver, bulletin) == "sent")
    else:
        with home.database.transaction() as session:
            assert tasks.begin(session, uuid.UUID(bulletin), home.clock.now())
    if state == "paused":
        ok(approver.post(f"{path}/pause"))
    assert state_of(approver, bulletin) == state
    return bulletin


def schedule(
    approver: Somebody,
    bulletin: str,
    home: Home,
    *,
    after: timedelta = timedelta(0),
    hours: float = 8,
    **more: Any,
) -> Any:
    """Schedule it; at once, for everybody and for eight hours if not said otherwise."""
    now = home.clock.now()
    body = {
        "send_at": iso(now + after),
        "expires_at": iso(now + after + timedelta(hours=hours)),
        "audience": {},
        **more,
    }
    return ok(approver.post(f"/staff/bulletins/{bulletin}/schedule", body))


def state_of(who: Somebody, bulletin: str) -> str:
    """What it is by now."""
    return str(ok(who.get(f"/staff/bulletins/{bulletin}"))["state"])


def figures(who: Somebody, bulletin: str) -> dict[str, int]:
    """Its deliveries; their parts add up, always."""
    found: dict[str, int] = ok(who.get(f"/staff/bulletins/{bulletin}/deliveries"))
    parts = ("queued", "sending", "sent", "refused", "failed", "expired", "unknown")
    assert found["total"] == sum(found[part] for part in parts), found
    return found


def tick(home: Home) -> None:
    """What a jobs process does in a second."""
    tasks.send(home)
    if Courier not in home.parts:
        courier(home)
    deliver(home)


def courier(home: Home) -> None:
    """The courier that a jobs process hangs up."""
    home.hang(Courier(home.settings, home.database, home.clock, home.part(WeChat), threading.Event()))


def tick_until(home: Home, done: Callable[[], bool], most: int = 20) -> None:
    """Tick until it is so."""
    for _ in range(most):
        tick(home)
        if done():
            return
    raise AssertionError(f"not so after {most} ticks")


def crowd(home: Home, number: int, name: str = "crowd") -> None:
    """That many people whom WeChat knows, by one statement."""
    with home.database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO person (id, openid, name, state, created_at)"
                " SELECT gen_random_uuid(), :name || '-' || n, '', 'active', now()"
                " FROM generate_series(1, :number) n"
            ),
            {"name": name, "number": number},
        )


def grant(home: Home, who: str, *grants: tuple[str, str]) -> None:
    """Roles for the person of a demonstration code."""
    with home.database.transaction() as session:
        now = home.clock.now()
        person_id, _ = people.find_or_make(session, demo_openid(who), None, now)
        for role, place in grants:
            people.grant(session, person_id, role, place, now)
