"""Ordering, giving up and fetching a meal, as a driver and a kitchen do it."""

import uuid
from typing import Any

import pytest
from flask import Flask

from app.foundation.home import Home
from app.helpdesk import board
from tests.duty.helpers import StoppedClock, member, ok, refused, sql
from tests.meals.helpers import (
    counted,
    make_offer,
    offer_body,
    order,
    ordered,
    pick_up,
    rush,
    seen,
    tick,
    walk_in,
    withdraw,
)
from tests.support.clients import Somebody, sign_in


def inbox(who: Somebody) -> list[str]:
    return [item["title"] for item in ok(who.get("/inbox"))["items"]]


def test_an_order_answers_with_a_code_a_slot_and_what_is_to_be_paid(driver: Somebody, lunch: str) -> None:
    made = ordered(driver, lunch, 2)
    meal = made["meal"]
    assert (made["kind"], made["state"], made["station"], made["side"]) == ("meal", "answered", "GS001", "A")
    assert made["text"] == "订餐：示例牛肉面 2 份"
    assert meal["pickup_code"].startswith("22")
    assert len(meal["pickup_code"]) == 6
    assert meal["slot"] == {
        "starts_at": "2026-11-22T12:00:00+08:00",
        "ends_at": "2026-11-22T14:00:00+08:00",
        "text": "11-22 12:00–14:00",
    }
    assert (meal["quantity"], meal["free"], meal["due_fen"], meal["state"]) == (2, False, 3000, "reserved")
    assert f"取餐码 {meal['pickup_code']}" in made["timeline"][-1]["text"]
    assert ok(driver.get(f"/requests/{made['id']}"))["meal"] == meal
    assert ok(driver.get("/requests"))["items"][0]["meal"] == meal
    look = seen(driver, lunch)
    assert (look["left"], look["quota"], look["mine"], look["can_order"], look["why_not"]) == (
        1, 3, 2, False, "meal.limit",
    )  # fmt: skip


@pytest.mark.parametrize("who", ["driver", "staff"])
def test_a_meal_on_the_other_side_is_not_ordered_silently(
    app: Flask, driver: Somebody, lunch: str, who: str
) -> None:
    """One cannot walk over: who says that he stands at B is not given a code for A."""
    path = "/requests" if who == "driver" else "/staff/requests"
    asked = {"kind": "meal", "details": {"offer_id": lunch}}
    refused = sign_in(app, who).post(path, asked | {"side": "B"})
    assert refused.status_code == 422
    (fault,) = refused.json["errors"]
    assert fault["field"] == "side"
    assert fault["message"].startswith("这份餐在 A 侧，您写的是 B 侧。")
    assert seen(driver, lunch)["left"] == 3


@pytest.mark.parametrize("said", [{}, {"side": None}, {"side": "unknown"}, {"side": "A"}])
def test_whoever_names_its_side_or_none_gets_it_where_it_is(
    driver: Somebody, lunch: str, said: dict[str, str | None]
) -> None:
    made = ok(driver.post("/requests", {"kind": "meal", "details": {"offer_id": lunch}} | said), 201)
    assert made["side"] == "A"


def test_a_wish_without_an_offer_goes_to_the_desk(driver: Somebody, staff: Somebody) -> None:
    wish = ok(driver.post("/requests", {"kind": "meal", "station": "GS001", "text": "有馒头吗"}), 201)
    assert wish["state"] == "new"
    assert "meal" not in wish
    asked = {"kind": "meal", "station": "GS001", "text": "四份", "details": {"quantity": 4, "diet": "清真"}}
    ok(driver.post("/requests", asked), 201)
    assert len(ok(staff.get("/staff/requests?kind=meal"))["items"]) == 2


def test_an_order_gives_the_desk_nothing_to_do_and_no_figure_to_shine_with(
    driver: Somebody, staff: Somebody, lunch: str, home: Home
) -> None:
    made = ordered(driver, lunch)
    assert ok(staff.get("/staff/requests"))["items"] == []
    assert ok(staff.get(f"/staff/requests/{made['id']}"))["meal"]["state"] == "reserved"
    with home.database.transaction() as session:
        assert board.count(session, home.clock.now()).items == []
    ok(driver.post(f"/requests/{made['id']}/reopen", {"reason": "面是凉的"}))
    assert [line["id"] for line in ok(staff.get("/staff/requests"))["items"]] == [made["id"]]
    with home.database.transaction() as session:
        assert len(board.count(session, home.clock.now()).items) == 1


