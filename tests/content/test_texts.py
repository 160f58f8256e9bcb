"""What drivers write is looked at by WeChat within seconds, and nothing ever waits for it."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.content import checks, tasks
from app.content.rules import EXPIRES
from app.foundation.home import Home
from app.wechat import Checked, Outcome, Sort
from app.wechat.standin.demo import demo_openid
from tests.content.conftest import Censor, use_censor
from tests.support.clients import Somebody
from tests.support.crowd import at_once

RISKY, DOUBTFUL = "示例违规词", "示例可疑词"  # the stand-in's own list
MARK = "微信内容检查：存疑"


@pytest.fixture
def censor(home: Home) -> Censor:
    return use_censor(home)


def write(driver: Somebody, words: str, kind: str = "other") -> str:
    """A request with this text; answers its id."""
    answer = driver.post("/requests", {"kind": kind, "station": "GS001", "text": words})
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json["id"])


def states(home: Home) -> list[str]:
    """Of all checks, the oldest first."""
    with home.database.transaction() as session:
        return list(session.scalars(text("SELECT state FROM text_check ORDER BY created_at, id")))


def test_requests_messages_and_reasons_of_drivers_are_asked_about_and_nothing_else(
    driver: Somebody, staff: Somebody, censor: Censor, home: Home
) -> None:
    request = write(driver, "第一句")
    driver.post(f"/requests/{request}/messages", {"text": "第二句"})
    staff.post(f"/staff/requests/{request}/replies", {"text": "值班员答"})
    staff.post(f"/staff/requests/{request}/replies", {"text": "备注", "internal": True})
    staff.post(f"/staff/requests/{request}/resolve", {"text": "办结"})
    driver.post(f"/requests/{request}/reopen", {"reason": "第三句"})
    staff.post("/staff/requests", {"kind": "other", "text": "代登记", "caller": {"name": "示例"}})
    help_me = write(driver, "胸口疼", kind="medical")
    driver.post(f"/requests/{help_me}/messages", {"text": "快来"})
    write(driver, "又疼", kind="medical")
    tasks.check_texts(home)
    assert sorted(said for _, said, _ in censor.texts) == ["第一句", "第三句", "第二句"]
    assert {openid for openid, _, _ in censor.texts} == {demo_openid("driver")}
    assert states(home) == ["pass"] * 3


def test_a_doubtful_text_is_marked_for_the_desk_and_for_nobody_else(
    driver: Somebody, staff: Somebody, home: Home
) -> None:
    """Through the stand-in, as it is in the house."""
    good, bad, doubtful = write(driver, "您好"), write(driver, f"这是{RISKY}"), write(driver, DOUBTFUL)
    driver.post(f"/requests/{good}/messages", {"text": f"补一句{RISKY}"})
    driver.post(f"/requests/{good}/messages", {"text": "再补一句"})
    assert tasks.check_texts(home) == 5
    by_desk = {one: staff.get(f"/staff/requests/{one}").json for one in (good, bad, doubtful)}
    assert [by_desk[one]["check"] for one in (good, bad, doubtful)] == [None, MARK, MARK]
    assert [message["check"] for message in by_desk[good]["messages"]] == [MARK, None]
    for one in (good, bad, doubtful):
        seen = driver.get(f"/requests/{one}")
        assert MARK not in seen.text
        assert RISKY in seen.text or one != bad, "what the driver wrote stays as he wrote it"
    assert sorted(states(home)) == ["pass", "pass", "review", "risky", "risky"]


def test_the_text_goes_with_its_verdict(driver: Somebody, censor: Censor, home: Home) -> None:
    write(driver, "示例")
    with home.database.transaction() as session:
        sealed = session.scalar(text("SELECT text FROM text_check"))
        assert "示例".encode() not in bytes(sealed)
    tasks.check_texts(home)
    with home.database.transaction() as session:
        assert session.scalar(text("SELECT text FROM text_check")) is None


def test_what_is_rolled_back_is_not_asked_about(driver: Somebody, home: Home) -> None:
    driver.post("/requests", {"kind": "other", "text": "示例", "upload_ids": [str(uuid.uuid4())]})
    assert states(home) == []


AGAIN = [Sort.TRY_LATER, Sort.UNKNOWN, Sort.STOP]


@pytest.mark.parametrize("sort", AGAIN)
def test_while_wechat_has_no_time_it_is_asked_again_later_and_later(
    driver: Somebody, censor: Censor, home: Home, turn_clock: Callable[[str], None], sort: Sort
) -> None:
    write(driver, "示例")
    censor.text_answer = Checked(Outcome(sort, 45009))
    waits = ["+1s", "+5s", "+30s", "+120s", "+300s", "+300s"]
    for number, wait in enumerate(waits, 1):
        assert tasks.check_texts(home) == 1
        assert len(censor.texts) == number
        assert tasks.check_texts(home) == 0, "not before its time"
        turn_clock(wait)
    censor.text_answer = Checked(Outcome(Sort.DONE), "pass", 100, "t")
    assert tasks.check_texts(home) == 1
    assert states(home) == ["pass"]


def test_after_two_hours_it_stays_unchecked(
    driver: Somebody, censor: Censor, home: Home, turn_clock: Callable[[str], None]
) -> None:
    """WeChat docs: 61010 from then on."""
    write(driver, "示例")
    turn_clock("+7199s")
    assert tasks.time_out(home) == 0
    turn_clock("+2s")
    assert tasks.check_texts(home) == 0
    assert tasks.time_out(home) == 1
    assert censor.texts == []
    assert states(home) == ["unchecked"]
    assert EXPIRES.total_seconds() == 7200


@pytest.mark.parametrize(
    "answer",
    [
        Checked(Outcome(Sort.FAILED, 61010)),
        Checked(Outcome(Sort.REFUSED)),
        Checked(Outcome(Sort.DONE), None),
        Checked(Outcome(Sort.DONE), "something new"),
        Checked(Outcome(Sort.FAILED), "risky"),
    ],
)
def test_no_verdict_is_none_and_marks_nobody(
    driver: Somebody, staff: Somebody, censor: Censor, home: Home, answer: Checked
) -> None:
    request = write(driver, "示例")
    censor.text_answer = answer
    assert tasks.check_texts(home) == 1
    assert states(home) == ["unchecked"]
    assert tasks.check_texts(home) == 0
    assert staff.get(f"/staff/requests/{request}").json["check"] is None


def test_whoever_never_came_through_wechat_is_not_asked_about(censor: Censor, home: Home) -> None:
    with home.database.transaction() as session:
        wanted = text("INSERT INTO person (id, name, state, created_at) VALUES (:id, '', 'active', now())")
        person = uuid.uuid4()
        session.execute(wanted, {"id": person})
        checks.ask(session, home.clock.now(), person, "request", uuid.uuid4(), "示例")
        checks.ask(session, home.clock.now(), person, "request", uuid.uuid4(), "  \n")
    tasks.check_texts(home)
    assert censor.texts == []
    assert states(home) == ["unchecked"], "and a blank one is not even written down"


def test_several_jobs_processes_ask_about_each_text_once(
    driver: Somebody, censor: Censor, home: Home
) -> None:
    for number in range(30):
        write(driver, f"第 {number} 句")
    at_once([lambda: tasks.check_texts(home) for _ in range(4)])
    assert sorted(said for _, said, _ in censor.texts) == sorted(f"第 {number} 句" for number in range(30))
    assert states(home) == ["pass"] * 30


def test_the_control_without_a_lease_it_would_be_asked_about_twice(
    driver: Somebody, censor: Censor, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_LEASE", tasks.timedelta(seconds=-1))
    write(driver, "示例")
    with home.database.transaction() as session:
        first = checks.claim(session, home.clock.now(), tasks._LEASE, 1)
    with home.database.transaction() as session:
        second = checks.claim(session, home.clock.now(), tasks._LEASE, 1)
    assert [one.id for one in first] == [one.id for one in second]


def test_a_process_that_dies_leaves_its_text_to_another(
    driver: Somebody, censor: Censor, home: Home, turn_clock: Callable[[str], None]
) -> None:
    write(driver, "示例")
    with home.database.transaction() as session:
        (held,) = checks.claim(session, home.clock.now(), tasks._LEASE, 5)
    assert tasks.check_texts(home) == 0
    turn_clock("+61s")
    assert tasks.check_texts(home) == 1
    with home.database.transaction() as session:  # and if it was only slow, its late answer is nobody's
        assert not checks.settle(session, home.clock.now(), held, "risky", 1)
    assert states(home) == ["pass"]


def test_no_request_waits_for_wechat(driver: Somebody, censor: Censor, home: Home) -> None:
    """Somebody writes, and his request is there, while WeChat hangs on the text before."""
    hanging, go_on = threading.Event(), threading.Event()

    def hang(*_: Any, **__: Any) -> None:
        hanging.set()
        go_on.wait(10)

    censor.before_text = hang
    write(driver, "示例")
    worker = threading.Thread(target=tasks.check_texts, args=(home,))
    worker.start()
    assert hanging.wait(5)
    request = write(driver, "还有")
    assert driver.post(f"/requests/{request}/messages", {"text": "再补"}).status_code == 201
    go_on.set()
    worker.join(10)
    assert states(home) == ["pass"] * 3


# --- Nicknames ------------------------------------------------------------------------------------------


def test_a_risky_nickname_is_emptied_and_its_owner_told(driver: Somebody, home: Home) -> None:
    assert driver.put("/me", {"nickname": RISKY}).json["nickname"] == RISKY
    assert tasks.check_texts(home) == 1
    assert driver.get("/me").json["nickname"] == ""
    (entry,) = driver.get("/inbox").json["items"]
    assert entry["title"] == "昵称已清空"
    assert RISKY not in str(entry)
    assert entry["ref"] == {"kind": "me"}


def test_a_doubtful_or_harmless_one_stays(driver: Somebody, home: Home) -> None:
    for name in (DOUBTFUL, "老陈师傅"):
        driver.put("/me", {"nickname": name})
        tasks.check_texts(home)
        assert driver.get("/me").json["nickname"] == name
    assert driver.get("/inbox").json["items"] == []


def test_the_verdict_on_an_old_nickname_does_not_touch_the_new_one(
    driver: Somebody, censor: Censor, home: Home
) -> None:
    driver.put("/me", {"nickname": "旧名"})
    with home.database.transaction() as session:
        (old,) = checks.claim(session, home.clock.now(), tasks._LEASE, 5)
    driver.put("/me", {"nickname": "新名"})
    with home.database.transaction() as session:
        assert not checks.settle(session, home.clock.now(), old, "risky", 20001)
    assert driver.get("/me").json["nickname"] == "新名"
    assert tasks.check_texts(home) == 1
    assert [(said, scene) for _, said, scene in censor.texts] == [("新名", 1)]


def test_a_verdict_and_a_new_nickname_at_the_same_moment_do_not_lock_one_another_out(
    app: Flask, driver: Somebody, censor: Censor, home: Home
) -> None:
    driver.put("/me", {"nickname": "第一个"})
    censor.text_answer = Checked(Outcome(Sort.DONE), "risky", 20001, "t")
    for number in range(6):
        at_once(
            [
                lambda: tasks.check_texts(home),
                lambda: driver.put("/me", {"nickname": f"名{number}"}).status_code,  # noqa: B023
            ]
        )
        tasks.check_texts(home)
        assert driver.get("/me").json["nickname"] == "", "the last word is WeChat's on the last name"


def test_checks_are_forgotten_after_a_week(
    driver: Somebody, censor: Censor, home: Home, turn_clock: Callable[[str], None]
) -> None:
    write(driver, "示例")
    tasks.check_texts(home)
    tasks.sweep(home, [])
    assert len(states(home)) == 1
    turn_clock("+8d")
    tasks.sweep(home, [])
    assert states(home) == []
