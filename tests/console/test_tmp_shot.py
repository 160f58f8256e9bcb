"""Temporary pictures."""

from tests.console.test_console_browser import *  # noqa
from app.facilities.demo import seed


def test_shots(room, driver, app, home):
    with home.database.transaction() as session:
        seed(session, home.clock.now(), "GS001")
    seat = room.seat("jia")
    for width in (375,):
        seat.page.set_viewport_size({"width": width, "height": 700})
        seat.go("/facilities?station=GS001")
        seat.page.screenshot(path=f"/tmp/fac_{width}.png")