def test_what_was_ordered_is_not_sold_twice(driver: Somebody, other: Somebody, lunch: str) -> None:
    ordered(driver, lunch, 2)
    refused(order(other, lunch, 2), 409, "meal.sold_out")
    ordered(other, lunch, 1)
    refused(order(other, lunch, 1), 409, "meal.sold_out")
    assert seen(other, lunch)["why_not"] == "meal.sold_out"


def test_nobody_orders_a_third_portion_and_giving_one_up_makes_room(
    driver: Somebody, kitchen: Somebody, home: Home
) -> None:
    lunch = make_offer(kitchen, quota=10)
    first = ordered(driver, lunch, 1)
    ordered(driver, lunch, 1)
    refused(order(driver, lunch, 1), 409, "meal.limit")
    assert ok(withdraw(driver, first))["meal"]["state"] == "cancelled"
    ordered(driver, lunch, 1)
    refused(order(driver, lunch, 2), 409, "meal.limit")
    assert counted(home, lunch) == (10, 2, 2, 0)


def test_one_portion_a_day_is_free(driver: Somebody, kitchen: Somebody, lunch: str) -> None:
    supper = make_offer(kitchen, 5)
    tomorrow = make_offer(kitchen, 24)
    free = ordered(driver, lunch, 2, free=True)
    assert (free["meal"]["free"], free["meal"]["due_fen"]) == (True, 1500)
    assert not seen(driver, supper)["coupon_left"]
    told = refused(order(driver, supper, free=True), 409, "meal.limit")
    assert "免费券" in told["detail"]
    assert ordered(driver, tomorrow, free=True)["meal"]["due_fen"] == 0
    assert ordered(driver, supper)["meal"]["due_fen"] == 1500
    ok(withdraw(driver, free))
    assert seen(driver, supper)["coupon_left"]
    assert ordered(driver, supper, free=True)["meal"]["due_fen"] == 0


def test_the_day_of_a_coupon_is_shanghai_s(driver: Somebody, kitchen: Somebody, clock: StoppedClock) -> None:
    clock.go(hours=-3)  # 9 o'clock; half past eleven at night and half past midnight are two days
    late, early = make_offer(kitchen, 11.5, 0.5), make_offer(kitchen, 12.5, 1)
    assert ordered(driver, late, free=True)["meal"]["pickup_code"].startswith("22")
    assert ordered(driver, early, free=True)["meal"]["pickup_code"].startswith("23")


def test_a_meal_across_midnight_stands_under_both_days(driver: Somebody, kitchen: Somebody) -> None:
    night = make_offer(kitchen, 10, 4)
    for day, there in (
        ("2026-11-22", True),
        ("2026-11-23", True),
        ("2026-11-24", False),
        ("2026-11-21", False),
    ):
        found = ok(driver.get(f"/meals?station=GS001&day={day}"))["items"]
        assert (night in [item["id"] for item in found]) == there, day


def test_orders_end_with_the_slot_by_our_clock(driver: Somebody, lunch: str, clock: StoppedClock) -> None:
    clock.go(hours=2, seconds=-1)
    ordered(driver, lunch)
    clock.go(seconds=1)
    refused(order(driver, lunch), 409, "meal.closed")


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"quantity": 3}, "details.quantity"),
        ({"quantity": 0}, "details.quantity"),
        ({"quantity": True}, "details.quantity"),
        ({"quantity": "1"}, "details.quantity"),
        ({"free": 1}, "details.free"),
        ({"offer_id": "x"}, "details.offer_id"),
        ({"offer_id": None}, "details.offer_id"),
        ({"code": "x"}, "details"),
    ],
)
def test_a_wrong_order_is_told_what_is_wrong(
    driver: Somebody, lunch: str, details: dict[str, Any], field: str
) -> None:
    sent = {"kind": "meal", "station": "GS001", "text": "面", "details": {"offer_id": lunch, **details}}
    told = refused(driver.post("/requests", sent), 422, "api.invalid")
    assert [fault["field"] for fault in told["errors"]] == [field]


def test_an_offer_that_is_not_there_and_one_of_another_station(driver: Somebody, lunch: str) -> None:
    refused(order(driver, str(uuid.uuid4())), 404, "meal.offer_unknown")
    elsewhere = {"kind": "meal", "station": "GS002", "details": {"offer_id": lunch}}
    told = refused(driver.post("/requests", elsewhere), 422, "api.invalid")
    assert told["errors"][0]["field"] == "details.offer_id"
    refused(
        driver.post("/requests", {"kind": "other", "details": {"offer_id": lunch}, "text": "x"}),
        422,
        "api.invalid",
    )


