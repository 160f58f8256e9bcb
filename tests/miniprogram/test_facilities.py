"""A place from the phone: free or not, a hold seen running out, a turn, a word for who comes next."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from tests.facilities.helpers import hold, make
from tests.miniprogram.eyes import SHORT, look_at
from tests.miniprogram.house import House
from tests.miniprogram.phone import Phone
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def staff(app: Flask) -> Somebody:
    return sign_in(app, "staff")


def bookings(home: Home) -> list[str]:
    with home.database.transaction() as session:
        found = session.scalars(text("SELECT state FROM facility_booking ORDER BY held_at"))
        return [str(state) for state in found]


def test_holding_coming_and_going(
    phone: Callable[..., Phone], app: Flask, home: Home, staff: Somebody, code: str
) -> None:
    taken = make(staff, name="示例胶囊仓 1 号", place="二楼")
    make(staff, name="示例胶囊仓 2 号", place="二楼东头")
    make(staff, "shower", name="示例淋浴间", women_only={"from": "20:00", "until": "22:00"})
    make(staff, "aed", name="示例 AED", place="医疗点门口")
    assert hold(sign_in(app, "driver2"), taken).status_code == 201
    driver = phone("driver", SHORT).scan_outside(code)
    driver.see("签到成功")
    driver.tap("看这一站")
    driver.tap("胶囊仓、淋浴、洗衣机", role="link")
    driver.see("空 1 个")
    driver.see("20:00–22:00 只供女性")
    driver.tap("示例胶囊仓 2 号，空着")
    look_at(driver, "facilities")
    driver.tap("先给我留着 示例胶囊仓 2 号")
    driver.see("给您留到")
    driver.see("14:5")
    driver.see("您占着")
    driver.shown().get_by_label("返回").scroll_into_view_if_needed()
    look_at(driver, "facility-held")
    assert bookings(home) == ["held", "held"]
    driver.tap("我到了 示例胶囊仓 2 号")
    driver.see("正在用，到")
    driver.tap("用完了 示例胶囊仓 2 号")
    driver.not_see("正在用，到")
    assert bookings(home) == ["held", "finished"]


def test_a_hold_that_runs_out_leaves_the_page(
    phone: Callable[..., Phone], staff: Somebody, later: Callable[..., None]
) -> None:
    make(staff, "washer", name="示例洗衣机")
    driver = phone("driver").open("/pages/facilities/index?station=GS001")
    driver.tap("示例洗衣机，空着")
    driver.tap("先给我留着")
    driver.see("给您留到")
    later(minutes=16)
    driver.look_again()
    driver.not_see("给您留到")
    driver.see("空 1 个")


def test_it_works_it_is_broken(phone: Callable[..., Phone], app: Flask, staff: Somebody) -> None:
    make(staff, "dryer", name="示例烘干机", state="unknown")
    driver = phone("driver").open("/pages/facilities/index?station=GS001")
    driver.see("还没有人报过，说不准")
    driver.tap("示例烘干机，空着")
    driver.tap("能用 示例烘干机")
    driver.see("有人用过，能用")
    driver.tap("坏了 示例烘干机")
    driver.answer("报修")
    driver.see("说过去了，值班室已经看得到。")
    driver.see("示例烘干机（A 侧）：不能用")
    [request] = staff.get("/staff/requests").json["items"]
    assert request["kind"] == "facility"
    driver.tap("返回")
    driver.see("停用")


def test_women_are_asked_in_their_hours_only(
    phone: Callable[..., Phone], home: Home, staff: Somebody
) -> None:
    make(staff, "shower", name="示例淋浴间", women_only={"from": "00:00", "until": "24:00"})
    driver = phone("driver").open("/pages/facilities/index?station=GS001")
    driver.tap("示例淋浴间，空着")
    driver.tap("先给我留着")
    driver.answer("不是")
    driver.see("这个时段只供女性使用")
    assert bookings(home) == []
    driver.tap("先给我留着")
    driver.answer("是女士")
    driver.see("给您留到")
    assert bookings(home) == ["held"]


def test_without_signal_nothing_is_held_or_queued(
    phone: Callable[..., Phone], home: Home, house: House, staff: Somebody
) -> None:
    make(staff, "washer", name="示例洗衣机")
    driver = phone("driver").open("/pages/facilities/index?station=GS001")
    driver.tap("示例洗衣机，空着")
    lost = house.lose_answer(lambda method, path: path.endswith("/bookings") and method == "POST")
    driver.tap("先给我留着")
    driver.see("要等有信号")
    driver.see("给您留到")  # it had come through, and what is true is shown
    assert lost
    assert bookings(home) == ["held"]
    house.go_away()
    driver.tap("不要了 示例洗衣机")
    driver.see("没信号，这是")
    assert bookings(home) == ["held"]
    driver.not_see("等着发")
