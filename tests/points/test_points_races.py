"""Races of the quarter on the real database: objection and end, entries and settlement; with controls."""

import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from psycopg.errors import DeadlockDetected
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.duty import hooks, tasks
from app.foundation.home import Home
from app.foundation.ids import new_id
from app.foundation.refusals import Refused
from app.points import ledger, objections, own, quarters, rules, scoring
from app.points.models import PointsObjection, PointsSettlement
from app.points.schemas import DecisionIn, ObjectionIn
from app.web.callers import Caller
from tests.duty.helpers import NOON, StoppedClock, make_shift, member, ok, sign_up, sql
from tests.points.helpers import Q4, shanghai
from tests.support.clients import Somebody
from tests.support.crowd import at_once
from tests.support.meeting import Meeting

ROUNDS = 25
UNTIL = shanghai(2027, 1, 8, 9)


@pytest.fixture
def office(secretary: Somebody) -> Caller:
    return Caller(uuid.UUID(secretary.user["id"]), "示例", frozenset({("secretary", "GS001")}))


@pytest.fixture
def person(first: Somebody) -> Caller:
    return Caller(uuid.UUID(first.user["id"]), "示例", frozenset({("member", "GS001")}))


def committed(home: Home, deed: Callable[[Session], object]) -> bool:
    """Whether it was done, not refused."""
    try:
        with home.database.transaction() as session:
            deed(session)
    except Refused:
        return False
    return True


def public_anew(home: Home, office: Caller) -> None:
    """The quarter is public until `UNTIL`, and nobody has objected."""
    with home.database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE points_objection, points_score, points_settlement CASCADE")
    with home.database.transaction() as session:
        quarters.settle(session, office, None, Q4, shanghai(2027, 1, 1, 9))
        quarters.publish(session, office, None, Q4, 7, shanghai(2027, 1, 1, 9))


def last_moment(home: Home, office: Caller, person: Caller) -> list[bool]:
    """One objects a moment before the window ends, the office finalizes a moment after."""
    said = ObjectionIn(text="示例")
    before = shanghai(2027, 1, 8, 8, 59)
    acts = [
        lambda: committed(home, lambda s: own.object_to(s, person, Q4, said, before)),
        lambda: committed(home, lambda s: quarters.finalize(s, office, None, Q4, UNTIL)),
    ]
    return at_once(acts)


def test_no_quarter_is_final_with_an_objection_that_nobody_heard(
    home: Home, office: Caller, person: Caller
) -> None:
    seen = set()
    for _ in range(ROUNDS):
        public_anew(home, office)
        objected, closed = last_moment(home, office, person)
        assert objected != closed
        seen.add(objected)
    assert seen <= {True, False}


