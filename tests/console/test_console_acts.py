"""What the buttons of the desk do, each as a plain form, and what is said where it cannot be done."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.console import fields
from app.console.times import clock_time
from app.foundation.clock import SHANGHAI
from app.foundation.home import Home
from tests.console.conftest import MovedClock
from tests.console.desk_client import Desk
from tests.console.reading_pages import Page
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def request_id(driver: Somebody) -> str:
    """A driver's wish at GS001, side A."""
    made = driver.post("/requests", {"kind": "meal", "station": "GS001", "side": "A", "text": "想吃碗热面"})
    found: str = made.json["id"]
    return found


def test_claim_answer_and_resolve_reach_the_driver(driver: Somebody, jia: Desk, request_id: str) -> None:
    assert "想吃碗热面" in jia.get().text
    page = f"/requests/{request_id}"
    assert jia.post(f"{page}/claim").location == f"/console{page}"
    assert "我 持有" in re.sub(r"<[^>]+>", "", jia.get(page).text).replace("\n", "")
    assert jia.post(f"{page}/reply", page, to="driver", text="二十分钟后到餐厅取。").status_code == 303
    assert jia.post(f"{page}/reply", page, to="note", text="后厨只剩两份").status_code == 303
    assert jia.post(f"{page}/resolve", page, result="面已取走").status_code == 303
    seen = driver.get(f"/requests/{request_id}").json
    assert seen["state"] == "answered"
    assert [message["text"] for message in seen["messages"]] == ["二十分钟后到餐厅取。", "面已取走"]
    desk = jia.get(page).text
    assert "后厨只剩两份" in desk
    assert "内部备注 · 示例值班员子 · 司机看不到" in desk


def test_what_the_url_asks_for_survives_a_step(jia: Desk, request_id: str) -> None:
    query = "?tab=free&kind=meal"
    claimed = jia.post(f"/requests/{request_id}/claim{query}")
    assert claimed.location == f"/console/requests/{request_id}{query}"


def test_a_note_never_reaches_the_driver(driver: Somebody, jia: Desk, request_id: str) -> None:
    jia.post(f"/requests/{request_id}/reply", f"/requests/{request_id}", to="note", text="这人上周也来过")
    assert "这人上周也来过" not in driver.get(f"/requests/{request_id}").text
    assert driver.get("/inbox").json["items"] == []


def test_an_empty_answer_is_refused_where_it_was_written(jia: Desk, request_id: str) -> None:
    refused = jia.post(f"/requests/{request_id}/reply", f"/requests/{request_id}", to="note", text=" ")
    assert refused.status_code == 422
    assert "内容：不能为空或太短" in refused.text
    assert 'value="note" id="to-note" checked' in refused.text


def test_what_was_typed_survives_a_refusal(driver: Somebody, jia: Desk, request_id: str) -> None:
    page = f"/requests/{request_id}"
    shown = jia.get(page).text
    proof = shown.split('name="proof" value="')[1][:64]
    driver.post(f"/requests/{request_id}/withdraw")
    refused = jia.send(f"{page}/resolve", {"proof": proof, "result": "面已取走"})
    assert refused.status_code == 409
    assert "这条诉求现在不能这样办理" in refused.text
    assert "您写的：面已取走" in refused.text  # its form is gone, the words are not


def test_waiting_stops_the_clock_and_tells_the_driver(
    driver: Somebody, jia: Desk, request_id: str, home: Home
) -> None:
    page = f"/requests/{request_id}"
    jia.post(f"{page}/claim")
    waited = jia.post(f"{page}/wait", page, text="您几点能到餐厅？", preset="2h")
    assert waited.status_code == 303, waited.text
    shown = jia.get(page).text
    assert "停至 " in shown
    assert "您几点能到餐厅？" in shown
    assert "· 等司机补充" in shown
    assert driver.get("/inbox").json["items"][0]["text"] == "您几点能到餐厅？"
    assert "等司机，时钟停" in jia.get().text


