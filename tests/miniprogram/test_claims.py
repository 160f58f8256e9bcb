"""A claim on the phone: both reports, evidence, papers only after consent, a co-driver by his code."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from tests.claims.helpers import claim, join
from tests.miniprogram.eyes import SHORT, look_at
from tests.miniprogram.house import House
from tests.miniprogram.phone import Phone
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def owner(app: Flask) -> Somebody:
    return sign_in(app, "driver")


def papers(home: Home) -> list[str]:
    with home.database.transaction() as session:
        found = session.scalars(text("SELECT kind FROM claim_document WHERE destroyed_at IS NULL"))
        return [str(kind) for kind in found]


def test_the_guided_path(phone: Callable[..., Phone], app: Flask, owner: Somebody) -> None:
    number = claim(owner)
    driver = phone("driver", SHORT).open(f"/pages/request/index?id={number}")
    driver.tap("陪您理赔", role="link")
    driver.see("先保全这个车位")
    driver.see("核对过")
    driver.tap("打 110")
    assert driver.calls("makePhoneCall") == [{"phoneNumber": "110"}]
    look_at(driver, "claim")
    driver.tap("报警，报过了")
    driver.see("报了")
    driver.tap("接警编号")
    driver.page.locator("#over input").fill("示例 20261128-7")
    driver.answer("好了")
    driver.see("示例 20261128-7")
    driver.tap("车位号和车停的样子", role="checkbox")
    driver.see("还差 5 项")
    driver.tap("大约损失")
    driver.page.locator("#over input").fill("3200")
    driver.answer("好了")
    driver.see("3200 元")
    driver.tap("自己的车险", role="radio")
    driver.see("保单是哪家的，打哪家")
    driver.shown().get_by_text("走到哪一步").scroll_into_view_if_needed()
    look_at(driver, "claim-later")
    seen = owner.get(f"/requests/{number}/insurance").json
    assert (seen["path"], seen["facts"]["loss_fen"]) == ("motor", 320000)
    assert [one["kind"] for one in seen["milestones"] if one["at"]] == ["police"]


def test_the_statement_is_fetched_and_opened(
    phone: Callable[..., Phone], house: House, owner: Somebody
) -> None:
    number = claim(owner)
    driver = phone("driver").open(f"/pages/claim/index?id={number}")
    driver.tap("打开情况说明")
    document = driver.opened_document()
    document.get_by_text("PDF · ").wait_for()
    [fetched] = driver.calls("downloadFile")
    assert f"/c/statements/{number}?" in fetched["url"]
    [asked] = driver.calls("openDocument")
    assert (asked["fileType"], asked["showMenu"]) == ("pdf", True), "he may send it on"
    document.get_by_role("button", name="关闭").click()
    house.go_away()
    driver.tap("打开情况说明")
    driver.page.get_by_text("打开情况说明要等有信号").first.wait_for()
    assert document.count() == 0


def test_papers_go_up_after_consent_only(
    phone: Callable[..., Phone], home: Home, house: House, owner: Somebody
) -> None:
    number = claim(owner)
    driver = phone("driver").open(f"/pages/claim/index?id={number}")
    driver.tap("拍 行驶证")
    driver.answer("不同意")
    driver.settle()
    assert (papers(home), driver.calls("chooseMedia")) == ([], [])
    driver.tap("拍 行驶证")
    driver.answer("同意")
    driver.see("销毁")
    assert papers(home) == ["vehicle_licence"]
    driver.tap("拍 驾驶证")  # asked once
    driver.see("有 1 张")
    driver.shown().get_by_text("要的材料").scroll_into_view_if_needed()
    driver.shown().get_by_label("看 行驶证").wait_for()
    look_at(driver, "claim-papers")
    driver.tap("看 行驶证")
    assert "/documents/" in str(driver.wait_for_call("previewImage"))
    driver.tap("销毁 行驶证")
    driver.answer("销毁")
    driver.shown().get_by_label("看 行驶证").wait_for(state="detached")
    assert papers(home) == ["driving_licence"]
    house.go_away()
    driver.tap("拍 身份证")
    driver.page.get_by_text("要等有信号").first.wait_for()
    driver.not_see("等着发")
    assert papers(home) == ["driving_licence"]


def test_a_co_driver_joins_by_the_code_and_may_leave(phone: Callable[..., Phone], owner: Somebody) -> None:
    number = claim(owner)
    driver = phone("driver").open(f"/pages/claim/index?id={number}")
    driver.tap("出一个同车码")
    code = driver.shown().get_by_label("同车码 ").inner_text()
    look_at(driver, "claim-code")
    other = phone("driver2").open("/pages/matters/index")
    other.tap("理赔、同车码", role="link")
    other.see("还没有理赔")
    other.tap("输入同车码")
    other.page.locator("#over input").fill(code.lower())
    other.answer("好了")
    other.see("轮到服务区")
    other.tap("车位号和车停的样子", role="checkbox")
    other.see("还差 5 项")
    other.not_see("出一个同车码")
    driver.look_again()
    driver.see("还差 5 项")
    driver.see("请他离开")
    other.tap("返回")
    other.see("同车 ·")
    look_at(other, "claims")
    other.tap("理赔 ", role="link")
    other.tap("我离开")
    other.answer("离开")
    other.see("还没有理赔")
    assert owner.get(f"/requests/{number}/insurance").json["co_drivers"] == []


def test_a_wrong_or_used_code_is_said(phone: Callable[..., Phone], app: Flask, owner: Somebody) -> None:
    number = claim(owner)
    used = owner.post(f"/requests/{number}/co-driver-code").json["code"]
    assert sign_in(app, "somebody").post("/claims/join", {"code": used}).status_code == 200
    other = phone("driver2").open("/pages/claims/index")
    for code, words in (("ABCDEFGH", "没有这个同车码"), (used, "这个同车码用过了或过期了")):
        other.tap("输入同车码")
        other.page.locator("#over input").fill(code)
        other.answer("好了")
        other.see(words)
    assert join(owner, sign_in(app, "driver2"), number).status_code == 200
