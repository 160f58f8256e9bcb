"""The end of a shift: what somebody holds goes to the next, and both sign."""

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.database import table_of
from app.foundation.ids import new_id
from app.helpdesk import store
from app.helpdesk.kinds import kinds_for
from app.helpdesk.models import HelpRequest, ShiftHandOver
from app.helpdesk.rules import HAND_OVER_SIGNED, HAND_OVER_TARGET, HAND_OVER_UNKNOWN, OPEN
from app.helpdesk.schemas import HandedOver, ShiftHandOverIn
from app.notices.service import tell
from app.people.models import Person, RoleGrant
from app.people.rules import STAFF_ROLES
from app.web.callers import EVERYWHERE, Caller
from app.web.refusals import FORBIDDEN


def hand_over(session: Session, caller: Caller, body: ShiftHandOverIn, now: datetime) -> HandedOver:
    """Sign the shift over: the caller's open requests at the station are the next holder's from now on.

    403 at a station that is not the caller's, 409 `shift.wrong_target` for somebody without a desk there.
    The clocks run on. What the next one's roles do not handle stays where it is.
    """
    if not caller.reaches(body.station, *STAFF_ROLES):
        raise FORBIDDEN.now()
    name, roles = _next_one(session, caller, body)
    moved = session.execute(
        update(HelpRequest)
        .where(
            HelpRequest.holder_id == caller.person_id,
            HelpRequest.desk == body.station,
            HelpRequest.state.in_(OPEN),
            HelpRequest.kind.in_(kinds_for(roles)),
        )
        .values(holder_id=body.to, holder_since=now, last_handler_id=caller.person_id)
        .returning(HelpRequest.origin, HelpRequest.id)
        .execution_options(synchronize_session=False)
    ).all()
    store.note_steps(session, [(row.origin, row.id) for row in moved], now, "shift", caller, name)
    signed = ShiftHandOver(
        station=body.station, id=new_id(), from_id=caller.person_id, to_id=body.to, at=now, moved=len(moved)
    )
    session.add(signed)
    session.flush()
    audit.record(
        session, now, caller.person_id, "shift.handed_over", "shift", signed.id, station=body.station
    )
    tell(
        session,
        now,
        body.to,
        kind="request",
        title="交接班：请签收",
        text=f"{caller.name or '同事'}把 {len(moved)} 件诉求交给您，请核对后签收。",
        ref={"kind": "hand_over", "id": str(signed.id)},
    )
    return _view(signed, name)


def _next_one(session: Session, caller: Caller, body: ShiftHandOverIn) -> tuple[str, frozenset[str]]:
    """The name of the next holder and the roles that he holds at the station."""
    found = select(Person.name, RoleGrant.role).join(RoleGrant, RoleGrant.person_id == Person.id)
    rows = session.execute(
        found.where(
            Person.id == body.to,
            Person.id != caller.person_id,
            Person.state == "active",
            RoleGrant.role.in_(STAFF_ROLES),
            RoleGrant.place.in_([body.station, EVERYWHERE]),
        )
    ).all()
    if not rows:
        raise HAND_OVER_TARGET.now()
    return rows[0].name, frozenset(row.role for row in rows)


def sign(session: Session, caller: Caller, hand_over_id: uuid.UUID, now: datetime) -> HandedOver:
    """The next holder signs too. 404 for anybody else, 409 `shift.signed` the second time."""
    mine = ShiftHandOver.id == hand_over_id, ShiftHandOver.to_id == caller.person_id
    won = (
        update(ShiftHandOver)
        .where(*mine, ShiftHandOver.signed_at.is_(None))
        .values(signed_at=now)
        .returning(ShiftHandOver)
    )
    signed = session.scalars(won).one_or_none()
    if signed is None:
        known = session.scalar(select(ShiftHandOver.id).where(*mine))
        raise (HAND_OVER_SIGNED if known else HAND_OVER_UNKNOWN).now()
    return _view(signed, caller.name)


def _view(signed: ShiftHandOver, name: str) -> HandedOver:
    return HandedOver(
        id=str(signed.id),
        station=signed.station,
        to=name or "值班员",
        moved=signed.moved,
        at=signed.at,
        signed_at=signed.signed_at,
    )


def release(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Whoever is shut out holds nothing any more: what he held is back in the queue, its clocks running."""
    requests = table_of(HelpRequest)
    freed = session.execute(
        update(requests)
        .where(requests.c.holder_id == person_id, requests.c.state.in_(OPEN))
        .values(holder_id=None, holder_since=None, last_handler_id=person_id)
        .returning(requests.c.origin, requests.c.id)
    ).all()
    store.note_steps(session, [(row.origin, row.id) for row in freed], now, "released", None, None)
