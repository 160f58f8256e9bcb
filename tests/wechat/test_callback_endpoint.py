"""`/wechat/callback`: what is taken, what is refused and how, what is stored, and that twins are one."""

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from app.settings import Settings
from app.wechat.callback import endpoint, table
from app.wechat.callback import work as working
from app.wechat.callback.events import Arrival
from tests.support.crowd import at_once
from tests.wechat.pushes import (
    AES_KEY,
    DRIVER,
    Recorder,
    WeChatServer,
    envelope,
    event,
    popup,
    seal,
    sign,
    stored,
    switched,
    with_push,
    work,
)

Make = Callable[[Settings], Flask]
XML_POPUP = """<xml><ToUserName><![CDATA[gh_x]]></ToUserName><FromUserName><![CDATA[oABC]]></FromUserName>
<CreateTime>1732240000</CreateTime><MsgType><![CDATA[event]]></MsgType>
<Event><![CDATA[subscribe_msg_popup_event]]></Event><SubscribeMsgPopupEvent><List>
<TemplateId><![CDATA[T1]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString>
<PopupScene>0</PopupScene></List></SubscribeMsgPopupEvent></xml>"""


@pytest.fixture
def app(make_app: Make, settings: Settings) -> Flask:
    return make_app(with_push(settings))


@pytest.fixture
def wechat(app: Flask) -> WeChatServer:
    return WeChatServer(app)


@pytest.fixture
def sealed_home(make_app: Make, settings: Settings) -> Flask:
    return make_app(with_push(settings, aes_key=AES_KEY))


@pytest.fixture
def sealing(sealed_home: Flask) -> WeChatServer:
    return WeChatServer(sealed_home)


def ok(answer: object) -> None:
    assert (answer.status_code, answer.text) == (200, "success"), answer.text
    assert answer.mimetype == "text/plain"


def refused(answer: object, status: int, code: str, what: str = "") -> None:
    assert answer.status_code == status, what or answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == code
    assert "Traceback" not in answer.text


# --- the URL check ----------------------------------------------------------------------------------------


def test_the_url_check_answers_the_plain_echostr_and_nothing_else(
    wechat: WeChatServer, sealing: WeChatServer
) -> None:
    for server in (wechat, sealing):
        answer = server.check("4375120948345356249")
        assert (answer.status_code, answer.text) == (200, "4375120948345356249")
        assert answer.mimetype == "text/plain"
        refused(server.check(signature="0" * 40), 403, "callback.signature")
        refused(server.check(echostr="other", nonce="1"), 403, "callback.signature")


def test_without_a_token_nothing_is_ours(make_app: Make, settings: Settings) -> None:
    bare = WeChatServer(make_app(with_push(settings, token="")), token="")
    refused(bare.check(), 403, "callback.signature")
    refused(bare.push(popup("T1")), 403, "callback.signature")


@pytest.mark.parametrize("seconds", [-601, 601, -86400, 86400])
def test_a_time_off_by_more_than_ten_minutes_is_refused(wechat: WeChatServer, seconds: int) -> None:
    refused(
        wechat.push_raw(json.dumps(popup("T1")), wechat.query(at=time.time() + seconds)),
        403,
        "callback.stale",
    )


@pytest.mark.parametrize("seconds", [-590, 590])
def test_within_ten_minutes_it_is_taken(wechat: WeChatServer, seconds: int) -> None:
    ok(wechat.push_raw(json.dumps(popup("T1")), wechat.query(at=time.time() + seconds)))


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "9" * 30, "１７３２２４００００"])
def test_a_time_that_is_none_is_refused(wechat: WeChatServer, timestamp: str) -> None:
    query = wechat.query() | {"timestamp": timestamp}
    query["signature"] = sign(wechat.token, timestamp, query["nonce"])
    refused(wechat.push_raw(json.dumps(popup("T1")), query), 403, "callback.stale")


# --- what is taken ----------------------------------------------------------------------------------------


