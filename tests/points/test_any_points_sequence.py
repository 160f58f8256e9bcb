"""Whatever members do and the office corrects, in whatever order, the ledger says what duty says.

Sums and ranks are right, and a final list is the ledger of its moment.
"""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.duty import tasks
from app.foundation.home import Home
from tests.duty.helpers import NOON, StoppedClock, make_shift, ok, refused, sql
from tests.duty.test_any_sequence import (
    BEFORE,
    TABLES,
    WHICH,
    WHO,
    WITHIN,
    Steps,
    act,
    correct_all,
    corrector,
)
from tests.points.helpers import Q4, correct, ledger, published, shanghai, step
from tests.points.test_rules_and_switches import RULES
from tests.support.clients import Somebody, sign_in

POINTS = "points_entry points_score points_objection points_reward points_settlement".split()


Corrections = list[tuple[int, int]]
CORRECTIONS = st.lists(st.tuples(st.integers(0, 7), st.sampled_from([0, 29, 60, 60])), min_size=1, max_size=6)


@pytest.fixture
def four(app: Flask, clock: StoppedClock) -> list[Somebody]:
    """Members of a branch in which one day is worth no more than a point."""
    found = [sign_in(app, name) for name in ("member", "member2", "secretary", "committee")]
    duty = {"points": 1, "most_day": 1}
    ok(found[2].post("/staff/points/rules", RULES | {"base": 60, "most": 100, "duty": duty}), 201)
    return found


@settings(
    max_examples=16,
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
    public=CORRECTIONS,
    final=CORRECTIONS,
)
def test_no_sequence_parts_the_ledger_from_what_happened(
    home: Home,
    clock: StoppedClock,
    four: list[Somebody],
    key: str,
    before: Steps,
    within: Steps,
    minutes: int,
    public: Corrections,
    final: Corrections,
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
    page = published(clock, four[2])
    assert told(page) == recomputed(home, page)
    assert page["reproduced"]
    closed = closed_after(home, clock, four, page, public)
    correct_some(home, four, final)
    assert sql(home, APART) == []
    for who in four:
        ledger(who)
    again = ok(four[2].get(f"/staff/points/quarters/{Q4}"))
    assert (told(again), again["hash"], again["reproduced"]) == (told(closed), closed["hash"], True)
    clock.at = shanghai(2027, 4, 1, 9)
    following = ok(step(four[2], "settle", "2027Q1"))
    assert told(following) == ranked(following, made_of_corrections(home, closed))
    assert following["reproduced"]


def closed_after(
    home: Home, clock: StoppedClock, four: list[Somebody], page: dict[str, Any], public: Corrections
) -> dict[str, Any]:
    """The quarter is final, after corrections while it was public; where they changed the list, it was public
    once more. The list is then the ledger's."""
    correct_some(home, four, public)
    changed = made_of_entries(home, page) != made_of_settled(page)
    assert ok(four[2].get(f"/staff/points/quarters/{Q4}"))["changed"] is changed
    clock.go(days=7)
    if changed:
        refused(step(four[2], "finalize"), 409, "points.changed")
        ok(step(four[2], "settle"))
        ok(step(four[2], "publish"))
        clock.go(days=7)
    else:
        refused(step(four[2], "settle"), 409, "points.wrong_state")
    closed: dict[str, Any] = ok(step(four[2], "finalize"))
    assert told(closed) == recomputed(home, closed)
    assert (closed["reproduced"], closed["changed"]) == (True, False)
    return closed


def correct_some(home: Home, four: list[Somebody], corrections: Corrections) -> None:
    found = sql(home, "SELECT id, person_id FROM duty_attendance ORDER BY id")
    for which, minutes in corrections if found else []:
        attendance, person_id = found[which % len(found)]
        ok(correct(corrector(four, str(person_id)), attendance, state="served", minutes=minutes))


def told(page: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(line["member"], line["rank"], line["points"]) for line in page["lines"]]


APART = """
    SELECT a.id, a.minutes, coalesce(sum(e.points), 0), coalesce(sum(e.minutes), 0)
    FROM duty_attendance a LEFT JOIN points_entry e ON e.person_id = a.person_id AND e.subject_id = a.id
    GROUP BY a.person_id, a.id
    HAVING coalesce(sum(e.minutes), 0) <> a.minutes
    OR coalesce(sum(e.points), 0) <> CASE WHEN a.minutes >= 30 THEN a.minutes / 60 ELSE 0 END
"""
"""By day an hour is a point: what the ledger holds of an attendance is what its minutes are worth now."""


Made = dict[str, tuple[int, int]]
"""Points and minutes of each member."""


def recomputed(home: Home, page: dict[str, Any]) -> list[tuple[str, int, int]]:
    """The ranking once more, from the entries alone, as somebody would with pencil and paper."""
    return ranked(page, made_of_entries(home, page))


def ranked(page: dict[str, Any], made: Made) -> list[tuple[str, int, int]]:
    key = {member: (-points, -minutes) for member, (points, minutes) in made.items()}
    ranks = {member: 1 + sum(other < key[member] for other in key.values()) for member in key}
    return [(line["member"], ranks[line["member"]], made[line["member"]][0]) for line in page["lines"]]


def made_of_settled(page: dict[str, Any]) -> Made:
    return {line["member"]: (line["points"], line["minutes"]) for line in page["lines"]}


def made_of_entries(home: Home, page: dict[str, Any]) -> Made:
    """What the entries that count in the quarter give; all of them are of its days."""
    counted = entries(home, "WHERE quarter = '2026Q4'")
    mine = {line["member"]: [row for row in counted if row[0] == line["member"]] for line in page["lines"]}
    return {who: (score(rows), sum(minutes for *_, minutes in rows)) for who, rows in mine.items()}


def made_of_corrections(home: Home, closed: dict[str, Any]) -> Made:
    """The next quarter, in which nobody served: sixty, and by how much the final list would be another
    with all that is known now, whatever quarter it is written in."""
    known = entries(home)
    final = {who: points for who, (points, _) in made_of_settled(closed).items()}
    return {
        who: (60 + score([row for row in known if row[0] == who]) - points, 0)
        for who, points in final.items()
    }


def entries(home: Home, which: str = "") -> list[Any]:
    return sql(home, f"SELECT person_id::text, day, points, minutes FROM points_entry {which}")


def score(entries: list[Any]) -> int:
    """Sixty and what is earned: on one day no more than a point, by the rules of the branch."""
    days: dict[Any, int] = defaultdict(int)
    for _, day, points, _ in entries:
        days[day] += points
    return 60 + sum(min(1, points) for points in days.values())
