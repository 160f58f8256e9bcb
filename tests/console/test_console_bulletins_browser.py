"""Bulletins in a real browser: written by keyboard beside the phone, watched while sent, at both widths."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright

from app.bulletins import tasks
from app.console import frame
from app.foundation.home import Home
from tests.console.browser import Room, serving, start
from tests.console.desk_client import make_account
from tests.console.news import a_newsroom, caller_of


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = start(playwright)
        yield opened
        opened.close()


@pytest.fixture
def news(home: Home) -> dict[str, str]:
    editor = make_account(home, "bian", "示例编辑子", ("editor", "*"))
    approver = make_account(home, "shen", "示例审核子", ("approver", "*"))
    return a_newsroom(home, caller_of(home, editor, "示例编辑子"), caller_of(home, approver, "示例审核子"))


@pytest.fixture
def room(
    browser: Browser, app: Flask, news: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    """Browsers before the service; in the end none of them has complained."""
    monkeypatch.setattr(frame, "POLL_S", 1)
    with serving(app) as base:
        opened = Room(browser, base)
        yield opened
        opened.close()
    assert [words for seat in opened.seats for words in seat.complaints] == []


def test_a_bulletin_is_written_by_keyboard_and_seen_on_the_phone_beside(room: Room) -> None:
    seat = room.seat("bian", home="**/console/bulletins")
    page = seat.go("/bulletins/new")
    page.focus("[name=title]")
    seat.write("G22 定西段限速（示例）")
    expect(page.locator("#phone .ph1")).to_have_text("G22 定西段限速（示例）")
    page.focus("[name='roads.road']")
    seat.write("G22")
    page.locator("[data-add-row]").press("Enter")
    expect(page.locator(".roadrow")).to_have_count(2)
    seat.write("G6")
    expect(page.locator("#phone .road")).to_have_count(2)
    page.locator("[data-drop-row]").last.press("Enter")
    expect(page.locator("#phone .road")).to_have_count(1)
    page.focus("textarea")
    seat.write("路滑，**慢一点**")
    expect(page.locator("#phone strong")).to_have_text("慢一点")
    seat.keys("Control+Enter")
    page.wait_for_url("**/console/bulletins/*-*")
    seat.see("草稿", ".h")
    page.get_by_role("button", name="存好送审").press("Enter")
    seat.see("待审核", "#pill")


def test_the_figures_move_by_themselves_and_a_pause_holds(
    home: Home, room: Room, news: dict[str, str]
) -> None:
    seat = room.seat("shen", home="**/console/bulletins")
    page = seat.go(f"/bulletins/{news['sending']}")
    seat.see("发送中", "#pill")
    page.locator("#do-pause").press("Enter")
    seat.see("已暂停", "#pill")
    page.locator("#do-resume").press("Enter")
    seat.see("发送中", "#pill")
    with home.database.engine.begin() as connection:
        sent = "UPDATE delivery SET state = 'sent', settled_at = now() WHERE mailing_id IS NOT NULL"
        connection.exec_driver_sql(sent)
    expect(page.locator(".dl tr").first.locator(".r").first).to_have_text("40")
    tasks.send(home)
    seat.see("已发完", "#pill")  # nobody pressed anything


def test_an_audience_is_counted_without_losing_what_was_chosen(room: Room, news: dict[str, str]) -> None:
    seat = room.seat("shen", home="**/console/bulletins")
    page = seat.go(f"/bulletins/{news['approved']}")
    page.get_by_label("值班主管").check()
    page.fill("[name=expires_at]", "2099-01-01T00:00")
    page.get_by_role("button", name="看看有多少人").click()
    seat.see("收得到微信通知")
    expect(page.get_by_label("值班主管")).to_be_checked()
    expect(page.locator("[name=expires_at]")).to_have_value("2099-01-01T00:00")


@pytest.mark.parametrize("width", [375, 1440])
def test_nothing_hangs_over_the_edge_and_all_is_big_enough_to_press(
    room: Room, news: dict[str, str], width: int
) -> None:
    for login, paths in (
        ("bian", ["/bulletins/new", "/questions", f"/bulletins/{news['sending']}"]),
        ("shen", ["/bulletins", f"/bulletins/{news['approved']}", f"/bulletins/{news['correction']}"]),
    ):
        seat = room.seat(login, width, 812, home="**/console/bulletins")
        for path in paths:
            page = seat.go(path)
            over = "document.querySelector('.page').scrollWidth - document.querySelector('.page').clientWidth"
            assert page.evaluate(over) <= 0, path
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
            small = page.locator(".page .btn:visible").evaluate_all(
                "all => all.filter(one => one.offsetHeight < 32 || one.offsetWidth < 32).map(one => one.id)"
            )
            assert small == [], path