def test_xml_and_json_plain_and_sealed_come_to_the_same(
    wechat: WeChatServer, sealing: WeChatServer, app: Flask, sealed_home: Flask
) -> None:
    as_json = json.dumps(
        event(
            "subscribe_msg_popup_event",
            openid="oABC",
            at=1732240000,
            List={"PopupScene": "0", "SubscribeStatusString": "accept", "TemplateId": "T1"},
        )
    )
    ok(wechat.push_raw(XML_POPUP))
    ok(wechat.push_raw(as_json))  # the same event: a duplicate, whatever it is written in
    ok(sealing.push_sealed(XML_POPUP, xml=True))
    ok(sealing.push_sealed(as_json))
    ok(sealing.push_sealed(XML_POPUP, xml=False))
    assert stored(app.extensions["home"]) == [("subscribe_msg_popup_event", "stored")]


def test_once_there_is_a_key_plain_pushes_are_refused(sealing: WeChatServer, sealed_home: Flask) -> None:
    refused(sealing.push(popup("T1")), 403, "callback.plain_refused")
    refused(sealing.push_raw(XML_POPUP), 403, "callback.plain_refused")
    assert stored(sealed_home.extensions["home"]) == []


def test_in_safe_mode_the_plain_signature_alone_is_worth_nothing(sealing: WeChatServer) -> None:
    """It is there and right, but it does not cover the body."""
    appid = sealing.app.extensions["home"].settings.wechat.appid
    ours, theirs = (seal(json.dumps(popup(t)).encode(), appid) for t in ("T1", "T2"))
    query = sealing.query(ours)
    refused(sealing.push_raw(envelope(theirs, xml=True), query), 403, "callback.signature")
    del query["msg_signature"]
    refused(sealing.push_raw(envelope(ours, xml=True), query), 403, "callback.signature")


def test_compatible_mode_counts_what_is_sealed_where_there_is_a_key(
    sealing: WeChatServer, wechat: WeChatServer, app: Flask
) -> None:
    """Plain fields stand beside the sealed ones; only the latter are covered."""
    home: Home = sealing.app.extensions["home"]
    inner = seal(json.dumps(popup("sealed")).encode(), home.settings.wechat.appid)
    both = popup("plain") | {"Encrypt": inner}
    ok(sealing.push_raw(json.dumps(both), sealing.query(inner)))
    with home.database.transaction() as session:
        kept = session.scalars(table.select(table.WechatEvent.message)).one()
    assert kept["List"]["TemplateId"] == "sealed"
    ok(wechat.push_raw(json.dumps(both | {"CreateTime": 1}), wechat.query()))
    assert len(stored(home)) == 2, "without a key the plain ones count"


def test_a_sealed_push_without_a_key_here_says_so(wechat: WeChatServer) -> None:
    refused(wechat.push_raw(envelope("AAAA", xml=True)), 403, "callback.no_key")


def test_another_key_and_another_app_are_refused(sealing: WeChatServer) -> None:
    body = json.dumps(popup("T1"))
    refused(sealing.push_sealed(body, key="A" * 43), 400, "callback.undecipherable")
    refused(sealing.push_sealed(body, appid="wx1111111111111111"), 403, "callback.wrong_app")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Event>&b;</Event></xml>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><xml><Event>&f;</Event></xml>'
GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "no format": b"hello",
    "half of JSON": b'{"Event": ',
    "a list": b"[1, 2]",
    "a number": b"7",
    "NaN": b'{"MsgType": NaN}',
    "not UTF-8": b'{"Event": "\xff\xfe"}',
    "half of XML": b"<xml><Event>",
    "XML without fields": b"<xml/>",
    "XML of text": b"<xml>text</xml>",
    "a doctype": b"<!DOCTYPE xml><xml><a>1</a></xml>",
    "entities": BOMB.encode(),
    "an entity from outside": OUTSIDE.encode(),
    "an unknown entity": b"<xml><a>&nbsp;</a></xml>",
    "an unknown encoding": b'<?xml version="1.0" encoding="no-such"?><xml><a>1</a></xml>',
    "deep XML": b"<xml>" + b"<a>" * 9000 + b"</a>" * 9000 + b"</xml>",
    "deep JSON": b'{"a":' * 9000 + b"1" + b"}" * 9000,
    "deep JSON of lists": b'{"a":' + b"[" * 30000 + b"]" * 30000 + b"}",
    "a number without end": b'{"a":' + b"9" * 60000 + b"}",
}


