"""Planning a mailing: the inbox entries, credits and deliveries of a batch of people, set by set."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_leave
from sqlalchemy.orm import Session

from app.foundation.database import UtcDateTime, table_of
from app.notices.models import CreditEntry, Delivery, InboxEntry, Mailing
from app.people.models import Person

_entry = table_of(InboxEntry)
_credit = table_of(CreditEntry)
_delivery = table_of(Delivery)
_person = table_of(Person)

_NIL = uuid.UUID(int=0)


def plan(session: Session, now: datetime, mailing_id: uuid.UUID, recipients: Select[Any], most: int) -> int:
    """See `mailings.plan_batch`."""
    found = session.execute(
        select(Mailing.state, Mailing.kind, Mailing.messages, Mailing.cursor, Mailing.planned_at)
        .where(Mailing.id == mailing_id)
        .with_for_update(key_share=True)
    ).one()
    if found.state != "open" or found.planned_at is not None:
        return 0
    after = found.cursor or _NIL
    people, told, last = _tell(session, now, mailing_id, found.kind, recipients, after, most)
    if people == 0:
        _note(session, mailing_id, planned_at=now)
        return 0
    addressed = _address(session, now, mailing_id, list(found.messages), after, last)
    _note(session, mailing_id, cursor=last, told=Mailing.told + told, addressed=Mailing.addressed + addressed)
    return people


def _note(session: Session, mailing_id: uuid.UUID, **values: Any) -> None:
    noted = update(Mailing).where(Mailing.id == mailing_id).values(**values)
    session.execute(noted.execution_options(synchronize_session=False))


def _tell(
    session: Session,
    now: datetime,
    mailing_id: uuid.UUID,
    kind: str,
    recipients: Select[Any],
    after: uuid.UUID,
    most: int,
) -> tuple[int, int, Any]:
    """Inbox entries for the next people: how many people, how many entries, and who was the last.

    The cursor is written out, so that no two statements are alike: each is planned for where it stands and
    whom it selects. (To force that by `plan_cache_mode` would plan each check of a foreign key anew, too.)
    """
    wanted = recipients.subquery("wanted")
    person = wanted.c[0]
    cursor: ColumnElement[uuid.UUID] = literal_column(f"'{after}'::uuid", Uuid)
    who = select(person.label("id")).where(person > cursor).distinct().order_by(person).limit(most).cte("who")
    entries = select(
        who.c.id, func.gen_random_uuid(), literal(kind), literal(now, UtcDateTime), literal(mailing_id)
    )
    told = (
        insert_or_leave(_entry)
        .from_select(["person_id", "id", "kind", "at", "mailing_id"], entries)
        .on_conflict_do_nothing()
        .returning(_entry.c.person_id)
        .cte("told")
    )
    row = session.execute(
        select(
            select(func.count()).select_from(who).scalar_subquery(),
            select(func.count()).select_from(told).scalar_subquery(),
            select(who.c.id).order_by(who.c.id.desc()).limit(1).scalar_subquery(),
        )
    ).one()
    return row[0], row[1], row[2]


def _address(
    session: Session,
    now: datetime,
    mailing_id: uuid.UUID,
    templates: list[str],
    after: uuid.UUID,
    last: uuid.UUID,
) -> int:
    """Deliveries for those of this batch who have a credit, which is spent here; how many.

    A credit that somebody else takes at the same moment is lost to the unique key; whoever lost one and has
    another left is found by the next round.
    """
    batch = and_(_entry.c.mailing_id == mailing_id, _entry.c.person_id > after, _entry.c.person_id <= last)
    addressed = 0
    again: ColumnElement[bool] = true()
    while templates:
        free, spent = session.execute(_spend_and_queue(now, mailing_id, and_(batch, again), templates)).one()
        addressed += spent
        if spent == free:
            break
        again = ~exists().where(
            _delivery.c.mailing_id == mailing_id, _delivery.c.person_id == _entry.c.person_id
        )
    return addressed


def _spend_and_queue(
    now: datetime, mailing_id: uuid.UUID, batch: ColumnElement[bool], templates: list[str]
) -> Select[Any]:
    """A delivery has the id of its inbox entry, and what is spent for it names it: nothing has to be joined
    whose size the planner cannot know.
    """
    credit = _first_free_credit(templates).lateral("credit")
    free = (
        select(_entry.c.person_id, _entry.c.id, credit.c.id.label("credit_id"), credit.c.template_id)
        .join_from(_entry, credit, true())
        .where(batch)
        .cte("free")
    )
    spent = _spent(now, free)
    queued = _queued(now, mailing_id, spent)
    return select(
        select(func.count()).select_from(free).scalar_subquery(),
        select(func.count()).select_from(queued).scalar_subquery(),
    )


def _spent(now: datetime, free: CTE) -> CTE:
    """A ledger entry that takes each of these credits; one that somebody else has just taken is left out."""
    taken = select(
        free.c.person_id,
        func.gen_random_uuid(),
        free.c.template_id,
        literal_column("-1"),
        free.c.credit_id,
        literal_column("'spent'"),
        cast(free.c.id, Text),
        literal(now, UtcDateTime),
    )
    columns = ["person_id", "id", "template_id", "change", "takes", "reason", "source", "at"]
    return (
        insert_or_leave(_credit)
        .from_select(columns, taken)
        .on_conflict_do_nothing()
        .returning(_credit.c.person_id, _credit.c.template_id, cast(_credit.c.source, Uuid).label("id"))
        .cte("spent")
    )


def _queued(now: datetime, mailing_id: uuid.UUID, spent: CTE) -> CTE:
    """A delivery for each credit that was spent."""
    moment = literal(now, UtcDateTime)
    wishes = select(
        spent.c.person_id,
        spent.c.id,
        spent.c.id,
        spent.c.template_id,
        literal_column("'queued'"),
        moment,
        moment,
        literal(mailing_id),
    )
    columns = ["person_id", "id", "inbox_id", "template_id", "state", "due_at", "created_at", "mailing_id"]
    return insert(_delivery).from_select(columns, wishes).returning(_delivery.c.person_id).cte("queued")


def _first_free_credit(templates: list[str]) -> Select[Any]:
    """For the person of an entry, if WeChat knows him: the oldest untaken credit of the first template.

    As something to look up for each entry: whatever the statistics say, it is a few steps through indexes.
    """
    taker = _credit.alias("taker")
    order = case({template: place for place, template in enumerate(templates)}, value=_credit.c.template_id)
    return (
        select(_credit.c.id, _credit.c.template_id)
        .join_from(_person, _credit, _credit.c.person_id == _person.c.id)
        .where(
            _person.c.id == _entry.c.person_id,
            _person.c.state == "active",
            _person.c.openid.is_not(None),
            _credit.c.template_id.in_(templates),
            _credit.c.change == 1,
            ~exists().where(taker.c.person_id == _credit.c.person_id, taker.c.takes == _credit.c.id),
        )
        .order_by(order, _credit.c.at, _credit.c.id)
        .limit(1)
    )
