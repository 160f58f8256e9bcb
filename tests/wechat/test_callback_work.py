"""Working pushed events off: each once, in order, tried again, set aside, forgotten."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.settings import Settings
from app.wechat.callback import Event, NotYet, handlers, on, table, work
from app.wechat.callback.rules import next_try
from tests.support.crowd import at_once
from tests.support.meeting import Meeting
from tests.wechat.pushes import Recorder, WeChatServer, event, stored, with_push
from tests.wechat.pushes import work as work_off

NAME = "an_event_of_these_tests"


class Moved:
    """The house's clock, as much ahead as the test says."""

    def __init__(self, home: Home) -> None:
        self._clock, self.by = home.clock, timedelta()

    def now(self) -> datetime:
        return self._clock.now() + self.by


@pytest.fixture
def app(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    return make_app(with_push(settings))


@pytest.fixture
def wechat(app: Flask) -> WeChatServer:
    return WeChatServer(app)


@pytest.fixture
def seen() -> Iterator[list[Event]]:
    """What the handler of these tests was given; its transaction is not looked at."""
    given: list[Event] = []
    on(NAME, lambda session, one, now: given.append(one))
    yield given
    del handlers._handlers[NAME]


def test_the_handler_gets_the_event_once_whatever_it_was_written_in(
    wechat: WeChatServer, home: Home, seen: list[Event]
) -> None:
    xml = f"""<xml><ToUserName>gh_x</ToUserName><FromUserName><![CDATA[o1]]></FromUserName>
      <CreateTime>1732240000</CreateTime><MsgType>event</MsgType><Event>{NAME}</Event>
      <SubscribeMsgSentEvent><List><MsgID>1</MsgID></List><List><MsgID>2</MsgID></List></SubscribeMsgSentEvent>
      <result><suggest>pass</suggest><label>100</label></result><version>2</version></xml>"""
    wechat.push_raw(xml)
    listed = [{"MsgID": 1}, {"MsgID": "2"}]
    more = {"List": listed, "result": {"suggest": "pass", "label": 100}, "version": 2}
    wechat.push(event(NAME, openid="o2", at=1732240000, **more))
    assert work_off(home) == 2
    assert work_off(home) == 0
    one, other = seen
    assert (one.openid, other.openid) == ("o1", "o2")
    assert one.items == other.items == ({"MsgID": "1"}, {"MsgID": "2"})
    assert one.fields == other.fields == {"result": {"suggest": "pass", "label": "100"}, "version": "2"}
    assert one.created_at == other.created_at


def test_the_user_of_an_authorisation_event_is_in_openid(
    wechat: WeChatServer, home: Home, seen: list[Event]
) -> None:
    wechat.push(event(NAME, openid="oPlatform", OpenID="oUser"))
    work_off(home)
    assert [one.openid for one in seen] == ["oUser"]


def test_one_user_s_events_go_by_their_times_and_nobody_waits_for_another(
    wechat: WeChatServer, home: Home, seen: list[Event]
) -> None:
    now = int(time.time())
    for openid, at in (("o1", now + 3), ("o1", now + 1), ("o2", now + 9), ("o1", now + 2)):
        wechat.push(event(NAME, openid=openid, at=at))
    work_off(home)
    assert [int(e.created_at.timestamp()) - now for e in seen if e.openid == "o1"] == [1, 2, 3]
    assert len(seen) == 4


def test_a_failing_one_is_undone_tried_again_and_set_aside(
    wechat: WeChatServer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, log = Moved(home), Recorder()
    monkeypatch.setattr(home, "clock", clock)
    monkeypatch.setattr(work, "log", log)
    tried: list[str] = []

    def fail(session: Session, one: Event, now: datetime) -> None:
        session.execute(text("DELETE FROM role_grant"))
        tried.append(one.openid)
        raise ValueError(f"about {one.openid}, who must not be named")

    monkeypatch.setitem(handlers._handlers, NAME, fail)
    wechat.push(event(NAME, openid="oUnlucky"))
    wechat.push(event(NAME, openid="oUnlucky", at=time.time() + 5))
    for expected, after in enumerate((0, 1, 5, 30, 300, 1800), start=1):
        clock.by += timedelta(seconds=after - 0.5)
        assert work_off(home) == 0 or expected == 1, "not before its time"
        clock.by += timedelta(seconds=1)
        work_off(home)
        assert tried.count("oUnlucky") >= expected
    assert stored(home)[0] == (NAME, "failed")
    assert len(tried) == 7, "six tries, and then the next of the line had its first"
    with home.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM role_grant")), "what it did was undone"
    assert log.told.count("wechat_event.failed") == 1
    assert "ValueError at app/" in log.told
    assert "oUnlucky" not in log.told
    assert "must not be named" not in log.told


def test_pauses_grow_and_end() -> None:
    now = datetime(2026, 11, 24)
    pauses = [next_try(n, now) for n in range(1, 7)]
    assert [p - now for p in pauses[:5] if p] == [timedelta(seconds=s) for s in (1, 5, 30, 300, 1800)]
    assert pauses[5] is None


def test_what_is_not_yet_to_be_known_is_asked_again_and_counts_as_no_failure(
    wechat: WeChatServer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, said = Moved(home), [NotYet("soon")] * 12
    monkeypatch.setattr(home, "clock", clock)

    def later(*_: Any) -> None:
        if said:
            raise said.pop()

    monkeypatch.setitem(handlers._handlers, NAME, later)
    wechat.push(event(NAME))
    for _ in range(13):
        work_off(home)
        clock.by += timedelta(seconds=3)
    assert stored(home) == [(NAME, "done")]


def test_a_platform_s_events_do_not_wait_for_one_another(
    wechat: WeChatServer, home: Home, seen: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verdicts on pictures all come from one account; a failing one must not hold up the others."""

    def fail_on_first(session: Session, one: Event, now: datetime) -> None:
        if one.fields["trace_id"] == "1":
            raise ValueError
        seen.append(one)

    monkeypatch.setitem(handlers._handlers, NAME, fail_on_first)
    for trace_id in ("1", "2", "3"):
        wechat.push(event(NAME, openid="oPlatform", trace_id=trace_id))
    work_off(home)
    assert [one.fields["trace_id"] for one in seen] == ["2", "3"]


def test_several_processes_work_each_off_once(
    wechat: WeChatServer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _worked_by_many(wechat, home, monkeypatch) == 40


def test_without_the_row_s_lock_some_would_be_worked_off_twice(
    wechat: WeChatServer, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: only `FOR UPDATE SKIP LOCKED` taken away, two find the same event."""
    from sqlalchemy.sql.selectable import Select

    monkeypatch.setattr(Select, "with_for_update", lambda self, **_: self)
    monkeypatch.setattr(table, "claim", Meeting().after(table.claim))
    assert _worked_by_many(wechat, home, monkeypatch, events=1, workers=2) == 2


def _worked_by_many(
    wechat: WeChatServer, home: Home, monkeypatch: pytest.MonkeyPatch, events: int = 40, workers: int = 8
) -> int:
    """How often an event was worked off."""
    count = threading.Semaphore(0)
    monkeypatch.setitem(handlers._handlers, NAME, lambda *_: count.release())
    for n in range(events):
        wechat.push(event(NAME, openid=f"o{n}"))
    at_once([lambda: work.work_off(home)] * workers)
    assert {state for _, state in stored(home)} == {"done"}
    worked = 0
    while count.acquire(blocking=False):
        worked += 1
    return worked


def test_what_was_worked_off_is_forgotten_after_some_days(
    wechat: WeChatServer, home: Home, seen: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Moved(home)
    monkeypatch.setattr(home, "clock", clock)
    wechat.push(event(NAME, openid="o1"))
    work_off(home)
    wechat.push(event(NAME, openid="o2"))
    days = home.settings.wechat.event_days
    clock.by = timedelta(days=days, hours=-1)
    assert work.sweep(home) == 0
    clock.by = timedelta(days=days, hours=1)
    assert work.sweep(home) == 1
    assert stored(home) == [(NAME, "stored")], "what has not been worked off stays"


def test_an_event_whose_key_is_gone_blocks_nobody(
    wechat: WeChatServer, home: Home, seen: list[Event]
) -> None:
    wechat.push(event(NAME, openid="o1"))
    with home.database.transaction() as session:
        session.execute(text("UPDATE wechat_event SET message = '\\x0100'"))
    wechat.push(event(NAME, openid="o2"))
    work_off(home)
    assert [one.openid for one in seen] == ["o2"]
    assert sorted(stored(home)) == [(NAME, "done"), (NAME, "stored")]


def test_looking_for_work_reads_the_partial_index(home: Home) -> None:
    with home.database.transaction() as session:
        assert table.claim(session, home.clock.now()) is None
