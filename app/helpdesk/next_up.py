"""Who comes next, and when, if nothing is done until then: what a driver may count on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.helpdesk.deadlines import CLOCKS, awake, marks
from app.helpdesk.kinds import Kind, get_kind
from app.helpdesk.models import HelpRequest, RequestEvent
from app.helpdesk.rules import UNANSWERED
from app.helpdesk.schemas import NextOut
from app.people.models import Person, RoleGrant
from app.settings import HelpdeskSettings, Settings
from app.web.callers import EVERYWHERE

LADDER = ("station", "supervisor", "centre")
TITLES = {"driver": "您", "station": "本站值守人员", "supervisor": "值班主管", "centre": "值班中心"}
_CALLED_AT = {"breach": "supervisor", "centre": "centre"}
_UNHELD_SINCE = frozenset(
    {"created", "entered", "transferred", "reopened", "released", "given_back", "set_free"}
)
_MOST_NAMES = 2
Coming = tuple[str, datetime | None]


class _Current:
    """The settings of this process; a view is given a session and no settings."""

    helpdesk = HelpdeskSettings()
    minutes: Sequence[int] = (0, 1, 2)


def use_clocks(settings: Settings) -> None:
    """Set what clocks and ladder go by once, when the process is put together."""
    _Current.helpdesk, _Current.minutes = settings.helpdesk, settings.emergencies.step_minutes


def running(request: HelpRequest, kind: Kind) -> list[str]:
    """The clocks that somebody still has to stop; that nobody takes a call for help is the alarm's matter."""
    ended = {
        "ack": request.acknowledged_at is not None or kind.never_refused,
        "answer": request.answered_at is not None,
        "close": request.resolved_at is not None,
    }
    return [clock for clock in CLOCKS if not ended[clock]]


def rested(at: dict[str, datetime], kind: Kind, settings: HelpdeskSettings) -> dict[str, datetime]:
    """Nobody is woken for what is not urgent."""
    if kind.urgency <= settings.urgent_to:
        return at
    night = settings.night_from_hour, settings.night_to_hour
    return {mark: awake(moment, night) for mark, moment in at.items()}


def sendable(now: datetime, kind: Kind, settings: HelpdeskSettings) -> datetime:
    """When what is due may be told, however late the clockwork comes: now, or in the morning."""
    return rested({"now": now}, kind, settings)["now"]


def coming(request: HelpRequest, steps: Sequence[tuple[str, datetime]], now: datetime) -> Coming | None:
    """The role whose turn it is next and when; None when the chain has ended or the matter is over.

    `steps`: what happened and when, in order.
    """
    kind = get_kind(request.kind)
    if request.state == "waiting":
        return "driver", request.wait_until
    if request.state == "answered" and request.driver_wrote_at is None:
        return "driver", request.look_at if request.look_at and request.look_at > now else None
    if request.state not in UNANSWERED:
        return None
    if kind.never_refused and request.holder_id is None:
        return _next_rung(steps)
    return _next_mark(request, kind, now)


def _next_rung(steps: Sequence[tuple[str, datetime]]) -> Coming | None:
    """Of a call that nobody holds: the first step that it has not climbed since then."""
    since, climbed = None, 0
    for what, at in steps:
        if what in _UNHELD_SINCE:
            since, climbed = at, 0
        climbed += what == "climbed"
    if since is None or climbed >= len(LADDER):
        return None
    return LADDER[climbed], since + timedelta(minutes=_Current.minutes[climbed])


def _next_mark(request: HelpRequest, kind: Kind, now: datetime) -> Coming | None:
    """Of anything else: who is told when the clocks that run are missed, the earliest first."""
    told = []
    for clock in running(request, kind):
        by: datetime = getattr(request, f"{clock}_by")
        at = rested(marks(request.created_at, by, _Current.helpdesk.warn_share), kind, _Current.helpdesk)
        told += [(at[mark], role) for mark, role in _CALLED_AT.items() if at[mark] > now]
    if not told:
        return None
    at_first, role = min(told)
    return role, at_first


def supervisors(session: Session, desks: set[str]) -> dict[str, str]:
    """The display names of the supervisors of each desk, as the chain finds them; one statement."""
    found = (
        select(RoleGrant.place, Person.name)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == "supervisor",
            RoleGrant.place.in_([*desks, EVERYWHERE]),
            Person.state == "active",
        )
        .order_by(Person.name)
    )
    at: dict[str, list[str]] = {}
    for row in session.execute(found):
        at.setdefault(row.place, []).append(row.name)
    return {desk: _names(at.get(desk) or at.get(EVERYWHERE, [])) for desk in desks}


def _names(names: Sequence[str]) -> str:
    shown = [name for name in names if name]
    return "、".join(shown[:_MOST_NAMES]) + ("等" if len(shown) > _MOST_NAMES else "")


def shown(come: Coming | None, desk: str, names: Mapping[str, str]) -> NextOut | None:
    """As it goes over the wire."""
    if come is None:
        return None
    role, at = come
    name = (names.get(desk) or None) if role == "supervisor" else None
    return NextOut(role=role, title=TITLES[role], name=name, at=at)


def steps_of(events: Sequence[RequestEvent]) -> list[tuple[str, datetime]]:
    """What the rule above reads of a timeline."""
    return [(event.what, event.at) for event in events]
