"""Use cases of co-drivers: a code is read out, another joins by it, either may end it."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.claims import store, views
from app.claims.models import ClaimCode, ClaimCoDriver
from app.claims.rules import (
    CO_DRIVER_UNKNOWN,
    CO_DRIVERS_FULL,
    CODE_OVER,
    CODE_UNKNOWN,
    MOST_CO_DRIVERS,
    OWN_CASE,
)
from app.claims.schemas import ClaimOut, CoDriverCode
from app.claims.store import Case
from app.foundation import audit
from app.foundation.columns import blind_index
from app.foundation.database import rows_changed
from app.foundation.ids import new_id
from app.helpdesk import locks
from app.helpdesk import store as requests
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import OPEN, WRONG_STATE
from app.notices.service import tell
from app.stations.rules import normalise_key, show_key
from app.stations.service import new_key
from app.web.callers import Caller


def make_code(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> CoDriverCode:
    """A fresh code for one's own case; the one before it is void. 409 once the case is over."""
    case = store.load_own(session, caller.person_id, request_id, now)
    if case.request.state not in OPEN:
        raise WRONG_STATE.now()
    code, ends = new_key(), now + timedelta(minutes=store.knobs().code_minutes)
    values = {"code_index": _index(code), "expires_at": ends, "used_at": None}
    row = insert(ClaimCode).values(**case.key, **values)
    session.execute(row.on_conflict_do_update(index_elements=["origin", "request_id"], set_=values))
    return CoDriverCode(code=show_key(code), valid_until=ends)


def join(session: Session, caller: Caller, written: str, now: datetime) -> ClaimOut:
    """Join the case of a code; whoever is in it already, and asks again, is in it.

    404 `claim.code_unknown`, 410 `claim.code_expired`, 409 `claim.own_case` / `claim.co_drivers_full`. The
    request's row is locked before the code is spent; of many who use one code at once exactly one joins.
    """
    key = normalise_key(written)
    found = session.scalar(select(ClaimCode).where(ClaimCode.code_index == _index(key))) if key else None
    if found is None:
        raise CODE_UNKNOWN.now()
    request = _lock(session, found, caller)
    mine = requests.owned_by(session, caller.person_id)
    if session.scalar(select(HelpRequest.id).where(HelpRequest.id == request.id, mine)) is not None:
        raise OWN_CASE.now()
    case = Case(request, store.open_case(session, request, now)[0], "co_driver")
    if not _is_in(session, case, caller.person_id):
        _spend(session, case, found.code_index, now)
        _enter(session, case, caller, now)
    return views.driver_view(session, case, caller, now)


def _index(code: str) -> bytes:
    return blind_index(f"claim code {code}")


def _lock(session: Session, code: ClaimCode, caller: Caller) -> HelpRequest:
    held = locks.hold_people(session, HelpRequest.id == code.request_id, caller.person_id)
    found = select(HelpRequest).where(HelpRequest.origin == code.origin, HelpRequest.id == code.request_id)
    request = session.scalars(found.with_for_update(key_share=True)).one()
    locks.hold_strangers(session, request, held)
    if request.state not in OPEN:
        raise CODE_OVER.now()
    return request


def _is_in(session: Session, case: Case, person_id: uuid.UUID) -> bool:
    mine = select(ClaimCoDriver.id).where(
        *store.of(ClaimCoDriver, case), ClaimCoDriver.person_id == person_id
    )
    return session.scalar(mine) is not None


def _spend(session: Session, case: Case, code_index: bytes, now: datetime) -> None:
    """The code is good once: the row count decides."""
    spent = session.execute(
        update(ClaimCode)
        .where(
            *store.of(ClaimCode, case),
            ClaimCode.code_index == code_index,
            ClaimCode.used_at.is_(None),
            ClaimCode.expires_at > now,
        )
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if rows_changed(spent) == 0:
        raise CODE_OVER.now()


def _enter(session: Session, case: Case, caller: Caller, now: datetime) -> None:
    """The driver is told who it was: a code can be overheard."""
    there = select(func.count()).select_from(ClaimCoDriver).where(*store.of(ClaimCoDriver, case))
    if (session.scalar(there) or 0) >= MOST_CO_DRIVERS:
        raise CO_DRIVERS_FULL.now()
    row = insert(ClaimCoDriver).values(**case.key, person_id=caller.person_id, id=new_id(), joined_at=now)
    session.execute(row)
    named = Caller(caller.person_id, caller.name or "司机")
    requests.add_event(session, case.request, now, "co_driver", named)
    audit.record(session, now, caller.person_id, "claim.joined", "claim", case.request.id)
    if case.request.person_id is not None:
        words = (
            f"{named.name}用同车码加入了您的理赔 {case.request.number}。不认识的话，请在理赔页里请他离开。"
        )
        ref = {"kind": "request", "id": str(case.request.id)}
        tell(
            session,
            now,
            case.request.person_id,
            kind="request",
            title="有同车司机加入",
            text=words,
            ref=ref,
        )
    session.flush()


def leave(session: Session, caller: Caller, co_driver_id: uuid.UUID, now: datetime) -> None:
    """A co-driver goes, or the driver lets him go; what he gave stays with the case. 404 for anybody else."""
    owned = requests.owned_by(session, caller.person_id)
    of_case = (
        HelpRequest.origin == ClaimCoDriver.origin,
        HelpRequest.id == ClaimCoDriver.request_id,
    )
    found = select(HelpRequest, ClaimCoDriver.person_id).join(ClaimCoDriver, of_case[0] & of_case[1])
    row = session.execute(
        found.where(
            ClaimCoDriver.id == co_driver_id, owned | (ClaimCoDriver.person_id == caller.person_id)
        ).with_for_update(of=HelpRequest, key_share=True)
    ).one_or_none()
    if row is None:
        raise CO_DRIVER_UNKNOWN.now()
    gone = delete(ClaimCoDriver).where(
        ClaimCoDriver.origin == row[0].origin, ClaimCoDriver.id == co_driver_id
    )
    if rows_changed(session.execute(gone)) == 0:
        raise CO_DRIVER_UNKNOWN.now()
    named = Caller(caller.person_id, caller.name or "司机")
    requests.add_event(session, row[0], now, "co_driver_left", named)
