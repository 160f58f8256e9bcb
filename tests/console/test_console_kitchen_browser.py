"""The kitchen at the console in a real browser: codes are typed and handed out without leaving the page."""

from typing import Any

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.console.browser import Room
from tests.console.test_console_browser import browser, room
from tests.meals.helpers import ordered
from tests.support.clients import Somebody
from tests.web.permission_meals import Canteen

__all__ = ["browser", "room"]


@pytest.fixture
def made(home: Home, app: Flask, driver: Somebody) -> Any:
    """Two portions that somebody has ordered."""
    return ordered(driver, Canteen(home).offer(), 2, diet="不吃辣")


def test_a_code_is_typed_and_handed_out(room: Room, made: Any) -> None:
    seat = room.seat("jia")
    seat.go("/kitchen?station=GS001")
    code = made["meal"]["pickup_code"]
    seat.page.get_by_role("button", name="可以取餐").click()
    seat.see("办好了")
    seat.page.get_by_label("取餐码，6 位").fill(code)
    seat.page.keyboard.press("Enter")
    seat.see(f"{code} 发出：示例 2 份，A 侧，收 20 元，忌口：不吃辣")
    seat.see("现在没有等着取的")
    seat.page.get_by_label("现场发了几份").fill("3")
    seat.page.get_by_role("button", name="现场").click()
    seat.see("现场 3")