def test_garbage_is_a_400_and_never_a_trace(wechat: WeChatServer, sealing: WeChatServer) -> None:
    appid = sealing.app.extensions["home"].settings.wechat.appid
    for name, garbage in GARBAGE.items():
        refused(wechat.push_raw(garbage), 400, "callback.unreadable", name)
        sealed = seal(garbage, appid)
        too_long = len(sealed) > 65_000
        refused(
            sealing.push_raw(envelope(sealed, xml=True), sealing.query(sealed)),
            413 if too_long else 400,
            "api.too_large" if too_long else "callback.unreadable",
            name,
        )


def test_a_body_longer_than_any_event_is_refused(wechat: WeChatServer) -> None:
    long = json.dumps(popup("T1", note="x" * 70_000))
    refused(wechat.push_raw(long), 413, "api.too_large")


STRANGE = {  # what comes after the name of the event
    "lone surrogates": '"FromUserName":"\\ud800","a":"\\u0000"',
    "numbers for text": '"FromUserName":7,"CreateTime":1e400',
    "objects for text": '"FromUserName":{},"CreateTime":[]',
    "a time beyond the calendar": '"CreateTime":9999999999',
    "a list of nonsense": '"CreateTime":1,"List":[1,null,{"TemplateId":[]}]',
    "a list within a list": '"CreateTime":2,"List":[[{}]]',
}


def test_what_is_signed_and_strange_is_stored_and_does_nothing(wechat: WeChatServer, app: Flask) -> None:
    for strange in STRANGE.values():
        ok(wechat.push_raw(f'{{"MsgType":"event","Event":"subscribe_msg_popup_event",{strange}}}'))
    assert work(app.extensions["home"]) == len(STRANGE)
    assert {state for _, state in stored(app.extensions["home"])} == {"done"}


def test_messages_and_unknown_events_are_counted_and_not_kept(wechat: WeChatServer, app: Flask) -> None:
    before = counted("ordinary message"), counted("unknown event")
    ok(wechat.push(event("x") | {"MsgType": "text", "Content": "您好", "MsgId": 1}))
    ok(wechat.push(event("an_event_of_next_year")))
    assert (counted("ordinary message"), counted("unknown event")) == (before[0] + 1, before[1] + 1)
    assert stored(app.extensions["home"]) == []


def test_refusals_are_counted_by_reason(wechat: WeChatServer) -> None:
    before = {reason: counted(reason) for reason in ("signature", "stale", "unreadable")}
    wechat.check(signature="x")
    wechat.push_raw("{}", wechat.query(at=0))
    wechat.push_raw("garbage")
    assert {reason: counted(reason) - was for reason, was in before.items()} == dict.fromkeys(before, 1)


def counted(what: str) -> float:
    from app.web import metrics

    return float(metrics.EVENTS.labels("callback", what)._value.get())


def test_what_is_stored_cannot_be_read_without_the_keys(wechat: WeChatServer, app: Flask) -> None:
    ok(wechat.push(popup("T-one")))
    home: Home = app.extensions["home"]
    with home.database.transaction() as session:
        row = session.execute(text("SELECT * FROM wechat_event")).one()
    raw = b"|".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
    assert DRIVER.encode() not in raw
    assert b"T-one" not in raw


