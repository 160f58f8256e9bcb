"""Use cases of the desk: see the queue, claim, answer, note, wait, transfer, resolve, reveal a number."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, true, tuple_, update
from sqlalchemy.orm import Session

from app.content.uploads import Viewer
from app.foundation import audit
from app.foundation.database import rows_changed
from app.foundation.refusals import FieldFault, invalid
from app.helpdesk import attachments, hooks, locks, reopening, service, store, views
from app.helpdesk.kinds import get_kind, kinds_for
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import (
    ALREADY_CLAIMED,
    ERASED,
    NO_PHONE,
    TARGET_UNKNOWN,
    UNANSWERED,
    WRONG_STATE,
    state_after_claim,
    state_after_reply,
    step_refusal,
    wait_refusal,
)
from app.helpdesk.schemas import (
    MessageOut,
    QueueItem,
    QueueQuery,
    ReplyIn,
    StaffRequestIn,
    StaffRequestOut,
    TransferIn,
    WaitIn,
)
from app.notices.service import Message, tell
from app.people import service as people
from app.people.models import Person, RoleGrant
from app.people.rules import STAFF_ROLES, home_place
from app.stations.models import Station
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import EVERYWHERE, Caller
from app.web.paging import Listed, read_cursor, write_cursor
from app.web.refusals import FORBIDDEN


def scope(caller: Caller) -> ColumnElement[bool]:
    """What of all requests the caller may see: kinds by role, at the places where the role is held."""
    parts = []
    for role in STAFF_ROLES:
        places = caller.places(role)
        if not places:
            continue
        where = true() if EVERYWHERE in places else HelpRequest.desk.in_(places)
        parts.append(and_(HelpRequest.kind.in_(kinds_for(frozenset({role}))), where))
    return or_(*parts) if parts else false()


def queue(session: Session, caller: Caller, query: QueueQuery, now: datetime) -> Listed[QueueItem]:
    """The caller's queue, most urgent first; within one urgency the clock that ends first.

    403 for a station that is not the caller's.
    """
    if query.station and not caller.reaches(query.station, *STAFF_ROLES):
        raise FORBIDDEN.now()
    order = (HelpRequest.urgency, HelpRequest.due_at, HelpRequest.id)
    found = select(HelpRequest, Person.name).outerjoin(Person, Person.id == HelpRequest.holder_id)
    found = found.where(scope(caller), *_filters(caller, query))
    if place := read_cursor(query.cursor):
        urgency = select(HelpRequest.urgency).where(HelpRequest.id == place[1]).limit(1).scalar_subquery()
        found = found.where(tuple_(*order) > tuple_(urgency, literal(place[0]), literal(place[1])))
    rows = session.execute(found.order_by(*order).limit(query.limit + 1)).all()
    lines = [views.queue_line(request, name, caller, now) for request, name in rows[: query.limit]]
    last = rows[query.limit - 1][0] if len(rows) > query.limit else None
    return Listed[QueueItem](items=lines, next_cursor=write_cursor(last.due_at, last.id) if last else None)


def needs_somebody() -> ColumnElement[bool]:
    """What is still to be done: not answered yet, or answered and the driver has written since."""
    unread = and_(HelpRequest.state == "answered", HelpRequest.driver_wrote_at.is_not(None))
    return or_(HelpRequest.state.in_(UNANSWERED), unread)


def _filters(caller: Caller, query: QueueQuery) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if query.state is None:
        chosen.append(needs_somebody())
    elif query.state != "all":
        chosen.append(HelpRequest.state == query.state)
    if query.station:
        chosen.append(HelpRequest.desk == query.station)
    if query.kind:
        chosen.append(HelpRequest.kind == query.kind)
    if query.mine:
        chosen.append(HelpRequest.holder_id == caller.person_id)
    return chosen


def open_one(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> StaffRequestOut:
    """One request with its notes; opening it is recorded (once a quarter of an hour, not at every poll)."""
    request = store.load_for_desk(session, request_id, scope(caller))
    audit.record_reading(
        session, now, caller.person_id, "request.opened", "request", request.id, station=request.desk
    )
    return views.desk_view(session, request, caller, now)


def enter(session: Session, caller: Caller, body: StaffRequestIn, now: datetime) -> StaffRequestOut:
    """A request for somebody who called or walked in. 403 outside the caller's stations."""
    kind = get_kind(body.kind)
    if body.station is None:
        body.station = home_place(caller.grants)
    if not kind.never_refused and not caller.reaches(body.station, *kind.roles):
        raise FORBIDDEN.now()
    attachments.take_what_fits(session, caller.person_id, kind, body)
    phone = (body.caller.phone or body.contact_phone) if body.caller else body.contact_phone
    request = service.take_in(
        session, kind, body, now, contact_phone=phone, entered_by=caller.person_id, caller=body.caller
    )
    store.add_event(session, request, now, "entered", caller)
    attachments.hang_on_request(session, request, caller.person_id, body.upload_ids, now)
    session.flush()
    hooks.taken_in(session, request, caller, now)
    view = views.desk_view(session, request, caller, now)
    hooks.sealed(session, request, now)
    return view


