"""Endpoints of the desk for claims, and of the admin for the numbers."""

from app.claims import desk, hotlines, statements
from app.claims.rules import HOTLINE_MISSING, MILESTONE_EXISTS, MILESTONE_SAME, MILESTONE_UNKNOWN
from app.claims.schemas import (
    ClaimChange,
    FootageIn,
    HotlineIn,
    HotlineList,
    MilestoneIn,
    PaperOut,
    StaffClaimOut,
)
from app.helpdesk.rules import REQUEST_UNKNOWN, WRONG_STATE
from app.helpdesk.schemas import ById, StaffRequestOut
from app.people.rules import STAFF_ROLES
from app.web.callers import only
from app.web.room import Room
from app.web.turn import current

room = Room("claims", "保险理赔")
_DESK = only(*STAFF_ROLES)
_ONE = "/staff/requests/<uuid:id>"


@room.call(
    "POST",
    f"{_ONE}/milestones",
    who=_DESK,
    answers={200: StaffRequestOut},
    refuses=[REQUEST_UNKNOWN, WRONG_STATE, MILESTONE_EXISTS, MILESTONE_UNKNOWN, MILESTONE_SAME],
    idempotent=True,
)
def milestone(path: ById, body: MilestoneIn) -> StaffRequestOut:
    """记一步理赔进度：报警、报案、查勘、定损、交材料、赔付；`correct` 更正记错的时间"""
    turn = current()
    return desk.note(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "GET",
    f"{_ONE}/insurance",
    who=_DESK,
    answers={200: StaffClaimOut},
    refuses=[REQUEST_UNKNOWN],
    etag=True,
)
def staff_claim(path: ById) -> StaffClaimOut:
    """一件理赔，含录像和材料；材料只有接手的人打得开，会留痕"""
    turn = current()
    return desk.see(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "PUT",
    f"{_ONE}/insurance",
    who=_DESK,
    answers={200: StaffClaimOut},
    refuses=[REQUEST_UNKNOWN, WRONG_STATE, MILESTONE_EXISTS],
)
def change_claim(path: ById, body: ClaimChange) -> StaffClaimOut:
    """补充已知的情况：走哪条路、出了什么事、编号、损失"""
    turn = current()
    return desk.change(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "PUT",
    f"{_ONE}/footage",
    who=_DESK,
    answers={200: StaffClaimOut},
    refuses=[REQUEST_UNKNOWN, WRONG_STATE],
)
def footage(path: ById, body: FootageIn) -> StaffClaimOut:
    """被盗的第一步：监控录像保全了没有、从几点到几点、存在哪里"""
    turn = current()
    return desk.footage(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "GET",
    f"{_ONE}/statement",
    who=_DESK,
    answers={200: PaperOut},
    refuses=[REQUEST_UNKNOWN],
)
def staff_statement(path: ById) -> PaperOut:
    """情况说明：打开和打印的地址"""
    turn = current()
    return statements.for_desk(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "PUT",
    "/staff/claims/hotlines",
    who=only("admin"),
    answers={200: HotlineList},
    refuses=[HOTLINE_MISSING],
)
def change_hotline(body: HotlineIn) -> HotlineList:
    """改、加或不再显示一个报案电话，写明核对日期，会留痕"""
    turn = current()
    return HotlineList(items=hotlines.change(turn.session, turn.caller, body, turn.now))
