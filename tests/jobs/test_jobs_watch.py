"""What the clockwork tells of itself: a row a task, a hang seen, the readiness page and the figures."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.foundation.home import Home
from app.jobs import clockwork as clockwork_module
from app.jobs import watch
from app.jobs.clockwork import Clockwork, Tick, report
from app.jobs.models import TickState
from app.jobs.watch import Record, Watch
from tests.jobs.processes import wait_for

Make = Callable[..., Clockwork]


@pytest.fixture
def make(home: Home) -> Iterator[Make]:
    """Clockworks that are stopped whatever a test does; each reports ten times a second."""
    made: list[Clockwork] = []

    def clockwork(*ticks: Tick) -> Clockwork:
        made.append(Clockwork(home, [*ticks, Tick("jobs.report", 0.1, report)]))
        made[-1].start()
        return made[-1]

    yield clockwork
    for one in made:
        one.stop(5)


def row(home: Home, name: str) -> TickState | None:
    with home.database.transaction() as session:
        return session.scalar(select(TickState).where(TickState.name == name))


def degraded(app: Flask) -> list[str]:
    found: list[str] = app.test_client().get("/readyz").json["degraded"]
    return found


def make_older(home: Home, name: str, seconds: float) -> None:
    with home.database.transaction() as session:
        older = "UPDATE tick_state SET good_at = now() - make_interval(secs => :s) WHERE name = :n"
        session.execute(text(older), {"s": seconds, "n": name})


def test_a_task_s_last_run_stands_in_its_row(home: Home, make: Make) -> None:
    # Slower than the report: in step with it, every report would find it running.
    make(Tick("good", 0.35, lambda _: time.sleep(0.05)))
    wait_for(lambda: (found := row(home, "good")) is not None and found.result == "ok" and found.good_at)
    found = row(home, "good")
    assert found is not None
    assert found.duration_s is not None
    assert 0.05 <= found.duration_s < 5
    assert found.started_at is not None
    assert found.ended_at is not None
    assert found.started_at < found.ended_at <= found.beat_at
    assert found.every_s == 0.35
    assert found.who


def test_one_that_fails_says_so_and_is_missed_when_it_fails_for_long(
    app: Flask, home: Home, make: Make
) -> None:
    def fail(_: Home) -> None:
        raise RuntimeError("示例故障")

    make(Tick("room.bad", 0.1, fail), Tick("room.good", 0.1, lambda _: 1))
    wait_for(lambda: (found := row(home, "room.bad")) is not None and found.result == "failed")
    wait_for(lambda: (found := row(home, "room.good")) is not None and found.result == "ok")
    assert not {"jobs.room.bad", "jobs.room.good"} & set(degraded(app)), "it may still come right"
    with home.database.transaction() as session:
        session.execute(text("UPDATE tick_state SET since_at = now() - interval '61 s'"))
    assert "jobs.room.bad" in degraded(app), "it has never succeeded"
    assert "jobs.room.good" not in degraded(app)


@pytest.mark.parametrize(("every_s", "age_s", "missed"), [(1, 55, False), (1, 65, True), (60, 170, False)])
def test_a_task_may_be_silent_for_three_periods_and_at_least_a_minute(
    app: Flask, home: Home, every_s: float, age_s: float, missed: bool
) -> None:
    kept = Watch({"room.task": Record(every_s)})
    kept.began("room.task")
    kept.ended("room.task", well=True)
    with home.database.transaction() as session:
        kept.write(session)
    make_older(home, "room.task", age_s)
    assert ("jobs.room.task" in degraded(app)) is missed
    figure = f'home_tick_well{{tick="room.task"}} {0.0 if missed else 1.0}'
    assert figure in app.test_client().get("/metrics").text


def test_one_that_hangs_is_seen_although_another_process_does_its_work(
    app: Flask, home: Home, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(watch, "patience_s", lambda _: 0.3)
    monkeypatch.setattr(watch.log, "error", lambda event, **more: told.append((event, more)))
    free = threading.Event()
    make(Tick("room.stuck", 0.1, lambda _: free.wait(30)))
    try:
        wait_for(lambda: (found := row(home, "room.stuck")) is not None and found.hanging_at)
        wait_for(lambda: told)
        other = Watch({"room.stuck": Record(0.1)})
        other.began("room.stuck")
        other.ended("room.stuck", well=True)
        with home.database.transaction() as session:
            other.write(session)
        assert "jobs.room.stuck" in degraded(app)
        time.sleep(0.5)
    finally:
        free.set()
    assert [event for event, _ in told] == ["tick.hanging"], "once"
    assert told[0][1]["tick"] == "room.stuck"
    assert "wait" in str(told[0][1]["at"]), "it says where"


def test_what_ended_hanging_is_well_again_after_a_while(app: Flask, home: Home) -> None:
    kept = Watch({"room.task": Record(1)})
    with home.database.transaction() as session:
        kept.write(session)
        session.execute(text("UPDATE tick_state SET hanging_at = now() - interval '31 s', good_at = now()"))
    assert "jobs.room.task" not in degraded(app)


def test_a_task_that_no_release_has_any_more_is_forgotten(home: Home) -> None:
    for name in ("gone", "kept"):
        with home.database.transaction() as session:
            Watch({name: Record(1)}).write(session)
            session.execute(
                text("UPDATE tick_state SET beat_at = now() - interval '2 days' WHERE name = 'gone'")
            )
    with home.database.transaction() as session:
        Watch({"kept": Record(1)}).write(session)
    assert (row(home, "gone"), row(home, "kept") is not None) == (None, True)


def test_a_process_that_has_not_run_a_task_leaves_the_other_s_word(home: Home) -> None:
    busy, idle = Watch({"task": Record(1)}), Watch({"task": Record(1)})
    busy.began("task")
    busy.ended("task", well=True)
    for one in (busy, idle):
        with home.database.transaction() as session:
            one.write(session)
    found = row(home, "task")
    assert found is not None
    assert (found.result, found.good_at is not None) == ("ok", True)


def test_one_with_more_to_do_goes_on_at_once(home: Home, make: Make) -> None:
    left, seldom = iter([3, 2, 1, 0]), []

    def work(_: Home) -> int:
        seldom.append(1)
        return next(left, 0)

    make(Tick("drains", 3600, work, drains=True))
    wait_for(lambda: len(seldom) == 4)
    time.sleep(0.3)
    assert len(seldom) == 4, "with nothing more to do it waits for its time"


def test_stopped_it_does_not_go_on_although_there_is_more(make: Make) -> None:
    runs: list[int] = []

    def work(_: Home) -> int:
        runs.append(1)
        time.sleep(0.05)
        return 1

    clockwork = make(Tick("endless", 3600, work, drains=True))
    wait_for(lambda: len(runs) > 2)
    assert clockwork.stop(5) is True
    seen = len(runs)
    time.sleep(0.2)
    assert len(runs) == seen


def test_the_page_stays_up_when_the_table_cannot_be_read(
    app: Flask, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with home.database.transaction() as session:
        session.execute(text("DROP TABLE tick_state"))
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 200
    assert "jobs.watch" in answer.json["degraded"]
    figures = app.test_client().get("/metrics")
    assert figures.status_code == 200
    assert "home_tick_well" not in figures.text
    assert "home_deliveries_paused" in figures.text


def test_the_clockwork_keeps_its_own_watch(home: Home) -> None:
    assert clockwork_module.Watch is Watch
    Clockwork(home, [Tick("one", 1, lambda _: None)])
    assert home.part(Watch).records.keys() == {"one"}
