"""Merging, the stages of a call, handing a shift over and ready-made answers, as plain forms."""

import re

import pytest
from flask import Flask

from tests.console.desk_client import Desk
from tests.support.clients import Somebody, sign_in


def ask(driver: Somebody, kind: str = "meal", words: str = "想吃碗热面", **more: object) -> str:
    made = driver.post("/requests", {"kind": kind, "station": "GS001", "side": "A", "text": words, **more})
    assert made.status_code == 201, made.text
    return str(made.json["id"])


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# --- merging ----------------------------------------------------------------------------------------------


def test_a_repeat_is_merged_and_leads_to_the_one_that_goes_on(
    app: Flask, driver: Somebody, jia: Desk
) -> None:
    other = sign_in(app, "driver2")
    first, again = ask(driver), ask(other, words="还是那碗面")
    page = f"/requests/{again}"
    assert f'<option value="{first}"' in jia.get(page).text
    assert f'<option value="{again}"' not in jia.get(page).text
    assert jia.post(f"{page}/merge", page, into=first).location == f"/console/requests/{first}"
    assert other.get(f"/requests/{again}").json["state"] == "closed"
    goes_on = jia.get(f"/requests/{first}").text
    assert "/merge" not in goes_on, "nothing is left to merge"
    assert "他们的司机也会看到这段结果" in goes_on
    assert "他们的司机也会看到这段结果" not in jia.get(page).text


def test_the_form_says_who_reads_what_before_two_are_one(driver: Somebody, app: Flask, jia: Desk) -> None:
    ask(driver)
    again = ask(sign_in(app, "driver2"), words="还是那碗面")
    shown = jia.get(f"/requests/{again}").text
    assert "那一件办结时写的结果，两边的司机都看得到" in shown
    assert "他们的司机也会看到这段结果" not in shown, "nothing was merged into it"


def test_a_call_for_help_is_offered_nothing_ordinary(driver: Somebody, app: Flask, jia: Desk) -> None:
    ask(driver)
    call = ask(sign_in(app, "driver2"), "medical", "胸口疼")
    assert 'name="into"' not in jia.get(f"/requests/{call}").text


@pytest.mark.parametrize("into", ["", "not-an-id", "01a20000-0000-7000-8000-000000000000"])
def test_what_cannot_be_merged_is_said_where_it_was_chosen(driver: Somebody, jia: Desk, into: str) -> None:
    ask(driver, words="第一件")
    page = f"/requests/{ask(driver, words='第二件')}"
    answer = jia.post(f"{page}/merge", page, into=into)
    assert answer.status_code in (404, 422)
    assert driver.get(page).json["merged_into"] is None


# --- the stages of a call -----------------------------------------------------------------------------


def test_the_stages_of_a_call_are_offered_as_they_follow(driver: Somebody, jia: Desk) -> None:
    call = ask(driver, "medical", "胸口疼")
    page = f"/requests/{call}"
    assert "我已到现场" not in jia.get(page).text, "nobody has taken it"
    jia.post(f"{page}/claim", page)
    assert "我已到现场" in jia.get(page).text
    assert jia.post(f"{page}/on-scene", page).status_code == 303
    shown = jia.get(page).text
    assert "我已到现场" not in shown
    assert "移交病人…" in shown
    assert jia.post(f"{page}/hand-over", page, to="120").status_code == 303
    assert jia.post(f"{page}/hand-over", page, to="hospital").status_code == 303
    told = [step["text"] for step in driver.get(page).json["timeline"]]
    assert any("120" in text for text in told)
    assert any("医院" in text for text in told)
    assert jia.post(f"{page}/hand-over", page, to="somebody").status_code == 422


def test_an_ordinary_request_has_no_stages(driver: Somebody, jia: Desk) -> None:
    page = f"/requests/{ask(driver)}"
    jia.post(f"{page}/claim", page)
    assert "/on-scene" not in jia.get(page).text
    refused = jia.post(f"{page}/on-scene", page)
    assert refused.status_code == 409
    assert "request.wrong_state" in refused.text


def test_units_outside_are_offered_the_kind_s_own_first(driver: Somebody, jia: Desk) -> None:
    page = f"/requests/{ask(driver, 'complaint', '泡面太贵')}"
    offered = re.findall(r'<datalist id="units">(.*?)</datalist>', jia.get(page).text)[0]
    assert offered.index("12328") < offered.index("保险公司") < offered.index("120 急救")
    jia.post(f"{page}/claim", page)
    sent = {"how": "to_unit", "to_unit": "12328 交通运输服务监督", "reason": "运费拖欠"}
    assert jia.post(f"{page}/transfer", page, **sent).status_code == 303
    seen = driver.get(page).json
    assert seen["unit"] == "12328 交通运输服务监督"
    assert any("12328" in item["text"] for item in driver.get("/inbox").json["items"])


