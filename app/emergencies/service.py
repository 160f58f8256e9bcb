"""Use cases of a medical call beside the desk's: a desk listens; on the scene; handed over."""

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.emergencies import alarm
from app.emergencies.rules import HEARERS, STAGES, UNITS, stage_possible
from app.helpdesk import desk, store, views
from app.helpdesk.models import HelpRequest, RequestEvent
from app.helpdesk.rules import CENTRE, WRONG_STATE
from app.helpdesk.schemas import StaffRequestOut
from app.stations.models import Station
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import EVERYWHERE, Caller
from app.web.refusals import FORBIDDEN


def heartbeat(session: Session, caller: Caller, station: str, now: datetime) -> None:
    """A desk of this station listens (`CENTRE`: the duty centre). 403 where the caller has no desk."""
    if not caller.reaches(None if station == CENTRE else station, *HEARERS):
        raise FORBIDDEN.now()
    known = select(Station.code).where(Station.code == station)
    if station != CENTRE and session.scalar(known) is None:
        raise STATION_UNKNOWN.now()
    alarm.beat(session, now, caller.person_id, station)


def listens(session: Session, caller: Caller, now: datetime) -> None:
    """The same for a console whose sound is on: every station of its user, or the centre."""
    for place in sorted(caller.places(*HEARERS)):
        alarm.beat(session, now, caller.person_id, CENTRE if place == EVERYWHERE else place)


def on_scene(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> StaffRequestOut:
    """Somebody is with the patient; that answers the call. Saying it again changes nothing."""
    request, done = _at_stage(session, caller, request_id, "on_scene", now)
    if "on_scene" not in done:
        request.answered_at = request.answered_at or now
        store.resume(session, request, now)
        store.move(request, "handling")
        store.add_event(session, request, now, "on_scene", caller)
        desk.tell_driver(session, request, now, "已到现场", "值守人员已到现场。")
        session.flush()
    return views.desk_view(session, request, caller, now)


def hand_over(
    session: Session, caller: Caller, request_id: uuid.UUID, to: str, now: datetime
) -> StaffRequestOut:
    """The patient is in other hands: 120, a hospital, the family. The same once more changes nothing."""
    request, done = _at_stage(session, caller, request_id, "handed_over", now)
    if not done or done[-1] != "handed_over" or UNITS[to] != request.unit:
        request.answered_at = request.answered_at or now
        request.unit = UNITS[to]
        store.resume(session, request, now)
        store.move(request, "handling")
        store.add_event(session, request, now, "handed_over", caller, UNITS[to])
        session.flush()
    return views.desk_view(session, request, caller, now)


def _at_stage(
    session: Session, caller: Caller, request_id: uuid.UUID, stage: str, now: datetime
) -> tuple[HelpRequest, list[str]]:
    """The call with its row locked, and its stages so far. 409 where the stage does not follow.
    Whoever says so holds it, where nobody does (it was handed on from another station)."""
    request = store.load_for_desk(session, request_id, desk.scope(caller), taken_by=caller)
    found = select(RequestEvent.what).where(
        RequestEvent.origin == request.origin,
        RequestEvent.request_id == request.id,
        RequestEvent.what.in_(STAGES),
    )
    done = list(session.scalars(found.order_by(RequestEvent.at, RequestEvent.id)))
    if request.kind != alarm.MEDICAL or not stage_possible(stage, request.state, done):
        raise WRONG_STATE.now()
    desk.hold(session, request, caller, now)
    return request, done
