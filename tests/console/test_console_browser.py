"""The console in a real browser: by keyboard alone, with an alarm, two at once, without network or script."""

import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright

from app.console import frame
from app.foundation.home import Home
from app.web.callers import Caller
from tests.console.browser import Room, Seat, serving, start
from tests.console.desk_client import make_account
from tests.console.scenes import a_night
from tests.support.clients import Somebody, sign_in


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = start(playwright)
        yield opened
        opened.close()


@pytest.fixture
def room(browser: Browser, app: Flask, account: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    """Browsers before the service; in the end none of them has complained."""
    monkeypatch.setattr(frame, "POLL_S", 1)
    with serving(app) as base:
        opened = Room(browser, base)
        yield opened
        opened.close()
    complaints = [words for seat in opened.seats for words in seat.complaints]
    assert not complaints


def asks(driver: Somebody, kind: str = "meal", words: str = "想吃碗热面", **more: object) -> str:
    made = driver.post("/requests", {"kind": kind, "station": "GS001", "side": "A", "text": words, **more})
    assert made.status_code == 201, made.text
    found: str = made.json["id"]
    return found


def test_a_whole_case_by_keyboard_alone(room: Room, driver: Somebody) -> None:
    seat = room.seat("jia")
    page = seat.page
    seat.see("这会儿没人等。")
    request = asks(driver)
    seat.see("想吃碗热面", "#rows")  # by the next poll
    seat.keys("j")
    expect(page.locator(f"#r-{request}")).to_be_focused()
    seat.keys("Enter")
    page.wait_for_url(f"**/requests/{request}")
    seat.keys("a")
    seat.see("我 持有", "#thread-head")
    seat.keys("r")
    expect(page.locator("#text")).to_be_focused()
    seat.write("二十分钟后到餐厅取。")
    seat.keys("Control+Enter")
    seat.see("二十分钟后到餐厅取。", "#talk")
    assert driver.get(f"/requests/{request}").json["messages"][0]["text"] == "二十分钟后到餐厅取。"
    assert page.locator("#text").input_value() == ""
    assert driver.post(f"/requests/{request}/messages", {"text": "多放醋"}).status_code == 201
    seat.see("多放醋", "#talk")
    seat.keys("n")
    seat.write("醋在三号柜")
    expect(page.locator(".sees.for-note")).to_be_visible()
    expect(page.locator(".sees.for-driver")).to_be_hidden()
    seat.keys("Control+Enter")
    seat.see("醋在三号柜", "#talk .note")
    seat.keys("e")
    seat.write("面已取走")
    seat.keys("Control+Enter")
    seat.see("已答复，等确认", "#thread-head")
    seen = driver.get(f"/requests/{request}").json
    assert seen["state"] == "answered"
    assert "醋在三号柜" not in str(seen)


def test_f2_answers_an_alarm_from_inside_a_field(room: Room, driver: Somebody, app: Flask) -> None:
    seat = room.seat("jia")
    request = asks(driver)
    seat.go(f"/requests/{request}")
    seat.page.fill("#text", "写到一半")
    seat.page.focus("#text")
    call = asks(sign_in(app, "driver2"), "medical", "胸口疼", place_text="重车区 37 位")
    bar = seat.page.locator(f'[data-ringing="{call}"]')
    bar.wait_for()
    assert "重车区 37 位" in bar.inner_text()
    assert "胸口疼" not in bar.inner_text()
    first = bar.locator("[data-since]").inner_text()
    expect(bar.locator("[data-since]")).not_to_have_text(first)  # it counts
    expect(seat.page).to_have_title(re.compile(r"^\d+:\d\d 医疗求助没人接 · "))
    seat.keys("F2")
    seat.page.wait_for_url(f"**/requests/{call}")
    seat.see("胸口疼", "#talk")
    expect(seat.page.locator(".alarm.taken")).to_have_count(1)
    expect(seat.page.locator("[data-ringing]")).to_have_count(0)
    assert sign_in(app, "driver2").get(f"/requests/{call}").json["state"] == "acknowledged"
    seat.go(f"/requests/{request}")
    expect(seat.page.locator("#text")).to_have_value("写到一半")


def test_two_claim_at_once_and_one_sees_who_has_it(room: Room, driver: Somebody, home: Home) -> None:
    make_account(home, "yi", "示例值班员丑", ("staff", "GS001"))
    first, second = room.seat("jia"), room.seat("yi")
    request = asks(driver)
    for seat in (first, second):
        seat.go(f"/requests/{request}")
    second.page.evaluate(
        "document.body.dataset.thread = ''; document.body.dataset.live = ''"
    )  # sees nothing new
    first.keys("a")
    first.see("我 持有", "#thread-head")
    second.keys("a")
    second.see("没接上，示例值班员子 ", ".thread .fault")
    second.see("示例值班员子 持有", "#thread-head")
    expect(second.page.locator(".thread .fault")).to_be_focused()
    assert driver.get(f"/requests/{request}").json["holder"]["name"] == "示例值班员子"


def test_a_line_is_claimed_from_the_queue_without_opening_it(room: Room, driver: Somebody) -> None:
    asks(driver)
    seat = room.seat("jia")
    seat.keys("j", "a")
    seat.see("我 持有", "#thread-head")


def test_nothing_moves_under_the_pointer(room: Room, driver: Somebody) -> None:
    request = asks(driver, "other", "先来的")
    seat = room.seat("jia")
    line = seat.page.locator(f"#r-{request}")
    line.hover()
    before = line.bounding_box()
    asks(driver, "welfare_check", "家人联系不上")  # more urgent: would push the first one down
    seat.see("新到 1 件，鼠标移开就排进来")
    after = line.bounding_box()
    assert before
    assert after
    assert abs(before["y"] - after["y"]) < 40  # the note's own height at most, never a line
    expect(seat.page.locator("#rows .row")).to_have_count(1)
    seat.page.mouse.move(900, 500)
    expect(seat.page.locator("#rows .row")).to_have_count(2)
    expect(seat.page.locator(".pending")).to_have_count(0)


def test_the_focus_stays_on_its_line_when_the_queue_is_renewed(room: Room, driver: Somebody) -> None:
    request = asks(driver, "other", "先来的")
    seat = room.seat("jia")
    seat.keys("j")
    asks(driver, "welfare_check", "家人联系不上")
    seat.see("家人联系不上", "#rows")
    expect(seat.page.locator(f"#r-{request}")).to_be_focused()


def test_a_draft_survives_reload_refresh_and_a_dead_network(room: Room, driver: Somebody) -> None:
    request = asks(driver)
    seat = room.seat("jia")
    page = seat.go(f"/requests/{request}")
    seat.keys("n")
    seat.write("监控已经留存，等警方")
    seat.see("已存，刷新不丢")
    page.reload()
    expect(page.locator("#text")).to_have_value("监控已经留存，等警方")
    expect(page.locator("#to-note")).to_be_checked()  # a note must not turn into an answer
    driver.post(f"/requests/{request}/messages", {"text": "还在吗"})
    seat.see("还在吗", "#talk")
    expect(page.locator("#text")).to_have_value("监控已经留存，等警方")
    seat.context.set_offline(True)
    seat.see("连不上服务器", "#net")
    page.focus("#text")
    seat.keys("Control+Enter")
    seat.see("没发出去：连不上服务器", "#write")
    expect(page.locator("#text")).to_have_value("监控已经留存，等警方")
    seat.context.set_offline(False)
    expect(page.locator("#net")).to_be_hidden()
    page.focus("#text")
    seat.keys("Control+Enter")
    seat.see("监控已经留存，等警方", "#talk .note")
    page.reload()
    expect(page.locator("#text")).to_have_value("")


def test_a_note_does_not_turn_into_an_answer_by_a_key(room: Room, driver: Somebody) -> None:
    request = asks(driver)
    seat = room.seat("jia")
    page = seat.go(f"/requests/{request}")
    seat.keys("n")
    seat.write("这人上周也来过")
    seat.keys("Escape", "r")
    expect(page.locator("#text")).to_have_value("")
    seat.write("马上好")
    seat.keys("Control+Enter")
    seat.see("马上好", "#talk .out")
    page.reload()
    seat.keys("n")
    expect(page.locator("#text")).to_have_value("这人上周也来过")


def test_an_ended_session_is_said_in_place_and_the_draft_waits(
    room: Room, driver: Somebody, home: Home
) -> None:
    request = asks(driver)
    seat = room.seat("jia")
    page = seat.go(f"/requests/{request}")
    page.fill("#text", "马上到")
    seat.see("已存，刷新不丢")
    seat.context.clear_cookies()
    seat.see("登录已失效。", "#net")
    page.focus("#text")
    seat.keys("Control+Enter")
    seat.see("登录已失效，没有发出去", "#write")
    page.locator("#net a").click()
    page.fill("[name=login]", "jia")
    page.fill("[name=password]", "示例口令-开门见山")
    seat.keys("Enter")
    page.wait_for_url(f"**/requests/{request}")
    expect(page.locator("#text")).to_have_value("马上到")


def test_single_keys_do_nothing_in_a_field_nor_once_they_are_off(room: Room, driver: Somebody) -> None:
    request = asks(driver)
    seat = room.seat("jia")
    page = seat.go(f"/requests/{request}")
    page.focus("#text")
    page.keyboard.type("aetw jk?/")
    expect(page.locator("#text")).to_have_value("aetw jk?/")
    assert driver.get(f"/requests/{request}").json["state"] == "new"
    seat.keys("Escape", "Shift+?")
    expect(page.locator("#keys")).to_be_visible()
    seat.keys("Escape", "/")
    expect(page.locator("#q")).to_be_focused()
    seat.go("/settings").locator("button[name=keys][value=off]").click()
    page = seat.go(f"/requests/{request}")
    seat.keys("a", "e", "?")
    page.wait_for_timeout(300)
    expect(page.locator("#keys")).to_be_hidden()
    assert driver.get(f"/requests/{request}").json["state"] == "new"


def test_a_ready_made_answer_is_chosen_by_keyboard_and_goes_where_the_caret_is(
    room: Room, driver: Somebody, staff: Somebody
) -> None:
    for title, words in (("热水", "热水房在 A 侧东头。"), ("稍等", "马上去看，")):
        made = staff.post("/staff/macros", {"station": "GS001", "title": title, "text": words})
        assert made.status_code == 201, made.text
    seat = room.seat("jia")
    page = seat.go(f"/requests/{asks(driver)}")
    seat.keys(";")
    expect(page.locator("[data-phrase]").first).to_be_focused()
    seat.keys("2")
    expect(page.locator("#text")).to_be_focused()
    expect(page.locator("#text")).to_have_value("马上去看，")
    seat.keys("Control+;", "ArrowDown", "ArrowUp", "Enter")
    expect(page.locator("#text")).to_have_value("马上去看，热水房在 A 侧东头。")
    seat.see("已存，刷新不丢")
    seat.keys("Control+;", "Escape")
    expect(page.locator("[data-phrases]")).not_to_have_attribute("open", "")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type(";2")
    expect(page.locator("#text")).to_have_value("马上去看，热水房在 A 侧东头。;2")
    seat.keys("Control+Enter")
    seat.see("马上去看，热水房在 A 侧东头。;2", "#talk .out")


def test_a_call_by_keyboard_from_the_scene_to_the_ambulance(room: Room, driver: Somebody) -> None:
    call = asks(driver, "medical", "胸口疼")
    seat = room.seat("jia")
    page = seat.go(f"/requests/{call}")
    seat.keys("a")
    seat.see("我 持有", "#thread-head")
    seat.keys("s")
    seat.see("到达现场", "#talk")
    seat.keys("h")
    expect(page.get_by_role("button", name="交给 120")).to_be_focused()
    seat.keys("Enter")
    seat.see("移交：120", "#talk")
    steps = [step["what"] for step in driver.get(f"/requests/{call}").json["timeline"]]
    assert steps == ["created", "claimed", "on_scene", "handed_over"]


def test_a_repeat_is_merged_by_keyboard(room: Room, driver: Somebody, app: Flask) -> None:
    first, again = asks(driver), asks(sign_in(app, "driver2"), words="还是那碗面")
    seat = room.seat("jia")
    page = seat.go(f"/requests/{again}")
    seat.keys("m")
    expect(page.locator("select[name=into]")).to_be_focused()
    page.select_option("select[name=into]", first)
    seat.keys("Control+Enter")
    page.wait_for_url(f"**/requests/{first}")
    assert sign_in(app, "driver2").get(f"/requests/{again}").json["state"] == "closed"


def test_sound_is_switched_on_once_and_remembered(room: Room, driver: Somebody) -> None:
    seat = room.seat("jia")
    sound = seat.page.locator(".top [data-sound]")
    expect(sound).to_have_text("声音：关")
    sound.click()
    expect(sound).to_have_text("声音：开")
    seat.go("/checkins")
    expect(seat.page.locator(".top [data-sound]")).to_have_attribute("aria-pressed", "true")


def test_everything_works_without_script(room: Room, driver: Somebody) -> None:
    request = asks(driver)
    seat = room.seat("jia", java_script_enabled=False)
    page = seat.page
    page.locator(f"#r-{request}").click()
    page.get_by_role("button", name="接手").click()
    page.locator('label[for="to-note"]').click()
    page.fill("#text", "后厨只剩两份")
    page.get_by_role("button", name="记下备注").click()
    page.fill("#text", "马上好")
    page.get_by_role("button", name="发送", exact=False).last.click()
    page.locator('details[data-key="e"] summary').click()
    page.fill("[name=result]", "面已取走")
    page.get_by_role("button", name="办结并告诉司机").click()
    assert "已答复，等确认" in page.locator("#thread-head").inner_text()
    seen = driver.get(f"/requests/{request}").json
    assert [message["text"] for message in seen["messages"]] == ["马上好", "面已取走"]


# --- how it looks -------------------------------------------------------------------------------------

WIDTHS = {1440: 900, 1180: 800, 768: 1024, 375: 812}
_CONTRAST = (Path(__file__).parent / "contrast.js").read_text("utf-8")


# Nothing when the page fits; otherwise how wide it is and which of its elements stick out.
_TOO_WIDE = """() => {
  const wide = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
  if (wide <= innerWidth) return null;
  const boxes = [...document.querySelectorAll('*')].map(each => [each, each.getBoundingClientRect()]);
  return [wide, innerWidth, ...boxes.filter(([each, box]) => box.right > innerWidth + 1)
    .map(([each, box]) => `${each.tagName}.${each.className} ${box.left}-${box.right}`)];
}"""


@pytest.fixture
def night(home: Home, account: str) -> dict[str, str]:
    return a_night(home, Caller(uuid.UUID(account), "示例值班员子", frozenset({("staff", "GS001")})))


def paths(night: dict[str, str]) -> dict[str, str]:
    return {
        "queue": "/",
        "thread": f"/requests/{night['theft']}",
        "drawer": f"/requests/{night['theft']}#insp",
        "alarm": f"/requests/{night['alarm']}",
        "call": f"/requests/{night['taken']}#insp",
        "shift": "/shift",
        "phrases": "/phrases",
        "done": "/?tab=done",
        "empty": "/?q=没有这样的",
        "new": "/requests/new",
        "form": "/requests/new?kind=medical",
        "checkins": "/checkins",
        "settings": "/settings",
        "missing": "/nowhere",
    }


@pytest.mark.parametrize(
    ("width", "theme"),
    [(1440, "day"), (1440, "night"), (1180, "day"), (768, "night"), (375, "day"), (375, "night")],
)
def test_no_page_scrolls_sideways_and_every_text_can_be_read(
    room: Room, night: dict[str, str], width: int, theme: str
) -> None:
    seat = room.seat("jia", width, WIDTHS[width], reduced_motion="reduce", has_touch=width < 600)
    seat.context.add_cookies([{"name": "console_theme", "value": theme, "url": f"{seat.base}/"}])
    for name, path in paths(night).items():
        page = seat.go(path)
        page.locator("#bars .alarm").first.wait_for()
        assert not (too_wide := page.evaluate(_TOO_WIDE)), (name, too_wide)
        poor = page.evaluate(_CONTRAST)
        assert not poor, (name, poor)
        keep_picture(seat, f"{name}-{width}-{theme}")


@pytest.mark.parametrize(("width", "theme"), [(1440, "day"), (375, "night")])
def test_an_administrator_s_pages_fit_and_can_be_read(room: Room, home: Home, width: int, theme: str) -> None:
    make_account(home, "guan", "示例管理员", ("admin", "*"))
    seat = room.seat("guan", width, WIDTHS[width], home="**/console/workdays", reduced_motion="reduce")
    seat.context.add_cookies([{"name": "console_theme", "value": theme, "url": f"{seat.base}/"}])
    page = seat.go("/workdays")
    page.fill("[name=day]", "2099-02-12")
    page.fill("[name=reason]", "示例：春节调休")
    page.get_by_role("button", name="就这样定").click()
    seat.see("2099-02-12 周四")
    for name, path in {"workdays": "/workdays", "clocks": "/clocks"}.items():
        page = seat.go(path)
        if name == "clocks":
            page.locator("details summary").first.click()
        assert not page.evaluate(_TOO_WIDE), name
        assert not page.evaluate(_CONTRAST), name
        keep_picture(seat, f"{name}-{width}-{theme}")


def test_the_measure_of_contrast_finds_what_cannot_be_read(room: Room, night: dict[str, str]) -> None:
    """The negative control of the test above."""
    page = room.seat("jia").go("/")
    page.evaluate("document.querySelector('.top h1').style.color = '#c8cccb'")
    assert any("值班台" in each for each in page.evaluate(_CONTRAST))


def keep_picture(seat: Seat, name: str) -> None:
    """With CONSOLE_PICTURES=folder the pictures stay, to be looked at."""
    if folder := os.environ.get("CONSOLE_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        seat.page.wait_for_timeout(1300)
        seat.page.screenshot(path=f"{folder}/{name}.png")


def test_a_link_into_the_page_does_not_load_it_anew(room: Room, night: dict[str, str]) -> None:
    """Loading it anew took half-written words off the screen for a moment, and its style sheets with them."""
    page = room.seat("jia", 1180).go(f"/requests/{night['theft']}")
    page.evaluate("window.sameAsBefore = true")
    page.evaluate("location.hash = '#insp'")
    page.locator("#insp").wait_for()
    page.evaluate("history.back()")
    page.wait_for_url(f"**/requests/{night['theft']}")
    page.wait_for_timeout(500)
    assert page.evaluate("window.sameAsBefore") is True
