"""Carries what is due to WeChat: several people at a time, one message after the other for each of them."""

import math
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.notices import lane, leases, outbox
from app.notices.leases import Lease
from app.notices.outbox import Letter
from app.notices.rules import lease_span, mark, of_mailings, opens, verdict
from app.settings import Settings
from app.web import metrics
from app.wechat import Outcome, Sort

log = structlog.get_logger()

_MOST_SENDERS = 16
_LONGEST_PAUSE_S = 5.0
_WRITE_AGAIN_AFTER_S = (0.2, 1.0, 3.0)
_NOBODY = Outcome(Sort.FAILED, errmsg="the person is no longer known to WeChat")


class Platform(Protocol):
    """What is needed of WeChat."""

    def send_subscribe(
        self, openid: str, template_id: str, data: Mapping[str, str], page: str | None = None
    ) -> Outcome: ...


@dataclass(frozen=True)
class _Task:
    """A row of ours and when it may leave; `closed_by`: sent on a closed lane, to see whether it may open."""

    lease: Lease
    place: datetime
    closed_by: str | None = None


def senders(settings: Settings) -> int:
    """How many messages one process sends at the same time; some connections are left for the other ticks."""
    return max(1, min(_MOST_SENDERS, settings.database.pool_size - 4))


class Courier:
    """One for a jobs process. Once `stopping` is set, because the process shall end, nothing new is begun."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Clock,
        platform: Platform,
        stopping: threading.Event,
    ) -> None:
        self._notices = settings.notices
        self._pace = lane.Pace(settings.notices.rate_per_s, settings.notices.daily_cap)
        self._lease = lease_span(settings)
        self._senders = senders(settings)
        self._database = database
        self._clock = clock
        self._platform = platform
        self._stopping = stopping
        self._marks: deque[str] = deque()

    def run(self, most_s: float = math.inf) -> int:
        """Send until nothing is due any more, or for `most_s`; answers how many rows were taken up.

        Rows are claimed a few ahead of the threads: these never wait, and no lease grows old in a queue.
        """
        taken = 0
        until = time.monotonic() + most_s
        under_way: set[Future[None]] = set()
        with ThreadPoolExecutor(self._senders, thread_name_prefix="courier") as pool:
            while not self._stopping.is_set() and time.monotonic() < until:
                tasks = self._next(2 * self._senders - len(under_way))
                taken += len(tasks)
                under_way |= {pool.submit(self._carry, task) for task in self._paced(tasks)}
                if not under_way:
                    break
                under_way = self._until_room(under_way)
        with self._database.transaction() as session:
            self._tell_lane(session)
        return taken

    def _next(self, room: int) -> list[_Task]:
        """Rows to send now, each with its place in the lane; none while the lane is closed or full."""
        now = self._clock.now()
        with self._database.transaction() as session:
            self._tell_lane(session)
            state = lane.look(session, now)
            held, places = self._claim(session, now, state, self._room(session, now, state, room))
        if places and places.last_today:
            metrics.EVENTS.labels("notices", "day_full").inc()
            log.error("deliveries.day_full", alarm=True, daily_cap=self._pace.daily_cap)
        start, apart = (places.first if places else now), timedelta(seconds=1 / self._pace.rate_per_s)
        return [_Task(lease, start + n * apart, state.paused_by) for n, lease in enumerate(held)]

    def _room(self, session: Session, now: datetime, state: lane.Lane, room: int) -> int:
        """How many may be claimed: one to look with while the lane is closed."""
        if state.paused_at is not None:
            return 1 if lane.may_look(session, now) else 0
        if state.busy(now, self._pace.rate_per_s):
            return 0
        return min(room, lane.most_at_once(self._pace.rate_per_s, self._notices.batch))

    def _claim(
        self, session: Session, now: datetime, state: lane.Lane, most: int
    ) -> tuple[list[Lease], lane.Places | None]:
        """Rows and places for them; rows for which the day has no place left are free again."""
        left = state.left_today(now, self._pace.daily_cap)
        most = int(min(most, left))
        if most <= 0:
            return [], None
        to_mailings = of_mailings(left, self._pace.daily_cap)
        held = leases.claim(session, now, self._lease, most, to_mailings)
        if not held:
            return [], None
        places = lane.take_places(session, now, len(held), self._pace)
        leases.let_go(session, held[places.granted :])
        return held[: places.granted], places

    def _tell_lane(self, session: Session) -> None:
        """How the last tries ended, for the window that all processes share."""
        marks = "".join(self._marks.popleft() for _ in range(len(self._marks)))
        if marks and (why := lane.note(session, self._clock.now(), marks)):
            _alarm(why, None)

    def _paced(self, tasks: list[_Task]) -> Iterator[_Task]:
        """Each when its place comes; when the process ends, what has not left is given back."""
        for number, task in enumerate(tasks):
            early_s = (task.place - self._clock.now()).total_seconds()
            if self._stopping.wait(min(max(0.0, early_s), _LONGEST_PAUSE_S)):
                return self._let_go(rest.lease for rest in tasks[number:])
            yield task
        return None

    def _until_room(self, under_way: set[Future[None]]) -> set[Future[None]]:
        """Wait for one to end, and until there are no more than threads; answers what is still under way."""
        done: set[Future[None]] = set()
        while under_way and (not done or len(under_way) > self._senders):
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
        return under_way

    def _carry(self, task: _Task) -> None:
        """One message, from `sending` to what came of it; a fault of ours leaves it to become `unknown`."""
        try:
            letter = None if self._stopping.is_set() else self._start(task)
            if letter is None:
                self._let_go([task.lease])
            else:
                self._settle(letter, self._send(letter), task)
        except Exception as trouble:
            log.error("delivery.trouble", delivery=str(task.lease.id), error=type(trouble).__name__)
            metrics.EVENTS.labels("notices", "trouble").inc()

    def _start(self, task: _Task) -> Letter | None:
        now = self._clock.now()
        with self._database.transaction() as session:
            letter = outbox.start(session, now, task.lease, self._lease, to_look=task.closed_by is not None)
        if letter is not None:
            metrics.DELIVERY_WAIT.observe(max(0.0, (now - letter.due_at).total_seconds()))
        return letter

    def _send(self, letter: Letter) -> Outcome:
        if letter.openid is None:
            return _NOBODY
        page = letter.page or None
        return self._platform.send_subscribe(letter.openid, letter.template_id, letter.data, page)

    def _settle(self, letter: Letter, outcome: Outcome, task: _Task) -> None:
        """Write it down, for a few seconds again and again: what is known must not become unknown."""
        for pause_s in (*_WRITE_AGAIN_AFTER_S, None):
            try:
                return self._write(letter, outcome, task)
            except SQLAlchemyError:
                if pause_s is None:
                    raise
                time.sleep(pause_s)
        return None

    def _write(self, letter: Letter, outcome: Outcome, task: _Task) -> None:
        now = self._clock.now()
        looking = task.closed_by is not None
        follows = verdict(outcome, letter.tries, now, self._notices.retry_after_s, looking=looking)
        closed = reopened = False
        with self._database.transaction() as session:
            ours = outbox.settle(session, now, letter, outcome, follows)
            if follows.stop:
                closed = lane.close_lane(session, now, "stop", _why(outcome))
            elif task.closed_by and opens(task.closed_by, outcome):
                reopened = lane.reopen(session)
        self._marks.append(mark(outcome))
        metrics.EVENTS.labels("notices", follows.state if ours else "lost").inc()
        _report(letter, outcome, follows.state, ours=ours)
        if closed:
            _alarm(_why(outcome), outcome.rid)
        if reopened:
            metrics.EVENTS.labels("notices", "resumed").inc()
            log.warning("deliveries.resumed")

    def _let_go(self, held: Iterable[Lease]) -> None:
        given_back = list(held)
        with self._database.transaction() as session:
            lane.give_back(session, self._clock.now(), len(given_back))
            leases.let_go(session, given_back)


def _alarm(why: str, rid: str | None) -> None:
    metrics.EVENTS.labels("notices", "paused").inc()
    log.error("deliveries.paused", alarm=True, why=why, rid=rid)


def _why(outcome: Outcome) -> str:
    return f"errcode {outcome.errcode}" if outcome.errcode is not None else outcome.errmsg[:200]


def _report(letter: Letter, outcome: Outcome, state: str, *, ours: bool) -> None:
    """One line for what did not simply arrive; every rid is kept."""
    if state == "sent" and ours:
        return
    log.warning(
        "delivery.settled",
        delivery=str(letter.lease.id),
        state=state,
        ours=ours,
        tries=letter.tries,
        errcode=outcome.errcode,
        errmsg=outcome.errmsg[:200],
        rid=outcome.rid,
    )
