"""The end of a shift: what somebody holds goes to the next, and both sign."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session, aliased

from app.foundation import audit
from app.foundation.ids import new_id
from app.helpdesk import locks, reopening, store
from app.helpdesk.kinds import all_kinds, get_kind, kinds_for
from app.helpdesk.models import HelpRequest, ShiftHandOver
from app.helpdesk.rules import (
    HAND_OVER_NONE,
    HAND_OVER_SIGNED,
    HAND_OVER_TARGET,
    HAND_OVER_UNKNOWN,
    OPEN,
    SUPERVISED_FROM,
    UNANSWERED,
)
from app.helpdesk.schemas import HandedOver, ShiftHandOverIn
from app.notices.service import tell
from app.people.models import Person, RoleGrant
from app.people.rules import STAFF_ROLES
from app.web.callers import EVERYWHERE, Caller
from app.web.paging import Listed
from app.web.refusals import FORBIDDEN

_LAST = 20
Key = tuple[str, uuid.UUID]


def hand_over(session: Session, caller: Caller, body: ShiftHandOverIn, now: datetime) -> HandedOver:
    """Sign the shift over: the caller's open requests at the station are the next holder's from now on.

    403 at a station that is not the caller's, 409 `shift.wrong_target` for somebody without a desk there, and
    `shift.none_taken` for one who may hold none of them. The clocks run on. What the next one's roles do not
    handle goes to the queue, since who leaves cannot keep it; so does what a driver took back from him, where
    others are on shift.
    """
    if not caller.reaches(body.station, *STAFF_ROLES):
        raise FORBIDDEN.now()
    locks.hold(session, [caller.person_id, body.to])
    name, roles = _next_one(session, caller, body)
    mine = (
        HelpRequest.holder_id == caller.person_id,
        HelpRequest.desk == body.station,
        HelpRequest.state.in_(OPEN),
    )
    locks.lock_in_order(session, and_(*mine))
    freed = _free_what_came_back(session, caller, body.to, mine, now)
    moved = _hand(session, (*mine, *_may_be_held_by(roles)), body.to, now)
    left = _give_back(session, mine)
    if left and not moved:
        raise HAND_OVER_NONE.now()
    freed += left
    store.note_steps(session, freed, now, "given_back", caller)
    store.note_steps(session, moved, now, "shift", caller, about=Caller(body.to, name))
    signed = ShiftHandOver(
        station=body.station, id=new_id(), from_id=caller.person_id, to_id=body.to, at=now, moved=len(moved),
        returned=len(freed), note=body.note or None,
    )  # fmt: skip
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
        text=f"同事把 {len(moved)} 件诉求交给您{_went_back(freed)}，请核对后签收。",
        ref={"kind": "hand_over", "id": str(signed.id)},
    )
    return _view(signed, caller.name, name, caller)


def _went_back(freed: list[Key]) -> str:
    return f"，另有 {len(freed)} 件回到队列" if freed else ""


def listing(session: Session, caller: Caller, station: str | None) -> Listed[HandedOver]:
    """The last shifts that were handed over at the caller's desks, the newest first. 403 at another's."""
    if station and not caller.reaches(station, *STAFF_ROLES):
        raise FORBIDDEN.now()
    gave, takes = aliased(Person), aliased(Person)
    found = (
        select(ShiftHandOver, gave.name, takes.name)
        .outerjoin(gave, gave.id == ShiftHandOver.from_id)
        .outerjoin(takes, takes.id == ShiftHandOver.to_id)
    )
    places = [station] if station else caller.places(*STAFF_ROLES)
    if station or EVERYWHERE not in places:
        found = found.where(ShiftHandOver.station.in_(places))
    rows = session.execute(found.order_by(ShiftHandOver.id.desc()).limit(_LAST)).all()
    return Listed[HandedOver](items=[_view(row, by, to, caller) for row, by, to in rows])


def _free_what_came_back(
    session: Session, caller: Caller, to: uuid.UUID, mine: tuple[Any, ...], now: datetime
) -> list[Key]:
    """What a driver took back from the next holder goes to the queue, where somebody else could take it."""
    back = HelpRequest.reopened > 0, HelpRequest.last_handler_id == to, HelpRequest.state.in_(UNANSWERED)
    found = select(HelpRequest).where(*mine, *back).order_by(HelpRequest.id).with_for_update(key_share=True)
    freed = []
    for request in session.scalars(found):
        urgent = get_kind(request.kind).never_refused
        roles = reopening.roles_for(request)
        if not urgent and reopening.another_on_shift(session, request.desk, roles, now, caller.person_id, to):
            request.holder_id = request.holder_since = None
            freed.append((request.origin, request.id))
    session.flush()
    return freed


def _may_be_held_by(roles: frozenset[str]) -> list[ColumnElement[bool]]:
    """What these roles handle; what was reopened twice is a supervisor's, but for what is urgent."""
    theirs: list[ColumnElement[bool]] = [HelpRequest.kind.in_(kinds_for(roles))]
    if "supervisor" not in roles:
        urgent = [kind.kind for kind in all_kinds() if kind.never_refused]
        theirs.append(or_(HelpRequest.reopened < SUPERVISED_FROM, HelpRequest.kind.in_(urgent)))
    return theirs


def _hand(session: Session, which: tuple[Any, ...], to: uuid.UUID, since: datetime) -> list[Key]:
    """Give these to somebody; which they were."""
    given = locks.update_in_order(*which, holder_id=to, holder_since=since)
    moved = session.execute(given.returning(HelpRequest.origin, HelpRequest.id))
    return [(row.origin, row.id) for row in moved]


def _give_back(session: Session, which: tuple[Any, ...]) -> list[Key]:
    """These are in the queue again, in nobody's hands; which they were."""
    free = locks.update_in_order(*which, holder_id=None, holder_since=None)
    given_back = session.execute(free.returning(HelpRequest.origin, HelpRequest.id))
    return [(row.origin, row.id) for row in given_back]


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
    giver = session.scalar(select(Person.name).where(Person.id == signed.from_id))
    return _view(signed, giver, caller.name, caller)


def _view(signed: ShiftHandOver, giver: str | None, taker: str | None, caller: Caller) -> HandedOver:
    return HandedOver(
        id=str(signed.id),
        station=signed.station,
        from_=giver or "值班员",
        to=taker or "值班员",
        to_me=signed.to_id == caller.person_id,
        moved=signed.moved,
        returned=signed.returned,
        note=signed.note,
        at=signed.at,
        signed_at=signed.signed_at,
    )


def release(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Whoever is shut out holds nothing any more: what he held is back in the queue, its clocks running."""
    held = HelpRequest.holder_id == person_id, HelpRequest.state.in_(OPEN)
    store.note_steps(session, _give_back(session, held), now, "released", None)
