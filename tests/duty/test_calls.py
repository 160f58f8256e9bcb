"""Told in time: reminders once each and never at night, and who is asked when people lack."""

import threading
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.duty import calls, rules, tasks
from app.foundation.clock import SHANGHAI
from app.foundation.home import Home
from tests.duty.helpers import NOON, StoppedClock, cancel, inbox, make_shift, member, ok, sign_up, sql
from tests.support.clients import Somebody

REMINDED, WARNED, ASKED = "快到您值守了", "班次缺人", "有个班次缺人"


def asked(home: Home, shift: str) -> set[str]:
    found = sql(
        home,
        "SELECT p.name FROM duty_call c JOIN person p ON p.id = c.person_id"
        " WHERE c.shift_id = :id AND c.kind = 'asked'",
        id=uuid.UUID(shift),
    )
    return {name for (name,) in found}


def test_who_signed_up_is_reminded_once_in_time_to_cancel(
    home: Home, clock: StoppedClock, first: Somebody, second: Somebody, shift: str
) -> None:
    """The shift is in two days at noon; 14 hours before is ten at night, so it is nine the evening before."""
    ok(sign_up(first, shift), 201)
    clock.go(hours=32, minutes=59)
    tasks.call(home)
    assert REMINDED not in inbox(first)
    clock.go(minutes=1)
    for _ in range(3):
        tasks.call(home)
    assert inbox(first).count(REMINDED) == 1
    assert REMINDED not in inbox(second)
    assert ok(cancel(first, shift)) == {"late": False}
    ok(sign_up(first, shift), 201)
    clock.go(hours=1)
    tasks.call(home)
    assert inbox(first).count(REMINDED) == 1, "who signs up after that knows"


def test_who_waits_is_not_reminded(
    home: Home, clock: StoppedClock, first: Somebody, second: Somebody, shift: str
) -> None:
    ok(sign_up(first, shift), 201)
    ok(sign_up(second, shift, waitlist=True), 201)
    clock.go(hours=36)
    tasks.call(home)
    assert (REMINDED in inbox(first), REMINDED in inbox(second)) == (True, False)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_a_reminder_never_comes_at_night_nor_too_late_to_cancel(at: datetime) -> None:
    starts_at = at.replace(tzinfo=SHANGHAI)
    due = rules.remind_at(starts_at)
    assert not rules.is_quiet(due)
    assert not rules.is_late_cancel(starts_at, due)
    assert due > starts_at - calls._FARTHEST


def test_where_people_lack_the_secretary_hears_once_and_idle_members_in_turn(
    app: Flask, home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody
) -> None:
    crew = [member(app, f"m{number}") for number in range(6)]
    elsewhere = member(app, "elsewhere", ("member", "GS002"))
    lacking = make_shift(secretary, hours=20, capacity=3, min_needed=1)
    busy = make_shift(secretary, hours=21, capacity=1)
    ok(sign_up(crew[0], busy), 201)
    tasks.call(home)
    tasks.call(home)
    assert inbox(secretary).count(WARNED) == 1
    first_round = asked(home, lacking)
    assert len(first_round) == 2, "two for each place that lacks, within two hours no more"
    clock.go(hours=2)
    tasks.call(home)
    second_round = asked(home, lacking) - first_round
    assert len(second_round) == 2
    assert "示例m0" not in first_round | second_round, "who has something at that time is not asked"
    assert ASKED not in inbox(elsewhere)
    another = make_shift(secretary, hours=23, capacity=3, min_needed=1)
    tasks.call(home)
    assert not asked(home, another) & (first_round | second_round), "the least recently asked come first"
    ok(sign_up(first, lacking), 201)
    before = asked(home, lacking)
    clock.go(hours=2)
    tasks.call(home)
    assert asked(home, lacking) == before, "with enough people nobody is asked"


def test_nobody_is_asked_at_night_nor_days_before_nor_once_it_has_begun(
    app: Flask, home: Home, clock: StoppedClock, secretary: Somebody
) -> None:
    member(app, "m1")
    shift = make_shift(secretary, hours=34, capacity=2, min_needed=2)
    tasks.call(home)
    assert not asked(home, shift), "more than a day before"
    clock.go(hours=10.5)  # half past ten in the evening
    tasks.call(home)
    assert not asked(home, shift)
    clock.at = NOON + timedelta(hours=34)
    tasks.call(home)
    assert not asked(home, shift)


def at_once(home: Home, times: int = 6) -> None:
    started = threading.Barrier(times)

    def one() -> None:
        started.wait()
        tasks.call(home)

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("noted", [True, False])
def test_of_many_processes_at_once_everybody_hears_it_once(
    app: Flask,
    home: Home,
    clock: StoppedClock,
    secretary: Somebody,
    monkeypatch: pytest.MonkeyPatch,
    noted: bool,
) -> None:
    """And without the row that holds it once, they hear it again and again: the negative control."""
    crew = [member(app, f"m{number}") for number in range(5)]
    shift = make_shift(secretary, hours=48, capacity=5)
    for one in crew:
        ok(sign_up(one, shift), 201)
    clock.go(hours=36)
    if not noted:

        def everybody(_: object, __: object, people: Sequence[uuid.UUID], *___: object) -> object:
            return people

        monkeypatch.setattr(calls, "_note", everybody)
    at_once(home)
    heard = [inbox(one).count(REMINDED) for one in crew]
    assert (heard == [1] * 5) is noted


def test_a_round_asks_no_more_than_its_number_however_many_look(
    app: Flask, home: Home, clock: StoppedClock, secretary: Somebody
) -> None:
    for number in range(8):
        member(app, f"m{number}")
    shift = make_shift(secretary, hours=20, capacity=3, min_needed=1)
    at_once(home)
    assert len(asked(home, shift)) == 2
