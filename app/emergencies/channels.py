"""Ways to ring people outside WeChat's mini-program: a WeCom group robot, SMS and voice by webhook."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import requests
from sqlalchemy import or_, select, tuple_, update
from sqlalchemy.orm import Session
from urllib3.exceptions import HTTPError

from app.emergencies import alarm
from app.emergencies.alarm import Unheld
from app.emergencies.models import AlarmCall
from app.emergencies.rules import channel_body, next_try, taken
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import UNANSWERED, handed_on
from app.people.models import Person
from app.settings import AlarmChannelSettings, EmergencySettings
from app.wechat.deadline import Deadline
from app.wechat.transport import Exchange, Http, taking_part

AT_ONCE = 8
_LEASE_BEYOND_DEADLINE_S = 10


@dataclass(frozen=True)
class Ringing:
    """One call under way: its row, the channel, what is said."""

    key: tuple[str, uuid.UUID, datetime, str, str]
    channel: AlarmChannelSettings
    tries: int
    body: dict[str, Any]


class Channels:
    """The channels of the settings, each call within its own deadline, in connections of their own."""

    def __init__(self, settings: EmergencySettings) -> None:
        self.settings = settings
        self.by_name = {channel.name: channel for channel in settings.channels}
        self._http = Http(AT_ONCE)

    def ring(self, ringing: Ringing) -> str | None:
        """Make the call. None when it was taken, else what went wrong, in words without an address."""
        channel, within = ringing.channel, self.settings.channel_deadline_s
        headers = {"Content-Type": "application/json"}
        if channel.token:
            headers["Authorization"] = f"Bearer {channel.token}"
        body = json.dumps(ringing.body, ensure_ascii=False).encode()
        exchange = Exchange(Deadline.after(within), connect_timeout_s=within)
        try:
            with taking_part(exchange):
                answer = self._http.request("POST", channel.url, data=body, headers=headers)
        except (HTTPError, OSError, ValueError) as trouble:  # ValueError: a token that is no header
            return type(trouble).__name__
        return (
            None if taken(channel.kind, answer.status_code, _read(answer)) else f"HTTP {answer.status_code}"
        )


def _read(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def claim(session: Session, now: datetime, channels: Channels) -> list[Ringing]:
    """Take calls that are due: their next try is put off beyond the deadline, so that nobody doubles them.

    What somebody holds by now is not rung any more.
    """
    rows = session.scalars(
        select(AlarmCall)
        .where(AlarmCall.state == "queued", AlarmCall.due_at <= now)
        .order_by(AlarmCall.due_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    lease = timedelta(seconds=channels.settings.channel_deadline_s + _LEASE_BEYOND_DEADLINE_S)
    found = []
    for row in rows:
        call, channel = _call_of(session, row), channels.by_name.get(row.channel)
        if call is None or channel is None:
            row.state, row.settled_at = "needless", now
            continue
        row.tries += 1
        row.due_at = now + lease
        key = (row.origin, row.request_id, row.since, row.step, row.channel)
        found.append(Ringing(key, channel, row.tries, _body(session, now, channel, call, row.step)))
    session.flush()
    return found


def _call_of(session: Session, row: AlarmCall) -> Unheld | None:
    """The request that rings, if nobody has taken it yet."""
    request = session.get(HelpRequest, (row.origin, row.request_id), populate_existing=True)
    if request is None or request.holder_id is not None or request.state not in UNANSWERED:
        return None
    shown = (request.number, request.desk, request.station, request.side)
    return Unheld(row.origin, request.id, *shown, row.since, climbed=frozenset())


def _body(
    session: Session, now: datetime, channel: AlarmChannelSettings, call: Unheld, step: str
) -> dict[str, Any]:
    moved = handed_on(call.desk, call.station)
    said = {
        "text": alarm.words_of(session, call, now),
        "number": call.number,
        "station": call.desk if moved else call.station,
        "side": None if moved else call.side,  # that of the place first reported
        "reported_station": call.station if moved else None,
        "reported_side": call.side if moved else None,
        "step": step,
        "phones": [] if channel.kind == "wecom" else _phones(session, step, call.desk),
    }
    return channel_body(channel.kind, said)


def _phones(session: Session, step: str, desk: str) -> list[str]:
    """Whom a gateway is to call: the proved numbers of the step's people; kept nowhere."""
    people = alarm.people_of(session, step, desk)
    numbers = session.scalars(select(Person.phone).where(Person.id.in_(people), Person.phone.is_not(None)))
    return sorted({number for number in numbers if number})


def settle(session: Session, now: datetime, ringing: Ringing, trouble: str | None, most: int) -> str:
    """Write what came of it: sent, to be tried again, or failed. Answers the state."""
    again = next_try(now, ringing.tries, most) if trouble else None
    state = "sent" if trouble is None else "queued" if again else "failed"
    key = tuple_(AlarmCall.origin, AlarmCall.request_id, AlarmCall.since, AlarmCall.step, AlarmCall.channel)
    session.execute(
        update(AlarmCall)
        .where(key == ringing.key, or_(AlarmCall.state == "queued", AlarmCall.state == "failed"))
        .values(
            state=state,
            due_at=again or AlarmCall.due_at,
            settled_at=None if again else now,
            trouble=trouble,
        )
        .execution_options(synchronize_session=False)
    )
    return state
