"""The door of the console: who gets in, who does not, and how one leaves."""

import re
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.console import sign_in
from app.foundation.home import Home
from app.people import accounts, service
from app.people.models import StaffAccount
from app.settings import Settings
from tests.console.conftest import MovedClock
from tests.console.desk_client import PASSWORD, Desk, at_desk, make_account
from tests.support.clients import API, Somebody
from tests.support.meeting import Meeting

COOKIE = "console_session"


def said(page: str) -> str:
    """What the page tells in its fault box."""
    found = re.search(r'<p class="fault"[^>]*>(.*?)</p>', page, re.S)
    return found[1] if found else ""


def test_signing_in_leads_to_the_desk_of_the_own_station(jia: Desk) -> None:
    page = jia.get()
    assert page.status_code == 200
    assert "接驾嘴服务区" in page.text
    assert "示例值班员子" in page.text


def test_a_stranger_is_led_to_the_door_and_back_to_where_he_wanted(app: Flask, account: str) -> None:
    stranger = Desk(app)
    led = stranger.get("/checkins?day=2026-11-22")
    assert led.status_code == 303
    assert led.location == "/console/sign-in?next=/console/checkins%3Fday%3D2026-11-22"
    back = stranger.sign_in("jia", next="/console/checkins?day=2026-11-22")
    assert back.location == "/console/checkins?day=2026-11-22"


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.example/", "//evil.example/", "/console/..//evil", "/console/\\evil", "/other", ""],
)
def test_nobody_is_led_out_of_the_console(app: Flask, account: str, wanted: str) -> None:
    assert Desk(app).sign_in("jia", next=wanted).location == "/console/"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(app: Flask, account: str) -> None:
    cookie = cookie_line(Desk(app).sign_in("jia"))
    assert {"HttpOnly", "SameSite=Lax", "Path=/console"} <= cookie
    assert "Secure" not in cookie


def test_behind_https_the_session_cookie_is_secure(
    make_app: Callable[[Settings], Flask], settings: Settings, account: str
) -> None:
    web = settings.web.model_copy(update={"public_url": "https://home.example"})
    safe = make_app(settings.model_copy(update={"web": web}))
    assert "Secure" in cookie_line(Desk(safe).sign_in("jia"))


def cookie_line(answer: Any) -> set[str]:
    assert answer.status_code == 303, answer.text
    line = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}="))
    return set(line.split("; "))


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(app: Flask, account: str) -> None:
    wrong = Desk(app).sign_in("jia", "不是这个口令")
    unknown = Desk(app).sign_in("nobody-here", "不是这个口令")
    assert wrong.status_code == unknown.status_code == 401
    assert "账号或密码不对" in said(wrong.text)
    assert said(wrong.text) == said(unknown.text)
    assert not any(line.startswith(COOKIE) for line in wrong.headers.getlist("Set-Cookie"))


def test_five_wrong_guesses_lock_the_account_for_a_quarter_of_an_hour(
    app: Flask, account: str, clock: MovedClock
) -> None:
    wrong = [Desk(app).sign_in("jia", f"猜 {number}") for number in range(5)]
    locked = Desk(app).sign_in("jia")
    assert locked.status_code == 401
    assert said(locked.text) == said(wrong[0].text)  # a guesser learns nothing from it
    assert "连错 5 次锁 15 分钟" in said(locked.text)
    clock.ahead = timedelta(minutes=15, seconds=1)
    assert Desk(app).sign_in("jia").status_code == 303


