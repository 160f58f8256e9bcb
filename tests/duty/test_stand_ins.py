"""Standing in over HTTP: one asks, another says yes, and the place is his; nothing without both."""

import uuid
from datetime import timedelta
from typing import Any

from flask import Flask

from app.foundation.home import Home
from tests.duty.helpers import (
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


def ask(who: Somebody, shift: str, to: Somebody | None = None) -> Any:
    return who.post(f"/duty/shifts/{shift}/stand-in", {"to_member": to.user["id"]} if to else {})


def accept(who: Somebody, wish: str) -> Any:
    return who.post(f"/duty/stand-ins/{wish}/accept")


def offered(who: Somebody) -> list[tuple[str, bool, bool]]:
    items = ok(who.get("/duty/stand-ins"))["items"]
    return [(item["id"], item["own"], item["to_me"]) for item in items]


def test_a_place_changes_hands_when_both_agree(
    home: Home, first: Somebody, second: Somebody, shift: str
) -> None:
    refused(ask(first, shift), 409, "duty.stand_in_not_yours")
    ok(sign_up(first, shift), 201)
    wish = ok(ask(first, shift), 201)
    assert (wish["state"], wish["shift"]["id"], wish["own"]) == ("open", shift, True)
    refused(ask(first, shift), 409, "duty.stand_in_asked")
    assert offered(first) == [(wish["id"], True, False)]
    assert offered(second) == [(wish["id"], False, False)]
    refused(accept(first, wish["id"]), 404, "duty.stand_in_unknown")
    assert ok(accept(second, wish["id"]))["state"] == "accepted"
    assert inbox(first) == ["有人替您值守"]
    assert counted(home, shift) == (1, 1, 1, 0, 0)
    assert ok(first.get(f"/duty/shifts/{shift}"))["mine"] is None
    assert ok(second.get(f"/duty/shifts/{shift}"))["mine"] == "confirmed"
    refused(accept(second, wish["id"]), 409, "duty.already_signed_up")
    assert offered(first) == []
    kept = sql(home, "SELECT state, taken_by FROM duty_stand_in")
    assert [(state, str(by)) for state, by in kept] == [("accepted", second.user["id"])]


def test_who_is_asked_by_name_alone_may_say_yes(
    app: Flask, first: Somebody, second: Somebody, shift: str
) -> None:
    third = member(app, "third")
    ok(sign_up(first, shift), 201)
    wish = ok(ask(first, shift, second), 201)["id"]
    assert inbox(second) == ["请您替班"]
    assert offered(second) == [(wish, False, True)]
    assert offered(third) == []
    refused(accept(third, wish), 404, "duty.stand_in_unknown")
    ok(accept(second, wish))


def test_who_is_no_member_or_of_another_branch_is_unknown_alike(
    app: Flask, first: Somebody, driver: Somebody, shift: str
) -> None:
    ok(sign_up(first, shift), 201)
    elsewhere = member(app, "elsewhere", ("member", "GS002"))
    told = [
        refused(ask(first, shift, who), 404, "duty.member_unknown")["detail"]
        for who in (driver, elsewhere, first)
    ]
    nobody = first.post(
        f"/duty/shifts/{shift}/stand-in", {"to_member": "01a20000-0000-7000-8000-000000000000"}
    )
    assert set(told) == {refused(nobody, 404, "duty.member_unknown")["detail"]}
    wish = ok(ask(first, shift), 201)["id"]
    assert offered(elsewhere) == []
    refused(accept(elsewhere, wish), 404, "duty.stand_in_unknown")
    refused(accept(driver, wish), 403, "duty.members_only")


def test_who_serves_elsewhere_at_that_time_cannot_stand_in(
    secretary: Somebody, first: Somebody, second: Somebody, shift: str
) -> None:
    ok(sign_up(first, shift), 201)
    ok(sign_up(second, make_shift(secretary, hours=50)), 201)
    wish = ok(ask(first, shift), 201)["id"]
    refused(accept(second, wish), 409, "duty.clash")


def test_who_could_not_accept_is_not_even_asked(
    app: Flask, home: Home, secretary: Somebody, first: Somebody, second: Somebody
) -> None:
    shift = make_shift(secretary, capacity=2)
    for who in (first, second):
        ok(sign_up(who, shift), 201)
    told = refused(ask(first, shift, second), 409, "duty.already_signed_up")
    assert told["detail"].startswith("这位党员"), "it is not about who asks"
    ok(cancel(second, shift))
    elsewhere = make_shift(secretary, hours=50)
    ok(sign_up(second, elsewhere), 201)
    assert refused(ask(first, shift, second), 409, "duty.clash")["detail"].startswith("这位党员")
    assert (sql(home, "SELECT 1 FROM duty_stand_in"), inbox(second)) == ([], [])
    ok(cancel(second, elsewhere))
    ok(ask(first, shift, second), 201)


def test_who_may_not_hold_the_post_is_not_asked_and_who_waits_for_it_is(
    app: Flask, secretary: Somebody, second: Somebody
) -> None:
    both = member(app, "both", ("member", "GS001"), ("member", "GS002"))
    theirs = member(app, "theirs", ("member", "GS002"))
    own = make_shift(secretary, open_to="branch")
    ok(sign_up(both, own), 201)
    refused(ask(both, own, theirs), 409, "duty.not_qualified")
    ok(sign_up(second, own, waitlist=True), 201)
    ok(ask(both, own, second), 201)


def test_a_shift_that_is_not_yet_open_hides_no_clash(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody
) -> None:
    shift = make_shift(secretary)
    ok(sign_up(first, shift), 201)
    ok(sign_up(second, make_shift(secretary, hours=50)), 201)
    wish = ok(ask(first, shift), 201)["id"]
    later = {"opens_at": clock.at + timedelta(hours=1), "id": uuid.UUID(shift)}
    refused(accept(second, wish), 409, "duty.clash")
    sql(home, "UPDATE duty_shift SET opens_at = :opens_at WHERE id = :id RETURNING 1", **later)
    refused(accept(second, wish), 409, "duty.clash")


def test_who_waits_for_the_shift_may_stand_in_and_waits_no_longer(
    home: Home, first: Somebody, second: Somebody, shift: str
) -> None:
    ok(sign_up(first, shift), 201)
    ok(sign_up(second, shift, waitlist=True), 201)
    ok(accept(second, ok(ask(first, shift), 201)["id"]))
    assert counted(home, shift) == (1, 1, 1, 0, 0)


def test_a_wish_ends_with_the_place_and_at_the_start(
    clock: StoppedClock, first: Somebody, second: Somebody, shift: str
) -> None:
    ok(sign_up(first, shift), 201)
    wish = ok(ask(first, shift), 201)["id"]
    ok(cancel(first, shift))
    refused(accept(second, wish), 409, "duty.stand_in_taken")
    ok(sign_up(first, shift), 201)
    again = ok(ask(first, shift), 201)["id"]
    clock.go(hours=48)
    assert offered(second) == []
    refused(accept(second, again), 409, "duty.closed")
    refused(ask(first, shift), 409, "duty.closed")


def test_who_has_come_himself_is_not_replaced(
    clock: StoppedClock, first: Somebody, second: Somebody, shift: str, key: str
) -> None:
    ok(sign_up(first, shift), 201)
    wish = ok(ask(first, shift), 201)["id"]
    clock.go(hours=47, minutes=40)
    ok(first.post("/duty/attendance", {"code": key}), 201)
    refused(accept(second, wish), 409, "duty.stand_in_taken")


def withdraw(who: Somebody, wish: str) -> Any:
    return who.call("DELETE", f"/duty/stand-ins/{wish}")


def test_a_wish_is_taken_back_and_the_place_stays(
    home: Home, first: Somebody, second: Somebody, shift: str
) -> None:
    ok(sign_up(first, shift), 201)
    wish = ok(ask(first, shift, second), 201)["id"]
    refused(withdraw(second, wish), 404, "duty.stand_in_unknown")
    refused(withdraw(first, str(uuid.uuid4())), 404, "duty.stand_in_unknown")
    for _ in range(2):  # a lost answer, and again
        assert withdraw(first, wish).status_code == 204
    assert (offered(first), offered(second)) == ([], [])
    assert inbox(second).count("不用替班了") == 1
    assert ok(first.get(f"/duty/shifts/{shift}"))["mine"] == "confirmed"
    refused(accept(second, wish), 409, "duty.stand_in_taken")
    again = ok(ask(first, shift), 201)["id"]
    ok(accept(second, again))
    refused(withdraw(first, again), 409, "duty.stand_in_taken")