def test_without_the_lock_an_objection_is_lost(
    home: Home, office: Caller, person: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the row is read, but not locked. Neither commits before both have decided."""

    def unlocked(session: Session, branch: str, quarter: rules.Quarter) -> PointsSettlement:
        return session.get_one(PointsSettlement, (branch, quarter.code))

    public_anew(home, office)
    meeting = Meeting()
    monkeypatch.setattr(quarters, "lock", unlocked)
    monkeypatch.setattr(own, "deciders", meeting.after(own.deciders))  # told of what was written
    monkeypatch.setattr(quarters, "_note", meeting.after(quarters._note))
    assert last_moment(home, office, person) == [True, True]


def settled_among_entries(
    home: Home, office: Caller, person: Caller, now: datetime, entries: int = 4
) -> bool:
    """So many entries are written while the office settles; whether the ledger gives the list again."""
    with home.database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE points_entry, points_score, points_settlement CASCADE")

    def earn() -> bool:
        source = uuid.uuid4()
        at = shanghai(2026, 12, 1, 9)
        deed = ledger.Deed(person.person_id, "course", "course", source, source, at, "示例")
        return committed(home, lambda s: ledger.earn(s, deed, now))

    settle = lambda: committed(home, lambda s: quarters.settle(s, office, None, Q4, now))  # noqa: E731
    assert all(at_once([settle, *[earn] * entries]))
    quarter = quarters.require_quarter(Q4)
    with home.database.transaction() as session:
        row = quarters.find(session, "GS001", quarter)
        assert row is not None
        return quarters.reproduced(session, row, quarter)


def test_entries_under_way_are_waited_for_or_come_after(
    home: Home, clock: StoppedClock, office: Caller, person: Caller
) -> None:
    now = shanghai(2027, 1, 1, 9)
    assert all(settled_among_entries(home, office, person, now) for _ in range(ROUNDS))
    assert sql(home, "SELECT count(*) FROM points_entry") == [(4,)]


def test_without_shutting_the_ledger_a_list_cannot_be_made_again(
    home: Home, clock: StoppedClock, office: Caller, person: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the settlement does not wait for entries that are being written."""
    monkeypatch.setattr(ledger, "shut", lambda *_: None)
    meeting = Meeting()
    monkeypatch.setattr(ledger, "write", meeting.after(ledger.write))
    monkeypatch.setattr(scoring, "write", meeting.after(scoring.write))
    assert not settled_among_entries(home, office, person, shanghai(2027, 1, 1, 9), entries=1)


def corrected_at_the_end(home: Home, office: Caller, person: Caller) -> tuple[bool, list[str]]:
    """The office finalizes while something of the quarter is entered late: whether it is final, and in which
    quarters the entries count."""
    with home.database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE points_entry")
    public_anew(home, office)
    source = uuid.uuid4()
    at = shanghai(2026, 12, 1, 9)
    deed = ledger.Deed(person.person_id, "course", "course", source, source, at, "示例")
    acts = [
        lambda: committed(home, lambda s: quarters.finalize(s, office, None, Q4, UNTIL)),
        lambda: committed(home, lambda s: ledger.earn(s, deed, UNTIL)),
    ]
    closed, entered = at_once(acts)
    assert entered
    return closed, [row[0] for row in sql(home, "SELECT quarter FROM points_entry")]


def test_what_is_entered_as_the_quarter_ends_is_in_its_list_or_counts_in_the_next(
    home: Home, clock: StoppedClock, office: Caller, person: Caller
) -> None:
    for _ in range(ROUNDS):
        seen = corrected_at_the_end(home, office, person)
        assert seen in [(False, [Q4]), (True, ["2027Q1"])]


def test_without_shutting_the_ledger_points_reach_no_list(
    home: Home, clock: StoppedClock, office: Caller, person: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the quarter is closed while an entry of it is under way, which no list shows."""
    monkeypatch.setattr(ledger, "shut", lambda *_: None)
    meeting, note = Meeting(), quarters._note

    def meet_at_the_end(session: Session, caller: Caller, act: str, *about: Any) -> None:
        note(session, caller, act, *about)
        if act == "points.finalized":
            meeting.come()

    monkeypatch.setattr(quarters, "_note", meet_at_the_end)
    monkeypatch.setattr(ledger, "write", meeting.after(ledger.write))
    assert corrected_at_the_end(home, office, person) == (True, [Q4])


@pytest.fixture
def both_on_duty(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody, key: str
) -> None:
    """It is the new quarter; two members forgot to leave, the one first in the order of ids ended last."""
    clock.at = shanghai(2027, 1, 1, 9)
    later, sooner = sorted([first, second], key=lambda who: who.user["id"])
    for who, hours in ((sooner, 1), (later, 2)):
        shift = make_shift(secretary, (clock.at - NOON) / timedelta(hours=1) + 1, hours)
        ok(sign_up(who, shift), 201)
    clock.go(hours=1)
    for who in (sooner, later):
        ok(who.post("/duty/attendance", {"code": key}), 201)
    clock.go(hours=4)


def tick_and_settlement(
    home: Home, office: Caller, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> list[BaseException | None]:
    """The clockwork closes both attendances in one transaction; between the two the old quarter is settled,
    until it has to wait or is done. What went wrong with either."""
    between, settled = threading.Event(), threading.Event()
    count = ledger.duty_counted

    def counted(session: Session, line: hooks.Counted, now: datetime) -> None:
        count(session, line, now)
        if not between.is_set():
            between.set()
            until(lambda: settled.is_set() or somebody_waits(home))

    monkeypatch.setitem(hooks._listeners, "points", counted)

    def settle() -> None:
        between.wait(60)
        try:
            with home.database.transaction() as session:
                quarters.settle(session, office, None, Q4, clock.now())
        finally:
            settled.set()

    return at_once([lambda: trouble(lambda: tasks.wind_up(home)), lambda: trouble(settle)])


def trouble(deed: Callable[[], object]) -> BaseException | None:
    try:
        deed()
    except OperationalError as error:
        return error.orig
    return None


def until(it_is_so: Callable[[], bool]) -> None:
    while not it_is_so():
        time.sleep(0.01)


def somebody_waits(home: Home) -> bool:
    """Whether a statement of ours waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    return sql(home, f"{waiting} AND wait_event_type = 'Lock'") != [(0,)]


def test_a_settlement_and_the_clockwork_never_wait_for_each_other(
    home: Home, office: Caller, clock: StoppedClock, both_on_duty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tick_and_settlement(home, office, clock, monkeypatch) == [None, None]
    assert sql(home, "SELECT count(*) FROM points_entry WHERE quarter = '2027Q1'") == [(2,)]
    assert sql(home, "SELECT state FROM points_settlement WHERE quarter = '2026Q4'") == [("settled",)]


def test_with_the_persons_locked_instead_of_the_ledger_they_do(
    home: Home, office: Caller, clock: StoppedClock, both_on_duty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control, as it once was: it holds the first and waits for the second, the other has the
    second and waits for the first."""
    held = text(scoring._LOCK.text.replace("FOR KEY SHARE", "FOR UPDATE"))
    assert held.text != scoring._LOCK.text
    monkeypatch.setattr(scoring, "_LOCK", held)
    seen = tick_and_settlement(home, office, clock, monkeypatch)
    assert [type(fault) for fault in seen if fault] == [DeadlockDetected]


def test_two_branches_that_decide_at_once_do_not_stand_in_each_other_s_way(
    app: Flask, home: Home, clock: StoppedClock, office: Caller, first: Somebody, second: Somebody
) -> None:
    """Both write an entry and shut the ledger of the same quarter."""
    member(app, "second-office", ("secretary", "GS002"))
    both = Caller(office.person_id, "示例", frozenset({("secretary", "GS001"), ("secretary", "GS002")}))
    for round_number in range(10):
        with home.database.engine.begin() as connection:
            connection.exec_driver_sql(
                "TRUNCATE points_entry, points_objection, points_score, points_settlement CASCADE"
            )
        asked = [objection(home, both, *about) for about in ((first, "GS001"), (second, "GS002"))]
        said = DecisionIn(accept=True, text="示例", points=round_number + 1)

        def decide(made: uuid.UUID, said: DecisionIn = said) -> bool:
            act = lambda s: objections.decide(s, both, made, said, UNTIL)  # noqa: E731
            return committed(home, act)

        assert at_once([partial(decide, made) for made in asked]) == [True, True]
    assert sql(home, "SELECT DISTINCT points FROM points_entry") == [(10,)]


def objection(home: Home, office: Caller, who: Somebody, branch: str) -> uuid.UUID:
    """Somebody's against the list of a branch, which is settled and public."""
    now, made = shanghai(2027, 1, 1, 9), new_id()
    with home.database.transaction() as session:
        quarters.settle(session, office, branch, Q4, now)
        quarters.publish(session, office, branch, Q4, 7, now)
        about = {"branch": branch, "quarter": Q4, "text": "示例", "made_at": now}
        session.add(PointsObjection(person_id=uuid.UUID(who.user["id"]), id=made, **about))
    return made
