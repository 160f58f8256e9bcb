"""Whatever members do, in whatever order: the ledger says what duty says, sums and ranks are right."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.duty import tasks
from app.foundation.home import Home
from tests.duty.helpers import NOON, StoppedClock, make_shift, ok, sql
from tests.duty.test_any_sequence import BEFORE, TABLES, WHICH, WHO, WITHIN, Steps, act, correct_all
from tests.points.helpers import ledger, shanghai, step
from tests.support.clients import Somebody, sign_in

POINTS = "points_entry points_score points_objection points_reward points_settlement".split()


@pytest.fixture
def four(app: Flask, clock: StoppedClock) -> list[Somebody]:
    return [sign_in(app, name) for name in ("member", "member2", "secretary", "committee")]


@settings(
    max_examples=12,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(
    before=st.lists(st.tuples(BEFORE, WHO, WHICH), min_size=5, max_size=12),
    within=st.lists(st.tuples(WITHIN, WHO, WHICH), min_size=5, max_size=12),
    minutes=st.sampled_from([7, 59, 60]),
)
def test_no_sequence_parts_the_ledger_from_what_happened(
    home: Home,
    clock: StoppedClock,
    four: list[Somebody],
    key: str,
    before: Steps,
    within: Steps,
    minutes: int,
) -> None:
    with home.database.engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join([*TABLES, *POINTS])} CASCADE")
    clock.at = begun = NOON
    shifts = [make_shift(four[2], 3 + 2 * number, 1, capacity=number + 1) for number in (0, 1)]
    act(home, clock, four, key, shifts, before)
    clock.at = begun + timedelta(hours=2.75)
    act(home, clock, four, key, shifts, within)
    clock.at = begun + timedelta(hours=12)
    tasks.wind_up(home)
    correct_all(home, four, minutes, most=2)
    assert sql(home, APART) == []
    for who in four:
        ledger(who)  # the balance is the sum of its entries
    clock.at = shanghai(2027, 1, 1, 9)
    page = ok(step(four[2], "settle"))
    assert [(line["member"], line["rank"], line["points"]) for line in page["lines"]] == recomputed(
        home, page
    )
    assert page["reproduced"]


APART = """
    SELECT a.id, a.minutes, coalesce(sum(e.points), 0), coalesce(sum(e.minutes), 0)
    FROM duty_attendance a LEFT JOIN points_entry e ON e.person_id = a.person_id AND e.subject_id = a.id
    GROUP BY a.person_id, a.id
    HAVING coalesce(sum(e.minutes), 0) <> a.minutes
    OR coalesce(sum(e.points), 0) <> CASE WHEN a.minutes >= 30 THEN a.minutes / 60 ELSE 0 END
"""
"""By day an hour is a point: what the ledger holds of an attendance is what its minutes are worth now."""


def recomputed(home: Home, page: dict[str, Any]) -> list[tuple[str, int, int]]:
    """The ranking once more, from the entries alone, as somebody would with pencil and paper."""
    days: dict[str, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    served: dict[str, int] = defaultdict(int)
    for person, day, points, minutes in sql(home, "SELECT person_id, day, points, minutes FROM points_entry"):
        days[str(person)][day] += points
        served[str(person)] += minutes
    scores = {
        member: min(100, 60 + min(30, sum(min(12, points) for points in days[member].values())))
        for member in (line["member"] for line in page["lines"])
    }
    key = {member: (-score, -served[member]) for member, score in scores.items()}
    ranks = {member: 1 + sum(other < key[member] for other in key.values()) for member in key}
    return [(line["member"], ranks[line["member"]], scores[line["member"]]) for line in page["lines"]]
