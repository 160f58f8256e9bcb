"""A medical call is heard on every page of the desk in a pocket, and one tap leads to it."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Request

from tests.miniprogram.eyes import look_at
from tests.miniprogram.phone import Phone
from tests.support.clients import sign_in

WAITS = "有人急救，还没人接"
PAGES = {
    "queue": "灯坏了",
    "enter": "有人打电话来",
    "code": "秒换",
    "checkins": "还没有人签到",
    "meals": "没有等着取的",
    "thread?id={other}": "灯坏了",
}


def ask(app: Flask, kind: str, text: str) -> str:
    body = {"kind": kind, "station": "GS001", "side": "A", "text": text}
    return str(sign_in(app, "driver").post("/requests", body).json["id"])


@pytest.mark.parametrize("path", list(PAGES))
def test_a_call_that_comes_later_rings_and_leads_there_from_every_page(
    phone: Callable[..., Phone], app: Flask, path: str
) -> None:
    other = ask(app, "facility", "灯坏了")
    desk = phone("staff")
    asked: list[Request] = []
    desk.page.on("request", lambda one: asked.append(one))
    desk.open(f"/pages/desk/{path.format(other=other)}")
    desk.see(PAGES[path])
    assert desk.calls("sound") == [], "nobody waits"
    desk.not_see(WAITS)
    call = ask(app, "medical", "胸痛")
    desk.see(WAITS)
    assert desk.calls("sound") == ["play"]
    assert desk.calls("vibrateLong")
    assert any(one.url.endswith("/staff/desk/heartbeat") for one in asked), "the service knows who listens"
    look_at(desk, f"bell-{path.split('?')[0]}")
    desk.tap(WAITS, role="link")
    desk.tap("我来接")
    desk.see("在我手里")
    assert desk.calls("sound")[-1] == "stop", "one has it: silence, at once"
    assert sign_in(app, "driver").get(f"/requests/{call}").json["holder"], "it was that call"


def test_it_stops_on_any_page_when_somebody_else_takes_the_call(
    phone: Callable[..., Phone], app: Flask
) -> None:
    call = ask(app, "medical", "胸痛")
    desk = phone("staff").open("/pages/desk/meals")
    desk.see(WAITS)
    assert sign_in(app, "responder").post(f"/staff/requests/{call}/claim").status_code == 200
    desk.not_see(WAITS)
    assert desk.calls("sound") == ["play", "stop"]


def test_one_light_poll_and_none_out_of_sight(phone: Callable[..., Phone]) -> None:
    desk = phone("staff").open("/pages/desk/checkins")
    desk.see("还没有人签到")
    asked: list[str] = []
    desk.page.on("request", lambda one: asked.append(one.url) if "/staff/requests?" in one.url else None)
    desk.page.wait_for_timeout(9000)
    assert 2 <= len(asked) <= 3, "every four seconds"
    assert all("kind=medical" in one and "state=new" in one for one in asked)
    desk.page.evaluate("harness.background()")
    del asked[:]
    desk.page.wait_for_timeout(5000)
    assert asked == []
