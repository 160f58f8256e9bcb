"""Enter a request for somebody who called or walked in: choose a kind, then its own form."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.console import fields
from app.console.acts import fault_of
from app.console.edge import once, page
from app.console.frame import look, scope_codes, whole_page
from app.foundation.refusals import Refused
from app.helpdesk import desk
from app.helpdesk.kinds import Kind, find_kind, get_kind
from app.helpdesk.schemas import StaffRequestIn, StaffRequestOut
from app.people.rules import home_place
from app.web.turn import Turn, current


@page("/requests/new")
def new_request() -> ResponseReturnValue:
    """The kinds to choose from, or with `?kind=` the form of that kind."""
    return _form_page(current(), find_kind(request.args.get("kind", "")))


@page("/requests/new", post=True)
def enter() -> ResponseReturnValue:
    """登记: the request appears in the queue; whoever proves that phone sees it as his."""
    turn, kind = current(), find_kind(request.form.get("kind", ""))
    if kind is None:
        return _form_page(turn, None, 422)

    def act() -> str:
        made = desk.enter(turn.session, turn.caller, fields.read(StaffRequestIn, _body(kind)), turn.now)
        return _where_to(turn, made)

    try:
        return once(turn, act)
    except Refused as refused:
        turn.session.rollback()
        fault = fault_of("enter", refused, turn, kind)
        return _form_page(turn, kind, refused.refusal.status, fault=fault, typed=request.form)


def _body(kind: Kind) -> dict[str, Any]:
    form = request.form
    phone, name = fields.words(form, "caller.phone"), fields.words(form, "caller.name")
    return {
        "kind": kind.kind,
        "station": fields.words(form, "station") or None,
        "side": fields.words(form, "side") or None,
        "place_text": fields.words(form, "place_text") or None,
        "text": fields.words(form, "text"),
        "details": fields.read_details(kind, form),
        "caller": {"name": name or None, "phone": phone or None},
    }


def _where_to(turn: Turn, made: StaffRequestOut) -> str:
    """To the request, or where that lies outside the caller's scope back to the queue, which names it."""
    if turn.caller.reaches(made.desk, *get_kind(made.kind).roles):
        return url_for("console.thread", id=made.id)
    return url_for("console.desk", done=made.number)


def _form_page(turn: Turn, kind: Kind | None, status: int = 200, **given: Any) -> ResponseReturnValue:
    sight = look(turn)
    codes = scope_codes(turn, sight.stations)
    chosen = request.form.get("station") or home_place(turn.caller.grants) or (codes[0] if codes else "")
    return whole_page(
        turn,
        "console/new.html",
        sight,
        status,
        kind=kind,
        drawn=fields.drawn(kind) if kind else [],
        chosen=chosen,
        **{"fault": None, "typed": fields.Form(), **given},
    )
