"""The clockwork: a fault, a hang, a twin or a clock that jumps does no harm."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from app.foundation.home import Home
from app.jobs.clockwork import Clockwork, Tick
from app.jobs.process import assemble
from app.jobs.ticks import TICKS
from app.notices.courier import Courier, senders
from app.wechat.standin.server import StandIn
from tests.jobs.processes import wait_for
from tests.notices.helpers import at_once, somebody, states, tell_one

Make = Callable[..., Clockwork]


@pytest.fixture
def make(home: Home) -> Iterator[Make]:
    """Clockworks that are stopped whatever a test does."""
    made: list[Clockwork] = []

    def clockwork(*ticks: Tick) -> Clockwork:
        made.append(Clockwork(home, ticks))
        made[-1].start()
        return made[-1]

    yield clockwork
    for one in made:
        one.stop(5)


def test_it_ticks_at_once_and_then_again_and_again(make: Make) -> None:
    ticks: list[float] = []
    make(Tick("test", 0.2, lambda home: ticks.append(time.monotonic())))
    wait_for(lambda: len(ticks) >= 4)
    seldom: list[int] = []
    make(Tick("seldom", 3600, lambda home: seldom.append(1)))
    wait_for(lambda: seldom)


def test_a_tick_that_fails_comes_again_and_hinders_no_other(make: Make) -> None:
    failed, went = [], []

    def fail(home: Home) -> None:
        failed.append(1)
        raise RuntimeError("示例故障")

    make(Tick("bad", 0.1, fail), Tick("good", 0.1, lambda home: went.append(1)))
    wait_for(lambda: len(failed) >= 3 and len(went) >= 3)


def test_a_tick_that_hangs_hinders_no_other_and_is_named_at_the_end(make: Make) -> None:
    free, went = threading.Event(), []
    clockwork = make(
        Tick("hanging", 0.1, lambda home: free.wait(30)), Tick("good", 0.1, lambda home: went.append(1))
    )
    wait_for(lambda: len(went) >= 3)
    assert clockwork.stop(0.2) is False
    free.set()


def test_the_same_tick_never_runs_beside_itself(make: Make) -> None:
    running, most = [], []

    def slow(home: Home) -> None:
        running.append(1)
        most.append(len(running))
        time.sleep(0.35)
        running.pop()

    make(Tick("slow", 0.1, slow))
    wait_for(lambda: len(most) >= 3)
    assert set(most) == {1}


def test_to_stop_is_to_wait_for_what_is_in_hand_and_to_begin_nothing(make: Make) -> None:
    begun, ended = [], []

    def work(home: Home) -> None:
        begun.append(1)
        time.sleep(0.3)
        ended.append(1)

    clockwork = make(Tick("work", 0.1, work))
    wait_for(lambda: begun)
    assert clockwork.stop(5) is True
    assert len(begun) == len(ended)
    time.sleep(0.3)
    assert len(begun) == len(ended)


def test_after_the_machine_s_clock_was_set_back_it_does_not_wait_for_it_to_catch_up(make: Make) -> None:
    """APScheduler plans by the wall clock: set back by an hour, its next tick would be an hour away."""
    ticks: list[int] = []
    clockwork = make(Tick("test", 0.2, lambda home: ticks.append(1)))
    wait_for(lambda: ticks)
    job = clockwork._scheduler.get_job("test")
    job.modify(next_run_time=datetime.now(UTC) + timedelta(hours=1))
    time.sleep(0.5)
    before = len(ticks)
    time.sleep(0.5)
    assert len(ticks) == before, "this is what would happen"
    clockwork.keep_going()
    wait_for(lambda: len(ticks) > before + 1)


def test_every_tick_of_the_house_runs_twice_and_beside_itself_without_harm(home: Home) -> None:
    assemble(home, threading.Event())
    for tick in TICKS:
        for _ in range(2):
            tick.work(home)
        at_once(3, lambda _, tick=tick: tick.work(home))


def test_the_sweeps_remove_what_has_ended_and_nothing_else(home: Home) -> None:
    with home.database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO shared_value VALUES ('old', 'x', now() - interval '1 s'),"
                " ('young', 'x', now() + interval '1 h')"
            )
        )
    for tick in TICKS:
        if "sweep" in tick.name:
            tick.work(home)
    with home.database.transaction() as session:
        assert session.scalars(text("SELECT key FROM shared_value WHERE value = 'x'")).all() == ["young"]


def test_the_whole_clockwork_delivers(home: Home, standin: StandIn) -> None:
    stopping = threading.Event()
    clockwork = assemble(home, stopping)
    clockwork.start()
    try:
        tell_one(home, somebody(home, "wang", credit=1, standin=standin))
        wait_for(lambda: states(home) == {"sent": 1})
    finally:
        stopping.set()
        assert clockwork.stop(5) is True


def test_ticks_have_names_of_their_own() -> None:
    assert len({tick.name for tick in TICKS}) == len(TICKS)


def test_the_senders_leave_connections_for_the_other_ticks(home: Home) -> None:
    assemble(home, threading.Event())
    assert home.part(Courier) is not None
    assert senders(home.settings) + 4 <= home.settings.database.pool_size
