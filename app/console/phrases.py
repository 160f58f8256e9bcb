"""Ready-made answers as a page: see them, add one, change and remove what is one's own."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.console import fields
from app.console.acts import fault_of
from app.console.edge import once, page
from app.console.frame import look, scope_codes, whole_page
from app.foundation.refusals import Refused
from app.helpdesk import macros
from app.helpdesk.operating_schemas import MacroChange, MacroIn
from app.people.rules import STAFF_ROLES, home_place
from app.web.callers import EVERYWHERE
from app.web.turn import Turn, current


@page("/phrases")
def phrases() -> ResponseReturnValue:
    """All that the caller's desks offer."""
    return _page(current())


@page("/phrases", post=True)
def add_phrase() -> ResponseReturnValue:
    """添一条"""

    def act(turn: Turn) -> None:
        macros.create(turn.session, turn.caller, fields.read(MacroIn, {**_words(), **_where()}), turn.now)

    return _do("new", act)


@page("/phrases/<uuid:id>", post=True)
def change_phrase(id: uuid.UUID) -> ResponseReturnValue:
    """存下修改"""

    def act(turn: Turn) -> None:
        macros.change(turn.session, turn.caller, id, fields.read(MacroChange, _words()), turn.now)

    return _do(str(id), act)


@page("/phrases/<uuid:id>/remove", post=True)
def remove_phrase(id: uuid.UUID) -> ResponseReturnValue:
    """删掉"""

    def act(turn: Turn) -> None:
        macros.remove(turn.session, turn.caller, id, turn.now)

    return _do(str(id), act)


def _words() -> dict[str, Any]:
    return {"title": fields.words(request.form, "title"), "text": fields.words(request.form, "text")}


def _where() -> dict[str, Any]:
    return {"station": fields.words(request.form, "station") or None}


def _do(which: str, act: Callable[[Turn], None]) -> ResponseReturnValue:
    """One change, then the page again; a refusal is shown beside the words it is about."""
    turn = current()

    def done() -> str:
        act(turn)
        return url_for("console.phrases")

    try:
        return once(turn, done)
    except Refused as refused:
        turn.session.rollback()
        fault = fault_of(which, refused, turn)
        return _page(turn, refused.refusal.status, fault=fault, typed=request.form)


def _page(turn: Turn, status: int = 200, **given: Any) -> ResponseReturnValue:
    sight = look(turn)
    codes = scope_codes(turn, sight.stations)
    everywhere = EVERYWHERE in turn.caller.places(*STAFF_ROLES)
    return whole_page(
        turn,
        "console/phrases.html",
        sight,
        status,
        items=macros.listing(turn.session, turn.caller, None).items,
        names={code: sight.stations[code].name for code in codes if code in sight.stations},
        everywhere=everywhere,
        chosen="" if everywhere else home_place(turn.caller.grants),
        **{"fault": None, "typed": fields.Form(), **given},
    )
