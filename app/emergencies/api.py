"""Endpoints of whoever made a medical call: lorry and cargo, while he is in hospital."""

from app.emergencies import watch
from app.emergencies.rules import WATCH_EXISTS, WATCH_NONE, WATCH_STATE
from app.emergencies.schemas import WatchOut, WatchWish
from app.helpdesk.rules import REQUEST_UNKNOWN, WRONG_STATE
from app.helpdesk.schemas import ById
from app.web.callers import SIGNED_IN
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("cargo_watch", "车货代看")
_ONE = "/requests/<uuid:id>/watch"


@room.call(
    "POST",
    _ONE,
    who=SIGNED_IN,
    answers={201: WatchOut},
    refuses=[REQUEST_UNKNOWN, WRONG_STATE, WATCH_EXISTS],
    idempotent=True,
)
def ask_for_watch(path: ById, body: WatchWish) -> Answer:
    """请服务区代看车货"""
    turn = current()
    return Answer(watch.ask(turn.session, turn.caller, path.id, body, turn.now), 201)


@room.call("GET", _ONE, who=SIGNED_IN, answers={200: WatchOut}, refuses=[REQUEST_UNKNOWN, WATCH_NONE])
def own_watch(path: ById) -> WatchOut:
    """车货在哪里、谁看着、钥匙在哪、到几时"""
    turn = current()
    return watch.see_own(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    f"{_ONE}/received",
    who=SIGNED_IN,
    answers={200: WatchOut},
    refuses=[REQUEST_UNKNOWN, WATCH_NONE, WATCH_STATE],
)
def received(path: ById) -> WatchOut:
    """司机确认车货已收到"""
    turn = current()
    return watch.receive(turn.session, turn.caller, path.id, turn.now)
