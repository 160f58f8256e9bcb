"""Entering a request at the desk in a pocket for somebody who called or walked in."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from app.people import service as people
from app.wechat.standin.demo import demo_openid
from tests.miniprogram.eyes import look_at
from tests.miniprogram.house import House
from tests.miniprogram.phone import Phone
from tests.support.clients import sign_in

ENTER = "/pages/desk/enter"
ENTERED = "POST", "/api/v1/staff/requests"


def entered(app: Flask, who: str = "supervisor") -> list[dict[str, object]]:
    found: list[dict[str, object]] = sign_in(app, who).get("/staff/requests?state=all").json["items"]
    return found


def begin(desk: Phone, kind: str = "设施") -> None:
    desk.open("/pages/desk/queue")
    desk.tap("替人登记")
    desk.tap(kind)


def test_a_call_is_entered_and_lies_in_the_queue(phone: Callable[..., Phone], app: Flask) -> None:
    desk = phone("staff")
    begin(desk)
    desk.write("什么事", "二楼热水器不出水")
    desk.tap("B 侧", role="radio")
    desk.write("具体在哪", "二楼东头")
    desk.write("来人称呼", "示例来人")
    desk.write("来人电话", "13800000009")
    look_at(desk, "enter")
    desk.tap("登记", exact=True)
    desk.page.get_by_text("登记好了").wait_for()
    desk.see("二楼热水器不出水")
    desk.see("示例来人")
    desk.see("回拨 138******09")
    [made] = entered(app)
    assert (made["station"], made["side"], made["kind"]) == ("GS001", "B", "facility")
    desk.tap("返回")
    desk.tap("替人登记")
    desk.tap("设施")
    assert desk.shown().get_by_label("什么事").input_value() == "", "what is entered is no draft any more"


def test_what_was_begun_is_there_when_one_comes_back(phone: Callable[..., Phone], app: Flask) -> None:
    desk = phone("staff")
    begin(desk)
    desk.write("什么事", "灯坏了")
    desk.write("来人电话", "13800000009")
    begin(desk)
    desk.see("这是上次没登记完的")
    assert desk.shown().get_by_label("什么事").input_value() == "灯坏了"
    desk.tap("重新写")
    desk.answer("重新写")
    desk.not_see("这是上次没登记完的")
    assert desk.shown().get_by_label("来人电话").input_value() == ""
    desk.tap("登记", exact=True)
    desk.see("写一句什么事，或选一样。")
    assert entered(app) == []


def test_a_lost_answer_enters_one_also_after_the_page_was_closed(
    phone: Callable[..., Phone], app: Flask, house: House
) -> None:
    desk = phone("staff")
    begin(desk)
    desk.write("什么事", "灯坏了")
    lost = house.lose_answer(lambda method, path: (method, path) == ENTERED)
    desk.tap("登记", exact=True)
    desk.see("不会重复")
    assert (len(lost), len(entered(app))) == (1, 1)
    begin(desk)
    desk.tap("登记", exact=True)
    desk.see("等人接")
    assert len(entered(app)) == 1
    # the control: other words are another request
    begin(desk)
    desk.write("什么事", "另一盏灯也坏了")
    desk.tap("登记", exact=True)
    desk.see("另一盏灯也坏了")
    assert len(entered(app)) == 2


def test_a_double_tap_enters_one(phone: Callable[..., Phone], app: Flask) -> None:
    desk = phone("staff")
    begin(desk)
    desk.write("什么事", "灯坏了")
    desk.shown().get_by_role("button", name="登记", exact=True).dblclick()
    desk.see("等人接")
    assert len(entered(app)) == 1


def test_a_bad_number_is_told_and_nothing_is_lost(phone: Callable[..., Phone], app: Flask) -> None:
    desk = phone("staff")
    begin(desk)
    desk.write("什么事", "灯坏了")
    desk.write("来人电话", "12")
    desk.tap("登记", exact=True)
    desk.see("电话")
    look_at(desk, "enter-refused")
    assert entered(app) == []
    desk.write("来人电话", "0931-0000002")
    desk.tap("登记", exact=True)
    desk.see("等人接")
    assert len(entered(app)) == 1


def test_medical_help_stands_first_and_is_never_refused(phone: Callable[..., Phone], app: Flask) -> None:
    desk = phone("staff").open(ENTER)
    first = desk.shown().get_by_role("list", name="是哪样事").get_by_role("button").first
    assert "急救" in first.inner_text() or "医" in first.inner_text()
    look_at(desk, "enter-kinds")
    first.click()
    desk.see("先让对方打 120")
    desk.write("来人电话", "十二")
    look_at(desk, "enter-medical")
    desk.tap("登记并响铃")
    desk.see("等人接")
    [made] = entered(app)
    assert (made["kind"], made["urgency"], made["station"]) == ("medical", 0, "GS001")
    desk.see("十二")  # what is no number is told to whoever comes


def test_medical_help_without_signal_says_that_nobody_heard(
    phone: Callable[..., Phone], app: Flask, house: House
) -> None:
    desk = phone("staff").open(f"{ENTER}?kind=medical")
    desk.see("先让对方打 120")
    house.go_away()
    desk.tap("登记并响铃")
    desk.see("没登记上，铃没响")
    house.come_back()
    desk.tap("登记并响铃")
    desk.see("等人接")
    assert len(entered(app)) == 1


@pytest.mark.parametrize("who", ["staff", "supervisor"])
def test_who_has_several_stations_chooses(
    phone: Callable[..., Phone], app: Flask, home: Home, who: str
) -> None:
    sign_in(app, who)
    with home.database.transaction() as session:
        person_id, _ = people.find_or_make(session, demo_openid(who), None, home.clock.now())
        if who == "staff":
            people.grant(session, person_id, "staff", "GS002", home.clock.now())
        name = session.scalar(text("SELECT name FROM station WHERE code = 'GS002'"))
    desk = phone(who).open(f"{ENTER}?kind=facility")
    choice = desk.shown().get_by_label("哪一站", exact=True)
    choice.select_option(label=name)
    desk.write("什么事", "灯坏了")
    look_at(desk, f"enter-{who}")
    desk.tap("登记", exact=True)
    desk.see("等人接")
    [made] = entered(app)
    assert made["station"] == "GS002"


def test_a_kitchen_enters_what_is_its_own_and_medical_help(phone: Callable[..., Phone]) -> None:
    desk = phone("kitchen").open(ENTER)
    kinds = desk.shown().get_by_role("list", name="是哪样事").get_by_role("button")
    kinds.first.wait_for()
    assert kinds.count() == 2


def test_a_driver_who_finds_the_page_is_told_where_to_go(phone: Callable[..., Phone]) -> None:
    driver = phone("driver").open(f"{ENTER}?kind=facility")
    driver.see("只有值班台的人能替人登记")
    driver.tap("再试一次")
    driver.see("只有值班台的人能替人登记")
    assert driver.shown().get_by_role("button", name="登记").count() == 0
