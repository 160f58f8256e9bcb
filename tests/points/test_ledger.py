"""The ledger over HTTP: an entry for what was served, explained; a correction reverses it; none is edited."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.exc import DatabaseError

from app.duty import tasks
from app.duty.models import DutyAttendance
from app.foundation.home import Home
from app.points import ledger as book
from tests.duty.helpers import StoppedClock, make_shift, member, ok, refused, sign_up, sql
from tests.points.helpers import correct, ledger, serve, shanghai
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once


def test_a_served_shift_is_an_entry_that_explains_itself(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str
) -> None:
    assert ledger(first) == []
    attendance = serve(home, clock, secretary, first, key)
    told = ok(first.get("/points"))
    (entry,) = told["entries"]
    assert (told["balance"], told["quarter"], told["quarter_points"], told["scored"]) == (
        2,
        "2026Q4",
        2,
        True,
    )
    assert (entry["points"], entry["rule_version"], entry["branch"], entry["quarter"]) == (
        2,
        1,
        "GS001",
        "2026Q4",
    )
    assert entry["source"] == {"kind": "duty", "id": attendance}
    assert entry["reason"].endswith("值守 120 分钟")
    assert entry["rule"].startswith("值守：每小时 1 分")
    assert entry["at"] == "2026-11-22T13:00:00+08:00"
    assert entry["reverses"] is None


def test_a_correction_reverses_what_stood_and_adds_what_is_right(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str
) -> None:
    attendance = serve(home, clock, secretary, first, key)
    ok(correct(secretary, attendance, minutes=60))
    assert ledger(first) == [2, -2, 1]
    ok(correct(secretary, attendance, state="no_show"))
    assert ledger(first) == [2, -2, 1, -1]
    ok(correct(secretary, attendance, state="served", minutes=90))
    assert ledger(first) == [2, -2, 1, -1, 1]
    entries = ok(first.get("/points"))["entries"]
    assert entries[1]["reverses"] == entries[2]["id"]
    assert {entry["quarter"] for entry in entries} == {"2026Q4"}


def test_the_database_refuses_to_edit_an_entry(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str
) -> None:
    serve(home, clock, secretary, first, key)
    with pytest.raises(DatabaseError, match="append-only"):
        sql(home, "UPDATE points_entry SET points = 99 RETURNING 1")
    assert ledger(first) == [2]


def test_signing_in_reading_and_scanning_earn_nothing(app: Flask, first: Somebody, key: str) -> None:
    for _ in range(3):
        sign_in(app, "member")
        ok(first.get("/bulletins"))
    ok(first.post("/checkins", {"code": key}), 201)
    assert ledger(first) == []


def test_a_mobile_member_is_recorded_and_not_scored(
    app: Flask, home: Home, clock: StoppedClock, secretary: Somebody, key: str
) -> None:
    mobile = member(app, "mobile")
    listed = ok(secretary.get("/staff/members"))["items"]
    (line,) = [each for each in listed if each["member"] == mobile.user["id"]]
    body = {"to_branch": "GS001", "kind": "mobile", "reason": "示例"}
    ok(secretary.post(f"/staff/members/{line['id']}/transfer", body))
    serve(home, clock, secretary, mobile, key)
    told = ok(mobile.get("/points"))
    assert (told["balance"], told["entries"], told["scored"]) == (0, [], False)
    assert "不计分" in told["note"]
    assert ok(mobile.get("/duty/mine"))["items"][0]["attendance"]["minutes"] == 120


def test_the_shift_of_new_year_s_eve_belongs_to_the_fourth_quarter(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str
) -> None:
    """From 22:00 to 06:00, signed in at 22:20 and never out: one late attendance of 460 minutes, in Q4."""
    clock.at = shanghai(2026, 12, 31, 12)
    shift = make_shift(secretary, (shanghai(2026, 12, 31, 22) - StoppedClock().at) / timedelta(hours=1), 8)
    ok(sign_up(first, shift), 201)
    clock.at = shanghai(2026, 12, 31, 22, 20)
    ok(first.post("/duty/attendance", {"code": key}), 201)
    clock.at = shanghai(2027, 1, 1, 0, 1)
    refused(secretary.post("/staff/points/quarters/2026Q4/settle"), 409, "points.wrong_state")
    clock.at = shanghai(2027, 1, 1, 7)
    for _ in range(2):
        tasks.wind_up(home)
    assert sql(home, "SELECT state, minutes FROM duty_attendance") == [("late", 460)]
    told = ok(first.get("/points"))
    assert [(entry["points"], entry["quarter"]) for entry in told["entries"]] == [(11, "2026Q4")]
    assert (told["quarter"], told["balance"], told["quarter_points"]) == ("2027Q1", 11, 0)
    settled = ok(secretary.post("/staff/points/quarters/2026Q4/settle"))
    (line,) = [each for each in settled["lines"] if each["member"] == first.user["id"]]
    assert (line["points"], line["minutes"]) == (71, 460)


@pytest.mark.parametrize(("minute", "quarter"), [(-1, "2026Q4"), (1, "2027Q1")])
def test_midnight_in_shanghai_parts_the_quarters(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str, minute: int, quarter: str
) -> None:
    clock.at = shanghai(2026, 12, 31, 20)
    serve(home, clock, secretary, first, key, at=shanghai(2027, 1, 1, 0) + timedelta(minutes=minute))
    assert [entry["quarter"] for entry in ok(first.get("/points"))["entries"]] == [quarter]


def test_one_source_is_written_once_however_many_try(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str
) -> None:
    attendance = uuid.UUID(serve(home, clock, secretary, first, key))
    person = uuid.UUID(first.user["id"])
    source = uuid.uuid4()
    deed = book.Deed(person, "meeting", "meeting", source, source, clock.now(), "示例主题党日")

    def earn() -> bool:
        with home.database.transaction() as session:
            return book.earn(session, deed, clock.now()) is not None

    def take_back() -> bool:
        with home.database.transaction() as session:
            back = book.take_back(session, person, "meeting", source, clock.now(), "示例")
            return back is not None

    assert sorted(at_once([earn] * 8)) == [False] * 7 + [True]
    assert ledger(first) == [2, 2]
    assert sorted(at_once([take_back] * 8)) == [False] * 7 + [True]
    assert ledger(first) == [2, 2, -2]
    with home.database.transaction() as session:
        assert session.get(DutyAttendance, (person, attendance)) is not None


def test_without_the_unique_source_many_would_write_it(
    home: Home, clock: StoppedClock, first: Somebody
) -> None:
    """The negative control: the same with only the unique index gone."""
    with home.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP INDEX uq_points_entry_source")
    person, source = uuid.UUID(first.user["id"]), uuid.uuid4()
    deed = book.Deed(person, "meeting", "meeting", source, source, clock.now(), "示例")

    def earn() -> bool:
        with home.database.transaction() as session:
            return book.earn(session, deed, clock.now()) is not None

    assert at_once([earn] * 8) == [True] * 8


@pytest.mark.parametrize("who", ["driver", "staff", "admin", "supervisor", "auditor", "viewer"])
def test_points_are_not_there_for_anybody_else(app: Flask, clock: StoppedClock, who: str) -> None:
    somebody = sign_in(app, who)
    refused(somebody.get("/points"), 404, "points.unknown")
    refused(somebody.get("/points/quarters/2026Q4"), 404, "points.unknown")
    objection = {"text": "示例"}
    refused(somebody.post("/points/quarters/2026Q4/objections", objection), 404, "points.unknown")


def test_the_ledger_takes_as_many_statements_for_one_entry_as_for_many(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str, statements: list[str]
) -> None:
    serve(home, clock, secretary, first, key)
    del statements[:]
    ok(first.get("/points"))
    few = len(statements)
    for _ in range(3):
        serve(home, clock, secretary, first, key)
    del statements[:]
    assert len(ok(first.get("/points"))["entries"]) == 4
    assert len(statements) == few == 5


def test_pages_follow_one_another(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str
) -> None:
    for _ in range(3):
        serve(home, clock, secretary, first, key)
    page = ok(first.get("/points?limit=2"))
    rest = ok(first.get(f"/points?limit=2&cursor={page['next_cursor']}"))
    assert (len(page["entries"]), len(rest["entries"]), rest["next_cursor"]) == (2, 1, None)
    assert page["balance"] == rest["balance"] == 6
