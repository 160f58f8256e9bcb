"""Use cases of whoever uses a facility: look, hold, begin, give up, say how it was."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import case, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.facilities import rules, store, views
from app.facilities.models import Facility, FacilityBooking, FacilityReport
from app.facilities.schemas import (
    BookingIn,
    BookingOut,
    FacilityCount,
    FacilityOut,
    FacilityQuery,
    FacilityReportIn,
    FacilityReportOut,
    FaultRequest,
)
from app.foundation.ids import new_id
from app.helpdesk import service as helpdesk
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import UNANSWERED
from app.helpdesk.schemas import MessageIn, RequestIn
from app.stations.service import require_station
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor

_MINE = FacilityBooking


def listing(session: Session, caller: Caller, query: FacilityQuery, now: datetime) -> Listed[FacilityOut]:
    """All facilities of a station, they are few. 404 `station.unknown`."""
    require_station(session, query.station)
    lines = store.board(session, query.station, now, query.side, query.kind)
    return Listed[FacilityOut](items=[views.seen(line, caller.person_id, now) for line in lines])


def card_section(session: Session, station: str, now: datetime) -> list[FacilityCount]:
    """What the station's card shows: counts by side and kind, nothing that moves by itself but what the
    clock sets free."""
    return views.counts(store.board(session, station, now), now)


def book(
    session: Session,
    caller: Caller,
    facility_id: uuid.UUID,
    body: BookingIn,
    now: datetime,
    hold: timedelta,
) -> BookingOut:
    """Hold a facility for a while; the caller is in line. Of many at once exactly one has it.

    404, 409 `facility.taken`, `facility.already_booked`, `facility.out`, `facility.not_bookable`,
    `facility.women_only`.
    """
    facility = store.lock(session, facility_id)
    slot = views.slot_of(facility)
    if refusal := rules.hold_refusal(
        facility.kind, facility.state, slot, now, hold, for_woman=body.for_woman
    ):
        raise refusal.now()
    store.lapse(session, now, facility, caller.person_id)
    if own := _own_live(session, caller.person_id, facility.kind):
        raise rules.ALREADY_BOOKED.now(booking=str(own))
    until = now + hold
    row = insert(FacilityBooking).values(
        id=new_id(),
        station=facility.station,
        facility_id=facility.id,
        kind=facility.kind,
        person_id=caller.person_id,
        state="held",
        held_at=now,
        until=until,
        frees_at=until,
    )
    booking = session.scalars(row.on_conflict_do_nothing().returning(FacilityBooking)).one_or_none()
    if booking is None:
        raise rules.TAKEN.now()
    return views.booked(booking, facility, now)


def _own_live(session: Session, person_id: uuid.UUID, kind: str) -> uuid.UUID | None:
    own = select(_MINE.id).where(_MINE.person_id == person_id, _MINE.kind == kind, _MINE.ended_at.is_(None))
    return session.scalar(own)


def begin(session: Session, caller: Caller, booking_id: uuid.UUID, now: datetime) -> BookingOut:
    """The holder is there: his turn begins; saying so again changes nothing.

    404, 409 `facility.booking_over`.
    """
    booking, facility = _own(session, caller, booking_id)
    until, frees_at = rules.turn_ends(facility.kind, now)
    held = update(_MINE).where(_MINE.id == booking.id, _MINE.state == "held", _MINE.frees_at > now)
    store.done(session, held.values(state="in_use", started_at=now, until=until, frees_at=frees_at))
    session.refresh(booking)
    if booking.state != "in_use" or booking.frees_at <= now:
        raise rules.BOOKING_OVER.now()
    return views.booked(booking, facility, now)


def give_up(session: Session, caller: Caller, booking_id: uuid.UUID, now: datetime) -> None:
    """A hold is cancelled, a turn is finished; one that has ended stays as it ended. 404."""
    booking, _ = _own(session, caller, booking_id)
    ended = case((_MINE.state == "held", "cancelled"), else_="finished")
    mine = update(_MINE).where(_MINE.id == booking.id, store.is_live(now))
    store.done(session, mine.values(state=ended, ended_at=now))


def _own(session: Session, caller: Caller, booking_id: uuid.UUID) -> tuple[FacilityBooking, Facility]:
    """404 `facility.booking_unknown` for anybody else's."""
    found = select(_MINE, Facility).join(Facility, Facility.id == _MINE.facility_id)
    row = session.execute(
        found.where(_MINE.id == booking_id, _MINE.person_id == caller.person_id)
    ).one_or_none()
    if row is None:
        raise rules.BOOKING_UNKNOWN.now()
    return row[0], row[1]


