"""Questions on policy (政策解答): asked by drivers, answered by editors, read by everybody without a name."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, insert, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.bulletins import reading, store, views
from app.bulletins.models import Question
from app.bulletins.rules import (
    ALREADY_ANSWERED,
    QUESTION_UNKNOWN,
    fold,
    grams,
    without_numbers,
)
from app.bulletins.schemas import (
    AnswerIn,
    QuestionMade,
    QuestionOut,
    QuestionQuery,
    StaffQuestion,
    StaffQuestionQuery,
)
from app.content import checks
from app.foundation import audit
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.notices.service import Message, tell
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor

SUBJECT = "question"
_MOST_SHOWN = 200


def ask(session: Session, caller: Caller, text: str, now: datetime) -> QuestionMade:
    """Take a question down; nobody but the asker and the editors reads it before it is answered."""
    question_id = new_id()
    session.execute(
        insert(Question).values(
            id=question_id, person_id=caller.person_id, state="open", text=text, asked_at=now
        )
    )
    checks.ask(session, now, caller.person_id, SUBJECT, question_id, text)
    return QuestionMade(id=str(question_id), text=text, state="open", asked_at=now)


def listen() -> None:
    """Be told of WeChat's verdicts on what was asked."""
    checks.on_verdict(SUBJECT, mark)


def mark(session: Session, question_id: uuid.UUID, suggest: str, _: datetime) -> None:
    """A doubtful question is marked for the editors; nothing else comes of it."""
    if suggest != "pass":
        marked = update(Question).where(Question.id == question_id).values(suspect=True)
        session.execute(marked.execution_options(synchronize_session=False))


def answered(session: Session, query: QuestionQuery, now: datetime) -> Listed[QuestionOut]:
    """What everybody may read, newest answer first; an answer that has expired is not among it."""
    conditions: list[ColumnElement[bool]] = [
        Question.state == "answered",
        Question.public.is_(True),
        or_(Question.expires_at.is_(None), Question.expires_at > now),
    ]
    if query.q and (wanted := fold(query.q)):
        conditions += reading.says(Question.search_keys, Question.search_text, wanted)
    if place := read_cursor(query.cursor):
        conditions.append(
            tuple_(Question.answered_at, Question.id) < tuple_(literal(place[0]), literal(place[1]))
        )
    shown = select(
        Question.id, Question.shown_text, Question.answer, Question.source,
        Question.answered_at, Question.expires_at,
    )  # fmt: skip
    ordered = shown.where(*conditions).order_by(Question.answered_at.desc(), Question.id.desc())
    rows = session.execute(ordered.limit(query.limit + 1)).all()
    items = [
        QuestionOut(
            id=str(row.id),
            text=row.shown_text or "",
            answer=row.answer or "",
            source=row.source,
            answered_at=row.answered_at,
            expires_at=row.expires_at,
        )
        for row in rows[: query.limit]
    ]
    last = rows[query.limit - 1] if len(rows) > query.limit else None
    more = write_cursor(last.answered_at, last.id) if last and last.answered_at else None
    return Listed[QuestionOut](items=items, next_cursor=more)


def staff_list(session: Session, query: StaffQuestionQuery) -> Listed[StaffQuestion]:
    """The open ones, first come first served, or the answered ones, newest first."""
    waiting = query.state == "open"
    moment = Question.asked_at if waiting else Question.answered_at
    found = select(Question).where(Question.state == query.state)
    if place := read_cursor(query.cursor):
        here, there = tuple_(moment, Question.id), tuple_(literal(place[0]), literal(place[1]))
        found = found.where(here > there if waiting else here < there)
    order = (moment, Question.id) if waiting else (moment.desc(), Question.id.desc())
    rows = list(session.scalars(found.order_by(*order).limit(query.limit + 1)))
    shown = rows[: query.limit]
    names = views.names_of(session, [row.answered_by for row in shown])
    last = shown[-1] if len(rows) > query.limit else None
    at = (last.asked_at if waiting else last.answered_at) if last else None
    return Listed[StaffQuestion](
        items=[_staff_view(row, names) for row in shown],
        next_cursor=write_cursor(at, last.id) if last and at else None,
    )


def _staff_view(row: Question, names: dict[uuid.UUID, str]) -> StaffQuestion:
    return StaffQuestion(
        id=str(row.id),
        state=row.state,
        text=row.text,
        shown_text=row.shown_text or without_numbers(row.text),
        suspect=row.suspect,
        asked_at=row.asked_at,
        answer=row.answer,
        source=row.source,
        public=row.public,
        answered_at=row.answered_at,
        answered_by=names.get(row.answered_by) if row.answered_by else None,
        expires_at=row.expires_at,
    )


def answer(
    session: Session, caller: Caller, question_id: uuid.UUID, body: AnswerIn, now: datetime
) -> StaffQuestion:
    """Answer once; an answer that has expired may be given anew. The asker is told.

    404 `question.unknown`, 409 `question.already_answered`: of two who answer at once one wins.
    """
    if body.expires_at and body.expires_at <= now:
        raise invalid(FieldFault("expires_at", "有效期已经过去"))
    asked = session.scalar(select(Question).where(Question.id == question_id))
    if asked is None:
        raise QUESTION_UNKNOWN.now()
    shown = body.question or asked.shown_text or without_numbers(asked.text)
    source = body.source or None
    folded = fold("\n".join(filter(None, (shown, body.text, source))))
    given = (
        update(Question)
        .where(Question.id == question_id, or_(Question.state == "open", Question.expires_at <= now))
        .values(
            state="answered",
            shown_text=shown,
            answer=body.text,
            source=source,
            public=body.public,
            search_text=folded,
            search_keys=sorted(grams(folded)),
            answered_at=now,
            answered_by=caller.person_id,
            expires_at=body.expires_at,
        )
        .returning(Question.id)
        .execution_options(synchronize_session=False)
    )
    if session.scalar(given) is None:
        raise ALREADY_ANSWERED.now()
    store.touch(session)
    audit.record(session, now, caller.person_id, "question.answer", "question", question_id)
    if asked.person_id:
        _tell_asker(session, now, asked.person_id, question_id, shown, body.text)
    return one(session, question_id)


def one(session: Session, question_id: uuid.UUID) -> StaffQuestion:
    """A question as editors see it. 404 `question.unknown`."""
    found = select(Question).where(Question.id == question_id).execution_options(populate_existing=True)
    row = session.scalar(found)
    if row is None:
        raise QUESTION_UNKNOWN.now()
    return _staff_view(row, views.names_of(session, [row.answered_by]))


def _tell_asker(
    session: Session, now: datetime, person_id: uuid.UUID, question_id: uuid.UUID, asked: str, said: str
) -> None:
    short = said if len(said) <= _MOST_SHOWN else f"{said[: _MOST_SHOWN - 1]}…"
    tell(
        session,
        now,
        person_id,
        kind="bulletin",
        title="您问的政策有答复了",
        text=f"{asked}\n{short}",
        ref={"kind": "question", "id": str(question_id)},
        message=Message(
            scene="request",
            values={"title": "政策解答", "status": "已答复", "text": short, "time": now.isoformat()},
            page=f"pages/question/index?id={question_id}",
        ),
    )
