"""The ledger of credits: the balance is the sum, and no sequence of events brings it below zero."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.notices import credits
from tests.notices.helpers import TEMPLATE, credit_of, reasons, somebody

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OTHER = "another-template"


@pytest.fixture
def session(home: Home) -> Iterator[Session]:
    with home.database.transaction() as session:
        yield session


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["give", "return", "spend", "empty"]), st.booleans()), max_size=12))
def test_after_any_sequence_the_balance_is_what_a_plain_counter_says(
    home: Home, steps: list[tuple[str, bool]]
) -> None:
    person_id = somebody(home, uuid.uuid4().hex)
    counter = {TEMPLATE: 0, OTHER: 0}
    with home.database.transaction() as session:
        for step, other in steps:
            template = OTHER if other else TEMPLATE
            match step:
                case "give" | "return":
                    reason = "accepted" if step == "give" else "returned"
                    credits.give(session, NOW, person_id, template, reason=reason, source="test")
                    counter[template] += 1
                case "spend":
                    spent = credits.spend(session, NOW, person_id, template, "test")
                    assert spent == (counter[template] > 0)
                    counter[template] -= spent
                case "empty":
                    credits.empty(session, NOW, person_id, template, "test")
                    counter[template] = 0
            assert {t: credits.balance(session, person_id, t) for t in counter} == counter


def test_emptying_writes_reversing_entries_and_changes_none(home: Home) -> None:
    person_id = somebody(home, "wang", credit=3)
    with home.database.transaction() as session:
        credits.empty(session, NOW, person_id, TEMPLATE, "test")
    assert reasons(home, person_id) == {"accepted": 3, "refused": 3}
    assert credit_of(home, person_id) == 0


def test_one_person_s_credit_is_nobody_else_s(home: Home) -> None:
    somebody(home, "wang", credit=1)
    other = somebody(home, "li")
    with home.database.transaction() as session:
        assert credits.spend(session, NOW, other, TEMPLATE, "test") is False


def test_the_table_refuses_to_take_what_nobody_gave(home: Home, session: Session) -> None:
    person_id = somebody(home, "wang")
    taken = text(
        "INSERT INTO credit_entry (person_id, id, template_id, change, takes, reason, source, at)"
        " VALUES (:p, gen_random_uuid(), 'T', -1, gen_random_uuid(), 'spent', 'test', now())"
    )
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(taken, {"p": person_id})
