"""Lorry and cargo at the console: who watches, where, keys, until when; changed, extended, handed back."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.console import fields
from app.console.acts import fault_of
from app.console.bulletin_forms import moment
from app.console.edge import new_once, once, page
from app.console.fields import Form, next_morning
from app.console.frame import look, whole_page
from app.console.times import clock_time, field_time
from app.emergencies import watch as watches
from app.emergencies.rules import HANDED_TO, KEYS, WATCH_NONE
from app.emergencies.schemas import HandBackIn, WatchChange, WatchIn
from app.foundation.refusals import Refused
from app.helpdesk.rules import REQUEST_UNKNOWN
from app.web.turn import Turn, current


@page("/requests/<uuid:id>/watch")
def watch(id: uuid.UUID) -> ResponseReturnValue:
    """The watch of one medical call, or the form that begins it; opening it is recorded."""
    return _shown(current(), id)


@page("/requests/<uuid:id>/watch/begin", post=True)
def begin_watch(id: uuid.UUID) -> ResponseReturnValue:
    """Somebody watches from now on."""

    def act(turn: Turn) -> None:
        watches.begin(turn.session, turn.caller, id, fields.read(WatchIn, _written()), turn.now)

    return _do(id, "begin", act)


@page("/requests/<uuid:id>/watch/change", post=True)
def change_watch(id: uuid.UUID) -> ResponseReturnValue:
    """Moved, extended, another watcher, keys elsewhere."""

    def act(turn: Turn) -> None:
        watches.change(turn.session, turn.caller, id, fields.read(WatchChange, _written()), turn.now)

    return _do(id, "change", act)


@page("/requests/<uuid:id>/watch/hand-back", post=True)
def hand_back_watch(id: uuid.UUID) -> ResponseReturnValue:
    """Lorry, cargo and keys are in other hands."""

    def act(turn: Turn) -> None:
        given = {"to": request.form.get("to", ""), "note": fields.words(request.form, "note") or None}
        watches.hand_back(turn.session, turn.caller, id, fields.read(HandBackIn, given), turn.now)

    return _do(id, "hand-back", act)


def _written() -> dict[str, Any]:
    """What was filled in; an empty field says nothing."""
    form = request.form
    names = ("place", "keys", "watcher", "keys_note", "cargo")
    given = {name: fields.words(form, name) for name in names} | {"until_at": moment(form, "until_at")}
    return {name: value for name, value in given.items() if value}


def _do(id: uuid.UUID, step: str, act: Callable[[Turn], None]) -> ResponseReturnValue:
    """One step, then back to the watch; a refusal is shown where it happened, what was typed still in it."""
    turn = current()

    def go() -> str:
        act(turn)
        return url_for("console.watch", id=id)

    try:
        return once(turn, go)
    except Refused as refused:
        if refused.refusal in (REQUEST_UNKNOWN, WATCH_NONE):
            raise
        turn.session.rollback()
        fault = fault_of(step, refused, turn)
        return _shown(turn, id, refused.refusal.status, fault=fault, typed=request.form)


def _shown(turn: Turn, id: uuid.UUID, status: int = 200, **given: Any) -> Response:
    return whole_page(
        turn,
        "console/watch.html",
        look(turn),
        status,
        request_id=id,
        seen=watches.find(turn.session, turn.caller, id, turn.now),
        keys_of=KEYS,
        hands=HANDED_TO,
        at=lambda when: clock_time(when, turn.now) if when else "",
        until=field_time(next_morning(turn.now)),
        new_once=new_once,
        **{"fault": None, "typed": Form(), **given},
    )
