"""Settling with very many attendances: as many statements as with few, and done in seconds."""

import sys
import time

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app.foundation.home import Home
from tests.duty.helpers import StoppedClock, member, ok, sql
from tests.points.helpers import Q4, quarter, shanghai, step
from tests.support.clients import Somebody

FILL = """
    INSERT INTO person (id, name, state, created_at)
    SELECT gen_random_uuid(), '示例' || n, 'active', '2026-01-01' FROM generate_series(1, {members}) n;
    INSERT INTO membership (person_id, id, branch, kind, state, declared_at, from_at)
    SELECT id, gen_random_uuid(), 'GS' || lpad((1 + substr(name, 3)::int % {branches})::text, 3, '0'),
    'fixed', 'active', '2026-01-01', '2026-01-01' FROM person WHERE created_at = '2026-01-01';
    INSERT INTO duty_post (id, station, side, name, kind, created_at)
    SELECT gen_random_uuid(), code, 'A', '示例', 'area', '2026-01-01' FROM station;
    INSERT INTO duty_shift (id, post_id, station, side, starts_at, ends_at, capacity, created_at, noted_at)
    SELECT gen_random_uuid(), p.id, p.station, 'A',
    '2026-10-01 00:00+08'::timestamptz + n * interval '15 hours',
    '2026-10-01 08:00+08'::timestamptz + n * interval '15 hours', 500, '2026-01-01', '2027-01-01'
    FROM duty_post p, generate_series(0, {shifts} - 1) n;
    INSERT INTO duty_attendance (person_id, id, shift_id, branch, state, since, scanned_at, recorded_at,
    shift_ends_at, ended_at, minutes)
    SELECT m.person_id, gen_random_uuid(), s.id, m.branch, 'served', s.starts_at, s.starts_at, s.starts_at,
    s.ends_at, s.ends_at, 480 FROM membership m JOIN duty_shift s ON s.station = m.branch
    WHERE m.from_at = '2026-01-01';
    INSERT INTO points_entry (person_id, id, branch, quarter, day, item, rule_version, points, minutes,
    source_kind, source_id, subject_id, at, made_at)
    SELECT a.person_id, gen_random_uuid(), a.branch, '2026Q4',
    (a.since AT TIME ZONE 'Asia/Shanghai')::date, 'duty', 1, abs(hashtext(a.id::text)) % 2, 480,
    'duty', a.id, a.id, a.since, a.ended_at FROM duty_attendance a;
    ANALYZE;
"""


def fill(connection: Connection, branches: int, members: int, shifts: int) -> None:
    """So many members over so many branches, each of whom was at all shifts of his station."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    for statement in FILL.format(branches=branches, members=members, shifts=shifts).split(";\n"):
        if statement.strip():
            connection.execute(text(statement))


def settle_all(home: Home, office: Somebody, branches: int) -> float:
    """The seconds that it took to settle every branch, one after the other."""
    begun = time.monotonic()
    for number in range(1, branches + 1):
        ok(step(office, "settle", branch=f"GS{number:03}"))
    return time.monotonic() - begun


@pytest.fixture
def upper(app: Flask, clock: StoppedClock) -> Somebody:
    clock.at = shanghai(2027, 1, 1, 9)
    return member(app, "upper", ("committee", "*"))


def test_a_settlement_takes_as_many_statements_for_many_as_for_few(
    app: Flask, home: Home, upper: Somebody, statements: list[str]
) -> None:
    with home.database.engine.begin() as connection:
        fill(connection, branches=3, members=90, shifts=40)
    ok(step(upper, "settle", branch="GS055"))  # of nobody
    del statements[:]
    ok(step(upper, "settle", branch="GS054"))
    few = len(statements)
    del statements[:]
    page = ok(step(upper, "settle", branch="GS001"))
    assert len(statements) == few == 23
    assert len(page["lines"]) == 30 + 4
    assert [line["rank"] for line in page["lines"]] == sorted(line["rank"] for line in page["lines"])
    assert page["reproduced"]
    assert settle_all(home, upper, 3) < 10


@pytest.mark.long
def test_3_200_members_with_435_000_attendances_are_settled_in_seconds(
    app: Flask, home: Home, upper: Somebody, first: Somebody, capsys: pytest.CaptureFixture[str]
) -> None:
    with home.database.engine.begin() as connection:
        fill(connection, branches=55, members=3200, shifts=136)
    assert sql(home, "SELECT count(*) FROM points_entry")[0][0] == 435_200
    took = settle_all(home, upper, 55)
    ok(step(upper, "publish", branch="GS001"))
    begun = time.monotonic()
    assert len(quarter(first)["ranking"]) > 58
    looked = time.monotonic() - begun
    with capsys.disabled():
        told = f"{Q4}: 55 branches settled in {took:.1f} s, one ranking read in {looked * 1000:.0f} ms"
        sys.stdout.write(f"\n{told}\n")
    assert took < 60
    assert looked < 1
    assert sql(home, "SELECT count(*), count(DISTINCT person_id) FROM points_score")[0][0] >= 3200
