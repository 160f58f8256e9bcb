"""Endpoints of points for members: one's own ledger, the quarter of the branch, an objection."""

from app.points import own, rules
from app.points.schemas import ByQuarter, ObjectionIn, ObjectionOut, PointsOut, PointsQuery, QuarterOut
from app.web.callers import SIGNED_IN
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("points", "积分")


@room.call("GET", "/points", who=SIGNED_IN, answers={200: PointsOut}, refuses=[rules.UNKNOWN])
def my_points(query: PointsQuery) -> PointsOut:
    """我的积分：每一分的理由、规则版本和来源，只给本人看"""
    turn = current()
    return own.points(turn.session, turn.caller, query, turn.now)


@room.call(
    "GET",
    "/points/quarters/<quarter>",
    who=SIGNED_IN,
    answers={200: QuarterOut},
    refuses=[rules.UNKNOWN],
)
def show_quarter(path: ByQuarter) -> QuarterOut:
    """一个季度：状态、规则、本人得分；排名只在公示期内、只对本支部"""
    turn = current()
    ranking = turn.home.settings.points.ranking
    return own.quarter_page(turn.session, turn.caller, path.quarter, turn.now, ranking)


@room.call(
    "POST",
    "/points/quarters/<quarter>/objections",
    who=SIGNED_IN,
    answers={201: ObjectionOut},
    refuses=[rules.UNKNOWN, rules.ENTRY_UNKNOWN, rules.WRONG_STATE, rules.OBJECTION_OPEN],
    idempotent=True,
)
def object_to_quarter(path: ByQuarter, body: ObjectionIn) -> Answer:
    """公示期内提出异议"""
    turn = current()
    return Answer(own.object_to(turn.session, turn.caller, path.quarter, body, turn.now), 201)


@room.call(
    "GET",
    "/points/quarters/<quarter>/objections",
    who=SIGNED_IN,
    answers={200: Listed[ObjectionOut]},
    refuses=[rules.UNKNOWN],
)
def my_objections(path: ByQuarter) -> Listed[ObjectionOut]:
    """我的异议和处理结果"""
    turn = current()
    return Listed[ObjectionOut](items=own.objections(turn.session, turn.caller, path.quarter))
