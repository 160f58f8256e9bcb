"""Delivery: what comes of a message, by what WeChat says or fails to say."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.foundation.home import Home
from app.notices import tasks
from app.notices.models import Delivery
from app.people.models import Person
from app.wechat import Outcome, Sort, WeChat
from app.wechat.standin.demo import demo_openid
from app.wechat.standin.server import StandIn
from tests.notices.helpers import (
    Moved,
    Scripted,
    arrived,
    break_sends,
    courier,
    credit_of,
    crowd,
    reasons,
    sends,
    slow_sends,
    somebody,
    states,
    tell_one,
    the_delivery,
    with_notices,
)
from tests.support.meeting import Meeting

RETRIES = [1, 5, 30, 300, 1800]


def test_a_message_arrives_on_the_phone_as_it_was_told(home: Home, standin: StandIn) -> None:
    tell_one(home, somebody(home, "wang", credit=1, standin=standin))
    assert courier(home).run() == 1
    delivery = the_delivery(home)
    assert (delivery.state, delivery.tries, delivery.errcode) == ("sent", 1, 0)
    assert delivery.settled_at is not None
    message = standin.world.desk.sent[0]
    assert message.openid == demo_openid("wang")
    assert message.page == "pages/request/index?id=7"
    assert message.values["thing3"] == "热水已恢复，二楼开水间可以打水。"
    assert delivery.msgid == str(message.msgid)


def test_nothing_due_is_nothing_done(home: Home) -> None:
    assert courier(home).run() == 0


def test_refused_by_wechat_the_ledger_goes_to_zero(home: Home, standin: StandIn) -> None:
    person_id = somebody(home, "wang", credit=3)  # the stand-in knows of none: 43101
    tell_one(home, person_id)
    courier(home).run()
    delivery = the_delivery(home)
    assert (delivery.state, delivery.errcode) == ("refused", 43101)
    assert delivery.rid
    assert credit_of(home, person_id) == 0
    assert reasons(home, person_id) == {"accepted": 3, "spent": 1, "refused": 2}


def test_what_wechat_is_too_busy_for_is_tried_again_ever_later_and_fails_in_the_end(home: Home) -> None:
    person_id = somebody(home, "wang", credit=1)
    tell_one(home, person_id)
    clock = Moved(home)
    clock.by = timedelta(0)
    platform = Scripted(Outcome(Sort.TRY_LATER, -1))
    sender = courier(home, platform, clock=clock)
    for number, pause_s in enumerate(RETRIES, start=1):
        assert sender.run() == 1
        delivery = the_delivery(home)
        assert (delivery.state, delivery.tries) == ("queued", number)
        waits = (delivery.due_at - clock.now()).total_seconds()
        assert pause_s - 2 < waits <= pause_s
        assert sender.run() == 0, "not before its time"
        clock.by += timedelta(seconds=pause_s)
    assert sender.run() == 1
    assert the_delivery(home).state == "failed"
    assert the_delivery(home).errcode == -1
    assert credit_of(home, person_id) == 1
    assert len(platform.asked) == len(RETRIES) + 1


def test_tries_that_an_open_circuit_held_back_do_not_count(home: Home) -> None:
    """An hour without WeChat must not use up what a message may try."""
    person_id = somebody(home, "wang", credit=1)
    tell_one(home, person_id)
    clock = Moved(home)
    clock.by = timedelta(0)
    held_back = Outcome(Sort.TRY_LATER, asked=False)
    platform = Scripted(*[held_back] * 9, Outcome(Sort.DONE, 0))
    sender = courier(home, platform, clock=clock)
    for _ in range(9):
        assert sender.run() == 1
        assert (the_delivery(home).state, the_delivery(home).tries) == ("queued", 0)
        assert sender.run() == 0, "not at once again"
        clock.by += timedelta(seconds=RETRIES[0])
    assert sender.run() == 1
    assert the_delivery(home).state == "sent"


def test_a_message_that_can_never_go_fails_at_once_and_its_credit_comes_back(
    home: Home, standin: StandIn
) -> None:
    person_id = somebody(home, "wang", credit=1, standin=standin)
    tell_one(home, person_id)
    with standin.world.lock:
        standin.world.desk.pages = frozenset({"pages/home/index"})  # ours is not published: 41030
    courier(home).run()
    assert (the_delivery(home).state, the_delivery(home).errcode) == ("failed", 41030)
    assert credit_of(home, person_id) == 1


@pytest.mark.parametrize("kind", ["cut", "garbage", "reset", "hang"])
def test_after_a_silence_the_end_is_unknown_and_nothing_is_sent_again(
    home: Home, standin: StandIn, kind: str
) -> None:
    person_id = somebody(home, "wang", credit=1, standin=standin)
    tell_one(home, person_id)
    break_sends(standin, kind, times=1)
    wechat = home.settings.wechat.model_copy(update={"deadline_s": 2.0})
    sender = courier(home, settings=home.settings.model_copy(update={"wechat": wechat}))
    sender.run()
    assert the_delivery(home).state == "unknown"
    assert credit_of(home, person_id) == 0
    assert sender.run() == 0
    assert sends(standin) == 1


@pytest.mark.parametrize(("kind", "value"), [("busy", None), ("errcode", 43108), ("status", 502)])
def test_a_short_trouble_only_delays(home: Home, standin: StandIn, kind: str, value: float | None) -> None:
    tell_one(home, somebody(home, "wang", credit=1, standin=standin))
    break_sends(standin, kind, value, times=1)
    sender = courier(home, settings=with_notices(home.settings, retry_after_s=[1]))
    sender.run()
    assert states(home) == {"queued": 1}
    time.sleep(1.05)
    sender.run()
    assert states(home) == {"sent": 1}
    assert sum(arrived(standin).values()) == 1


def test_a_failing_try_of_ours_leaves_a_row_that_nobody_sends_again(home: Home) -> None:
    class Broken(Scripted):
        def send_subscribe(self, *args: object, **kwargs: object) -> Outcome:
            super().send_subscribe(*args, **kwargs)
            raise RuntimeError("a bug of ours")

    tell_one(home, somebody(home, "wang", credit=1))
    platform, clock = Broken(), Moved(home)
    sender = courier(home, platform, clock=clock)
    sender.run()
    assert states(home) == {"sending": 1}
    clock.by = timedelta(seconds=70)
    home.clock = clock
    assert tasks.reclaim_leases(home) == 1
    assert states(home) == {"unknown": 1}
    assert sender.run() == 0
    assert len(platform.asked) == 1


def test_too_late_is_expired_and_the_credit_comes_back(home: Home) -> None:
    person_id = somebody(home, "wang", credit=1)
    tell_one(home, person_id, expires_at=home.clock.now() + timedelta(minutes=5))
    platform, clock = Scripted(), Moved(home)
    clock.by = timedelta(minutes=6)
    assert courier(home, platform, clock=clock).run() == 0
    assert platform.asked == []
    home.clock = clock
    assert tasks.expire_deliveries(home) == 1
    assert tasks.expire_deliveries(home) == 0
    assert states(home) == {"expired": 1}
    assert credit_of(home, person_id) == 1


def test_after_a_night_s_stop_what_is_not_expired_still_goes_out(home: Home) -> None:
    tell_one(home, somebody(home, "wang", credit=1))
    clock = Moved(home)
    clock.by = timedelta(hours=9)
    courier(home, Scripted(), clock=clock).run()
    assert states(home) == {"sent": 1}


def test_somebody_who_was_disabled_meanwhile_gets_nothing(home: Home) -> None:
    person_id = somebody(home, "wang", credit=1)
    tell_one(home, person_id)
    with home.database.transaction() as session:
        session.execute(update(Person).where(Person.id == person_id).values(state="disabled"))
    platform = Scripted()
    courier(home, platform).run()
    assert platform.asked == []
    assert states(home) == {"failed": 1}


def test_messages_to_one_person_go_one_after_the_other_in_their_order(home: Home, standin: StandIn) -> None:
    """The stand-in answers 43108 to whoever overlaps, as WeChat does; not one must."""
    person_id = somebody(home, "wang", credit=6, standin=standin)
    for _ in range(6):
        tell_one(home, person_id)
    slow_sends(standin, 0.05)
    first, second = courier(home), courier(home)
    runs = [threading.Thread(target=sender.run) for sender in (first, second)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert states(home) == {"sent": 6}
    assert sends(standin) == 6
    with home.database.transaction() as session:
        rows = session.execute(
            select(Delivery.msgid, Delivery.id).order_by(Delivery.due_at, Delivery.id)
        ).all()
    assert [row.msgid for row in rows] == sorted(row.msgid for row in rows)


def test_messages_to_several_people_go_at_the_same_time(
    home: Home, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four are on their way before one of them has an answer."""
    meeting = Meeting(4)
    monkeypatch.setattr(WeChat, "send_subscribe", meeting.before(WeChat.send_subscribe))
    for person_id in crowd(home, 12, standin=standin):
        tell_one(home, person_id)
    courier(home).run()
    assert states(home) == {"sent": 12}
    assert meeting.met


def test_nobody_waits_behind_somebody_with_a_long_queue(home: Home) -> None:
    busy = somebody(home, "busy", credit=80)
    for _ in range(80):
        tell_one(home, busy)
    tell_one(home, somebody(home, "wang", credit=1))
    platform = Scripted()
    courier(home, platform, settings=with_notices(home.settings, rate_per_s=1000)).run()
    assert [asked[0] for asked in platform.asked].index(demo_openid("wang")) < 4
    assert states(home) == {"sent": 81}


def test_a_send_that_was_given_up_and_then_tells_its_end_is_known_after_all(home: Home) -> None:
    """A thread that hung longer than its lease: the row was marked, nobody else has touched it."""
    tell_one(home, somebody(home, "wang", credit=1))

    class Late(Scripted):
        def send_subscribe(self, *args: object, **kwargs: object) -> Outcome:
            clock = Moved(home)
            clock.by = timedelta(seconds=70)
            home.clock = clock
            tasks.reclaim_leases(home)
            assert states(home) == {"unknown": 1}
            return Outcome(Sort.DONE, 0, msgid="1")

    courier(home, Late()).run()
    assert states(home) == {"sent": 1}