def test_nothing_of_a_push_stands_in_the_log(
    wechat: WeChatServer, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Recorder()
    for module in (endpoint, working):
        monkeypatch.setattr(module, "log", log)
    ok(wechat.push(popup("T-one")))
    wechat.push_raw(f"garbage {DRIVER}")
    work(app.extensions["home"])
    assert "callback.unreadable" in log.told
    assert DRIVER not in log.told


# --- twins ------------------------------------------------------------------------------------------------


def test_a_duplicate_says_success_and_is_one_row(wechat: WeChatServer, app: Flask) -> None:
    once = popup("T1")
    for _ in range(3):
        ok(wechat.push(once))
    assert len(stored(app.extensions["home"])) == 1
    assert work(app.extensions["home"]) == 1
    ok(wechat.push(once))
    assert work(app.extensions["home"]) == 0, "nor once it has been worked off"


def test_different_events_of_one_second_are_not_taken_for_one(wechat: WeChatServer, app: Flask) -> None:
    at = time.time()
    different = [
        popup("T1", at=at),
        popup("T2", at=at),
        switched("T1", at=at),
        event("subscribe_msg_sent_event", at=at, List={"TemplateId": "T1", "MsgID": "1", "ErrorCode": "0"}),
        event("subscribe_msg_sent_event", at=at, List={"TemplateId": "T1", "MsgID": "2", "ErrorCode": "0"}),
        event("user_authorization_revoke", at=at, OpenID=DRIVER, RevokeInfo="1"),
        event("user_authorization_revoke", at=at, OpenID=DRIVER, RevokeInfo="8"),
        popup("T1", at=at, openid="oSomebodyElse"),
        popup("T1", at=at + 1),
    ]
    for one in [*different, *different]:
        ok(wechat.push(one))
    assert len(stored(app.extensions["home"])) == len(different)


def test_sixteen_deliveries_at_once_are_one_row(wechat: WeChatServer, app: Flask) -> None:
    once = popup("T1")
    answers = at_once([lambda: wechat.push(once)] * 16)
    assert {(a.status_code, a.text) for a in answers} == {(200, "success")}
    assert len(stored(app.extensions["home"])) == 1


def test_without_the_unique_key_they_would_not_be(wechat: WeChatServer, app: Flask) -> None:
    """The control: only the key taken away, the race shows."""
    home: Home = app.extensions["home"]
    with home.database.transaction() as session:
        session.execute(text("ALTER TABLE wechat_event DROP CONSTRAINT uq_wechat_event_about_key"))
    once = popup("T1")
    at_once([lambda: wechat.push(once)] * 16)
    assert len(stored(home)) > 1


# --- when something is wrong ------------------------------------------------------------------------------


def test_success_comes_while_wechat_waits_although_the_work_fails(
    wechat: WeChatServer, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.wechat.callback import handlers

    def never(*_: object) -> None:
        raise RuntimeError("the work fails")

    monkeypatch.setitem(handlers._handlers, "subscribe_msg_popup_event", never)
    started = time.monotonic()
    ok(wechat.push(popup("T1")))
    assert time.monotonic() - started < 5
    work(app.extensions["home"])
    assert stored(app.extensions["home"]) == [("subscribe_msg_popup_event", "stored")]


def test_without_a_database_it_is_a_503_so_that_wechat_tries_again(
    make_app: Make, settings: Settings
) -> None:
    gone = settings.database.model_copy(update={"url": "postgresql://nobody@127.0.0.1:1/none"})
    away = make_app(with_push(settings.model_copy(update={"database": gone})))
    answer = WeChatServer(away).push(popup("T1"))
    refused(answer, 503, "api.unavailable")


def test_events_are_filed_by_what_they_are_about(home: Home) -> None:
    now = home.clock.now()
    with home.database.transaction() as session:
        first = Arrival("x", "somebody", now, "key")
        assert table.store(session, now, first, {"Event": "x"})
        assert not table.store(session, now, first, {"Event": "x"})
        assert table.store(session, now, Arrival("x", "somebody else", now, "key"), {"Event": "x"})
        table.forget_user(session, "somebody")
    assert len(stored(home)) == 1


def test_many_pushes_at_once_are_all_stored(wechat: WeChatServer, app: Flask) -> None:
    gate = threading.Barrier(8)

    def some(n: int) -> None:
        gate.wait()
        for m in range(5):
            ok(wechat.push(popup(f"T{m}", openid=f"o{n}")))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(some, range(8)))
    assert len(stored(app.extensions["home"])) == 40
