"""Endpoints of the desk."""

from app.helpdesk import desk, merging, shifts
from app.helpdesk.rules import (
    ALREADY_CLAIMED,
    CLOSED,
    HAND_OVER_NONE,
    HAND_OVER_SIGNED,
    HAND_OVER_TARGET,
    HAND_OVER_UNKNOWN,
    NEEDS_SUPERVISOR,
    NO_PHONE,
    REQUEST_UNKNOWN,
    SAME_HANDLER,
    TARGET_UNKNOWN,
    WAIT_TOO_LONG,
    WRONG_STATE,
)
from app.helpdesk.schemas import (
    ById,
    HandedOver,
    MergeIn,
    MessageOut,
    Phone,
    QueueItem,
    QueueQuery,
    ReplyIn,
    RevealIn,
    ShiftHandOverIn,
    ShiftsQuery,
    StaffRequestIn,
    StaffRequestOut,
    TextIn,
    TransferIn,
    WaitIn,
    never_refused,
)
from app.people.rules import STAFF_ROLES
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import only
from app.web.limits import Limits
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("desk", "值班台")
_DESK = only(*STAFF_ROLES)
_STEPS = [REQUEST_UNKNOWN, WRONG_STATE]


@room.call("GET", "/staff/requests", who=_DESK, answers={200: Listed[QueueItem]}, etag=True)
def queue(query: QueueQuery) -> Listed[QueueItem]:
    """本人负责站点的队列，最急的在上"""
    turn = current()
    return desk.queue(turn.session, turn.caller, query, turn.now)


@room.call(
    "POST",
    "/staff/requests",
    who=_DESK,
    answers={201: StaffRequestOut},
    refuses=[STATION_UNKNOWN],
    idempotent=True,
    limited=False,
    never_refused=never_refused,
)
def enter(body: StaffRequestIn) -> Answer:
    """替打电话来或走进来的人登记"""
    turn = current()
    turn.ignore_bad_key = urgent = never_refused({"kind": body.kind})
    if not urgent:
        turn.home.part(Limits).person(turn.caller.person_id)
    return Answer(desk.enter(turn.session, turn.caller, body, turn.now), 201)


@room.call(
    "GET",
    "/staff/requests/<uuid:id>",
    who=_DESK,
    answers={200: StaffRequestOut},
    refuses=[REQUEST_UNKNOWN],
    etag=True,
)
def open_one(path: ById) -> StaffRequestOut:
    """一条诉求，含内部备注；打开会留痕"""
    turn = current()
    return desk.open_one(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/staff/requests/<uuid:id>/claim",
    who=_DESK,
    answers={200: StaffRequestOut},
    refuses=[*_STEPS, ALREADY_CLAIMED, NEEDS_SUPERVISOR, SAME_HANDLER],
    idempotent=True,
)
def claim(path: ById) -> StaffRequestOut:
    """接手；同时抢只有一个人接到"""
    turn = current()
    return desk.claim(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/staff/requests/<uuid:id>/replies",
    who=_DESK,
    answers={201: MessageOut},
    refuses=[REQUEST_UNKNOWN, CLOSED, NEEDS_SUPERVISOR, SAME_HANDLER],
    idempotent=True,
)
def reply(path: ById, body: ReplyIn) -> Answer:
    """答复司机，或写内部备注"""
    turn = current()
    return Answer(desk.reply(turn.session, turn.caller, path.id, body, turn.now), 201)


@room.call(
    "POST",
    "/staff/requests/<uuid:id>/transfer",
    who=_DESK,
    answers={200: StaffRequestOut},
    refuses=[*_STEPS, STATION_UNKNOWN, TARGET_UNKNOWN, SAME_HANDLER],
    idempotent=True,
)
def transfer(path: ById, body: TransferIn) -> StaffRequestOut:
    """转给别的站点、同事或外部单位，时钟不停"""
    turn = current()
    return desk.transfer(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "POST",
    "/staff/requests/<uuid:id>/resolve",
    who=_DESK,
    answers={200: StaffRequestOut},
    refuses=[*_STEPS, NEEDS_SUPERVISOR, SAME_HANDLER],
    idempotent=True,
)
def resolve(path: ById, body: TextIn) -> StaffRequestOut:
    """办结，等司机确认"""
    turn = current()
    return desk.resolve(turn.session, turn.caller, path.id, body.text, turn.now)


@room.call(
    "POST",
    "/staff/requests/<uuid:id>/wait",
    who=_DESK,
    answers={200: StaffRequestOut},
    refuses=[*_STEPS, WAIT_TOO_LONG],
    idempotent=True,
)
def wait(path: ById, body: WaitIn) -> StaffRequestOut:
    """等司机补充，到某个时间，一次最多 30 天，医疗求助 24 小时"""
    turn = current()
    return desk.wait(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "POST",
    "/staff/requests/<uuid:id>/merge",
    who=_DESK,
    answers={200: StaffRequestOut},
    refuses=_STEPS,
    idempotent=True,
)
def merge(path: ById, body: MergeIn) -> StaffRequestOut:
    """和另一件是同一件事，并过去"""
    turn = current()
    return merging.merge(turn.session, turn.caller, path.id, body.into, turn.now)


@room.call(
    "POST",
    "/staff/shifts/hand-over",
    who=_DESK,
    answers={200: HandedOver},
    refuses=[HAND_OVER_TARGET, HAND_OVER_NONE],
    idempotent=True,
)
def hand_over(body: ShiftHandOverIn) -> HandedOver:
    """交班：手上没办结的转给接班的人；他的岗位办不了的回到队列"""
    turn = current()
    return shifts.hand_over(turn.session, turn.caller, body, turn.now)


@room.call("GET", "/staff/shifts/hand-overs", who=_DESK, answers={200: Listed[HandedOver]}, etag=True)
def hand_overs(query: ShiftsQuery) -> Listed[HandedOver]:
    """最近的交接班，新的在前；要我签收的 `to_me` 为真、`signed_at` 为空"""
    turn = current()
    return shifts.listing(turn.session, turn.caller, query.station)


@room.call(
    "POST",
    "/staff/shifts/hand-overs/<uuid:id>/sign",
    who=_DESK,
    answers={200: HandedOver},
    refuses=[HAND_OVER_UNKNOWN, HAND_OVER_SIGNED],
    idempotent=True,
)
def sign_hand_over(path: ById) -> HandedOver:
    """接班：签收"""
    turn = current()
    return shifts.sign(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/staff/requests/<uuid:id>/reveal-phone",
    who=_DESK,
    answers={200: Phone},
    refuses=[REQUEST_UNKNOWN, NO_PHONE],
)
def reveal_phone(path: ById, body: RevealIn) -> Phone:
    """显示回拨号码，会留痕"""
    turn = current()
    return Phone(phone=desk.reveal_phone(turn.session, turn.caller, path.id, body.reason, turn.now))
