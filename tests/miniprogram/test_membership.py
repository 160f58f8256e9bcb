"""Membership and task forces on the phone: declared, refused, verified, told or not; joined by a code."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Locator

from app.foundation.clock import SHANGHAI
from app.foundation.home import Home
from tests.conftest import find_key
from tests.duty.helpers import StoppedClock, member, ok
from tests.members.test_membership import waiting
from tests.members.test_receipts import serve
from tests.miniprogram.eyes import SHORT, look_at
from tests.miniprogram.phone import Phone
from tests.support.clients import Somebody, sign_in

CONSENT = "同意处理我的党员身份和组织关系"
TELL = "值守了告诉支部"


def declare(seen: Phone, branch: str, kind: str) -> None:
    seen.write("姓名", "示例党员")
    seen.shown().get_by_label("哪个支部", exact=True).select_option(label=branch)
    seen.tap(kind, role="radio")
    seen.tap("向支部报到")


def station_name(app: Flask, code: str) -> str:
    return str(sign_in(app, "driver").get(f"/stations/{code}").json["name"])


def switch(seen: Phone, name: str) -> Locator:
    return seen.shown().get_by_role("checkbox", name=name, exact=True)


def flip(seen: Phone, name: str) -> None:
    switch(seen, name).click()
    seen.settle()


def test_declaring_being_refused_declaring_again_and_being_verified(
    phone: Callable[..., Phone], app: Flask
) -> None:
    secretary, branch = sign_in(app, "secretary"), station_name(app, "GS001")
    seen = phone("newcomer", SHORT).open("/pages/me/index")
    seen.tap("党员报到", role="link")
    seen.see("不报到，求助、签到、办卡都一样")
    declare(seen, branch, "固定党员")
    seen.see("请先单独同意处理您的党员身份和组织关系")
    assert waiting(secretary) == [], "without the consent nothing is kept"
    look_at(seen, "membership-none")
    flip(seen, CONSENT)
    seen.tap("向支部报到")
    seen.see("等待核实")
    look_at(seen, "membership-pending")

    seen.tap("收回报到")
    seen.answer("收回")
    seen.see("党员可以向一个支部报到")
    assert waiting(secretary) == []
    seen.tap("向支部报到")
    seen.see("等待核实")
    [line] = waiting(secretary)
    assert (line["name"], line["branch"], line["kind"]) == ("示例党员", "GS001", "fixed")
    ok(secretary.post(f"/staff/members/{line['id']}/refuse", {"reason": "示例：名册上没有"}))
    seen.look_again()
    seen.see("没有通过核实。原因：示例：名册上没有")
    look_at(seen, "membership-refused")
    seen.tap("向支部报到")
    seen.see("等待核实")
    ok(secretary.post(f"/staff/members/{waiting(secretary)[0]['id']}/verify"))
    seen.look_again()
    seen.see("固定党员 · 在册")
    seen.not_see(TELL)
    seen.tap("返回")
    seen.see("值守报名")
    seen.not_see("党员报到")
    seen.tap("我的党员记录", role="link")
    seen.see("以前的")


@pytest.fixture
def clock(home: Home, monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """The service's clock, stopped at noon."""
    stopped = StoppedClock()
    monkeypatch.setattr(home.clock, "now", stopped.now)
    return stopped


def test_a_mobile_member_decides_what_his_branch_is_told(
    clock: StoppedClock, phone: Callable[..., Phone], app: Flask, home: Home
) -> None:
    """He serves at GS001 twice: not asked yet, nothing goes to GS002; with his word, one receipt."""
    secretary, key = sign_in(app, "secretary"), find_key(home, "GS001", "A")
    other = member(app, "other-secretary", ("secretary", "GS002"))
    mobile, branch = sign_in(app, "newcomer"), station_name(app, "GS002")
    seen = phone("newcomer", SHORT).open("/pages/duty/membership")
    seen.see("写的给谁看")
    flip(seen, CONSENT)
    declare(seen, branch, "流动党员")
    seen.see("等待核实")
    ok(other.post(f"/staff/members/{waiting(other)[0]['id']}/verify"))
    serve(home, clock, secretary, mobile, key)
    seen.look_again()
    seen.see("流动党员 · 在册")
    seen.see(f"您在别的站值守后，告诉{branch}支部的书记和支委")
    assert not switch(seen, TELL).is_checked()
    assert ok(other.get("/staff/members/receipts"))["items"] == []

    flip(seen, TELL)
    serve(home, clock, secretary, mobile, key)
    seen.look_again()
    seen.see("已经告诉支部的")
    seen.see("120 分钟")
    look_at(seen, "membership-mobile")
    assert len(ok(other.get("/staff/members/receipts"))["items"]) == 1

    flip(seen, TELL)
    flip(seen, CONSENT)
    flip(seen, TELL)  # without the consent it cannot be wished
    seen.see("请先单独同意处理您的党员身份和组织关系")
    assert not switch(seen, TELL).is_checked()
    serve(home, clock, secretary, mobile, key)
    assert len(ok(other.get("/staff/members/receipts"))["items"]) == 1


