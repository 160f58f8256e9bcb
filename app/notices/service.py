"""Use cases of telling people: tell, read the inbox, earn credits."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, literal, select, tuple_, update
from sqlalchemy.orm import Session

from app.foundation.database import rows_changed
from app.foundation.ids import new_id
from app.notices import accepts, credits, outbox
from app.notices.models import InboxEntry, Mailing
from app.notices.rules import KINDS, UNREAD_COUNTED_TO
from app.notices.templates import catalogue, message_data
from app.people.models import Person
from app.web.refusals import NOT_FOUND

ACCEPTS = ("accept", "acceptWithAudio", "acceptWithAlert")


@dataclass(frozen=True)
class Message:
    """A WeChat message to go with an inbox entry.

    `scene` is the place in the app whose template is used (`request`, `duty`, `bulletin`); `values` by what
    they are: `title`, `status`, `text`, `time` (any RFC 3339 moment), `place`, `road`, `number`; `page` is
    what a tap on the card opens, without a leading slash, with its query.
    """

    scene: str
    values: dict[str, str]
    page: str


def tell(
    session: Session,
    now: datetime,
    person_id: uuid.UUID,
    *,
    kind: str,
    title: str,
    text: str,
    ref: dict[str, str] | None = None,
    message: Message | None = None,
    expires_at: datetime | None = None,
) -> uuid.UUID:
    """Tell a person something in the transaction of what happened; answers the inbox entry's id.

    The inbox has it in any case. A WeChat message goes out where there is credit for a template of its
    scene: the credit is spent here, atomically, and comes back if the message turns out never to have been
    sent. Past `expires_at` it is not sent any more. ValueError for a kind that the inbox does not know.
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind of notice: {kind}")
    entry_id = new_id()
    session.execute(
        insert(InboxEntry).values(
            person_id=person_id, id=entry_id, kind=kind, title=title, text=text, ref=ref, at=now
        )
    )
    if message is not None:
        _send_if_credit(session, now, person_id, entry_id, message, expires_at)
    return entry_id


def _send_if_credit(
    session: Session,
    now: datetime,
    person_id: uuid.UUID,
    entry_id: uuid.UUID,
    message: Message,
    expires_at: datetime | None,
) -> None:
    """The first of the scene's templates for which there is credit."""
    for template in catalogue().of_scene(message.scene):
        delivery_id = new_id()
        if credits.spend(session, now, person_id, template.id, delivery_id):
            outbox.enqueue(
                session,
                now,
                person_id,
                template.id,
                message_data(template, message.values, now),
                message.page.lstrip("/"),
                inbox_id=entry_id,
                delivery_id=delivery_id,
                expires_at=expires_at,
            )
            return


def inbox_page(
    session: Session,
    person_id: uuid.UUID,
    limit: int,
    after: tuple[datetime, uuid.UUID] | None,
    kind: str | None = None,
) -> list[Row[Any]]:
    """Up to `limit + 1` entries of a person, of one kind or of all, newest first; the one too many says that
    there are more."""
    wanted = (
        select(
            InboxEntry.id,
            InboxEntry.kind,
            func.coalesce(InboxEntry.title, Mailing.title).label("title"),
            func.coalesce(InboxEntry.text, Mailing.text).label("text"),
            func.coalesce(InboxEntry.ref, Mailing.ref).label("ref"),
            InboxEntry.at,
            InboxEntry.read_at,
        )
        .outerjoin(Mailing, Mailing.id == InboxEntry.mailing_id)
        .where(InboxEntry.person_id == person_id)
    )
    if kind:
        # Written into the statement: a plan for any kind could not use the index, which holds all but one.
        wanted = wanted.where(InboxEntry.kind == literal(kind, literal_execute=True))
    if after:
        place = tuple_(literal(after[0]), literal(after[1]))
        wanted = wanted.where(tuple_(InboxEntry.at, InboxEntry.id) < place)
    ordered = wanted.order_by(InboxEntry.at.desc(), InboxEntry.id.desc()).limit(limit + 1)
    return list(session.execute(ordered).all())


def mark_read(session: Session, now: datetime, person_id: uuid.UUID, entry_id: uuid.UUID) -> None:
    """Read is read, and stays read since the first time. 404 for an entry that is not this person's."""
    read = (
        update(InboxEntry)
        .where(InboxEntry.person_id == person_id, InboxEntry.id == entry_id)
        .values(read_at=func.coalesce(InboxEntry.read_at, now))
        .execution_options(synchronize_session=False)
    )
    if rows_changed(session.execute(read)) == 0:
        raise NOT_FOUND.now()


def count_unread(session: Session, person_id: uuid.UUID) -> int:
    """How many entries wait to be read; counts no further than a badge can show."""
    some = (
        select(literal(1))
        .where(InboxEntry.person_id == person_id, InboxEntry.read_at.is_(None))
        .limit(UNREAD_COUNTED_TO)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(some)) or 0


def earn(session: Session, now: datetime, person_id: uuid.UUID, results: Mapping[str, str]) -> list[str]:
    """What `wx.requestSubscribeMessage` answered: one credit an accept; answers the template ids that earned.

    An accept that WeChat's event has told of already earns nothing more (see accepts.py). Templates that are
    not ours (a client older than the settings) are passed over.
    """
    accepted = catalogue().known(template_id for template_id, said in results.items() if said in ACCEPTS)
    if accepted:
        accepts.lock(session, person_id)
    return [each for each in accepted if accepts.from_phone(session, now, person_id, each)]


def openid_of(session: Session, person_id: uuid.UUID) -> str | None:
    """Under which name WeChat knows this person; None for somebody who never came through WeChat."""
    return session.scalar(select(Person.openid).where(Person.id == person_id))
