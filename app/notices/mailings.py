"""One message to many people: planned in batches by the database itself, paused, withdrawn, counted."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, true, update
from sqlalchemy.orm import Session

from app.foundation.database import rows_changed
from app.foundation.ids import new_id
from app.notices import outbox, planning
from app.notices.models import CreditEntry, Delivery, Mailing
from app.notices.rules import KINDS, STATES
from app.notices.service import Message
from app.notices.templates import catalogue, message_data
from app.people.models import Person

_AT_ONCE = 5000


@dataclass(frozen=True)
class Tally:
    """How a mailing stands. `total` counts the WeChat deliveries and is the sum of the seven after it.

    `inbox` people have it in their inbox; for `inbox_only` of them nothing was to be sent.
    """

    inbox: int
    inbox_only: int
    total: int
    queued: int
    sending: int
    sent: int
    refused: int
    failed: int
    expired: int
    unknown: int


def create(
    session: Session,
    now: datetime,
    *,
    kind: str,
    title: str,
    text: str,
    ref: dict[str, str] | None = None,
    message: Message | None = None,
    expires_at: datetime | None = None,
) -> uuid.UUID:
    """A mailing that nobody has yet; answers its id. Then `plan_batch` until that answers 0.

    Without a `message` it reaches the inbox only; past `expires_at` WeChat is not told any more. ValueError
    for a kind that the inbox does not know.
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of notice: {kind}")
    templates = catalogue().of_scene(message.scene) if message else []
    mailing = Mailing(
        id=new_id(),
        kind=kind,
        title=title,
        text=text,
        ref=ref,
        messages={t.id: message_data(t, message.values, now) for t in templates if message},
        page=message.page.lstrip("/") if message else "",
        state="open",
        expires_at=expires_at,
        created_at=now,
    )
    session.add(mailing)
    session.flush()
    return mailing.id


def plan_batch(
    session: Session, now: datetime, mailing_id: uuid.UUID, recipients: Select[Any], most: int = _AT_ONCE
) -> int:
    """Plan the next `most` people in the order of their ids; answers how many there were, 0 when all are.

    `recipients` selects one column, the person's id. To be committed a batch: what a crash leaves is either
    all of a batch or nothing of it, and the next call goes on behind the last one that was kept. Two who plan
    the same mailing wait for each other. Nothing is planned while it is paused, or once it is withdrawn.
    """
    return planning.plan(session, now, mailing_id, recipients, most)


def is_planned(session: Session, mailing_id: uuid.UUID) -> bool:
    """Whether everybody has it: tells the 0 that means "done" from that of a mailing that was paused."""
    return session.scalar(select(Mailing.planned_at).where(Mailing.id == mailing_id)) is not None


def pause(session: Session, now: datetime, mailing_id: uuid.UUID) -> bool:
    """What is queued stays queued; what is being sent comes to its end. False when it was not going on."""
    return _turn(session, mailing_id, ("open",), state="paused")


def resume(session: Session, now: datetime, mailing_id: uuid.UUID) -> bool:
    """Go on. False when it was not paused."""
    return _turn(session, mailing_id, ("paused",), state="open")


def withdraw(session: Session, now: datetime, mailing_id: uuid.UUID) -> bool:
    """Nothing of it is sent any more; False when it was withdrawn before.

    What is queued becomes `expired` and its credits come back: some thousands at once, the rest of a large
    one within seconds by the clockwork (`notices.mailings`).
    """
    if not _turn(session, mailing_id, ("open", "paused"), state="withdrawn"):
        return False
    outbox.end_queued(session, now, mailing_id, _AT_ONCE)
    return True


def _turn(session: Session, mailing_id: uuid.UUID, before: tuple[str, ...], *, state: str) -> bool:
    turned = (
        update(Mailing)
        .where(Mailing.id == mailing_id, Mailing.state.in_(before))
        .values(state=state)
        .execution_options(synchronize_session="fetch")
    )
    return rows_changed(session.execute(turned)) == 1


def tally(session: Session, mailing_id: uuid.UUID) -> Tally:
    """How it stands, from one statement, so that the parts add up at every moment. KeyError for none."""
    by_state = (
        select(Delivery.state, func.count().label("number"))
        .where(Delivery.mailing_id == mailing_id)
        .group_by(Delivery.state)
        .cte("by_state")
    )
    rows = session.execute(
        select(Mailing.told, Mailing.addressed, by_state.c.state, by_state.c.number)
        .join_from(Mailing, by_state, true(), isouter=True)
        .where(Mailing.id == mailing_id)
    ).all()
    if not rows:
        raise KeyError(mailing_id)
    counts = dict.fromkeys(STATES, 0) | {row.state: row.number for row in rows if row.state}
    told, addressed = rows[0].told, rows[0].addressed
    return Tally(inbox=told, inbox_only=told - addressed, total=sum(counts.values()), **counts)


def reach(session: Session, recipients: Select[Any], scene: str) -> tuple[int, int, int]:
    """How many people these are, how many WeChat would be told for, and how many lack only the credit.

    Somebody disabled, or who never came through WeChat, is in neither of the last two.
    """
    people = _distinct(recipients)
    wanted = select(CreditEntry.person_id).where(
        CreditEntry.template_id.in_([template.id for template in catalogue().of_scene(scene)])
    )
    some_left = wanted.group_by(CreditEntry.person_id, CreditEntry.template_id).having(
        func.sum(CreditEntry.change) > 0
    )
    credit = some_left.distinct().cte("credit")
    known = and_(Person.state == "active", Person.openid.is_not(None))
    row = session.execute(
        select(
            func.count(),
            func.count().filter(known, credit.c.person_id.is_not(None)),
            func.count().filter(known, credit.c.person_id.is_(None)),
        )
        .select_from(people)
        .join(Person, Person.id == people.c.person_id)
        .outerjoin(credit, credit.c.person_id == people.c.person_id)
    ).one()
    return row[0], row[1], row[2]


def _distinct(recipients: Select[Any]) -> Any:
    wanted = recipients.subquery("wanted")
    return select(wanted.c[0].label("person_id")).distinct().subquery("people")


def wind_up(session: Session, now: datetime) -> int:
    """End what a withdrawn mailing, or one past its expiry, still has queued; mark those that are over.

    Answers how many rows it ended; to be called again while that is not 0.
    """
    over = or_(Mailing.state == "withdrawn", Mailing.expires_at <= now)
    ended = 0
    for mailing_id in session.scalars(select(Mailing.id).where(Mailing.done_at.is_(None), over)).all():
        ended += outbox.end_queued(session, now, mailing_id, _AT_ONCE)
    under_way = select(Delivery.id).where(
        Delivery.mailing_id == Mailing.id, Delivery.state.in_(("queued", "sending"))
    )
    session.execute(
        update(Mailing)
        .where(
            Mailing.done_at.is_(None),
            or_(Mailing.planned_at.is_not(None), Mailing.state == "withdrawn"),
            ~under_way.exists(),
        )
        .values(done_at=now)
        .execution_options(synchronize_session=False)
    )
    return ended
