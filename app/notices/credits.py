"""The ledger of message credits: one accept, one credit; nothing is ever changed, only added to."""

import uuid
from datetime import datetime

from sqlalchemy import CTE, Select, Text, cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from app.foundation.database import UtcDateTime, table_of
from app.foundation.ids import new_id
from app.notices.models import CreditEntry


def balance(session: Session, person_id: uuid.UUID, template_id: str) -> int:
    """How many messages of this template the person still wants, as far as we know."""
    total = func.coalesce(func.sum(CreditEntry.change), 0)
    mine = select(total).where(CreditEntry.person_id == person_id, CreditEntry.template_id == template_id)
    return int(session.execute(mine).scalar_one())


def give(
    session: Session, now: datetime, person_id: uuid.UUID, template_id: str, *, reason: str, source: object
) -> None:
    """One credit more: the person accepted, or a message was certainly not sent."""
    session.execute(
        insert(CreditEntry).values(
            person_id=person_id,
            id=new_id(),
            template_id=template_id,
            change=1,
            reason=reason,
            source=str(source),
            at=now,
        )
    )


def spend(session: Session, now: datetime, person_id: uuid.UUID, template_id: str, source: object) -> bool:
    """Take one credit; False when there is none.

    The unique key decides: of two who take the same credit at once, the second waits for the first to commit,
    and then looks for another.
    """
    while (credit := session.scalar(_untaken(person_id, template_id).limit(1))) is not None:
        taken = insert(CreditEntry).values(
            person_id=person_id,
            id=new_id(),
            template_id=template_id,
            change=-1,
            takes=credit,
            reason="spent",
            source=str(source),
            at=now,
        )
        # SQLAlchemy keeps no row count of an INSERT (it says -1): the row that comes back tells.
        if session.scalar(taken.on_conflict_do_nothing().returning(CreditEntry.id)) is not None:
            return True
    return False


def given_back(ended: CTE, now: datetime) -> CTE:
    """The part of a statement that gives back the credits of the deliveries it ends."""
    entries = select(
        ended.c.person_id,
        func.gen_random_uuid(),
        ended.c.template_id,
        literal(1),
        literal("returned"),
        cast(ended.c.id, Text),
        literal(now, UtcDateTime),
    )
    columns = ["person_id", "id", "template_id", "change", "reason", "source", "at"]
    return insert(table_of(CreditEntry)).from_select(columns, entries).cte("given_back")


def empty(
    session: Session,
    now: datetime,
    person_id: uuid.UUID,
    template_id: str,
    source: object,
    *,
    given_before: datetime | None = None,
) -> None:
    """Take whatever is left, of what was given before that moment if one is named: WeChat has said that there
    is nothing (43101), or the person has switched the template off."""
    untaken = _untaken(person_id, template_id)
    if given_before is not None:
        untaken = untaken.where(CreditEntry.at < given_before)
    left = untaken.subquery()
    entries = select(
        literal(person_id),
        func.gen_random_uuid(),
        literal(template_id),
        literal(-1),
        left.c.id,
        literal("refused"),
        literal(str(source)),
        literal(now, UtcDateTime),
    )
    columns = ["person_id", "id", "template_id", "change", "takes", "reason", "source", "at"]
    session.execute(insert(CreditEntry).from_select(columns, entries).on_conflict_do_nothing())


def _untaken(person_id: uuid.UUID, template_id: str) -> Select[uuid.UUID]:
    """Credits that nothing has taken, the oldest first."""
    taker = aliased(CreditEntry)
    return (
        select(CreditEntry.id)
        .where(
            CreditEntry.person_id == person_id,
            CreditEntry.template_id == template_id,
            CreditEntry.change == 1,
            ~exists().where(taker.person_id == CreditEntry.person_id, taker.takes == CreditEntry.id),
        )
        .order_by(CreditEntry.at, CreditEntry.id)
    )
