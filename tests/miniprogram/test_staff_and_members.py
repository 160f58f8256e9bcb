"""The desk in a pocket, and duty: the sub-packages before the real service."""

import itertools
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import qrcode
from flask import Flask
from qrcode.constants import ERROR_CORRECT_M
from sqlalchemy import text

from app.foundation.clock import SHANGHAI
from app.foundation.home import Home
from app.members.store import tell_member
from app.notices.service import tell
from tests.miniprogram import node
from tests.miniprogram.eyes import look_at
from tests.miniprogram.node import HARNESS, MINIPROGRAM
from tests.miniprogram.phone import Phone
from tests.support.clients import Somebody, sign_in


def test_the_desk_takes_answers_and_closes(phone: Callable[..., Phone], app: Flask) -> None:
    driver = sign_in(app, "driver")
    made = driver.post("/requests", {"kind": "facility", "station": "GS001", "side": "B", "text": "灯坏了"})
    desk = phone("staff").open("/pages/me/index")
    desk.tap("值班台", role="link")
    desk.see("灯坏了")
    desk.tap("灯坏了", role="link")
    desk.tap("我来接")
    desk.see("在我手里")
    desk.tap("快捷：已经派人去看")
    desk.tap("回话")
    desk.see("已经派人去看")
    desk.tap("办结")
    desk.page.locator("#over input").fill("换了灯管")
    desk.answer("好了")
    desk.see("已答复，等您确认")
    seen = driver.get(f"/requests/{made.json['id']}").json
    assert seen["state"] == "answered"
    assert [message["text"] for message in seen["messages"]] == ["已经派人去看", "换了灯管"]


def test_the_queue_says_the_station_s_name_and_a_long_title_in_two_lines(
    phone: Callable[..., Phone], app: Flask
) -> None:
    long = "灯坏了，" * 30
    sign_in(app, "driver").post(
        "/requests", {"kind": "facility", "station": "GS001", "side": "B", "text": long}
    )
    desk = phone("staff").open("/pages/desk/queue")
    desk.see("灯坏了")
    desk.see("接驾嘴服务区 · B 侧")
    desk.not_see("GS001")
    title = desk.shown().locator(".line .title")
    lines = title.evaluate("it => it.clientHeight / parseFloat(getComputedStyle(it).lineHeight)")
    assert 1.5 < lines < 2.5


def test_the_desk_s_own_answers_stand_before_those_of_every_phone(
    phone: Callable[..., Phone], app: Flask
) -> None:
    words = {"title": "示例：热水", "text": "二楼东头有热水，不要钱。", "station": "GS001"}
    assert sign_in(app, "staff").post("/staff/macros", words).status_code == 201
    driver = sign_in(app, "driver")
    made = driver.post("/requests", {"kind": "facility", "station": "GS001", "side": "B", "text": "灯坏了"})
    desk = phone("staff").open(f"/pages/desk/thread?id={made.json['id']}")
    desk.tap("快捷：示例：热水")
    assert desk.shown().get_by_label("回司机一句").input_value() == "二楼东头有热水，不要钱。"
    quick = desk.shown().get_by_role("button", name="快捷：")
    assert quick.first.get_attribute("aria-label") == "快捷：示例：热水"
    assert quick.count() == 6


def test_a_medical_call_rings_on_top_until_somebody_takes_it(phone: Callable[..., Phone], app: Flask) -> None:
    driver = sign_in(app, "driver")
    driver.post("/requests", {"kind": "facility", "station": "GS001", "side": "A", "text": "灯坏了"})
    driver.post("/requests", {"kind": "medical", "station": "GS001", "side": "A", "text": "胸痛"})
    desk = phone("staff").open("/pages/desk/queue")
    desk.see("有人急救，还没人接")
    assert desk.calls("sound") == ["play"]
    first = desk.shown().get_by_role("list").get_by_role("link").first
    assert "急救" in (first.get_attribute("aria-label") or "")
    assert "胸痛" not in desk.shown().inner_text(), "symptoms never stand in a list"
    first.click()
    desk.tap("我来接")
    desk.see("在我手里")
    desk.tap("到身边了")
    desk.see("到达现场")
    desk.tap("返回")
    desk.not_see("有人急救，还没人接")


def test_the_bell_stops_when_somebody_else_takes_the_call(phone: Callable[..., Phone], app: Flask) -> None:
    made, other = (
        sign_in(app, who)
        .post("/requests", {"kind": "medical", "station": "GS001", "side": side, "text": "胸痛"})
        .json["id"]
        for who, side in (("driver", "A"), ("driver2", "B"))
    )
    desk = phone("staff").open("/pages/desk/queue")
    desk.see("有人急救，还没人接")
    responder = sign_in(app, "responder")
    assert responder.post(f"/staff/requests/{made}/claim").status_code == 200
    desk.see("在示例医疗应答员手里")
    desk.see("有人急救，还没人接")  # the other one still has nobody
    assert desk.calls("sound") == ["play"]
    assert responder.post(f"/staff/requests/{other}/claim").status_code == 200
    desk.not_see("有人急救，还没人接")
    assert desk.calls("sound") == ["play", "stop"]


