"""Endpoints of duty for members: find a shift, sign up, come, go, ask for a correction or a stand-in."""

from app.checkins.rules import CODE_REVOKED, CODE_UNKNOWN, TOO_OLD
from app.duty import attendance, corrections, forces, rules, shifts, signups, standins
from app.duty.schemas import (
    ById,
    CancelOut,
    CorrectionIn,
    CorrectionOut,
    FinishOut,
    JoinedOut,
    OwnShift,
    ShiftOut,
    ShiftPage,
    ShiftQuery,
    SignInIn,
    SignInOut,
    SignupIn,
    SignupOut,
    StandInIn,
    StandInOut,
    TaskForceJoin,
)
from app.duty.screen import Screens
from app.web.callers import SIGNED_IN
from app.web.fields import Page
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("duty", "值守岗位")

_SIGNING_UP = (rules.CLASH, rules.ALREADY_SIGNED_UP, rules.CLOSED, rules.NOT_QUALIFIED)


@room.call(
    "GET",
    "/duty/shifts",
    who=SIGNED_IN,
    answers={200: Listed[ShiftOut]},
    refuses=[rules.MEMBERS_ONLY],
    etag=True,
)
def list_shifts(query: ShiftQuery) -> Listed[ShiftOut]:
    """班次，最早的在前；默认今后 14 天"""
    turn = current()
    return shifts.listing(turn.session, turn.caller, query, turn.now)


@room.call(
    "GET",
    "/duty/shifts/<uuid:id>",
    who=SIGNED_IN,
    answers={200: ShiftPage},
    refuses=[rules.SHIFT_UNKNOWN],
    etag=True,
)
def show_shift(path: ById) -> ShiftPage:
    """一个班次；本支部党员可见名单"""
    turn = current()
    return shifts.one(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/duty/shifts/<uuid:id>/signup",
    who=SIGNED_IN,
    answers={201: SignupOut},
    refuses=[rules.MEMBERS_ONLY, rules.SHIFT_UNKNOWN, rules.FULL, rules.NOT_YET_OPEN, *_SIGNING_UP],
    idempotent=True,
    in_line=True,
)
def sign_up(path: ById, body: SignupIn) -> Answer:
    """报名；报满时可选候补"""
    turn = current()
    return Answer(signups.sign_up(turn.session, turn.caller, path.id, body.waitlist, turn.now), 201)


@room.call(
    "DELETE",
    "/duty/shifts/<uuid:id>/signup",
    who=SIGNED_IN,
    answers={200: CancelOut},
    refuses=[rules.MEMBERS_ONLY, rules.SHIFT_UNKNOWN, rules.NOT_SIGNED_UP, rules.TOO_LATE_TO_CANCEL],
    in_line=True,
)
def cancel_signup(path: ById) -> CancelOut:
    """取消报名；开始前 12 小时内算临时取消"""
    turn = current()
    return signups.cancel(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/duty/attendance",
    who=SIGNED_IN,
    answers={201: SignInOut},
    refuses=[
        rules.MEMBERS_ONLY,
        CODE_UNKNOWN,
        rules.NO_SHIFT_NOW,
        rules.WRONG_STATION,
        rules.ALREADY_ON_DUTY,
        CODE_REVOKED,
        rules.CODE_EXPIRED,
        TOO_OLD,
    ],
    idempotent=True,
    in_line=True,
)
def sign_in(body: SignInIn) -> Answer:
    """到岗扫码签到"""
    turn = current()
    screens, knobs = turn.home.part(Screens), turn.home.settings.checkins
    return Answer(attendance.sign_in(turn.session, turn.caller, body, turn.now, knobs, screens), 201)


@room.call(
    "POST",
    "/duty/attendance/<uuid:id>/finish",
    who=SIGNED_IN,
    answers={200: FinishOut},
    refuses=[rules.ATTENDANCE_UNKNOWN],
)
def finish(path: ById) -> FinishOut:
    """签退"""
    turn = current()
    return attendance.finish(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/duty/attendance/<uuid:id>/corrections",
    who=SIGNED_IN,
    answers={201: CorrectionOut},
    refuses=[rules.ATTENDANCE_UNKNOWN, rules.STILL_ON_DUTY, rules.CORRECTION_ASKED],
    idempotent=True,
)
def ask_for_correction(path: ById, body: CorrectionIn) -> Answer:
    """请书记更正一次值守记录"""
    turn = current()
    return Answer(corrections.ask(turn.session, turn.caller, path.id, body.text, turn.now), 201)


@room.call("GET", "/duty/mine", who=SIGNED_IN, answers={200: Listed[OwnShift]}, refuses=[rules.MEMBERS_ONLY])
def list_mine(query: Page) -> Listed[OwnShift]:
    """我的班次和值守记录"""
    turn = current()
    return shifts.mine(turn.session, turn.caller, query.limit, query.cursor, turn.now)


@room.call(
    "POST",
    "/duty/shifts/<uuid:id>/stand-in",
    who=SIGNED_IN,
    answers={201: StandInOut},
    refuses=[
        rules.MEMBERS_ONLY,
        rules.SHIFT_UNKNOWN,
        rules.MEMBER_UNKNOWN,
        rules.CLOSED,
        rules.STAND_IN_NOT_YOURS,
        rules.STAND_IN_ASKED,
        rules.STANDS_ALREADY,
        rules.STANDS_ELSEWHERE,
        rules.NOT_QUALIFIED,
    ],
    idempotent=True,
    in_line=True,
)
def ask_for_stand_in(path: ById, body: StandInIn) -> Answer:
    """请人替班"""
    turn = current()
    return Answer(standins.ask(turn.session, turn.caller, path.id, body.to_member, turn.now), 201)


@room.call(
    "GET", "/duty/stand-ins", who=SIGNED_IN, answers={200: Listed[StandInOut]}, refuses=[rules.MEMBERS_ONLY]
)
def list_stand_ins(query: Page) -> Listed[StandInOut]:
    """等人接的替班请求"""
    turn = current()
    return standins.listing(turn.session, turn.caller, query.limit, query.cursor, turn.now)


@room.call(
    "POST",
    "/duty/stand-ins/<uuid:id>/accept",
    who=SIGNED_IN,
    answers={200: StandInOut},
    refuses=[rules.MEMBERS_ONLY, rules.STAND_IN_UNKNOWN, rules.STAND_IN_TAKEN, *_SIGNING_UP],
    in_line=True,
)
def accept_stand_in(path: ById) -> StandInOut:
    """答应替班"""
    turn = current()
    return standins.accept(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "DELETE",
    "/duty/stand-ins/<uuid:id>",
    who=SIGNED_IN,
    answers={204: None},
    refuses=[rules.STAND_IN_UNKNOWN, rules.STAND_IN_TAKEN],
)
def withdraw_stand_in(path: ById) -> Answer:
    """收回自己的替班请求，班还是自己的"""
    turn = current()
    standins.withdraw(turn.session, turn.caller, path.id, turn.now)
    return Answer(None, 204)


@room.call(
    "POST",
    "/duty/task-forces/join",
    who=SIGNED_IN,
    answers={200: JoinedOut},
    refuses=[rules.INVITE_UNKNOWN],
    idempotent=True,
)
def join_task_force(body: TaskForceJoin) -> JoinedOut:
    """凭邀请码加入突击队帮忙，到突击队结束为止"""
    turn = current()
    return forces.join(turn.session, turn.caller, body.invite, turn.now)
