"""Many at once: real threads that start together."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def at_once(works: Sequence[Callable[[], T]]) -> list[T]:
    """Do each of these in a thread of its own, all let go at the same moment; what each gave, in order."""
    gate = threading.Barrier(len(works))

    def through(work: Callable[[], T]) -> T:
        gate.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(through, works))
