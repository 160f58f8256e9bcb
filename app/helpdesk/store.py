"""Reading and writing the rows of one request: load with a lock, add a step, add a message."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.foundation.columns import blind_index
from app.foundation.ids import new_id
from app.foundation.refusals import Refusal
from app.foundation.workdays import OwnDays
from app.helpdesk import locks
from app.helpdesk.calendar import own_days_for
from app.helpdesk.deadlines import Step, deadlines
from app.helpdesk.kinds import get_kind
from app.helpdesk.models import HelpRequest, RequestEvent, RequestMessage
from app.helpdesk.rules import REQUEST_UNKNOWN, next_due
from app.helpdesk.station_clocks import promised
from app.people.models import Person
from app.web.callers import Caller

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_number(now: datetime) -> str:
    """A number that can be said on the phone: `1123-7KQ9M` (month and day, then chance)."""
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(5))
    return f"{now.astimezone(SHANGHAI):%m%d}-{tail}"


def insert_request(session: Session, now: datetime, **values: Any) -> HelpRequest:
    """Insert with a fresh id and number; a number already in use is drawn again."""
    while True:
        row = insert(HelpRequest).values(id=new_id(), number=new_number(now), **values)
        made = row.on_conflict_do_nothing(index_elements=["origin", "number"]).returning(HelpRequest)
        if (request := session.scalars(made).one_or_none()) is not None:
            return request


def load_own(
    session: Session, person_id: uuid.UUID, request_id: uuid.UUID, *, lock: bool = False
) -> HelpRequest:
    """A request of this person, or one that staff entered for his proved phone. 404 for anybody else's."""
    found = select(HelpRequest).where(HelpRequest.id == request_id, owned_by(session, person_id))
    return _one(session, found, request_id, person_id if lock else None)


def owned_by(session: Session, person_id: uuid.UUID) -> Any:
    """The condition that a request is this person's."""
    index = session.scalar(select(Person.phone_index).where(Person.id == person_id))
    mine = HelpRequest.person_id == person_id
    return mine if index is None else or_(mine, HelpRequest.caller_index == index)


def load_for_desk(
    session: Session, request_id: uuid.UUID, scope: Any, *, taken_by: Caller | None = None
) -> HelpRequest:
    """A request that lies in the caller's scope. 404 otherwise. `taken_by`: who takes a step with it, so that
    it has to be locked."""
    found = select(HelpRequest).where(HelpRequest.id == request_id, scope)
    return _one(session, found, request_id, taken_by.person_id if taken_by else None)


def _one(session: Session, found: Any, request_id: uuid.UUID, actor: uuid.UUID | None) -> HelpRequest:
    """With an `actor` the row is locked, so that of two steps at once the second sees what the first did;
    before it the people whom it names, and the actor."""
    held = locks.hold_people(session, HelpRequest.id == request_id, actor) if actor else set()
    if actor:
        found = found.with_for_update(key_share=True)
    request: HelpRequest | None = session.scalars(
        found.execution_options(populate_existing=True)
    ).one_or_none()
    if request is None:
        raise REQUEST_UNKNOWN.now()
    if actor:
        locks.hold_strangers(session, request, held)
    return request


def stop(refusal: Refusal | None, **extra: Any) -> None:
    """Raise what a rule refused."""
    if refusal is not None:
        raise refusal.now(**extra)


def move(request: HelpRequest, state: str) -> None:
    """Change the state and the clock that orders the queue."""
    request.state = state
    request.look_at = request.created_at  # at once: the clockwork finds out when the next time is
    if state != "waiting":
        request.waiting_since = request.wait_until = None
    put_in_order(request)


def put_in_order(request: HelpRequest) -> None:
    """The clock that runs now orders the queue."""
    request.due_at = next_due(
        request.state,
        ack_by=request.ack_by,
        answer_by=request.close_by if request.answered_at else request.answer_by,
        close_by=request.close_by,
        wait_until=request.wait_until,
    )


def resume(session: Session, request: HelpRequest, now: datetime) -> None:
    """The driver is waited for no longer: the clocks go on, as late as the timeline says that they stood."""
    if request.state != "waiting":
        return
    own = own_days_for(session, promised(request, get_kind(request.kind)), request.created_at)
    until = reckon(session, request, now, own)
    request.answer_by, request.close_by = until["answer"], until["close"]


def reckon(session: Session, request: HelpRequest, now: datetime, own: OwnDays) -> dict[str, datetime]:
    """The deadlines, anew from the timeline: what was promised, the pauses, the calendar as it is now."""
    mine = RequestEvent.origin == request.origin, RequestEvent.request_id == request.id
    rows = session.execute(select(RequestEvent.at, RequestEvent.what).where(*mine)).all()
    steps = [Step(row.at, row.what) for row in rows]
    clocks = promised(request, get_kind(request.kind))
    return deadlines(clocks, request.created_at, steps, now, own)


def note_steps(
    session: Session,
    keys: list[tuple[str, uuid.UUID]],
    now: datetime,
    what: str,
    by: Caller | None,
    note: str | None = None,
    about: Caller | None = None,
) -> None:
    """The same step in many timelines; `about`: the colleague of whom it tells."""
    rows = [
        {"origin": origin, "request_id": request_id, "id": new_id(), "at": now, "what": what,
         "actor_id": by.person_id if by else None, "actor_name": by.name if by else "系统", "note": note,
         "about_id": about.person_id if about else None, "about_name": about.name if about else None}
        for origin, request_id in keys
    ]  # fmt: skip
    if rows:
        session.execute(insert(RequestEvent), rows)


def answers_since(request_id: uuid.UUID, since: Any) -> Select[datetime]:
    """When this request was answered, at that moment or later, whatever has become of it since."""
    answers = RequestEvent.request_id == request_id, RequestEvent.what == "resolved", RequestEvent.at >= since
    return select(RequestEvent.at).where(*answers).order_by(RequestEvent.at)


def add_event(
    session: Session,
    request: HelpRequest,
    now: datetime,
    what: str,
    by: Caller | None,
    note: str | None = None,
    about: Caller | None = None,
) -> None:
    """A step of the timeline; `by` is None for the clockwork. `about`: a colleague, whose name stands before
    the note and goes when he goes."""
    session.add(
        RequestEvent(
            origin=request.origin,
            request_id=request.id,
            id=new_id(),
            at=now,
            what=what,
            actor_id=by.person_id if by else None,
            actor_name=by.name if by else "系统",
            about_id=about.person_id if about else None,
            about_name=about.name if about else None,
            note=note,
        )
    )


def add_message(
    session: Session,
    request: HelpRequest,
    now: datetime,
    text: str,
    *,
    author: str,
    by: Caller,
    internal: bool = False,
    written_at: datetime | None = None,
) -> RequestMessage:
    """A message of the thread."""
    message = RequestMessage(
        origin=request.origin,
        request_id=request.id,
        id=new_id(),
        at=now,
        written_at=written_at,
        author=author,
        author_id=by.person_id,
        author_name=by.name,
        internal=internal,
        text=text,
    )
    session.add(message)
    return message


def phone_index(phone: str | None) -> bytes | None:
    """The blind index of a caller's number."""
    return blind_index(phone) if phone else None
