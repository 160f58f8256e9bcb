"""Use cases of whoever has a claim: see it, tell what is known by now, tick what was done, list one's own."""

import uuid
from datetime import datetime

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.claims import hotlines, store, views
from app.claims.guides import guides, what_of
from app.claims.models import ClaimEvidenceTick, ClaimFootage, ClaimMilestone
from app.claims.rules import (
    EVIDENCE_UNKNOWN,
    KIND,
    MILESTONE_EXISTS,
    MILESTONE_SAME,
    MILESTONE_UNKNOWN,
    MILESTONES,
    moment_fault,
    moment_in,
)
from app.claims.schemas import ClaimChange, ClaimLine, ClaimOut, EvidenceIn, GuidesOut
from app.claims.store import Case
from app.foundation.clock import SHANGHAI
from app.foundation.refusals import FieldFault, invalid
from app.helpdesk import store as requests
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import OPEN, WRONG_STATE
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor

_REPORTS = {"police": "police_reported_at", "insurer": "insurer_reported_at"}
_NO_FACTS = {"path", "what", *_REPORTS.values()}


def guide(session: Session, now: datetime) -> GuidesOut:
    """The guided paths with all that belongs to them, numbers as they are known today."""
    return GuidesOut(**guides().model_dump(), hotlines=hotlines.hotlines(session, now))