def test_a_moment_that_is_over_cannot_be_waited_for(jia: Desk, request_id: str) -> None:
    page = f"/requests/{request_id}"
    jia.post(f"{page}/claim")
    refused = jia.post(f"{page}/wait", page, reason="等回电", until="2020-01-01T08:00")
    assert refused.status_code == 422
    assert "要填一个还没到的时间" in refused.text
    assert ">等回电</textarea>" in refused.text
    assert re.search(r'<details data-key="w" open>', refused.text)


@pytest.mark.parametrize(
    ("now", "morning"), [("07:59", "08:00"), ("08:00", "明天 08:00"), ("23:30", "明天 08:00")]
)
def test_the_next_morning_is_the_next_eight_o_clock(now: str, morning: str) -> None:
    moment = datetime.fromisoformat(f"2026-11-23T{now}:00").replace(tzinfo=SHANGHAI)
    assert clock_time(fields.next_morning(moment), moment) == morning


def test_handing_over_to_a_colleague_a_unit_and_another_station(
    driver: Somebody, jia: Desk, yi: Desk, elsewhere: Desk, request_id: str, home: Home
) -> None:
    page = f"/requests/{request_id}"
    jia.post(f"{page}/claim")
    shown = jia.get(page).text
    assert "示例值班员丑" in shown
    colleague = re.search(r'<option value="([0-9a-f-]{36})">示例值班员丑', shown)
    assert colleague
    assert "原因，司机看得到" in jia.get(page).text, "he reads it word for word"
    moved = jia.post(f"{page}/transfer", page, how="to_staff", to_staff=colleague[1], reason="我去巡场")
    assert moved.status_code == 303
    assert "示例值班员丑" in jia.get(page).text
    unit = yi.post(f"{page}/transfer", page, how="to_unit", to_unit="高速交警", to_staff="", reason="要拖车")
    assert unit.status_code == 303
    assert "转高速交警" in yi.get().text
    gone = yi.post(f"{page}/transfer", page, how="to_station", to_station="GS002", reason="车已开过去")
    assert gone.location == "/console/"
    assert yi.get(page).status_code == 404
    assert "在兰州北服务区值班台" in re.sub(r"<[^>]+>", "", elsewhere.get(page).text)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"how": "to_staff"},
        {"how": "to_staff", "to_staff": "不是编号"},
        {"how": "to_staff", "to_staff": "00000000-0000-0000-0000-000000000000"},
        {"how": "to_station", "to_station": "GS999"},
        {"how": "person_id", "person_id": "x"},
    ],
)
def test_a_transfer_to_nobody_is_refused_and_nothing_moves(
    jia: Desk, request_id: str, sent: dict[str, str]
) -> None:
    page = f"/requests/{request_id}"
    jia.post(f"{page}/claim")
    refused = jia.post(f"{page}/transfer", page, reason="试试", **sent)
    assert refused.status_code in (404, 422)
    assert 'class="fault"' in refused.text
    assert 'value="试试"' in refused.text


def test_the_number_is_masked_until_it_is_revealed_with_a_reason(
    app: Flask, jia: Desk, home: Home, account: str
) -> None:
    made = jia.post(
        "/requests/new", "/requests/new?kind=other", kind="other", station="GS001", text="问路",
        **{"caller.name": "示例来人", "caller.phone": "138 0000 4321"},
    )  # fmt: skip
    page = made.location.removeprefix("/console")
    assert "138******21" in jia.get(page).text
    assert "13800004321" not in jia.get(page).text
    without = jia.post(f"{page}/reveal", page, reason="")
    assert without.status_code == 422
    assert "13800004321" not in without.text
    shown = jia.post(f"{page}/reveal", page, reason="问清在哪一侧")
    assert shown.status_code == 200
    assert 'href="tel:13800004321"' in shown.text
    assert "查看了回拨号码：问清在哪一侧，司机看不到" in shown.text
    assert "13800004321" not in jia.get(page).text
    with home.database.transaction() as session:
        wanted = "SELECT actor_id::text, reason FROM audit_entry WHERE action = 'request.phone_revealed'"
        assert session.execute(text(wanted)).one() == (account, "问清在哪一侧")


