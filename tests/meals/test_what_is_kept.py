"""What meals tell a person of himself, and what stays of him when he goes; the demonstration's meals."""

from datetime import timedelta

import pytest

from app.foundation.home import Home
from app.meals import demo
from app.people import service as people
from tests.duty.helpers import NOON, ok, sql
from tests.meals.helpers import counted, make_offer, ordered, pick_up, walk_in
from tests.support.clients import Somebody


def test_a_person_s_file_tells_what_he_ordered(driver: Somebody, kitchen: Somebody, lunch: str) -> None:
    made = ordered(driver, lunch, 2, free=True)
    ok(pick_up(kitchen, made["meal"]["pickup_code"]))
    (told,) = ok(driver.get("/me/export"))["held"]["meals"]
    assert told == {
        "name": "示例牛肉面",
        "station": "GS001",
        "slot": "11-22 12:00–14:00",
        "quantity": 2,
        "free": True,
        "due_fen": 1500,
        "state": "picked_up",
        "ordered_at": "2026-11-22T12:00:00+08:00",
        "ended_at": "2026-11-22T12:00:00+08:00",
    }


def test_who_is_erased_makes_room_and_leaves_a_number(
    driver: Somebody, kitchen: Somebody, home: Home, lunch: str
) -> None:
    eaten = ordered(driver, lunch, 1, free=True)
    ok(pick_up(kitchen, eaten["meal"]["pickup_code"]))
    ordered(driver, lunch, 1)
    ok(driver.post("/me/erasure", {"confirm": True, "force": True}), 202)
    assert counted(home, lunch) == (3, 1, 1, 0)
    assert sql(home, "SELECT state, person_id FROM meal_order ORDER BY state") == [
        ("cancelled", None),
        ("picked_up", None),
    ]
    assert sql(home, "SELECT (SELECT count(*) FROM meal_share) + (SELECT count(*) FROM meal_coupon)") == [
        (0,)
    ]


def test_a_cook_who_is_erased_leaves_his_count(kitchen: Somebody, home: Home, lunch: str) -> None:
    ok(walk_in(kitchen, lunch, 2), 201)
    ok(kitchen.post("/me/erasure", {"confirm": True, "force": True}), 202)
    assert sql(home, "SELECT quantity, actor_id FROM meal_walk_in") == [(2, None)]


def test_the_demonstration_has_meals_for_a_week_once(driver: Somebody, home: Home) -> None:
    with home.database.transaction() as session:
        cook, _ = people.find_or_make(session, "cook", None, NOON)
        assert demo.seed(session, NOON, cook, "GS001") == 34, "today's breakfast is over"
        assert demo.seed(session, NOON, cook, "GS001") == 0
        assert demo.seed_campaign(session, NOON, cook, "GS001") == 1
        assert demo.seed_campaign(session, NOON, cook, "GS001") == 0
    found = ok(driver.get("/meals?station=GS001"))["items"]
    assert len(found) == 4
    assert all("示例" in meal["name"] for meal in found)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2024-02-29"])
def test_there_is_nothing_at_the_ends_of_the_calendar(driver: Somebody, kitchen: Somebody, day: str) -> None:
    for who, path in ((driver, "/meals"), (kitchen, "/staff/meals/offers"), (kitchen, "/staff/meals/orders")):
        assert ok(who.get(f"{path}?day={day}"))["items"] == []


def test_tomorrow_s_meals_are_asked_for_by_day(driver: Somebody, kitchen: Somebody) -> None:
    make_offer(kitchen, 24)
    tomorrow = (NOON + timedelta(days=1)).date().isoformat()
    assert ok(driver.get("/meals"))["items"] == []
    assert len(ok(driver.get(f"/meals?day={tomorrow}"))["items"]) == 1
