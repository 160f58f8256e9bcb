"""What a person has agreed to: separate consents, each given and taken back on its own, nothing overwritten.

Personal Information Protection Law: art. 29 asks for a separate consent to what is sensitive, art. 15 that it
is as easily taken back as given, and whoever handles data must be able to show that he had it. So every word
is kept, and the last one counts. Help never waits for one of them.
"""

import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.clock import iso
from app.foundation.ids import new_id
from app.people import erasure
from app.people.models import ConsentEntry, Person
from app.people.rights_schemas import ConsentOut
from app.people.rules import CONSENT_UNKNOWN, PURPOSES

Withdrawn = Callable[[Session, uuid.UUID, datetime], None]
_withdrawn: dict[tuple[str, str], Withdrawn] = {}


def on_withdrawal(purpose: str, room: str, act: Withdrawn) -> None:
    """Let a room act when a consent is taken back, in the same transaction: what rested on it goes."""
    _withdrawn[purpose, room] = act


def granted(session: Session, person_id: uuid.UUID, purpose: str) -> bool:
    """Whether this consent counts now."""
    last = _last(session, person_id).get(purpose)
    return last is not None and last.granted


def listen() -> None:
    """What was agreed to is in the file, and goes with its person."""
    erasure.on_export("consents", tell)
    erasure.on_erase("consents", forget)


def consents(session: Session, person_id: uuid.UUID) -> list[ConsentOut]:
    """What counts now, for every purpose; one never asked for is not granted."""
    last = _last(session, person_id)
    return [_view(purpose, last.get(purpose)) for purpose in PURPOSES]


def say(session: Session, now: datetime, person_id: uuid.UUID, purpose: str, *, granted: bool) -> ConsentOut:
    """Give a consent or take it back; saying the same again changes nothing. 404 `consent.unknown`."""
    if purpose not in PURPOSES:
        raise CONSENT_UNKNOWN.now()
    session.execute(
        select(Person.id).where(Person.id == person_id).with_for_update()
    )  # one word after another
    last = _last(session, person_id).get(purpose)
    if (last is not None and last.granted) != granted:
        last = ConsentEntry(person_id=person_id, id=new_id(), purpose=purpose, granted=granted, at=now)
        session.add(last)
        what = "consent.granted" if granted else "consent.withdrawn"
        audit.record(session, now, person_id, what, "person", person_id, reason=purpose)
        if not granted:
            for (about, _), act in _withdrawn.items():
                if about == purpose:
                    act(session, person_id, now)
    return _view(purpose, last)


def tell(session: Session, person_id: uuid.UUID) -> list[dict[str, object]]:
    """Every word, in its order."""
    rows = session.scalars(_all(person_id)).all()
    return [{"purpose": row.purpose, "granted": row.granted, "at": iso(row.at)} for row in rows]


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """All of them; that there were some stays in the audit trail, of somebody without a name."""
    session.execute(delete(ConsentEntry).where(ConsentEntry.person_id == person_id))


def _last(session: Session, person_id: uuid.UUID) -> dict[str, ConsentEntry]:
    return {row.purpose: row for row in session.scalars(_all(person_id))}


def _all(person_id: uuid.UUID) -> Select[ConsentEntry]:
    return select(ConsentEntry).where(ConsentEntry.person_id == person_id).order_by(ConsentEntry.id)


def _view(purpose: str, last: ConsentEntry | None) -> ConsentOut:
    return ConsentOut(
        purpose=purpose,
        title=PURPOSES[purpose],
        granted=last is not None and last.granted,
        at=last.at if last else None,
    )
