"""Endpoints of the desk for medical calls."""

from app.emergencies import service
from app.emergencies.rules import HEARERS
from app.emergencies.schemas import BeatIn, HandOverIn
from app.helpdesk.rules import REQUEST_UNKNOWN, WRONG_STATE
from app.helpdesk.schemas import ById, StaffRequestOut
from app.people.rules import STAFF_ROLES
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import only
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("emergencies", "医疗求助")
_DESK = only(*STAFF_ROLES)
_STEPS = [REQUEST_UNKNOWN, WRONG_STATE]


@room.call(
    "POST",
    "/staff/desk/heartbeat",
    who=only(*HEARERS),
    answers={204: None},
    refuses=[STATION_UNKNOWN],
)
def heartbeat(body: BeatIn) -> Answer:
    """值班台在听；60 秒没有就算没人在听"""
    turn = current()
    service.heartbeat(turn.session, turn.caller, body.station, turn.now)
    return Answer(None, 204)


@room.call(
    "POST",
    "/staff/requests/<uuid:id>/on-scene",
    who=_DESK,
    answers={200: StaffRequestOut},
    refuses=_STEPS,
    idempotent=True,
)
def on_scene(path: ById) -> StaffRequestOut:
    """已到现场"""
    turn = current()
    return service.on_scene(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/staff/requests/<uuid:id>/hand-over",
    who=_DESK,
    answers={200: StaffRequestOut},
    refuses=_STEPS,
    idempotent=True,
)
def hand_over(path: ById, body: HandOverIn) -> StaffRequestOut:
    """移交 120、医院或家属"""
    turn = current()
    return service.hand_over(turn.session, turn.caller, path.id, body.to, turn.now)
