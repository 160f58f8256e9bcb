"""Endpoints of check-ins."""

from app.checkins import service
from app.checkins.rules import CHECKIN_UNKNOWN, CODE_REVOKED, CODE_UNKNOWN, TOO_OLD
from app.checkins.schemas import ById, CheckInChange, CheckInIn, CheckInOut, DeskLine, DeskQuery
from app.people.rules import STAFF_ROLES
from app.web.callers import SIGNED_IN, only
from app.web.fields import Page
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("checkins", "签到")


@room.call(
    "POST",
    "/checkins",
    who=SIGNED_IN,
    answers={201: CheckInOut, 200: CheckInOut},
    refuses=[CODE_UNKNOWN, CODE_REVOKED, TOO_OLD],
    idempotent=True,
    in_line=True,
)
def check_in(body: CheckInIn) -> Answer:
    """扫码签到；重复扫只记一次"""
    turn = current()
    made = service.check_in(turn.connection, turn.caller, body, turn.now, turn.home.settings.checkins)
    return Answer(made, 200 if made.repeat else 201)


@room.call("PUT", "/checkins/<uuid:id>", who=SIGNED_IN, answers={200: CheckInOut}, refuses=[CHECKIN_UNKNOWN])
def change(path: ById, body: CheckInChange) -> CheckInOut:
    """补选来做什么、是哪类人"""
    turn = current()
    return service.change(turn.session, turn.caller, path.id, body)


@room.call("GET", "/checkins", who=SIGNED_IN, answers={200: Listed[CheckInOut]})
def own_list(query: Page) -> Listed[CheckInOut]:
    """我的足迹，新的在前"""
    turn = current()
    return service.own_list(turn.session, turn.caller, query.limit, query.cursor)


@room.call("GET", "/staff/checkins", who=only(*STAFF_ROLES), answers={200: Listed[DeskLine]})
def desk_list(query: DeskQuery) -> Listed[DeskLine]:
    """本站某天的签到，手机号打码"""
    turn = current()
    return service.desk_list(
        turn.session, turn.caller, query.station, query.day, turn.now, query.limit, query.cursor
    )
