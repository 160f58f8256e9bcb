"""Fifty at once for the last bed on the real database; without lock and key it is sold twice."""

import uuid
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.facilities import store
from app.facilities.models import Facility
from app.facilities.rules import TAKEN
from app.foundation.home import Home
from tests.facilities.helpers import StoppedClock, hold, make, ok, sql, state_of
from tests.support.clients import Somebody, crowd_of
from tests.support.crowd import at_once
from tests.support.meeting import Meeting

THREADS = 50

Unlock = Callable[[], None]


@pytest.fixture
def crowd(app: Flask, clock: StoppedClock) -> list[Somebody]:
    """Fifty drivers."""
    return crowd_of(app, THREADS)


@pytest.fixture
def few(app: Flask, clock: StoppedClock) -> list[Somebody]:
    """Sixteen, where that is a crowd."""
    return crowd_of(app, 16)


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> Unlock:
    """Nobody stands in line at the facility any more."""

    def careless(session: Session, facility_id: uuid.UUID) -> Facility:
        return store.load(session, facility_id)

    return lambda: monkeypatch.setattr(store, "lock", careless)


def do(home: Home, statement: str) -> None:
    with home.database.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def rush(crowd: list[Somebody], bed: str) -> Counter[str]:
    answers = at_once([partial(hold, who, bed) for who in crowd])
    return Counter(answer.json.get("code") or answer.json["state"] for answer in answers)


def holders(home: Home, bed: str) -> int:
    found = "SELECT count(*) FROM facility_booking WHERE facility_id = :bed AND ended_at IS NULL"
    return int(sql(home, found, bed=uuid.UUID(bed))[0][0])


def test_fifty_for_the_last_bed_leave_one_also_when_the_hold_before_has_just_lapsed(
    home: Home, clock: StoppedClock, crowd: list[Somebody], bed: str
) -> None:
    for _ in range(3):
        assert rush(crowd, bed) == {"held": 1, "facility.taken": THREADS - 1}
        assert holders(home, bed) == 1
        clock.go(minutes=15)


def test_the_key_alone_refuses_the_second(
    home: Home, crowd: list[Somebody], bed: str, without_lock: Unlock
) -> None:
    without_lock()
    assert rush(crowd, bed) == {"held": 1, "facility.taken": THREADS - 1}
    assert holders(home, bed) == 1


def test_looking_first_sells_the_bed_twice(
    home: Home,
    first: Somebody,
    second: Somebody,
    bed: str,
    without_lock: Unlock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: the same rush where a look decides, without line and without key."""
    without_lock()
    do(home, "DROP INDEX uq_facility_booking_place")
    guarded, meeting = store.lapse, Meeting()

    def look(session: Session, now: Any, facility: Facility, person_id: Any = None) -> None:
        guarded(session, now, facility, person_id)
        if store.line(session, facility.id, now)[1] is not None:
            raise TAKEN.now()
        meeting.come()

    monkeypatch.setattr(store, "lapse", look)
    assert rush([first, second], bed) == {"held": 2}


def test_one_person_with_two_phones_holds_one_of_a_kind(
    home: Home, app: Flask, staff: Somebody, first: Somebody
) -> None:
    beds = [make(staff) for _ in range(8)]
    answers = at_once([partial(hold, first, bed) for bed in beds])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert sum(holders(home, bed) for bed in beds) == 1


def test_who_take_each_others_lapsed_places_do_not_wait_for_one_another_for_ever(
    clock: StoppedClock, few: list[Somebody], staff: Somebody
) -> None:
    beds = [make(staff) for _ in few]
    for round_no in range(4):
        clock.go(minutes=15)
        turned = [beds[(number + round_no) % len(beds)] for number in range(len(few))]
        answers = at_once([partial(hold, who, bed) for who, bed in zip(few, turned, strict=True)])
        assert [answer.status_code for answer in answers] == [201] * len(few)


def test_a_bed_that_is_shut_while_many_come_is_held_by_nobody(
    home: Home, few: list[Somebody], staff: Somebody
) -> None:
    for _ in range(5):
        bed = make(staff)
        shut = partial(staff.put, f"/staff/facilities/{bed}", {"state": "out"})
        answers = at_once([*(partial(hold, who, bed) for who in few[:8]), shut])
        assert answers[-1].status_code == 200
        assert {answer.status_code for answer in answers[:-1]} <= {201, 409}
        assert holders(home, bed) == 0
        assert state_of(staff, bed)["free"] is False


def test_begin_and_lapse_at_the_same_moment_give_the_place_to_one(
    home: Home, clock: StoppedClock, first: Somebody, second: Somebody, staff: Somebody
) -> None:
    """The holder taps when his time is just over, by a request that has begun before."""
    for _ in range(5):
        washer = make(staff, "washer")
        booking = ok(hold(first, washer), 201)["id"]
        clock.go(minutes=15)
        at_once([partial(first.post, f"/bookings/{booking}/start"), partial(hold, second, washer)])
        assert holders(home, washer) == 1
        clock.go(hours=3)
