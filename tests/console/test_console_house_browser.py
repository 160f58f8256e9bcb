"""Facilities and cards at the console in a real browser: a tap is seen at once, without leaving the page."""

from flask import Flask

from app.facilities.demo import seed
from app.foundation.home import Home
from tests.console.browser import Room
from tests.console.test_console_browser import browser, room
from tests.support.clients import Somebody

__all__ = ["browser", "room"]


def test_a_tap_sets_a_state_and_a_card_is_verified(
    room: Room, driver: Somebody, app: Flask, home: Home
) -> None:
    with home.database.transaction() as session:
        seed(session, home.clock.now(), "GS001")
    number = driver.post("/me/card").json["number"]
    seat = room.seat("jia")
    seat.go("/facilities?station=GS001")
    row = seat.page.locator("tr", has_text="示例洗衣机 1 号")
    row.get_by_role("button", name="停用").click()
    row.get_by_text("不能用").wait_for()
    seat.see("记下了")
    row.get_by_role("button", name="能用", exact=True).click()
    row.get_by_text("看过，能用").wait_for()
    seat.page.select_option("[name=shower]", "ok")
    seat.page.get_by_role("button", name="报", exact=True).click()
    seat.see("记下了")
    seat.go(f"/cards?number={number}")
    seat.page.get_by_role("button", name="核验").click()
    seat.see("已核验")
    assert driver.get("/me").json["card"]["state"] == "verified"
