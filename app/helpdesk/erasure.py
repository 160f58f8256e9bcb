"""What the help desk holds on a person: his requests as he sees them, or rows for figures and no more."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.foundation.clock import iso
from app.helpdesk import attachments, hooks, locks, merging, shifts, store, views
from app.helpdesk.models import (
    HelpRequest,
    Macro,
    OwnWorkday,
    RequestEvent,
    RequestMessage,
    ShiftHandOver,
    StationClock,
)
from app.helpdesk.rules import ERASED, OPEN, SOMEBODY
from app.people import erasure
from app.people import service as people
from app.people.events import on_revoke
from app.people.models import Person

_GONE = "已注销"
_INTERNAL = views.INTERNAL


def listen() -> None:
    """Tell people what this room forgets and tells; once a process."""
    merging.listen()
    erasure.on_hold("requests", merged_with)
    erasure.on_erase("requests", forget)
    erasure.on_export("requests", tell)
    erasure.on_open_matters("requests", has_open)
    erasure.on_erase("operating", forget_settings)
    erasure.on_export("operating", tell_settings)
    erasure.on_erase("shifts", forget_shifts)
    erasure.on_export("shifts", tell_shifts)
    people.on_disable("requests", shifts.release)
    on_revoke("phone", "requests", forget_phone)


def has_open(session: Session, person_id: uuid.UUID) -> bool:
    """Whether a request of this person is under way."""
    mine = select(HelpRequest.id).where(store.owned_by(session, person_id), HelpRequest.state.in_(OPEN))
    return session.scalar(mine.limit(1)) is not None


def merged_with(session: Session, person_id: uuid.UUID) -> set[uuid.UUID]:
    """Whose requests were merged into his that are under way: they are wanted again when his go."""
    inside = merging.into_those_of(store.owned_by(session, person_id))
    named = select(HelpRequest.person_id).where(inside, HelpRequest.person_id.is_not(None))
    proved = select(Person.id).join(HelpRequest, HelpRequest.caller_index == Person.phone_index).where(inside)
    return {row[0] for row in session.execute(named.union(proved)) if row[0]}


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Withdraw what is open; of all of the person's requests keep what the figures need, without a word.

    Where he worked at a desk, what he did stays, and his name goes; what he held is free again.
    """
    mine = store.owned_by(session, person_id)
    locks.lock_in_order(session, or_(mine, locks.naming(person_id), merging.into_those_of(mine)))
    withdrawn = []
    for request in session.scalars(select(HelpRequest).where(mine).order_by(HelpRequest.id)).all():
        if request.state in OPEN:
            withdrawn.append((request, request.state))
            request.closed_at = now
            store.move(request, "withdrawn")
            store.add_event(session, request, now, "withdrawn", None)
        _empty(session, request)
    for request, before in withdrawn:  # after all are empty: none of his own comes back by another
        hooks.after_withdrawal(session, request, before, now)
    session.flush()
    shifts.release(session, person_id, now)
    _forget_work(session, person_id)


def _empty(session: Session, request: HelpRequest) -> None:
    request.person_id = None
    request.caller_name = request.caller_index = request.contact_phone = request.place_text = None
    request.text, request.details, request.score_text = ERASED, {}, None
    session.flush()
    attachments.let_go(session, request)
    of_request = (request.origin, request.id)
    said = tuple_(RequestMessage.origin, RequestMessage.request_id) == of_request
    session.execute(delete(RequestMessage).where(said))
    steps = tuple_(RequestEvent.origin, RequestEvent.request_id) == of_request
    session.execute(update(RequestEvent).where(steps).values(note=None, about_id=None, about_name=None))


