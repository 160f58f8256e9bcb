"""The circuit: when WeChat is down, calls end before they begin, until one of them shows that it is back.

Closed: calls go through; so many failures in a row open it. Open: every call is refused at once. After a
pause one call, and only one, goes through as a probe: its answer closes the circuit, its failure begins
another pause. A failure is a call that reached nobody, ended without an answer or met a gateway's 5xx; an
errcode is an answer, however unwelcome.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.wechat.errors import Resting


@dataclass(frozen=True)
class Pass:
    """Leave to make one call. `era` tells calls that began before the circuit last changed."""

    era: int
    probe: bool


class Circuit:
    """One for a process. Safe for many threads."""

    def __init__(
        self,
        after: int,
        pause_s: float,
        told: Callable[[str], None] = lambda what: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`after` failures in a row open it for `pause_s`; `told` hears `opened`, `closed`, `refused`."""
        self._after = after
        self._pause_s = pause_s
        self._told = told
        self._clock = clock
        self._lock = threading.Lock()
        self._era = 0
        self._failures = 0
        self._open_until: float | None = None
        self._probing = False

    @property
    def open(self) -> bool:
        """Whether calls are refused now, but for a probe."""
        return self._open_until is not None

    def check(self) -> None:
        """Resting when a call would be refused now; for who must wait for something else first."""
        with self._lock:
            wait_s = self._wait_s()
        self._refuse_for(wait_s)

    def enter(self) -> Pass:
        """Leave to make a call, to be given back with `leave`. Resting when there is none."""
        with self._lock:
            wait_s = self._wait_s()
            if wait_s is None:
                self._probing = self._open_until is not None
                return Pass(self._era, self._probing)
        self._refuse_for(wait_s)
        raise AssertionError("refused")  # pragma: no cover

    def leave(self, passed: Pass, *, well: bool) -> None:
        """What came of it. A call from before the circuit last changed says nothing about now."""
        with self._lock:
            change = self._changed_by(passed, well) if passed.era == self._era else None
        if change:
            self._told(change)

    def _wait_s(self) -> float | None:
        """Seconds until somebody may try; None when the caller may."""
        if self._open_until is None:
            return None
        if self._probing:
            return 0.0
        left = self._open_until - self._clock()
        return left if left > 0 else None

    def _refuse_for(self, wait_s: float | None) -> None:
        if wait_s is not None:
            self._told("refused")
            raise Resting("the circuit is open", retry_after_s=max(1, math.ceil(wait_s)))

    def _changed_by(self, passed: Pass, well: bool) -> str | None:
        if passed.probe:
            self._probing = False
            if well:
                return self._close()
            self._rest()
            return None
        self._failures = 0 if well else self._failures + 1
        if self._failures < self._after:
            return None
        self._era += 1
        self._rest()
        return "opened"

    def _rest(self) -> None:
        self._open_until = self._clock() + self._pause_s

    def _close(self) -> str:
        self._era += 1
        self._failures = 0
        self._open_until = None
        return "closed"