def test_a_desk_whose_sign_in_has_ended_goes_on_after_one_silent_sign_in(
    phone: Callable[..., Phone], app: Flask, home: Home
) -> None:
    desk = phone("staff").open("/pages/desk/queue")
    desk.see("没有等着的事")
    with home.database.transaction() as session:
        session.execute(text("DELETE FROM sign_in"))
    sign_in(app, "driver").post(
        "/requests", {"kind": "medical", "station": "GS001", "side": "A", "text": "胸痛"}
    )
    desk.see("有人急救，还没人接")
    assert len(desk.calls("login")) == 2
    desk.not_see("再试一次")
    desk.not_see("值守没报上去")


def test_who_looks_at_his_own_only_still_hears_a_medical_call(
    phone: Callable[..., Phone], app: Flask
) -> None:
    driver = sign_in(app, "driver")
    driver.post("/requests", {"kind": "facility", "station": "GS001", "side": "B", "text": "灯坏了"})
    desk = phone("staff").open("/pages/desk/queue")
    desk.see("灯坏了")
    desk.tap("只看我手里的", role="checkbox")
    desk.see("没有等着的事")
    driver.post("/requests", {"kind": "medical", "station": "GS001", "side": "A", "text": "胸痛"})
    desk.see("有人急救，还没人接")
    assert desk.calls("sound") == ["play"]
    assert desk.shown().get_by_role("list").get_by_role("link").count() == 1


def test_today_s_check_ins_and_the_changing_code(phone: Callable[..., Phone], app: Flask, code: str) -> None:
    sign_in(app, "driver").post("/checkins", {"code": code})
    desk = phone("staff").open("/pages/desk/queue")
    desk.tap("今天到的")
    desk.see("示例司机甲")
    desk.tap("返回")
    desk.tap("值守签到码")
    desk.see("秒换")
    desk.see("GS001A-")
    desk.tap("B 侧", role="radio")
    desk.see("GS001B-")


def shift(app: Flask, home: Home, starts: timedelta, capacity: int = 1) -> str:
    """A shift of the demonstration's branch that starts then."""
    secretary = sign_in(app, "secretary")
    post = secretary.post(
        "/staff/duty/posts",
        {"name": "示例雪天引导岗", "kind": "vanguard", "station": "GS001", "side": "A"},
    ).json
    start = home.clock.now().astimezone(SHANGHAI) + starts
    made = secretary.post(
        "/staff/duty/shifts",
        {
            "post_id": post["id"],
            "starts_at": start.isoformat(),
            "ends_at": (start + timedelta(hours=2)).isoformat(),
            "capacity": capacity,
            "min_needed": 1,
        },
    )
    assert made.status_code == 201, made.text
    return str(made.json["id"])


def pick(member: Phone, home: Home, starts: timedelta) -> None:
    day = (home.clock.now() + starts).astimezone(SHANGHAI).day
    member.shown().locator(f"[aria-label^='{day} 日']").click()


def test_signing_up_waiting_and_why_not(phone: Callable[..., Phone], app: Flask, home: Home) -> None:
    tomorrow = timedelta(hours=26)
    shift(app, home, tomorrow)
    member = phone("member").open("/pages/me/index")
    member.tap("值守报名", role="link")
    pick(member, home, tomorrow)
    card = member.shown().locator(".slot", has_text="示例雪天引导岗")
    card.get_by_role("button", name="报这一班").click()
    member.page.get_by_text("报上了").wait_for()
    member.see("我的班，去看")
    other = phone("member2").open("/pages/duty/index")
    pick(other, home, tomorrow)
    card = other.shown().locator(".slot", has_text="示例雪天引导岗")
    card.get_by_text("这个班次已经报满").wait_for()
    card.get_by_role("button", name="排候补").click()
    other.page.get_by_text("排上候补，第 1 位").wait_for()
    member.tap("我的班，去看")
    member.tap("不去了")
    member.answer("不去了")
    member.page.get_by_text("取消了").first.wait_for()
    other.look_again()
    other.see("我的班，去看")  # moved up by itself


