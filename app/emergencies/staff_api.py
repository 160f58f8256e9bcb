"""Endpoints of the desk for medical calls."""

from app.emergencies import service, summary, watch
from app.emergencies.rules import HEARERS, WATCH_NONE, WATCH_STATE, WATCH_TAKEN
from app.emergencies.schemas import BeatIn, For120Out, HandBackIn, HandOverIn, WatchChange, WatchIn, WatchOut
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
_WATCH = "/staff/requests/<uuid:id>/watch"


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


@room.call(
    "GET",
    "/staff/requests/<uuid:id>/for-120",
    who=_DESK,
    answers={200: For120Out},
    refuses=_STEPS,
)
def for_120(path: ById) -> For120Out:
    """交给 120 的一页：谁、哪里、什么情况、各步的时间，会留痕"""
    turn = current()
    return summary.for_120(turn.session, turn.caller, path.id, turn.now)


@room.call("GET", _WATCH, who=_DESK, answers={200: WatchOut}, refuses=[REQUEST_UNKNOWN, WATCH_NONE])
def staff_watch(path: ById) -> WatchOut:
    """车货代看的情况，会留痕"""
    turn = current()
    return watch.see(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST", _WATCH, who=_DESK, answers={201: WatchOut}, refuses=[*_STEPS, WATCH_TAKEN], idempotent=True
)
def begin_watch(path: ById, body: WatchIn) -> Answer:
    """开始代看：谁看、停在哪、钥匙在哪、到几时"""
    turn = current()
    return Answer(watch.begin(turn.session, turn.caller, path.id, body, turn.now), 201)


@room.call(
    "PUT", _WATCH, who=_DESK, answers={200: WatchOut}, refuses=[REQUEST_UNKNOWN, WATCH_NONE, WATCH_STATE]
)
def change_watch(path: ById, body: WatchChange) -> WatchOut:
    """代看有变化：挪了地方、换了人、延了时间、钥匙换了地方"""
    turn = current()
    return watch.change(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "POST",
    f"{_WATCH}/hand-back",
    who=_DESK,
    answers={200: WatchOut},
    refuses=[REQUEST_UNKNOWN, WATCH_NONE, WATCH_STATE],
    idempotent=True,
)
def hand_back(path: ById, body: HandBackIn) -> WatchOut:
    """交还车货和钥匙"""
    turn = current()
    return watch.hand_back(turn.session, turn.caller, path.id, body, turn.now)
