"""A WeChat that hangs holds its share of the threads and not one more."""

import threading
import time

import pytest

from app.wechat import Busy, Sort, Unavailable, gate, slots_for
from app.wechat.gate import SLOW_S
from app.wechat.platform import WeChat
from app.wechat.standin.demo import demo_openid
from app.wechat.standin.server import StandIn
from tests.wechat.helpers import (
    DATA,
    DRIVER,
    LOGIN,
    TEMPLATE,
    MemoryShared,
    at_once,
    break_it,
    calls,
    settings,
    wechat,
)

SLOTS = 4
QUICK_S = 20.0
"""On any machine; whoever waits here for what hangs, or for a place, waits a minute."""


@pytest.fixture(autouse=True)
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands in line at the gate stands there for long."""
    monkeypatch.setattr(gate, "LONGEST_WAIT_S", 60)


@pytest.mark.parametrize(
    ("threads", "share", "slots"), [(16, 0.25, 4), (1, 0.25, 1), (7, 0.25, 1), (8, 0.25, 2), (16, 1, 16)]
)
def test_a_quarter_of_the_threads_and_at_least_one(threads: int, share: float, slots: int) -> None:
    assert slots_for(threads, share) == slots


def _hang(client: WeChat, standin: StandIn, number: int) -> list[threading.Thread]:
    """That many calls under way that will not be answered."""
    break_it(standin, LOGIN, "hang", times=number)

    def call() -> None:
        with pytest.raises(Unavailable):
            client.login("demo:driver")

    before = calls(standin, LOGIN)
    threads = [threading.Thread(target=call) for _ in range(number)]
    for thread in threads:
        thread.start()
    while calls(standin, LOGIN) < before + number:
        time.sleep(0.005)
    return threads


def _let_go(standin: StandIn, threads: list[threading.Thread]) -> None:
    """What hangs ends."""
    standin.stopping.set()
    for thread in threads:
        thread.join()
    standin.stopping.clear()


def test_while_wechat_is_quick_a_crowd_waits_its_turn(standin: StandIn) -> None:
    """A coach that signs in at once: fifty people, four places."""
    standin.world.latency_s[LOGIN] = 0.02
    client = wechat(standin.url, slots=SLOTS)
    found = at_once(50, lambda index: client.login(f"demo:crowd{index}").openid)
    assert sorted(map(str, found)) == sorted(demo_openid(f"crowd{index}") for index in range(50))


def test_once_a_call_is_slow_nobody_waits_any_longer(standin: StandIn) -> None:
    client = wechat(standin.url, slots=SLOTS, deadline_s=60)
    threads = _hang(client, standin, SLOTS)
    started = time.monotonic()
    turned_away = at_once(8, lambda index: client.login("demo:driver"))
    assert all(isinstance(one, Busy) for one in turned_away), turned_away
    assert SLOW_S <= 0.5
    assert time.monotonic() - started < QUICK_S
    _let_go(standin, threads)


def test_after_a_trouble_nobody_waits_at_all(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "SLOW_S", 60)
    client = wechat(standin.url, slots=1, deadline_s=60)
    break_it(standin, LOGIN, "reset", times=1)
    with pytest.raises(Unavailable):
        client.login("demo:driver")
    threads = _hang(client, standin, 1)
    started = time.monotonic()
    with pytest.raises(Busy):
        client.login("demo:driver")
    assert time.monotonic() - started < QUICK_S
    _let_go(standin, threads)


def test_with_all_places_taken_the_next_is_turned_away_at_once(standin: StandIn) -> None:
    seen: list[tuple[str, str]] = []
    client = WeChat(
        settings(standin.url, deadline_s=60),
        MemoryShared(),
        slots=SLOTS,
        observe=lambda p, r, s: seen.append((p, r)),
    )
    threads = _hang(client, standin, SLOTS)
    time.sleep(SLOW_S)
    started = time.monotonic()
    with pytest.raises(Busy) as refused:
        client.login("demo:driver")
    assert client.send_subscribe(DRIVER, TEMPLATE, DATA).sort is Sort.TRY_LATER
    assert time.monotonic() - started < QUICK_S
    assert (refused.value.refusal.status, refused.value.retry_after) == (503, 2)
    assert calls(standin, LOGIN) == SLOTS
    assert seen == [("gate", "full")] * 2
    _let_go(standin, threads)
    assert client.login("demo:driver").openid == DRIVER  # the places are free again


def test_with_one_place_left_the_call_goes_through(standin: StandIn) -> None:
    """Negative control: it is the number that refuses, not the hanging."""
    client = wechat(standin.url, slots=SLOTS + 1, deadline_s=60)
    threads = _hang(client, standin, SLOTS)
    assert client.login("demo:driver").openid == DRIVER
    _let_go(standin, threads)


def test_a_place_is_given_back_after_every_kind_of_end(standin: StandIn) -> None:
    client = wechat(standin.url, slots=1, deadline_s=0.2)
    for fault in ("hang", "reset", "garbage", "busy", "cut"):
        break_it(standin, LOGIN, fault, times=1)
        with pytest.raises(Unavailable):
            client.login("demo:driver")
    assert client.login("demo:driver").openid == DRIVER
