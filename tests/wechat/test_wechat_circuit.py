"""When WeChat is down, calls end before they begin; one probe at a time finds out when it is back."""

import threading
import time
from contextlib import nullcontext, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wechat import Resting, Sort, Unavailable, WeChat, WeChatError
from app.wechat.circuit import Circuit, Pass
from app.wechat.standin.server import StandIn
from tests.support.meeting import PATIENCE_S, Meeting
from tests.wechat.helpers import (
    DATA,
    DRIVER,
    LOGIN,
    SEND,
    TEMPLATE,
    TOKEN,
    MemoryShared,
    at_once,
    break_it,
    calls,
    settings,
    wechat,
)

AFTER = 3


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def circuit(clock: Clock, told: list[str]) -> Circuit:
    return Circuit(AFTER, 10.0, told.append, clock)


def call(circuit: Circuit, *, well: bool) -> None:
    circuit.leave(circuit.enter(), well=well)


def opened(circuit: Circuit) -> Circuit:
    for _ in range(AFTER):
        call(circuit, well=False)
    return circuit


def test_it_opens_after_failures_in_a_row_and_says_how_long(circuit: Circuit, told: list[str]) -> None:
    opened(circuit)
    with pytest.raises(Resting) as refused:
        circuit.enter()
    assert (refused.value.refusal.code, refused.value.refusal.status) == ("wechat.unavailable", 503)
    assert refused.value.retry_after == 10
    assert told == ["opened", "refused"]


def test_one_answer_in_between_and_it_stays_closed(circuit: Circuit) -> None:
    for _ in range(10):
        for _ in range(AFTER - 1):
            call(circuit, well=False)
        call(circuit, well=True)
    assert not circuit.open


def test_after_the_pause_one_call_goes_through_and_only_one(circuit: Circuit, clock: Clock) -> None:
    opened(circuit)
    clock.at += 10
    probe = circuit.enter()
    for refused in (circuit.enter, circuit.check):
        with pytest.raises(Resting) as waiting:
            refused()
        assert waiting.value.retry_after == 1
    circuit.leave(probe, well=True)
    assert not circuit.open
    call(circuit, well=True)


def test_of_many_threads_exactly_one_is_the_probe(circuit: Circuit, clock: Clock) -> None:
    opened(circuit)
    clock.at += 10
    found = at_once(32, lambda _: circuit.enter())
    assert sum(isinstance(one, Pass) for one in found) == 1
    assert sum(isinstance(one, Resting) for one in found) == 31


@pytest.mark.parametrize(("locked", "probes"), [(True, 1), (False, 2)])
def test_two_at_the_very_same_moment_are_one_probe_because_of_the_lock(locked: bool, probes: int) -> None:
    """They meet where it is decided; without the lock (the negative control) both are let through."""
    meeting, paused = Meeting(patience_s=0.3 if locked else PATIENCE_S), threading.Event()

    def clock() -> float:
        if not paused.is_set():
            return 0.0
        meeting.come()
        return 10.0

    circuit = Circuit(AFTER, 10.0, clock=clock)
    if not locked:
        circuit._lock = nullcontext()
    opened(circuit)
    paused.set()
    found = at_once(2, lambda _: circuit.enter())
    assert sum(isinstance(one, Pass) for one in found) == probes


def test_a_probe_that_fails_begins_another_pause(circuit: Circuit, clock: Clock, told: list[str]) -> None:
    opened(circuit)
    for _ in range(3):
        clock.at += 10
        call(circuit, well=False)
        with pytest.raises(Resting):
            circuit.enter()
    clock.at += 10
    call(circuit, well=True)
    assert [what for what in told if what != "refused"] == ["opened", "closed"]


def test_calls_from_before_it_changed_say_nothing_about_now(circuit: Circuit, clock: Clock) -> None:
    """They hung while it opened and closed again; their time-outs are old news, and so is an answer."""
    late = [circuit.enter() for _ in range(2 * AFTER + 1)]
    opened(circuit)
    circuit.leave(late.pop(), well=True)
    assert circuit.open
    clock.at += 10
    call(circuit, well=True)
    for passed in late:
        circuit.leave(passed, well=False)
    assert not circuit.open


@given(st.lists(st.tuples(st.sampled_from(["begin", "well", "badly", "wait"]), st.integers(0, 7))))
def test_whatever_happens_it_is_open_only_after_failures_and_always_comes_back(
    steps: list[tuple[str, int]],
) -> None:
    """At most one probe; never refused while closed; a pause and one good probe close it again."""
    clock, under_way = Clock(), []
    circuit = Circuit(AFTER, 10.0, clock=clock)
    for step, which in steps:
        if step == "wait":
            clock.at += which
        elif step == "begin":
            closed = not circuit.open
            with suppress(Resting):
                under_way.append(circuit.enter())
                closed = False
            assert not closed, "refused though closed"
        elif under_way:
            circuit.leave(under_way.pop(which % len(under_way)), well=step == "well")
        assert sum(passed.probe for passed in under_way) <= 1
    while under_way:
        circuit.leave(under_way.pop(), well=False)
    clock.at += 10
    call(circuit, well=True)
    assert not circuit.open


def pause_over(client: WeChat) -> None:
    """As if the pause had passed."""
    client._line._circuit._open_until = 0.0


def down(standin: StandIn, kind: str = "status", value: float | None = 502) -> None:
    break_it(standin, "*", kind, value)


