"""What is held on a person: all of it as one file, or gone. Each room registers what it tells and forgets.

What is left of somebody erased is a row with an id and nothing else, so that the trail of audits still says
that *one* person did this and that, and never who. Whoever comes back through WeChat is a new person.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.clock import iso
from app.people.models import Person, RoleGrant, SignIn, StaffAccount
from app.people.rules import OPEN_MATTERS
from app.web.idempotency import KeptAnswer
from app.wechat.callback import table as wechat_events

Forget = Callable[[Session, uuid.UUID, datetime], None]
Hold = Callable[[Session, uuid.UUID], set[uuid.UUID]]
Tell = Callable[[Session, uuid.UUID], Any]
IsOpen = Callable[[Session, uuid.UUID], bool]

NOBODY = uuid.UUID("00000000-0000-7000-8000-000000000000")
"""To whom rows belong that are kept for figures after their person was erased: those of all of them together,
so that no row leads to another."""

_forgets: dict[str, Forget] = {}
_holds: dict[str, Hold] = {}
_tells: dict[str, Tell] = {}
_open: dict[str, IsOpen] = {}


def listen() -> None:
    """What this room itself tells comes first in the file."""
    on_export("person", tell_person)


def on_erase(name: str, forget: Forget) -> None:
    """Let a room forget: `forget(session, person_id, now)`, in the transaction of the erasure, while the
    person's row still says who he was (a phone's index, say)."""
    _forgets[name] = forget


def on_hold(name: str, others: Hold) -> None:
    """Let a room say of whom else an erasure will tell or write: their rows are taken together with his."""
    _holds[name] = others


def on_export(name: str, tell: Tell) -> None:
    """Let a room tell what it holds on a person: a JSON value under that name."""
    _tells[name] = tell


def on_open_matters(name: str, is_open: IsOpen) -> None:
    """Let a room say whether something of the person is still under way."""
    _open[name] = is_open


def nobody(session: Session, now: datetime) -> uuid.UUID:
    """Nobody's id; made when it is needed for the first time."""
    row = insert(Person).values(id=NOBODY, name="", state="erased", created_at=now)
    session.execute(row.on_conflict_do_nothing())
    return NOBODY


def erase(session: Session, now: datetime, person_id: uuid.UUID, *, force: bool) -> None:
    """Forget a person. 409 `me.open_matters` while something is under way, unless forced.

    His row is locked first of all rows: a request of his that is under way ends before, one that comes after
    finds no sign-in, and whoever wants to write to him waits with nothing in hand that is wanted here.
    """
    person = _lock(session, person_id)
    if not force and any(is_open(session, person_id) for is_open in _open.values()):
        raise OPEN_MATTERS.now()
    for forget in _forgets.values():
        forget(session, person_id, now)
    if person.openid:
        wechat_events.forget_user(session, person.openid)
    for owned in (SignIn, RoleGrant, StaffAccount, KeptAnswer):
        session.execute(delete(owned).where(owned.person_id == person_id))
    session.execute(update(Person).where(Person.id == person_id).values(**_nothing_left(now)))
    audit.record(session, now, None, "person.erased", "person", person_id)


def _lock(session: Session, person_id: uuid.UUID) -> Person:
    """His row for oneself; of others who are concerned that they stay. In the order of ids: two erasures that
    concern one another do not wait in a circle."""
    concerned = set[uuid.UUID]().union(*(others(session, person_id) for others in _holds.values()))
    for each in sorted(concerned | {person_id}):
        row = select(Person.id).where(Person.id == each)
        shared = each != person_id
        session.execute(row.with_for_update(read=shared, key_share=shared))
    return session.get_one(Person, person_id, populate_existing=True)


def _nothing_left(now: datetime) -> dict[str, Any]:
    """Every column of a person but his id; that he came is forgotten too, when he went is kept."""
    gone = {column.name: None for column in Person.__table__.c if column.nullable}
    return gone | {"name": "", "state": "erased", "created_at": now}


def export(session: Session, now: datetime, person_id: uuid.UUID) -> dict[str, Any]:
    """Everything held on a person, by room; that it was taken is written in the audit trail."""
    audit.record(session, now, person_id, "person.exported", "person", person_id)
    return {name: tell(session, person_id) for name, tell in _tells.items()}


def tell_person(session: Session, person_id: uuid.UUID) -> dict[str, Any]:
    """What this room holds."""
    person = session.get_one(Person, person_id)
    roles = session.execute(
        select(RoleGrant.role, RoleGrant.place, RoleGrant.granted_at).where(RoleGrant.person_id == person_id)
    )
    sign_ins = session.execute(
        select(SignIn.kind, SignIn.created_at, SignIn.expires_at).where(SignIn.person_id == person_id)
    )
    login = session.scalar(select(StaffAccount.login).where(StaffAccount.person_id == person_id))
    return {
        "id": str(person.id),
        "openid": person.openid,
        "unionid": person.unionid,
        "nickname": person.name,
        "phone": person.phone,
        "phone_proved_at": iso(person.phone_proved_at) if person.phone_proved_at else None,
        "vehicle": {"plate": person.vehicle_plate, "kind": person.vehicle_kind},
        "created_at": iso(person.created_at),
        "roles": [{"role": r.role, "place": r.place, "since": iso(r.granted_at)} for r in roles],
        "sign_ins": [
            {"kind": s.kind, "since": iso(s.created_at), "until": iso(s.expires_at)} for s in sign_ins
        ],
        "console_login": login,
    }