def see(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> ClaimOut:
    """One's own case, or one that one has joined."""
    case = store.load_for_driver(session, caller.person_id, request_id, now)
    return views.driver_view(session, case, caller, now)


def change(
    session: Session, caller: Caller, request_id: uuid.UUID, body: ClaimChange, now: datetime
) -> ClaimOut:
    """What is known by now, told by the driver or a co-driver. 409 once it is over."""
    case = store.load_for_driver(session, caller.person_id, request_id, now, lock=True)
    apply_change(session, case, caller, body, now)
    return views.driver_view(session, case, caller, now)


def apply_change(session: Session, case: Case, caller: Caller, body: ClaimChange, now: datetime) -> None:
    """The same for whoever tells it; the request's row is locked, so that nobody's word is lost."""
    if case.request.state not in OPEN:
        raise WRONG_STATE.now()
    sent = body.model_dump(include=body.model_fields_set)
    if moment := moment_in(sent.get("happened_at") or ""):
        check_moment(moment, case, now, "happened_at")
    case.row.facts = case.row.facts | {n: value for n, value in sent.items() if n not in _NO_FACTS}
    if sent.get("path"):
        case.row.path = sent["path"]
    if sent.get("what") and sent["what"] != case.row.what:
        _now_it_is(session, case, sent["what"], now)
    for kind, name in _REPORTS.items():
        if sent.get(name) is not None:
            reached(session, case, caller, kind, sent[name], None, now, again=True)
    store.heard(session, case, now)
    session.flush()


def _now_it_is(session: Session, case: Case, code: str, now: datetime) -> None:
    """Something else has happened than was thought; a theft rings at the desk, unless footage is safe."""
    what = what_of(code)
    case.row.what = code
    safe = session.scalar(select(ClaimFootage.outcome).where(*store.of(ClaimFootage, case))) is not None
    if not what.theft:
        case.row.footage_by = None
    elif case.row.footage_by is None and not safe:
        case.row.footage_by = store.footage_by(now)
        store.ring_for_footage(session, case.request, now)


def reached(
    session: Session,
    case: Case,
    caller: Caller,
    kind: str,
    at: datetime,
    note: str | None,
    now: datetime,
    *,
    again: bool = False,
) -> str:
    """A step was reached: once, the key decides. `again`: telling the same once more is no fault.

    Answers the words for the timeline. 422 for a moment that cannot be, 409 `claim.milestone_exists`.
    """
    check_moment(at, case, now, f"{kind}_reported_at" if again else "at")
    row = insert(ClaimMilestone).values(**case.key, kind=kind, at=at)
    words = f"{MILESTONES[kind]}（{at.astimezone(SHANGHAI):%m-%d %H:%M}）"
    told = f"{words}，{note}" if note else words
    if session.scalar(row.on_conflict_do_nothing().returning(ClaimMilestone.kind)) is not None:
        requests.add_event(session, case.request, now, "milestone", _named(caller, case), told)
    elif not (again and store.milestones(session, case)[kind] == at):
        raise MILESTONE_EXISTS.now()
    return told


def corrected(
    session: Session, case: Case, caller: Caller, kind: str, at: datetime, note: str | None, now: datetime
) -> str:
    """A step has another time than was noted; the timeline keeps both. The request's row is locked.

    Answers the words for the timeline. 422 for a moment that cannot be, 404 `claim.milestone_unknown`, 409
    `claim.milestone_same`.
    """
    check_moment(at, case, now, "at")
    found = select(ClaimMilestone).where(*store.of(ClaimMilestone, case), ClaimMilestone.kind == kind)
    step = session.scalar(found.execution_options(populate_existing=True))
    if step is None:
        raise MILESTONE_UNKNOWN.now()
    if step.at == at:
        raise MILESTONE_SAME.now()
    words = f"{MILESTONES[kind]}（{_in_full(step.at)} 改为 {_in_full(at)}）"
    told = f"{words}，{note}" if note else words
    step.at = at
    requests.add_event(session, case.request, now, "milestone_corrected", _named(caller, case), told)
    session.flush()
    return told


def _in_full(at: datetime) -> str:
    """With its year, which may be what was wrong."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def check_moment(at: datetime, case: Case, now: datetime, field: str) -> None:
    """422 for a moment that is still to come, by more than clocks differ, or lies half a year back."""
    if fault := moment_fault(at, case.request.created_at, now):
        raise invalid(FieldFault(field, fault))


def _named(caller: Caller, case: Case) -> Caller:
    """In a thread whoever asks is the driver, whatever else he is."""
    return caller if case.role == "staff" else Caller(caller.person_id, caller.name or "司机")


def tick(
    session: Session, caller: Caller, request_id: uuid.UUID, body: EvidenceIn, now: datetime
) -> ClaimOut:
    """A line of the evidence list was done, or not after all; saying it twice changes nothing."""
    case = store.load_for_driver(session, caller.person_id, request_id, now, lock=True)
    if case.request.state not in OPEN:
        raise WRONG_STATE.now()
    if body.code not in {line.code for line in what_of(case.row.what).evidence}:
        raise EVIDENCE_UNKNOWN.now(errors=[{"field": "code", "message": EVIDENCE_UNKNOWN.detail}])
    if body.done:
        row = insert(ClaimEvidenceTick).values(
            **case.key, code=body.code, done_at=now, by_id=caller.person_id
        )
        session.execute(row.on_conflict_do_nothing())
    else:
        lines = delete(ClaimEvidenceTick).where(*store.of(ClaimEvidenceTick, case))
        session.execute(lines.where(ClaimEvidenceTick.code == body.code))
    return views.driver_view(session, case, caller, now)


def own_list(session: Session, caller: Caller, limit: int, cursor: str | None) -> Listed[ClaimLine]:
    """One's own cases and those that one has joined, newest first, in three statements."""
    own = requests.owned_by(session, caller.person_id)
    found = select(HelpRequest, own.label("own")).where(
        HelpRequest.kind == KIND, or_(own, store.joined(caller.person_id))
    )
    if place := read_cursor(cursor):
        found = found.where(tuple_(HelpRequest.created_at, HelpRequest.id) < place)
    order = (HelpRequest.created_at.desc(), HelpRequest.id.desc())
    rows = session.execute(found.order_by(*order).limit(limit + 1)).all()
    shown = [row[0] for row in rows[:limit]]
    last = _last_steps(session, shown)
    items = [_line(row[0], row.own, last.get(row[0].id)) for row in rows[:limit]]
    more = write_cursor(shown[-1].created_at, shown[-1].id) if len(rows) > limit else None
    return Listed[ClaimLine](items=items, next_cursor=more)


def _line(request: HelpRequest, own: bool, last: str | None) -> ClaimLine:
    return ClaimLine(
        request_id=str(request.id),
        number=request.number,
        state=request.state,
        station=request.station,
        role="owner" if own else "co_driver",
        created_at=request.created_at,
        reached=last,
    )


def _last_steps(session: Session, rows: list[HelpRequest]) -> dict[uuid.UUID, str]:
    """Of each case the title of the step that was reached last."""
    keys = [(row.origin, row.id) for row in rows]
    if not keys:
        return {}
    found = select(ClaimMilestone.request_id, ClaimMilestone.kind).where(
        tuple_(ClaimMilestone.origin, ClaimMilestone.request_id).in_(keys)
    )
    steps = session.execute(found.order_by(ClaimMilestone.at)).all()
    return {row.request_id: MILESTONES[row.kind] for row in steps}