def client_of(standin: StandIn, seen: list[tuple[str, str]], **changed: object) -> WeChat:
    given = settings(standin.url, circuit_after=AFTER, circuit_pause_s=60, **changed)
    return WeChat(
        given, MemoryShared(), slots=16, observe=lambda path, what, seconds: seen.append((path, what))
    )


@pytest.mark.parametrize(
    ("kind", "value"), [("status", 500), ("status", 502), ("status", 504), ("reset", None), ("hang", None)]
)
def test_a_wechat_that_is_down_is_left_alone_until_it_is_back(
    standin: StandIn, kind: str, value: float | None
) -> None:
    seen: list[tuple[str, str]] = []
    deadline_s = 1 if kind == "hang" else 30
    client = client_of(standin, seen, deadline_s=deadline_s)
    down(standin, kind, value)
    for _ in range(AFTER):
        with pytest.raises(Unavailable):
            client.login("demo:driver")
    started = time.monotonic()
    for _ in range(20):
        with pytest.raises(Resting):
            client.login("demo:driver")
        assert client.send_subscribe(DRIVER, TEMPLATE, DATA).sort is Sort.TRY_LATER
        assert client.check_text(DRIVER, "热水坏了").outcome.sort is Sort.TRY_LATER
    assert time.monotonic() - started < 60 * deadline_s / 2
    assert calls(standin, LOGIN) == AFTER
    assert calls(standin, TOKEN) == 0
    assert client.trouble()
    standin.world.faults.on.clear()
    pause_over(client)
    assert client.login("demo:driver").openid == DRIVER
    assert client.trouble() is None
    changes = [what for path, what in seen if path == "circuit" and what != "refused"]
    assert changes == ["opened", "closed"]


def test_a_wechat_that_cannot_be_reached_opens_it_too() -> None:
    client = wechat("http://127.0.0.1:1", circuit_after=1)
    with pytest.raises(Unavailable):
        client.login("demo:driver")
    with pytest.raises(Resting):
        client.login("demo:driver")


ANSWERS = [("errcode", -1), ("errcode", 40029), ("errcode", 45009), ("errcode", 40164), ("garbage", None)]


@pytest.mark.parametrize(("kind", "value"), [*ANSWERS, ("status", 404), ("status", 407)])
def test_an_answer_opens_nothing_however_unwelcome(standin: StandIn, kind: str, value: float | None) -> None:
    client = wechat(standin.url, circuit_after=1)
    down(standin, kind, value)
    for _ in range(5):
        with pytest.raises(WeChatError) as trouble:
            client.login("demo:driver")
        assert not isinstance(trouble.value, Resting)
    assert calls(standin, LOGIN) == 5


def test_one_probe_reaches_a_wechat_that_hangs_however_many_ask(standin: StandIn) -> None:
    client = client_of(standin, [], deadline_s=0.6)
    down(standin, "reset")
    for _ in range(AFTER):
        with pytest.raises(Unavailable):
            client.login("demo:driver")
    standin.world.faults.on.clear()
    down(standin, "hang")
    pause_over(client)
    before = calls(standin, LOGIN)
    turned_away: list[bool] = []

    def ask() -> None:
        with pytest.raises(Unavailable) as trouble:
            client.login("demo:driver")
        turned_away.append(isinstance(trouble.value, Resting))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls(standin, LOGIN) == before + 1
    assert sum(turned_away) == 15


def test_without_it_everybody_would_wait_for_the_time_out(standin: StandIn) -> None:
    """Negative control: the same WeChat and a circuit that never opens."""
    client = wechat(standin.url, deadline_s=0.1, circuit_after=1000)
    down(standin, "hang")
    started = time.monotonic()
    for _ in range(AFTER + 2):
        with pytest.raises(Unavailable):
            client.login("demo:driver")
    assert time.monotonic() - started > 0.1 * (AFTER + 2) * 0.9
    assert calls(standin, LOGIN) == AFTER + 2


def test_a_message_refused_by_the_circuit_was_never_sent(standin: StandIn) -> None:
    client = client_of(standin, [])
    standin.world.desk.grant(DRIVER, TEMPLATE, 9)
    client.send_subscribe(DRIVER, TEMPLATE, DATA)
    down(standin)
    for _ in range(AFTER):
        client.send_subscribe(DRIVER, TEMPLATE, DATA)
    standin.world.faults.on.clear()
    outcome = client.send_subscribe(DRIVER, TEMPLATE, DATA)
    assert (outcome.sort, outcome.errmsg) == (Sort.TRY_LATER, "the circuit is open")
    assert calls(standin, SEND) == 1 + AFTER
    assert standin.world.desk.count == 1


def test_other_processes_learn_of_the_trouble_and_of_its_end(standin: StandIn) -> None:
    shared = MemoryShared()
    one, other = (wechat(standin.url, shared=shared) for _ in range(2))
    break_it(standin, LOGIN, "status", 502, times=1)
    with pytest.raises(Unavailable):
        one.login("demo:driver")
    assert one.trouble() == other.trouble() == "http_status 502"
    one.login("demo:driver")
    assert one.trouble() is None
    assert other.trouble() is None


def test_a_shared_state_that_fails_fails_no_call(standin: StandIn, wechat: WeChat) -> None:
    class Broken(MemoryShared):
        def set(self, key: str, value: str, ttl_s: float) -> None:
            raise OSError("gone")

    client = WeChat(settings(standin.url), Broken(), slots=4)
    break_it(standin, LOGIN, "status", 502, times=1)
    with pytest.raises(Unavailable):
        client.login("demo:driver")
    assert client.login("demo:driver").openid == DRIVER