def own_list(
    session: Session, caller: Caller, now: datetime, limit: int, cursor: str | None
) -> Listed[BookingOut]:
    """Own holds and turns, newest first."""
    found = select(_MINE, Facility).join(Facility, Facility.id == _MINE.facility_id)
    found = found.where(_MINE.person_id == caller.person_id)
    if place := read_cursor(cursor):
        found = found.where(tuple_(_MINE.held_at, _MINE.id) < place)
    rows = session.execute(found.order_by(_MINE.held_at.desc(), _MINE.id.desc()).limit(limit + 1)).all()
    last = rows[limit - 1][0] if len(rows) > limit else None
    return Listed[BookingOut](
        items=[views.booked(booking, facility, now) for booking, facility in rows[:limit]],
        next_cursor=write_cursor(last.held_at, last.id) if last else None,
    )


def report(
    session: Session, caller: Caller, facility_id: uuid.UUID, body: FacilityReportIn, now: datetime
) -> FacilityReportOut:
    """How it was; a fault becomes a request at the desk in the same transaction. The caller is in line."""
    facility = store.lock(session, facility_id)
    state, known = rules.state_after_report(facility.state, facility.said_by, body.state)
    if known:
        facility.state, facility.said_by, facility.as_of = state, "driver", now
    fault = _fault(session, caller, facility, body.text, now) if body.state == "out" else None
    row = FacilityReport(
        id=new_id(),
        facility_id=facility.id,
        person_id=caller.person_id,
        state=body.state,
        at=now,
        request_id=uuid.UUID(fault.id) if fault else None,
        text=None if fault else body.text,
    )
    session.add(row)
    session.flush()
    words = rules.age_words(facility.state, facility.said_by, facility.as_of, now)
    return FacilityReportOut.model_validate(
        {"id": str(row.id), "state": state, "words": words, "request": fault}
    )


def _fault(
    session: Session, caller: Caller, facility: Facility, text: str | None, now: datetime
) -> FaultRequest:
    """A request of the caller's, as if he had written it; a second word on the same fault joins it."""
    if open_one := _open_request(session, caller, facility.id):
        if text:
            helpdesk.write(session, caller, uuid.UUID(open_one.id), MessageIn(text=text), now)
        return open_one
    body = {
        "kind": "facility",
        "station": facility.station,
        "side": facility.side,
        "text": f"{facility.name}（{facility.side} 侧）：{text or '不能用'}",
        "details": {"facility": rules.KINDS[facility.kind].request_name, "where": facility.name},
    }
    made, _ = helpdesk.create(session, caller, RequestIn.model_validate(body), now)
    return FaultRequest(id=made.id, number=made.number)


def _open_request(session: Session, caller: Caller, facility_id: uuid.UUID) -> FaultRequest | None:
    told = FacilityReport.person_id == caller.person_id, FacilityReport.facility_id == facility_id
    found = (
        select(HelpRequest.id, HelpRequest.number)
        .join(FacilityReport, FacilityReport.request_id == HelpRequest.id)
        .where(*told, HelpRequest.state.in_(UNANSWERED))
    )
    row = session.execute(found.order_by(FacilityReport.at.desc()).limit(1)).one_or_none()
    return FaultRequest(id=str(row.id), number=row.number) if row else None
