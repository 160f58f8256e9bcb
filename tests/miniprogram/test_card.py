"""The card of 会员之家 on the phone: applied for, verified at the desk, shown without signal, given up."""

from collections.abc import Callable

from flask import Flask

from tests.miniprogram.eyes import SHORT, look_at
from tests.miniprogram.house import House
from tests.miniprogram.phone import Phone
from tests.support.clients import sign_in


def test_applying_being_verified_showing_and_leaving(
    phone: Callable[..., Phone], app: Flask, house: House
) -> None:
    driver = phone("driver", SHORT).open("/pages/me/index")
    driver.tap("会员之家", role="link")
    driver.see("一张卡，各站都认")
    look_at(driver, "card-none")
    driver.tap("申请一张")
    driver.see("等站里核验")
    number = driver.shown().get_by_label("卡号").inner_text()
    staff = sign_in(app, "staff")
    found = staff.get(f"/staff/cards?number={number}").json
    assert found["state"] == "applied"
    assert staff.post(f"/staff/cards/{found['id']}/verify").status_code == 200
    driver.look_again()
    driver.see("有效到")
    look_at(driver, "card")
    house.go_away()
    driver.launch("/pages/card/index")
    driver.see("没有信号，连不上。")
    assert driver.shown().get_by_label("卡号").inner_text() == number
    house.come_back()
    driver.tap("退卡")
    driver.answer("退卡")
    driver.see("一张卡，各站都认")
    assert sign_in(app, "driver").get("/me").json["card"] is None
