"""会员之家 at the console: find the card that somebody shows, verify it, or refuse it with a reason."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.cards import service
from app.cards.rules import CARD_UNKNOWN
from app.cards.schemas import CardAtDesk, RefuseCardIn
from app.console import fields
from app.console.acts import fault_of
from app.console.edge import new_once, once, page
from app.console.facilities import KEEPERS
from app.console.frame import look, whole_page
from app.console.times import clock_time
from app.foundation.refusals import Refused
from app.web.turn import Turn, current

_STATES = {
    "applied": "等核验",
    "verified": "已核验",
    "expired": "已到期",
    "refused": "没通过",
    "left": "已退卡",
}


@page("/cards", KEEPERS)
def cards() -> ResponseReturnValue:
    """One card by its number; there is no list to leaf through."""
    return _card_page(current(), request.args.get("number", "")[:20])


@page("/cards/<uuid:id>/verify", KEEPERS, post=True)
def verify_card(id: uuid.UUID) -> ResponseReturnValue:
    """核验: person, papers and lorry belong together."""

    def act(turn: Turn) -> CardAtDesk:
        return service.verify(turn.session, turn.caller, id, turn.now, turn.home.settings.cards)

    return _do(act)


@page("/cards/<uuid:id>/refuse", KEEPERS, post=True)
def refuse_card(id: uuid.UUID) -> ResponseReturnValue:
    """不通过 or 收回; the holder reads why."""

    def act(turn: Turn) -> CardAtDesk:
        body = fields.read(RefuseCardIn, {"reason": fields.words(request.form, "reason")})
        return service.refuse(turn.session, turn.caller, id, body.reason, turn.now)

    return _do(act)


def _do(act: Callable[[Turn], CardAtDesk]) -> ResponseReturnValue:
    turn = current()
    try:
        return once(turn, lambda: url_for("console.cards", number=act(turn).number, done="yes"))
    except Refused as refused:
        if refused.refusal == CARD_UNKNOWN:
            raise
        turn.session.rollback()
        fault = fault_of("card", refused, turn)
        return _card_page(turn, request.form.get("number", "")[:20], refused.refusal.status, fault=fault)


def _card_page(turn: Turn, number: str, status: int = 200, fault: Any = None) -> Response:
    sight = look(turn)
    card = None
    if number.strip():
        try:
            card = service.find(turn.session, turn.caller, number, turn.now)
        except Refused as refused:
            status, fault = refused.refusal.status, fault_of("find", refused, turn)
    return whole_page(
        turn,
        "console/cards.html",
        sight,
        status,
        number=number,
        card=card,
        word=_STATES[card.state] if card else "",
        times={name: _time(card, name, turn) for name in ("applied_at", "verified_at", "valid_until")},
        fault=fault,
        done=request.args.get("done") == "yes",
        new_once=new_once,
    )


def _time(card: CardAtDesk | None, name: str, turn: Turn) -> str:
    moment = getattr(card, name) if card else None
    return clock_time(moment, turn.now) if moment else ""
