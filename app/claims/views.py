"""From the rows of a case to what its driver, his co-drivers and the desk see."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.claims import links, store
from app.claims.guides import ClaimWhat, guides, paper_title, papers_for, path_of, what_of
from app.claims.hotlines import hotlines
from app.claims.models import ClaimCoDriver, ClaimDocument, ClaimEvidenceTick, ClaimFootage
from app.claims.rules import MILESTONES, OUTCOMES, Running, clocks_of, destroy_on, next_step
from app.claims.schemas import (
    ClaimClockOut,
    ClaimDocumentOut,
    ClaimFacts,
    ClaimMilestoneOut,
    ClaimOut,
    CoDriverOut,
    EvidenceOut,
    HotlineOut,
    NextStepOut,
    ReportOut,
    StaffClaimOut,
    StaffFootageOut,
    WantedDocumentOut,
)
from app.claims.store import Case
from app.foundation.clock import shanghai_day
from app.helpdesk.calendar import own_days
from app.people.models import Person
from app.web.callers import Caller


def driver_view(session: Session, case: Case, caller: Caller, now: datetime) -> ClaimOut:
    """What the driver sees, or whoever joined; where the footage lies is the desk's."""
    return ClaimOut.model_validate(_fields(session, case, caller, now))


def desk_view(session: Session, case: Case, caller: Caller, now: datetime) -> StaffClaimOut:
    """What the desk sees."""
    handling = case.request.holder_id == caller.person_id
    return StaffClaimOut.model_validate(_fields(session, case, caller, now) | {"handling": handling})


def _fields(session: Session, case: Case, caller: Caller, now: datetime) -> dict[str, Any]:
    """All of it in eight statements, however many papers there are."""
    request, row = case.request, case.row
    what = what_of(row.what)
    reached = store.milestones(session, case)
    ticks = _ticks(session, case)
    footage = session.scalar(select(ClaimFootage).where(*store.of(ClaimFootage, case)))
    evidence = [
        EvidenceOut(code=line.code, title=line.title, why=line.why, done_at=ticks.get(line.code))
        for line in what.evidence
    ]
    facts = facts_of(case)
    documents = document_views(session, case, caller, now)
    undone = sum(line.done_at is None for line in evidence)
    step = next_step(what, footage=footage is not None, milestones=reached, unticked=undone)
    marks = {"created": request.created_at, **reached}
    own = own_days(session, shanghai_day(min(marks.values())))
    return {
        "request_id": str(request.id),
        "number": request.number,
        "state": request.state,
        "station": request.station,
        "side": request.side,
        "role": case.role,
        "path": row.path,
        "path_title": path_of(row.path).title,
        "what": row.what,
        "what_title": what.title,
        "disclaimer": guides().disclaimer,
        "next_step": NextStepOut(who=step[0], code=step[1], text=step[2]) if step else None,
        "reports": _reports(what, row.path, reached, facts, hotlines(session, now)),
        "footage": _footage(row.footage_by, footage),
        "evidence": evidence,
        "milestones": [
            ClaimMilestoneOut(kind=kind, title=title, at=reached.get(kind))
            for kind, title in MILESTONES.items()
        ],
        "clocks": [
            _clock(each) for each in clocks_of(guides().clocks, row.path, marks, facts.loss_fen, now, own)
        ],
        "documents_wanted": _wanted(row.path, row.what, documents),
        "documents": documents,
        "co_drivers": _co_drivers(session, case, caller),
        "facts": facts,
    }


def facts_of(case: Case) -> ClaimFacts:
    """What was said at first, and what is known better since."""
    first = {name: case.request.details.get(name) for name in ClaimFacts.model_fields}
    first = {name: value for name, value in first.items() if isinstance(value, str)}
    return ClaimFacts.model_validate(first | case.row.facts)


def _ticks(session: Session, case: Case) -> dict[str, datetime]:
    mine = select(ClaimEvidenceTick.code, ClaimEvidenceTick.done_at).where(*store.of(ClaimEvidenceTick, case))
    return {row.code: row.done_at for row in session.execute(mine)}


