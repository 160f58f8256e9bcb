"""Offers as their station makes, changes, closes and counts them; the kitchen's list."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.duty.helpers import NOON, StoppedClock, ok, refused, sql
from tests.meals.helpers import (
    counted,
    make_offer,
    offer_body,
    order,
    ordered,
    pick_up,
    seen,
    tick,
    walk_in,
    withdraw,
)
from tests.support.clients import Somebody


def own(kitchen: Somebody, offer: str) -> Any:
    """The offer as its kitchen sees it."""
    found = ok(kitchen.get("/staff/meals/offers"))["items"]
    return next(item for item in found if item["id"] == offer)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quota": 0}, "quota"),
        ({"quota": 5001}, "quota"),
        ({"price_fen": -1}, "price_fen"),
        ({"price_fen": 1.5}, "price_fen"),
        ({"side": "unknown"}, "side"),
        ({"name": " "}, "name"),
        ({"slot_ends_at": NOON.isoformat()}, "slot_ends_at"),
        ({"slot_ends_at": (NOON + timedelta(hours=25)).isoformat()}, "slot_ends_at"),
        ({"slot_starts_at": "2026-11-22"}, "slot_starts_at"),
    ],
)
def test_a_wrong_offer_is_told_what_is_wrong(kitchen: Somebody, changed: dict[str, Any], field: str) -> None:
    told = refused(kitchen.post("/staff/meals/offers", offer_body(**changed)), 422, "api.invalid")
    assert [fault["field"] for fault in told["errors"]] == [field]


def test_no_offer_in_the_past_or_in_a_month(kitchen: Somebody) -> None:
    refused(kitchen.post("/staff/meals/offers", offer_body(-3, 2)), 422, "api.invalid")
    refused(kitchen.post("/staff/meals/offers", offer_body(24 * 22)), 422, "api.invalid")
    ok(kitchen.post("/staff/meals/offers", offer_body(-1, 2)), 201)


def test_the_quota_never_falls_below_what_is_taken(driver: Somebody, kitchen: Somebody, lunch: str) -> None:
    ordered(driver, lunch, 2)
    path = f"/staff/meals/offers/{lunch}"
    refused(kitchen.put(path, {"quota": 1}), 409, "meal.quota_below_taken")
    assert ok(kitchen.put(path, {"quota": 2, "price_fen": 1800}))["left"] == 0
    assert ok(kitchen.put(path, {"quota": 4, "name": "示例臊子面"}))["left"] == 2
    assert ok(kitchen.put(path, {}))["quota"] == 4
    told = ok(driver.get("/requests"))["items"][0]["meal"]
    assert (told["name"], told["due_fen"]) == ("示例臊子面", 3000), "who ordered pays what he was told"


def test_the_kitchen_counts_what_became_of_its_portions(
    driver: Somebody, other: Somebody, kitchen: Somebody, home: Home, clock: StoppedClock
) -> None:
    lunch = make_offer(kitchen, quota=10)
    first, second = ordered(driver, lunch, 2), ordered(other, lunch, 1)
    ordered(other, lunch, 1)
    ok(kitchen.post(f"/staff/meals/orders/{second['id']}/ready"))
    ok(pick_up(kitchen, first["meal"]["pickup_code"]))
    ok(walk_in(kitchen, lunch, 3), 201)
    counts = {
        name: own(kitchen, lunch)[name] for name in ("reserved", "ready", "picked_up", "walk_ins", "left")
    }
    assert counts == {"reserved": 1, "ready": 1, "picked_up": 2, "walk_ins": 3, "left": 3}
    clock.go(hours=2)
    tick(home)
    assert (own(kitchen, lunch)["expired"], own(kitchen, lunch)["left"]) == (2, 5)
    assert counted(home, lunch) == (10, 5, 2, 3)


def test_closing_stops_orders_and_honours_those_that_stand(
    driver: Somebody, other: Somebody, kitchen: Somebody, home: Home, lunch: str
) -> None:
    made = ordered(driver, lunch)
    assert ok(kitchen.post(f"/staff/meals/offers/{lunch}/close"))["closed"]
    refused(order(other, lunch), 409, "meal.closed")
    refused(walk_in(kitchen, lunch), 409, "meal.closed")
    assert ok(driver.get("/meals"))["items"] == []
    assert tick(home) == 0
    ok(pick_up(kitchen, made["meal"]["pickup_code"]))


def test_what_cannot_be_cooked_is_cancelled_and_its_drivers_told_why(
    driver: Somebody, other: Somebody, kitchen: Somebody, home: Home, lunch: str
) -> None:
    first, second = ordered(driver, lunch, 2, free=True), ordered(other, lunch)
    path = f"/staff/meals/offers/{lunch}/close"
    refused(kitchen.post(path, {"cancel_orders": True}), 422, "api.invalid")
    ok(kitchen.post(path, {"cancel_orders": True, "reason": "灶坏了"}))
    ok(withdraw(other, second))
    assert tick(home) == 1
    newest = ok(driver.get("/inbox"))["items"][0]
    assert (newest["title"], newest["text"]) == ("用餐：已取消", "示例牛肉面取消了：灶坏了")
    assert ok(driver.get(f"/requests/{first['id']}"))["meal"]["state"] == "cancelled"
    assert counted(home, lunch) == (3, 0, 0, 0)
    assert sql(home, "SELECT count(*) FROM meal_coupon") == [(0,)]


def test_the_kitchen_cancels_one_order(driver: Somebody, kitchen: Somebody, lunch: str) -> None:
    made = ordered(driver, lunch)
    path = f"/staff/meals/orders/{made['id']}/cancel"
    refused(kitchen.post(path, {}), 422, "api.invalid")
    assert ok(kitchen.post(path, {"reason": "打电话说不来了"}))["state"] == "cancelled"
    refused(kitchen.post(path, {"reason": "再来"}), 409, "meal.wrong_state")
    refused(kitchen.post(f"/staff/meals/orders/{made['id']}/ready"), 409, "meal.wrong_state")
    assert seen(driver, lunch)["left"] == 3


def test_ready_is_told_once(driver: Somebody, kitchen: Somebody, lunch: str) -> None:
    made = ordered(driver, lunch)
    for _ in range(2):
        assert ok(kitchen.post(f"/staff/meals/orders/{made['id']}/ready"))["state"] == "ready"
    assert len(ok(driver.get("/inbox"))["items"]) == 1


def test_the_kitchen_s_list_names_nobody(
    app: Flask, driver: Somebody, other: Somebody, kitchen: Somebody
) -> None:
    ok(driver.post("/me/phone", {"code": "demo:13800001234"}))
    ok(driver.put("/me", {"nickname": "老陈师傅"}))
    later, lunch = make_offer(kitchen, 5), make_offer(kitchen, quota=10)
    third = ordered(driver, later, 1, diet="不吃辣", arrives_at="六点")
    first, second = ordered(driver, lunch, 1, free=True), ordered(other, lunch, 2)
    answer = kitchen.get("/staff/meals/orders?station=GS001")
    lines = ok(answer)["items"]
    assert [line["id"] for line in lines] == [first["id"], second["id"], third["id"]]
    assert [line["due_fen"] for line in lines] == [0, 3000, 1500]
    assert (lines[2]["diet"], lines[2]["arrives_at"]) == ("不吃辣", "六点")
    for word in ("1380000", "老陈", driver.user["id"], "phone", "nickname"):
        assert word not in answer.text
    ok(pick_up(kitchen, first["meal"]["pickup_code"]))
    assert len(ok(kitchen.get("/staff/meals/orders"))["items"]) == 2
    assert len(ok(kitchen.get("/staff/meals/orders?state=all"))["items"]) == 3
    assert len(ok(kitchen.get("/staff/meals/orders?state=picked_up"))["items"]) == 1


def test_lists_are_paged_and_cost_the_same_for_one_and_for_many(
    driver: Somebody, kitchen: Somebody, statements: list[str]
) -> None:
    def cost(who: Somebody, path: str) -> int:
        statements.clear()
        ok(who.get(path))
        return len(statements)

    paths = [(driver, "/meals?limit=100"), (kitchen, "/staff/meals/offers?limit=100"),
             (kitchen, "/staff/meals/orders?limit=100"), (driver, "/requests?limit=100")]  # fmt: skip
    for _ in range(2):
        ordered(driver, make_offer(kitchen))
    few = [cost(*path) for path in paths]
    for _ in range(8):
        ordered(driver, make_offer(kitchen))
    assert [cost(*path) for path in paths] == few
    assert few == [4, 4, 2, 7]
    statements.clear()
    ordered(driver, make_offer(kitchen))
    for who, path in [(driver, "/meals"), (kitchen, "/staff/meals/offers"), (kitchen, "/staff/meals/orders")]:
        page = ok(who.get(f"{path}?limit=4"))
        ids = [item["id"] for item in page["items"]]
        while page["next_cursor"]:
            page = ok(who.get(f"{path}?limit=4&cursor={page['next_cursor']}"))
            ids += [item["id"] for item in page["items"]]
        assert len(ids) == len(set(ids)) == 11


def test_steps_cost_a_fixed_number_of_statements(
    driver: Somebody, kitchen: Somebody, statements: list[str]
) -> None:
    lunch = make_offer(kitchen, quota=50)
    statements.clear()
    made = ordered(driver, lunch, 1, free=True)
    ordering = len(statements)
    statements.clear()
    ok(pick_up(kitchen, made["meal"]["pickup_code"]))
    fetching = len(statements)
    statements.clear()
    ok(walk_in(kitchen, lunch), 201)
    walking_in = len(statements)
    assert (ordering, fetching, walking_in) == (17, 10, 5)  # one of fetching: whom the request names stays