def _forget_work(session: Session, person_id: uuid.UUID) -> None:
    held = HelpRequest.holder_id == person_id
    session.execute(update(HelpRequest).where(held).values(holder_id=None, holder_since=None))
    for column in (HelpRequest.entered_by, HelpRequest.last_handler_id):
        session.execute(update(HelpRequest).where(column == person_id).values({column: None}))
    wrote = update(RequestMessage).where(RequestMessage.author_id == person_id)
    session.execute(wrote.values(author_id=None, author_name=_GONE))
    did = update(RequestEvent).where(RequestEvent.actor_id == person_id)
    session.execute(did.values(actor_id=None, actor_name=_GONE))
    told_of = update(RequestEvent).where(RequestEvent.about_id == person_id)
    session.execute(told_of.values(about_id=None, about_name=SOMEBODY))


def forget_phone(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """The number that was taken back at WeChat, also where requests copied it to call back on; another one
    that he wrote himself stays. What he and the desk write to one another goes on."""
    number = session.scalar(select(Person.phone).where(Person.id == person_id))
    copied = HelpRequest.person_id == person_id, HelpRequest.contact_phone.is_not(None)
    found = select(HelpRequest).where(*copied).order_by(HelpRequest.id).with_for_update(key_share=True)
    for request in session.scalars(found):
        if request.contact_phone == number:
            request.contact_phone = None
    session.flush()


def forget_shifts(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """That a shift was handed over stays; who did so goes."""
    for column in (ShiftHandOver.from_id, ShiftHandOver.to_id):
        session.execute(update(ShiftHandOver).where(column == person_id).values({column: None, "note": None}))


def forget_settings(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """What he set for the desks stays; that it was he goes."""
    for table in (OwnWorkday, StationClock, Macro):
        session.execute(update(table).where(table.set_by == person_id).values(set_by=None))


def tell_settings(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The workdays, clocks and ready-made answers that the person set."""
    days = session.scalars(select(OwnWorkday).where(OwnWorkday.set_by == person_id))
    clocks = session.scalars(select(StationClock).where(StationClock.set_by == person_id))
    macros = session.scalars(select(Macro).where(Macro.set_by == person_id))
    return [
        *({"what": "workday", "day": str(d.day), "kind": d.kind, "at": iso(d.set_at)} for d in days),
        *({"what": "clocks", "station": c.station, "kind": c.kind, "at": iso(c.set_at)} for c in clocks),
        *({"what": "macro", "title": m.title, "text": m.text, "at": iso(m.set_at)} for m in macros),
    ]


def tell_shifts(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The shifts that the person handed over or took."""
    mine = or_(ShiftHandOver.from_id == person_id, ShiftHandOver.to_id == person_id)
    rows = session.scalars(select(ShiftHandOver).where(mine).order_by(ShiftHandOver.at.desc()))
    return [
        {
            "station": row.station,
            "at": iso(row.at),
            "gave": row.from_id == person_id,
            "moved": row.moved,
            "returned": row.returned,
            "note": row.note,
        }
        for row in rows
    ]


def tell(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The person's requests with all that he and the desk wrote to one another, the newest first."""
    mine = select(HelpRequest).where(store.owned_by(session, person_id))
    requests = list(session.scalars(mine.order_by(HelpRequest.created_at.desc())))
    return [
        _told(request, thread)
        for request, thread in zip(requests, views.load_threads(session, requests), strict=True)
    ]


def _told(request: HelpRequest, thread: views.Thread) -> dict[str, Any]:
    return {
        "number": request.number,
        "kind": request.kind,
        "state": request.state,
        "station": request.station,
        "side": request.side,
        "place_text": request.place_text,
        "text": request.text,
        "details": request.details,
        "contact_phone": request.contact_phone,
        "created_at": iso(request.created_at),
        "closed_at": iso(request.closed_at) if request.closed_at else None,
        "score": request.score,
        "score_text": request.score_text,
        "messages": [
            {"from": m.author, "text": m.text, "at": iso(m.at)} for m in thread.messages if not m.internal
        ],
        "steps": [{"what": e.what, "note": e.told or None, "at": iso(e.at)} for e in _shown(thread)],
    }


def _shown(thread: views.Thread) -> list[RequestEvent]:
    return [event for event in thread.events if event.what not in _INTERNAL]
