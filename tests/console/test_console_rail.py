"""The main navigation: who has which entries, and how it stands on a phone."""

import uuid

import pytest

from app.console.rail import ENTRIES, entry_at, rail_of
from app.foundation.home import Home
from app.web.callers import Caller
from tests.console.browser import Room
from tests.console.desk_client import make_account
from tests.console.test_console_browser import _CONTRAST, _TOO_WIDE, browser, keep_picture, room

__all__ = ["browser", "room"]

# Every entry on the bar whose words do not fit into it, or which a thumb would miss.
_SQUEEZED = """() => [...document.querySelectorAll('.rail > a, .rail summary')]
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => box.width > 0)
  .filter(([each, box]) => each.scrollWidth > each.clientWidth || box.width < 60 || box.height < 44)
  .map(([each, box]) => `${each.innerText} ${box.width}x${box.height}`)"""


def having(*roles: str) -> Caller:
    return Caller(uuid.uuid4(), "示例", frozenset((role, "*") for role in roles))


@pytest.mark.parametrize(
    ("roles", "first", "rest"),
    [
        (("staff",), "值班 交接 登记 签到", "设施 会员卡 后厨 设置"),
        (("responder",), "值班 交接 登记 签到 设置", ""),
        (("editor",), "通告 问答 设置", ""),
        (("admin",), "工作日 时限 设置", ""),
        (("staff", "editor", "admin"), "值班 交接 登记 签到", "设施 会员卡 后厨 通告 问答 工作日 时限 设置"),
    ],
)
def test_who_has_what_and_what_a_phone_folds_away(roles: tuple[str, ...], first: str, rest: str) -> None:
    rail = rail_of(having(*roles), "desk")
    assert " ".join(entry.title for entry in rail.first) == first
    assert " ".join(entry.title for entry in rail.rest) == rest


def test_a_page_belongs_to_its_entry() -> None:
    named = {page: entry.page for entry in ENTRIES for page in entry.pages}
    assert {page: entry_at(page) for page in named} == named
    assert [entry_at(page) for page in ("bulletin_sheet", "publish_bulletin", "", "phrases")] == [
        *("bulletins", "bulletins", "", "")
    ]
    assert rail_of(having("staff"), "set_facility").folded_at == next(e for e in ENTRIES if e.title == "设施")
    assert rail_of(having("staff"), "thread").folded_at is None


@pytest.mark.parametrize("theme", ["day", "night"])
def test_a_phone_s_bar_is_legible_and_the_rest_is_a_tap_away(room: Room, home: Home, theme: str) -> None:
    make_account(home, "quan", "示例多职", ("staff", "GS001"), ("editor", "*"), ("admin", "*"))
    seat = room.seat("quan", 375, 812, reduced_motion="reduce", has_touch=True)
    seat.context.add_cookies([{"name": "console_theme", "value": theme, "url": f"{seat.base}/"}])
    page = seat.go("/")
    nav = page.get_by_role("navigation", name="主导航")
    shown = [words for words in nav.locator("> a:visible, summary:visible").all_inner_texts() if words]
    assert [words.split()[0] for words in shown] == ["值班", "交接", "登记", "签到", "更多"]
    assert page.evaluate(_SQUEEZED) == []
    nav.get_by_text("更多").tap()
    keep_picture(seat, f"rail-375-{theme}")
    menu = nav.locator(".pop").get_by_role("link").all_inner_texts()
    assert menu == ["设施", "会员卡", "后厨", "通告", "问答", "工作日", "时限", "设置"]
    assert not page.evaluate(_TOO_WIDE)
    assert not page.evaluate(_CONTRAST)
    nav.locator(".pop").get_by_role("link", name="通告").tap()
    page.wait_for_url("**/console/bulletins")
    assert nav.locator("summary").text_content() == "更多，现在在通告", "a screen reader hears where one is"
    assert page.evaluate("getComputedStyle(document.querySelector('.fold summary')).fontWeight") == "700"


def test_the_fold_is_worked_by_keyboard(room: Room) -> None:
    seat = room.seat("jia", 375, 812)
    page = seat.go("/shift")
    fold = page.locator("details.fold")
    page.locator(".fold summary").focus()
    seat.keys("Enter")
    assert fold.get_attribute("open") is not None
    seat.keys("Tab")
    assert page.evaluate("document.activeElement.innerText") == "设施"
    seat.keys("Escape")
    assert fold.get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY", "not lost with what was folded away"
    seat.keys("Enter", "Tab", "Tab", "Enter")
    page.wait_for_url("**/console/cards")


def test_a_wide_window_has_all_of_it_and_no_fold(room: Room) -> None:
    page = room.seat("jia", 1440).go("/facilities")
    nav = page.get_by_role("navigation", name="主导航")
    assert nav.get_by_role("link").all_inner_texts()[1:] == [
        *("值班", "交接", "登记", "签到", "设施", "会员卡", "后厨", "设置")
    ]
    assert page.locator("details.fold").is_hidden()
    assert nav.get_by_role("link", name="设施").get_attribute("aria-current") == "page"
