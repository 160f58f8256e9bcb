"""Every page, by day, night, on a small phone and in large letters: contrast, letters, targets, names."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.miniprogram.phone import LARGE, SMALL, Phone
from tests.support.clients import sign_in

LOOKS = (Path(__file__).parent / "looks.js").read_text("utf-8")
PICTURES = os.environ.get("MINIPROGRAM_PICTURES", "")
"""A folder: then each page is also left there as a picture, to be looked at."""

STATION = "/pages/station/index?code=GS001"
NAMES = (
    "home", "stations", "matters", "me", "scan", "ask", "sos", "waiting", "bulletins", "ahead", "question",
    "inbox", "rights", "privacy",
)  # fmt: skip
WAYS = {
    "day": (LARGE, {}, 16),
    "night": (LARGE, {"color_scheme": "dark"}, 16),
    "small": (SMALL, {}, 16),
    "big letters": (LARGE, {}, 23),
}


def look(phone: Phone, name: str, path: str, way: str) -> list[str]:
    phone.launch(path)
    phone.settle()
    if PICTURES:
        phone.page.screenshot(path=f"{PICTURES}/{name}-{way.replace(' ', '-')}.png")
    return [f"{name}: {wrong}" for wrong in phone.page.evaluate(LOOKS)]


@pytest.mark.parametrize("way", list(WAYS))
def test_every_page_can_be_read_and_hit(
    phone: Callable[..., Phone], app: Flask, home: Home, code: str, way: str
) -> None:
    size, context, letters = WAYS[way]
    driver, staff = phone("driver", size, **context), phone("staff", size, **context)
    driver.open()
    driver.change(fontSize=letters)
    driver.scan_outside(code)
    driver.see("签到成功")
    asked = sign_in(app, "driver").post(
        "/requests", {"kind": "facility", "station": "GS001", "side": "A", "text": "热水龙头不出水"}
    )
    request = asked.json["id"]
    bulletin = sign_in(app, "driver").get("/bulletins").json["items"][0]["id"]
    wrong = look(driver, "checked-in", f"/pages/scan/index?code={code}", way)
    for name in NAMES:
        wrong += look(driver, name, f"/pages/{name}/index", way)
    wrong += look(driver, "station", STATION, way)
    wrong += look(driver, "ask-kind", "/pages/ask/index?kind=insurance", way)
    wrong += look(driver, "request", f"/pages/request/index?id={request}", way)
    wrong += look(driver, "bulletin", f"/pages/bulletin/index?id={bulletin}", way)
    driver.launch("/pages/sos/index")
    driver.tap("叫人来", exact=True)
    driver.see("正在叫人")
    wrong += look(driver, "sos-raised", "/pages/sos/index", way)
    staff.open()
    staff.change(fontSize=letters)
    for name, path in (
        ("queue", "/pages/desk/queue"),
        ("thread", f"/pages/desk/thread?id={request}"),
        ("code", "/pages/desk/code"),
        ("checkins", "/pages/desk/checkins"),
    ):
        wrong += look(staff, name, path, way)
    member = phone("member", size, **context).open()
    member.change(fontSize=letters)
    wrong += look(member, "duty", "/pages/duty/index", way)
    wrong += look(member, "mine", "/pages/duty/mine", way)
    assert not wrong, "\n".join(sorted(set(wrong)))
