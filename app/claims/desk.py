"""Use cases of the desk for claims: see a case, note what is known, its milestones, and the footage."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.claims import service, store, views
from app.claims.models import ClaimCoDriver, ClaimFootage
from app.claims.rules import OUTCOMES, may_note
from app.claims.schemas import ClaimChange, FootageIn, MilestoneIn, StaffClaimOut
from app.claims.store import Case
from app.foundation import audit
from app.foundation.clock import SHANGHAI
from app.helpdesk import desk as helpdesk
from app.helpdesk import store as requests
from app.helpdesk import views as request_views
from app.helpdesk.rules import WRONG_STATE
from app.helpdesk.schemas import StaffRequestOut
from app.notices.service import tell
from app.web.callers import Caller


def see(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> StaffClaimOut:
    """A case with all that is known; opening it is recorded."""
    case = store.load_for_desk(session, caller, request_id, now)
    audit.record_reading(
        session, now, caller.person_id, "claim.opened", "claim", request_id, station=case.request.desk
    )
    return views.desk_view(session, case, caller, now)


def change(
    session: Session, caller: Caller, request_id: uuid.UUID, body: ClaimChange, now: datetime
) -> StaffClaimOut:
    """What the desk knows by now: the path, what happened, the numbers, the loss. 409 once it is over."""
    case = store.load_for_desk(session, caller, request_id, now, lock=True)
    service.apply_change(session, case, caller, body, now)
    return views.desk_view(session, case, caller, now)


def note(
    session: Session, caller: Caller, request_id: uuid.UUID, body: MilestoneIn, now: datetime
) -> StaffRequestOut:
    """A step of a claim was reached, or had another time; its driver and his co-drivers are told. 409 for
    another kind of request, and the second time."""
    request = requests.load_for_desk(session, request_id, helpdesk.scope(caller), taken_by=caller)
    if not may_note(request.kind, request.state):
        raise WRONG_STATE.now()
    case = Case(request, store.open_case(session, request, now)[0], "staff")
    step = service.corrected if body.correct else service.reached
    told = step(session, case, caller, body.kind, body.at, body.note, now)
    tell_drivers(session, case, "理赔进度更正" if body.correct else "理赔进度", told, now)
    session.flush()
    return request_views.desk_view(session, request, caller, now)


def tell_drivers(session: Session, case: Case, status: str, text: str, now: datetime) -> None:
    """The driver, and whoever has joined his case."""
    helpdesk.tell_driver(session, case.request, now, status, text)
    joined = select(ClaimCoDriver.person_id).where(*store.of(ClaimCoDriver, case))
    for person_id in session.scalars(joined):
        tell(
            session,
            now,
            person_id,
            kind="request",
            title=f"同车理赔：{status}",
            text=text,
            ref={"kind": "claim", "id": str(case.request.id)},
        )


def footage(
    session: Session, caller: Caller, request_id: uuid.UUID, body: FootageIn, now: datetime
) -> StaffClaimOut:
    """What became of the camera footage; said again it replaces what was said, the timeline keeps both."""
    case = store.load_for_desk(session, caller, request_id, now, lock=True)
    if not may_note(case.request.kind, case.request.state):
        raise WRONG_STATE.now()
    for name in ("from_at", "until_at"):
        if (at := getattr(body, name)) is not None:
            service.check_moment(at, case, now, name)
    values = body.model_dump() | {"by_id": caller.person_id, "noted_at": now}
    row = insert(ClaimFootage).values(**case.key, **values)
    session.execute(row.on_conflict_do_update(index_elements=["origin", "request_id"], set_=values))
    words = OUTCOMES[body.outcome] + _hours(body)
    requests.add_event(session, case.request, now, "footage", caller, words)
    tell_drivers(session, case, OUTCOMES[body.outcome], f"{words}。", now)
    session.flush()
    return views.desk_view(session, case, caller, now)


def _hours(body: FootageIn) -> str:
    """From when to when, as people say it; nothing where nothing was kept."""
    if body.from_at is None or body.until_at is None:
        return ""
    start, end = body.from_at.astimezone(SHANGHAI), body.until_at.astimezone(SHANGHAI)
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%m-%d %H:%M}"
    return f"（{start:%m-%d %H:%M} 到 {last}）"
