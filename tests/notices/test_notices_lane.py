"""The lane to WeChat: one pace for all processes; closed when WeChat wants nothing, opened by a look."""

import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask

from app.foundation.home import Home
from app.notices import clerk, lane, tasks
from app.notices.lane import Pace
from app.wechat import Outcome, Sort
from app.wechat.standin.server import StandIn
from tests.notices.helpers import (
    Moved,
    Scripted,
    break_sends,
    courier,
    credit_of,
    crowd,
    mend,
    sends,
    somebody,
    states,
    tell_one,
    with_notices,
)

STOP = Outcome(Sort.STOP, 45009, "reach max api daily quota limit")
DONE = Outcome(Sort.DONE, 0)


def tell_all(home: Home, number: int, standin: StandIn | None = None) -> None:
    for person_id in crowd(home, number, standin=standin):
        tell_one(home, person_id)


def test_one_stop_closes_the_lane_for_every_process(home: Home, standin: StandIn) -> None:
    tell_all(home, 60, standin)
    break_sends(standin, "errcode", 45009)
    courier(home).run()
    tried = sends(standin)
    assert 1 <= tried <= 40, "those already under way, and no more"
    assert courier(home).run() == 0
    assert sends(standin) == tried
    assert states(home) == {"queued": 60}


def test_the_alarm_is_told_once_and_the_readiness_page_says_degraded(
    app: Flask, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    alarm = SimpleNamespace(
        error=lambda event, **more: told.append((event, more)), warning=lambda event, **more: None
    )
    monkeypatch.setattr(clerk, "log", alarm)
    assert "deliveries" not in app.test_client().get("/readyz").json["degraded"]
    tell_all(home, 3)
    courier(home, Scripted(STOP)).run()
    assert told == [("deliveries.paused", {"alarm": True, "why": "errcode 45009", "rid": None})]
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert "deliveries" in answer.json["degraded"]


def test_a_message_that_met_the_stop_has_lost_neither_try_nor_credit(home: Home) -> None:
    person_id = somebody(home, "wang", credit=1)
    tell_one(home, person_id)
    platform, clock = Scripted(*[STOP] * 9, DONE), Moved(home)
    clock.by = timedelta(0)
    sender = courier(home, platform, clock=clock)
    for _ in range(10):  # more often than a message may be tried
        sender.run()
        clock.by += timedelta(seconds=61)
    assert states(home) == {"sent": 1}
    assert credit_of(home, person_id) == 0


def test_a_closed_lane_is_looked_at_once_a_minute_with_one_message(home: Home) -> None:
    tell_all(home, 20)
    platform, clock = Scripted(STOP), Moved(home)
    clock.by = timedelta(0)
    courier(home, platform, clock=clock).run()
    at_first = len(platform.asked)
    for seconds, looks in ((30, 0), (61, 1), (90, 1), (122, 2)):
        clock.by = timedelta(seconds=seconds)
        for _ in range(3):  # several ticks, several processes
            courier(home, platform, clock=clock).run()
        assert len(platform.asked) - at_first == looks


def test_a_look_that_succeeds_opens_the_lane_for_all(home: Home, standin: StandIn) -> None:
    tell_all(home, 20, standin)
    break_sends(standin, "errcode", 45009)
    clock = Moved(home)
    clock.by = timedelta(0)
    courier(home, clock=clock).run()
    mend(standin)
    clock.by = timedelta(seconds=61)
    courier(home, clock=clock).run()
    assert tasks.deliveries_flow(home)
    assert states(home) == {"sent": 20}


def test_a_look_that_cannot_reach_wechat_leaves_it_closed(home: Home) -> None:
    tell_all(home, 3)
    clock = Moved(home)
    clock.by = timedelta(0)
    courier(home, Scripted(STOP), clock=clock).run()
    clock.by = timedelta(seconds=61)
    courier(home, Scripted(Outcome(Sort.TRY_LATER)), clock=clock).run()
    assert not tasks.deliveries_flow(home)


def test_a_clock_that_is_set_back_does_not_keep_the_lane_closed(home: Home) -> None:
    tell_all(home, 3)
    clock = Moved(home)
    clock.by = timedelta(hours=2)
    courier(home, Scripted(STOP), clock=clock).run()
    clock.by = timedelta(0)
    courier(home, Scripted(DONE), clock=clock).run()
    assert states(home) == {"sent": 3}


def test_two_couriers_together_keep_the_pace(home: Home) -> None:
    """31 messages at 20 a second: the last one leaves 1.5 s after the first, whoever carries it."""
    tell_all(home, 31)
    settings = with_notices(home.settings, rate_per_s=20)
    platform = Scripted(DONE)
    began = time.monotonic()
    threads = [threading.Thread(target=courier(home, platform, settings=settings).run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    assert states(home) == {"sent": 31}
    assert len(platform.asked) == 31
    assert took >= 1.5


def test_the_default_pace_is_reached(home: Home) -> None:
    """The default of 50 a second, with a platform that takes 100 ms for each."""

    class Slow(Scripted):
        def send_subscribe(self, *args: object, **kwargs: object) -> Outcome:
            time.sleep(0.1)
            return DONE

    tell_all(home, 100)
    began = time.monotonic()
    courier(home, Slow()).run()
    took = time.monotonic() - began
    assert states(home) == {"sent": 100}
    assert took < 6.0, "2.0 s at 50 a second, 10 s one after the other"


def test_a_place_given_out_by_a_clock_that_was_ahead_is_forgotten(home: Home) -> None:
    now = home.clock.now()
    with home.database.transaction() as session:
        lane.look(session, now)
        lane.take_places(session, now + timedelta(hours=2), 50, Pace(50))
        assert not lane.look(session, now).busy(now, 50)
        assert lane.take_places(session, now, 10, Pace(50)).first == now


def test_when_the_process_ends_what_has_not_left_is_free_for_others_at_once(home: Home) -> None:
    tell_all(home, 20)
    stopping = threading.Event()

    class Ending(Scripted):
        def send_subscribe(self, *args: object, **kwargs: object) -> Outcome:
            stopping.set()
            return DONE

    settings = with_notices(home.settings, rate_per_s=10)
    courier(home, Ending(), stopping=stopping, settings=settings).run()
    first = states(home)
    assert first["sent"] >= 1
    assert first["sent"] + first["queued"] == 20
    other = Scripted(DONE)
    courier(home, other, settings=with_notices(home.settings, rate_per_s=1000)).run()
    assert states(home) == {"sent": 20}
    assert len(other.asked) == 20 - first["sent"]
