"""Endpoints for everybody: bulletins, and questions on policy; reading costs no statement on a hit."""

from app.bulletins import questions, reading
from app.bulletins.book import BulletinBook, Page
from app.bulletins.rules import BULLETIN_UNKNOWN, WITHDRAWN
from app.bulletins.schemas import (
    BulletinOut,
    BulletinQuery,
    ById,
    QuestionIn,
    QuestionMade,
    QuestionOut,
    QuestionQuery,
)
from app.web.callers import PUBLIC, SIGNED_IN
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("bulletins", "通告与政策解答")


def book() -> BulletinBook:
    """The book of this process."""
    return current().home.part(BulletinBook)


@room.call("GET", "/bulletins", who=PUBLIC, answers={200: Listed[BulletinOut]}, etag=True)
def list_bulletins(query: BulletinQuery) -> Answer:
    """现在有效的通告，新的在前；可按路、类别、站点和字词找"""
    turn = current()
    key = ("bulletins", *query.model_dump().values())
    return _answer(
        book().page(
            lambda: turn.session, turn.now, key, lambda session: reading.public_list(session, query, turn.now)
        )
    )


@room.call(
    "GET",
    "/bulletins/<uuid:id>",
    who=PUBLIC,
    answers={200: BulletinOut},
    refuses=[BULLETIN_UNKNOWN, WITHDRAWN],
    etag=True,
)
def show_bulletin(path: ById) -> Answer:
    """一条发布过的通告；过期或有了新版会写明"""
    turn = current()
    return _answer(
        book().page(
            lambda: turn.session,
            turn.now,
            path.id,
            lambda session: reading.public_one(session, path.id, turn.now),
        )
    )


@room.call("GET", "/questions", who=PUBLIC, answers={200: Listed[QuestionOut]}, etag=True)
def list_questions(query: QuestionQuery) -> Answer:
    """政策解答：已答复的问题，不显示是谁问的"""
    turn = current()
    key = ("questions", *query.model_dump().values())
    return _answer(
        book().page(
            lambda: turn.session, turn.now, key, lambda session: questions.answered(session, query, turn.now)
        )
    )


@room.call("POST", "/questions", who=SIGNED_IN, answers={201: QuestionMade}, idempotent=True)
def ask_question(body: QuestionIn) -> Answer:
    """问一个政策问题；答复会进消息箱"""
    turn = current()
    return Answer(questions.ask(turn.session, turn.caller, body.text, turn.now), 201)


def _answer(page: Page) -> Answer:
    return Answer(page.body, headers={"ETag": page.etag})
