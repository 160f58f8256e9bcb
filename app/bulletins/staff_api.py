"""Endpoints of editors and approvers."""

from app.bulletins import questions, reading, service
from app.bulletins.rules import (
    ALREADY_ANSWERED,
    ALREADY_CORRECTED,
    APPROVERS,
    BULLETIN_UNKNOWN,
    EDITED_MEANWHILE,
    OWN_APPROVAL,
    QUESTION_UNKNOWN,
    WRITERS,
    WRONG_STATE,
)
from app.bulletins.schemas import (
    AnswerIn,
    ApproveIn,
    AudienceIn,
    BulletinChange,
    BulletinIn,
    BulletinReasonIn,
    ById,
    Deliveries,
    Reach,
    ScheduleIn,
    StaffBulletin,
    StaffBulletinLine,
    StaffBulletinQuery,
    StaffQuestion,
    StaffQuestionQuery,
    WithdrawIn,
)
from app.web.callers import only
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("bulletin_desk", "通告编审")
_WRITE = only(WRITERS)
_APPROVE = only(APPROVERS)
_BOTH = only(WRITERS, APPROVERS)
_ONE = "/staff/bulletins/<uuid:id>"
_STEP = [BULLETIN_UNKNOWN, WRONG_STATE]


@room.call("GET", "/staff/bulletins", who=_BOTH, answers={200: Listed[StaffBulletinLine]}, etag=True)
def list_all_bulletins(query: StaffBulletinQuery) -> Listed[StaffBulletinLine]:
    """全部通告，最近动过的在前"""
    turn = current()
    return reading.staff_list(turn.session, turn.caller, query)


@room.call("POST", "/staff/bulletins", who=_WRITE, answers={201: StaffBulletin}, idempotent=True)
def create_bulletin(body: BulletinIn) -> Answer:
    """起草"""
    turn = current()
    return Answer(service.create(turn.session, turn.caller, body, turn.now), 201)


@room.call("GET", _ONE, who=_BOTH, answers={200: StaffBulletin}, refuses=[BULLETIN_UNKNOWN], etag=True)
def open_bulletin(path: ById) -> StaffBulletin:
    """一版通告，含原文、状态和经过"""
    turn = current()
    return service.one(turn.session, turn.caller, path.id, turn.now)


@room.call("PUT", _ONE, who=_WRITE, answers={200: StaffBulletin}, refuses=[*_STEP, EDITED_MEANWHILE])
def edit_bulletin(path: ById, body: BulletinChange) -> StaffBulletin:
    """改草稿，只改送来的字段"""
    turn = current()
    return service.edit(turn.session, turn.caller, path.id, body, turn.now)


@room.call("POST", f"{_ONE}/submit", who=_WRITE, answers={200: StaffBulletin}, refuses=_STEP, idempotent=True)
def submit_bulletin(path: ById) -> StaffBulletin:
    """送审"""
    turn = current()
    return service.submit(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    f"{_ONE}/approve",
    who=_BOTH,
    answers={200: StaffBulletin},
    refuses=[*_STEP, OWN_APPROVAL, EDITED_MEANWHILE],
    idempotent=True,
)
def approve_bulletin(path: ById, body: ApproveIn) -> StaffBulletin:
    """批准；自己写的不能自己批"""
    turn = current()
    return service.approve(turn.session, turn.caller, path.id, body.revision, turn.now)


@room.call(
    "POST", f"{_ONE}/return", who=_APPROVE, answers={200: StaffBulletin}, refuses=_STEP, idempotent=True
)
def return_bulletin(path: ById, body: BulletinReasonIn) -> StaffBulletin:
    """退回给编辑，写明原因"""
    turn = current()
    return service.send_back(turn.session, turn.caller, path.id, body.reason, turn.now)


@room.call(
    "POST", f"{_ONE}/schedule", who=_APPROVE, answers={200: StaffBulletin}, refuses=_STEP, idempotent=True
)
def schedule_bulletin(path: ById, body: ScheduleIn) -> StaffBulletin:
    """定时发布：几点发、到几点、发给谁"""
    turn = current()
    return service.schedule(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "POST", f"{_ONE}/unschedule", who=_APPROVE, answers={200: StaffBulletin}, refuses=_STEP, idempotent=True
)
def unschedule_bulletin(path: ById) -> StaffBulletin:
    """取消定时，时间还没到才行"""
    turn = current()
    return service.unschedule(turn.session, turn.caller, path.id, turn.now)


@room.call("POST", f"{_ONE}/pause", who=_BOTH, answers={200: StaffBulletin}, refuses=_STEP, idempotent=True)
def pause_bulletin(path: ById) -> StaffBulletin:
    """暂停发送"""
    turn = current()
    return service.pause(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST", f"{_ONE}/resume", who=_APPROVE, answers={200: StaffBulletin}, refuses=_STEP, idempotent=True
)
def resume_bulletin(path: ById) -> StaffBulletin:
    """继续发送"""
    turn = current()
    return service.resume(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST", f"{_ONE}/withdraw", who=_BOTH, answers={200: StaffBulletin}, refuses=_STEP, idempotent=True
)
def withdraw_bulletin(path: ById, body: WithdrawIn) -> StaffBulletin:
    """撤回；没送出的不再送，批准以后只有审核人能撤"""
    turn = current()
    return service.withdraw(turn.session, turn.caller, path.id, body.reason, turn.now)


@room.call(
    "POST",
    f"{_ONE}/correct",
    who=_WRITE,
    answers={200: StaffBulletin},
    refuses=[*_STEP, ALREADY_CORRECTED],
    idempotent=True,
)
def correct_bulletin(path: ById) -> StaffBulletin:
    """起草更正：新的一版，发布时代替这一版"""
    turn = current()
    return service.correct(turn.session, turn.caller, path.id, turn.now)


@room.call("POST", f"{_ONE}/audience", who=_BOTH, answers={200: Reach}, refuses=[BULLETIN_UNKNOWN])
def preview_audience(path: ById, body: AudienceIn) -> Reach:
    """发之前看看有多少人、多少人收得到微信通知"""
    turn = current()
    return service.reach(turn.session, path.id, body.audience)


@room.call(
    "GET", f"{_ONE}/deliveries", who=_BOTH, answers={200: Deliveries}, refuses=[BULLETIN_UNKNOWN], etag=True
)
def show_deliveries(path: ById) -> Deliveries:
    """送到哪了"""
    turn = current()
    return service.deliveries(turn.session, path.id)


@room.call("GET", "/staff/questions", who=_BOTH, answers={200: Listed[StaffQuestion]}, etag=True)
def list_asked_questions(query: StaffQuestionQuery) -> Listed[StaffQuestion]:
    """等答复的问题，先问的在前；或答复过的，新的在前"""
    turn = current()
    return questions.staff_list(turn.session, query)


@room.call(
    "POST",
    "/staff/questions/<uuid:id>/answer",
    who=_BOTH,
    answers={200: StaffQuestion},
    refuses=[QUESTION_UNKNOWN, ALREADY_ANSWERED],
    idempotent=True,
)
def answer_question(path: ById, body: AnswerIn) -> StaffQuestion:
    """答复政策问题，注明出处和有效期"""
    turn = current()
    return questions.answer(turn.session, turn.caller, path.id, body, turn.now)
