"""Within ten minutes, earlier or later, one person at one side of one station is one check-in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.foundation.home import Home
from app.settings import Settings
from app.stations.service import revoke_key
from tests.checkins.conftest import NOON, Forget, Rows, StoppedClock
from tests.conftest import find_key
from tests.support.clients import Somebody, fresh_key, sign_in

FIRST = NOON - timedelta(hours=2)


def at(**step: float) -> str:
    return (FIRST + timedelta(**step)).isoformat()


@pytest.fixture
def scan(clock: StoppedClock, driver: Somebody, key: str) -> Callable[..., tuple[int, str, bool]]:
    """Scan GS001 A at a distance from the first moment: the answer's status, id and whether it repeats."""

    def send(**step: float) -> tuple[int, str, bool]:
        answer = driver.post("/checkins", {"code": key, "scanned_at": at(**step)}, fresh_key())
        return answer.status_code, answer.json["id"], answer.json["repeat"]

    return send


Scan = Callable[..., tuple[int, str, bool]]


def test_a_scan_up_to_ten_minutes_earlier_or_later_answers_the_row_that_is_there(
    scan: Scan, rows: Rows, forget: Forget
) -> None:
    for away in [0, 1, 599, 600, -1, -599, -600]:
        forget()
        status, first, repeat = scan()
        assert (status, repeat) == (201, False)
        assert scan(seconds=away) == (200, first, True)
        assert [row["scanned_at"] for row in rows()] == [FIRST]


def test_a_scan_more_than_ten_minutes_earlier_or_later_is_another_one(
    scan: Scan, rows: Rows, forget: Forget
) -> None:
    for away in [600.001, 601, 3600, -600.001, -601, -3600]:
        forget()
        _, first, _ = scan()
        status, second, repeat = scan(seconds=away)
        assert (status, repeat) == (201, False)
        assert second != first
        assert len(rows()) == 2


def test_repeats_do_not_stretch_the_window(scan: Scan, rows: Rows) -> None:
    """The window lies around the row, not around the last scan, or a long rest would never end."""
    assert [scan(minutes=minutes)[0] for minutes in (0, 9, 18)] == [201, 200, 201]
    assert len(rows()) == 2


def test_a_repeat_shows_the_times_of_the_row_and_changes_nothing_in_it(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows
) -> None:
    first = driver.post("/checkins", {"code": key, "purpose": "meal", "person_kind": "truck_driver"}).json
    before = rows()
    clock.pass_by(minutes=5)
    again = driver.post("/checkins", {"code": f"s={key}", "purpose": "rest", "person_kind": "traveller"})
    assert again.status_code == 200
    assert again.json == first | {"repeat": True}
    assert rows() == before


def test_the_other_side_and_another_station_are_places_of_their_own(
    clock: StoppedClock, driver: Somebody, home: Home, rows: Rows
) -> None:
    places = [("GS001", "A"), ("GS001", "B"), ("GS002", "A"), ("GS002", "B")]
    for wanted in (201, 200):
        for station, side in places:
            answer = driver.post("/checkins", {"code": find_key(home, station, side)})
            assert (answer.status_code, answer.json["station"], answer.json["side"]) == (
                wanted,
                station,
                side,
            )
    assert {(row["station"], row["side"]) for row in rows()} == set(places)
    assert len(rows()) == 4


def test_two_people_at_one_poster_are_two_check_ins(
    clock: StoppedClock, app: Flask, driver: Somebody, key: str, rows: Rows
) -> None:
    other = sign_in(app, "driver2")
    assert [who.post("/checkins", {"code": key}).status_code for who in (driver, other)] == [201, 201]
    assert len({row["person_id"] for row in rows()}) == 2


def test_a_replaced_code_leads_to_the_same_side_and_the_same_window(
    clock: StoppedClock, driver: Somebody, home: Home, key: str, rows: Rows
) -> None:
    first = driver.post("/checkins", {"code": key}).json["id"]
    with home.database.transaction() as session:
        fresh = revoke_key(session, key, NOON).key
    again = driver.post("/checkins", {"code": fresh})
    assert (again.status_code, again.json["id"]) == (200, first)
    assert len(rows()) == 1


def test_the_operator_sets_the_window(
    make_app: Callable[[Settings], Flask], settings: Settings, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(
        settings.model_copy(update={"checkins": settings.checkins.model_copy(update={"repeat_window_s": 60})})
    )
    clock = StoppedClock()
    monkeypatch.setattr(app.extensions["home"].clock, "now", clock.now)
    driver = sign_in(app, "driver")
    found = []
    for _ in range(3):
        found.append(driver.post("/checkins", {"code": key}).status_code)
        clock.pass_by(seconds=31)
    assert found == [201, 200, 201]
