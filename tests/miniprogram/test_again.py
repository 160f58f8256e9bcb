"""再试一次: every page that could not load, or shows what was seen before, can be asked again."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.miniprogram.eyes import look_at
from tests.miniprogram.phone import Phone
from tests.support.clients import sign_in

EVERYTHING = "**/api/v1/**"
PAGES = {
    "driver": {
        "/pages/stations/index": "接驾嘴服务区",
        "/pages/matters/index": "正在办",
        "/pages/me/index": "示例司机甲",
        "/pages/station/index?code=GS001": "停车休息",
        "/pages/ask/index": "设施报修",
        "/pages/ask/index?kind=facility": "怎么了",
        "/pages/request/index?id={facility}": "灯坏了",
        "/pages/bulletins/index": "路况 ·",
        "/pages/bulletin/index?id={bulletin}": "发布",
        "/pages/question/index": "示例：停车休息多久一次",
        "/pages/ahead/index": "还不知道您在哪条路上",
        "/pages/inbox/index": "您问的政策有答复了",
        "/pages/rights/index": "每一样分开同意",
        "/pages/facilities/index?station=GS001": "这一侧还没有登记设施",
        "/pages/card/index": "一张卡，各站都认",
        "/pages/claims/index": "等人接",
        "/pages/claim/index?id={insurance}": "报警",
        "/pages/watch/index?id={medical}": "人先去看病",
    },
    "staff": {
        "/pages/desk/queue": "灯坏了",
        "/pages/desk/thread?id={facility}": "我来接",
        "/pages/desk/enter": "医疗求助",
        "/pages/desk/enter?kind=facility": "什么事",
        "/pages/desk/checkins": "还没有人签到",
        "/pages/desk/meals": "没有等着取的",
    },
    "member": {
        "/pages/duty/index": "月",
        "/pages/duty/mine": "还没报过班",
        "/pages/duty/points": "历次记下的分",
        "/pages/duty/membership": "写的给谁看",
        "/pages/duty/forces": "邀请码",
    },
}


@pytest.fixture
def ids(app: Flask) -> dict[str, str]:
    driver = sign_in(app, "driver")
    made = {"bulletin": str(driver.get("/bulletins").json["items"][0]["id"])}
    for kind in ("facility", "insurance", "medical"):
        body = {"kind": kind, "station": "GS001", "side": "A", "text": "灯坏了"}
        made[kind] = str(driver.post("/requests", body).json["id"])
    return made


@pytest.mark.parametrize("who", list(PAGES))
def test_a_page_that_could_not_load_loads_by_one_tap(
    phone: Callable[..., Phone], ids: dict[str, str], who: str
) -> None:
    for path, words in PAGES[who].items():
        seen = phone(who)  # nothing is kept on it: there is nothing to look at
        seen.page.route(EVERYTHING, lambda route: route.abort())
        seen.open(path.format(**ids))
        button = seen.shown().get_by_role("button", name="再试一次", exact=True)
        button.wait_for()
        seen.page.unroute(EVERYTHING)
        seen.page.route(EVERYTHING, lambda route: None)  # on its way until it is let go
        button.click()
        expect(button, f"{path}: while it loads there is nothing to tap").to_have_count(0)
        seen.page.unroute(EVERYTHING)  # which also lets go what was held
        expect(seen.shown().get_by_text(words).first, path).to_be_visible()
        expect(button, path).to_have_count(0)
        seen.context.close()


def test_the_changing_code_comes_back_after_a_tap(phone: Callable[..., Phone]) -> None:
    desk = phone("staff")  # opened by its own address: nobody has signed in on it
    desk.page.route("**/staff/duty/code?*", lambda route: route.abort())
    desk.open("/pages/desk/code")
    desk.see("没有信号，连不上。")
    look_at(desk, "code-trouble")
    desk.page.unroute("**/staff/duty/code?*")
    desk.tap("再试一次")
    desk.see("GS001A-")
    desk.not_see("没有信号")


def test_what_was_seen_before_stays_with_the_same_button(
    phone: Callable[..., Phone], ids: dict[str, str]
) -> None:
    desk = phone("staff").open("/pages/desk/queue")
    desk.see("灯坏了")
    desk.page.route("**/api/v1/staff/requests?*", lambda route: route.abort())
    desk.see("没有信号，连不上。")
    desk.see("灯坏了")
    look_at(desk, "queue-old")
    desk.page.unroute("**/api/v1/staff/requests?*")
    desk.page.route("**/api/v1/staff/requests?*", lambda route: None)  # nor does the next look answer it
    desk.tap("再试一次")
    desk.not_see("再试一次")
    desk.see("灯坏了")


def test_another_day_s_people_never_stand_under_this_day(
    phone: Callable[..., Phone], app: Flask, code: str
) -> None:
    sign_in(app, "driver").post("/checkins", {"code": code})
    desk = phone("staff").open("/pages/desk/checkins")
    desk.see("示例司机甲")
    desk.page.route("**/staff/checkins?*", lambda route: route.abort())
    desk.tap("前一天")
    desk.see("没有信号，连不上。")
    desk.not_see("示例司机甲")
    desk.page.unroute("**/staff/checkins?*")
    desk.tap("再试一次")
    desk.see("还没有人签到")
