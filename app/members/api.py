"""Endpoints of membership: one's own, and the branch's list for its secretary and committee."""

from app.members import office, receipts, rules, service
from app.members.schemas import (
    DeclarationIn,
    MemberById,
    MemberLine,
    MemberQuery,
    MemberReasonIn,
    MembershipChange,
    MembershipPage,
    MemberTransferIn,
    ReceiptOut,
    ReceiptQuery,
)
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import SIGNED_IN, only
from app.web.fields import Page
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("members", "党员与支部")

_OFFICE = only(*rules.OFFICE_ROLES, hidden=True)


@room.call("GET", "/me/membership", who=SIGNED_IN, answers={200: MembershipPage}, refuses=[rules.UNKNOWN])
def my_membership() -> MembershipPage:
    """我的党员记录，只给本人看"""
    turn = current()
    return service.page(turn.session, turn.caller.person_id)


@room.call(
    "POST",
    "/me/membership",
    who=SIGNED_IN,
    answers={201: MembershipPage},
    refuses=[rules.CONSENT_NEEDED, rules.ALREADY, STATION_UNKNOWN],
    idempotent=True,
    in_line=True,
)
def declare(body: DeclarationIn) -> Answer:
    """向支部报到（固定或流动党员），等书记核实"""
    turn = current()
    return Answer(service.declare(turn.session, turn.caller, body, turn.now), 201)


@room.call(
    "PUT",
    "/me/membership",
    who=SIGNED_IN,
    answers={200: MembershipPage},
    refuses=[rules.UNKNOWN, rules.CONSENT_NEEDED],
)
def change_membership(body: MembershipChange) -> MembershipPage:
    """在外站值守要不要给本支部回执"""
    turn = current()
    return service.change(turn.session, turn.caller, body)


@room.call(
    "DELETE", "/me/membership", who=SIGNED_IN, answers={204: None}, refuses=[rules.UNKNOWN], in_line=True
)
def take_membership_back() -> None:
    """收回自己还没核实的报到"""
    turn = current()
    service.take_back(turn.session, turn.caller, turn.now)


@room.call("GET", "/me/receipts", who=SIGNED_IN, answers={200: Listed[ReceiptOut]}, refuses=[rules.UNKNOWN])
def my_receipts(query: Page) -> Listed[ReceiptOut]:
    """给本支部的回执，本人看得到每一条"""
    turn = current()
    return receipts.own(turn.session, turn.caller, query)


@room.call("GET", "/staff/members", who=_OFFICE, answers={200: Listed[MemberLine]})
def list_members(query: MemberQuery) -> Listed[MemberLine]:
    """本支部的党员和等待核实的报到"""
    turn = current()
    return office.listing(turn.session, turn.caller, query, turn.now)


@room.call("GET", "/staff/members/receipts", who=_OFFICE, answers={200: Listed[ReceiptOut]})
def list_receipts(query: ReceiptQuery) -> Listed[ReceiptOut]:
    """流动党员在外站值守的回执（本人同意才有）"""
    turn = current()
    return receipts.of_branch(turn.session, turn.caller, query, turn.now)


@room.call(
    "POST",
    "/staff/members/<uuid:id>/verify",
    who=_OFFICE,
    answers={200: MemberLine},
    refuses=[rules.OWN_MATTER, rules.UNKNOWN, rules.WRONG_STATE, rules.ALREADY],
)
def verify_member(path: MemberById) -> MemberLine:
    """核实报到或转入"""
    turn = current()
    return office.verify(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "POST",
    "/staff/members/<uuid:id>/refuse",
    who=_OFFICE,
    answers={200: MemberLine},
    refuses=[rules.OWN_MATTER, rules.UNKNOWN, rules.WRONG_STATE],
)
def refuse_member(path: MemberById, body: MemberReasonIn) -> MemberLine:
    """报到不予通过，写明原因"""
    turn = current()
    return office.refuse(turn.session, turn.caller, path.id, body.reason, turn.now)


@room.call(
    "POST",
    "/staff/members/<uuid:id>/transfer",
    who=_OFFICE,
    answers={200: MemberLine},
    refuses=[
        rules.OWN_MATTER,
        rules.UNKNOWN,
        rules.WRONG_STATE,
        rules.ALREADY,
        rules.SAME_BRANCH,
        STATION_UNKNOWN,
    ],
)
def transfer_member(path: MemberById, body: MemberTransferIn) -> MemberLine:
    """转到别的支部（由对方书记核实），或变更固定、流动类别"""
    turn = current()
    return office.transfer(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "POST",
    "/staff/members/<uuid:id>/leave",
    who=_OFFICE,
    answers={200: MemberLine},
    refuses=[rules.OWN_MATTER, rules.UNKNOWN, rules.WRONG_STATE],
)
def let_go(path: MemberById, body: MemberReasonIn) -> MemberLine:
    """办理离开支部，历史保留"""
    turn = current()
    return office.leave(turn.session, turn.caller, path.id, body.reason, turn.now)
