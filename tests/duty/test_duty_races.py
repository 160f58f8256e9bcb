"""Races of duty on the real database: the last places, the waiting list, stand-ins; each with its control."""

import random
from collections import Counter
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.duty import attendance, signups, standins, store
from app.duty.models import DutyShift, DutySignup, DutyStandIn
from app.foundation.home import Home
from app.people import service as people
from app.web.callers import Caller
from tests.conftest import find_key
from tests.duty.helpers import cancel, counted, inbox, make_shift, member, ok, sign_up, sql
from tests.support.clients import Somebody, crowd_of
from tests.support.crowd import at_once
from tests.support.meeting import Meeting

THREADS = 32


@pytest.fixture
def crowd(app: Flask, secretary: Somebody) -> list[Somebody]:
    """32 members of the branch."""
    return crowd_of(app, THREADS, ("member", "GS001"))


def rush(crowd: list[Somebody], shift: str, waitlist: bool | None = None) -> Counter[str]:
    answers = at_once([lambda who=who: sign_up(who, shift, waitlist) for who in crowd])
    return Counter(answer.json.get("code") or answer.json["state"] for answer in answers)


def test_32_for_the_last_three_places_leave_three(
    home: Home, secretary: Somebody, crowd: list[Somebody]
) -> None:
    for _ in range(3):
        shift = make_shift(secretary, 48, capacity=3)
        assert rush(crowd, shift) == {"confirmed": 3, "duty.full": THREADS - 3}
        assert counted(home, shift) == (3, 3, 3, 0, 0)
        for who in crowd:
            cancel(who, shift)


def test_32_who_would_wait_get_numbers_without_gap_or_twin(
    home: Home, secretary: Somebody, crowd: list[Somebody]
) -> None:
    shift = make_shift(secretary, capacity=3)
    assert rush(crowd, shift, waitlist=True) == {"confirmed": 3, "waitlisted": THREADS - 3}
    assert counted(home, shift) == (3, 3, 3, 29, 29)
    numbers = sql(home, "SELECT queue_no FROM duty_signup WHERE state = 'waitlisted' ORDER BY queue_no")
    assert [row[0] for row in numbers] == list(range(1, 30))