def claim(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> StaffRequestOut:
    """Become the holder. Of N at once exactly one wins: the conditional UPDATE's row count decides.

    The winner may repeat it; the others get 409 `request.already_claimed` with the holder.
    """
    held = locks.hold_people(session, HelpRequest.id == request_id, caller.person_id)
    request = store.load_for_desk(session, request_id, scope(caller))
    reopening.may_take(session, request, caller, now)
    won = session.execute(
        update(HelpRequest)
        .where(
            HelpRequest.origin == request.origin,
            HelpRequest.id == request.id,
            HelpRequest.holder_id.is_(None),
            HelpRequest.state.in_(UNANSWERED),
            HelpRequest.reopened == request.reopened,  # what was decided on a line above
        )
        .values(holder_id=caller.person_id, holder_since=now)
        .execution_options(synchronize_session=False)
    )
    request = store.load_for_desk(session, request_id, scope(caller))
    if rows_changed(won) == 1:
        locks.hold_strangers(session, request, held)
        _taken(session, request, caller, now)
    elif request.holder_id != caller.person_id:
        raise _not_won(session, request)
    return views.desk_view(session, request, caller, now)


def _not_won(session: Session, request: HelpRequest) -> Exception:
    if request.holder_id is None or request.holder_since is None:
        return WRONG_STATE.now()
    name = session.scalar(select(Person.name).where(Person.id == request.holder_id))
    since = views.holder_json(name, request.holder_since)
    return ALREADY_CLAIMED.now(holder=since)


def _taken(session: Session, request: HelpRequest, caller: Caller, now: datetime) -> None:
    """The step of a fresh claim: acknowledged; the driver of a private kind is told at once."""
    store.move(request, state_after_claim(request.state))
    request.acknowledged_at = request.acknowledged_at or now
    store.add_event(session, request, now, "claimed", caller)
    if get_kind(request.kind).private:
        tell_driver(
            session,
            request,
            now,
            "已有人接手",
            "值守人员已接手，正在处置。情况变化请打 120。",
        )
    session.flush()


def reply(
    session: Session, caller: Caller, request_id: uuid.UUID, body: ReplyIn, now: datetime
) -> MessageOut:
    """A public reply, which the driver is told of, or an internal note, which he never sees."""
    request = store.load_for_desk(session, request_id, scope(caller), taken_by=caller)
    store.stop(step_refusal("reply", request.state))
    message = store.add_message(
        session, request, now, body.text, author="staff", by=caller, internal=body.internal
    )
    attachments.hang_on_message(session, request, message, caller.person_id, body.upload_ids, now)
    if body.internal:
        store.add_event(session, request, now, "noted", caller)
    else:
        _answered_publicly(session, request, caller, now, body.text)
    session.flush()
    viewer = Viewer(caller.person_id, handling=True)
    return views.one_message(session, message, viewer, body.upload_ids, now)


def _answered_publicly(
    session: Session, request: HelpRequest, caller: Caller, now: datetime, text: str
) -> None:
    hold(session, request, caller, now)
    request.answered_at = request.answered_at or now
    request.driver_wrote_at = None
    store.resume(session, request, now)
    store.move(request, state_after_reply(request.state))
    store.add_event(session, request, now, "replied", caller)
    tell_driver(session, request, now, "有新答复", text)


def hold(session: Session, request: HelpRequest, caller: Caller, now: datetime) -> None:
    """Whoever answers first without having claimed holds it from then on. What he may not take he may not
    answer for its holder either."""
    request.acknowledged_at = request.acknowledged_at or now
    if request.holder_id != caller.person_id:
        reopening.may_take(session, request, caller, now)
    if request.holder_id is None:
        request.holder_id, request.holder_since = caller.person_id, now


def resolve(
    session: Session, caller: Caller, request_id: uuid.UUID, text: str, now: datetime
) -> StaffRequestOut:
    """Done, as far as the desk is concerned: the driver confirms or reopens it."""
    request = _step(session, caller, request_id, "resolve")
    hold(session, request, caller, now)
    request.answered_at = request.answered_at or now
    request.resolved_at, request.driver_wrote_at = now, None
    request.last_handler_id = caller.person_id
    store.resume(session, request, now)
    store.add_message(session, request, now, text, author="staff", by=caller)
    tell_driver(session, request, now, "已办结", text)
    if request.has_merged:
        _tell_merged(session, request, caller, text, now)
    return _done(session, request, caller, now, "answered", "resolved")


def _tell_merged(session: Session, target: HelpRequest, caller: Caller, text: str, now: datetime) -> None:
    """Whoever asked for the same gets the answer in his own thread, and no other word of the target's; of
    what is private he is told only that it is done.

    Who is being erased at this moment is passed over: nothing may be written into what is forgotten.
    """
    inside = (HelpRequest.merged_into == target.id) & (HelpRequest.state == "closed")
    held = locks.hold_people(session, inside, skip_locked=True)
    for merged in session.scalars(select(HelpRequest).where(inside).order_by(HelpRequest.id)):
        person_id = merged.person_id or _person_of_caller(session, merged)
        if merged.text == ERASED or (person_id and person_id not in held):
            continue
        words = "您这件事已办结。"
        if not (get_kind(target.kind).private or get_kind(merged.kind).private):
            store.add_message(session, merged, now, text, author="staff", by=caller)
            words = f"{text}\n"
        tell_driver(session, merged, now, "已办结", f"{words}不满意，7 天内可以重新打开。")


def wait(
    session: Session, caller: Caller, request_id: uuid.UUID, body: WaitIn, now: datetime
) -> StaffRequestOut:
    """Waiting for the driver until a moment; he is told what for. 422 `request.wait_too_long`."""
    request = _step(session, caller, request_id, "wait")
    if body.until <= now:
        raise invalid(FieldFault("until", "要晚于现在"))
    if refusal := wait_refusal(body.until, now, request.urgency):
        most = refusal.detail.split("。")[0]
        raise refusal.now(errors=[{"field": "until", "message": most}])
    request.waiting_since = request.waiting_since or now
    request.wait_until, request.driver_wrote_at = body.until, None
    tell_driver(session, request, now, "等您补充", body.reason)
    return _done(session, request, caller, now, "waiting", "waiting", body.reason)


def transfer(
    session: Session, caller: Caller, request_id: uuid.UUID, body: TransferIn, now: datetime
) -> StaffRequestOut:
    """To another station, colleague or unit; an event, the clocks run on."""
    if body.to_staff:
        locks.hold(session, [body.to_staff])
    request = _step(session, caller, request_id, "transfer")
    place, colleague = "", None
    if body.to_station:
        place = _to_station(session, request, body.to_station)
    elif body.to_staff:
        colleague = _to_staff(session, request, body.to_staff, now)
    else:
        request.unit = place = body.to_unit or ""
    told = f"{place}，{body.reason}"
    store.add_event(session, request, now, "transferred", caller, told, about=colleague)
    if body.to_unit:
        tell_driver(session, request, now, "已转办", f"已转给{place}：{body.reason}")
    session.flush()
    return views.desk_view(session, request, caller, now)


def _to_station(session: Session, request: HelpRequest, station: str) -> str:
    name = session.scalar(select(Station.name).where(Station.code == station))
    if name is None:
        raise STATION_UNKNOWN.now()
    request.desk = station
    request.station = request.station or station  # where nobody had said, it is this one that will be rung
    request.holder_id = request.holder_since = None
    return name


def _to_staff(session: Session, request: HelpRequest, person_id: uuid.UUID, now: datetime) -> Caller:
    name = session.scalar(
        select(Person.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            Person.id == person_id,
            Person.state == "active",
            RoleGrant.role.in_(reopening.roles_for(request)),
            RoleGrant.place.in_([request.desk, EVERYWHERE]),
        )
        .limit(1)
    )
    if name is None:
        raise TARGET_UNKNOWN.now(errors=[{"field": "to_staff", "message": TARGET_UNKNOWN.detail}])
    reopening.not_back_to(session, request, person_id, now)
    request.holder_id, request.holder_since = person_id, now
    request.acknowledged_at = request.acknowledged_at or now
    store.move(request, state_after_claim(request.state))
    return Caller(person_id, name)


def reveal_phone(session: Session, caller: Caller, request_id: uuid.UUID, reason: str, now: datetime) -> str:
    """The number to call back; that it was looked at stands in the timeline and in the audit trail."""
    request = store.load_for_desk(session, request_id, scope(caller))
    if request.contact_phone is None:
        raise NO_PHONE.now()
    audit.record(
        session,
        now,
        caller.person_id,
        "request.phone_revealed",
        "request",
        request.id,
        station=request.desk,
        reason=reason,
    )
    store.add_event(session, request, now, "revealed", caller, reason)
    session.flush()
    return request.contact_phone


def _step(session: Session, caller: Caller, request_id: uuid.UUID, step: str) -> HelpRequest:
    request = store.load_for_desk(session, request_id, scope(caller), taken_by=caller)
    store.stop(step_refusal(step, request.state))
    return request


def _done(
    session: Session,
    request: HelpRequest,
    caller: Caller,
    now: datetime,
    state: str,
    what: str,
    note: str | None = None,
) -> StaffRequestOut:
    store.move(request, state)
    store.add_event(session, request, now, what, caller, note)
    session.flush()
    return views.desk_view(session, request, caller, now)


def tell_driver(session: Session, request: HelpRequest, now: datetime, status: str, text: str) -> None:
    """Inbox and, with credit, a subscribe message, which does not spell out a private matter."""
    person_id = request.person_id or _person_of_caller(session, request)
    if person_id is None:
        return
    kind = get_kind(request.kind)
    shown = "请点开查看" if kind.private else text
    tell(
        session,
        now,
        person_id,
        kind="medical" if kind.never_refused else "request",
        title=f"{kind.title}：{status}",
        text=text,
        ref={"kind": "request", "id": str(request.id)},
        message=Message(
            scene="request",
            values={"title": kind.title, "status": status, "text": shown, "time": now.isoformat()},
            page=f"pages/request/index?id={request.id}",
        ),
    )


def _person_of_caller(session: Session, request: HelpRequest) -> uuid.UUID | None:
    """Whoever proved the number that a caller left."""
    return people.who_proved(session, request.caller_index) if request.caller_index else None
