"""What this room tells and forgets of a person: the questions he asked, the steps he took as staff."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.bulletins.models import BulletinEvent, Question
from app.foundation.clock import iso
from app.people import erasure

_GONE = "已注销"


def listen() -> None:
    """Be asked when somebody wants his file, or to be forgotten."""
    erasure.on_erase("bulletins", forget)
    erasure.on_export("questions", tell_questions)
    erasure.on_export("bulletin_steps", tell_steps)


def forget(session: Session, person_id: uuid.UUID, _: datetime) -> None:
    """Questions that only he and the editors knew are gone; what everybody reads stays as it is shown, and
    leads to nobody. Steps stay in the timeline of their bulletins without a name."""
    mine = Question.person_id == person_id
    session.execute(delete(Question).where(mine, or_(Question.state == "open", Question.public.is_(False))))
    for question in session.scalars(select(Question).where(mine)):
        question.person_id, question.text = None, question.shown_text or ""
    session.flush()
    steps = update(BulletinEvent).where(BulletinEvent.actor_id == person_id)
    session.execute(steps.values(actor_id=None, actor_name=_GONE))


def tell_questions(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What he asked, and what he was answered."""
    asked = select(Question).where(Question.person_id == person_id).order_by(Question.asked_at)
    return [
        {"text": one.text, "asked_at": iso(one.asked_at), "answer": one.answer, "source": one.source}
        for one in session.scalars(asked)
    ]


def tell_steps(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """What he did with bulletins."""
    done = select(BulletinEvent).where(BulletinEvent.actor_id == person_id).order_by(BulletinEvent.at)
    return [
        {"bulletin": str(one.bulletin_id), "what": one.what, "at": iso(one.at), "note": one.note}
        for one in session.scalars(done)
    ]
