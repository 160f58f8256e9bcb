"""What an event is worth, whose quarter it belongs to, how the rules read; no database."""

from datetime import date, datetime

import pytest

from app.points import rules
from app.points.rules import ItemRule, Quarter, Rulebook, Service, night_minutes, worth
from tests.points.helpers import shanghai

DUTY = ItemRule(points=1, an_hour=True, least_minutes=30, night_percent=150, most_day=12, most_quarter=30)


@pytest.mark.parametrize(
    ("minutes", "planned", "night", "points"),
    [
        (29, 480, 0, 0),  # too short to count
        (30, 480, 0, 0),  # half an hour is no full hour
        (60, 480, 0, 1),
        (119, 480, 0, 1),
        (480, 480, 0, 8),
        (480, 480, 480, 12),
        (460, 480, 480, 11),
        (240, 480, 480, 6),
        (480, 480, 240, 10),  # half of it by night
        (0, 0, 0, 0),
    ],
)
def test_an_hour_of_duty_is_a_point_and_by_night_half_as_much_again(
    minutes: int, planned: int, night: int, points: int
) -> None:
    assert worth(DUTY, Service(minutes, planned, night)) == points


def test_an_event_that_is_no_duty_is_worth_the_same_each_time() -> None:
    assert worth(ItemRule(points=2), None) == 2


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (shanghai(2026, 12, 31, 22), shanghai(2027, 1, 1, 6), 480),
        (shanghai(2026, 12, 31, 20), shanghai(2027, 1, 1, 0), 120),
        (shanghai(2026, 12, 31, 5), shanghai(2026, 12, 31, 9), 60),
        (shanghai(2026, 12, 31, 6), shanghai(2026, 12, 31, 22), 0),
        (shanghai(2026, 12, 31, 4), shanghai(2027, 1, 1, 3), 120 + 300),
    ],
)
def test_night_is_counted_by_shanghai_s_clock(start: datetime, end: datetime, minutes: int) -> None:
    assert night_minutes(start, end, 22, 6) == minutes


def test_a_night_that_begins_and_ends_at_the_same_hour_is_none() -> None:
    assert night_minutes(shanghai(2026, 12, 31, 0), shanghai(2027, 1, 1, 0), 5, 5) == 0


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (shanghai(2026, 12, 31, 23, 59), "2026Q4"),
        (shanghai(2027, 1, 1, 0, 1), "2027Q1"),
        (shanghai(2026, 9, 30, 23, 59), "2026Q3"),
        (shanghai(2026, 10, 1, 0, 1), "2026Q4"),
    ],
)
def test_a_minute_before_midnight_in_shanghai_is_the_old_quarter(moment: datetime, code: str) -> None:
    assert rules.quarter_of(moment).code == code


def test_a_quarter_knows_its_ends() -> None:
    quarter = rules.read_quarter("2026Q4")
    assert isinstance(quarter, Quarter)
    assert (quarter.first_day, quarter.last_day) == (date(2026, 10, 1), date(2026, 12, 31))
    assert quarter.ends == shanghai(2027, 1, 1, 0)
    assert quarter.title == "2026 年第 4 季度"
    assert Quarter(2026, 2).last_day == date(2026, 6, 30)


@pytest.mark.parametrize("code", ["2026Q5", "2026Q0", "26Q4", "2026q4", "2026Q44", "", "1999Q1"])
def test_what_is_no_quarter_is_unknown(code: str) -> None:
    assert rules.read_quarter(code) is rules.UNKNOWN


def test_the_rules_read_as_people_speak() -> None:
    book = Rulebook(1, 60, 100, 22, 6, {"duty": DUTY, "meeting": ItemRule(2, most_quarter=12)})
    whole, duty, meeting, ties = rules.rules_text(book)
    assert "基础分 60" in whole
    assert "流动党员不计分" in whole
    assert duty == (
        "值守：每小时 1 分，22 点到次日 6 点按 1.5 倍，不足 30 分钟不计，一天最多 12 分，一季度最多 30 分。"
    )
    assert meeting == "组织生活：每次 2 分，一季度最多 12 分。"
    assert rules.TIES in ties


def test_the_ranking_is_seen_in_the_window_and_at_no_other_time() -> None:
    until = shanghai(2027, 1, 8, 9)
    assert rules.visible("published", until, shanghai(2027, 1, 8, 8, 59))
    assert not rules.visible("published", until, until)
    assert not rules.visible("settled", None, until)
    assert not rules.visible("final", until, shanghai(2027, 1, 2))


def test_a_published_quarter_with_an_objection_is_called_so() -> None:
    assert rules.shown_state(None, 0) == "open"
    assert rules.shown_state("published", 1) == "objection"
    assert [rules.shown_state(state, 0) for state in rules.STATES] == list(rules.STATES)
