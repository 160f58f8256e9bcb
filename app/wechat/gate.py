"""How many calls to WeChat one process makes at the same time, and how long anybody waits for a place.

A WeChat that hangs must not take the threads on which everything else is served. While it answers quickly, a
crowd (a coach signing in at once) waits its turn; as soon as it is slow or in trouble nobody queues: a queue
in front of something that hangs is only a slower way to lose the same threads. A circuit breaker would stand
here too: it would look at how calls left the gate and close it for a while.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.wechat.errors import Busy

SLOW_S = 0.5
"""A call under way for longer than this is no sign of a quick WeChat: whoever waits for a place gives up."""

LONGEST_WAIT_S = 2.0
"""Nobody waits longer for a place, however quickly the others come out."""


def slots_for(threads: int, share: float) -> int:
    """How many of a process's threads WeChat may hold: that share, rounded down, at least one."""
    return max(1, int(threads * share))


class Gate:
    """A fixed number of places, and a queue that exists only while WeChat is quick."""

    def __init__(
        self,
        slots: int,
        turned_away: Callable[[], None] = lambda: None,
        well: Callable[[], bool] = lambda: True,
    ) -> None:
        """`turned_away` is told of each caller who found no place; `well`: whether the last call was."""
        self.slots = slots
        self._turned_away = turned_away
        self._well = well
        self._changed = threading.Condition()
        self._under_way: dict[object, float] = {}  # since when, the oldest first

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for the time of a call. Busy when none comes free soon; at once if WeChat is slow."""
        call = object()
        self._enter(call)
        try:
            yield
        finally:
            with self._changed:
                del self._under_way[call]
                self._changed.notify()

    def _enter(self, call: object) -> None:
        until = time.monotonic() + LONGEST_WAIT_S
        with self._changed:
            while len(self._under_way) >= self.slots:
                left = min(until, next(iter(self._under_way.values())) + SLOW_S) - time.monotonic()
                if left <= 0 or not self._well():
                    self._turned_away()
                    raise Busy(f"all {self.slots} places at the gate are taken")
                self._changed.wait(left)
            self._under_way[call] = time.monotonic()
