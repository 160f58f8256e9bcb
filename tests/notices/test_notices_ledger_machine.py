"""The ledger under any interleaving of transactions: the balance is the sum and never below zero."""

import uuid
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.notices import credits
from app.notices.models import CreditEntry
from tests.notices.helpers import TEMPLATE, credit_of, somebody

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SEATS = st.integers(0, 2)


def test_the_ledger_holds_in_any_interleaving(home: Home) -> None:
    """Three transactions side by side; whoever has to wait for another is turned away by the time-out."""

    class Ledger(RuleBasedStateMachine):
        """`model` is what a plain counter says of what was committed; `pending` what each open one adds."""

        @initialize()
        def begin(self) -> None:
            self.person = somebody(home, uuid.uuid4().hex)
            self.open: dict[int, Session] = {}
            self.pending: Counter[int] = Counter()
            self.model = 0

        def seat(self, number: int) -> Session:
            if number not in self.open:
                self.open[number] = home.database.session()
                self.open[number].execute(text("SET LOCAL lock_timeout = '40ms'"))
            return self.open[number]

        def attempt(self, number: int, work: Any) -> Any:
            """None when it had to wait and gave up; its transaction is rolled back."""
            try:
                return work(self.seat(number))
            except OperationalError:
                self.leave(number, commit=False)
                return None

        def leave(self, number: int, *, commit: bool) -> None:
            session = self.open.pop(number, None)
            if session is None:
                return
            if commit:
                session.commit()
                self.model += self.pending[number]
            session.close()
            del self.pending[number]

        def seen(self, session: Session) -> int:
            return credits.balance(session, self.person, TEMPLATE)

        @rule(number=SEATS, reason=st.sampled_from(["accepted", "returned"]))
        def give(self, number: int, reason: str) -> None:
            def work(session: Session) -> bool:
                credits.give(session, NOW, self.person, TEMPLATE, reason=reason, source="test")
                return True

            self.pending[number] += bool(self.attempt(number, work))

        @rule(number=SEATS)
        def spend(self, number: int) -> None:
            before = self.attempt(number, self.seen)
            taken = self.attempt(number, lambda s: credits.spend(s, NOW, self.person, TEMPLATE, "test"))
            if taken is not None:
                assert taken == (before > 0), "who saw a credit and had to wait for nobody gets it"
                self.pending[number] -= taken

        @rule(number=SEATS)
        def empty(self, number: int) -> None:
            before = self.attempt(number, self.seen)

            def work(session: Session) -> bool:
                credits.empty(session, NOW, self.person, TEMPLATE, "test")
                assert self.seen(session) == 0
                return True

            if self.attempt(number, work):
                self.pending[number] -= before

        @rule(number=SEATS)
        def commit(self, number: int) -> None:
            self.leave(number, commit=True)

        @rule(number=SEATS)
        def roll_back(self, number: int) -> None:
            self.leave(number, commit=False)

        @invariant()
        def what_is_committed_is_what_a_counter_says(self) -> None:
            assert credit_of(home, self.person) == self.model >= 0
            for number, session in self.open.items():
                assert self.seen(session) == self.model + self.pending[number] >= 0

        def teardown(self) -> None:
            for number in list(getattr(self, "open", {})):
                self.leave(number, commit=True)
            if hasattr(self, "person"):
                assert credit_of(home, self.person) == self.model >= 0

    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


def test_without_the_unique_key_a_credit_would_be_taken_twice(home: Home) -> None:
    """The control: the same two who spend at once, on a table that lets them."""
    person_id = somebody(home, "wang", credit=1)
    with home.database.transaction() as session:
        session.execute(text("DROP INDEX uq_credit_entry_takes"))
    first, second = home.database.session(), home.database.session()
    for session in (first, second):
        assert credits.spend(session, NOW, person_id, TEMPLATE, "test")
    first.commit()
    second.commit()
    first.close()
    second.close()
    assert credit_of(home, person_id) == -1
    with home.database.transaction() as session:
        assert session.scalar(select(func.count()).where(CreditEntry.takes.is_not(None))) == 2


@pytest.mark.parametrize("number", [2, 5])
def test_what_was_taken_is_never_more_than_what_was_given(home: Home, number: int) -> None:
    person_id = somebody(home, "wang", credit=number)
    for turn in range(number + 2):
        with home.database.transaction() as session:
            assert credits.spend(session, NOW, person_id, TEMPLATE, turn) == (turn < number)
    assert credit_of(home, person_id) == 0