def test_places_counted_by_a_look_are_overbooked(
    home: Home, secretary: Somebody, first: Somebody, second: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same rush without the condition in the UPDATE and without the check."""
    meeting = Meeting()

    def careless(session: Session, shift_id: object) -> bool:
        shift = session.get_one(DutyShift, shift_id)
        if shift.taken >= shift.capacity:
            return False
        meeting.come()
        taking = update(DutyShift).where(DutyShift.id == shift_id).values(taken=DutyShift.taken + 1)
        return store.done(session, taking)

    sql_all(home, "ALTER TABLE duty_shift DROP CONSTRAINT ck_duty_shift_taken")
    monkeypatch.setattr(store, "take_place", careless)
    shift = make_shift(secretary, capacity=1)
    assert rush([first, second], shift) == {"confirmed": 2}


def test_the_check_alone_refuses_what_a_careless_update_would_overbook(
    home: Home, secretary: Somebody, crowd: list[Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    def careless(session: Session, shift_id: object) -> bool:
        taking = update(DutyShift).where(DutyShift.id == shift_id).values(taken=DutyShift.taken + 1)
        return store.done(session, taking)

    monkeypatch.setattr(store, "take_place", careless)
    shift = make_shift(secretary, capacity=3)
    assert rush(crowd, shift)["confirmed"] == 3
    assert counted(home, shift) == (3, 3, 3, 0, 0)


def sql_all(home: Home, statement: str) -> None:
    with home.database.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def queue(home: Home, shift: str) -> list[str]:
    """Who waits, in order."""
    found = "SELECT person_id FROM duty_signup WHERE shift_id = :s AND state = 'waitlisted' ORDER BY queue_no"
    return [str(row[0]) for row in sql(home, found, s=shift)]


def filled(secretary: Somebody, crowd: list[Somebody], hours: float, capacity: int = 12) -> str:
    """A full shift with everybody else waiting, in the order of the crowd."""
    shift = make_shift(secretary, hours, capacity=capacity)
    for who in crowd:
        ok(sign_up(who, shift, waitlist=True), 201)
    return shift


def leave(crowd: list[Somebody], shift: str) -> list[int]:
    answers = at_once([lambda who=who: cancel(who, shift) for who in crowd])
    return [answer.status_code for answer in answers]


def test_many_cancels_at_once_move_up_the_first_in_order_and_nobody_twice(
    home: Home, secretary: Somebody, crowd: list[Somebody]
) -> None:
    shift = filled(secretary, crowd, 48)
    waiting = queue(home, shift)
    leaving = [*crowd[:10], crowd[20], crowd[31]]  # ten with a place, two who wait
    assert leave(leaving, shift) == [200] * 12
    assert counted(home, shift) == (12, 12, 12, 8, 8)
    gone = {who.user["id"] for who in leaving}
    stayed = [person for person in waiting if person not in gone]
    # one of those who left while waiting may have been moved up before he left: his place moved on
    assert queue(home, shift) == stayed[10:]
    moved = [who for who in crowd[12:] if who.user["id"] in stayed[:10]]
    assert all(inbox(who) == ["候补已转正"] for who in moved)


def test_a_storm_of_sign_ups_and_cancels_never_overfills_and_counts_right(
    home: Home, secretary: Somebody, crowd: list[Somebody]
) -> None:
    chance = random.Random(20261122)
    shift = make_shift(secretary, capacity=5)

    def act(who: Somebody, moves: list[bool]) -> list[int]:
        return [
            (sign_up(who, shift, waitlist=True) if coming else cancel(who, shift)).status_code
            for coming in moves
        ]

    plans = [(who, [chance.random() < 0.6 for _ in range(4)]) for who in crowd]
    answers = at_once([lambda who=who, moves=moves: act(who, moves) for who, moves in plans])
    assert {status for each in answers for status in each} <= {200, 201, 404, 409}
    capacity, taken, really_taken, waiting, really_waiting = counted(home, shift)
    assert taken == really_taken <= capacity
    assert waiting == really_waiting
    assert taken == capacity or waiting == 0, "nobody waits beside a free place"


@pytest.fixture
def no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shift is read, but not locked."""

    def unlocked(session: Session, shift_id: object) -> object:
        return store.load(session, shift_id)

    monkeypatch.setattr(store, "lock", unlocked)


def test_without_the_lock_a_place_is_lost(
    app: Flask, home: Home, secretary: Somebody, no_lock: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: cancels that only read the shift choose the same first one."""
    meeting = Meeting()

    def counts_last(session, person_id, shift, post, state, now, *, late=False) -> None:
        # counting moves the shift's own row; done last, it no longer serialises the choice
        store.end_signup(session, person_id, shift.id, now, "cancelled", late)
        waits = (DutySignup.shift_id == shift.id) & (DutySignup.state == "waitlisted")
        chosen = select(DutySignup.person_id).where(waits).order_by(DutySignup.queue_no).limit(1)
        first = session.scalar(chosen)
        meeting.come()
        if first:
            signups._confirm(session, first, shift.id)
        store.count(session, shift.id, taken=0 if first else -1, waiting=-1 if first else 0)

    monkeypatch.setattr(signups, "release", counts_last)
    some = crowd_of(app, 4, ("member", "GS001"))
    shift = filled(secretary, some, 48, capacity=2)
    assert leave(some[:2], shift) == [200, 200]
    assert counted(home, shift) == (2, 2, 1, 0, 1)


def clashing(secretary: Somebody, times: int, hours: float) -> list[str]:
    return [make_shift(secretary, hours, capacity=50) for _ in range(times)]


def signed_up_at_once(first: Somebody, shifts: list[str]) -> int:
    answers = at_once([lambda shift=shift: sign_up(first, shift) for shift in shifts])
    return Counter(answer.status_code for answer in answers)[201]


def test_one_member_on_many_phones_gets_one_of_clashing_shifts(secretary: Somebody, first: Somebody) -> None:
    assert signed_up_at_once(first, clashing(secretary, 12, 48)) == 1


def test_without_the_person_s_lock_he_gets_several(
    secretary: Somebody, first: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same with only the lock of the person's row taken away."""
    shifts = clashing(secretary, 2, 48)
    monkeypatch.setattr(people, "_FIND_IN_LINE", people._FIND)
    monkeypatch.setattr(store, "bookings", Meeting().after(store.bookings))
    assert signed_up_at_once(first, shifts) == 2


def test_one_member_who_scans_on_many_phones_is_on_duty_once(
    home: Home, secretary: Somebody, first: Somebody, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also without the person's lock: the unique keys refuse, and nobody sees a fault."""
    shift = make_shift(secretary, 0.1)
    ok(sign_up(first, shift), 201)
    monkeypatch.setattr(people, "_FIND_IN_LINE", people._FIND)
    answers = at_once([lambda: first.post("/duty/attendance", {"code": key})] * THREADS)
    codes = Counter(answer.json.get("code") or "in" for answer in answers)
    assert codes == {"in": 1, "duty.already_on_duty": THREADS - 1}
    assert sql(home, "SELECT count(*) FROM duty_attendance") == [(1,)]


def test_of_many_who_say_yes_one_stands_in(
    home: Home, secretary: Somebody, first: Somebody, crowd: list[Somebody]
) -> None:
    shift = make_shift(secretary)
    ok(sign_up(first, shift), 201)
    wish = ok(first.post(f"/duty/shifts/{shift}/stand-in"), 201)["id"]
    assert yes(crowd, wish) == {"accepted": 1, "duty.stand_in_taken": THREADS - 1}
    assert counted(home, shift) == (1, 1, 1, 0, 0)


def yes(crowd: list[Somebody], wish: str) -> Counter[str]:
    answers = at_once([lambda who=who: who.post(f"/duty/stand-ins/{wish}/accept") for who in crowd])
    return Counter(answer.json.get("code") or answer.json["state"] for answer in answers)


def test_a_yes_that_looks_before_it_writes_has_several_winners(
    app: Flask,
    secretary: Somebody,
    first: Somebody,
    second: Somebody,
    no_lock: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: without the lock and the condition several hold one place."""
    meeting = Meeting()

    def look(session: Session, caller: Caller, wish: DutyStandIn, now: datetime) -> bool:
        still_open = wish.state == "open"
        meeting.come()
        wish.state, wish.settled_at, wish.taken_by = "accepted", now, caller.person_id
        session.flush()
        return still_open

    monkeypatch.setattr(standins, "_settle", look)
    monkeypatch.setattr(store, "end_signup", lambda *_: True)
    shift = make_shift(secretary)
    ok(sign_up(first, shift), 201)
    wish = ok(first.post(f"/duty/shifts/{shift}/stand-in"), 201)["id"]
    assert yes([second, member(app, "third")], wish) == {"accepted": 2}


def back_or_yes(first: Somebody, second: Somebody, wish: str) -> list[int]:
    path = f"/duty/stand-ins/{wish}"
    return at_once(
        [
            lambda: first.call("DELETE", path).status_code,
            lambda: second.post(f"{path}/accept").status_code,
        ]
    )


def test_of_taking_back_and_a_yes_one_wins(
    home: Home, secretary: Somebody, first: Somebody, second: Somebody
) -> None:
    for day in range(8):
        shift = make_shift(secretary, 48 + 24 * day)
        ok(sign_up(first, shift), 201)
        wish = ok(first.post(f"/duty/shifts/{shift}/stand-in"), 201)["id"]
        answers = back_or_yes(first, second, wish)
        assert answers in ([204, 409], [409, 200])
        [(state,)] = sql(home, f"SELECT state FROM duty_stand_in WHERE id = '{wish}'")
        [(holder,)] = sql(
            home, f"SELECT person_id FROM duty_signup WHERE shift_id = '{shift}' AND state = 'confirmed'"
        )
        stayed = answers[0] == 204
        assert (state, str(holder)) == (
            ("withdrawn", first.user["id"]) if stayed else ("accepted", second.user["id"])
        )


def test_a_yes_that_does_not_look_whether_it_was_taken_back_wins_too(
    secretary: Somebody, first: Somebody, second: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without the condition both are told yes."""
    meeting = Meeting()
    told = standins.store.done

    def blind(session: Session, statement: object) -> bool:
        meeting.come()
        told(session, statement)
        return True

    shift = make_shift(secretary)
    ok(sign_up(first, shift), 201)
    wish = ok(first.post(f"/duty/shifts/{shift}/stand-in"), 201)["id"]
    monkeypatch.setattr(standins, "_settle", lambda *_: meeting.come() or True)
    monkeypatch.setattr(standins.store, "done", blind)
    assert back_or_yes(first, second, wish) == [204, 200]


def test_finish_and_clockworks_at_once_count_an_attendance_once(
    home: Home, secretary: Somebody, first: Somebody, clock: object
) -> None:
    shift = make_shift(secretary, 0.1, lasts=1)
    ok(sign_up(first, shift), 201)
    came = ok(first.post("/duty/attendance", {"code": find_key(home, "GS001", "A")}), 201)["id"]
    clock.go(hours=2)

    def tick() -> int:
        with home.database.transaction() as session:
            return attendance.close_ended(session, home.clock.now())

    at_once([tick, tick, tick, lambda: first.post(f"/duty/attendance/{came}/finish").status_code] * 4)
    assert sql(home, "SELECT kind, minutes FROM duty_entry") == [("served", 60)]
