"""Endpoints of duty for the branch's secretary and committee, and the code on the staff's screen."""

from app.duty import corrections, forces, posts, rules
from app.duty.schemas import (
    AttendanceOut,
    ById,
    CodeOut,
    CodeQuery,
    CorrectIn,
    PostIn,
    PostOut,
    ShiftIn,
    ShiftMade,
    TaskForceEnd,
    TaskForceIn,
    TaskForceOut,
)
from app.duty.screen import Screens
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import SIGNED_IN, only
from app.web.paging import Listed
from app.web.refusals import FORBIDDEN
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("duty_office", "值守管理")

_OFFICE = only(*rules.OFFICE_ROLES)
_NO_BRANCH = [rules.TASK_FORCE_UNKNOWN]


@room.call(
    "POST",
    "/staff/duty/posts",
    who=_OFFICE,
    answers={201: PostOut},
    refuses=[STATION_UNKNOWN, rules.TASK_FORCE_UNKNOWN],
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
    refuses=[rules.POST_UNKNOWN],
    idempotent=True,
)
def make_shifts(body: ShiftIn) -> Answer:
    """排班：一个班次，或每周重复"""
    turn = current()
    return Answer(posts.make_shifts(turn.session, turn.caller, body, turn.now), 201)


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
    refuses=[rules.OWN_ATTENDANCE, rules.ATTENDANCE_UNKNOWN, rules.STILL_ON_DUTY],
)
def correct_attendance(path: ById, body: CorrectIn) -> AttendanceOut:
    """更正值守记录，写明原因"""
    turn = current()
    return corrections.correct(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "GET", "/branch/task-forces", who=SIGNED_IN, answers={200: Listed[TaskForceOut]}, refuses=_NO_BRANCH
)
def list_task_forces() -> Listed[TaskForceOut]:
    """本支部的突击队，最近的在前"""
    turn = current()
    return forces.listing(turn.session, turn.caller)


@room.call(
    "POST",
    "/branch/task-forces",
    who=SIGNED_IN,
    answers={201: TaskForceOut},
    refuses=[*_NO_BRANCH, rules.OFFICE_ONLY, STATION_UNKNOWN],
    idempotent=True,
)
def make_task_force(body: TaskForceIn) -> Answer:
    """组建突击队，定好起止时间"""
    turn = current()
    return Answer(forces.make(turn.session, turn.caller, body, turn.now), 201)


@room.call(
    "POST",
    "/branch/task-forces/<uuid:id>/close",
    who=SIGNED_IN,
    answers={200: TaskForceOut},
    refuses=[*_NO_BRANCH, rules.TASK_FORCE_CLOSED, rules.SUMMARY_MISSING],
    idempotent=True,
)
def close_task_force(path: ById, body: TaskForceEnd) -> TaskForceOut:
    """突击队结束，附总结"""
    turn = current()
    return forces.close(turn.session, turn.caller, path.id, body.summary, turn.now)
