"""Endpoints of whoever asks for something."""

from app.helpdesk import service, views
from app.helpdesk.board import Board
from app.helpdesk.rules import CLOSED, REOPEN_OVER, REQUEST_UNKNOWN, WRONG_STATE
from app.helpdesk.schemas import (
    BoardOut,
    ById,
    KindList,
    MessageIn,
    MessageOut,
    RatingIn,
    ReasonIn,
    RequestIn,
    RequestOut,
    never_refused,
)
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import PUBLIC, SIGNED_IN
from app.web.fields import Page
from app.web.limits import Limits
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("helpdesk", "诉求")
_STEPS = [REQUEST_UNKNOWN, WRONG_STATE]


@room.call("GET", "/request-kinds", who=PUBLIC, answers={200: KindList}, etag=True)
def kinds() -> KindList:
    """诉求种类：字段、时限、该先拨的电话"""
    return views.kind_list()


@room.call("GET", "/board", who=PUBLIC, answers={200: BoardOut}, etag=True)
def board() -> BoardOut:
    """公开榜：各站各月及时答复率、满意率，没有任何人的信息，数少的不显示"""
    turn = current()
    return turn.home.part(Board).look(turn.session, turn.now)


@room.call(
    "POST",
    "/requests",
    who=SIGNED_IN,
    answers={201: RequestOut, 200: RequestOut},
    refuses=[STATION_UNKNOWN],
    idempotent=True,
    limited=False,
    never_refused=never_refused,
)
def create(body: RequestIn) -> Answer:
    """提一条诉求；医疗求助从不拒绝，重复呼叫并入未结的那一条"""
    turn = current()
    turn.ignore_bad_key = urgent = never_refused({"kind": body.kind})
    if not urgent:
        turn.home.part(Limits).person(turn.caller.person_id)
    request, joined = service.create(turn.session, turn.caller, body, turn.now)
    return Answer(request, 200 if joined else 201)


@room.call("GET", "/requests", who=SIGNED_IN, answers={200: Listed[RequestOut]})
def own_list(query: Page) -> Listed[RequestOut]:
    """我的诉求，新的在前"""
    turn = current()
    return service.own_list(turn.session, turn.caller, turn.now, query.limit, query.cursor)


@room.call(
    "GET",
    "/requests/<uuid:id>",
    who=SIGNED_IN,
    answers={200: RequestOut},
    refuses=[REQUEST_UNKNOWN],
    etag=True,
)
def own_one(path: ById) -> RequestOut:
    """我的一条诉求，连同往来和时限"""
    turn = current()
    return service.own_one(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/requests/<uuid:id>/messages",
    who=SIGNED_IN,
    answers={201: MessageOut},
    refuses=[REQUEST_UNKNOWN, CLOSED],
    idempotent=True,
)
def write(path: ById, body: MessageIn) -> Answer:
    """在诉求里补一句话"""
    turn = current()
    return Answer(service.write(turn.session, turn.caller, path.id, body, turn.now), 201)


@room.call(
    "POST",
    "/requests/<uuid:id>/confirm",
    who=SIGNED_IN,
    answers={200: RequestOut},
    refuses=_STEPS,
    idempotent=True,
)
def confirm(path: ById) -> RequestOut:
    """确认办结"""
    turn = current()
    return service.confirm(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/requests/<uuid:id>/reopen",
    who=SIGNED_IN,
    answers={200: RequestOut},
    refuses=[*_STEPS, REOPEN_OVER],
    idempotent=True,
)
def reopen(path: ById, body: ReasonIn) -> RequestOut:
    """不满意，重新打开（办结后 7 天内）"""
    turn = current()
    days = turn.home.settings.helpdesk.reopen_days
    return service.reopen(turn.session, turn.caller, path.id, body.reason, turn.now, days)


@room.call(
    "POST",
    "/requests/<uuid:id>/withdraw",
    who=SIGNED_IN,
    answers={200: RequestOut},
    refuses=_STEPS,
    idempotent=True,
)
def withdraw(path: ById) -> RequestOut:
    """撤回"""
    turn = current()
    return service.withdraw(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/requests/<uuid:id>/rating",
    who=SIGNED_IN,
    answers={200: RequestOut},
    refuses=_STEPS,
    idempotent=True,
)
def rate(path: ById, body: RatingIn) -> RequestOut:
    """评价 1 到 5 分"""
    turn = current()
    return service.rate(turn.session, turn.caller, path.id, body, turn.now)
