"""The driver's way: scan, check in, ask, be answered, see it, say whether it is done."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import text

from app.foundation.home import Home
from app.stations.service import revoke_key
from tests.miniprogram.eyes import look_at
from tests.miniprogram.phone import LARGE, SMALL, Phone
from tests.support.clients import sign_in


def rows(home: Home, statement: str) -> list[tuple[object, ...]]:
    with home.database.transaction() as session:
        return [tuple(row) for row in session.execute(text(statement))]


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_from_the_scan_to_the_answer(
    phone: Callable[..., Phone], app: Flask, home: Home, code: str, size: dict[str, int]
) -> None:
    driver = phone("driver", size).scan_outside(code)
    driver.see("签到成功")
    driver.see("接驾嘴服务区")
    driver.tap("有事要说")
    driver.tap("设施报修")
    driver.write("怎么了", "热水龙头不出水")
    driver.tap("热水", role="checkbox")
    driver.tap("加照片")
    driver.tap("说给值班室")
    driver.see("说过去了，值班室已经看得到。")
    driver.see("还没有人接")
    driver.see("就叫值班主管")  # whose turn it is if nobody takes it

    staff = sign_in(app, "staff")
    [request] = staff.get("/staff/requests").json["items"]
    assert (request["kind"], request["station"], request["side"]) == ("facility", "GS001", "A")
    opened = staff.get(f"/staff/requests/{request['id']}").json
    assert opened["details"] == {"facility": "热水"}
    assert len(opened["uploads"]) == 1
    staff.post(f"/staff/requests/{request['id']}/claim")
    driver.look_again()
    driver.see("现在在谁手里")
    driver.see("示例值班员甲")
    staff.post(f"/staff/requests/{request['id']}/replies", {"text": "阀门冻住了，正在化。"})
    driver.look_again()
    driver.see("阀门冻住了，正在化。")
    driver.tap("补一句")
    driver.write("补一句", "右边的能用，不急")
    driver.tap("发出去")
    driver.see("右边的能用，不急")
    staff.post(f"/staff/requests/{request['id']}/resolve", {"text": "好了，能出水了。"})
    driver.look_again()
    driver.see("回话后，办没办好您说了算")
    driver.see("轮到您了：办好没有，您说一声")
    driver.tap("办好了")
    driver.see("办得怎么样？")
    driver.tap("5 分")
    driver.see("您打了 5 分")
    assert rows(home, "SELECT count(*) FROM help_request") == [(1,)]


def test_all_three_kinds_of_scan_land_on_the_same_check_in(
    phone: Callable[..., Phone], home: Home, code: str
) -> None:
    key = code.rsplit("/", 1)[1]
    driver = phone().scan_outside(code)
    driver.see("签到成功")
    driver.launch(f"/pages/scan/index?scene=s%3D{key}")
    driver.see("刚才签过了")
    driver.launch("/pages/home/index")
    driver.change(scan=code)
    driver.tap("扫码签到")
    driver.see("刚才签过了")
    driver.launch("/pages/scan/index")
    driver.see("没有扫到码")
    driver.tap("输入短码")
    driver.page.locator("#over input").fill(key)
    driver.answer("好了")
    driver.see("刚才签过了")
    assert rows(home, "SELECT count(*) FROM check_in") == [(1,)]


def test_a_code_that_was_taken_down_still_says_where_one_is(
    phone: Callable[..., Phone], home: Home, code: str
) -> None:
    with home.database.transaction() as session:
        revoke_key(session, code.rsplit("/", 1)[1], home.clock.now())
    driver = phone().scan_outside(code)
    driver.see("这个码已经停用")
    driver.see("接驾嘴服务区")
    driver.tap("急救，叫人来")
    driver.see("要人来帮？")
    driver.see("接驾嘴服务区")
    driver.tap("叫人来", exact=True)
    driver.see("正在叫人")
    assert rows(home, "SELECT station, side FROM help_request") == [("GS001", "A")]


def test_a_code_that_nobody_knows_leaves_the_station_of_the_last_check_in(
    phone: Callable[..., Phone], home: Home, code: str
) -> None:
    driver = phone().scan_outside(code)
    driver.see("签到成功")
    driver.launch("/pages/scan/index?code=ZZZZZZZZ")
    driver.see("没签上")
    driver.tap("急救，叫人来")
    driver.see("接驾嘴服务区")
    driver.tap("叫人来", exact=True)
    driver.see("正在叫人")
    assert rows(home, "SELECT station, side FROM help_request") == [("GS001", "A")]


def test_a_draft_survives_the_death_of_the_app(phone: Callable[..., Phone]) -> None:
    driver = phone().open("/pages/ask/index?kind=lost_found")
    driver.write("怎么了", "黑色钱包，在餐厅")
    driver.write("什么东西", "钱包")
    driver.tap("丢了", role="checkbox")
    driver.tap("加照片")
    driver.open("/pages/ask/index?kind=lost_found")
    driver.see("这是上次没发完的")
    assert driver.shown().get_by_label("怎么了", exact=True).input_value() == "黑色钱包，在餐厅"
    assert driver.shown().get_by_label("什么东西", exact=True).input_value() == "钱包"
    assert driver.shown().get_by_label("去掉这张").count() == 1
    driver.tap("说给值班室")
    driver.see("说过去了")
    driver.open("/pages/ask/index?kind=lost_found")
    assert driver.shown().get_by_label("怎么了", exact=True).input_value() == ""


def test_an_emergency_is_two_taps_away_and_tells_the_truth(
    phone: Callable[..., Phone], app: Flask, code: str
) -> None:
    driver = phone().scan_outside(code)
    driver.see("签到成功")
    driver.tap("急救，叫人来")
    driver.tap("叫人来", exact=True)
    driver.see("正在叫人")
    driver.see("还没有人接，请拨打")
    assert driver.calls("makePhoneCall") == [], "who is heard dials when he wants to"
    driver.tap("打 120")
    assert driver.calls("makePhoneCall") == [{"phoneNumber": "120"}]
    staff = sign_in(app, "responder")
    [request] = staff.get("/staff/requests").json["items"]
    assert (request["kind"], request["side"]) == ("medical", "A")
    staff.post(f"/staff/requests/{request['id']}/claim")
    driver.look_again()
    driver.see("有人来了")
    staff.post(f"/staff/requests/{request['id']}/on-scene")
    driver.look_again()
    driver.see("到身边")
    driver.launch("/pages/sos/index")  # opened again: the call that runs is shown, no second one is raised
    driver.see("有人来了")
    assert len(staff.get("/staff/requests").json["items"]) == 1
    staff.post(f"/staff/requests/{request['id']}/hand-over", {"to": "120"})
    driver.look_again()
    driver.see("120 接手了")
    driver.not_see("有人来了")
    driver.not_see("发出到现在")  # the clock of a call that nobody of ours answers any more
    look_at(driver, "sos-handed-over")


def test_after_it_was_handed_over_a_call_rings_anew_and_once_over_nobody_is_waited_for(
    phone: Callable[..., Phone], app: Flask, code: str
) -> None:
    driver = phone().scan_outside(code)
    driver.see("签到成功")
    driver.tap("急救，叫人来")
    driver.tap("叫人来", exact=True)
    driver.see("正在叫人")
    staff = sign_in(app, "responder")
    [first] = staff.get("/staff/requests").json["items"]
    staff.post(f"/staff/requests/{first['id']}/claim")
    staff.post(f"/staff/requests/{first['id']}/hand-over", {"to": "family"})
    driver.look_again()
    driver.see("家属接手了")
    driver.tap("再叫一次")
    driver.see("接驾嘴服务区")
    driver.tap("叫人来", exact=True)
    driver.see("正在叫人")
    calls = {one["id"]: one["state"] for one in staff.get("/staff/requests").json["items"]}
    assert len(calls) == 2
    assert sorted(calls.values()) == ["handling", "new"], "a call of its own, which nobody has yet"
    driver.tap("不需要了")
    driver.answer("不用了")
    driver.see("已经结束")
    driver.not_see("还没有人接")
    driver.not_see("铃在响")
    look_at(driver, "sos-over")


def test_all_news_is_a_tap_away_and_the_road_goes_out_with_it(phone: Callable[..., Phone], code: str) -> None:
    driver = phone().scan_outside(code)
    driver.see("签到成功")
    driver.page.route(
        "**/api/v1/bulletins?*", lambda one: one.fulfill(json={"items": [], "next_cursor": None})
    )
    driver.launch("/pages/home/index")
    driver.see("全部路况、政策")  # also where there is no news of this road
    driver.page.unroute("**/api/v1/bulletins?*")
    driver.shown().get_by_text("全部路况、政策").click()
    road = driver.shown().get_by_role("checkbox")
    everything = driver.shown().get_by_role("radio", name="全部")
    road.click()
    expect(road).to_be_checked()
    expect(everything).not_to_be_checked()
    look_at(driver, "bulletins-road")
    everything.click()
    expect(everything).to_be_checked()
    expect(road).not_to_be_checked()


def test_from_a_form_one_comes_back_to_the_kinds(phone: Callable[..., Phone]) -> None:
    driver = phone("driver", SMALL).open("/pages/ask/index")
    kinds = driver.shown().get_by_role("list", name="是哪样事").get_by_role("button")
    kinds.last.scroll_into_view_if_needed()
    kinds.last.click()
    driver.see("怎么了")
    assert driver.calls("scroll") == [0]
    driver.tap("换一类")
    driver.see("设施报修")
    driver.tap("设施报修")
    driver.see("热水")
    look_at(driver, "ask-form")


def test_being_told_by_wechat_is_asked_in_a_tap_and_a_refusal_is_fine(
    phone: Callable[..., Phone], app: Flask, home: Home
) -> None:
    driver = phone().open("/pages/bulletins/index")
    driver.see("示例路段今晚限速 60")
    assert driver.calls("requestSubscribeMessage") == []
    driver.change(subscribe="reject")
    driver.tap("路上有变化微信告诉我")
    driver.page.get_by_text("没开也行，打开这里就能看").wait_for()
    driver.change(subscribe="accept")
    driver.tap("路上有变化微信告诉我")
    driver.page.get_by_text("好，路上有变化就告诉您").wait_for()
    assert all(len(asked["tmplIds"]) <= 3 for asked in driver.calls("requestSubscribeMessage"))


def test_a_dead_sign_in_is_renewed_once_in_silence(phone: Callable[..., Phone], home: Home) -> None:
    driver = phone().open("/pages/me/index")
    driver.see("示例司机甲")
    with home.database.transaction() as session:
        session.execute(text("DELETE FROM sign_in"))
    driver.launch("/pages/matters/index")
    driver.see("还没说过什么事")
    assert len(driver.calls("login")) == 2


def test_number_vehicle_consents_and_erasure(phone: Callable[..., Phone], home: Home) -> None:
    driver = phone("somebody").open("/pages/me/index")
    driver.tap("用微信的号码")
    driver.see("138******01")
    driver.tap("车牌")
    driver.page.locator("#over input").fill("甘A12345")
    driver.answer("好了")
    driver.see("甘A12345")
    driver.launch("/pages/rights/index")
    driver.shown().get_by_label("医疗求助办结一天后").check()
    driver.not_see("签到时核对您是不是在站里")  # this phone sends no position
    driver.open("/pages/rights/index")
    assert driver.shown().get_by_label("医疗求助办结一天后").is_checked()
    driver.tap("导出我的全部数据")
    driver.wait_for_call("shareFileMessage")
    driver.tap("注销，全部删掉")
    driver.answer("注销")
    driver.see("还没到站")
    driver.settle()
    assert driver.calls("login") == [], "the first page does not make him anew"
    assert rows(home, "SELECT count(*) FROM person WHERE phone_index IS NOT NULL") == [(0,)]


def test_a_message_leads_to_what_it_is_about(phone: Callable[..., Phone], app: Flask, code: str) -> None:
    driver = phone().scan_outside(code)
    driver.see("签到成功")
    body = {"kind": "facility", "station": "GS001", "side": "A", "text": "灯坏了"}
    made = sign_in(app, "driver").post("/requests", body).json
    sign_in(app, "staff").post(f"/staff/requests/{made['id']}/replies", {"text": "这就去换"})
    driver.launch("/pages/home/index")
    driver.tap("有新消息", role="link")
    driver.shown().get_by_role("link", name="未读").first.click()
    driver.see("这就去换")


def test_the_next_station_ahead_is_asked_before_one_is_there(
    phone: Callable[..., Phone], app: Flask, home: Home, code: str
) -> None:
    driver = phone().scan_outside(code)
    driver.see("签到成功")
    driver.launch("/pages/home/index")
    driver.tap("前方一站")
    driver.tap("先问一声 定西服务区")
    driver.tap("设施报修")
    driver.see("定西服务区")
    driver.write("怎么了", "晚上还有热水吗？")
    driver.tap("说给值班室")
    driver.see("说过去了")
    asked = "SELECT station.name, help_request.side FROM help_request JOIN station ON code = station"
    assert [row[0] for row in rows(home, asked)] == ["定西服务区"]


def test_a_policy_question_is_found_or_asked(phone: Callable[..., Phone], home: Home) -> None:
    driver = phone().open("/pages/question/index")
    driver.see("停车休息多久一次")
    driver.write("找政策", "没有这样的问题")
    driver.see("还没有这样的问答")
    driver.tap("问一个")
    driver.page.locator("#over input").fill("空驶能走绿色通道吗？")
    driver.answer("好了")
    driver.page.get_by_text("收到了，答复后在消息里告诉您").wait_for()
    assert rows(home, "SELECT count(*) FROM question") == [(3,)]


def test_distances_are_worked_out_on_the_phone_and_the_position_never_leaves_it(
    phone: Callable[..., Phone],
) -> None:
    driver = phone().open("/pages/stations/index")
    driver.see("接驾嘴服务区")
    sent: list[str] = []
    driver.page.on("request", lambda asked: sent.append(asked.url + (asked.post_data or "")))
    driver.tap("按离我近的排")
    driver.page.get_by_text("没拿到位置，按路找也一样").wait_for()  # refused, and all goes on
    driver.change(location={"latitude": 39.97, "longitude": 97.4})
    driver.tap("按离我近的排")
    first = driver.shown().locator(".sheet .row").first
    expect(first).to_contain_text("赤金服务区")
    expect(first).to_contain_text("约 2 公里")
    first.click()
    driver.see("离您约 2 公里（直线）")
    driver.launch("/pages/ahead/index")
    driver.tap("用手机的位置")
    driver.see("玉门服务区")
    assert [asked for asked in sent if "39.97" in asked or "97.4" in asked] == []
