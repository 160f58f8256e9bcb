"""Use cases of whoever asks: create, read, write, confirm, reopen, withdraw, rate."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select, true, tuple_
from sqlalchemy.orm import Session

from app.content.uploads import Viewer
from app.foundation.plain import in_words
from app.foundation.refusals import FieldFault, invalid
from app.helpdesk import attachments, hooks, locks, store, views
from app.helpdesk.calendar import own_days_for
from app.helpdesk.chain import people_at
from app.helpdesk.kinds import Kind, check_details, due, get_kind
from app.helpdesk.models import HelpRequest, StationClock
from app.helpdesk.rules import (
    CENTRE,
    LOW_SCORE,
    SUPERVISED_FROM,
    UNANSWERED,
    rate_refusal,
    reopen_refusal,
    step_refusal,
)
from app.helpdesk.schemas import CallerIn, MessageIn, MessageOut, RatingIn, RequestIn, RequestOut
from app.helpdesk.station_clocks import over
from app.notices.service import tell
from app.people.models import Person
from app.stations.models import Station
from app.stations.rules import SIDES, STATION_UNKNOWN
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor


def create(session: Session, caller: Caller, body: RequestIn, now: datetime) -> tuple[RequestOut, bool]:
    """Take a request in. Answers it and whether it joined one that was open already.

    A kind that joins (medical) locks the person first: of two calls at once the second finds the first.
    """
    kind = get_kind(body.kind)
    person = lock_person(session, caller.person_id)
    attachments.take_what_fits(session, caller.person_id, kind, body)
    if kind.joins_open and not body.for_other_person:
        here = _station(session, kind, body)[0]
        if open_one := _open_one(session, caller, kind, here):
            return _join(session, open_one, caller, body, here, now), True
    contact, wrote = body.contact_phone or person.phone, body.text
    request = take_in(session, kind, body, now, person_id=caller.person_id, contact_phone=contact)
    store.add_event(session, request, now, "created", _driver(caller))
    attachments.hang_on_request(session, request, caller.person_id, body.upload_ids, now)
    if wrote:  # what a room wrote in his stead needs no look
        attachments.check_request(session, request, now)
    session.flush()
    hooks.taken_in(session, request, _driver(caller), now)
    view = views.driver_view(session, caller, request, now)
    hooks.sealed(session, request, now)
    return view, False


def lock_person(session: Session, person_id: uuid.UUID) -> Person:
    """The person, whose other requests wait until this transaction ends."""
    return session.scalars(select(Person).where(Person.id == person_id).with_for_update(key_share=True)).one()


def take_in(
    session: Session,
    kind: Kind,
    body: RequestIn,
    now: datetime,
    *,
    contact_phone: str | None,
    person_id: uuid.UUID | None = None,
    entered_by: uuid.UUID | None = None,
    caller: CallerIn | None = None,
) -> HelpRequest:
    """Check what must be checked and write the row. 404 `station.unknown`, 422; nothing of it for medical."""
    hooks.prepare(session, body, now)
    station, place, own_clocks = _station(session, kind, body)
    if not kind.never_refused:
        _check(kind, body)
    desk = station or CENTRE
    spans = over(kind.clocks, own_clocks)
    own = own_days_for(session, spans, now)
    clocks = {f"{name}_by": due(now, span, own) for name, span in vars(spans).items()}
    return store.insert_request(
        session,
        now,
        origin=desk,
        desk=desk,
        station=station,
        side=body.side,
        kind=kind.kind,
        urgency=kind.urgency,
        state="new",
        person_id=person_id,
        entered_by=entered_by,
        caller_name=caller.name if caller else None,
        caller_index=store.phone_index(caller.phone if caller else None),
        contact_phone=contact_phone,
        place_text=place,
        text=body.text,
        details=body.details,
        created_at=now,
        written_at=body.written_at,
        due_at=clocks["ack_by"],
        look_at=now,
        reopened=0,
        spans=spans.written(),
        **clocks,
    )


def _station(
    session: Session, kind: Kind, body: RequestIn
) -> tuple[str | None, str | None, StationClock | None]:
    """The station's code, the place in words, and the clocks that the station has of its own.

    An unknown code is kept as words where help is asked for.
    """
    if not body.station:
        return None, body.place_text, None
    own = and_(StationClock.station == Station.code, StationClock.kind == kind.kind)
    found = (
        select(Station.code, StationClock).outerjoin(StationClock, own).where(Station.code == body.station)
    )
    known = session.execute(found).one_or_none()
    if known is None:
        if not kind.never_refused:
            raise STATION_UNKNOWN.now()
        return None, f"{body.station} {body.place_text or ''}".strip(), None
    return known[0], body.place_text, known[1]


def _check(kind: Kind, body: RequestIn) -> None:
    faults = check_details(kind, body.details)
    if not body.text:
        faults.append(FieldFault("text", "请写一句话说明"))
    if faults:
        raise invalid(*faults)


def _open_one(session: Session, caller: Caller, kind: Kind, here: str | None) -> HelpRequest | None:
    """The open one that a repeated call belongs to: never one at another station."""
    same_place = or_(HelpRequest.station.is_(None), HelpRequest.station == here) if here else true()
    found = (
        select(HelpRequest)
        .where(
            HelpRequest.person_id == caller.person_id,
            HelpRequest.kind == kind.kind,
            HelpRequest.state.in_(UNANSWERED),
            same_place,
        )
        .order_by(HelpRequest.created_at.desc())
        .limit(1)
        .with_for_update(key_share=True)
    )
    return session.scalars(found).one_or_none()


def _join(
    session: Session,
    request: HelpRequest,
    caller: Caller,
    body: RequestIn,
    here: str | None,
    now: datetime,
) -> RequestOut:
    """Whatever is new in a repeated call becomes a message, so that nothing said is lost; and whoever says
    only now where he is, is heard there."""
    news = _news(request, body)
    if here and request.station is None:
        if request.desk != here:  # it rings there, whoever has it where nobody knew the place
            request.holder_id = request.holder_since = None
        request.station = request.desk = here
        store.add_event(session, request, now, "transferred", _driver(caller), "司机说明了所在服务区")
    if body.side in SIDES and request.side not in SIDES:
        request.side = body.side
    request.place_text = request.place_text or body.place_text
    text = "\n".join(filter(None, [body.text, *news])) or "再次呼叫"
    message = store.add_message(
        session, request, now, text, author="driver", by=_driver(caller), written_at=body.written_at
    )
    attachments.hang_on_message(session, request, message, caller.person_id, body.upload_ids, now)
    store.add_event(session, request, now, "joined", _driver(caller))
    request.driver_wrote_at = now
    if body.contact_phone:
        request.contact_phone = body.contact_phone
    session.flush()
    return views.driver_view(session, caller, request, now, merged=True)


def _news(request: HelpRequest, body: RequestIn) -> list[str]:
    """In words, what a repeated call says of place and state; station and side only where they are news."""
    side = body.side if body.side in SIDES and body.side != request.side else None
    station = body.station if body.station and body.station != request.station else None
    where = f"{station or ''} {side + ' 侧' if side else ''}".strip()
    return [where, body.place_text or "", _details_text(body.details)]


def _details_text(details: dict[str, Any]) -> str:
    return "，".join(f"{name}：{in_words(value)}" for name, value in details.items())


def own_list(
    session: Session, caller: Caller, now: datetime, limit: int, cursor: str | None
) -> Listed[RequestOut]:
    """Own requests, newest first, with their threads."""
    found = select(HelpRequest).where(store.owned_by(session, caller.person_id))
    if place := read_cursor(cursor):
        found = found.where(tuple_(HelpRequest.created_at, HelpRequest.id) < place)
    ordered = found.order_by(HelpRequest.created_at.desc(), HelpRequest.id.desc()).limit(limit + 1)
    rows = list(session.scalars(ordered))
    more = write_cursor(rows[limit - 1].created_at, rows[limit - 1].id) if len(rows) > limit else None
    return Listed[RequestOut](
        items=views.driver_views(session, caller, rows[:limit], now),
        next_cursor=more,
    )


def own_one(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> RequestOut:
    """One own request with its thread."""
    return views.driver_view(session, caller, store.load_own(session, caller.person_id, request_id), now)


def write(
    session: Session, caller: Caller, request_id: uuid.UUID, body: MessageIn, now: datetime
) -> MessageOut:
    """A message of the driver; 409 `request.closed` after the end."""
    request = store.load_own(session, caller.person_id, request_id, lock=True)
    store.stop(step_refusal("message", request.state))
    message = store.add_message(
        session, request, now, body.text, author="driver", by=_driver(caller), written_at=body.written_at
    )
    attachments.hang_on_message(session, request, message, caller.person_id, body.upload_ids, now)
    attachments.check_message(session, request, message, now)
    request.driver_wrote_at = now
    if request.state == "waiting":
        store.resume(session, request, now)
        store.move(request, "handling")
    store.add_event(session, request, now, "wrote", _driver(caller))
    session.flush()
    return views.one_message(session, message, Viewer(caller.person_id), body.upload_ids, now)


def confirm(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> RequestOut:
    """The driver is satisfied: closed."""
    request = _own_step(session, caller, request_id, "confirm")
    request.closed_at = now
    return _done(session, request, caller, now, "closed", "confirmed")


def withdraw(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> RequestOut:
    """The driver needs it no longer; whatever was merged into it is wanted still."""
    store.load_own(session, caller.person_id, request_id)
    concerned = (HelpRequest.id == request_id) | (HelpRequest.merged_into == request_id)
    locks.hold_people(session, concerned, caller.person_id)
    locks.lock_in_order(session, concerned)
    request = _own_step(session, caller, request_id, "withdraw")
    before = request.state
    hooks.withdrawn(session, request, now)
    request.closed_at = now
    view = _done(session, request, caller, now, "withdrawn", "withdrawn")
    hooks.after_withdrawal(session, request, before, now)
    return view


def reopen(
    session: Session, caller: Caller, request_id: uuid.UUID, reason: str, now: datetime, days: int
) -> RequestOut:
    """Not satisfied: back into the queue with nobody holding it; the second time it is a supervisor's."""
    request = _own_step(session, caller, request_id, "reopen")
    store.stop(reopen_refusal(_ended_at(session, request, now), now, days))
    answered_by = request.last_handler_id if request.resolved_at else None
    request.last_handler_id = answered_by or request.holder_id
    request.holder_id = request.holder_since = None
    request.closed_at = request.resolved_at = request.answered_at = None
    request.reopened += 1
    request.merged_into = None
    request.driver_wrote_at = now
    message = store.add_message(session, request, now, reason, author="driver", by=_driver(caller))
    attachments.check_message(session, request, message, now)
    if request.reopened >= SUPERVISED_FROM:
        _tell_supervisors(session, request, now, "两次不满意", "两次重开，请您接手。")
    return _done(session, request, caller, now, "new", "reopened")


