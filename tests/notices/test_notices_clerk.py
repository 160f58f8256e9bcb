"""What came of sends is written together, soon, and few are begun whose end is not written."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.notices import clerk, outbox
from app.notices.courier import senders
from app.notices.outbox import Ending
from app.wechat import Outcome, Sort
from tests.notices.helpers import Scripted, courier, credit_of, crowd, states, tell_one, with_notices

FAST = {"rate_per_s": 5000}


class Slow:
    """`outbox.settle`, which holds its first batch until it is let go, and notes how many come at a time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        self.asked = 0
        self.arrived, self.go_on = threading.Event(), threading.Event()
        self._settle = outbox.settle
        monkeypatch.setattr(outbox, "settle", self)

    def __call__(self, session: Session, now: datetime, endings: Sequence[Ending]) -> Any:
        self.sizes.append(len(endings))
        self.arrived.set()
        assert self.go_on.wait(30)
        return self._settle(session, now, endings)


@pytest.fixture
def sent_meanwhile(home: Home, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Slow]:
    """Runs a courier over the messages; the clerk's first write takes until nobody can send any more."""

    def run(number: int, platform: Scripted) -> Slow:
        for person_id in crowd(home, number):
            tell_one(home, person_id)
        slow = Slow(monkeypatch)
        sender = courier(home, platform, settings=with_notices(home.settings, **FAST))
        thread = threading.Thread(target=sender.run)
        thread.start()
        assert slow.arrived.wait(30)
        seen = -1
        while seen != len(platform.asked):
            seen = len(platform.asked)
            time.sleep(0.5)
        slow.asked = seen
        slow.go_on.set()
        thread.join(60)
        assert not thread.is_alive()
        return slow

    return run


def test_all_that_ended_meanwhile_is_written_in_one_transaction(
    home: Home, sent_meanwhile: Callable[..., Slow]
) -> None:
    slow = sent_meanwhile(20, Scripted())
    assert sum(slow.sizes) == 20
    assert len(slow.sizes) <= 4, slow.sizes
    assert states(home) == {"sent": 20}


def test_few_are_begun_while_nothing_can_be_written(home: Home, sent_meanwhile: Callable[..., Slow]) -> None:
    """So many at most become `unknown`, should the process die then."""
    most = 3 * senders(home.settings)
    slow = sent_meanwhile(most + 30, Scripted())
    assert slow.asked <= most
    assert states(home) == {"sent": most + 30}


def test_what_moves_a_credit_is_written_alone(home: Home, sent_meanwhile: Callable[..., Slow]) -> None:
    """Planning a mailing locks the credits of many people; two lockers of many would need one order."""
    slow = sent_meanwhile(8, Scripted(Outcome(Sort.REFUSED, 43101)))
    assert slow.sizes == [1] * 8
    assert states(home) == {"refused": 8}


def test_what_could_not_be_written_is_written_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known must not become unknown because the database was away for a moment."""
    people = crowd(home, 5, credit=2)
    for person_id in people:
        tell_one(home, person_id)
    settle, failures = outbox.settle, iter(range(2))

    def fails_twice(session: Session, now: datetime, endings: Sequence[Ending]) -> Any:
        settled = settle(session, now, endings)
        if next(failures, None) is not None:
            raise OperationalError("UPDATE", {}, Exception("connection lost"))
        return settled

    monkeypatch.setattr(outbox, "settle", fails_twice)
    monkeypatch.setattr(clerk, "_WRITE_AGAIN_AFTER_S", (0.01, 0.01, 0.01))
    platform = Scripted()
    courier(home, platform, settings=with_notices(home.settings, **FAST)).run()
    assert states(home) == {"sent": 5}
    assert len(platform.asked) == 5
    assert [credit_of(home, person_id) for person_id in people] == [1] * 5


def test_one_ending_that_cannot_be_written_takes_no_other_with_it(home: Home) -> None:
    """PostgreSQL keeps no NUL in a text."""
    for person_id in crowd(home, 6):
        tell_one(home, person_id)
    good = Outcome(Sort.DONE, 0)
    platform = Scripted(good, good, Outcome(Sort.DONE, 0, msgid="1\0"), good)
    courier(home, platform, settings=with_notices(home.settings, **FAST)).run()
    assert states(home) == {"sent": 5, "sending": 1}


def test_a_row_that_cannot_be_read_holds_nobody_up(home: Home) -> None:
    for person_id in crowd(home, 6):
        tell_one(home, person_id)
    with home.database.engine.begin() as connection:
        damaged = (
            "UPDATE delivery SET data = '\\x00' WHERE id = (SELECT id FROM delivery ORDER BY due_at LIMIT 1)"
        )
        connection.exec_driver_sql(damaged)
    platform = Scripted()
    courier(home, platform, settings=with_notices(home.settings, **FAST)).run()
    assert states(home) == {"sent": 5, "queued": 1}
    assert len(platform.asked) == 5


def test_what_is_begun_when_the_process_shall_end_is_not_sent_and_not_unknown(home: Home) -> None:
    """Nor does it count as a try, or towards the day."""
    number = 3 * senders(home.settings)
    for person_id in crowd(home, number):
        tell_one(home, person_id)
    stopping = threading.Event()

    class Stops(Scripted):
        def send_subscribe(self, *args: Any, **kwargs: Any) -> Outcome:
            answer = super().send_subscribe(*args, **kwargs)
            stopping.set()
            time.sleep(0.3)
            return answer

    platform = Stops()
    settings = with_notices(home.settings, **FAST, daily_cap=1000)
    courier(home, platform, settings=settings, stopping=stopping).run()
    sent = len(platform.asked)
    assert sent <= senders(home.settings)
    assert states(home) == {"sent": sent, "queued": number - sent}
    with home.database.transaction() as session:
        rows = session.execute(
            text("SELECT DISTINCT tries, lease_until FROM delivery WHERE state = 'queued'")
        )
        assert rows.all() == [(0, None)]
        assert session.scalar(text("SELECT taken FROM delivery_lane")) == sent


def test_a_slow_send_does_not_hold_up_the_next_to_somebody_else(home: Home) -> None:
    slow, quick = crowd(home, 2, credit=3)
    tell_one(home, slow)
    for _ in range(3):
        tell_one(home, quick)
    let_go = threading.Event()

    class Mixed(Scripted):
        def send_subscribe(self, openid: str, *args: Any, **kwargs: Any) -> Outcome:
            answer = super().send_subscribe(openid, *args, **kwargs)
            if openid == self.asked[0][0] and len(self.asked) == 1:
                assert let_go.wait(30)
            elif sum(1 for who, *_ in self.asked if who == openid) == 3:
                let_go.set()
            return answer

    courier(home, Mixed(), settings=with_notices(home.settings, **FAST)).run()
    assert let_go.is_set()
    assert states(home) == {"sent": 4}


def test_what_waits_is_let_go_when_the_database_fails(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for person_id in crowd(home, 10):
        tell_one(home, person_id)

    def fails(*_: Any, **__: Any) -> Any:
        raise OperationalError("UPDATE", {}, Exception("connection lost"))

    monkeypatch.setattr(outbox, "start", fails)
    with pytest.raises(OperationalError):
        courier(home, Scripted(), settings=with_notices(home.settings, **FAST)).run()
    with home.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM delivery WHERE lease_until IS NOT NULL")) == 0