def test_a_code_is_good_for_one_meal(
    driver: Somebody, kitchen: Somebody, staff: Somebody, lunch: str
) -> None:
    made = ordered(driver, lunch, 2, free=True, diet="不吃辣")
    code = made["meal"]["pickup_code"]
    ok(kitchen.post(f"/staff/meals/orders/{made['id']}/ready"))
    refused(driver.post(f"/requests/{made['id']}/rating", {"score": 5}), 409, "request.wrong_state")
    assert inbox(driver) == ["用餐：可以取餐"]
    given = ok(pick_up(kitchen, f" {code[:2]}-{code[2:]} "))
    assert (given["quantity"], given["due_fen"], given["diet"], given["state"]) == (
        2,
        1500,
        "不吃辣",
        "picked_up",
    )
    refused(pick_up(staff, code), 409, "meal.picked_up")
    closed = ok(driver.get(f"/requests/{made['id']}"))
    assert (closed["state"], closed["meal"]["state"]) == ("closed", "picked_up")
    refused(withdraw(driver, made), 409, "request.wrong_state")
    assert seen(driver, lunch)["left"] == 1
    ok(driver.post(f"/requests/{made['id']}/rating", {"score": 5}))


def test_a_meal_that_was_fetched_may_be_rated_also_where_a_word_of_the_driver_waits(
    driver: Somebody, kitchen: Somebody, lunch: str
) -> None:
    made = ordered(driver, lunch)
    ok(driver.post(f"/requests/{made['id']}/messages", {"text": "示例：马上到"}), 201)
    ok(pick_up(kitchen, made["meal"]["pickup_code"]))
    ok(driver.post(f"/requests/{made['id']}/rating", {"score": 5}))


def test_codes_of_nobody_of_others_and_of_what_was_given_up(
    app: Flask, driver: Somebody, kitchen: Somebody, lunch: str
) -> None:
    made = ordered(driver, lunch)
    code = made["meal"]["pickup_code"]
    wrong = f"{code[:2]}{(int(code[2:]) + 1) % 10_000:04d}"
    refused(pick_up(kitchen, wrong), 404, "meal.code_unknown")
    elsewhere = member(app, "elsewhere", ("kitchen", "GS002"))
    refused(pick_up(elsewhere, code), 404, "meal.code_unknown")
    refused(pick_up(driver, code), 403, "auth.forbidden")
    ok(withdraw(driver, made))
    refused(pick_up(kitchen, code), 409, "meal.cancelled")


def test_one_code_at_two_stations_asks_which(
    app: Flask, driver: Somebody, kitchen: Somebody, lunch: str, home: Home
) -> None:
    supervisor = sign_in(app, "supervisor")
    there = make_offer(supervisor, station="GS002")
    first, second = ordered(driver, lunch)["meal"], ordered(driver, there)["meal"]
    sql(home, "UPDATE meal_order SET code = :code RETURNING 1", code=first["pickup_code"])
    told = refused(pick_up(supervisor, first["pickup_code"]), 422, "api.invalid")
    assert told["errors"][0]["field"] == "station"
    assert ok(pick_up(supervisor, first["pickup_code"], station="GS002"))["offer_id"] == second["offer_id"]
    assert ok(pick_up(kitchen, first["pickup_code"]))["offer_id"] == first["offer_id"]


def test_walk_ins_draw_on_the_same_quota(driver: Somebody, kitchen: Somebody, lunch: str, home: Home) -> None:
    assert ok(walk_in(kitchen, lunch, 2), 201)["left"] == 1
    refused(order(driver, lunch, 2), 409, "meal.sold_out")
    ordered(driver, lunch, 1)
    refused(walk_in(kitchen, lunch), 409, "meal.sold_out")
    assert counted(home, lunch) == (3, 3, 1, 2)


def test_a_walk_in_noted_by_mistake_is_undone_once(
    app: Flask, kitchen: Somebody, lunch: str, home: Home
) -> None:
    wrong = ok(walk_in(kitchen, lunch, 3), 201)["id"]
    elsewhere = member(app, "elsewhere", ("kitchen", "GS002"))
    refused(elsewhere.call("DELETE", f"/staff/meals/walk-ins/{wrong}"), 404, "meal.walk_in_unknown")
    undone = rush([lambda: kitchen.call("DELETE", f"/staff/meals/walk-ins/{wrong}")] * 8)
    assert undone == {"ok": 1, "meal.walk_in_unknown": 7}
    assert counted(home, lunch) == (3, 0, 0, 0)
    assert ok(kitchen.get("/staff/meals/offers"))["items"][0]["walk_ins"] == 0


def test_two_point_zero_is_two(driver: Somebody, lunch: str) -> None:
    assert order(driver, lunch, 2.0).json["meal"]["quantity"] == 2


