"""Time: the Shanghai day whatever the process's zone, the offset that a file gives, workdays with shifts."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.foundation.clock import Clock, day_bounds, iso, parse_step, read_offset, shanghai_day, shift
from app.foundation.workdays import add_workdays, is_workday


@pytest.fixture(autouse=True)
def process_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers run in UTC; a day must be Shanghai's all the same."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-22T15:59:59+00:00", date(2026, 11, 22)),  # 23:59:59 in Shanghai
        ("2026-11-22T16:00:00+00:00", date(2026, 11, 23)),  # midnight
        ("2026-11-22T16:01:00+00:00", date(2026, 11, 23)),  # 00:01
        ("2026-11-22T23:59:00+00:00", date(2026, 11, 23)),  # still the 22nd in UTC
        ("2026-11-23T00:30:00+08:00", date(2026, 11, 23)),
        ("2026-12-31T16:00:00+00:00", date(2027, 1, 1)),
    ],
)
def test_the_day_is_shanghai_s(moment: str, day: date) -> None:
    assert shanghai_day(datetime.fromisoformat(moment)) == day


def test_a_day_has_exactly_its_own_moments() -> None:
    first, end = day_bounds(date(2026, 11, 22))
    assert (first, end) == (datetime(2026, 11, 21, 16, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC))
    assert shanghai_day(first) == shanghai_day(end - timedelta(microseconds=1)) == date(2026, 11, 22)
    assert shanghai_day(end) == date(2026, 11, 23)


def test_a_moment_is_written_with_shanghai_s_offset_to_the_second() -> None:
    assert iso(datetime(2026, 11, 22, 12, 15, 0, 999999, tzinfo=UTC)) == "2026-11-22T20:15:00+08:00"


@pytest.mark.parametrize(
    ("written", "span"),
    [
        ("+2h", timedelta(hours=2)),
        ("-30m", timedelta(minutes=-30)),
        ("45s", timedelta(seconds=45)),
        ("+1d", timedelta(days=1)),
        (" +7d ", timedelta(days=7)),
    ],
)
def test_a_step_is_read(written: str, span: timedelta) -> None:
    assert parse_step(written) == span


@pytest.mark.parametrize("written", ["", "2", "h", "+2w", "1.5h", "++2h", "2h30m", "+9999999h", "两小时"])
def test_a_step_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not a step"):
        parse_step(written)


def test_steps_add_up_and_running_processes_follow_within_a_second(tmp_path: Path) -> None:
    file = tmp_path / "clock.offset"
    clock = Clock(file)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=2)
    shift(file, timedelta(hours=2))
    assert shift(file, timedelta(minutes=-30)) == timedelta(minutes=90)
    time.sleep(0.6)
    assert abs(clock.now() - datetime.now(UTC) - timedelta(minutes=90)) < timedelta(seconds=2)
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize("content", ["", "abc", "12x"])
def test_an_offset_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "clock.offset"
    file.write_text(content)
    assert read_offset(file) == timedelta(0)
    assert read_offset(tmp_path / "missing") == timedelta(0)


def test_production_has_no_offset(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from app.foundation.home import open_home
    from app.settings import load_settings

    for name in [name for name in os.environ if name.startswith("APP_")]:
        monkeypatch.delenv(name)
    (tmp_path / "clock.offset").write_text("864000")
    given = {
        "data_dir": tmp_path,
        "database": {"url": "postgresql://home@127.0.0.1:1/home"},
        "web": {"public_url": "https://home.example.com"},
        "wechat": {"appid": "wx1234567890abcdef", "secret": "given"},
        "secrets": {
            "data_keys": "k1:" + "Zm9v" * 10 + "Zm8=",
            "index_key": "i" * 32,
            "signing_key": "s" * 32,
        },
    }
    home = open_home(load_settings(env="production", **given))
    assert abs(home.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    home.close()


def test_workdays_know_holidays_and_shifted_days() -> None:
    assert not is_workday(date(2026, 10, 1))  # national day, a Thursday
    assert is_workday(date(2026, 10, 10))  # a Saturday worked instead
    assert not is_workday(date(2026, 11, 22))  # a Sunday
    assert is_workday(date(2040, 1, 3))  # a year that nobody has announced: Tuesday
    assert not is_workday(date(2040, 1, 7))


def test_two_workdays_from_a_friday_evening_are_tuesday_evening() -> None:
    friday = datetime.fromisoformat("2026-11-20T20:00:00+08:00")
    assert add_workdays(friday, 2) == datetime.fromisoformat("2026-11-24T20:00:00+08:00")
    before_holiday = datetime.fromisoformat("2026-09-30T10:00:00+08:00")
    assert add_workdays(before_holiday, 1) == datetime.fromisoformat("2026-10-08T10:00:00+08:00")
    assert add_workdays(friday, 0) == friday
