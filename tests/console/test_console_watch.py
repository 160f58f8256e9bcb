"""Lorry and cargo at the console: begun, changed, handed back, a fault with what was typed."""

from datetime import timedelta
from typing import Any

import pytest

from app.console.times import field_time
from app.foundation.home import Home
from tests.console.desk_client import Desk
from tests.support.clients import Somebody


@pytest.fixture
def call(driver: Somebody) -> str:
    said = {"kind": "medical", "station": "GS001", "text": "示例"}
    return str(driver.post("/requests", said).json["id"])


def step(desk: Desk, call: str, what: str, **given: Any) -> Any:
    page = f"/requests/{call}/watch"
    return desk.post(f"{page}/{what}", page, **given)


def test_from_the_wish_to_the_hand_back(home: Home, driver: Somebody, jia: Desk, call: str) -> None:
    assert f"/console/requests/{call}/watch" in jia.get(f"/requests/{call}").text
    driver.post(f"/requests/{call}/watch", {"cargo": "示例冷藏"})
    assert "示例冷藏" in jia.get(f"/requests/{call}/watch").text
    until = field_time(home.clock.now() + timedelta(hours=3))
    begun = step(jia, call, "begin", place="A 侧 12 号位", keys="desk", until_at=until, cargo="示例冷藏")
    assert begun.status_code == 303
    assert step(jia, call, "change", place="B 侧 3 号位", keys="watcher").status_code == 303
    seen = driver.get(f"/requests/{call}/watch").json
    assert (seen["place"], seen["keys"], seen["watcher"]) == ("B 侧 3 号位", "watcher", "示例值班员子")
    assert step(jia, call, "hand-back", to="family", note="示例").status_code == 303
    page = jia.get(f"/requests/{call}/watch").text
    assert "交给：家属" in page
    assert '<form class="form"' not in page


def test_a_fault_keeps_what_was_typed(home: Home, jia: Desk, elsewhere: Desk, call: str) -> None:
    late = field_time(home.clock.now() + timedelta(days=9))
    wrong = step(jia, call, "begin", place="示例位置", keys="desk", until_at=late)
    assert wrong.status_code == 422
    assert "最多 7 天" in wrong.text
    assert 'value="示例位置"' in wrong.text
    assert step(jia, call, "change", keys="desk").status_code == 404
    assert elsewhere.get(f"/requests/{call}/watch").status_code == 404


def test_an_ordinary_request_has_no_such_page(driver: Somebody, jia: Desk) -> None:
    said = {"kind": "other", "station": "GS001", "text": "示例"}
    other = driver.post("/requests", said).json["id"]
    assert jia.get(f"/requests/{other}/watch").status_code == 409
    assert "车货代看" not in jia.get(f"/requests/{other}").text
