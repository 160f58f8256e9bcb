"""Endpoints of points for the branch's secretary and committee: the quarter, objections, rules, 减负自查."""

from app.members.rules import OFFICE_ROLES
from app.points import book, objections, paper, quarters, rules, switches
from app.points.schemas import (
    ByQuarter,
    DecisionIn,
    ListQuery,
    ObjectionById,
    ObjectionQuery,
    OfficeObjection,
    OfficeQuarter,
    PointsBranchIn,
    PointsBranchQuery,
    PointsRulesIn,
    PointsRulesOut,
    PublishIn,
    RewardIn,
    RewardOut,
    SelfCheckOut,
)
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import only
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("points_office", "积分管理")

_OFFICE = only(*OFFICE_ROLES, hidden=True)
_ONE = "/staff/points/quarters/<quarter>"


@room.call("GET", _ONE, who=_OFFICE, answers={200: OfficeQuarter}, refuses=[rules.UNKNOWN])
def show_office_quarter(path: ByQuarter, query: PointsBranchQuery) -> OfficeQuarter:
    """本支部一个季度的得分，和结算时的账能不能对上"""
    turn = current()
    return quarters.show_office(turn.session, turn.caller, query.branch, path.quarter, turn.now)


@room.call(
    "POST",
    f"{_ONE}/settle",
    who=_OFFICE,
    answers={200: OfficeQuarter},
    refuses=[rules.UNKNOWN, rules.WRONG_STATE, STATION_UNKNOWN],
)
def settle(path: ByQuarter, body: PointsBranchIn) -> OfficeQuarter:
    """结算一个已经结束的季度；公示以前可以再结，公示以后账上有更正的也可以"""
    turn = current()
    return quarters.settle(turn.session, turn.caller, body.branch, path.quarter, turn.now)


@room.call(
    "POST",
    f"{_ONE}/publish",
    who=_OFFICE,
    answers={200: OfficeQuarter},
    refuses=[rules.UNKNOWN, rules.WRONG_STATE],
)
def publish(path: ByQuarter, body: PublishIn) -> OfficeQuarter:
    """公示 5 到 7 天"""
    turn = current()
    days = body.days or turn.home.settings.points.public_days
    return quarters.publish(turn.session, turn.caller, body.branch, path.quarter, days, turn.now)


@room.call(
    "POST",
    f"{_ONE}/finalize",
    who=_OFFICE,
    answers={200: OfficeQuarter},
    refuses=[rules.UNKNOWN, rules.CHANGED, rules.WRONG_STATE],
)
def finalize(path: ByQuarter, body: PointsBranchIn) -> OfficeQuarter:
    """公示期满、异议都处理完、名单和账对得上，定案"""
    turn = current()
    return quarters.finalize(turn.session, turn.caller, body.branch, path.quarter, turn.now)


@room.call(
    "POST",
    f"{_ONE}/rewards",
    who=_OFFICE,
    answers={201: RewardOut},
    refuses=[rules.OWN_REWARD, rules.UNKNOWN, rules.WRONG_STATE, rules.REWARDED],
    idempotent=True,
)
def reward(path: ByQuarter, body: RewardIn) -> Answer:
    """定案后记一项季度奖励"""
    turn = current()
    return Answer(quarters.reward(turn.session, turn.caller, path.quarter, body, turn.now), 201)


@room.call(
    "GET",
    f"{_ONE}/list",
    who=_OFFICE,
    answers={200: None},
    refuses=[rules.UNKNOWN, rules.WRONG_STATE],
)
def print_list(path: ByQuarter, query: ListQuery) -> Answer:
    """公示榜：PDF 或表格，张贴用"""
    turn = current()
    made, kind = paper.make(turn.session, turn.caller, path.quarter, query, turn.now)
    name = f'attachment; filename="points-{path.quarter}.{query.format}"'
    return Answer(made, headers={"Content-Type": kind, "Content-Disposition": name})


@room.call("GET", "/staff/points/objections", who=_OFFICE, answers={200: Listed[OfficeObjection]})
def list_objections(query: ObjectionQuery) -> Listed[OfficeObjection]:
    """本支部的异议"""
    turn = current()
    return objections.listing(turn.session, turn.caller, query, turn.now)


@room.call(
    "POST",
    "/staff/points/objections/<uuid:id>/decide",
    who=_OFFICE,
    answers={200: OfficeObjection},
    refuses=[rules.OBJECTION_UNKNOWN, rules.OWN_OBJECTION, rules.WRONG_STATE],
)
def decide_objection(path: ObjectionById, body: DecisionIn) -> OfficeObjection:
    """处理异议，写明理由；成立的重新结算、重新公示"""
    turn = current()
    return objections.decide(turn.session, turn.caller, path.id, body, turn.now)


@room.call("GET", "/staff/points/rules", who=_OFFICE, answers={200: Listed[PointsRulesOut]})
def list_rules(query: PointsBranchQuery) -> Listed[PointsRulesOut]:
    """积分规则的各个版本"""
    turn = current()
    return book.listing(turn.session, turn.caller, query)


@room.call(
    "POST",
    "/staff/points/rules",
    who=_OFFICE,
    answers={201: PointsRulesOut},
    refuses=[STATION_UNKNOWN],
    idempotent=True,
)
def add_rules(body: PointsRulesIn) -> Answer:
    """定一版新规则，最早从明天起生效"""
    turn = current()
    return Answer(book.add(turn.session, turn.caller, body, turn.now), 201)


@room.call(
    "GET",
    "/staff/self-check",
    who=only(*OFFICE_ROLES, "admin", "supervisor", "auditor"),
    answers={200: SelfCheckOut},
)
def self_check() -> SelfCheckOut:
    """减负自查：哪些开关开着"""
    return switches.self_check(current().home.settings.points)
