"""A meeting between the look and the write: the order of steps that loses a race is forced, not hoped for."""

import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE_S = 30.0
"""Longer than any machine makes two threads wait for one another, shorter than what a test may take."""


class Meeting:
    """Where threads wait for one another, until so many have come; from then on everybody passes.

    A negative control puts it where its guard was taken away: nobody writes before two have looked, so that
    what the guard prevents happens each time and not in one round of twenty. Whoever waits in vain, since
    something holds the others up after all, goes on alone, and the test tells what it found.
    """

    def __init__(self, of: int = 2, patience_s: float = PATIENCE_S) -> None:
        self.met = False
        self._of = of
        self._patience_s = patience_s
        self._here: set[int] = set()
        self._guard = threading.Lock()
        self._over = threading.Event()

    def come(self) -> None:
        """Wait for the others. A thread that comes twice is still one."""
        with self._guard:
            self._here.add(threading.get_ident())
            if len(self._here) >= self._of and not self._over.is_set():
                self.met = True
                self._over.set()
        self._over.wait(self._patience_s)
        self._over.set()

    def after(self, work: Callable[P, T]) -> Callable[P, T]:
        """The same work, with the meeting at its end."""

        def then_meet(*args: P.args, **kwargs: P.kwargs) -> T:
            done = work(*args, **kwargs)
            self.come()
            return done

        return then_meet

    def before(self, work: Callable[P, T]) -> Callable[P, T]:
        """The same work, with the meeting at its beginning."""

        def meet_first(*args: P.args, **kwargs: P.kwargs) -> T:
            self.come()
            return work(*args, **kwargs)

        return meet_first
