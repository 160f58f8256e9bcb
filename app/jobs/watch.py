"""Watches the clockwork: what each task last did, kept in a table, told to operators, and a hang seen."""

import os
import socket
import sys
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

import structlog
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from sqlalchemy import Float, case, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.jobs.models import TickState
from app.web import metrics

log = structlog.get_logger()

_AT_LEAST_S = 60.0
_FORGOTTEN_AFTER_S = 86400.0
_SEEN_HANGING_S = 30.0


def patience_s(every_s: float) -> float:
    """For how long a task may give no sign of success before something is wrong with it."""
    return max(3 * every_s, _AT_LEAST_S)


@dataclass
class Record:
    """One task in this process; moments are of the monotonic clock, which nobody sets."""

    every_s: float
    started: float | None = None
    ended: float | None = None
    good: float | None = None
    duration_s: float | None = None
    result: str | None = None
    thread: int | None = None
    told_hanging: bool = False

    def hangs(self, now: float) -> bool:
        """Whether the run in hand has been going on for too long."""
        running = self.result == "running" and self.started is not None
        return running and now - (self.started or now) > patience_s(self.every_s)


@dataclass
class Watch:
    """All tasks of this process; the clockwork notes each run here, and `write` brings it to the table."""

    records: dict[str, Record]
    who: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def began(self, name: str) -> None:
        """A run has begun, in the thread that says so."""
        with self._lock:
            record = self.records[name]
            record.started, record.result = time.monotonic(), "running"
            record.thread, record.told_hanging = threading.get_ident(), False

    def ended(self, name: str, *, well: bool) -> None:
        """It has ended."""
        now = time.monotonic()
        with self._lock:
            record = self.records[name]
            record.ended, record.result, record.thread = now, "ok" if well else "failed", None
            record.duration_s = now - (record.started or now)
            record.good = now if well else record.good

    def write(self, session: Session) -> None:
        """Bring all to the table, one statement; and forget what no process of any release does any more."""
        now = time.monotonic()
        with self._lock:
            rows = [self._row(name, record, now) for name, record in sorted(self.records.items())]
            hanging = [(name, r) for name, r in self.records.items() if r.hangs(now) and not r.told_hanging]
            for _, record in hanging:
                record.told_hanging = True
        for row in rows:
            session.execute(_upsert(row))
        old = TickState.beat_at < func.now() - func.make_interval(0, 0, 0, 0, 0, 0, _FORGOTTEN_AFTER_S)
        session.execute(delete(TickState).where(old).execution_options(synchronize_session=False))
        for name, record in hanging:
            metrics.EVENTS.labels("jobs", f"{name} hanging").inc()
            log.error("tick.hanging", alarm=True, tick=name, at=_where(record.thread))

    def _row(self, name: str, record: Record, now: float) -> dict[str, Any]:
        """As ages: the moments are reckoned back from the database's clock."""
        hanging = record.hangs(now)
        return {
            "name": name,
            "every_s": record.every_s,
            "started_at": _ago(record.started, now),
            "ended_at": _ago(record.ended, now),
            "good_at": _ago(record.good, now),
            "hanging_at": func.now() if hanging else None,
            "duration_s": record.duration_s,
            "result": "hanging" if hanging else record.result,
            "who": self.who,
        }


def _ago(moment: float | None, now: float) -> Any:
    if moment is None:
        return None
    return func.now() - func.make_interval(0, 0, 0, 0, 0, 0, cast(literal(now - moment), Float(53)))


def _upsert(row: dict[str, Any]) -> Any:
    """What this process has not done, somebody else may have: its row is not made worse."""
    made = insert(TickState).values(since_at=func.now(), beat_at=func.now(), **row)
    known = {name: value for name, value in row.items() if value is not None and name != "name"}
    return made.on_conflict_do_update(index_elements=["name"], set_={"beat_at": func.now(), **known})


def _where(thread: int | None) -> str:
    """In which lines the thread is at this moment, the innermost last."""
    frame = sys._current_frames().get(thread or 0)
    if frame is None:
        return "?"
    lines = traceback.extract_stack(frame)[-6:]
    return " > ".join(f"{os.path.basename(line.filename)}:{line.lineno} {line.name}" for line in lines)


@dataclass(frozen=True)
class TickView:
    """One task as the table has it; ages in seconds by the database's clock, None: never."""

    name: str
    every_s: float
    result: str | None
    duration_s: float | None
    beat_age_s: float
    started_age_s: float | None
    good_age_s: float | None
    hanging: bool
    well: bool


def states(session: Session) -> list[TickView]:
    """All tasks, by name. Well is who succeeded within its patience and does not hang in any process."""
    rows = session.execute(
        select(
            TickState.name,
            TickState.every_s,
            TickState.result,
            TickState.duration_s,
            _age(TickState.beat_at),
            _age(TickState.started_at),
            _age(TickState.good_at),
            _age(TickState.hanging_at),
            _age(func.coalesce(TickState.good_at, TickState.since_at)),
        ).order_by(TickState.name)
    )
    found = []
    for name, every_s, result, duration_s, beat, started, good, hung, silent in rows:
        hanging = hung is not None and hung < _SEEN_HANGING_S
        well = silent <= patience_s(every_s) and not hanging
        found.append(TickView(name, every_s, result, duration_s, beat, started, good, hanging, well))
    return found


def _age(moment: Any) -> Any:
    return case((moment.is_(None), None), else_=cast(func.extract("epoch", func.now() - moment), Float(53)))


def figures(home: Home) -> list[Metric]:
    """The same for Prometheus."""
    with home.database.transaction() as session:
        views = states(session)
    well = GaugeMetricFamily("home_tick_well", "1 while the task succeeds in time", labels=["tick"])
    beat = GaugeMetricFamily(
        "home_tick_beat_age_seconds", "Since a process told of the task", labels=["tick"]
    )
    good = GaugeMetricFamily("home_tick_success_age_seconds", "Since its last good end", labels=["tick"])
    took = GaugeMetricFamily("home_tick_duration_seconds", "How long its last run took", labels=["tick"])
    for view in views:
        well.add_metric([view.name], view.well)
        beat.add_metric([view.name], view.beat_age_s)
        if view.good_age_s is not None:
            good.add_metric([view.name], view.good_age_s)
        if view.duration_s is not None:
            took.add_metric([view.name], view.duration_s)
    return [well, beat, good, took]


def trouble(home: Home) -> list[str]:
    """For the readiness page: the tasks that are not well."""
    with home.database.transaction() as session:
        return [f"jobs.{view.name.removeprefix('jobs.')}" for view in states(session) if not view.well]