def test_a_stand_in_takes_the_shift(phone: Callable[..., Phone], app: Flask, home: Home) -> None:
    wanted = shift(app, home, timedelta(hours=50))
    sign_in(app, "member").post(f"/duty/shifts/{wanted}/signup", {})
    member = phone("member").open("/pages/duty/mine")
    member.tap("请人替")
    member.answer("请人替")
    member.see("已请人替")
    member.tap("不请人替了")
    member.answer("不请了")
    member.not_see("已请人替")
    member.tap("请人替")
    member.answer("请人替")
    member.see("已请人替")
    look_at(member, "stand-in-asked")
    other = phone("member2").open("/pages/duty/mine")
    other.tap("我来替")
    other.answer("算了")
    assert roster(sign_in(app, "secretary"), wanted) == ["示例党员甲"], "a slip of the finger takes no shift"
    other.tap("我来替")
    other.answer("我来替")
    other.page.get_by_text("是您的班了").wait_for()
    other.see("示例雪天引导岗")
    assert roster(sign_in(app, "secretary"), wanted) == ["示例党员乙"]


def test_the_gap_is_told_to_the_minimum_then_what_is_free(
    phone: Callable[..., Phone], app: Flask, home: Home
) -> None:
    ahead = timedelta(hours=26)
    wanted = shift(app, home, ahead, capacity=2)
    member = phone("member").open("/pages/duty/index")
    pick(member, home, ahead)
    card = member.shown().locator(".slot", has_text="示例雪天引导岗")
    for told, who in (("还缺 1 人", "member"), ("还有 1 个名额", "member2"), ("满了", None)):
        member.look_again()
        card.get_by_text(told).wait_for()
        if who:
            sign_in(app, who).post(f"/duty/shifts/{wanted}/signup", {})


def roster(secretary: Somebody, wanted: str) -> list[str]:
    return [line["name"] for line in secretary.get(f"/duty/shifts/{wanted}").json["roster"]]


def test_coming_on_duty_by_the_changing_code_and_going(
    phone: Callable[..., Phone], app: Flask, home: Home
) -> None:
    wanted = shift(app, home, timedelta(minutes=10))
    sign_in(app, "member").post(f"/duty/shifts/{wanted}/signup", {})
    screen = sign_in(app, "staff").get("/staff/duty/code?station=GS001&side=A").json
    member = phone("member").open("/pages/duty/index")
    member.see("扫码到岗")
    member.change(scan=screen["code"])
    member.tap("扫码到岗")
    member.see("正在值守")
    member.tap("签退")
    member.answer("签退")
    member.page.get_by_text("辛苦").wait_for()
    member.not_see("正在值守")


def test_what_the_branch_told_stands_alone(phone: Callable[..., Phone], app: Flask, home: Home) -> None:
    person = uuid.UUID(str(sign_in(app, "member").get("/me").json["id"]))
    with home.database.transaction() as session:
        tell_member(session, home.clock.now(), person, "示例：周五晚上党课", "示例：七点半，二楼会议室")
        for n in range(1, 41):  # more than a page of others, all of them newer
            newer = home.clock.now() + timedelta(seconds=n)
            tell(session, newer, person, kind="request", title=f"示例：第 {n} 条", text="示例")
    member = phone("member").open("/pages/me/index")
    member.tap("支部通知", role="link")
    member.see("示例：周五晚上党课")
    member.not_see("示例：第 40 条")
    member.not_see("看更早的")
    other = phone("member2").open("/pages/inbox/index?kind=branch")
    other.see("支部还没有通知")


def test_who_is_neither_sees_neither(phone: Callable[..., Phone]) -> None:
    driver = phone("driver").open("/pages/me/index")
    driver.see("示例司机甲")
    driver.not_see("值班台")
    driver.not_see("值守报名")
    driver.launch("/pages/duty/index")
    driver.see("值守班次只对党员开放")


def test_the_code_on_the_screen_is_one_that_any_scanner_reads(tmp_path: Path) -> None:
    """Module by module what another QR library makes of the same code."""
    text = "GS001A-59527233-ABCDEF0123"
    script = tmp_path / "qr.mjs"
    script.write_text(
        f"import {{ need }} from '{HARNESS}/build/need.mjs'\n"
        f"const built = need('esbuild').buildSync({{entryPoints: ['{MINIPROGRAM}/src/pages/desk/lib/qr.ts'],"
        " bundle: true, format: 'esm', write: false})\n"
        "const url = 'data:text/javascript,' + encodeURIComponent(built.outputFiles[0].text)\n"
        "const { modules } = await import(url)\n"
        f"console.log(modules('{text}').map(row => row.map(Number).join('')).join('\\n'))\n"
    )
    ours = node.run(script)
    assert ours.returncode == 0, ours.stderr
    other = qrcode.QRCode(version=2, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=0)
    other.add_data(text)
    other.make(fit=False)
    theirs = "\n".join("".join(str(int(bool(dark))) for dark in row) for row in other.get_matrix())
    differing = sum(a != b for a, b in itertools.zip_longest(ours.stdout.strip(), theirs))
    assert differing == 0, f"{differing} modules differ"
