"""What WeChat says of a send in the end settles what we did not know."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.foundation.home import Home
from app.notices.models import Delivery
from app.settings import Settings
from app.wechat import Outcome, Sort
from app.wechat.callback.work import work_off
from app.wechat.standin.demo import demo_openid
from app.wechat.standin.faults import Fault
from app.wechat.standin.pusher import Plan
from app.wechat.standin.server import StandIn
from tests.notices.helpers import (
    TEMPLATE,
    Scripted,
    courier,
    credit_of,
    somebody,
    states,
    tell_one,
    the_delivery,
)
from tests.support.web import served
from tests.wechat.pushes import AES_KEY, TOKEN, WeChatServer, sent_event, with_push

WHO = demo_openid("addressee")
DONE = Outcome(Sort.DONE, 0, msgid="1800000000000000001")
LOST = Outcome(Sort.UNKNOWN, errmsg="cut")


@pytest.fixture
def app(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    return make_app(with_push(settings))


@pytest.fixture
def person(home: Home) -> uuid.UUID:
    return somebody(home, "addressee", credit=3)


def send(home: Home, person: uuid.UUID, *outcomes: Outcome) -> None:
    for outcome in outcomes:
        tell_one(home, person)
        courier(home, Scripted(outcome)).run()


def told(app: Flask, msgid: object, errcode: str = "0", **more: object) -> None:
    answer = WeChatServer(app).push(sent_event(TEMPLATE, msgid, errcode, openid=WHO, **more))
    assert answer.text == "success"
    work_off(app.extensions["home"])


def test_a_send_of_which_nothing_was_known_is_sent(app: Flask, home: Home, person: uuid.UUID) -> None:
    send(home, person, LOST)
    assert the_delivery(home).state == "unknown"
    told(app, "1800000000000000009")
    row = the_delivery(home)
    assert (row.state, row.errcode, row.msgid) == ("sent", 0, "1800000000000000009")
    assert credit_of(home, person) == 2


def test_a_send_of_which_nothing_was_known_has_failed(app: Flask, home: Home, person: uuid.UUID) -> None:
    """Whether WeChat counted it is not known either: its credit stays spent."""
    send(home, person, LOST)
    told(app, "1800000000000000009", "-5")
    row = the_delivery(home)
    assert (row.state, row.errcode) == ("failed", -5)
    assert credit_of(home, person) == 2


def test_a_sent_one_that_failed_in_the_end_is_noted(app: Flask, home: Home, person: uuid.UUID) -> None:
    send(home, person, DONE)
    told(app, DONE.msgid, "-5")
    row = the_delivery(home)
    assert (row.state, row.errcode) == ("sent", -5)


def test_a_msgid_that_is_not_ours_changes_nothing(app: Flask, home: Home, person: uuid.UUID) -> None:
    send(home, person, DONE)
    told(app, "1800000000000000777", "-5")
    row = the_delivery(home)
    assert (row.state, row.errcode, row.msgid) == ("sent", 0, DONE.msgid)


def test_the_right_one_of_several_is_settled(app: Flask, home: Home, person: uuid.UUID) -> None:
    """One with an id of its own is not taken for the one that has none."""
    send(home, person, LOST, DONE)
    told(app, DONE.msgid)
    assert states(home) == {"unknown": 1, "sent": 1}
    told(app, "1800000000000000010", at=time.time() + 1)
    assert states(home) == {"sent": 2}
    told(app, "1800000000000000011", at=time.time() + 2)  # a third: there is none
    assert states(home) == {"sent": 2}


def test_an_old_one_of_which_nothing_is_known_is_not_taken_for_a_new_one(
    app: Flask, home: Home, person: uuid.UUID
) -> None:
    """One never arrived; the next one did, and only its answer was lost."""
    send(home, person, LOST)
    old = the_delivery(home).id
    send(home, person, LOST)
    told(app, "1800000000000000012")
    with home.database.transaction() as session:
        by_id = {row.id: row.state for row in session.scalars(select(Delivery))}
    assert by_id.pop(old) == "unknown"
    assert list(by_id.values()) == ["sent"]


def test_an_old_one_waits_while_a_new_send_is_under_way(
    app: Flask, home: Home, person: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(home, person, LOST)
    old = the_delivery(home).id
    send(home, person, DONE)
    with home.database.transaction() as session:
        back = {"state": "sending", "settled_at": None, "msgid": None}
        back |= {"lease_until": home.clock.now() + timedelta(minutes=1)}
        session.execute(update(Delivery).where(Delivery.id != old).values(**back))
    told(app, DONE.msgid)
    assert states(home) == {"unknown": 1, "sending": 1}


def test_where_wechat_leaves_the_id_out_its_event_is_not_taken_for_a_lost_one_s(
    app: Flask, home: Home, person: uuid.UUID
) -> None:
    send(home, person, Outcome(Sort.DONE, 0), LOST)
    told(app, "1800000000000000001")
    assert states(home) == {"sent": 1, "unknown": 1}
    told(app, "1800000000000000002", at=time.time() + 1)
    assert states(home) == {"sent": 2}


def test_an_event_before_its_answer_waits_for_it(
    app: Flask, home: Home, person: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(home, person, DONE)
    with home.database.transaction() as session:
        back = {"state": "sending", "settled_at": None, "msgid": None}
        session.execute(update(Delivery).values(**back, lease_until=home.clock.now() + timedelta(minutes=1)))
    told(app, DONE.msgid, "-5")
    with home.database.transaction() as session:
        assert session.scalar(text("SELECT state FROM wechat_event")) == "stored"
        done = {"state": "sent", "settled_at": home.clock.now(), "msgid": DONE.msgid, "lease_until": None}
        session.execute(update(Delivery).values(**done))
        session.execute(text("UPDATE wechat_event SET due_at = now()"))
    work_off(home)
    assert the_delivery(home).errcode == -5


def test_another_person_s_msgid_is_not_theirs(app: Flask, home: Home, person: uuid.UUID) -> None:
    other = somebody(home, "other", credit=1)
    send(home, other, LOST)
    told(app, "1800000000000000009")
    with home.database.transaction() as session:
        assert session.scalars(select(Delivery.state)).all() == ["unknown"]


@pytest.mark.parametrize(("mode", "form"), [("plain", "json"), ("safe", "xml"), ("compatible", "xml")])
def test_the_stand_in_s_own_event_settles_a_send_whose_answer_was_cut(
    make_app: Callable[[Settings], Flask], settings: Settings, standin: StandIn, mode: str, form: str
) -> None:
    """All the way over HTTP: the message went out, its answer was lost, the event says so."""
    key = "" if mode == "plain" else AES_KEY
    app = make_app(with_push(settings, aes_key=key))
    home: Home = app.extensions["home"]
    person = somebody(home, "addressee", credit=1, standin=standin)
    appid = home.settings.wechat.appid
    with served(app) as url:
        plan = Plan(f"{url}/wechat/callback", TOKEN, key, appid, mode, form, sent_after_s=0.3)
        standin.world.pusher.use(plan)
        with standin.world.lock:
            cut = {"path": "/cgi-bin/message/subscribe/send", "kind": "cut", "times": 1, "after": True}
            standin.world.faults.on.append(Fault.of(cut))
        tell_one(home, person)
        courier(home).run()
        assert the_delivery(home).state == "unknown"
        until = time.monotonic() + 10
        while the_delivery(home).state == "unknown" and time.monotonic() < until:
            work_off(home)
            time.sleep(0.05)
    row = the_delivery(home)
    assert row.state == "sent"
    assert row.msgid == str(standin.world.desk.sent[0].msgid)
