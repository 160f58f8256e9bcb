"""A meal from the phone: chosen, kept, its code shown without signal, given up; never ordered twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from tests.miniprogram.eyes import SHORT, look_at
from tests.miniprogram.house import House
from tests.miniprogram.phone import Phone
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def kitchen(app: Flask) -> Somebody:
    return sign_in(app, "kitchen")


def offer(kitchen: Somebody, home: Home, **changed: Any) -> str:
    """Something to eat from now on for three hours."""
    start = home.clock.now()
    slot = {
        "slot_starts_at": start.isoformat(),
        "slot_ends_at": (start + timedelta(hours=3)).isoformat(),
    }
    about = {"station": "GS001", "side": "A", "name": "示例牛肉面", "price_fen": 1250, "quota": 5}
    made = kitchen.post("/staff/meals/offers", {**about, **slot, **changed})
    assert made.status_code == 201, made.text
    return str(made.json["id"])


def orders(home: Home) -> list[tuple[object, ...]]:
    with home.database.transaction() as session:
        found = session.execute(text("SELECT state, quantity, free FROM meal_order ORDER BY ordered_at"))
        return [tuple(row) for row in found]


def test_choosing_fetching_without_signal_and_giving_up(
    phone: Callable[..., Phone], app: Flask, home: Home, house: House, kitchen: Somebody, code: str
) -> None:
    offer(kitchen, home)
    offer(kitchen, home, name="示例洋芋烧鸡块配米饭", price_fen=1500, quota=1)
    driver = phone("driver", SHORT).scan_outside(code)
    driver.see("签到成功")
    driver.tap("返回")
    driver.tap("吃口热饭")
    driver.see("还有 5 份")
    driver.tap("订这个 示例牛肉面")
    driver.tap("2 份", role="radio")
    driver.shown().get_by_label("用当天的免费券").check()
    driver.see("取餐时付 12.5 元")
    look_at(driver, "meals")
    driver.tap("订 2 份")
    driver.see("给您留着")
    shown = driver.shown().get_by_label("取餐码").inner_text()
    assert len(shown.replace(" ", "")) == 6
    driver.not_see("还没有人接")
    look_at(driver, "meal-code")
    assert orders(home) == [("reserved", 2, True)]

    [made] = sign_in(app, "driver").get("/requests").json["items"]
    house.go_away()
    driver.launch(f"/pages/request/index?id={made['id']}")
    driver.see("没有信号，连不上。")
    assert driver.shown().get_by_label("取餐码").inner_text() == shown, "the counter may have no signal"
    house.come_back()
    driver.look_again()
    driver.tap("不需要了")
    driver.answer("撤回")
    driver.see("取消了")
    assert orders(home) == [("cancelled", 2, True)]


def test_a_quick_hand_finds_the_meals_of_the_station_before_its_card_has_come(
    phone: Callable[..., Phone], home: Home, kitchen: Somebody, code: str
) -> None:
    offer(kitchen, home)
    driver = phone("driver").open()
    driver.page.route("**/api/v1/stations/GS001", lambda route: None)  # never answered
    driver.launch(f"/pages/scan/index?q={quote(code, safe='')}")
    driver.see("签到成功")
    driver.tap("返回")
    driver.tap("吃口热饭")
    driver.see("还有 5 份")


def test_without_signal_nothing_is_queued_and_a_lost_answer_orders_once(
    phone: Callable[..., Phone], home: Home, house: House, kitchen: Somebody
) -> None:
    wanted = offer(kitchen, home)
    driver = phone("driver").open("/pages/meals/index?station=GS001")
    driver.tap("订这个 示例牛肉面")
    house.go_away()
    driver.tap("订 1 份")
    driver.see("留饭要等有信号")
    house.come_back()
    driver.look_again()
    driver.settle()
    assert orders(home) == []
    lost = house.lose_answer(lambda method, path: method == "POST" and path.endswith("/requests"))
    driver.tap("订 1 份")
    driver.see("留饭要等有信号")
    assert lost
    assert orders(home) == [("reserved", 1, False)]
    driver.tap("订 1 份")
    driver.see("给您留着")
    assert orders(home) == [("reserved", 1, False)]
    assert kitchen.get("/staff/meals/offers?station=GS001").json["items"][0]["id"] == wanted


def test_who_was_too_slow_reads_what_is_left(
    phone: Callable[..., Phone], app: Flask, home: Home, kitchen: Somebody
) -> None:
    wanted = offer(kitchen, home, quota=2)
    driver = phone("driver").open("/pages/meals/index?station=GS001")
    driver.tap("订这个 示例牛肉面")
    driver.tap("2 份", role="radio")
    faster = sign_in(app, "driver2")
    faster.post("/requests", {"kind": "meal", "details": {"offer_id": wanted, "quantity": 1}})
    driver.tap("订 2 份")
    driver.see("余量不够了")
    driver.see("还有 1 份")
    driver.shown().get_by_role("button", name="订 1 份").dblclick()
    driver.see("给您留着")
    assert orders(home) == [("reserved", 1, False)] * 2


def test_a_meal_on_the_other_side_can_be_ordered_by_who_has_read_where_it_is(
    phone: Callable[..., Phone], app: Flask, home: Home, kitchen: Somebody, code: str
) -> None:
    """He stands at A, the meal is at B: the phone says so, and sends the side that he has read."""
    offer(kitchen, home, side="B")
    driver = phone("driver").scan_outside(code)
    driver.see("签到成功")
    driver.tap("返回")
    driver.tap("吃口热饭")
    driver.see("在对面，走不过去")
    driver.tap("订这个 示例牛肉面")
    driver.tap("订 1 份")
    driver.see("给您留着")
    [made] = sign_in(app, "driver").get("/requests").json["items"]
    assert (made["side"], made["meal"]["side"]) == ("B", "B")


def test_where_nothing_is_offered_one_says_what_one_would_like(phone: Callable[..., Phone]) -> None:
    driver = phone("driver").open("/pages/meals/index?station=GS001")
    driver.see("想吃点热的，写清要什么")


def test_the_counter_hands_out_once_by_the_code(
    phone: Callable[..., Phone], app: Flask, home: Home, house: House, kitchen: Somebody
) -> None:
    wanted = offer(kitchen, home)
    order = {"kind": "meal", "station": "GS001", "side": "A", "text": "", "details": {"offer_id": wanted}}
    made = sign_in(app, "driver").post("/requests", order)
    code = made.json["meal"]["pickup_code"]
    counter = phone("staff", SHORT).open("/pages/desk/queue")
    counter.tap("发餐")
    counter.see("等着取的 1 单")
    look_at(counter, "counter")
    counter.write("取餐码", "12")
    counter.tap("发餐", exact=True)
    counter.see("取餐码是 6 位数字")
    counter.write("取餐码", "000000" if code != "000000" else "111111")
    counter.tap("发餐", exact=True)
    counter.see("没有这个取餐码")
    counter.write("取餐码", f"{code[:3]} {code[3:]}")  # as it is read out
    house.go_away()
    counter.tap("发餐", exact=True)
    counter.see("发餐要等有信号")
    assert orders(home) == [("reserved", 1, False)], "a meal never waits in a queue"
    house.come_back()
    counter.tap("发餐", exact=True)
    counter.see("收 12.5 元")
    counter.see("没有等着取的")
    look_at(counter, "counter-handed")
    assert orders(home) == [("picked_up", 1, False)]
    counter.write("取餐码", code)
    counter.tap("发餐", exact=True)
    counter.see("这个码的餐已经取走了")
