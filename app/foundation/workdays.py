"""Workdays of mainland China with holidays and shifted days (调休), for clocks that count in workdays."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType

import chinese_calendar
from chinese_calendar.constants import holidays

from app.foundation.clock import SHANGHAI

OwnDays = Mapping[date, bool]
"""Days of which the operator himself says whether they are worked; they go before everything else."""

NONE: OwnDays = MappingProxyType({})


def is_workday(day: date, own: OwnDays = NONE) -> bool:
    """Whether offices work; years not yet announced by the State Council fall back to Monday–Friday."""
    if day in own:
        return own[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add_workdays(moment: datetime, days: int, own: OwnDays = NONE) -> datetime:
    """The same time of day, `days` workdays later (the day of `moment` does not count)."""
    local = moment.astimezone(SHANGHAI)
    while days > 0:
        local += timedelta(days=1)
        days -= is_workday(local.date(), own)
    return local.astimezone(moment.tzinfo)


def announced_until() -> date:
    """The last day of the last year whose holidays are known without the operator."""
    return date(max(holidays).year, 12, 31)
