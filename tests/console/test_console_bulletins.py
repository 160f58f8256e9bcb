"""Bulletins and questions at the console, by pages and forms without script."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.bulletins import tasks
from app.console.times import field_time
from app.foundation.home import Home
from tests.console.conftest import MovedClock
from tests.console.desk_client import Desk, at_desk, make_account
from tests.console.news import a_newsroom, caller_of
from tests.console.reading_pages import Page
from tests.support.clients import sign_in

TYPED: dict[str, Any] = {
    "title": "G30 古浪至天祝入口管制（示例）",
    "category": "road",
    "source": "示例支队",
    "body_markdown": "前面**雪大**",
    "roads.road": ["g30", "", "G6"],
    "roads.km_from": ["K1812", "", ""],
    "roads.km_to": ["1883.5", "", ""],
    "roads.heading": ["双向", "", ""],
    "roads.vehicle": ["三轴及以上", "", ""],
    "roads.measure": ["入口管制", "", "限速"],
}


@pytest.fixture
def editor_id(home: Home) -> str:
    return make_account(home, "bian", "示例编辑子", ("editor", "*"))


@pytest.fixture
def approver_id(home: Home) -> str:
    return make_account(home, "shen", "示例审核子", ("approver", "*"))


@pytest.fixture
def bian(app: Flask, editor_id: str) -> Desk:
    """An editor."""
    return at_desk(app, "bian")


@pytest.fixture
def shen(app: Flask, approver_id: str) -> Desk:
    """An approver."""
    return at_desk(app, "shen")


@pytest.fixture
def news(home: Home, editor_id: str, approver_id: str) -> dict[str, str]:
    """Bulletins in every state."""
    editor, approver = caller_of(home, editor_id, "示例编辑子"), caller_of(home, approver_id, "示例审核子")
    return a_newsroom(home, editor, approver)


def write(desk: Desk, **changed: Any) -> Any:
    """Fill the empty form and send it."""
    return desk.post("/bulletins/new", "/bulletins/new", **{**TYPED, **changed})


def step(desk: Desk, path: str, name: str, **fields: Any) -> str:
    """Press a button on the page of a bulletin; the text of the page that comes."""
    answer = desk.post(f"{path}/{name}", path, **fields)
    assert answer.status_code == 303, answer.text
    return desk.get(answer.headers["Location"].removeprefix("/console")).text


def test_every_page_is_plain_labelled_and_proved(bian: Desk, shen: Desk, news: dict[str, str]) -> None:
    one_each = [f"/bulletins/{news[name]}" for name in news if name != "question"]
    paths = ["/bulletins", "/bulletins?state=submitted&q=G30", "/bulletins?q=没有", "/bulletins/new",
             "/questions", "/questions?state=answered", "/settings", *one_each,
             f"/bulletins/{news['sending']}/live"]  # fmt: skip
    for desk in (bian, shen):
        for path in paths:
            answer = desk.get(path)
            assert answer.status_code in (200, 403), (path, answer.text)
            page = Page(answer.text)
            assert not page.inline, path
            assert not page.unlabelled, (path, page.unlabelled)
            assert page.hosts == [], path
            assert len(page.ids) == len(set(page.ids)), path
            assert all("proof" in form.names for form in page.forms if form.method == "post"), path


def test_who_writes_is_led_to_the_bulletins_and_sees_no_desk(bian: Desk) -> None:
    answer = bian.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/bulletins")
    page = bian.get("/bulletins").text
    assert "登记" not in page
    assert 'data-live=""' in page


def test_who_has_both_keeps_the_desk_s_alarm_on_his_screen(app: Flask, home: Home) -> None:
    make_account(home, "jian", "示例兼任", ("editor", "*"), ("staff", "GS001"))
    page = at_desk(app, "jian").get("/bulletins").text
    assert 'data-live="/console/live"' in page
    assert "登记" in page


def test_the_whole_way_by_forms(app: Flask, home: Home, clock: MovedClock, bian: Desk, shen: Desk) -> None:
    made = write(bian, then="submit")
    assert made.status_code == 303
    path = made.headers["Location"].removeprefix("/console")
    page = bian.get(path).text
    assert "待审核" in page
    assert "要由别人审核" in page
    assert 'name="title"' not in page
    page = shen.get(path).text
    assert re.search(r"K1812–K1883\+500", page)
    assert "<strong>雪大</strong>" in page
    assert "定时发布" not in page
    assert "定时发布" in step(
        shen, path, "approve", revision=re.search(r'name="revision" value="(\d+)"', page)[1]
    )
    counted = shen.post(f"{path}/audience", path, **{"audience.roles": ["driver", "member"]})
    assert counted.status_code == 200
    assert "收得到微信通知" in counted.text
    assert counted.text.count("checked") == 2  # what was chosen stays chosen
    now = clock.now()
    when = {
        "send_at": field_time(now + timedelta(hours=1)),
        "expires_at": field_time(now + timedelta(hours=3)),
    }
    assert "等发布" in step(shen, path, "schedule", **when)
    clock.ahead = timedelta(hours=1, minutes=1)
    tasks.send(home)
    page = shen.get(path).text
    assert "已发完" in page
    assert "合计，都进了收件箱" in page


def test_a_fault_is_told_at_its_row_and_nothing_typed_is_lost(bian: Desk) -> None:
    answer = write(bian, **{"roads.km_from": ["城里", "", "远"], "starts_at": "2026-12-01T08:00"})
    assert answer.status_code == 422
    for words in (
        "第 1 行起点桩号",
        "第 2 行起点桩号",
        'value="城里"',
        'value="2026-12-01T08:00"',
        "前面**雪大**",
    ):
        assert words in answer.text


def test_a_form_sent_twice_makes_one(bian: Desk) -> None:
    once = "8a0f6f0e-9d1c-4a57-8f0e-1f2e3d4c5b6a"
    first, again = write(bian, once=once), write(bian, once=once)
    assert first.headers["Location"] == again.headers["Location"]
    assert bian.get("/bulletins").text.count('class="row news"') == 1


def test_who_approves_something_that_was_changed_meanwhile_is_told(bian: Desk, shen: Desk) -> None:
    path = write(bian, then="submit").headers["Location"].removeprefix("/console")
    late = shen.post(f"{path}/approve", path, revision="1")
    assert late.status_code == 409
    assert "刚被别人改过" in late.text


def test_a_return_tells_the_editor_why(bian: Desk, shen: Desk) -> None:
    path = write(bian, then="submit").headers["Location"].removeprefix("/console")
    assert shen.post(f"{path}/return", path, reason=" ").status_code == 422
    step(shen, path, "return", reason="写清从哪到哪")
    page = bian.get(path).text
    assert "写清从哪到哪" in page
    assert 'name="title"' in page


def test_the_preview_shows_what_is_typed_right_or_wrong(bian: Desk) -> None:
    def preview(**changed: Any) -> str:
        answer = bian.post("/bulletins/preview", "/bulletins/new", **{**TYPED, **changed})
        assert answer.status_code == 200
        return answer.text

    assert "<strong>雪大</strong>" in preview()
    assert "G6" in preview()
    wrong = preview(
        title="", body_markdown="<script>alert(1)</script>", **{"roads.km_from": ["城里", "", ""]}
    )
    assert "还没有标题" in wrong
    assert "城里" in wrong
    assert "<script>" not in wrong


def test_the_poll_is_304_until_something_moves(home: Home, shen: Desk, news: dict[str, str]) -> None:
    path = f"/bulletins/{news['sending']}"
    first = shen.get(f"{path}/live")
    assert {"pill", "going", "steps"} <= set(Page(first.text).ids)
    again = shen.get(f"{path}/live", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    step(shen, path, "pause")
    moved = shen.get(f"{path}/live", If_None_Match=first.headers["ETag"])
    assert moved.status_code == 200
    assert "继续发送" in moved.text


def test_the_bar_adds_up(shen: Desk, news: dict[str, str]) -> None:
    page = shen.get(f"/bulletins/{news['sending']}").text
    numbers = [int(found.replace(",", "")) for found in re.findall(r'<td class="r">([\d,]+)</td>', page)]
    assert sum(numbers[:-1]) == numbers[-1] >= 60
    shares = re.findall(r'<rect class="s[1-7]" x="([\d.]+)" width="([\d.]+)"', page)
    assert len(shares) == 2
    assert float(shares[-1][0]) + float(shares[-1][1]) <= 1000


def test_a_correction_leads_to_the_one_draft_there_is(bian: Desk, news: dict[str, str]) -> None:
    path = f"/bulletins/{news['sending']}"
    again = bian.post(f"{path}/correct", path)
    assert again.headers["Location"] == f"/console/bulletins/{news['correction']}"
    page = bian.get(f"/bulletins/{news['correction']}").text
    assert "和上一版比" in page
    assert "天祝也管制了" in page


def test_a_question_is_answered_without_its_asker_s_number(bian: Desk, news: dict[str, str]) -> None:
    page = bian.get("/questions").text
    assert "13800001234" in page  # the editor reads what was asked
    assert "138******34" in page  # and what will be shown
    path = f"/questions/{news['question']}/answer"
    refused = bian.post(path, "/questions", text="", public="yes")
    assert refused.status_code == 422
    assert "答复：不能为空或太短" in refused.text
    done = bian.post(path, "/questions", text="能", public="yes", source="示例文号", question="混装能走吗")
    assert done.headers["Location"] == "/console/questions?done=yes"
    shown = bian.get("/questions?state=answered").text
    assert "混装能走吗" in shown
    assert "13800001234" not in shown
    late = bian.post(path, "/questions", text="又答", public="yes")
    assert late.status_code == 409


def test_a_question_asked_on_the_phone_waits_here(app: Flask, bian: Desk) -> None:
    assert sign_in(app, "driver").post("/questions", {"text": "绿通怎么走"}).status_code == 201
    assert "绿通怎么走" in bian.get("/questions").text
