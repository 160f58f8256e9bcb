"""Every page of the console: nothing inline, nothing from elsewhere, labels, landmarks, refusals as pages."""

import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from app.console import reading
from app.foundation.home import Home
from app.web.callers import Caller
from tests.console.desk_client import Desk, at_desk, make_account
from tests.console.reading_pages import Page
from tests.console.scenes import a_night
from tests.support.clients import sign_in

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def night(home: Home, account: str) -> dict[str, str]:
    """A desk with much going on."""
    return a_night(home, Caller(uuid.UUID(account), "示例值班员子", frozenset({("staff", "GS001")})))


@pytest.fixture
def all_pages(jia: Desk, night: dict[str, str], app: Flask, home: Home) -> dict[str, str]:
    """The text of every page in most of its states."""
    make_account(home, "chief", "示例主管", ("supervisor", "*"))
    chief = at_desk(app, "chief")
    paths = [
        "/", "/?tab=mine", "/?tab=free", "/?tab=done", "/?q=没有&kind=meal&station=GS001",
        "/checkins", "/settings", "/self-check", "/password", "/requests/new", "/requests/new?kind=medical",
        "/requests/new?kind=insurance",
        "/requests/new?kind=meal", "/requests/nowhere", "/live?rows=1",
        *(f"/requests/{request}" for request in night.values()), f"/requests/{night['theft']}/live",
    ]  # fmt: skip
    pages = {path: jia.get(path).text for path in paths}
    pages["refused"] = jia.post(f"/requests/{night['theft']}/reply", text="").text
    pages["revealed"] = jia.post(f"/requests/{night['theft']}/reveal", reason="回拨司机").text
    pages["faulty"] = jia.post(
        "/requests/new", "/requests/new?kind=meal", kind="meal", station="GS001", **{"caller.phone": "12"}
    ).text
    pages["chief"] = chief.get("/").text + chief.get(f"/requests/{night['alarm']}").text
    pages["chief's check-ins"] = chief.get("/checkins").text
    pages["door"] = Desk(app).get("/sign-in").text
    pages["wrong"] = Desk(app).sign_in("jia", "错").text
    return pages


def test_no_page_has_anything_inline_or_from_another_host(all_pages: dict[str, str]) -> None:
    for path, html in all_pages.items():
        page = Page(html)
        assert not page.inline, path
        assert not page.hosts, path


def test_every_form_that_posts_carries_a_proof(all_pages: dict[str, str]) -> None:
    posting = [
        (path, form) for path, html in all_pages.items() for form in Page(html).forms if form.method == "post"
    ]
    assert len(posting) > 60
    for path, form in posting:
        assert "proof" in form.names, (path, form.action)


def test_every_field_has_a_label_and_no_id_comes_twice(all_pages: dict[str, str]) -> None:
    for path, html in all_pages.items():
        if path == "chief":  # two pages in one string
            continue
        page = Page(html)
        assert not page.unlabelled, path
        assert len(page.ids) == len(set(page.ids)), path


def test_every_whole_page_is_chinese_with_one_main_part_and_a_way_to_it(all_pages: dict[str, str]) -> None:
    for path, html in all_pages.items():
        if "<!doctype" not in html or path == "chief":
            continue
        assert html.lstrip().startswith("<!doctype html>"), path
        assert '<html lang="zh-CN"' in html, path
        assert Page(html).landmarks.count("main") == 1, path
        assert '<a class="skip" href="#main">' in html, path


def test_the_strict_policy_is_on_every_page_and_nothing_is_kept(jia: Desk, app: Flask) -> None:
    for answer in (jia.get(), jia.get("/checkins"), jia.get("/nowhere"), Desk(app).get("/sign-in")):
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Cache-Control"] == "no-store"


def test_symptoms_are_in_no_list_and_on_no_bar(jia: Desk, night: dict[str, str]) -> None:
    for path in ("/", "/live?rows=1", "/?tab=free", "/checkins", "/settings"):
        page = jia.get(path).text
        assert "医疗求助" in page
        assert "胸" not in page, path
    assert "胸口疼" in jia.get(f"/requests/{night['alarm']}").text