def test_who_does_not_come_gives_way_to_who_walks_in(
    driver: Somebody, other: Somebody, kitchen: Somebody, lunch: str, home: Home, clock: StoppedClock
) -> None:
    missed, also = ordered(driver, lunch, 2, free=True), ordered(other, lunch)
    clock.go(hours=2, seconds=-1)
    assert tick(home) == 0
    clock.go(seconds=1)
    assert tick(home) == 2
    assert tick(home) == 0
    assert inbox(driver)[0] == "用餐：过点没取"
    gone = ok(driver.get(f"/requests/{missed['id']}"))
    assert (gone["state"], gone["meal"]["state"]) == ("closed", "expired")
    assert seen(driver, lunch)["left"] == 3
    assert seen(driver, lunch)["coupon_left"]
    ok(walk_in(kitchen, lunch, 1), 201)
    assert ok(pick_up(kitchen, missed["meal"]["pickup_code"]))["due_fen"] == 1500, (
        "late, but there was some left"
    )
    refused(pick_up(kitchen, also["meal"]["pickup_code"]), 409, "meal.sold_out")
    assert counted(home, lunch) == (3, 3, 2, 1)
    clock.go(hours=2)
    refused(pick_up(kitchen, also["meal"]["pickup_code"]), 409, "meal.over")
    refused(walk_in(kitchen, lunch), 409, "meal.closed")


def test_who_comes_late_pays_where_his_coupon_went_elsewhere(
    driver: Somebody, kitchen: Somebody, lunch: str, home: Home, clock: StoppedClock
) -> None:
    supper = make_offer(kitchen, 5)
    missed = ordered(driver, lunch, 1, free=True)
    clock.go(hours=2)
    tick(home)
    ordered(driver, supper, 1, free=True)
    given = ok(pick_up(kitchen, missed["meal"]["pickup_code"]))
    assert (given["free"], given["due_fen"]) == (False, 1500)


def test_a_word_that_waits_keeps_the_request_open(
    driver: Somebody, kitchen: Somebody, staff: Somebody, lunch: str
) -> None:
    made = ordered(driver, lunch)
    ok(driver.post(f"/requests/{made['id']}/messages", {"text": "堵在路上，晚半小时"}), 201)
    ok(pick_up(kitchen, made["meal"]["pickup_code"]))
    assert [line["id"] for line in ok(staff.get("/staff/requests"))["items"]] == [made["id"]]


def test_a_caller_on_the_telephone_may_order_but_has_no_coupon(
    app: Flask, driver: Somebody, staff: Somebody, lunch: str
) -> None:
    asked = {"kind": "meal", "details": {"offer_id": lunch}, "caller": {"phone": "13800001234"}}
    free = {**asked, "details": {"offer_id": lunch, "free": True}}
    refused(staff.post("/staff/requests", free), 422, "api.invalid")
    made = ok(staff.post("/staff/requests", asked), 201)
    assert made["meal"]["state"] == "reserved"
    ok(driver.post("/me/phone", {"code": "demo:13800001234"}))
    assert ok(driver.get(f"/requests/{made['id']}"))["meal"]["pickup_code"]
    assert ok(staff.post("/staff/requests", free), 201)["meal"]["free"]
    assert seen(driver, lunch)["mine"] == 1


def test_a_retry_of_an_order_is_one_order(driver: Somebody, lunch: str, home: Home) -> None:
    key = str(uuid.uuid4())
    sent = {"kind": "meal", "details": {"offer_id": lunch}}
    first, second = driver.post("/requests", sent, key), driver.post("/requests", sent, key)
    assert first.json == second.json
    assert counted(home, lunch) == (3, 1, 1, 0)


def test_the_card_of_a_station_shows_what_can_be_had_today(app: Flask, kitchen: Somebody, lunch: str) -> None:
    ok(kitchen.post(f"/staff/meals/offers/{make_offer(kitchen)}/close"))
    make_offer(kitchen, 30)
    (meal,) = ok(kitchen.get("/stations/GS001"))["meals"]
    assert (meal["id"], meal["left"], meal["price_fen"], meal["side"]) == (lunch, 3, 1500, "A")


def test_nobody_at_another_station_sees_or_changes_these_offers(app: Flask, lunch: str) -> None:
    elsewhere = member(app, "elsewhere", ("kitchen", "GS002"))
    refused(elsewhere.post("/staff/meals/offers", offer_body()), 403, "auth.forbidden")
    refused(elsewhere.put(f"/staff/meals/offers/{lunch}", {"quota": 9}), 404, "meal.offer_unknown")
    refused(walk_in(elsewhere, lunch), 404, "meal.offer_unknown")
    refused(elsewhere.get("/staff/meals/offers?station=GS001"), 403, "auth.forbidden")
    assert ok(elsewhere.get("/staff/meals/offers"))["items"] == []
