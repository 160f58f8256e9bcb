"""Every page, by day, night, on a small phone and in large letters: contrast, letters, targets, names."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from tests.miniprogram.phone import LARGE, SMALL, Phone
from tests.support.clients import sign_in

LOOKS = (Path(__file__).parent / "looks.js").read_text("utf-8")
PICTURES = os.environ.get("MINIPROGRAM_PICTURES", "")
"""A folder: then each page is also left there as a picture, to be looked at."""

LONG = "示例临夏回族自治州折桥黄河三峡服务区"
HEADING = "往临夏、合作、郎木寺方向"
WORDS = "示例：从兰州南上来的路上右后轮一直响，停在二号加油机旁边的大车位，想请人来看看能不能走"
STATION = "/pages/station/index?code=GS001"
NAMES = (
    "home", "stations", "matters", "me", "scan", "ask", "sos", "waiting", "bulletins", "ahead", "question",
    "inbox", "rights", "privacy", "meals", "facilities", "card", "claims",
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
    wrong += look(member, "membership", "/pages/duty/membership", way)
    secretary = phone("secretary", size, **context).open()
    secretary.change(fontSize=letters)
    wrong += look(secretary, "forces", "/pages/duty/forces", way)
    wrong += look(driver, "declare", "/pages/duty/membership", way)
    wrong += look(driver, "join", "/pages/duty/forces", way)
    assert not wrong, "\n".join(sorted(set(wrong)))


def seen_before(driver: Phone, code: str) -> None:
    driver.scan_outside(code)
    driver.see("签到成功")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_a_page_that_waits_or_gets_no_answer_still_stands(
    phone: Callable[..., Phone], code: str, size: dict[str, int]
) -> None:
    """While the answer is on its way, and where none comes: help stays in reach, and nothing breaks."""
    driver = phone("driver", size)
    seen_before(driver, code)
    wrong = []
    pages = [f"/pages/{name}/index" for name in NAMES if name != "sos"]
    pages += [f"/pages/{name}/index?id=00000000-0000-7000-8000-000000000000" for name in ("claim", "watch")]
    pages += ["/pages/request/index?id=00000000-0000-7000-8000-000000000000", STATION]
    for state in ("waiting", "unanswered"):
        if state == "waiting":
            driver.page.route("**/api/v1/**", lambda route: None)
        else:
            driver.page.unroute("**/api/v1/**")
            driver.page.route("**/api/v1/**", lambda route: route.abort())
        for path in pages:
            name = f"{state}-{path.split('/')[2]}-{size['width']}"
            driver.launch(path)
            driver.shown().get_by_role("button", name="急救，叫人来").wait_for()
            if PICTURES:
                driver.page.wait_for_timeout(150)
                driver.page.screenshot(path=f"{PICTURES}/{name}.png")
            wrong += [f"{name}: {each}" for each in driver.page.evaluate(LOOKS)]
    assert not wrong, "\n".join(sorted(set(wrong)))


@pytest.mark.parametrize("way", ["small", "big letters"])
def test_long_names_and_long_words_stay_on_the_page(
    phone: Callable[..., Phone], app: Flask, home: Home, code: str, way: str
) -> None:
    size, context, letters = WAYS[way]
    with home.database.transaction() as session:
        session.execute(text("UPDATE station SET name = :name WHERE code = 'GS001'"), {"name": LONG})
        session.execute(
            text("UPDATE station_side SET heading = :it WHERE station = 'GS001'"), {"it": HEADING}
        )
        session.execute(text("UPDATE bulletin SET title = :it"), {"it": WORDS[:60]})
    driver = phone("driver", size, **context)
    driver.open()
    driver.change(fontSize=letters)
    seen_before(driver, code)
    mine = sign_in(app, "driver")
    body = {"kind": "facility", "station": "GS001", "side": "A", "text": WORDS, "place_text": WORDS[:60]}
    request = mine.post("/requests", body).json["id"]
    wrong = look(driver, "long-checked-in", f"/pages/scan/index?code={code}", way)
    for name in ("home", "stations", "matters", "bulletins", "ahead", "sos", "meals", "facilities"):
        wrong += look(driver, f"long-{name}", f"/pages/{name}/index", way)
    wrong += look(driver, "long-station", STATION, way)
    wrong += look(driver, "long-request", f"/pages/request/index?id={request}", way)
    driver.see(LONG)
    assert not wrong, "\n".join(sorted(set(wrong)))