def test_opening_a_request_is_recorded_once_for_all_its_polls(jia: Desk, request_id: str, home: Home) -> None:
    for _ in range(3):
        jia.get(f"/requests/{request_id}")
        jia.get(f"/requests/{request_id}/live")
    with home.database.transaction() as session:
        counted = "SELECT count(*) FROM audit_entry WHERE action = 'request.opened'"
        assert session.scalar(text(counted)) == 1


def test_another_station_s_request_is_not_there_for_any_step(
    elsewhere: Desk, jia: Desk, request_id: str
) -> None:
    page = f"/requests/{request_id}"
    assert elsewhere.get(page).status_code == 404
    assert elsewhere.get(f"{page}/live").status_code == 404
    assert "想吃碗热面" not in elsewhere.get().text
    for step in ("claim", "reply", "wait", "resolve", "transfer", "reveal"):
        words = {"text": "好", "result": "好", "reason": "好"}
        sent = {**words, "preset": "2h", "how": "to_unit", "to_unit": "示例单位"}
        assert elsewhere.post(f"{page}/{step}", **sent).status_code == 404, step
    assert "没人接" in jia.get(page).text


def test_the_kitchen_handles_meals_and_nothing_else(
    driver: Somebody, signed_in: Callable[..., Desk], request_id: str
) -> None:
    cook = signed_in("cook", ("kitchen", "GS001"))
    other = driver.post("/requests", {"kind": "complaint", "station": "GS001", "text": "太吵"}).json["id"]
    assert cook.post(f"/requests/{request_id}/claim").status_code == 303
    assert cook.get(f"/requests/{other}").status_code == 404


def test_every_kind_has_a_form_drawn_from_its_schema(jia: Desk) -> None:
    form = jia.get("/requests/new?kind=insurance").text
    for title in ("出了什么事", "大约什么时候", "已报警", "保险公司", "报案号"):
        assert title in form
    assert "货物丢失" in form
    assert 'type="checkbox" name="details.police_reported"' in form
    assert "details.symptoms" in jia.get("/requests/new?kind=medical").text


def test_a_walk_in_is_entered_with_the_kind_s_own_fields(jia: Desk) -> None:
    made = jia.post(
        "/requests/new", "/requests/new?kind=insurance", kind="insurance", station="GS001", side="B",
        text="油箱被撬", place_text="重车区北口",
        **{"details.what": "油料被盗", "details.police_reported": "yes", "details.insurer": ""},
    )  # fmt: skip
    assert made.status_code == 303, made.text
    page = jia.get(made.location.removeprefix("/console")).text
    for words in ("油箱被撬", "油料被盗", "已报警", "重车区北口", "B 侧", "值班台代录"):
        assert words in page
    assert "保险公司</dt>" not in page


def test_a_form_that_is_wrong_comes_back_filled_with_the_fault_at_its_field(jia: Desk) -> None:
    refused = jia.post(
        "/requests/new", "/requests/new?kind=meal", kind="meal", station="GS001", text="两份面",
        **{"details.quantity": "很多", "caller.phone": "12"},
    )  # fmt: skip
    assert refused.status_code == 422
    assert "来人电话：" in refused.text
    assert ">两份面</textarea>" in refused.text
    assert 'value="很多"' in refused.text
    again = jia.post(
        "/requests/new", "/requests/new?kind=meal", kind="meal", station="GS001", text="两份面",
        **{"details.quantity": "99"},
    )  # fmt: skip
    assert "几份：太大了" in again.text


def test_a_medical_call_is_taken_however_little_is_known_and_rings(jia: Desk, yi: Desk) -> None:
    made = jia.post("/requests/new", "/requests/new?kind=medical", kind="medical", station="GS001")
    assert made.status_code == 303, made.text
    assert "data-ringing" in yi.get().text
    assert "响铃" in yi.get("/checkins").text or "我去处置" in yi.get("/checkins").text


