"""The kitchen at the console, as plain forms."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.console.desk_client import Desk
from tests.console.reading_pages import Page
from tests.duty.helpers import ok, sql
from tests.meals.helpers import ordered
from tests.support.clients import Somebody, sign_in
from tests.web.permission_meals import Canteen

PAGE = "/kitchen?station=GS001"


@pytest.fixture
def cook(signed_in: Callable[..., Desk]) -> Desk:
    return signed_in("wu", ("kitchen", "GS001"))


@pytest.fixture
def lunch(home: Home) -> str:
    return Canteen(home).offer()


@pytest.fixture
def made(driver: Somebody, lunch: str) -> Any:
    """Two portions, one of them free, with something that is not eaten."""
    return ordered(driver, lunch, 2, free=True, diet="不吃辣")


def test_the_page_tells_what_is_ordered_and_names_nobody(cook: Desk, made: Any, driver: Somebody) -> None:
    shown = cook.get("/kitchen").text
    for words in (made["meal"]["pickup_code"], "示例 × 2", "收 10 元", "不吃辣", "剩 48", "待取 2"):
        assert words in shown
    assert "示例司机甲" not in shown


def test_a_code_is_handed_out_once_and_read_aloud(cook: Desk, made: Any) -> None:
    code = made["meal"]["pickup_code"]
    given = cook.post("/kitchen/pickup", PAGE, pickup_code=code, station="GS001")
    assert f"<b>{code}</b> 发出：示例 2 份" in cook.get(given.location.removeprefix("/console")).text
    again = cook.post("/kitchen/pickup", PAGE, pickup_code=code, station="GS001", once=str(uuid.uuid4()))
    assert again.status_code == 409
    assert "已经取走" in again.text
    assert cook.post("/kitchen/pickup", PAGE, pickup_code="000000", station="GS001").status_code == 404


def test_a_form_sent_twice_hands_out_once_without_scolding(cook: Desk, made: Any) -> None:
    sent = {"once": str(uuid.uuid4()), "pickup_code": made["meal"]["pickup_code"], "station": "GS001"}
    first, second = (cook.post("/kitchen/pickup", PAGE, **sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location


def test_ready_cancelled_walked_in_and_closed(cook: Desk, made: Any, lunch: str, home: Home) -> None:
    order = f"/kitchen/orders/{made['id']}/set"
    assert cook.post(order, PAGE, do="ready", station="GS001").status_code == 303
    assert "可以取</span>" in cook.get(PAGE).text
    assert cook.post(order, PAGE, do="cancel", reason="", station="GS001").status_code == 422
    assert cook.post(order, PAGE, do="cancel", reason="灶坏了", station="GS001").status_code == 303
    walk = f"/kitchen/offers/{lunch}/walk-ins"
    assert cook.post(walk, PAGE, quantity="3", station="GS001").status_code == 303
    for odd in ("0", "x", "٣", "51"):
        assert cook.post(walk, PAGE, quantity=odd, station="GS001").status_code == 422
    assert sql(home, "SELECT taken FROM meal_offer") == [(3,)]
    close = f"/kitchen/offers/{lunch}/close"
    assert cook.post(close, PAGE, cancel_orders="yes", station="GS001").status_code == 422
    assert cook.post(close, PAGE, station="GS001").status_code == 303
    assert "已停订" in cook.get(PAGE).text


def test_a_meal_is_put_on_with_one_form(cook: Desk, home: Home, app: Flask) -> None:
    slot = Canteen(home).offer_body()
    sent = {"station": "GS001", "side": "B", "name": "示例臊子面", "price": "12.5", "quota": "80"}
    sent |= {name: slot[name] for name in ("slot_starts_at", "slot_ends_at")}
    assert cook.post("/kitchen/offers", PAGE, **sent).status_code == 303
    assert sql(home, "SELECT name, side, price_fen, quota FROM meal_offer") == [("示例臊子面", "B", 1250, 80)]
    assert len(ok(sign_in(app, "kitchen").get("/staff/meals/offers?station=GS001"))["items"]) <= 1
    for wrong in ({"price": "x"}, {"price": "1.234"}, {"price": "NaN"}, {"price": "1e999999"}, {"quota": ""},
                  {"slot_ends_at": ""}, {"name": ""}):  # fmt: skip
        told = cook.post("/kitchen/offers", PAGE, **{**sent, **wrong})
        assert told.status_code == 422, wrong
        assert 'role="alert"' in told.text


def test_who_does_not_cook_finds_no_way_to_the_kitchen(
    signed_in: Callable[..., Desk], cook: Desk, elsewhere: Desk
) -> None:
    assert "/console/kitchen" in cook.get().text
    medic = signed_in("liu", ("responder", "GS001"))
    assert "/console/kitchen" not in medic.get().text
    assert medic.get("/kitchen").status_code == 403
    assert elsewhere.get(PAGE).status_code == 403


@pytest.mark.parametrize("path", [PAGE, "/kitchen"])
def test_the_pages_are_sound(cook: Desk, made: Any, path: str) -> None:
    page = Page(cook.get(path).text)
    assert page.inline == page.unlabelled == page.hosts == []
    assert len(page.ids) == len(set(page.ids))
