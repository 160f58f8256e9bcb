"""The clockwork: says when to look; what is due is read from the database each time."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from app.foundation.clock import iso
from app.foundation.home import Home
from app.jobs.watch import Record, Watch
from app.web import metrics

log = structlog.get_logger()

HEARTBEAT = "jobs.heartbeat"
BEAT_EVERY_S = 10
_BEAT_LASTS_S = 60
_SLACK = timedelta(seconds=2)


@dataclass(frozen=True)
class Tick:
    """Something to do again and again; lost, doubled or late it does no harm, and any process may do it.

    `drains`: a run that answers more than nothing is followed by the next one at once. So a task with much to
    do can work in short runs, and whoever watches can tell work from a hang.
    """

    name: str
    every_s: float
    work: Callable[[Home], object]
    drains: bool = False


def jobs_alive(home: Home) -> bool:
    """For the readiness page: whether a jobs process gave a sign within the last minute."""
    return home.shared.get(HEARTBEAT) is not None


def beat(home: Home) -> None:
    """The sign."""
    home.shared.set(HEARTBEAT, f"{os.getpid()} {iso(home.clock.now())}", _BEAT_LASTS_S)
    metrics.JOBS_SEEN.set(time.time())


def report(home: Home) -> None:
    """What all tasks of this process did, for the readiness page and the figures."""
    with home.database.transaction() as session:
        home.part(Watch).write(session)


class Clockwork:
    """The ticks of one process, each in a thread of its own, never two of the same one at once."""

    def __init__(self, home: Home, ticks: Sequence[Tick]) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # "still running" is no news here
        self._home = home
        self._ticks = {tick.name: tick for tick in ticks}
        self._watch = Watch({tick.name: Record(tick.every_s) for tick in ticks})
        home.hang(self._watch)
        self._in_hand: set[str] = set()
        self._failing: set[str] = set()
        self._stopped = False
        self._changed = threading.Condition()
        pool = ThreadPoolExecutor(len(ticks))
        self._scheduler = BackgroundScheduler(timezone=UTC, executors={"default": pool})

    def start(self) -> None:
        """Begin to tick, everything once at once."""
        for tick in self._ticks.values():
            self._scheduler.add_job(
                self._run,
                IntervalTrigger(seconds=tick.every_s, timezone=UTC),
                args=[tick],
                id=tick.name,
                next_run_time=datetime.now(UTC),
                misfire_grace_time=max(1, int(tick.every_s)),
                coalesce=True,
                max_instances=1,
            )
        self._scheduler.start()

    def keep_going(self) -> None:
        """Called every second or so: a machine whose clock was set back must not wait for it to catch up."""
        now = datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            if job.next_run_time > now + timedelta(seconds=self._ticks[job.id].every_s) + _SLACK:
                job.modify(next_run_time=now)

    def stop(self, within_s: float) -> bool:
        """Begin nothing more and wait for what is in hand. False when something did not end in time."""
        if self._scheduler.running:
            self._scheduler.pause()
        with self._changed:
            self._stopped = True
            ended = self._changed.wait_for(lambda: not self._in_hand, within_s)
            if not ended:
                log.error("jobs.hanging", ticks=sorted(self._in_hand))
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        return ended

    def _run(self, tick: Tick) -> None:
        """A tick, and the next one at once while it has more to do."""
        while self._once(tick) and tick.drains:
            pass

    def _once(self, tick: Tick) -> object:
        """One run; whatever it raises, the next one comes. Answers what it did."""
        with self._changed:
            if self._stopped:
                return None
            self._in_hand.add(tick.name)
        self._watch.began(tick.name)
        done: object = None
        try:
            done = tick.work(self._home)
        except Exception as trouble:
            self._watch.ended(tick.name, well=False)
            self._failed(tick, trouble)
        else:
            self._watch.ended(tick.name, well=True)
            self._went_well(tick)
        finally:
            with self._changed:
                self._in_hand.discard(tick.name)
                self._changed.notify_all()
        return done

    def _failed(self, tick: Tick, trouble: Exception) -> None:
        """The first failure of a row is told in full; a database that is away for an hour is one line."""
        metrics.EVENTS.labels("jobs", f"{tick.name} failed").inc()
        if tick.name not in self._failing:
            self._failing.add(tick.name)
            log.error("tick.failed", tick=tick.name, exc_info=trouble)

    def _went_well(self, tick: Tick) -> None:
        if tick.name in self._failing:
            self._failing.discard(tick.name)
            log.warning("tick.recovered", tick=tick.name)
