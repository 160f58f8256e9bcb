"""Clocks as pure functions of the timeline: deadlines, pauses, marks on the way, the night's rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.foundation.clock import SHANGHAI
from app.foundation.workdays import NONE, OwnDays, is_workday
from app.helpdesk.kinds import SPAN, Clocks, due

MARKS = ("warning", "breach", "centre")
CLOCKS = ("ack", "answer", "close")
CLOCK_NAMES = {"ack": "接手", "answer": "答复", "close": "办结"}
_ENDS_WAITING = frozenset(
    {
        "wrote", "replied", "resolved", "confirmed", "withdrawn", "reopened", "wait_over",
        "on_scene", "handed_over", "merged",
    }
)  # fmt: skip
_LEAST_BEYOND = timedelta(minutes=15)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """What happened when."""

    at: datetime
    what: str


def paused(steps: Iterable[Step], now: datetime) -> timedelta:
    """How long the clocks stood still for the driver's sake; a pause that goes on counts until `now`."""
    total, since = timedelta(0), None
    for step in sorted(steps, key=lambda step: step.at):
        if step.what == "waiting" and since is None:
            since = step.at
        elif step.what in _ENDS_WAITING and since is not None:
            total, since = total + (step.at - since), None
    return total if since is None else total + max(timedelta(0), now - since)


def shifted(start: datetime, span: str, pause: timedelta, own: OwnDays = NONE) -> datetime:
    """The end of a span with its pause; one that counts workdays does not end on a day off."""
    end = due(start, span, own) + pause
    while pause and span.endswith("wd") and not is_workday(end.astimezone(SHANGHAI).date(), own):
        end += _DAY
    return end


def deadlines(
    clocks: Clocks, created: datetime, steps: Iterable[Step], now: datetime, own: OwnDays = NONE
) -> dict[str, datetime]:
    """Until when: taking it knows no pause, answering and closing do."""
    pause = paused(steps, now)
    return {
        "ack": due(created, clocks.ack, own),
        "answer": shifted(created, clocks.answer, pause, own),
        "close": shifted(created, clocks.close, pause, own),
    }


def out_of_order(clocks: Clocks) -> str | None:
    """The first clock that could end before the one it follows; None when all is well."""
    spans = [_shortest(getattr(clocks, name)) for name in CLOCKS]
    for name, before, after in zip(CLOCKS[1:], spans, spans[1:], strict=False):
        if after < before:
            return name
    return None


def _shortest(span: str) -> timedelta:
    """A workday lasts a day at least."""
    match = SPAN.match(span)
    assert match is not None
    return int(match[1]) * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "wd": _DAY}[match[2]]


def marks(start: datetime, by: datetime, warn_share: float) -> dict[str, datetime]:
    """When a clock warns, is missed, and goes on to the centre: late by as much again as it was long."""
    length = by - start
    return {"warning": start + length * warn_share, "breach": by, "centre": by + max(length, _LEAST_BEYOND)}


def awake(moment: datetime, night: tuple[int, int]) -> datetime:
    """The same moment, or the morning after where it lies in the night (Shanghai's hours, from, to)."""
    local = moment.astimezone(SHANGHAI)
    begins, ends = night
    morning = local.replace(hour=ends, minute=0, second=0, microsecond=0)
    if begins > ends and local.hour >= begins:
        morning += _DAY
    elif not (local.hour < ends if begins > ends else begins <= local.hour < ends):
        return moment
    return morning.astimezone(moment.tzinfo)
