"""Endpoints of duty for the branch's secretary and committee, and the code on the staff's screen."""

from app.duty import corrections, helpers, posts, rules
from app.duty.schemas import (
    AttendanceOut,
    ById,
    CodeOut,
    CodeQuery,
    CorrectIn,
    HelperIn,
    HelperOut,
    PostClosed,
    PostClosing,
    PostIn,
    PostOut,
    ShiftIn,
    ShiftMade,
)
from app.duty.screen import Screens
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import only
from app.web.paging import Listed
from app.web.refusals import FORBIDDEN
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("duty_office", "值守管理")

_OFFICE = only(*rules.OFFICE_ROLES)


@room.call(
    "POST",
    "/staff/duty/posts",
    who=_OFFICE,
    answers={201: PostOut},
    refuses=[STATION_UNKNOWN],
    idempotent=True,
)
def make_post(body: PostIn) -> Answer:
    """设一个岗位"""
    turn = current()
    return Answer(posts.make_post(turn.session, turn.caller, body, turn.now), 201)


@room.call(
    "POST",
    "/staff/duty/shifts",
    who=_OFFICE,
    answers={201: ShiftMade},
    refuses=[rules.POST_UNKNOWN, rules.POST_CLOSED],
    idempotent=True,
)
def make_shifts(body: ShiftIn) -> Answer:
    """排班：一个班次，或每周重复"""
    turn = current()
    return Answer(posts.make_shifts(turn.session, turn.caller, body, turn.now), 201)


_HELPERS = "/staff/duty/posts/<uuid:id>/helpers"


@room.call("GET", _HELPERS, who=_OFFICE, answers={200: Listed[HelperOut]}, refuses=[rules.POST_UNKNOWN])
def list_helpers(path: ById) -> Listed[HelperOut]:
    """突击队里的非党员帮手"""
    turn = current()
    return Listed[HelperOut](items=helpers.listing(turn.session, turn.caller, path.id))


@room.call(
    "POST",
    _HELPERS,
    who=_OFFICE,
    answers={201: HelperOut},
    refuses=[rules.POST_UNKNOWN, rules.HELPER_UNKNOWN, rules.NOT_TASK_FORCE, rules.POST_CLOSED],
    idempotent=True,
)
def add_helper(path: ById, body: HelperIn) -> Answer:
    """请一位非党员在一段时间里参加突击队"""
    turn = current()
    return Answer(helpers.add(turn.session, turn.caller, path.id, body, turn.now), 201)


@room.call(
    "POST",
    "/staff/duty/posts/<uuid:id>/close",
    who=_OFFICE,
    answers={200: PostClosed},
    refuses=[rules.POST_UNKNOWN, rules.NOT_TASK_FORCE, rules.POST_CLOSED],
)
def close_post(path: ById, body: PostClosing) -> PostClosed:
    """突击队收尾，写小结"""
    turn = current()
    return helpers.close(turn.session, turn.caller, path.id, body.summary, turn.now)


@room.call("GET", "/staff/duty/code", who=only(*rules.SCREEN_ROLES), answers={200: CodeOut})
def show_code(query: CodeQuery) -> CodeOut:
    """屏幕上的签到码，30 秒一换"""
    turn = current()
    if not turn.caller.reaches(query.station, *rules.SCREEN_ROLES):
        raise FORBIDDEN.now()
    return turn.home.part(Screens).show(query.station, query.side, turn.now)


@room.call(
    "POST",
    "/staff/duty/attendance/<uuid:id>/correct",
    who=_OFFICE,
    answers={200: AttendanceOut},
    refuses=[rules.ATTENDANCE_UNKNOWN, rules.STILL_ON_DUTY],
)
def correct_attendance(path: ById, body: CorrectIn) -> AttendanceOut:
    """更正值守记录，写明原因"""
    turn = current()
    return corrections.correct(turn.session, turn.caller, path.id, body, turn.now)
