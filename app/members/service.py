"""Use cases of a member: declare, see what is held, let one's own branch be told, read what it was told."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.duty.store import deciders
from app.foundation import audit
from app.members import rules, store
from app.members.models import Membership
from app.members.schemas import DeclarationIn, MembershipChange, MembershipOut, MembershipPage
from app.people import consents
from app.stations.models import Station
from app.stations.service import require_station
from app.web.callers import Caller


def page(session: Session, person_id: uuid.UUID) -> MembershipPage:
    """What holds, what waits and what was. 404 `member.unknown` for somebody without any."""
    rows = store.spells(session, person_id)
    if not rows:
        raise rules.UNKNOWN.now()
    names = station_names(session, {row.branch for row in rows})
    seen = {row.id: view(row, names) for row in rows}
    by_state = {row.state: seen[row.id] for row in rows if row.state in rules.OPEN}
    history = [seen[row.id] for row in rows if row.state not in rules.OPEN]
    return MembershipPage(current=by_state.get("active"), pending=by_state.get("pending"), history=history)


def declare(session: Session, caller: Caller, body: DeclarationIn, now: datetime) -> MembershipPage:
    """Say that one belongs to a branch; its secretaries verify it. The caller is in line.

    404 `station.unknown`, 409 `member.consent_needed`, `member.already`.
    """
    if not agreed(session, caller.person_id):
        raise rules.CONSENT_NEEDED.now()
    require_station(session, body.branch)
    if store.find_active(session, caller.person_id):
        raise rules.ALREADY.now()
    about = body.model_dump()
    made = store.add(session, person_id=caller.person_id, state="pending", declared_at=now, **about)
    if made is None:
        raise rules.ALREADY.now()
    audit.record(session, now, caller.person_id, "member.declared", "membership", made, station=body.branch)
    for decider in deciders(session, body.branch, caller.person_id):
        text = f"{body.name}（{rules.KINDS[body.kind]}）向本支部报到，请核实。"
        store.tell_member(session, now, decider, "有党员报到，请核实", text)
    return page(session, caller.person_id)


def take_back(session: Session, caller: Caller, now: datetime) -> None:
    """Take one's own declaration back while nobody has decided about it; nothing of it stays but the trail.

    404 `member.unknown`. A transfer is the branch's matter and stays.
    """
    waiting = (Membership.person_id == caller.person_id) & (Membership.state == "pending")
    gone = delete(Membership).where(waiting, Membership.follows.is_(None)).returning(Membership.id)
    taken = session.scalar(gone)
    if taken is None:
        raise rules.UNKNOWN.now()
    audit.record(session, now, caller.person_id, "member.taken_back", "membership", taken)


def change(session: Session, caller: Caller, body: MembershipChange) -> MembershipPage:
    """Let one's own branch be told where one served, or no longer.

    404 `member.unknown`, 409 `member.consent_needed`.
    """
    if body.receipts and not agreed(session, caller.person_id):
        raise rules.CONSENT_NEEDED.now()
    mine = (Membership.person_id == caller.person_id) & Membership.state.in_(rules.OPEN)
    session.execute(update(Membership).where(mine).values(receipts=body.receipts))
    session.expire_all()
    return page(session, caller.person_id)


def agreed(session: Session, person_id: uuid.UUID) -> bool:
    """Whether the separate consent to membership holds."""
    said = consents.consents(session, person_id)
    return any(word.granted for word in said if word.purpose == "membership")


def section(session: Session, person_id: uuid.UUID, _: frozenset[tuple[str, str]]) -> dict[str, Any] | None:
    """`User.member`: shown to the person alone."""
    mine = select(Membership).where(Membership.person_id == person_id, Membership.state.in_(rules.OPEN))
    row = session.scalars(mine.order_by(Membership.state)).first()  # active before pending
    return view(row, station_names(session, {row.branch})).model_dump(mode="json") if row else None


def station_names(session: Session, codes: set[str]) -> dict[str, str]:
    """What the stations of branches are called."""
    found = session.execute(select(Station.code, Station.name).where(Station.code.in_(codes)))
    return {row.code: row.name for row in found}


def view(row: Membership, names: dict[str, str]) -> MembershipOut:
    """A membership as its owner sees it."""
    shown = {
        name: getattr(row, name) for name in ("branch", "kind", "state", "ended_at", "receipts", "reason")
    }
    return MembershipOut(
        id=str(row.id),
        branch_name=names.get(row.branch, row.branch),
        kind_text=rules.KINDS[row.kind],
        state_text=rules.STATES[row.state],
        since=row.from_at,
        **shown,
    )