def guess_at_once(home: Home, monkeypatch: pytest.MonkeyPatch, guesses: int) -> int:
    """So many wrong guesses at the same moment; answers how many passwords were really looked at."""
    looked_at: list[str] = []
    real = accounts._matches

    def watch(hashed: str, password: str) -> bool:
        if hashed != accounts._NOBODY:
            looked_at.append(password)
        return real(hashed, password)

    monkeypatch.setattr(accounts, "_matches", watch)
    barrier = threading.Barrier(guesses)

    def guess(number: int) -> None:
        barrier.wait()
        accounts.sign_in(
            home.database, "jia", f"猜 {number}", home.clock.now(), home.settings.limits, timedelta(hours=1)
        )

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(guesses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(looked_at)


def test_guesses_made_at_once_cannot_outrun_the_lock(
    home: Home, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guess_at_once(home, monkeypatch, 16) == home.settings.limits.console_failures


def test_a_count_that_reads_before_it_writes_would_be_outrun(
    home: Home, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the test above: the same guesses against the naive way of counting."""
    meeting = Meeting(16)

    def read_then_write(session: Any, login: str, now: Any, limits: Any) -> StaffAccount | None:
        account = session.scalars(select(StaffAccount).where(StaffAccount.login == login)).one()
        if account.locked_until is not None and account.locked_until > now:
            return None
        session.expunge(account)
        meeting.come()
        session.execute(
            text("UPDATE staff_account SET failures = :n WHERE login = :login"),
            {"n": account.failures + 1, "login": login},
        )
        found: StaffAccount = account
        return found

    monkeypatch.setattr(accounts, "_count_try", read_then_write)
    assert guess_at_once(home, monkeypatch, 16) > home.settings.limits.console_failures


def test_many_at_the_door_cannot_take_all_memory_nor_all_threads(app: Flask, account: str) -> None:
    taken = [sign_in._looks.acquire(blocking=False) for _ in range(5)]
    assert taken == [True] * 4 + [False]
    try:
        busy = Desk(app).sign_in("jia")
    finally:
        for _ in range(4):
            sign_in._looks.release()
    assert busy.status_code == 429
    assert busy.headers["Retry-After"] == "2"
    assert "操作太频繁" in busy.text
    assert Desk(app).sign_in("jia").status_code == 303


def test_signing_out_kills_the_cookie_itself(jia: Desk, app: Flask) -> None:
    stolen = jia.client.get_cookie(COOKIE, path="/console")
    assert stolen is not None
    assert jia.post("/sign-out").status_code == 303
    assert jia.client.get_cookie(COOKIE, path="/console") is None
    thief = Desk(app)
    thief.client.set_cookie(COOKIE, stolen.value, path="/console")
    assert thief.get().status_code == 303


def test_a_session_ends_by_itself_after_the_shift(jia: Desk, clock: MovedClock) -> None:
    clock.ahead = timedelta(hours=11, minutes=59)
    assert jia.get().status_code == 200
    clock.ahead = timedelta(hours=12, minutes=1)
    assert jia.get().status_code == 303


def test_somebody_disabled_is_out_at_once(jia: Desk, home: Home, account: str) -> None:
    with home.database.transaction() as session:
        session.execute(text("UPDATE person SET state = 'disabled' WHERE id = :id"), {"id": account})
    assert jia.get().status_code == 303
    assert jia.get("/live").status_code == 401


def test_a_role_taken_away_is_gone_at_once(jia: Desk, home: Home, account: str) -> None:
    with home.database.transaction() as session:
        session.execute(text("DELETE FROM role_grant WHERE person_id = :id"), {"id": account})
    refused = jia.get()
    assert refused.status_code == 403
    assert "没有工作台的权限" in refused.text


def test_who_has_no_desk_is_told_so_plainly(signed_in: Callable[..., Desk]) -> None:
    auditor = signed_in("auditor2", ("auditor", "*"))
    page = auditor.get()
    assert page.status_code == 403
    assert "您的账号没有值班台" in page.text
    assert auditor.get("/live").status_code == 403
    assert auditor.get("/password").status_code == 200
    assert auditor.post("/sign-out", "/password").status_code == 303


def test_a_phone_s_token_does_not_open_the_console_nor_a_session_the_api(
    app: Flask, staff: Somebody, jia: Desk
) -> None:
    phone = Desk(app)
    phone.client.set_cookie(COOKIE, staff.token, path="/console")
    assert phone.get().status_code == 303
    session = jia.client.get_cookie(COOKIE, path="/console")
    assert session is not None
    answer = app.test_client().get(
        f"{API}/staff/requests", headers={"Authorization": f"Bearer {session.value}"}
    )
    assert answer.status_code == 401


def test_a_one_time_password_opens_nothing_but_its_own_change(app: Flask, home: Home) -> None:
    make_account(home, "new", "示例新人", ("staff", "GS001"), must_change=True)
    desk = at_desk(app, "new")
    for path in ("/", "/live", "/checkins", "/requests/new", "/settings"):
        assert desk.get(path).location == "/console/password", path
    weak = desk.post("/password", "/password", old=PASSWORD, new="short", again="short")
    assert weak.status_code == 422
    differs = desk.post(
        "/password", "/password", old=PASSWORD, new="足够长的新口令一二三", again="另一个足够长的口令"
    )
    assert "不一样" in differs.text
    new = "足够长的新口令一二三"
    assert desk.post("/password", "/password", old=PASSWORD, new=new, again=new).status_code == 303
    assert desk.get().status_code == 200
    assert Desk(app).sign_in("new").status_code == 401
    assert Desk(app).sign_in("new", new).status_code == 303


def test_a_new_password_ends_the_sessions_elsewhere(app: Flask, jia: Desk) -> None:
    elsewhere = at_desk(app, "jia")
    new = "足够长的新口令一二三"
    assert jia.post("/password", "/password", old=PASSWORD, new=new, again=new).status_code == 303
    assert jia.get().status_code == 200
    assert elsewhere.get().status_code == 303


def test_signing_in_and_out_is_in_the_audit_trail(jia: Desk, home: Home, account: str) -> None:
    jia.post("/sign-out")
    with home.database.transaction() as session:
        wanted = "SELECT action FROM audit_entry WHERE actor_id = :id ORDER BY at"
        acts = list(session.scalars(text(wanted), {"id": account}))
    assert acts == ["console.signed_in", "console.signed_out"]


def test_who_is_signed_in_already_is_sent_on_from_the_door(jia: Desk) -> None:
    assert jia.get("/sign-in").location == "/console/"


def test_a_grant_given_now_shows_at_the_next_page(jia: Desk, home: Home, account: str) -> None:
    with home.database.transaction() as session:
        service.grant(session, uuid.UUID(account), "staff", "GS002", home.clock.now())
    assert "2 站 4 侧" in jia.get().text
