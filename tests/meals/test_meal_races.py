"""Races of meals on the real database: the last portion, the lunch peak, codes, coupons; with controls."""

import random
import uuid
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.helpdesk import service as requests
from app.helpdesk.models import HelpRequest
from app.meals import kitchen as counter
from app.meals import release, store
from app.meals.models import MealCoupon, MealOffer, MealOrder, MealShare
from app.people.models import Person
from tests.duty.helpers import StoppedClock, ok, sql
from tests.meals.helpers import (
    counted,
    make_offer,
    order,
    ordered,
    pick_up,
    rush,
    tick,
    walk_in,
    withdraw,
)
from tests.support.clients import Somebody, crowd_of
from tests.support.crowd import at_once
from tests.support.meeting import Meeting

THREADS = 50


@pytest.fixture
def crowd(app: Flask, clock: StoppedClock) -> list[Somebody]:
    """50 hungry drivers."""
    return crowd_of(app, THREADS)


def everybody_orders(crowd: list[Somebody], offer: str) -> Counter[str]:
    return rush([lambda who=who: order(who, offer) for who in crowd])


def without_check(home: Home) -> None:
    with home.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE meal_offer DROP CONSTRAINT ck_meal_offer_taken")


def test_50_for_the_last_meal_leave_one(home: Home, kitchen: Somebody, crowd: list[Somebody]) -> None:
    for _ in range(3):
        last = make_offer(kitchen, quota=1)
        assert everybody_orders(crowd, last) == {"ok": 1, "meal.sold_out": THREADS - 1}
        assert counted(home, last) == (1, 1, 1, 0)


