"""Workdays of mainland China with holidays and shifted days (调休), for clocks that count in workdays."""

from datetime import date, datetime, timedelta

import chinese_calendar

from app.foundation.clock import SHANGHAI


def is_workday(day: date) -> bool:
    """Whether offices work; years not yet announced by the State Council fall back to Monday–Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add_workdays(moment: datetime, days: int) -> datetime:
    """The same time of day, `days` workdays later (the day of `moment` does not count)."""
    local = moment.astimezone(SHANGHAI)
    while days > 0:
        local += timedelta(days=1)
        days -= is_workday(local.date())
    return local.astimezone(moment.tzinfo)
