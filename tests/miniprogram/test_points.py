"""A member's points on the phone: each with its reason, the public list, an objection and its answer."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.foundation.home import Home
from app.settings import Settings
from tests.conftest import find_key
from tests.duty.helpers import StoppedClock, ok
from tests.miniprogram.eyes import SHORT, look_at
from tests.miniprogram.phone import Phone
from tests.points.helpers import Q4, published, serve
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Sign-ins outlast the quarter: its clock is turned by weeks."""
    return settings.model_copy(update={"web": settings.web.model_copy(update={"sign_in_days": 400})})


@pytest.fixture
def clock(home: Home, monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """The service's clock, stopped at noon of a day in the fourth quarter."""
    stopped = StoppedClock()
    monkeypatch.setattr(home.clock, "now", stopped.now)
    return stopped


@pytest.fixture
def secretary(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "secretary")


def test_points_the_public_list_and_an_objection(
    clock: StoppedClock, secretary: Somebody, phone: Callable[..., Phone], app: Flask, home: Home
) -> None:
    member = sign_in(app, "member")
    sign_in(app, "member2")
    serve(home, clock, secretary, member, find_key(home, "GS001", "A"), hours=5)
    seen = phone("member", SHORT).open("/pages/me/index")
    seen.tap("我的积分", role="link")
    seen.see("每一分从哪来")
    points = ok(member.get("/points"))["balance"]
    seen.shown().get_by_label(f"一共 {points} 分").wait_for()
    seen.see("还在记")
    seen.not_see("有异议")
    look_at(seen, "points")

    published(clock, secretary)
    seen.look_again()
    seen.settle()  # what was this quarter is the one before now
    seen.tap("上季度", role="tab")
    seen.see("公示中，到")
    seen.see("示例党员甲（您）")
    look_at(seen, "points-public")
    seen.tap("不对 ")
    seen.page.locator("#over input").fill("示例：少记了一小时")
    seen.answer("好了")
    seen.see("我的异议 · 书记还没答复")
    seen.see("公示中，有异议在处理")
    [objection] = ok(secretary.get("/staff/points/objections"))["items"]
    assert (objection["text"], objection["quarter"]) == ("示例：少记了一小时", Q4)
    decision = {"accept": False, "text": "示例：按签退时间算"}
    ok(secretary.post(f"/staff/points/objections/{objection['id']}/decide", decision))
    seen.look_again()
    seen.see("我的异议 · 不成立")
    seen.see("示例：按签退时间算")


def test_who_is_no_member_has_no_such_row_and_is_told_nothing(phone: Callable[..., Phone]) -> None:
    driver = phone("driver").open("/pages/me/index")
    driver.see("示例司机甲")
    driver.not_see("我的积分")
    driver.launch("/pages/duty/points")
    driver.shown().get_by_role("alert").wait_for()
    driver.not_see("本季度")
