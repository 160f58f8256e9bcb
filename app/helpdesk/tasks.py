"""What the clockwork calls: look at requests at which time has done something."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from app.foundation.clock import shanghai_day
from app.foundation.home import Home
from app.foundation.workdays import NONE, OwnDays
from app.helpdesk import lookout
from app.helpdesk.calendar import own_days
from app.helpdesk.models import HelpRequest
from app.settings import HelpdeskSettings
from app.web import metrics

log = structlog.get_logger()

_AGAIN = timedelta(minutes=10)


def look_out(home: Home) -> int:
    """Look at some requests that are due, in one transaction; answers how many: after 0 none is due."""
    with home.database.transaction() as session:
        now = home.clock.now()
        found = lookout.due(session, now)
        own = own_days(session, shanghai_day(min(one.created_at for one in found))) if found else NONE
        for request in found:
            _look(session, request, now, home.settings.helpdesk, own)
    return len(found)


def _look(
    session: Session, request: HelpRequest, now: datetime, settings: HelpdeskSettings, own: OwnDays
) -> None:
    """One request's trouble holds up no other: it is undone, told, and tried again later."""
    try:
        with session.begin_nested():
            lookout.look(session, request, now, settings, own)
    except Exception as fault:
        metrics.EVENTS.labels("helpdesk", "look failed").inc()
        log.error("request.look_failed", request=str(request.id), exc_info=fault)
        session.refresh(request)
        request.look_at = now + _AGAIN
        session.flush()
