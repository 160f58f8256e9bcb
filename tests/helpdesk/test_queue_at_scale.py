"""The queue with a hundred thousand requests behind it: few statements, each quick and by an index."""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from app.console import reading
from app.foundation.home import Home
from app.web.callers import Caller
from tests.support.clients import Somebody, sign_in

QUICK_S = 1.0
_COLUMNS = """origin, id, number, kind, urgency, state, station, side, desk, text, details, created_at,
ack_by, answer_by, close_by, due_at, reopened, holder_id, holder_since, acknowledged_at"""
# Copies of one real request: a fifth of them open, every seventh at the desk that is looked at.
_FILL = f"""
INSERT INTO help_request ({_COLUMNS})
SELECT made.desk, gen_random_uuid(), 'N' || n, kind, urgency, made.state, station, side, made.desk, text,
       details, at, at + interval '2 hours', at + interval '2 days', at + interval '5 days',
       at + interval '2 hours', 0, CASE WHEN held THEN CAST(:holder AS uuid) END, CASE WHEN held THEN at END,
       CASE WHEN held THEN at END
FROM help_request, LATERAL (
    SELECT n, n % 10 <> 0 AS held, now() - n * interval '5 seconds' AS at,
           CASE WHEN n % 7 = 0 THEN 'GS001' ELSE 'GS' || lpad((1 + n % 55)::text, 3, '0') END AS desk,
           CASE WHEN n % 10 = 0 THEN 'new' WHEN n % 10 = 1 THEN 'handling' ELSE 'closed' END AS state
    FROM generate_series(1, :many) AS n) AS made
"""
PATHS = ("", "?state=all", "?state=closed", "?mine=true", "?kind=other&state=new", "?station=GS001")
SCOPES: list[set[tuple[str, str]]] = [
    {("staff", "GS001")},
    {("supervisor", "*")},
    {("staff", "GS001"), ("responder", "GS001"), ("staff", "GS002")},
]


@dataclass
class Watched:
    """Statements with how long each took and what was sent along."""

    home: Home
    seen: list[tuple[float, str, Any]] = field(default_factory=list)

    def scans(self) -> list[str]:
        """Those that read the requests from end to end, and would the longer the more there are."""
        with self.home.database.engine.connect() as connection:
            plans = {statement: self._plan(connection, statement, sent) for _, statement, sent in self.seen}
        return [statement for statement, plan in plans.items() if "Seq Scan on help_request" in plan]

    def _plan(self, connection: Any, statement: str, sent: Any) -> str:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN {statement}", sent)
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.fixture
def watched(home: Home) -> Iterator[Watched]:
    """What the queue asks of the database from here on; the sign-in is found by another way."""
    found = Watched(home)

    def before(_: object, __: object, ___: str, ____: Any, context: Any, _____: bool) -> None:
        if context is not None:
            context.began = time.monotonic()

    def after(_: object, __: object, statement: str, sent: Any, context: Any, ___: bool) -> None:
        if context is not None:
            found.seen.append((time.monotonic() - context.began, statement, sent))

    event.listen(home.database.engine, "before_cursor_execute", before)
    event.listen(home.database.engine, "after_cursor_execute", after)
    yield found
    event.remove(home.database.engine, "before_cursor_execute", before)
    event.remove(home.database.engine, "after_cursor_execute", after)


def fill(home: Home, driver: Somebody, staff: Somebody, many: int) -> None:
    made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例"})
    assert made.status_code == 201, made.text
    with home.database.transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text(_FILL), {"many": many, "holder": staff.user["id"]})
    with home.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE help_request"))


@pytest.mark.parametrize("many", [20_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_the_queue_costs_a_statement_and_each_goes_by_an_index(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, watched: Watched, many: int
) -> None:
    """Over HTTP, the first page and the next, at one desk and everywhere; and what the console reads."""
    fill(home, driver, staff, many)
    for who in (staff, sign_in(app, "supervisor")):
        for path in PATHS:
            for page in pages(who, path, watched):
                assert page <= 1, (path, watched.seen)
    for grants in SCOPES:
        caller = Caller(uuid.UUID(staff.user["id"]), "示例", frozenset(grants))
        for read in (reading.open_work, reading.ended_work):
            del watched.seen[:]
            with home.database.transaction() as session:
                assert len(read(session, caller)) >= reading.MOST_ENDED
            check(watched)
            assert len(watched.seen) == 1


def pages(who: Somebody, path: str, watched: Watched) -> Iterator[int]:
    """How many statements the first page takes, and the second."""
    cursor = ""
    for _ in range(2):
        del watched.seen[:]
        sign = "&" if "?" in path else "?"
        answer = who.get(f"/staff/requests{path}{sign}limit=100{cursor}")
        assert answer.status_code == 200, answer.text
        check(watched)
        yield len(watched.seen)
        if not answer.json["next_cursor"]:
            return
        cursor = f"&cursor={answer.json['next_cursor']}"


def check(watched: Watched) -> None:
    slow = [(took, statement) for took, statement, _ in watched.seen if took >= QUICK_S]
    assert not slow
    assert not watched.scans()


def test_without_its_indexes_the_queue_is_read_from_end_to_end(
    home: Home, driver: Somebody, staff: Somebody, watched: Watched
) -> None:
    """The negative control."""
    fill(home, driver, staff, 2_000)
    with home.database.transaction() as session:
        for name in ("urgent", "all", "desk_all", "queue", "desk", "created", "holder"):
            session.execute(text(f"DROP INDEX ix_help_request_{name}"))
    del watched.seen[:]
    assert staff.get("/staff/requests").status_code == 200
    assert watched.scans()
