"""Both times are kept; the day and the window go by the phone's, unless the phone is ahead of the server."""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from tests.checkins.conftest import NOON, Forget, Rows, StoppedClock
from tests.support.clients import Somebody


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Shanghai"])
def process_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The time zone of the process the service runs in."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


def test_without_a_phone_s_time_the_server_s_counts(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows
) -> None:
    answer = driver.post("/checkins", {"code": key}).json
    assert answer["scanned_at"] == answer["recorded_at"] == "2026-11-22T12:00:00+08:00"
    assert answer["clock_suspect"] is False
    [row] = rows()
    assert row["scanned_at"] == row["recorded_at"] == row["counted_at"] == NOON
    assert row["day"] == date(2026, 11, 22)


def test_a_late_upload_keeps_both_times_and_belongs_to_the_day_of_the_scan(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows
) -> None:
    answer = driver.post("/checkins", {"code": key, "scanned_at": "2026-11-19T21:30:00+08:00"})
    assert answer.status_code == 201
    assert answer.json["scanned_at"] == "2026-11-19T21:30:00+08:00"
    assert answer.json["recorded_at"] == "2026-11-22T12:00:00+08:00"
    assert answer.json["clock_suspect"] is False
    [row] = rows()
    assert (row["recorded_at"], row["scanned_at"]) == (NOON, NOON - timedelta(days=2, hours=14, minutes=30))
    assert (row["counted_at"], row["day"]) == (row["scanned_at"], date(2026, 11, 19))


def test_a_scan_around_midnight_in_shanghai_is_listed_under_its_own_day_only(
    clock: StoppedClock,
    process_zone: str,
    driver: Somebody,
    staff: Somebody,
    key: str,
    rows: Rows,
    forget: Forget,
) -> None:
    for moment, day in [
        ("2026-11-20T23:59:00+08:00", "2026-11-20"),
        ("2026-11-20T15:59:59.999Z", "2026-11-20"),
        ("2026-11-20T16:00:00Z", "2026-11-21"),
        ("2026-11-21T00:01:00+08:00", "2026-11-21"),
        ("2026-11-20T11:01:00-05:00", "2026-11-21"),
    ]:
        forget()
        made = driver.post("/checkins", {"code": key, "scanned_at": moment}).json["id"]
        assert [row["day"].isoformat() for row in rows()] == [day]
        listed = {
            asked: [line["id"] for line in staff.get(f"/staff/checkins?day={asked}").json["items"]]
            for asked in ("2026-11-20", "2026-11-21")
        }
        assert {asked: ids for asked, ids in listed.items() if ids} == {day: [made]}


def test_the_desk_s_today_is_shanghai_s(
    clock: StoppedClock, process_zone: str, driver: Somebody, staff: Somebody, key: str
) -> None:
    clock.at = datetime.fromisoformat("2026-11-21T23:59:00+08:00")
    before = driver.post("/checkins", {"code": key}).json["id"]
    assert [line["id"] for line in staff.get("/staff/checkins").json["items"]] == [before]
    clock.pass_by(minutes=2)
    assert staff.get("/staff/checkins").json["items"] == []
    yesterday = staff.get("/staff/checkins?day=2026-11-21").json["items"]
    assert [line["id"] for line in yesterday] == [before]


def test_a_scan_of_exactly_seven_days_ago_is_taken_and_one_a_second_older_is_not(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows
) -> None:
    refused = driver.post("/checkins", {"code": key, "scanned_at": clock.ago(days=7, seconds=1)})
    assert (refused.status_code, refused.json["code"]) == (422, "checkin.too_old")
    assert "7 天" in refused.json["detail"]
    assert rows() == []
    taken = driver.post("/checkins", {"code": key, "scanned_at": clock.ago(days=7)})
    assert taken.status_code == 201
    assert [row["day"] for row in rows()] == [date(2026, 11, 15)]


def test_a_phone_that_lost_its_date_is_told_so_and_not_met_with_an_error(
    clock: StoppedClock, driver: Somebody, key: str, forget: Forget
) -> None:
    for moment in ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"]:
        forget()
        refused = driver.post("/checkins", {"code": key, "scanned_at": moment})
        assert (refused.status_code, refused.json["code"]) == (422, "checkin.too_old")


def test_a_phone_ahead_of_the_server_is_kept_marked_and_counted_by_the_server_s_time(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows, forget: Forget
) -> None:
    for ahead in [timedelta(seconds=121), timedelta(hours=1), timedelta(days=400)]:
        forget()
        answer = driver.post("/checkins", {"code": key, "scanned_at": (NOON + ahead).isoformat()})
        assert answer.status_code == 201, answer.text
        assert answer.json["clock_suspect"] is True
        assert datetime.fromisoformat(answer.json["scanned_at"]) == NOON + ahead
        [row] = rows()
        assert (row["scanned_at"], row["recorded_at"], row["counted_at"]) == (NOON + ahead, NOON, NOON)
        assert row["day"] == date(2026, 11, 22)


def test_a_phone_at_the_end_of_the_calendar_is_never_refused(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows
) -> None:
    answer = driver.post("/checkins", {"code": key, "scanned_at": "9999-12-31T23:59:59Z"})
    assert (answer.status_code, answer.json["clock_suspect"]) == (201, True)
    assert [row["day"] for row in rows()] == [date(2026, 11, 22)]


def test_phones_with_wrong_clocks_meet_the_window_by_the_server_s_time(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows
) -> None:
    """The phone is three days ahead: its scans are one while the server's minutes say so, then two."""
    ahead = timedelta(days=3)
    first = driver.post("/checkins", {"code": key, "scanned_at": (clock.at + ahead).isoformat()})
    clock.pass_by(minutes=9)
    again = driver.post("/checkins", {"code": key, "scanned_at": (clock.at + ahead * 2).isoformat()})
    assert (again.status_code, again.json["id"]) == (200, first.json["id"])
    clock.pass_by(minutes=2)
    later = driver.post("/checkins", {"code": key, "scanned_at": (NOON + ahead).isoformat()})
    assert later.status_code == 201
    assert [row["counted_at"] for row in rows()] == [NOON, NOON + timedelta(minutes=11)]


def test_a_small_skew_is_not_marked_and_counts_by_the_server_s_time(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows, forget: Forget
) -> None:
    for ahead_s in [1, 60, 120]:
        forget()
        ahead = timedelta(seconds=ahead_s)
        answer = driver.post("/checkins", {"code": key, "scanned_at": (NOON + ahead).isoformat()})
        assert (answer.status_code, answer.json["clock_suspect"]) == (201, False)
        [row] = rows()
        assert (row["scanned_at"], row["counted_at"]) == (NOON + ahead, NOON)


def test_a_small_skew_over_midnight_does_not_move_the_day(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows
) -> None:
    clock.at = datetime.fromisoformat("2026-11-22T23:59:30+08:00")
    driver.post("/checkins", {"code": key, "scanned_at": "2026-11-23T00:00:30+08:00"})
    assert [row["day"] for row in rows()] == [date(2026, 11, 22)]


def test_a_time_without_zone_or_sense_is_refused_and_named(
    clock: StoppedClock, driver: Somebody, key: str, rows: Rows, forget: Forget
) -> None:
    for moment in ["2026-11-22T12:00:00", "yesterday", "", "2026-13-01T00:00:00Z", True]:
        forget()
        refused = driver.post("/checkins", {"code": key, "scanned_at": moment})
        assert refused.status_code == 422, refused.text
        assert [error["field"] for error in refused.json["errors"]] == ["scanned_at"]
        assert rows() == []
