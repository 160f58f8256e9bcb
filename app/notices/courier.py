"""Carries what is due to WeChat: several people at a time, one message after the other for each of them."""

import itertools
import math
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterable, Mapping
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
from app.notices.clerk import Clerk, report_trouble
from app.notices.leases import Lease
from app.notices.outbox import Letter
from app.notices.rules import lease_span, of_mailings
from app.settings import Settings
from app.web import metrics
from app.wechat import Outcome, Sort

log = structlog.get_logger()

_MOST_SENDERS = 16
_MOST_BEGUN = 3  # a sender's, whose end is not written
_LONGEST_PAUSE_S = 5.0
_LOOK_AGAIN_S = 1.0
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
    """How many messages one process sends at the same time; never more than there are connections for."""
    return max(1, min(_MOST_SENDERS, settings.database.pool_size - 4))


class Courier:
    """One for a jobs process. Once `stopping` is set, because the process shall end, nothing new is begun.

    One thread claims rows and writes `sending`, the senders do nothing but send, and the clerk writes down
    what came of it: a transaction is shared by all that are at the same point.
    """

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
        self._ahead = self._senders // 2  # begun while all are busy, so that none waits for a transaction
        self._few = max(1, self._ahead // 2)  # fewer are not worth a transaction while others are under way
        self._database = database
        self._clock = clock
        self._platform = platform
        self._stopping = stopping
        self._clerk = Clerk(database, clock, settings.notices.retry_after_s)

    def run(self, most_s: float = math.inf) -> int:
        """Send until nothing is due any more, or for `most_s`; answers how many rows were taken up.

        Rows are claimed a few ahead of the senders: these never wait, and no lease grows old in a queue.
        """
        taken = 0
        until = time.monotonic() + most_s
        waiting: deque[_Task] = deque()
        try:
            with self._clerk.at_work(), ThreadPoolExecutor(self._senders, "courier") as pool:
                under_way: set[Future[None]] = set()
                while not self._stopping.is_set() and time.monotonic() < until:
                    all_written = not under_way and self._clerk.backlog == 0
                    if len(waiting) <= self._few:
                        claimed = self._next(2 * self._senders)
                        taken += len(claimed)
                        waiting.extend(claimed)
                    if all_written and not waiting:
                        break
                    room = self._room_to_begin(len(under_way))
                    if waiting and room >= self._few:
                        under_way |= self._begin(pool, waiting, room)
                    else:
                        self._until_one_ends(under_way)
                    under_way = {each for each in under_way if not each.done()}
        finally:
            self._let_go_what_waits(waiting)
        with self._database.transaction() as session:
            self._clerk.tell_lane(session)
        return taken

    def _next(self, room: int) -> list[_Task]:
        """Rows to send now, each with its place in the lane; none while the lane is closed or full."""
        now = self._clock.now()
        with self._database.transaction() as session:
            self._clerk.tell_lane(session)
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

    def _room_to_begin(self, under_way: int) -> int:
        """A few more than there are senders; and few whose end is not written, should the process die."""
        begun = under_way + self._clerk.backlog
        return min(self._senders + self._ahead - under_way, _MOST_BEGUN * self._senders - begun)

    def _turn(self, waiting: deque[_Task], room: int) -> list[_Task]:
        """Wait for the first one's place; it and those of its kind whose place has come too, at least one."""
        early_s = (waiting[0].place - self._clock.now()).total_seconds()
        if early_s > 0:
            self._stopping.wait(min(early_s, _LONGEST_PAUSE_S))
        now, first = self._clock.now(), waiting[0]
        others = itertools.takewhile(
            lambda task: task.place <= now and task.closed_by == first.closed_by,
            itertools.islice(waiting, 1, room),
        )
        return [first, *others]

    def _until_one_ends(self, under_way: set[Future[None]]) -> None:
        """Or until something is written, or a while has passed: more may be due by then."""
        if under_way:
            wait(under_way, 0.05 if self._clerk.backlog else _LOOK_AGAIN_S, FIRST_COMPLETED)
        else:
            self._clerk.catch_up()

    def _begin(self, pool: ThreadPoolExecutor, waiting: deque[_Task], room: int) -> set[Future[None]]:
        """Take the turn of those that wait: write `sending`, and send. What may not leave is given back."""
        turn = self._turn(waiting, room)
        if self._stopping.is_set():
            return set()
        letters, unreadable = self._start(turn)
        begun = {pool.submit(self._carry, letter, turn[0].closed_by) for letter in letters}
        for _ in turn:
            waiting.popleft()
        kept = {letter.lease.id for letter in letters} | unreadable
        self._let_go(task.lease for task in turn if task.lease.id not in kept)
        return begun

    def _start(self, turn: list[_Task]) -> tuple[list[Letter], set[uuid.UUID]]:
        """What is to be sent; and rows that cannot be read: their lease runs out, nobody else is held up."""
        now, to_look = self._clock.now(), turn[0].closed_by is not None
        try:
            with self._database.transaction() as session:
                ours = [task.lease for task in turn]
                letters = outbox.start(session, now, ours, self._lease, to_look=to_look)
        except SQLAlchemyError:
            raise
        except Exception as trouble:
            if len(turn) == 1:
                report_trouble(trouble, turn[0].lease.id)
                return [], {turn[0].lease.id}
            apart = [self._start([task]) for task in turn]
            return [each for some, _ in apart for each in some], set().union(*(bad for _, bad in apart))
        for letter in letters:
            metrics.DELIVERY_WAIT.observe(max(0.0, (now - letter.due_at).total_seconds()))
        return letters, set()

    def _carry(self, letter: Letter, closed_by: str | None) -> None:
        """One message; a fault of ours leaves it to become `unknown`."""
        if self._stopping.is_set():
            self._clerk.give_back(letter)
            return
        try:
            self._clerk.put(letter, self._send(letter), closed_by)
        except Exception as trouble:
            report_trouble(trouble, letter.lease.id)

    def _send(self, letter: Letter) -> Outcome:
        if letter.openid is None:
            return _NOBODY
        page = letter.page or None
        return self._platform.send_subscribe(letter.openid, letter.template_id, letter.data, page)

    def _let_go(self, held: Iterable[Lease]) -> None:
        """What has not left is free again, and its places count no more."""
        given_back = list(held)
        if not given_back:
            return
        with self._database.transaction() as session:
            leases.let_go(session, given_back)
            lane.give_back(session, self._clock.now(), len(given_back))

    def _let_go_what_waits(self, waiting: Iterable[_Task]) -> None:
        """At the end, also where that came by a fault: which is what shall be told, not this one."""
        try:
            self._let_go(task.lease for task in waiting)
        except SQLAlchemyError as trouble:
            log.warning("deliveries.not_let_go", error=type(trouble).__name__)