def test_the_bar_of_an_unanswered_call_is_on_every_page(jia: Desk, night: dict[str, str]) -> None:
    for path in ("/", "/checkins", "/settings", "/requests/new", f"/requests/{night['theft']}"):
        page = jia.get(path).text
        assert f'data-ringing="{night["alarm"]}"' in page, path
        assert "我去处置" in page
        assert 'href="tel:120"' in page
        assert "<title>医疗求助没人接 1 · " in page, path
    assert "data-ringing" not in jia.get(f"/requests/{night['theft']}/live").text


def test_the_bar_thins_once_somebody_answers(jia: Desk, yi: Desk, night: dict[str, str]) -> None:
    assert jia.post(f"/requests/{night['alarm']}/claim").status_code == 303
    page = yi.get().text
    assert "data-ringing" not in page
    assert page.count('class="alarm taken"') == 2
    assert re.search(r"示例值班员子 \d+:\d\d 应答", page)


def test_at_most_two_bars_and_then_how_many_more(jia: Desk, night: dict[str, str], app: Flask) -> None:
    for name in ("driver", "driver2", "member"):
        sign_in(app, name).post("/requests", {"kind": "medical", "station": "GS001", "text": "救命"})
    page = jia.get().text
    assert page.count("data-ringing") == 2
    assert "还有 3 件医疗求助" in page


def test_who_is_not_in_scope_sees_no_bar(
    night: dict[str, str], elsewhere: Desk, signed_in: Callable[..., Desk]
) -> None:
    assert "data-ringing" not in elsewhere.get().text
    cook = signed_in("cook", ("kitchen", "GS001"))
    assert "data-ringing" not in cook.get().text
    assert "热饭 3 份" in cook.get().text
    assert "篷布" not in cook.get().text


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/requests/not-an-id", "/requests/00000000-0000-0000-0000-000000000000", "/static/no.css"],
)
def test_what_is_not_there_is_a_page_in_chinese(jia: Desk, path: str) -> None:
    answer = jia.get(path)
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert "没有找到" in answer.text


def test_a_fault_is_a_page_that_says_so_without_a_trace(jia: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("秘密")

    monkeypatch.setattr(reading, "open_work", broken)
    answer = jia.get()
    assert answer.status_code == 500
    assert answer.mimetype == "text/html"
    assert "系统出了点问题" in answer.text
    assert "秘密" not in answer.text
    assert "Traceback" not in answer.text


def test_too_large_a_form_is_a_page_too(jia: Desk) -> None:
    answer = jia.send("/settings", {"proof": "x" * 400_000})
    assert answer.status_code == 413
    assert answer.mimetype == "text/html"


def test_the_theme_is_the_user_s_and_the_page_comes_back(jia: Desk) -> None:
    assert 'data-theme="day"' in jia.get().text
    chosen = jia.post("/settings", theme="night", back="/console/checkins")
    assert chosen.location == "/console/checkins"
    assert 'data-theme="night"' in jia.get().text
    jia.post("/settings", theme="<script>")
    assert 'data-theme="night"' in jia.get().text


def test_single_keys_can_be_switched_off(jia: Desk) -> None:
    assert 'data-keys="on"' in jia.get().text
    jia.post("/settings", keys="off")
    assert 'data-keys="off"' in jia.get().text


def test_what_people_write_is_never_markup(jia: Desk, app: Flask) -> None:
    nasty = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    driver = sign_in(app, "driver")
    made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": nasty, "place_text": nasty})
    assert made.status_code == 201
    for path in ("/", f"/requests/{made.json['id']}", f"/?q={nasty}"):
        page = jia.get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert not Page(page).inline


def test_the_check_ins_of_today_are_masked_and_looking_is_recorded(
    jia: Desk, night: dict[str, str], home: Home
) -> None:
    page = jia.get("/checkins").text
    assert page.count("<tr>") == 7  # the head and six arrivals
    assert "138******" in page
    assert "1380000" not in page
    with home.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'checkins.listed'")) == 1


def test_check_ins_of_another_station_are_refused(jia: Desk) -> None:
    assert jia.get("/checkins?station=GS002").status_code == 403