def test_staff_enter_only_for_their_own_station_except_a_medical_call(jia: Desk) -> None:
    other = jia.post("/requests/new", "/requests/new?kind=other", kind="other", station="GS002", text="问路")
    assert other.status_code == 403
    assert ">问路</textarea>" in other.text
    urgent = jia.post("/requests/new", "/requests/new?kind=medical", kind="medical", station="GS002")
    assert urgent.status_code == 303
    assert re.search(r"^/console/\?done=\d{4}-\w{5}$", urgent.location)
    assert "交给那个站的值班台了" in jia.get(urgent.location.removeprefix("/console")).text


def test_an_unknown_kind_leads_back_to_the_choice(jia: Desk) -> None:
    refused = jia.post("/requests/new", "/requests/new?kind=other", kind="nonsense")
    assert refused.status_code == 422
    assert "要先选一类" in refused.text
    assert len(Page(jia.get("/requests/new?kind=nonsense").text).forms) <= 5


def test_a_driver_not_satisfied_twice_needs_a_supervisor(
    driver: Somebody, jia: Desk, request_id: str, signed_in: Callable[..., Desk]
) -> None:
    page = f"/requests/{request_id}"
    for _ in range(2):
        jia.post(f"{page}/resolve", page, result="好了")
        assert driver.post(f"/requests/{request_id}/reopen", {"reason": "没好"}).status_code == 200
    refused = jia.post(f"{page}/claim")
    assert refused.status_code == 409
    assert "要由值班主管接手" in refused.text
    assert "两次不满意" in refused.text
    chief = signed_in("chief", ("supervisor", "*"))
    assert chief.post(f"{page}/claim").status_code == 303


def test_finding_by_number_station_and_words(driver: Somebody, jia: Desk, request_id: str) -> None:
    number = driver.get(f"/requests/{request_id}").json["number"]
    for words in (number, number.lower(), "热面", "接驾嘴", "用餐"):
        assert request_id in jia.get(f"/?q={words}").text, words
    assert request_id not in jia.get("/?q=没有这样的").text
    jia.post(f"/requests/{request_id}/resolve", f"/requests/{request_id}", result="好了")
    assert request_id not in jia.get(f"/?q={number}").text
    assert request_id in jia.get(f"/?tab=done&q={number.lower()}").text


def test_filters_and_tabs_choose_what_the_url_says(
    app: Flask, driver: Somebody, jia: Desk, request_id: str, signed_in: Callable[..., Desk]
) -> None:
    other = sign_in(app, "driver2").post("/requests", {"kind": "other", "station": "GS002", "text": "问路"})
    chief = signed_in("chief", ("supervisor", "*"))
    jia.post(f"/requests/{request_id}/claim")
    shown = {
        "": {request_id, other.json["id"]},
        "?kind=meal": {request_id},
        "?station=GS002": {other.json["id"]},
        "?tab=free": {other.json["id"]},
        "?tab=mine": set(),
        "?tab=free&kind=meal": set(),
    }
    for query, wanted in shown.items():
        page = chief.get(f"/{query}").text
        found = {one for one in (request_id, other.json["id"]) if f'id="r-{one}"' in page}
        assert found == wanted, query


def test_the_road_shows_the_clock_that_runs_and_what_was_late(
    jia: Desk, request_id: str, clock: MovedClock
) -> None:
    page = f"/requests/{request_id}"
    clock.ahead = timedelta(minutes=12)
    assert "剩 2 分" in jia.get(page).text or "剩 3 分" in jia.get(page).text
    clock.ahead = timedelta(minutes=20)
    assert "超 5 分" in jia.get(page).text or "超 4 分" in jia.get(page).text
    jia.post(f"{page}/claim")
    shown = jia.get(page).text
    assert "超时 · 用了 " in shown
    assert "答复" in shown