def _ended_at(session: Session, request: HelpRequest, now: datetime) -> datetime | None:
    """What was merged into another has its days from that one's answer on; as long as there is none, now."""
    if request.merged_into is None:
        return request.closed_at or request.resolved_at
    return _told_at(session, request) or now


def _told_at(session: Session, request: HelpRequest) -> datetime | None:
    """When the driver of a merged request was told of the answer to what it was merged into."""
    if request.merged_into is None:
        return None
    return session.scalar(store.answers_since(request.merged_into, request.closed_at).limit(1))


def rate(
    session: Session, caller: Caller, request_id: uuid.UUID, body: RatingIn, now: datetime
) -> RequestOut:
    """How it was; may be changed while the request stands. 409 before it was done."""
    request = _own_step(session, caller, request_id, "rate")
    store.stop(rate_refusal(request.state, _waits_for(session, request), request.resolved_at, now))
    request.score, request.score_text = body.score, body.text
    if body.score <= LOW_SCORE:
        _tell_supervisors(session, request, now, "低分评价", f"得了 {body.score} 分，请了解情况。")
    return _done(session, request, caller, now, request.state, "rated")


def _waits_for(session: Session, request: HelpRequest) -> str | None:
    """The state of what it was merged into, as long as its driver was told of no answer to that one."""
    if request.merged_into is None or _told_at(session, request) is not None:
        return None
    return session.scalar(select(HelpRequest.state).where(HelpRequest.id == request.merged_into))


def _tell_supervisors(session: Session, request: HelpRequest, now: datetime, what: str, words: str) -> None:
    """Somebody is not satisfied: the supervisor looks into it."""
    kind = get_kind(request.kind)
    for person_id in people_at(session, "supervisor", request.desk, kind.roles):
        tell(
            session,
            now,
            person_id,
            kind="request",
            title=f"{kind.title}：{what}",
            text=f"{kind.title} {request.number} {words}",
            ref={"kind": "request", "id": str(request.id)},
        )


def _own_step(session: Session, caller: Caller, request_id: uuid.UUID, step: str) -> HelpRequest:
    request = store.load_own(session, caller.person_id, request_id, lock=True)
    store.stop(step_refusal(step, request.state))
    return request


def _done(
    session: Session, request: HelpRequest, caller: Caller, now: datetime, state: str, what: str
) -> RequestOut:
    store.move(request, state)
    store.add_event(session, request, now, what, _driver(caller))
    session.flush()
    return views.driver_view(session, caller, request, now)


def _driver(caller: Caller) -> Caller:
    """In a thread whoever asks is the driver, whatever else he is."""
    return Caller(caller.person_id, caller.name or "司机")
