"""Whatever members do, in whatever order: no shift overfills, every count is right, minutes are their sum."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.duty import tasks
from app.foundation.home import Home
from tests.duty.helpers import NOON, StoppedClock, cancel, counted, make_shift, ok, sign_up, sql
from tests.support.clients import Somebody, sign_in

BEFORE = st.sampled_from("sign_up wait wait cancel swap".split())
WITHIN = st.sampled_from("sign_up cancel scan scan finish correct".split())
Steps = list[tuple[str, int, int]]
WHO, WHICH = st.integers(0, 3), st.integers(0, 1)


@pytest.fixture
def four(app: Flask, clock: StoppedClock) -> list[Somebody]:
    return [sign_in(app, name) for name in ("member", "member2", "secretary", "committee")]


@settings(
    max_examples=20,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(
    before=st.lists(st.tuples(BEFORE, WHO, WHICH), min_size=5, max_size=20),
    within=st.lists(st.tuples(WITHIN, WHO, WHICH), min_size=5, max_size=15),
)
def test_no_sequence_breaks_the_books(
    home: Home, clock: StoppedClock, four: list[Somebody], key: str, before: Steps, within: Steps
) -> None:
    secretary, begun = four[2], clock.at
    with home.database.engine.begin() as connection:
        connection.exec_driver_sql(f"TRUNCATE {', '.join(TABLES)} CASCADE")
    start = (begun - NOON) / timedelta(hours=1) + 3
    shifts = [make_shift(secretary, start + 2 * number, 1, capacity=number + 1) for number in (0, 1)]
    act(home, clock, four, key, shifts, before)
    clock.at = begun + timedelta(hours=2.75)  # the first can be scanned for, and its list moves no more
    act(home, clock, four, key, shifts, within)
    clock.at = begun + timedelta(hours=12)
    tasks.wind_up(home)
    for minutes in (33, 44):
        correct_all(home, four, minutes)
    assert sql(home, UNEQUAL) == []
    assert sql(home, "SELECT person_id FROM duty_attendance WHERE ended_at IS NULL") == []


TABLES = "duty_entry duty_correction duty_stand_in duty_attendance duty_signup duty_shift duty_post".split()
UNEQUAL = """
    SELECT a.id, a.minutes, sum(e.minutes) FROM duty_attendance a LEFT JOIN duty_entry e
    ON e.person_id = a.person_id AND e.attendance_id = a.id
    GROUP BY a.person_id, a.id HAVING a.minutes <> coalesce(sum(e.minutes), 0)
"""


def act(
    home: Home, clock: StoppedClock, four: list[Somebody], key: str, shifts: list[str], steps: Steps
) -> None:
    """One deed after the other; the books are looked at after each."""
    for deed, who, which in steps:
        do(home, four, key, deed, who, shifts[which])
        for shift in shifts:
            capacity, taken, really_taken, waiting, really_waiting = counted(home, shift)
            assert taken == really_taken <= capacity
            assert waiting == really_waiting
            starts_at = sql(home, "SELECT starts_at FROM duty_shift WHERE id = :id", id=shift)[0][0]
            moves = starts_at - clock.at >= timedelta(hours=2)
            assert not (waiting and moves) or taken == capacity, "nobody waits beside a free place"


def do(home: Home, four: list[Somebody], key: str, deed: str, who: int, shift: str) -> None:
    """One deed; what is refused is refused, and nothing is a fault."""
    me, other = four[who], four[(who + 1) % 4]
    if deed in ("sign_up", "wait"):
        answer = sign_up(me, shift, waitlist=deed == "wait")
    elif deed == "cancel":
        answer = cancel(me, shift)
    elif deed == "swap":
        answer = me.post(f"/duty/shifts/{shift}/stand-in", {"to_member": other.user["id"]})
        if answer.status_code == 201:
            answer = other.post(f"/duty/stand-ins/{answer.json['id']}/accept")
    elif deed == "scan":
        answer = me.post("/duty/attendance", {"code": key, "shift_id": shift})
    else:
        found = sql(home, "SELECT id FROM duty_attendance WHERE person_id = :who", who=me.user["id"])
        if not found:
            return
        path = f"/duty/attendance/{found[0][0]}"
        sent = (
            me.post(f"{path}/finish")
            if deed == "finish"
            else corrector(four, me.user["id"]).post(
                f"/staff{path}/correct", {"minutes": 7, "state": "served", "reason": "示例"}
            )
        )
        answer = sent
    assert answer.status_code < 500


def corrector(four: list[Somebody], person_id: str) -> Somebody:
    """The secretary, in his own matter the committee."""
    return four[3] if four[2].user["id"] == person_id else four[2]


def correct_all(home: Home, four: list[Somebody], minutes: int, most: int = 1000) -> None:
    rows = sql(home, "SELECT id, person_id FROM duty_attendance ORDER BY id LIMIT :most", most=most)
    for attendance, person_id in rows:
        body = {"state": "served", "minutes": minutes, "reason": "示例"}
        office = corrector(four, str(person_id))
        ok(office.post(f"/staff/duty/attendance/{attendance}/correct", body))
