"""Reading and writing a case: find it for whoever asks, open it once, keep its rows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.claims.guides import guides, what_of
from app.claims.models import ClaimCase, ClaimCoDriver, ClaimMilestone
from app.claims.rules import KIND, what_from
from app.helpdesk import desk, locks, store
from app.helpdesk.chain import people_at
from app.helpdesk.kinds import get_kind
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import CENTRE, OPEN, REQUEST_UNKNOWN
from app.notices.service import tell
from app.settings import ClaimSettings, Settings
from app.web.callers import Caller


class _Current:
    """The settings of this process; a use case is given a session and no settings."""

    settings = ClaimSettings()


def use_settings(settings: Settings) -> None:
    """Set them once, when the process is put together."""
    _Current.settings = settings.claims


def knobs() -> ClaimSettings:
    """The settings in use."""
    return _Current.settings


@dataclass(frozen=True)
class Case:
    """A request that is a claim, what makes it one, and as whom the caller came to it."""

    request: HelpRequest
    row: ClaimCase
    role: str

    @property
    def key(self) -> dict[str, Any]:
        """The columns that every row of the case begins with."""
        return {"origin": self.request.origin, "request_id": self.request.id}


def joined(person_id: uuid.UUID) -> ColumnElement[bool]:
    """The condition that this person has joined the request's case."""
    return exists().where(
        ClaimCoDriver.origin == HelpRequest.origin,
        ClaimCoDriver.request_id == HelpRequest.id,
        ClaimCoDriver.person_id == person_id,
    )


def load_for_driver(
    session: Session, person_id: uuid.UUID, request_id: uuid.UUID, now: datetime, *, lock: bool = False
) -> Case:
    """A case of this person's, or one that he has joined. 404 for anybody else's and for another kind."""
    own = store.owned_by(session, person_id)
    found = select(HelpRequest, own.label("own")).where(
        HelpRequest.id == request_id, HelpRequest.kind == KIND, or_(own, joined(person_id))
    )
    held = locks.hold_people(session, HelpRequest.id == request_id, person_id) if lock else set()
    if lock:
        found = found.with_for_update(of=HelpRequest, key_share=True)
    row = session.execute(found.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise REQUEST_UNKNOWN.now()
    if lock:
        locks.hold_strangers(session, row[0], held)
    return Case(row[0], open_case(session, row[0], now)[0], "owner" if row.own else "co_driver")


def load_own(session: Session, person_id: uuid.UUID, request_id: uuid.UUID, now: datetime) -> Case:
    """A case of this person's own, its row locked. 404 otherwise, also for who has only joined."""
    case = load_for_driver(session, person_id, request_id, now, lock=True)
    if case.role != "owner":
        raise REQUEST_UNKNOWN.now()
    return case


def load_for_desk(
    session: Session, caller: Caller, request_id: uuid.UUID, now: datetime, *, lock: bool = False
) -> Case:
    """A case in the caller's scope. 404 otherwise, and for another kind of request."""
    scope = desk.scope(caller) & (HelpRequest.kind == KIND)
    request = store.load_for_desk(session, request_id, scope, taken_by=caller if lock else None)
    return Case(request, open_case(session, request, now)[0], "staff")


def open_case(session: Session, request: HelpRequest, now: datetime) -> tuple[ClaimCase, bool]:
    """The case of a claim, and whether it was opened just now: the key lets one of many do it.

    A theft rings at the desk at once: footage is overwritten by itself.
    """
    found = select(ClaimCase).where(ClaimCase.origin == request.origin, ClaimCase.request_id == request.id)
    if (row := session.scalar(found.execution_options(populate_existing=True))) is not None:
        return row, False
    what = what_of(what_from(request.details, guides().whats))
    rings = what.theft and request.state in OPEN
    fresh = insert(ClaimCase).values(
        origin=request.origin,
        request_id=request.id,
        path=what.paths[0],
        what=what.code,
        facts={},
        opened_at=now,
        footage_by=footage_by(now) if rings else None,
    )
    made = session.scalar(fresh.on_conflict_do_nothing().returning(ClaimCase.request_id)) is not None
    if made and rings:
        ring_for_footage(session, request, now)
    return session.scalars(found).one(), made


def footage_by(now: datetime) -> datetime:
    """Until when the footage of a theft that is known since now should be secured."""
    return now + timedelta(minutes=knobs().footage_minutes)


def ring_for_footage(session: Session, request: HelpRequest, now: datetime, late: bool = False) -> None:
    """Tell the station's desk what its first step is; the holder too, and the supervisor when it is late."""
    kind = get_kind(KIND)
    step = "supervisor" if late else "station"
    people = set(people_at(session, "centre" if request.desk == CENTRE else step, request.desk, kind.roles))
    if request.holder_id is not None:
        people.add(request.holder_id)
    words = f"{kind.title} {request.number} 是被盗：请先保全这个车位、这段时间的监控录像，录像会被覆盖。"
    for person_id in sorted(people):
        tell(
            session,
            now,
            person_id,
            kind="request",
            title=f"{kind.title}：{'还没有保全录像' if late else '先保全录像'}",
            text=words,
            ref={"kind": "request", "id": str(request.id)},
        )


def heard(session: Session, case: Case, now: datetime) -> None:
    """A driver has done something that the desk should see; if he was waited for, the clocks go on."""
    request = case.request
    if case.role == "staff":
        return
    request.driver_wrote_at = now
    if request.state == "waiting":
        store.add_event(session, request, now, "wait_over", None)  # else the pause would go on
        session.flush()
        store.resume(session, request, now)
        store.move(request, "handling")


def milestones(session: Session, case: Case) -> dict[str, datetime]:
    """The steps that were reached, and when."""
    mine = select(ClaimMilestone.kind, ClaimMilestone.at).where(*of(ClaimMilestone, case))
    return {row.kind: row.at for row in session.execute(mine)}


def of(table: Any, case: Case) -> Sequence[ColumnElement[bool]]:
    """The conditions that a row of this table belongs to the case."""
    return table.origin == case.request.origin, table.request_id == case.request.id
