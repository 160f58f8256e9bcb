"""What is handed over to the ambulance: who, where, what, and when each thing happened, on one screen."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from app.emergencies.alarm import MEDICAL, place_of
from app.emergencies.rules import FOR_120_STEPS, facts_for_120
from app.emergencies.schemas import For120Fact, For120Out, For120Step
from app.foundation import audit
from app.helpdesk import desk, store, views
from app.helpdesk.kinds import get_kind
from app.helpdesk.rules import WRONG_STATE
from app.web.callers import Caller


def for_120(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> For120Out:
    """Facts and times of a medical call, to be read out or shown; recorded. 409 for another kind."""
    request = store.load_for_desk(session, request_id, desk.scope(caller))
    if request.kind != MEDICAL:
        raise WRONG_STATE.now()
    audit.record_reading(
        session, now, caller.person_id, "medical.for_120", "request", request.id, station=request.desk
    )
    (thread,) = views.load_threads(session, [request])
    place = place_of(session, request.desk, request.station, request.side)
    said = [request.text, *(message.text for message in thread.messages if message.author == "driver")]
    details = views.details_at_desk(session, request, now)
    facts = facts_for_120(get_kind(MEDICAL).fields, details, request.place_text, said)
    return For120Out(
        number=request.number,
        place=place,
        facts=[For120Fact(title=title, text=words) for title, words in facts],
        timeline=[
            For120Step(at=event.at, text=views.event_view(event).text)
            for event in thread.events
            if event.what in FOR_120_STEPS
        ],
    )
