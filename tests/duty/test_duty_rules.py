"""Decisions of duty as pure functions: patterns, windows, minutes, corrections."""

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.duty import rules
from app.foundation.refusals import Refusal
from app.foundation.workdays import is_workday

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 12, 31, 22, 0, tzinfo=SHANGHAI)
END = START + timedelta(hours=8)


def at(**step: float) -> datetime:
    return START + timedelta(**step)


def test_a_pattern_goes_over_the_end_of_the_year_at_the_same_hour() -> None:
    found = rules.repeats(START, [], date(2027, 1, 14))
    assert [day.date() for day in found] == [date(2026, 12, 31), date(2027, 1, 7), date(2027, 1, 14)]
    assert {day.hour for day in found} == {22}


def test_a_pattern_has_several_days_of_the_week_counted_in_shanghai() -> None:
    first = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # Monday, one o'clock in Shanghai
    found = rules.repeats(first, [1, 3], date(2026, 12, 2))
    assert [day.astimezone(SHANGHAI).isoweekday() for day in found] == [1, 3, 1, 3]


def test_a_pattern_without_end_stops_by_itself() -> None:
    found = rules.repeats(START, [1, 2, 3, 4, 5, 6, 7], date(9999, 1, 1))
    assert len(found) == rules.MOST_REPEATS + 1


@pytest.mark.parametrize(
    ("when", "state"),
    [
        (at(minutes=-30), "on_duty"),
        (at(minutes=15), "on_duty"),
        (at(minutes=15, seconds=1), "late"),
        (at(hours=7.9), "late"),
    ],
)
def test_late_is_from_a_quarter_past_on(when: datetime, state: str) -> None:
    assert rules.arrival(START, when) == state


def candidate(side: str = "A", attended: bool = False, later: int = 0) -> rules.Candidate:
    step = timedelta(hours=later)
    return rules.Candidate(uuid.uuid4(), "GS001", side, START + step, END + step, attended)


@pytest.mark.parametrize(
    ("when", "code"),
    [
        (at(minutes=-31), "duty.no_shift_now"),
        (at(minutes=-30), None),
        (END - timedelta(seconds=1), None),
        (END, "duty.no_shift_now"),
    ],
)
def test_the_window_is_from_half_an_hour_before_to_the_end(when: datetime, code: str | None) -> None:
    found = rules.which_shift([candidate()], "GS001", "A", when)
    assert (found.code if isinstance(found, Refusal) else None) == code


def test_the_shift_is_the_earliest_here_that_was_not_attended() -> None:
    done, early, later = candidate(attended=True), candidate(later=1), candidate(later=2)
    assert rules.which_shift([later, early, done], "GS001", "A", at(hours=3)) == early
    assert rules.which_shift([done], "GS001", "A", START) is rules.ALREADY_ON_DUTY
    assert rules.which_shift([early], "GS001", "B", at(hours=3)) is rules.WRONG_STATION
    assert rules.which_shift([early], "GS002", "A", at(hours=3)) is rules.WRONG_STATION


@given(st.integers(-40, 600), st.integers(0, 2000))
def test_nobody_counts_more_than_the_shift(came: int, stayed: int) -> None:
    since = at(minutes=came)
    counted = rules.minutes(since, since + timedelta(minutes=stayed), START, END)
    assert 0 <= counted <= min(480, stayed)


def test_the_last_night_of_the_year_without_a_sign_out_counts_460_minutes() -> None:
    assert rules.minutes(at(minutes=20), END + timedelta(days=2), START, END) == 460


@pytest.mark.parametrize(
    ("state", "given_minutes", "outcome"),
    [
        (None, None, "minutes"),
        (None, 120, ("late", 120)),
        ("served", None, ("served", 300)),
        ("no_show", None, ("no_show", 0)),
        ("excused", 5, "minutes"),
        (None, 481, "minutes"),
    ],
)
def test_what_an_attendance_can_be_corrected_to(
    state: str | None, given_minutes: int | None, outcome: object
) -> None:
    found = rules.correct("late", 300, state, given_minutes, 480)
    shown = next(iter(found)) if isinstance(found, dict) else (found.state, found.minutes)
    assert shown == outcome


def test_an_absence_becomes_a_service_only_with_its_minutes() -> None:
    assert rules.correct("no_show", 0, "served", None, 480) == {"minutes": "请写明值守了多少分钟"}
    assert rules.correct("no_show", 0, "served", 90, 480) == rules.Corrected("served", 90)


def test_whom_a_member_serves_for() -> None:
    two = frozenset({("member", "GS003"), ("secretary", "GS002"), ("staff", "GS001")})
    assert rules.branch_of("GS003", two) == "GS003"
    assert rules.branch_of("GS001", two) == "GS002"
    assert rules.branch_of("GS001", frozenset({("committee", "*")})) is None


@pytest.mark.parametrize(
    ("hours", "moves", "late"), [(12.1, True, False), (11.9, True, True), (2, True, True)]
)
def test_until_when_a_list_moves_and_from_when_a_cancel_is_late(
    hours: float, moves: bool, late: bool
) -> None:
    now = at(hours=-hours)
    assert (rules.moves_up(START, now), rules.is_late_cancel(START, now)) == (moves, late)
    assert not rules.moves_up(START, at(hours=-1.99))


def test_a_pattern_may_keep_to_workdays_or_to_days_off() -> None:
    """The National Day holiday of 2026, the first to the seventh of October, and a shifted Saturday after."""
    first = datetime(2026, 9, 30, 9, tzinfo=SHANGHAI)
    worked = rules.repeats(first, [], date(2026, 10, 12), is_workday)
    off = rules.repeats(first, [], date(2026, 10, 12), lambda day: not is_workday(day))
    assert [at.day for at in worked] == [30, 8, 9, 10, 12]
    assert [at.day for at in off] == [30, 1, 2, 3, 4, 5, 6, 7, 11]
    assert [at.day for at in rules.repeats(first, [6], date(2026, 10, 12), is_workday)] == [30, 10]


def test_who_decides_is_the_nearest() -> None:
    one, two, three = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    upper = (three, "secretary", "*")
    assert rules.nearest([upper, (one, "committee", "GS001"), (two, "secretary", "GS001")]) == [two]
    assert rules.nearest([upper, (one, "committee", "GS001")]) == [one]
    assert rules.nearest([upper, (three, "committee", "*")]) == [three]
    assert rules.nearest([]) == []
