"""Endpoints of whoever has a claim, and of his co-drivers."""

from app.claims import codrivers, documents, hotlines, service, statements
from app.claims.rules import (
    CO_DRIVER_UNKNOWN,
    CO_DRIVERS_FULL,
    CODE_OVER,
    CODE_UNKNOWN,
    CONSENT_NEEDED,
    DOCUMENT_UNKNOWN,
    DOCUMENTS_FULL,
    EVIDENCE_UNKNOWN,
    MILESTONE_EXISTS,
    OWN_CASE,
)
from app.claims.schemas import (
    ClaimChange,
    ClaimDocumentIn,
    ClaimDocumentOut,
    ClaimLine,
    ClaimOut,
    CoDriverById,
    CoDriverCode,
    DocumentById,
    EvidenceIn,
    GuidesOut,
    HotlineList,
    JoinIn,
    PaperOut,
)
from app.helpdesk.rules import REQUEST_UNKNOWN, WRONG_STATE
from app.helpdesk.schemas import ById
from app.web.callers import SIGNED_IN
from app.web.fields import Page
from app.web.paging import Listed
from app.web.room import Answer, Room
from app.web.turn import current

room = Room("claim_companion", "保险理赔")
_ONE = "/requests/<uuid:id>"


@room.call("GET", "/claims/guides", who=SIGNED_IN, answers={200: GuidesOut}, etag=True)
def guide() -> GuidesOut:
    """理赔向导：两条路、证据清单、材料、时限和出处"""
    turn = current()
    return service.guide(turn.session, turn.now)


@room.call("GET", "/claims/hotlines", who=SIGNED_IN, answers={200: HotlineList}, etag=True)
def numbers() -> HotlineList:
    """报案电话，带核对日期"""
    turn = current()
    return HotlineList(items=hotlines.hotlines(turn.session, turn.now))


@room.call("GET", "/claims", who=SIGNED_IN, answers={200: Listed[ClaimLine]})
def own_claims(query: Page) -> Listed[ClaimLine]:
    """我的理赔，含加入的，新的在前"""
    turn = current()
    return service.own_list(turn.session, turn.caller, query.limit, query.cursor)


@room.call(
    "POST",
    "/claims/join",
    who=SIGNED_IN,
    answers={200: ClaimOut},
    refuses=[CODE_UNKNOWN, CODE_OVER, OWN_CASE, CO_DRIVERS_FULL],
)
def join(body: JoinIn) -> ClaimOut:
    """用同车码加入理赔"""
    turn = current()
    return codrivers.join(turn.session, turn.caller, body.code, turn.now)


@room.call(
    "GET", f"{_ONE}/insurance", who=SIGNED_IN, answers={200: ClaimOut}, refuses=[REQUEST_UNKNOWN], etag=True
)
def see(path: ById) -> ClaimOut:
    """一件理赔：下一步、两个报案、证据、进度、时限、材料"""
    turn = current()
    return service.see(turn.session, turn.caller, path.id, turn.now)


@room.call(
    "PUT",
    f"{_ONE}/insurance",
    who=SIGNED_IN,
    answers={200: ClaimOut},
    refuses=[REQUEST_UNKNOWN, WRONG_STATE, MILESTONE_EXISTS],
)
def change(path: ById, body: ClaimChange) -> ClaimOut:
    """补充已知的情况：走哪条路、报案时间和编号、损失"""
    turn = current()
    return service.change(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "PUT",
    f"{_ONE}/insurance/evidence",
    who=SIGNED_IN,
    answers={200: ClaimOut},
    refuses=[REQUEST_UNKNOWN, WRONG_STATE, EVIDENCE_UNKNOWN],
)
def tick(path: ById, body: EvidenceIn) -> ClaimOut:
    """证据清单打勾"""
    turn = current()
    return service.tick(turn.session, turn.caller, path.id, body, turn.now)


@room.call(
    "POST",
    f"{_ONE}/documents",
    who=SIGNED_IN,
    answers={201: ClaimDocumentOut},
    refuses=[REQUEST_UNKNOWN, WRONG_STATE, CONSENT_NEEDED, DOCUMENTS_FULL],
    idempotent=True,
)
def add_document(path: ById, body: ClaimDocumentIn) -> Answer:
    """把上传的照片放进理赔材料，需先同意“理赔时上传的证件和单据”"""
    turn = current()
    return Answer(documents.add(turn.session, turn.caller, path.id, body, turn.now), 201)


@room.call(
    "DELETE", "/claims/documents/<uuid:id>", who=SIGNED_IN, answers={204: None}, refuses=[DOCUMENT_UNKNOWN]
)
def withdraw_document(path: DocumentById) -> Answer:
    """销毁自己的一份材料"""
    turn = current()
    documents.withdraw(turn.session, turn.caller, path.id, turn.now)
    return Answer(None, 204)


@room.call(
    "POST",
    f"{_ONE}/co-driver-code",
    who=SIGNED_IN,
    answers={201: CoDriverCode},
    refuses=[REQUEST_UNKNOWN, WRONG_STATE],
    idempotent=True,
)
def co_driver_code(path: ById) -> Answer:
    """出一个同车码，只能用一次；再出一个，前一个作废"""
    turn = current()
    return Answer(codrivers.make_code(turn.session, turn.caller, path.id, turn.now), 201)


@room.call(
    "DELETE",
    "/claims/co-drivers/<uuid:id>",
    who=SIGNED_IN,
    answers={204: None},
    refuses=[CO_DRIVER_UNKNOWN],
)
def leave(path: CoDriverById) -> Answer:
    """同车司机离开，或请他离开"""
    turn = current()
    codrivers.leave(turn.session, turn.caller, path.id, turn.now)
    return Answer(None, 204)


@room.call("GET", f"{_ONE}/statement", who=SIGNED_IN, answers={200: PaperOut}, refuses=[REQUEST_UNKNOWN])
def statement(path: ById) -> PaperOut:
    """情况说明：打开和打印的地址"""
    turn = current()
    return statements.for_driver(turn.session, turn.caller, path.id, turn.now)