# --- the end of a shift -----------------------------------------------------------------------------------


def test_a_shift_is_given_signed_and_shown_to_both(
    driver: Somebody, jia: Desk, yi: Desk, account: str
) -> None:
    request = ask(driver)
    jia.post(f"/requests/{request}/claim")
    page = jia.get("/shift").text
    assert "想吃碗热面" in page
    assert '<td class="nw">示例值班员子</td>' in page, "on paper nobody is 我"
    successor = re.findall(r'<option value="([0-9a-f-]{36})">示例值班员丑', page)[0]
    note = "37 位的药要冷藏"
    gave = jia.post("/shift", "/shift", station="GS001", to=successor, note=note)
    assert gave.location == "/console/shift?station=GS001"
    assert driver.get(f"/requests/{request}").json["holder"]["name"] == "示例值班员丑"
    theirs = yi.get("/shift").text
    assert "等您签字接班" in theirs
    assert note in theirs
    signing = re.findall(r'action="/console(/shift/[0-9a-f-]{36}/sign)', theirs)[0]
    assert jia.post(signing, "/shift").status_code == 404, "the giver cannot sign for the taker"
    assert yi.post(signing, "/shift").status_code == 303
    assert "等您签字接班" not in yi.get("/shift").text
    assert "双签" in jia.get("/shift").text
    again = yi.post(signing, "/shift", once="")
    assert again.status_code == 409
    assert "shift.signed" in again.text


def test_the_printed_page_says_how_many_went_back(app: Flask, driver: Somebody, jia: Desk) -> None:
    """What the next one's post does not handle is in the queue, and nobody may overlook it."""
    kitchen = sign_in(app, "kitchen").user["id"]
    ordinary = f"/requests/{ask(driver, 'other', '示例')}"
    jia.post(f"{ordinary}/claim", ordinary)
    refused = jia.post("/shift", "/shift", station="GS001", to=kitchen)
    assert refused.status_code == 409
    assert "对方的岗位一件也办不了" in refused.text
    meal = f"/requests/{ask(driver, 'meal', '想喝碗热汤')}"
    jia.post(f"{meal}/claim", meal)
    assert jia.post("/shift", "/shift", station="GS001", to=kitchen).status_code == 303
    sheet = jia.get("/shift").text.partition("<aside")[0]
    assert "<b>1 件回到队列，没人接</b>" in sheet


def test_a_shift_goes_to_nobody_without_a_desk_there(jia: Desk, account: str, elsewhere: Desk) -> None:
    assert jia.post("/shift", "/shift", station="GS001", to=account).status_code == 409
    assert jia.post("/shift", "/shift", station="GS001", to="").status_code == 422
    assert jia.get("/shift?station=GS002").status_code == 403
    assert "示例值班员子" not in elsewhere.get("/shift").text.partition("上几班")[2]


def test_a_list_of_shifts_is_the_desk_s_own(staff: Somebody, app: Flask) -> None:
    second = sign_in(app, "staff2")
    body = {"station": "GS001", "to": second.user["id"], "note": "示例留言"}
    assert staff.post("/staff/shifts/hand-over", body).json["note"] == "示例留言"
    mine, theirs = (who.get("/staff/shifts/hand-overs").json["items"][0] for who in (staff, second))
    assert (mine["from"], mine["to_me"], theirs["to_me"]) == (staff.user["nickname"], False, True)
    assert staff.get("/staff/shifts/hand-overs?station=GS002").status_code == 403


# --- ready-made answers -----------------------------------------------------------------------------------


def test_a_phrase_is_added_changed_offered_and_removed(driver: Somebody, jia: Desk) -> None:
    added = jia.post("/phrases", "/phrases", title="热水", text="热水房在 A 侧。", station="GS001")
    assert added.location == "/console/phrases"
    page = f"/requests/{ask(driver)}"
    assert 'data-phrase="热水房在 A 侧。"' in jia.get(page).text
    one = re.findall(r'action="/console(/phrases/[0-9a-f-]{36})"', jia.get("/phrases").text)[0]
    assert jia.post(one, "/phrases", title="热水", text="热水房在 B 侧。").status_code == 303
    assert "热水房在 B 侧。" in jia.get("/phrases").text
    twice = jia.post("/phrases", "/phrases", title="热水", text="别的话", station="GS001")
    assert twice.status_code == 409
    assert "别的话" in twice.text, "what was typed stays"
    assert jia.post(f"{one}/remove", "/phrases").status_code == 303
    assert "data-phrase=" not in jia.get(page).text


def test_a_phrase_cannot_break_out_of_its_attribute(driver: Somebody, jia: Desk) -> None:
    evil = '"><script>alert(1)</script>'
    jia.post("/phrases", "/phrases", title="示例", text=evil, station="GS001")
    shown = jia.get(f"/requests/{ask(driver)}").text
    assert evil not in shown
    assert "&lt;script&gt;" in shown
