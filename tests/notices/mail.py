"""What the tests of mailings share: one to everybody, planned in small batches, and how it stands."""

import uuid
from typing import Any

from sqlalchemy import Select, select

from app.foundation.home import Home
from app.notices import mailings
from app.notices.mailings import Tally
from app.notices.service import Message
from app.people.models import Person

EVERYBODY = select(Person.id)
MESSAGE = Message(scene="request", values={"title": "道路封闭", "text": "详见公告"}, page="/pages/b?id=1")


def make(home: Home, **changed: Any) -> uuid.UUID:
    """A mailing that nobody has yet."""
    given: dict[str, Any] = {"kind": "bulletin", "title": "道路封闭", "text": "G30 封闭"}
    given |= {"ref": {"bulletin_id": "1"}, "message": MESSAGE, "expires_at": None}
    with home.database.transaction() as session:
        return mailings.create(session, home.clock.now(), **{**given, **changed})


def plan_one(home: Home, mailing_id: uuid.UUID, most: int, recipients: Select[Any] = EVERYBODY) -> int:
    """One batch in a transaction of its own."""
    with home.database.transaction() as session:
        return mailings.plan_batch(session, home.clock.now(), mailing_id, recipients, most)


def plan(home: Home, mailing_id: uuid.UUID, most: int = 7, recipients: Select[Any] = EVERYBODY) -> list[int]:
    """All batches; how many people each had."""
    batches: list[int] = []
    while not batches or batches[-1]:
        batches.append(plan_one(home, mailing_id, most, recipients))
    return batches


def tally(home: Home, mailing_id: uuid.UUID) -> Tally:
    """How it stands, after a look whether the parts add up."""
    with home.database.transaction() as session:
        found = mailings.tally(session, mailing_id)
    parts = (
        found.queued,
        found.sending,
        found.sent,
        found.refused,
        found.failed,
        found.expired,
        found.unknown,
    )
    assert sum(parts) == found.total
    assert found.total + found.inbox_only == found.inbox
    return found


def people(home: Home) -> int:
    """How many there are."""
    with home.database.transaction() as session:
        return len(session.scalars(EVERYBODY).all())