def test_a_last_meal_sold_by_a_look_is_sold_twice(
    home: Home, kitchen: Somebody, crowd: list[Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same rush without the condition in the UPDATE and without the check."""
    meeting = Meeting()

    def careless(session: Session, offer_id: object, portions: int, *_: Any) -> bool:
        offer = session.get_one(MealOffer, offer_id, populate_existing=True)
        if offer.taken + portions > offer.quota:
            return False
        meeting.come()
        taking = update(MealOffer).where(MealOffer.id == offer_id)
        return store.done(session, taking.values(taken=MealOffer.taken + portions))

    without_check(home)
    monkeypatch.setattr(store, "take", careless)
    assert everybody_orders(crowd[:2], make_offer(kitchen, quota=1)) == {"ok": 2}


def test_a_lunch_peak_ends_at_exactly_the_quota(
    home: Home, app: Flask, kitchen: Somebody, crowd: list[Somebody]
) -> None:
    """400 portions, 450 orders and 30 walk-ins in a few seconds, from phones that come and go."""
    lunch = make_offer(kitchen, quota=400)
    people = crowd_of(app, 450)
    works: list[Any] = [lambda who=who: order(who, lunch) for who in people]
    works += [lambda: walk_in(kitchen, lunch)] * 30
    random.Random(20261122).shuffle(works)
    came: Counter[str] = Counter()
    for start in range(0, len(works), THREADS):
        came += rush(works[start : start + THREADS])
    assert came == {"ok": 400, "meal.sold_out": 80}
    quota, taken, sold, walked = counted(home, lunch)
    assert (quota, taken, sold + walked) == (400, 400, 400)
    codes = sql(home, "SELECT count(*), count(DISTINCT code) FROM meal_order WHERE origin = 'GS001'")
    assert codes[0][0] == codes[0][1] == sold


def test_a_storm_of_orders_cancels_pickups_and_walk_ins_counts_right(
    home: Home, kitchen: Somebody, crowd: list[Somebody], clock: StoppedClock
) -> None:
    chance = random.Random(20261123)
    lunch = make_offer(kitchen, quota=20)

    def act(who: Somebody, steps: list[float]) -> set[int]:
        statuses, mine = set(), []
        for step in steps:
            if step < 0.5:
                answer = order(who, lunch, 1 if step < 0.3 else 2, free=step < 0.1)
                mine += [answer.json] if answer.status_code == 201 else []
            elif mine and step < 0.75:
                answer = withdraw(who, mine.pop())
            elif mine and step < 0.95:
                answer = pick_up(kitchen, mine[0]["meal"]["pickup_code"])
            else:
                answer = walk_in(kitchen, lunch)
            statuses.add(answer.status_code)
        return statuses

    plans = [(who, [chance.random() for _ in range(4)]) for who in crowd]
    answers = at_once([lambda who=who, steps=steps: act(who, steps) for who, steps in plans])
    assert set().union(*answers) <= {200, 201, 409}
    quota, taken, sold, walked = counted(home, lunch)
    assert taken == sold + walked <= quota
    personal_books_are_right(home)
    clock.go(hours=2)
    tick(home)
    quota, taken, sold, walked = counted(home, lunch)
    assert taken == sold + walked <= quota
    personal_books_are_right(home)


def personal_books_are_right(home: Home) -> None:
    """Shares are the sum of what a person holds or was given, coupons what is free of it."""
    live = "state IN ('reserved', 'ready', 'picked_up')"
    held = f"SELECT person_id, sum(quantity) FROM meal_order WHERE {live} GROUP BY person_id ORDER BY 1"
    kept = "SELECT person_id, portions FROM meal_share WHERE portions > 0 ORDER BY 1"
    assert sql(home, kept) == sql(home, held)
    free = f"SELECT request_id FROM meal_order WHERE free AND {live} ORDER BY 1"
    assert sql(home, "SELECT request_id FROM meal_coupon ORDER BY 1") == sql(home, free)


@pytest.fixture
def no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person's requests no longer wait for one another: only the rows of this room decide."""

    def unlocked(session: Session, person_id: object) -> Person:
        return session.get_one(Person, person_id)

    monkeypatch.setattr(requests, "lock_person", unlocked)


def test_one_driver_on_many_phones_gets_two_portions(
    home: Home, kitchen: Somebody, driver: Somebody, no_line: None
) -> None:
    lunch = make_offer(kitchen, quota=100)
    came = rush([lambda: order(driver, lunch)] * 16)
    assert came == {"ok": 2, "meal.limit": 14}
    assert counted(home, lunch) == (100, 2, 2, 0)


def test_one_driver_on_many_phones_gets_one_free_portion_a_day(
    home: Home, kitchen: Somebody, driver: Somebody, no_line: None
) -> None:
    offers = [make_offer(kitchen, quota=9) for _ in range(16)]
    came = rush([lambda offer=offer: order(driver, offer, free=True) for offer in offers])
    assert came == {"ok": 1, "meal.limit": 15}
    assert sql(home, "SELECT count(*) FROM meal_order WHERE free") == [(1,)]


def test_a_share_that_is_looked_at_is_overrun(
    home: Home, kitchen: Somebody, driver: Somebody, no_line: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a look, and a row that does not refuse."""
    meeting = Meeting()

    def look(session: Session, person_id: object, offer_id: object, portions: int) -> bool:
        if session.get(MealShare, (person_id, offer_id), populate_existing=True) is not None:
            return False
        meeting.come()
        share = insert(MealShare).values(person_id=person_id, offer_id=offer_id, portions=portions)
        session.execute(share.on_conflict_do_nothing())
        return True

    monkeypatch.setattr(store, "take_share", look)
    lunch = make_offer(kitchen, quota=100)
    assert rush([lambda: order(driver, lunch, 2)] * 2) == {"ok": 2}
    assert counted(home, lunch) == (100, 4, 4, 0)
    assert order(driver, lunch, 2).json["code"] == "meal.limit", "one after the other they would not"


def test_a_coupon_that_is_looked_at_is_used_twice(
    home: Home, kitchen: Somebody, driver: Somebody, no_line: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same for the free portion of a day."""
    meeting = Meeting()

    def look(session: Session, person_id: object, day: object, request_id: object) -> bool:
        if session.scalar(select(MealCoupon.day).where(MealCoupon.person_id == person_id)) is not None:
            return False
        meeting.come()
        coupon = insert(MealCoupon).values(person_id=person_id, day=day, request_id=request_id)
        session.execute(coupon.on_conflict_do_nothing())
        return True

    monkeypatch.setattr(store, "take_coupon", look)
    offers = [make_offer(kitchen, quota=9) for _ in range(3)]
    came = rush([lambda offer=offer: order(driver, offer, free=True) for offer in offers[:2]])
    assert came == {"ok": 2}
    assert sql(home, "SELECT count(*) FROM meal_order WHERE free") == [(2,)]
    assert order(driver, offers[2], free=True).json["code"] == "meal.limit"


def test_one_code_at_many_counters_is_one_meal(
    home: Home, kitchen: Somebody, driver: Somebody, lunch: str
) -> None:
    code = ordered(driver, lunch)["meal"]["pickup_code"]
    came = rush([lambda: pick_up(kitchen, code)] * 16)
    assert came == {"ok": 1, "meal.picked_up": 15}


def test_a_code_that_is_looked_at_gives_several_meals(
    kitchen: Somebody, driver: Somebody, lunch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without the request's lock and the state in the UPDATE."""
    meeting = Meeting()

    def unlocked(session: Session, _: Any, order: MealOrder) -> Any:
        return session.get_one(HelpRequest, (order.origin, order.request_id))

    def looked(session: Session, order: MealOrder, state: str, now: Any, *_: str) -> bool:
        was = order.state
        meeting.come()
        order.state, order.ended_at = state, now
        session.flush()
        return was in ("reserved", "ready")

    monkeypatch.setattr(counter, "_lock", unlocked)
    monkeypatch.setattr(store, "end_order", looked)
    code = ordered(driver, lunch)["meal"]["pickup_code"]
    assert rush([lambda: pick_up(kitchen, code)] * 2) == {"ok": 2}


def test_clockworks_pickups_and_withdrawals_at_once_end_every_order_once(
    home: Home, kitchen: Somebody, crowd: list[Somebody], clock: StoppedClock
) -> None:
    lunch = make_offer(kitchen, quota=40)
    made = [ordered(who, lunch) for who in crowd[:40]]
    clock.go(hours=2)

    def look() -> Any:
        with home.database.transaction() as session:
            release.release(session, uuid.UUID(lunch), home.clock.now())

    works: list[Any] = [look] * 4
    works += [lambda m=m: pick_up(kitchen, m["meal"]["pickup_code"]).status_code for m in made[:15]]
    works += [
        lambda w=w, m=m: withdraw(w, m).status_code for w, m in zip(crowd[25:40], made[25:], strict=True)
    ]
    statuses = at_once(works)
    assert set(statuses) <= {None, 200, 409}
    tick(home)
    _, taken, sold, walked = counted(home, lunch)
    assert (taken, walked) == (sold, 0)
    states = sql(home, "SELECT state, count(*) FROM meal_order GROUP BY state")
    assert set(dict(states)) <= {"picked_up", "cancelled", "expired"}
    assert sql(home, "SELECT released_at IS NOT NULL FROM meal_offer") == [(True,)]
    personal_books_are_right(home)


@pytest.fixture
def slipped_in(
    home: Home, driver: Somebody, lunch: str, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> list[Any]:
    """An order of the slot's last moment, which commits after the clockwork has looked for open orders and
    before it says that there are none."""
    look, made = release._open_orders, []

    def sold_meanwhile(session: Session, offer: MealOffer) -> list[Any]:
        found = look(session, offer)
        if not made:
            clock.go(seconds=-1)
            made.append(ordered(driver, lunch))
            clock.go(seconds=1)
        return found

    monkeypatch.setattr(release, "_open_orders", sold_meanwhile)
    clock.go(hours=2)
    return made


def test_an_order_that_slips_in_at_the_end_is_released_too(
    home: Home, driver: Somebody, slipped_in: list[Any]
) -> None:
    for _ in range(2):
        tick(home)
    assert ok(driver.get(f"/requests/{slipped_in[0]['id']}"))["meal"]["state"] == "expired"


def test_an_offer_that_is_done_after_one_look_forgets_it(
    home: Home, driver: Somebody, slipped_in: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: what was seen at the first look is taken for all."""

    def believes(session: Session, offer_id: Any, now: Any) -> int:
        session.execute(update(MealOffer).where(MealOffer.id == offer_id).values(released_at=now))
        return 1

    monkeypatch.setattr(release, "_finish", believes)
    for _ in range(2):
        tick(home)
    assert ok(driver.get(f"/requests/{slipped_in[0]['id']}"))["meal"]["state"] == "reserved"


def test_what_has_been_wound_up_is_sold_no_more(home: Home, driver: Somebody, kitchen: Somebody) -> None:
    """An order that began in time and waited meanwhile: nobody would ever give its portion back."""
    offer = make_offer(kitchen)
    with home.database.transaction() as session:
        session.execute(update(MealOffer).values(released_at=home.clock.now()))
    assert order(driver, offer).status_code == 409
    assert counted(home, offer)[1] == 0
