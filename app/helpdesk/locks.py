"""In which order a transaction takes rows, so that nobody waits in a circle: people, then requests by id.

Telling somebody, or making him a holder, takes his person's row (the foreign key does), and whoever is erased
has his own row before the requests that name him. So a step takes the people whom its requests name before
the requests: it and an erasure wait for one another with nothing in hand that the other wants.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, Uuid, func, literal, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import Session

from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import WRONG_STATE
from app.people.models import Person

_NAMING = (HelpRequest.person_id, HelpRequest.holder_id, HelpRequest.last_handler_id, HelpRequest.entered_by)


def naming(person_id: uuid.UUID) -> ColumnElement[bool]:
    """The condition that a request names this person by his id."""
    return or_(*(column == person_id for column in _NAMING))


def hold_people(
    session: Session, which: ColumnElement[bool], *also: uuid.UUID, skip_locked: bool = False
) -> set[uuid.UUID]:
    """Everybody whom these requests name stays until the transaction ends; answers who that is.

    Called before any request is locked. Shared: people at work do not wait for one another. `skip_locked`
    leaves out who is being erased at this moment.
    """
    named: Select[Any] = select(func.unnest(array(_NAMING))).where(which)
    proved = select(Person.id).join(HelpRequest, HelpRequest.caller_index == Person.phone_index).where(which)
    parts = [proved, select(func.unnest(literal(list(also), ARRAY(Uuid))))] if also else [proved]
    return _hold(session, Person.id.in_(named.union(*parts)), skip_locked)


def hold(session: Session, people: Iterable[uuid.UUID]) -> None:
    """The same for these people."""
    _hold(session, Person.id.in_(list(people)), False)


def _hold(session: Session, whom: ColumnElement[bool], skip_locked: bool) -> set[uuid.UUID]:
    found = select(Person.id).where(whom).order_by(Person.id)
    return set(session.scalars(found.with_for_update(read=True, key_share=True, skip_locked=skip_locked)))


def strangers(session: Session, request: HelpRequest, held: set[uuid.UUID]) -> set[uuid.UUID]:
    """Whom a request names, now that it is locked, and who was not held before."""
    named = {person for person in (getattr(request, column.key) for column in _NAMING) if person}
    if request.caller_index is not None:
        named.update(session.scalars(select(Person.id).where(Person.phone_index == request.caller_index)))
    return named - held


def hold_strangers(session: Session, request: HelpRequest, held: set[uuid.UUID]) -> None:
    """Hold also whom somebody has written into the request between the look and the lock, without waiting.

    409 `request.wrong_state` where he is being erased at this moment: his name is about to go again.
    """
    late = strangers(session, request, held)
    if late and _hold(session, Person.id.in_(late), True) != late:
        raise WRONG_STATE.now()


def lock_in_order(session: Session, which: ColumnElement[bool]) -> Sequence[uuid.UUID]:
    """Lock these requests, of which the rows themselves may not be needed; their ids."""
    found = select(HelpRequest.id).where(which).order_by(HelpRequest.id)
    return session.scalars(found.with_for_update(key_share=True)).all()


def update_in_order(*which: ColumnElement[bool], **values: Any) -> Update:
    """An UPDATE of these requests whose rows are locked one after the other, as by all who lock several.

    Where another changes a row meanwhile, the conditions are tried again on what he left.
    """
    found = select(HelpRequest.origin, HelpRequest.id).where(*which).order_by(HelpRequest.id)
    locked = found.with_for_update(key_share=True).cte("locked")
    key = tuple_(HelpRequest.origin, HelpRequest.id)
    changed = update(HelpRequest).where(key == tuple_(locked.c.origin, locked.c.id)).values(**values)
    return changed.execution_options(synchronize_session=False)
