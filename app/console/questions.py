"""Questions on policy at the console: what waits for an answer, what was answered."""

import uuid
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.bulletins import questions as use_cases
from app.bulletins.rules import QUESTION_UNKNOWN
from app.bulletins.schemas import AnswerIn, StaffQuestion, StaffQuestionQuery
from app.console import bulletin_forms as forms
from app.console import fields
from app.console.bulletin_acts import fault_of
from app.console.edge import NEWS, new_once, once, page
from app.console.fields import Form
from app.console.frame import look, whole_page
from app.console.times import clock_time, span
from app.foundation.refusals import Refused
from app.web.turn import Turn, current

_PAGE = 20


@page("/questions", NEWS)
def questions() -> ResponseReturnValue:
    """The open ones, whoever has waited longest on top; or those that were answered."""
    return _list_page(current())


@page("/questions/<uuid:id>/answer", NEWS, post=True)
def answer_question(id: uuid.UUID) -> ResponseReturnValue:
    """答复: the asker is told, everybody may read it."""
    turn, form = current(), request.form

    def act() -> str:
        given = {
            "text": fields.words(form, "text"),
            "question": fields.words(form, "question") or None,
            "source": fields.words(form, "source") or None,
            "expires_at": forms.moment(form, "expires_at"),
            "public": form.get("public") == "yes",
        }
        use_cases.answer(turn.session, turn.caller, id, fields.read(AnswerIn, given), turn.now)
        return url_for("console.questions", done="yes")

    try:
        return once(turn, act)
    except Refused as refused:
        if refused.refusal == QUESTION_UNKNOWN:
            raise
        turn.session.rollback()
        fault = fault_of(str(id), refused)
        return _list_page(turn, refused.refusal.status, fault=fault, typed=form)


def _list_page(turn: Turn, status: int = 200, **given: Any) -> Response:
    answered = request.args.get("state") == "answered"
    query = StaffQuestionQuery.model_validate(
        {"state": "answered" if answered else "open", "limit": _PAGE, "cursor": request.args.get("cursor")}
    )
    listed = use_cases.staff_list(turn.session, query)
    return whole_page(
        turn,
        "console/questions.html",
        look(turn),
        status,
        answered=answered,
        items=[_view(item, turn) for item in listed.items],
        more=listed.next_cursor,
        new_once=new_once,
        done=request.args.get("done") == "yes",
        **{"fault": None, "typed": Form(), **given},
    )


def _view(item: StaffQuestion, turn: Turn) -> dict[str, Any]:
    return {
        **item.model_dump(),
        "asked": clock_time(item.asked_at, turn.now),
        "waited": span(turn.now - item.asked_at),
        "answered": clock_time(item.answered_at, turn.now) if item.answered_at else "",
        "expires": clock_time(item.expires_at, turn.now) if item.expires_at else "",
        "over": item.expires_at is not None and item.expires_at <= turn.now,
    }
