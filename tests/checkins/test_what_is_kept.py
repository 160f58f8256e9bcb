"""What a check-in leaves behind: everything a figure needs, and never a position."""

import uuid

import pytest
from sqlalchemy import text

from app.foundation.home import Home
from tests.checkins.conftest import NOON, Forget, Rows, StoppedClock
from tests.support.clients import Somebody, fresh_key

# Added to the station's point: near is within 3 km and the phone's own accuracy (5 km of it at most).
NEAR, FAR = 0.0123457, 0.9123457


@pytest.fixture
def station_at(home: Home) -> tuple[float, float]:
    with home.database.transaction() as session:
        found = session.execute(text("SELECT lat, lon FROM station WHERE code = 'GS001'")).one()
    return found[0], found[1]


def position(station_at: tuple[float, float], away: float, accuracy_m: float = 30) -> dict[str, float]:
    lat, lon = station_at
    return {"lat": lat + away, "lon": lon + away, "accuracy_m": accuracy_m}


def test_a_row_holds_both_times_the_way_the_version_of_the_code_and_who_came(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows
) -> None:
    scan = {"code": f"s={key}", "purpose": "meal", "person_kind": "truck_driver"}
    made = driver.post("/checkins", scan | {"scanned_at": clock.ago(minutes=40)}).json
    [row] = rows()
    assert row.pop("counted_at") == row.pop("scanned_at") == clock.at.replace(hour=3, minute=20)
    assert row == {
        "id": uuid.UUID(made["id"]),
        "person_id": uuid.UUID(driver.user["id"]),
        "station": "GS001",
        "side": "A",
        "key_version": 1,
        "source": "scene",
        "purpose": "meal",
        "person_kind": "truck_driver",
        "recorded_at": NOON,
        "day": NOON.date(),
        "clock_suspect": False,
        "location_check": "none",
    }


def test_a_scan_that_says_nothing_of_the_person_is_of_an_unknown_kind_and_without_purpose(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows
) -> None:
    made = driver.post("/checkins", {"code": key}).json
    assert (made["person_kind"], made["purpose"]) == ("unknown", None)
    assert [(row["person_kind"], row["purpose"]) for row in rows()] == [("unknown", None)]


def test_a_position_is_compared_with_the_station_and_only_the_word_is_kept(
    clock: StoppedClock,
    driver: Somebody,
    key: str,
    rows: Rows,
    station_at: tuple[float, float],
    forget: Forget,
) -> None:
    for away, accuracy_m, word in [
        (NEAR, 30, "near"),
        (0, 0, "near"),
        (FAR, 30, "far"),
        (0.05, 30, "far"),
        (0.05, 5000, "near"),
        (FAR, 1_000_000, "far"),
    ]:
        forget()
        sent = {"code": key, "location": position(station_at, away, accuracy_m)}
        answer = driver.post("/checkins", sent)
        assert (answer.status_code, answer.json["location_check"]) == (201, word)
        assert [row["location_check"] for row in rows()] == [word]


def test_without_a_position_there_is_nothing_to_compare(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows, forget: Forget
) -> None:
    for sent in [{}, {"location": None}]:
        forget()
        assert driver.post("/checkins", {"code": key, **sent}).json["location_check"] == "none"
        assert [row["location_check"] for row in rows()] == ["none"]


def whole_database(home: Home) -> str:
    """Every row of every table as text, bytes read as text too."""
    with home.database.transaction() as session:
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        found = []
        for table in tables:
            for row in session.execute(text(f'SELECT * FROM "{table}"')):
                found += [v.decode(errors="replace") if isinstance(v, bytes) else str(v) for v in row]
    return "\n".join(found)


def test_no_coordinate_is_stored_anywhere_nor_written_to_the_log(
    clock: StoppedClock,
    driver: Somebody,
    key: str,
    home: Home,
    station_at: tuple[float, float],
    capfd: pytest.CaptureFixture[str],
    forget: Forget,
) -> None:
    for away in [NEAR, FAR]:
        forget()
        here = position(station_at, away, 41.98765)
        made = driver.post("/checkins", {"code": key, "location": here}, fresh_key())
        assert made.status_code == 201
        refused = driver.post("/checkins", {"code": "22222222", "location": here}, fresh_key())
        assert refused.status_code == 404
        stored, logged = whole_database(home), "".join(capfd.readouterr())
        assert made.json["id"] in stored  # the control: what is stored is found this way
        for number in here.values():
            digits = f"{number:.5f}"[:-1]  # whatever was rounded away behind it
            for place in (stored, logged, made.text, refused.text):
                assert digits not in place


def test_a_position_that_cannot_be_is_refused_and_not_repeated_in_the_answer(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows, forget: Forget
) -> None:
    for location, field in [
        ({"lat": 91, "lon": 103}, "location.lat"),
        ({"lat": 36, "lon": -181}, "location.lon"),
        ({"lat": 36}, "location.lon"),
        ({"lat": 36, "lon": 103, "accuracy_m": -1}, "location.accuracy_m"),
        ({"lat": 36, "lon": 103, "altitude": 1500}, "location.altitude"),
        ([36, 103], "location"),
    ]:
        forget()
        refused = driver.post("/checkins", {"code": key, "location": location})
        assert refused.status_code == 422
        assert [error["field"] for error in refused.json["errors"]] == [field]
        assert "103" not in refused.text.replace(refused.json.get("request_id", "-"), "")
        assert rows() == []


def test_a_purpose_or_kind_that_does_not_exist_is_refused_and_named(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows, forget: Forget
) -> None:
    for field in ["purpose", "person_kind"]:
        forget()
        refused = driver.post("/checkins", {"code": key, field: "示例"})
        assert refused.status_code == 422
        assert [error["field"] for error in refused.json["errors"]] == [field]
        assert rows() == []
