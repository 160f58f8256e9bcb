"""Ahead of a shift: who signed up is reminded once, by day; where people lack, free members are asked."""

from datetime import timedelta

from flask import Flask

from app.duty import tasks
from app.foundation.home import Home
from tests.duty.helpers import StoppedClock, cancel, inbox, make_shift, member, ok, sign_up, sql
from tests.support.clients import Somebody
from tests.support.crowd import at_once


def test_who_signed_up_is_reminded_once_a_day_before(
    home: Home, clock: StoppedClock, first: Somebody, second: Somebody, shift: str
) -> None:
    ok(sign_up(first, shift), 201)
    ok(sign_up(second, shift, waitlist=True), 201)
    clock.go(hours=23)
    tasks.look_ahead(home)
    assert inbox(first) == []  # 25 hours ahead
    clock.go(hours=1)
    for _ in range(3):
        tasks.look_ahead(home)
    assert inbox(first) == ["值守提醒"]
    assert inbox(second) == []  # who waits is not expected


def test_nobody_is_told_at_night_what_can_wait(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody
) -> None:
    ok(sign_up(first, make_shift(secretary, hours=36, min_needed=1)), 201)
    clock.go(hours=14)  # two in the morning, 22 hours ahead
    tasks.look_ahead(home)
    assert inbox(first) == []
    clock.go(hours=6)
    tasks.look_ahead(home)
    assert inbox(first) == ["值守提醒"]


def test_who_signs_up_on_the_last_day_or_gave_it_up_is_not_reminded(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody
) -> None:
    shift = make_shift(secretary, hours=48, capacity=2)
    ok(sign_up(second, shift), 201)
    clock.go(hours=25)
    ok(sign_up(first, shift), 201)
    ok(cancel(second, shift))
    tasks.look_ahead(home)
    assert inbox(first) == inbox(second) == []


def test_a_shift_that_lacks_people_is_told_once_and_free_members_are_asked(
    app: Flask, home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody
) -> None:
    elsewhere = member(app, "elsewhere", ("member", "GS002"))
    ok(sign_up(second, make_shift(secretary, hours=50)), 201)  # at that time he is on duty
    make_shift(secretary, hours=48, capacity=3, min_needed=1)
    for _ in range(3):
        tasks.look_ahead(home)
    assert inbox(secretary) == ["班次缺人"]
    assert inbox(first) == ["班次缺人，想请您帮忙"]
    assert inbox(second) == inbox(elsewhere) == []
    assert ok(first.get("/me/export"))["held"]["duty"]["asked_to_help"] == ["2026-11-22T12:00:00+08:00"]


def test_a_shift_with_enough_people_or_not_yet_open_is_not_told(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody
) -> None:
    enough = make_shift(secretary, hours=40, capacity=2, min_needed=1)
    ok(sign_up(first, enough), 201)
    opens = (clock.now() + timedelta(hours=1)).isoformat()
    make_shift(secretary, hours=60, min_needed=1)  # too far
    make_shift(secretary, hours=44, min_needed=1, opens_at=opens)
    tasks.look_ahead(home)
    assert "班次缺人" not in inbox(secretary)


def test_who_was_asked_the_longest_ago_is_asked_next(
    app: Flask, home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody
) -> None:
    crowd = {who.user["id"]: who for who in (first, second, *(member(app, f"m{n}") for n in range(4)))}
    rounds = []
    for _ in range(3):
        make_shift(secretary, (clock.now() - StoppedClock().at).total_seconds() / 3600 + 30, min_needed=1)
        tasks.look_ahead(home)
        asked = sql(home, "SELECT person_id FROM duty_ask WHERE asked_at = :at", at=clock.now())
        rounds.append({str(row[0]) for row in asked})
        clock.go(days=1)
    assert [len(each) for each in rounds] == [3, 3, 3]
    assert rounds[0] | rounds[1] == set(crowd), "everybody once before anybody twice"
    assert rounds[2] == rounds[0]


def test_any_number_may_tick_and_each_is_told_once(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, shift: str
) -> None:
    ok(sign_up(first, shift), 201)
    make_shift(secretary, hours=70, min_needed=1)
    clock.go(hours=24)
    at_once([lambda: tasks.look_ahead(home)] * 8)
    assert sorted(inbox(first)) == ["值守提醒", "班次缺人，想请您帮忙"]
    assert inbox(secretary) == ["班次缺人"]
