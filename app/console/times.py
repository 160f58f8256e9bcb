"""How the console says a time: the clock of the wall, how long, how soon; pure functions."""

from datetime import datetime, timedelta

from app.foundation.clock import SHANGHAI, shanghai_day

_WEEK = "一二三四五六日"


def clock_time(moment: datetime, now: datetime) -> str:
    """`02:14` of today, `昨天 22:41`, `明天 08:00`, else `11-26 09:00`; Shanghai time."""
    local = moment.astimezone(SHANGHAI)
    days = (shanghai_day(moment) - shanghai_day(now)).days
    day = {0: "", -1: "昨天 ", 1: "明天 "}.get(days, f"{local:%m-%d} ")
    return f"{day}{local:%H:%M}"


def span(length: timedelta) -> str:
    """How long in words, as short as they are still of use: `46 分`, `1 时 20 分`, `26 时`, `3 天`."""
    minutes = int(abs(length).total_seconds() // 60)
    if minutes < 1:
        return "不到 1 分"
    if minutes < 60:
        return f"{minutes} 分"
    if minutes < 180 and minutes % 60:
        return f"{minutes // 60} 时 {minutes % 60} 分"
    return f"{minutes // 60} 时" if minutes < 48 * 60 else f"{minutes // (24 * 60)} 天"


def counter(length: timedelta) -> str:
    """A running count: `0:47`, beyond an hour `1:02:09`."""
    seconds = max(0, int(length.total_seconds()))
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def day_words(now: datetime) -> str:
    """`11月23日 周一`."""
    local = now.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 周{_WEEK[local.weekday()]}"


def field_time(moment: datetime) -> str:
    """What an `<input type=datetime-local>` holds, in Shanghai time."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def read_field_time(written: str) -> datetime | None:
    """The moment in a `datetime-local` field, which is meant in Shanghai time; None when it is none."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment
