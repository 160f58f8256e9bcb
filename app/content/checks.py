"""Texts that WeChat looks at: asked for in the transaction that saved them, worked off within seconds.

Nothing waits for it and nothing is lost by it: a verdict is handed to whoever the text belongs to, who marks
or resets it; where WeChat does not answer within two hours, the text simply stays unchecked.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from app.content.models import TextCheck
from app.content.rules import COMMENT, EXPIRES, again_after, text_state
from app.foundation.database import rows_changed
from app.foundation.ids import new_id
from app.people.models import Person

OnVerdict = Callable[[Session, uuid.UUID, str, datetime], None]
"""Told (session, subject id, "pass" / "review" / "risky", now), in the transaction that settles the check."""

_KEPT = timedelta(days=7)
_handlers: dict[str, OnVerdict] = {}


def on_verdict(subject_kind: str, told: OnVerdict) -> None:
    """Let a room be told what WeChat thinks of its texts."""
    _handlers[subject_kind] = told


def ask(
    session: Session,
    now: datetime,
    person_id: uuid.UUID,
    subject_kind: str,
    subject_id: uuid.UUID,
    text: str,
    *,
    scene: int = COMMENT,
) -> None:
    """Wish a text of this person checked, in the transaction that saves it; nothing for a blank one."""
    if not text.strip():
        return
    session.execute(
        insert(TextCheck).values(
            person_id=person_id,
            id=new_id(),
            subject_kind=subject_kind,
            subject_id=subject_id,
            text=text,
            scene=scene,
            state="queued",
            due_at=now,
            expires_at=now + EXPIRES,
            created_at=now,
        )
    )


def drop(session: Session, now: datetime, person_id: uuid.UUID, subject_kind: str) -> None:
    """What this person wrote there before is no longer to be judged: something else stands in its place."""
    mine = TextCheck.person_id == person_id, TextCheck.subject_kind == subject_kind
    session.execute(_ended(now, "unchecked").where(*mine, TextCheck.state == "queued"))


def forget(session: Session, person_id: uuid.UUID) -> None:
    """All of a person's checks."""
    session.execute(delete(TextCheck).where(TextCheck.person_id == person_id))


# --- Worked off by the clockwork ------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A text to ask about, and the lease under which it is asked: a moment that nobody else was given."""

    person_id: uuid.UUID
    id: uuid.UUID
    due_at: datetime
    tries: int
    openid: str | None
    text: str | None
    scene: int
    subject_kind: str
    subject_id: uuid.UUID


def claim(session: Session, now: datetime, lease: timedelta, most: int) -> list[Question]:
    """Lease up to `most` due texts of people whom WeChat knows; what others hold is passed over.

    The lease is the row's next due moment: whoever dies leaves it to be asked again then.
    """
    due = (
        select(TextCheck.person_id, TextCheck.id)
        .where(TextCheck.state == "queued", TextCheck.due_at <= now, TextCheck.expires_at > now)
        .order_by(TextCheck.due_at, TextCheck.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    keys = [(row.person_id, row.id) for row in session.execute(due)]
    if not keys:
        return []
    leased = session.execute(
        update(TextCheck)
        .where(tuple_(TextCheck.person_id, TextCheck.id).in_(keys), Person.id == TextCheck.person_id)
        .values(due_at=now + lease, tries=TextCheck.tries + 1)
        .returning(
            TextCheck.person_id,
            TextCheck.id,
            TextCheck.due_at,
            TextCheck.tries,
            Person.openid,
            TextCheck.text,
            TextCheck.scene,
            TextCheck.subject_kind,
            TextCheck.subject_id,
        )
        .execution_options(synchronize_session=False)
    )
    questions = [Question(*row) for row in leased]
    for question in questions:
        if not question.openid:  # somebody who never came through WeChat
            settle(session, now, question, None, None)
    return [question for question in questions if question.openid]


def settle(
    session: Session, now: datetime, question: Question, suggest: str | None, label: int | None
) -> bool:
    """Write down what came of it and tell whom it concerns. False when it is no longer to be judged."""
    state = text_state(suggest)
    held = _held(question)
    if rows_changed(session.execute(_ended(now, state, label).where(*held))) != 1:
        return False
    if state != "unchecked" and (told := _handlers.get(question.subject_kind)):
        told(session, question.subject_id, state, now)
    return True


def put_off(session: Session, now: datetime, question: Question) -> None:
    """WeChat had no time: again after a while, longer each time."""
    session.execute(
        update(TextCheck)
        .where(*_held(question))
        .values(due_at=now + again_after(question.tries))
        .execution_options(synchronize_session=False)
    )


def give_up(session: Session, now: datetime) -> int:
    """What WeChat would no longer look at, since its writer was here too long ago; returns how many."""
    ended = session.execute(
        _ended(now, "unchecked").where(TextCheck.state == "queued", TextCheck.expires_at <= now)
    )
    return rows_changed(ended)


def sweep(session: Session, now: datetime) -> int:
    """Forget settled checks after a week; returns how many."""
    old = session.execute(delete(TextCheck).where(TextCheck.settled_at < now - _KEPT))
    return rows_changed(old)


def _held(question: Question) -> tuple[ColumnElement[bool], ...]:
    return (
        TextCheck.person_id == question.person_id,
        TextCheck.id == question.id,
        TextCheck.state == "queued",
        TextCheck.due_at == question.due_at,
    )


def _ended(now: datetime, state: str, label: int | None = None) -> Update:
    """The text goes with its verdict: where it belongs it is kept anyhow."""
    change = update(TextCheck).values(state=state, label=label, text=None, settled_at=now)
    return change.execution_options(synchronize_session=False)
