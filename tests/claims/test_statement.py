"""The 情况说明: facts of check-in and report on a sheet of paper, nothing made up, for few, recorded."""

from collections.abc import Callable

import pypdfium2
from flask import Flask
from sqlalchemy import text

from app.claims import paper
from app.claims.paper import Statement
from app.foundation.clock import SHANGHAI
from app.foundation.home import Home
from tests.claims.helpers import AT, claim, join, ok
from tests.conftest import find_key
from tests.content.conftest import look
from tests.support.clients import Somebody, sign_in
from tests.support.days import DAY


def sheet(who: Somebody, number: str, staff: bool = False) -> str:
    """What stands on it."""
    url = ok(who.get(f"{'/staff' if staff else ''}/requests/{number}/statement"))["url"]
    answer = look(who.app, url)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    return words(answer.data)


def words(content: bytes) -> str:
    """Of all pages, without line breaks and blanks."""
    pages = pypdfium2.PdfDocument(content)
    read = "".join(page.get_textpage().get_text_range() for page in pages)
    return "".join(read.split())


def test_it_says_what_check_in_and_report_say(
    home: Home, driver: Somebody, staff: Somebody, key: str
) -> None:
    ok(driver.post("/checkins", {"code": key}))
    scanned = home.clock.now().astimezone(SHANGHAI)
    number = claim(driver)
    told = {"plate": "甘A12345", "bay": "A12", "police_no": "示例7号", "police_reported_at": AT}
    ok(driver.put(f"/requests/{number}/insurance", told))
    hours = {"from_at": f"{DAY}T02:00:00+08:00", "until_at": f"{DAY}T05:00:00+08:00"}
    ok(staff.put(f"/staff/requests/{number}/footage", {"outcome": "secured", "camera": "示例枪机", **hours}))
    read = sheet(driver, number)
    for fact in (
        "情况说明",
        ok(driver.get(f"/requests/{number}"))["number"],
        f"{scanned:%Y-%m-%d%H:%M}在A侧扫码",
        "货物丢失",
        "甘A12345A12",
        f"{DAY}08:00编号示例7号",
        f"录像已保全，{DAY}02:00到{DAY}05:00，示例枪机",
        "当事人自述（未经核实）：示例",
        "不替保险公司决定",
        "服务区（盖章）",
    ):
        assert fact in read, fact


def test_what_nobody_knows_is_not_made_up(
    home: Home, driver: Somebody, staff: Somebody, later: Callable[..., None]
) -> None:
    """Neither a scan elsewhere nor one of the day before yesterday counts, nor one after the report."""
    ok(driver.post("/checkins", {"code": find_key(home, "GS002", "B")}))
    ok(driver.post("/checkins", {"code": find_key(home, "GS001", "B")}))
    later(hours=36, minutes=1)
    number = claim(driver)
    later(minutes=1)
    ok(driver.post("/checkins", {"code": find_key(home, "GS001", "A")}))
    read = sheet(driver, number)
    assert "系统里没有当事人报告之前36小时内在本站的签到记录" in read
    assert "扫码" not in read
    assert "监控录像没有记录" in read


def test_a_claim_from_the_road_or_of_a_caller_has_one_too(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    said = {"kind": "insurance", "text": "示例", "place_text": "示例路口", "details": {"what": "车辆剐碰"}}
    road = ok(driver.post("/requests", said))["id"]
    assert "示例路口" in sheet(driver, road)
    came = {"kind": "insurance", "station": "GS001", "side": "unknown", "text": "示例"}
    called = ok(staff.post("/staff/requests", came))["id"]
    read = sheet(staff, called, staff=True)
    assert "由值班台登记" in read
    assert "哪一侧没有说明" in read
    assert sheet(sign_in(app, "supervisor"), called, staff=True)


def test_only_whose_case_it_is_opens_it_and_the_desk_s_look_is_recorded(
    app: Flask, home: Home, driver: Somebody, other: Somebody, staff: Somebody
) -> None:
    number = claim(driver)
    assert other.get(f"/requests/{number}/statement").json["code"] == "request.unknown"
    ok(join(driver, other, number))
    mine = ok(other.get(f"/requests/{number}/statement"))["url"]
    assert look(app, mine).status_code == 200
    gone = ok(driver.get(f"/requests/{number}/insurance"))["co_drivers"][0]["id"]
    ok(driver.call("DELETE", f"/claims/co-drivers/{gone}"))
    assert look(app, mine).status_code == 410
    sheet(staff, number, staff=True)
    with home.database.transaction() as session:
        seen = "SELECT actor_id FROM audit_entry WHERE action = 'claim.statement'"
        assert [str(actor) for actor in session.scalars(text(seen))] == [staff.user["id"]]


def test_an_address_ends(app: Flask, driver: Somebody, later: Callable[..., None]) -> None:
    url = ok(driver.get(f"/requests/{claim(driver)}/statement"))["url"]
    later(minutes=11)
    assert look(app, url).status_code == 410


def test_whatever_is_written_can_be_drawn() -> None:
    """Emoji, other scripts, no blanks at all, and more than a page of it."""
    odd = "😀\u200bمرحبا\tЖ\u0301𠮷\n\n" + "长" * 1500 + "x" * 800
    facts = Statement("情况说明", "1101-AAAAA", "示例", "示例", [("示例" * 9, odd)], odd, "示例", "示例")
    assert len(pypdfium2.PdfDocument(paper.draw(facts))) > 1
