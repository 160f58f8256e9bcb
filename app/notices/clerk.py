"""Writes down what came of sends: in one transaction all that ended while the one before was written."""

import queue
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.foundation.clock import Clock
from app.foundation.database import Database
from app.notices import lane, outbox
from app.notices.outbox import Ending, Letter
from app.notices.rules import Credit, Verdict, mark, opens, verdict
from app.web import metrics
from app.wechat import Outcome, Sort

log = structlog.get_logger()

_MOST_AT_ONCE = 100
_GATHERED_S = 0.02  # so long one that ended waits for others, to share a transaction with them
_WRITE_AGAIN_AFTER_S = (0.2, 1.0, 3.0)


@dataclass(frozen=True)
class _Ended(Ending):
    """`closed_by`: it was sent on a closed lane, to see whether it may open. `sent`: or not at all."""

    closed_by: str | None
    sent: bool = True

    @property
    def plain(self) -> bool:
        """Whether nothing but its own row is to be written."""
        return self.verdict.credit is Credit.KEPT and not self.verdict.stop and self.closed_by is None


class Clerk:
    """One for a courier. Who sends waits for no writing; what has been sent is known soon after."""

    def __init__(self, database: Database, clock: Clock, retry_after_s: Sequence[int]) -> None:
        self._database = database
        self._clock = clock
        self._retry_after_s = retry_after_s
        self._ended: queue.Queue[_Ended | None] = queue.Queue()
        self._marks: deque[str] = deque()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Write in a thread of its own; on the way out, until everything that was put is written."""
        thread = threading.Thread(target=self._work, name="clerk")
        thread.start()
        try:
            yield
        finally:
            self._ended.put(None)
            thread.join()

    def put(self, letter: Letter, outcome: Outcome, closed_by: str | None) -> None:
        """What came of one try, to be written down."""
        looking = closed_by is not None
        follows = verdict(outcome, letter.tries, self._clock.now(), self._retry_after_s, looking=looking)
        self._ended.put(_Ended(letter, outcome, follows, closed_by))

    def give_back(self, letter: Letter) -> None:
        """It was begun and not sent, because the process shall end: due as before, as if never tried."""
        nothing = Outcome(Sort.TRY_LATER, asked=False)
        self._ended.put(_Ended(letter, nothing, Verdict("queued", counted=False), None, sent=False))

    @property
    def backlog(self) -> int:
        """How many have been put and are not written yet."""
        return self._ended.unfinished_tasks

    def catch_up(self) -> None:
        """Wait until all that was put is written."""
        self._ended.join()

    def tell_lane(self, session: Session) -> None:
        """How the last tries ended, for the window that all processes share."""
        marks = "".join(self._marks.popleft() for _ in range(len(self._marks)))
        if marks and (why := lane.note(session, self._clock.now(), marks)):
            _alarm(why, None)

    def _work(self) -> None:
        while batch := self._next():
            plain = [ended for ended in batch if ended.plain]
            for together in (plain, *([ended] for ended in batch if not ended.plain)):
                self._write_down(together)
            for _ in batch:
                self._ended.task_done()

    def _next(self) -> list[_Ended]:
        """Wait for one, and a moment for more; nothing once the end was put and all is written."""
        ended = self._ended.get()
        if ended is not None:
            time.sleep(_GATHERED_S)
        batch: list[_Ended] = []
        while ended is not None:
            batch.append(ended)
            if len(batch) == _MOST_AT_ONCE or self._ended.empty():
                return batch
            ended = self._ended.get()
        if batch:
            self._ended.put(None)
        self._ended.task_done()
        return batch

    def _write_down(self, together: list[_Ended]) -> None:
        """Write them, for a few seconds again and again: what is known must not become unknown. What cannot
        be written keeps nobody else from it: then each by itself."""
        for pause_s in (*_WRITE_AGAIN_AFTER_S, None):
            try:
                return self._write(together) if together else None
            except OperationalError as trouble:
                if pause_s is None:
                    return self._give_up(together, trouble)
                time.sleep(pause_s)
            except Exception as trouble:
                return self._give_up(together, trouble)
        return None

    def _give_up(self, together: list[_Ended], trouble: Exception) -> None:
        if len(together) == 1:
            return report_trouble(trouble, together[0].letter.lease.id)
        for ended in together:
            self._write_down([ended])
        return None

    def _write(self, together: list[_Ended]) -> None:
        now = self._clock.now()
        closed, reopened = [], False
        with self._database.transaction() as session:
            ours = outbox.settle(session, now, together)
            lane.give_back(session, now, sum(not ended.sent for ended in together))
            for ended in together:
                if ended.verdict.stop and lane.close_lane(session, now, "stop", _why(ended.outcome)):
                    closed.append(ended.outcome)
                elif ended.closed_by and opens(ended.closed_by, ended.outcome):
                    reopened = lane.reopen(session)
        for ended in together:
            self._marks.append(mark(ended.outcome) if ended.sent else "")
            _report(ended, ours=ended.letter.lease.id in ours)
        for outcome in closed:
            _alarm(_why(outcome), outcome.rid)
        if reopened:
            metrics.EVENTS.labels("notices", "resumed").inc()
            log.warning("deliveries.resumed")


def report_trouble(trouble: Exception, delivery_id: uuid.UUID) -> None:
    """A fault of ours leaves a row that will become `unknown`, or be tried again if it was not begun."""
    log.error("delivery.trouble", delivery=str(delivery_id), error=type(trouble).__name__)
    metrics.EVENTS.labels("notices", "trouble").inc()


def _alarm(why: str, rid: str | None) -> None:
    metrics.EVENTS.labels("notices", "paused").inc()
    log.error("deliveries.paused", alarm=True, why=why, rid=rid)


def _why(outcome: Outcome) -> str:
    return f"errcode {outcome.errcode}" if outcome.errcode is not None else outcome.errmsg[:200]


def _report(ended: _Ended, *, ours: bool) -> None:
    """Counted; and one line for what did not simply arrive: every rid is kept."""
    letter, outcome, state = ended.letter, ended.outcome, ended.verdict.state
    metrics.EVENTS.labels("notices", state if ours else "lost").inc()
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
