"""The only place that asks what time it is; everything else is given `now`."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_STEP = re.compile(r"^([+-]?)(\d{1,6})([smhd])$")
_RFC3339 = re.compile(r"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LOOK_EVERY_S = 0.5


class Clock:
    """Real time plus the offset written in the data folder (trying things out; never in production)."""

    def __init__(self, offset_file: Path | None = None) -> None:
        self._file = offset_file
        self._offset = timedelta(0)
        self._looked = -_LOOK_EVERY_S
        self._lock = Lock()

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        if self._file is not None:
            self._look()
        return datetime.now(UTC) + self._offset

    def _look(self) -> None:
        ticks = time.monotonic()
        if ticks - self._looked < _LOOK_EVERY_S:
            return
        with self._lock:
            self._looked = ticks
            self._offset = read_offset(self._file) if self._file else timedelta(0)


def read_offset(file: Path) -> timedelta:
    """The offset written in `file`; none when there is no such file."""
    try:
        return timedelta(seconds=int(file.read_text() or "0"))
    except (FileNotFoundError, ValueError):
        return timedelta(0)


def shift(file: Path, step: timedelta) -> timedelta:
    """Add `step` to the written offset; running processes follow within a second. Returns the new offset."""
    total = read_offset(file) + step
    fresh = file.with_suffix(".new")
    fresh.write_text(str(int(total.total_seconds())))
    fresh.replace(file)
    return total


def is_rfc3339(text: str) -> bool:
    """Whether this is a date, a time to the second at least, and an offset: `2026-11-22T20:15:00+08:00`."""
    return bool(_RFC3339.match(text))


def parse_step(text: str) -> timedelta:
    """Read `+2h`, `-30m`, `45s`, `1d`. ValueError when it is none of these."""
    match = _STEP.match(text.strip())
    if not match:
        raise ValueError(f"not a step of time: {text!r}")
    sign, amount, unit = match.groups()
    step = timedelta(**{_UNITS[unit]: int(amount)})
    return -step if sign == "-" else step


def shanghai_day(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai in which `moment` lies."""
    return moment.astimezone(SHANGHAI).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a Shanghai day and the first of the next, in UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)


def iso(moment: datetime) -> str:
    """RFC 3339 with the Shanghai offset, to the second: `2026-11-22T20:15:00+08:00`."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")
