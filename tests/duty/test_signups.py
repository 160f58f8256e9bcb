"""Signing up over HTTP: every refusal, the waiting list, and what a cancel does to it."""

import pytest
from flask import Flask

from app.foundation.home import Home
from app.notices.templates import catalogue
from tests.duty.helpers import (
    NOON,
    StoppedClock,
    cancel,
    counted,
    inbox,
    make_shift,
    member,
    ok,
    refused,
    sign_up,
    sql,
)
from tests.support.clients import Somebody

NOWHERE = "01a20000-0000-7000-8000-000000000000"


def state(who: Somebody, shift: str) -> str | None:
    found: str | None = ok(who.get(f"/duty/shifts/{shift}"))["mine"]
    return found


def test_a_place_is_taken_and_given_up_again(home: Home, first: Somebody, shift: str) -> None:
    assert ok(sign_up(first, shift), 201)["state"] == "confirmed"
    assert state(first, shift) == "confirmed"
    refused(sign_up(first, shift), 409, "duty.already_signed_up")
    assert ok(cancel(first, shift)) == {"late": False}
    assert state(first, shift) is None
    refused(cancel(first, shift), 404, "duty.not_signed_up")
    ok(sign_up(first, shift), 201)
    assert counted(home, shift) == (1, 1, 1, 0, 0)
    assert sql(home, "SELECT state FROM duty_signup ORDER BY id") == [("cancelled",), ("confirmed",)]


def test_a_shift_that_is_not_there_is_unknown(first: Somebody) -> None:
    refused(sign_up(first, NOWHERE), 404, "duty.shift_unknown")
    refused(cancel(first, NOWHERE), 404, "duty.shift_unknown")


def test_a_full_shift_refuses_or_queues(
    app: Flask, home: Home, first: Somebody, second: Somebody, shift: str
) -> None:
    ok(sign_up(first, shift), 201)
    refused(sign_up(second, shift), 409, "duty.full")
    refused(sign_up(second, shift, waitlist=False), 409, "duty.full")
    assert ok(sign_up(second, shift, waitlist=True), 201) == {"state": "waitlisted", "position": 1}
    third = member(app, "third")
    assert ok(sign_up(third, shift, waitlist=True), 201)["position"] == 2
    refused(sign_up(third, shift, waitlist=True), 409, "duty.already_signed_up")
    assert counted(home, shift) == (1, 1, 1, 2, 2)
    assert ok(cancel(second, shift)) == {"late": False}
    assert counted(home, shift) == (1, 1, 1, 1, 1)


def test_asking_to_wait_takes_a_free_place(first: Somebody, shift: str) -> None:
    assert ok(sign_up(first, shift, waitlist=True), 201)["state"] == "confirmed"


def test_overlapping_shifts_clash_also_across_stations_and_in_a_waiting_list(
    secretary: Somebody, first: Somebody, second: Somebody, shift: str
) -> None:
    beside = make_shift(secretary, hours=56)  # begins when the other ends
    within = make_shift(secretary, hours=55, lasts=2)
    ok(sign_up(second, shift), 201)
    assert ok(sign_up(first, shift, waitlist=True), 201)["state"] == "waitlisted"
    refused(sign_up(first, within), 409, "duty.clash")
    ok(sign_up(first, beside), 201)
    ok(cancel(first, shift))
    refused(sign_up(first, within), 409, "duty.clash")
    ok(cancel(first, beside))
    ok(sign_up(first, within), 201)


def test_sign_up_opens_at_its_hour_and_closes_at_the_start(
    clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody
) -> None:
    opens = NOON.replace(hour=5).isoformat()
    shift = make_shift(secretary, hours=2, opens_at=opens, capacity=2)
    refused(sign_up(first, shift), 409, "duty.not_yet_open")
    clock.go(hours=1)
    ok(sign_up(first, shift), 201)
    clock.go(minutes=59, seconds=59)
    ok(sign_up(second, shift), 201)
    clock.go(seconds=1)
    refused(sign_up(second, shift), 409, "duty.closed")
    refused(cancel(first, shift), 409, "duty.too_late_to_cancel")


@pytest.mark.parametrize(("hours", "late"), [(36, False), (36.01, True), (47.9, True)])
def test_a_cancel_is_late_from_twelve_hours_before(
    home: Home, clock: StoppedClock, first: Somebody, shift: str, hours: float, late: bool
) -> None:
    ok(sign_up(first, shift), 201)
    clock.go(hours=hours)
    assert ok(cancel(first, shift)) == {"late": late}
    assert sql(home, "SELECT late FROM duty_signup") == [(late,)]


def test_until_two_hours_before_the_first_who_waits_moves_up_and_is_told(
    app: Flask, home: Home, clock: StoppedClock, first: Somebody, second: Somebody, shift: str
) -> None:
    template = next(t.id for t in catalogue().templates if t.scene == "duty")
    ok(second.post("/subscriptions", {"results": {template: "accept"}}), 204)
    third = member(app, "third")
    ok(sign_up(first, shift), 201)
    for waiting in (second, third):
        ok(sign_up(waiting, shift, waitlist=True), 201)
    clock.go(hours=46)
    ok(cancel(first, shift))
    assert [state(who, shift) for who in (first, second, third)] == [None, "confirmed", "waitlisted"]
    assert inbox(second) == ["候补已转正"]
    assert inbox(third) == inbox(first) == []
    assert counted(home, shift) == (1, 1, 1, 1, 1)
    person = second.user["id"]
    assert sql(home, "SELECT state FROM delivery WHERE person_id = :who", who=person) == [("queued",)]


def test_after_that_it_is_first_come_and_all_who_wait_hear_of_it(
    app: Flask, home: Home, clock: StoppedClock, first: Somebody, second: Somebody, shift: str
) -> None:
    third = member(app, "third")
    ok(sign_up(first, shift), 201)
    for waiting in (second, third):
        ok(sign_up(waiting, shift, waitlist=True), 201)
    clock.go(hours=46, seconds=1)
    refused(sign_up(third, shift), 409, "duty.already_signed_up")
    ok(cancel(first, shift))
    assert [state(who, shift) for who in (second, third)] == ["waitlisted", "waitlisted"]
    assert inbox(second) == inbox(third) == ["班次有空位"]
    assert ok(third.get(f"/duty/shifts/{shift}"))["can_sign_up"] is True, "the tap is offered where it works"
    assert ok(sign_up(third, shift), 201)["state"] == "confirmed"
    assert ok(second.get(f"/duty/shifts/{shift}"))["why_not"] == "duty.already_signed_up"
    refused(sign_up(second, shift), 409, "duty.already_signed_up")
    refused(sign_up(first, shift, waitlist=True), 409, "duty.full")  # the list leads nowhere any more
    assert counted(home, shift) == (1, 1, 1, 1, 1)


def test_a_retry_with_its_key_gets_the_first_answer(first: Somebody, shift: str) -> None:
    key = "01a20000-0000-4000-8000-000000000001"
    answers = [first.post(f"/duty/shifts/{shift}/signup", {}, key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data == answers[1].data


def test_signing_up_takes_five_statements_and_a_full_shift_is_asked_once(
    first: Somebody, second: Somebody, shift: str, statements: list[str]
) -> None:
    """The caller, the shift, his other shifts, the place, the sign-up; in a rush most get no place."""
    ok(sign_up(first, shift), 201)
    assert len(statements) == 5
    del statements[:]
    refused(sign_up(second, shift), 409, "duty.full")
    assert len(statements) == 4
