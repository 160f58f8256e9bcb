"""What the console reads beside the use cases: open work, what is over, one row with its mark."""

import uuid
from typing import Any

import orjson
from sqlalchemy import Integer, Select, func, or_, select
from sqlalchemy.orm import Session, defer

from app.console.views import Stations, Work
from app.helpdesk import desk
from app.helpdesk.kinds import get_kind
from app.helpdesk.models import HelpRequest, RequestEvent, RequestMessage
from app.helpdesk.rules import REQUEST_UNKNOWN
from app.people.models import Person, RoleGrant
from app.people.rules import STAFF_ROLES
from app.stations.book import StationBook, StationView
from app.web.callers import EVERYWHERE, Caller

MOST = 300
MOST_ENDED = 50

# No list shows these, so no list opens what is sealed in them.
_SEALED = [
    defer(column, raiseload=True)
    for column in (HelpRequest.contact_phone, HelpRequest.caller_name, HelpRequest.score_text)
]


def open_work(session: Session, caller: Caller) -> list[Work]:
    """Everything in the caller's scope that needs somebody, most urgent first; MOST + 1 when cut."""
    found = _with_holder().where(desk.scope(caller), desk.needs_somebody())
    ordered = found.order_by(HelpRequest.urgency, HelpRequest.due_at, HelpRequest.id).limit(MOST + 1)
    ordered = ordered.options(*_SEALED)
    return [Work(row, name) for row, name in session.execute(ordered)]


def ended_work(session: Session, caller: Caller, number: str = "") -> list[Work]:
    """What is answered or over, newest first; with a number only that one, however old."""
    found = _with_holder().where(desk.scope(caller), ~desk.needs_somebody())
    if number:
        found = found.where(HelpRequest.number == number.upper())
    ordered = found.order_by(HelpRequest.created_at.desc(), HelpRequest.id.desc()).limit(MOST_ENDED)
    ordered = ordered.options(*_SEALED)
    return [Work(row, name) for row, name in session.execute(ordered)]


def _with_holder() -> Select[HelpRequest, str]:
    return select(HelpRequest, Person.name).outerjoin(Person, Person.id == HelpRequest.holder_id)


def one_with_mark(session: Session, caller: Caller, request_id: uuid.UUID) -> tuple[Work, int]:
    """A request with a mark that moves with each of its steps, and when WeChat doubts a text of it.

    404 `request.unknown` outside the scope.
    """
    steps = (
        select(func.count())
        .where(RequestEvent.origin == HelpRequest.origin, RequestEvent.request_id == HelpRequest.id)
        .scalar_subquery()
    )
    doubts = (
        select(func.count())
        .where(
            RequestMessage.origin == HelpRequest.origin,
            RequestMessage.request_id == HelpRequest.id,
            RequestMessage.doubted,
        )
        .scalar_subquery()
    )
    mark = (steps + doubts + HelpRequest.doubted.cast(Integer)).label("mark")
    found = _with_holder().add_columns(mark).where(HelpRequest.id == request_id, desk.scope(caller))
    row = session.execute(found).one_or_none()
    if row is None:
        raise REQUEST_UNKNOWN.now()
    return Work(row[0], row[1]), row[2]


def colleagues(session: Session, row: HelpRequest, caller: Caller) -> list[tuple[str, str]]:
    """(id, name) of the others who may be given this request, as the use case will check again."""
    found = (
        select(Person.id, Person.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            Person.state == "active",
            Person.id != caller.person_id,
            RoleGrant.role.in_(get_kind(row.kind).roles),
            or_(RoleGrant.place == row.desk, RoleGrant.place == EVERYWHERE),
        )
        .distinct()
        .order_by(Person.name)
        .limit(100)
    )
    return [(str(person.id), person.name or "没留名字") for person in session.execute(found)]


def next_ones(session: Session, station: str, caller: Caller) -> list[tuple[str, str]]:
    """(id, name) of those who may take over a shift at this station."""
    found = (
        select(Person.id, Person.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            Person.state == "active",
            Person.id != caller.person_id,
            RoleGrant.role.in_(STAFF_ROLES),
            RoleGrant.place.in_([station, EVERYWHERE]),
        )
        .distinct()
        .order_by(Person.name)
        .limit(100)
    )
    return [(str(person.id), person.name or "没留名字") for person in session.execute(found)]


class BookShelf(Stations):
    """The stations as a mapping that looks into the book only when a name is wanted."""

    def __init__(self, book: StationBook, session: Any) -> None:
        self._book, self._session = book, session

    def __getitem__(self, code: str) -> StationView:
        found = self._book.station(self._session, code)
        if found is None:
            raise KeyError(code)
        return found

    def __iter__(self) -> Any:
        listed = orjson.loads(self._book.listing(self._session).body)["items"]
        return iter([item["code"] for item in listed])

    def __len__(self) -> int:
        return len(list(iter(self)))
