"""Races of the quarter on the real database: objection and end, entries and settlement; with controls."""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.foundation.refusals import Refused
from app.points import ledger, own, quarters, rules, scoring
from app.points.models import PointsSettlement
from app.points.schemas import ObjectionIn
from app.web.callers import Caller
from tests.duty.helpers import StoppedClock, sql
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
    monkeypatch.setattr(own, "secretaries", meeting.after(own.secretaries))  # told of what was written
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


def test_without_holding_the_members_a_list_cannot_be_made_again(
    home: Home, clock: StoppedClock, office: Caller, person: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the settlement does not wait for entries that are being written."""
    monkeypatch.setattr(scoring, "hold_members", lambda *_: None)
    meeting = Meeting()
    monkeypatch.setattr(ledger, "write", meeting.after(ledger.write))
    monkeypatch.setattr(scoring, "write", meeting.after(scoring.write))
    assert not settled_among_entries(home, office, person, shanghai(2027, 1, 1, 9), entries=1)
