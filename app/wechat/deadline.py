"""How long a call to WeChat may take in all, whatever it is made of."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Deadline:
    """A point on the monotonic clock; handed down, so that waiting, fetching, retrying share a budget."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """The deadline that many seconds from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds that remain, never below zero."""
        return max(0.0, self.at - time.monotonic())

    def need(self) -> float:
        """Seconds that remain. TimeoutError when none do (a socket takes zero for "do not block")."""
        left = self.left()
        if left <= 0:
            raise TimeoutError("deadline passed")
        return left