def force_shift(app: Flask, home: Home, secretary: Somebody, force: str) -> str:
    about = {"name": "示例清雪岗", "kind": "task_force", "station": "GS001", "side": "A"}
    post = ok(secretary.post("/staff/duty/posts", about | {"task_force_id": force}), 201)
    start = home.clock.now().astimezone(SHANGHAI) + timedelta(minutes=10)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    made = secretary.post("/staff/duty/shifts", {"post_id": post["id"], "capacity": 2, **times})
    return str(ok(made, 201)["id"])


def make_force(home: Home, secretary: Somebody) -> dict[str, str]:
    now = home.clock.now().astimezone(SHANGHAI)
    span = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(days=2)).isoformat()}
    made: dict[str, str] = ok(secretary.post("/branch/task-forces", {"name": "示例突击队", **span}), 201)
    return made


def test_a_driver_joins_a_task_force_by_its_code_and_serves(
    phone: Callable[..., Phone], app: Flask, home: Home
) -> None:
    secretary = sign_in(app, "secretary")
    force = make_force(home, secretary)
    shift = force_shift(app, home, secretary, force["id"])
    driver = phone("driver", SHORT).open("/pages/me/index")
    driver.see("党员报到")
    driver.not_see("突击队的班")
    driver.tap("党员报到", role="link")
    driver.tap("突击队", role="link")
    driver.write("邀请码", "ABCD 2345")
    driver.tap("加入", exact=True)
    driver.see("没有这个邀请码")
    look_at(driver, "forces-none")
    driver.write("邀请码", f"{force['invite'][:4]} {force['invite'][4:].lower()}")
    driver.tap("加入", exact=True)
    driver.see("您在帮的")
    driver.not_see("本支部的")
    driver.not_see("组建一支")
    look_at(driver, "forces-joined")
    driver.tap("看它的班")
    card = driver.shown().locator(".slot", has_text="示例清雪岗")
    card.get_by_role("button", name="报这一班").click()
    driver.page.get_by_text("报上了").wait_for()
    driver.see("扫码到岗")
    driver.tap("我的班、替班")
    driver.see("示例清雪岗")
    driver.not_see("请人替")
    look_at(driver, "mine-helper")
    assert ok(secretary.get(f"/duty/shifts/{shift}"))["taken"] == 1
    driver.launch("/pages/me/index")
    driver.tap("突击队的班", role="link")
    driver.see("扫码到岗")


def test_the_secretary_makes_a_task_force_and_ends_it_with_a_summary(
    phone: Callable[..., Phone], app: Flask
) -> None:
    office = phone("secretary", SHORT).open("/pages/duty/forces")
    office.write("突击队的名字", "示例：清雪保畅突击队")
    office.tap("组建", exact=True)
    office.see("邀请码，告诉来的人")
    look_at(office, "forces-office")
    [force] = ok(sign_in(app, "secretary").get("/branch/task-forces"))["items"]
    office.see(f"{force['invite'][:4]} {force['invite'][4:]}")
    seen = phone("member", SHORT).open("/pages/duty/forces")
    seen.see("示例：清雪保畅突击队")
    seen.not_see("邀请码，告诉来的人")
    seen.not_see("组建一支")
    office.tap("结束 示例")
    office.tap("就此结束")
    office.see("突击队结束前要写总结")
    look_at(office, "forces-ending")
    office.write("总结", "示例：清雪两天，帮扶九车次。")
    office.tap("就此结束")
    office.see("已结束")
    office.see("帮扶九车次")
    office.not_see("结束它")