def _reports(
    what: ClaimWhat,
    path: str,
    reached: dict[str, datetime],
    facts: ClaimFacts,
    numbers: Sequence[HotlineOut],
) -> list[ReportOut]:
    """Side by side: the police, and the insurer of this path (of one's own policy: all of them)."""
    police = [line for line in numbers if line.code == what.police]
    own = [line for line in numbers if not line.code.isdigit() and line.code != "toll_network"]
    insurer = [line for line in numbers if line.code == "toll_network"] if path == "toll_network" else own
    return [
        ReportOut(
            kind="police",
            title="报警",
            phones=police,
            done_at=reached.get("police"),
            number=facts.police_no,
        ),
        ReportOut(
            kind="insurer",
            title="向保险公司报案",
            phones=list(insurer),
            done_at=reached.get("insurer"),
            number=facts.insurer_no,
        ),
    ]


def _footage(due_at: datetime | None, row: ClaimFootage | None) -> StaffFootageOut | None:
    if due_at is None and row is None:
        return None
    return StaffFootageOut(
        due_at=due_at,
        outcome=row.outcome if row else None,
        title=OUTCOMES[row.outcome] if row else "还没有保全",
        from_at=row.from_at if row else None,
        until_at=row.until_at if row else None,
        noted_at=row.noted_at if row else None,
        camera=row.camera if row else None,
        kept_where=row.kept_where if row else None,
    )


def _clock(running: Running) -> ClaimClockOut:
    clock = running.clock
    return ClaimClockOut.model_validate(
        {
            "code": clock.code,
            "title": clock.title,
            "note": clock.note,
            "state": running.state,
            "due_at": running.due_at,
            "sources": [guides().sources[name] for name in clock.sources],
        }
    )


def _wanted(path: str, what: str, documents: Sequence[ClaimDocumentOut]) -> list[WantedDocumentOut]:
    kinds = [document.kind for document in documents]
    return [
        WantedDocumentOut(kind=paper.kind, title=paper.title, have=kinds.count(paper.kind))
        for paper in papers_for(path, what)
    ]


def document_views(
    session: Session, case: Case, caller: Caller, now: datetime, only: uuid.UUID | None = None
) -> list[ClaimDocumentOut]:
    """The papers that are still there, the oldest first; whose they are not sees that they are there."""
    found = (
        select(ClaimDocument, Person.name)
        .outerjoin(Person, Person.id == ClaimDocument.person_id)
        .where(*store.of(ClaimDocument, case), ClaimDocument.destroyed_at.is_(None))
        .order_by(ClaimDocument.added_at, ClaimDocument.id)
    )
    if only is not None:
        found = found.where(ClaimDocument.id == only)
    return [_document(row, name, case, caller, now) for row, name in session.execute(found)]


def _document(
    row: ClaimDocument, name: str | None, case: Case, caller: Caller, now: datetime
) -> ClaimDocumentOut:
    mine = row.person_id == caller.person_id
    handling = case.role == "staff" and case.request.holder_id == caller.person_id
    knobs = store.knobs()
    ends = destroy_on(
        row.added_at,
        case.request.closed_at,
        after_close=timedelta(days=knobs.keep_days_after_close),
        at_most=timedelta(days=knobs.keep_days_at_most),
    )
    return ClaimDocumentOut(
        id=str(row.id),
        kind=row.kind,
        title=paper_title(row.kind),
        by=name or "司机",
        mine=mine,
        added_at=row.added_at,
        destroy_on=shanghai_day(ends),
        url=links.address("documents", row.id, caller.person_id, now) if mine or handling else None,
    )


def _co_drivers(session: Session, case: Case, caller: Caller) -> list[CoDriverOut]:
    found = (
        select(ClaimCoDriver, Person.name)
        .join(Person, Person.id == ClaimCoDriver.person_id)
        .where(*store.of(ClaimCoDriver, case))
        .order_by(ClaimCoDriver.joined_at, ClaimCoDriver.id)
    )
    return [
        CoDriverOut(
            id=str(row.id),
            name=name or "司机",
            mine=row.person_id == caller.person_id,
            joined_at=row.joined_at,
        )
        for row, name in session.execute(found)
    ]
