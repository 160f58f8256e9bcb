"""Lorry and cargo on the phone of whoever lies in hospital: asked for, watched, handed back, received."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.miniprogram.eyes import SHORT, look_at
from tests.miniprogram.house import House
from tests.miniprogram.phone import Phone
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def call(app: Flask) -> str:
    """A medical call of this driver's; its id."""
    body = {"kind": "medical", "station": "GS001", "side": "A", "text": "胸痛"}
    return str(sign_in(app, "driver").post("/requests", body).json["id"])


@pytest.fixture
def desk(app: Flask) -> Somebody:
    return sign_in(app, "staff")


def ok(answer: object) -> None:
    assert answer.status_code < 300, answer.text


def test_from_the_wish_to_the_receipt(
    phone: Callable[..., Phone], app: Flask, home: Home, house: House, desk: Somebody, call: str
) -> None:
    driver = phone("driver", SHORT).open("/pages/sos/index")
    driver.tap("车货代看", role="link")
    driver.see("人先去看病，车和货有人看着")
    look_at(driver, "watch-none")
    driver.write("车停在哪", "示例：A 侧 12 号位")
    driver.write("车牌", "甘A12345")
    driver.write("拉的什么货", "示例：冷藏，要通电")
    driver.tap("请站里代看")
    driver.see("已请求代看，等值班台安排")
    driver.see("冷藏，要通电")
    until = (home.clock.now() + timedelta(hours=12)).isoformat()
    way = f"/staff/requests/{call}/watch"
    began = {"place": "示例：B 侧 3 号位", "keys": "desk", "until_at": until, "watcher": "示例保安"}
    ok(desk.post(way, began))
    driver.look_again()
    driver.see("示例保安看着")
    driver.see("封存在值班台")
    driver.see("还有 1")
    driver.not_see("收到了")
    look_at(driver, "watch")
    ok(desk.post(f"{way}/hand-back", {"to": "family", "note": "示例家属，核对过身份证"}))
    house.go_away()
    driver.look_again()
    driver.see("这是刚才看到的")
    house.come_back()
    driver.look_again()
    driver.see("交给了家属：示例家属，核对过身份证")
    look_at(driver, "watch-back")
    driver.tap("收到了")
    driver.answer("收到了")
    driver.see("您收到了")
    assert sign_in(app, "driver").get(f"/requests/{call}/watch").json["state"] == "received"


def test_without_signal_nobody_believes_that_it_is_watched(
    phone: Callable[..., Phone], app: Flask, house: House, call: str
) -> None:
    driver = phone("driver").open(f"/pages/request/index?id={call}")
    driver.tap("车货代看", role="link")
    driver.see("人先去看病")
    house.go_away()
    driver.tap("请站里代看")
    driver.see("要等有信号")
    driver.not_see("已请求代看")
    driver.not_see("等着发")
    house.come_back()
    driver.tap("请站里代看")
    driver.see("已请求代看")
    driver.tap("打值班室")
    assert driver.calls("makePhoneCall") == [{"phoneNumber": "0931-0000001"}]
    assert sign_in(app, "driver").get(f"/requests/{call}/watch").json["state"] == "asked"


def test_the_desk_in_a_pocket_sees_that_it_was_asked_and_arranges_it(
    phone: Callable[..., Phone], app: Flask, call: str
) -> None:
    desk = phone("staff").open(f"/pages/desk/thread?id={call}")
    desk.tap("我来接")
    desk.see("在我手里")
    desk.not_see("代看车货")
    desk.not_see("修好了，麻烦您试试")
    wish = {"place": "示例：A 侧 12 号位", "cargo": "示例：冷藏，要通电"}
    ok(sign_in(app, "driver").post(f"/requests/{call}/watch", wish))
    desk.see("司机请人代看车货")
    desk.see("冷藏，要通电")
    look_at(desk, "desk-watch-asked")
    desk.tap("车货安排好了")
    desk.answer("钥匙封存在值班台")
    desk.answer("看 12 小时")
    desk.see("示例值班员")
    desk.see("换别人看、延长、交还，在工作台上办")
    desk.not_see("安排好了，我来看")
    look_at(desk, "desk-watch")
    watch = sign_in(app, "driver").get(f"/requests/{call}/watch").json
    assert (watch["state"], watch["keys"], watch["place"]) == ("watching", "desk", wish["place"])
