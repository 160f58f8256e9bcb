"""Whatever members do and the office corrects, in whatever order: the ledger says what duty says, sums and
ranks are right, and a final list is the ledger of its moment."""

from collections import defaultdict
from datetime import date, timedelta
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
CORRECTIONS = st.lists(st.tuples(st.integers(0, 7), st.sampled_from([0, 29, 30, 59, 60])), max_size=4)


@pytest.fixture
def four(app: Flask, clock: StoppedClock) -> list[Somebody]:
    """Members of a branch in which one day is worth no more than a point."""
    found = [sign_in(app, name) for name in ("member", "member2", "secretary", "committee")]
    duty = {"points": 1, "most_day": 1}
    ok(found[2].post("/staff/points/rules", RULES | {"base": 60, "most": 100, "duty": duty}), 201)
    return found


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
    assert told(following) == recomputed(home, following)
    assert following["reproduced"]


def closed_after(
    home: Home, clock: StoppedClock, four: list[Somebody], page: dict[str, Any], public: Corrections
) -> dict[str, Any]:
    """The quarter is final, after corrections while it was public; where they changed the list, it was public
    once more. The list is then the ledger's."""
    correct_some(home, four, public)
    changed = made_of(home, page) != made_of(home, page, "settled")
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


def recomputed(home: Home, page: dict[str, Any]) -> list[tuple[str, int, int]]:
    """The ranking once more, from the entries alone, as somebody would with pencil and paper."""
    key = {member: (-score, -served) for member, (score, served) in made_of(home, page).items()}
    ranks = {member: 1 + sum(other < key[member] for other in key.values()) for member in key}
    return [(line["member"], ranks[line["member"]], -key[line["member"]][0]) for line in page["lines"]]


def made_of(home: Home, page: dict[str, Any], of: str = "now") -> dict[str, tuple[int, int]]:
    """Points and minutes of everybody in the list, from the entries of now or as they were settled."""
    if of == "settled":
        return {line["member"]: (line["points"], line["minutes"]) for line in page["lines"]}
    entries = sql(home, "SELECT person_id, quarter, day, points, minutes FROM points_entry")
    made = {}
    for member in (line["member"] for line in page["lines"]):
        mine = [entry[1:] for entry in entries if str(entry[0]) == member]
        here = [entry for entry in mine if entry[0] == page["quarter"]]
        of_here = [entry for entry in here if (entry[1] < date(2027, 1, 1)) == (page["quarter"] == Q4)]
        points = score(of_here)
        if page["quarter"] != Q4:  # what is corrected later counts as much as it would have counted then
            points += score(mine) - score([entry for entry in mine if entry[0] == Q4])
        made[member] = (points, sum(minutes for *_, minutes in of_here))
    return made


def score(entries: list[Any]) -> int:
    """Sixty and what is earned: on one day no more than a point, by the rules of the branch."""
    days: dict[Any, int] = defaultdict(int)
    for _, day, points, _ in entries:
        days[day] += points
    return 60 + sum(min(1, points) for points in days.values())
