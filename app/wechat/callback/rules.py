"""Decisions about pushed events: what is too old, when to try again, when to give up."""

from datetime import datetime, timedelta

FRESH = timedelta(minutes=10)
"""api.md: a push whose time is off by more than this is refused; a signature that was overheard soon ends."""

_PAUSES = tuple(timedelta(seconds=s) for s in (1, 5, 30, 300, 1800))


def is_fresh(timestamp: str, *clocks: datetime) -> bool:
    """Whether a push was signed within ten minutes of one of these clocks."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 10):
        return False
    return any(abs(clock.timestamp() - int(timestamp)) <= FRESH.total_seconds() for clock in clocks)


def next_try(tries: int, now: datetime) -> datetime | None:
    """When an event is tried again that failed for the `tries`th time; None when that was the last one."""
    return now + _PAUSES[tries - 1] if tries <= len(_PAUSES) else None
