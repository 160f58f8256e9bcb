"""Endpoints of cards: for the driver, and for the desk."""

from app.cards import rules, service
from app.cards.schemas import CardAtDesk, CardById, CardOut, CardQuery, RefuseCardIn
from app.web.callers import SIGNED_IN, only
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("cards", "会员之家")

_DESK = only(*rules.DESK_ROLES)
_DECIDING = (rules.CARD_UNKNOWN, rules.CARD_OVER, rules.CARD_OWN)


@room.call(
    "POST",
    "/me/card",
    who=SIGNED_IN,
    answers={201: CardOut},
    refuses=[rules.CARD_EXISTS],
    idempotent=True,
    in_line=True,
)
def apply_for_card() -> Answer:
    """申请会员之家的卡"""
    turn = current()
    return Answer(service.apply(turn.session, turn.caller, turn.now, turn.home.settings.cards), 201)


@room.call("DELETE", "/me/card", who=SIGNED_IN, answers={204: None}, refuses=[rules.CARD_UNKNOWN])
def leave_card() -> None:
    """退卡，随时可以"""
    turn = current()
    service.leave(turn.session, turn.caller, turn.now)


@room.call("GET", "/staff/cards", who=_DESK, answers={200: CardAtDesk}, refuses=[rules.CARD_UNKNOWN])
def find_card(query: CardQuery) -> CardAtDesk:
    """按司机出示的卡号看一张卡；会留痕"""
    turn = current()
    return service.find(turn.session, turn.caller, query.number, turn.now)


@room.call(
    "POST",
    "/staff/cards/<uuid:id>/verify",
    who=_DESK,
    answers={200: CardAtDesk},
    refuses=_DECIDING,
    idempotent=True,
)
def verify_card(path: CardById) -> CardAtDesk:
    """核验：人、证、车对得上"""
    turn = current()
    return service.verify(turn.session, turn.caller, path.id, turn.now, turn.home.settings.cards)


@room.call(
    "POST",
    "/staff/cards/<uuid:id>/refuse",
    who=_DESK,
    answers={200: CardAtDesk},
    refuses=_DECIDING,
    idempotent=True,
)
def refuse_card(path: CardById, body: RefuseCardIn) -> CardAtDesk:
    """不通过或收回，写明原因"""
    turn = current()
    return service.refuse(turn.session, turn.caller, path.id, body.reason, turn.now)
