"""Ready-made answers of a desk: what is written ten times a day is written once."""

import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.database import rows_changed
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.helpdesk.models import Macro
from app.helpdesk.operating_schemas import MacroChange, MacroIn, MacroList, MacroOut
from app.helpdesk.rules import MACRO_EXISTS, MACRO_UNKNOWN
from app.people.models import Person
from app.people.rules import STAFF_ROLES
from app.stations.models import Station
from app.stations.rules import STATION_UNKNOWN
from app.web.callers import EVERYWHERE, Caller
from app.web.refusals import FORBIDDEN

_MOST = 200
_ROLES = (*STAFF_ROLES, "admin")


def listing(session: Session, caller: Caller, station: str | None) -> MacroList:
    """What the caller's desks offer, those for everybody last; with a station what that desk offers."""
    if station and not caller.reaches(station, *_ROLES):
        raise FORBIDDEN.now()
    rows = session.execute(_found(caller, station)).all()
    return MacroList(items=[_view(row, name, caller) for row, name in rows])


def offered(session: Session, desk: str) -> list[Macro]:
    """What the composer of a request at this desk offers."""
    found = select(Macro).where(Macro.station.in_([desk, EVERYWHERE]))
    return list(session.scalars(found.order_by(Macro.station.desc(), Macro.title).limit(_MOST)))


def _found(caller: Caller, station: str | None) -> Select[Macro, str]:
    places = caller.places(*_ROLES)
    where: ColumnElement[bool] = Macro.station.in_([*([station] if station else places), EVERYWHERE])
    if not station and EVERYWHERE in places:
        where = true()
    found = select(Macro, Person.name).outerjoin(Person, Person.id == Macro.set_by).where(where)
    return found.order_by(Macro.station.desc(), Macro.title).limit(_MOST)


def create(session: Session, caller: Caller, body: MacroIn, now: datetime) -> MacroOut:
    """A new one for a station of the caller's, or for everybody by who may everywhere. 403 else, 409
    `macro.exists` where the desk has one with that title (the key decides)."""
    place = body.station or EVERYWHERE
    if not caller.reaches(body.station, *_ROLES):
        raise FORBIDDEN.now()
    if body.station and session.scalar(select(Station.code).where(Station.code == place)) is None:
        raise STATION_UNKNOWN.now()
    row = insert(Macro).values(
        station=place, id=new_id(), title=body.title, text=body.text, set_by=caller.person_id, set_at=now
    )
    made = session.scalars(
        row.on_conflict_do_nothing(index_elements=["station", "title"]).returning(Macro)
    ).one_or_none()
    if made is None:
        raise MACRO_EXISTS.now()
    _record(session, caller, made, now, "macro.created")
    return _view(made, caller.name, caller)


def change(
    session: Session, caller: Caller, macro_id: uuid.UUID, body: MacroChange, now: datetime
) -> MacroOut:
    """Other words. 404 for one that the caller may not change, 409 `macro.exists` for a title in use."""
    sent = {name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None}
    if not sent:
        raise invalid(FieldFault("body", "要改什么"))
    changed = (
        update(Macro)
        .where(Macro.id == macro_id, _his(caller))
        .values(**sent, set_by=caller.person_id, set_at=now)
        .returning(Macro)
        .execution_options(synchronize_session=False)
    )
    try:
        kept = session.scalars(changed).one_or_none()
    except IntegrityError:
        raise MACRO_EXISTS.now() from None
    if kept is None:
        raise MACRO_UNKNOWN.now()
    _record(session, caller, kept, now, "macro.changed")
    return _view(kept, caller.name, caller)


def remove(session: Session, caller: Caller, macro_id: uuid.UUID, now: datetime) -> None:
    """No longer offered. 404 for one that the caller may not remove."""
    gone = delete(Macro).where(Macro.id == macro_id, _his(caller))
    if not rows_changed(session.execute(gone.execution_options(synchronize_session=False))):
        raise MACRO_UNKNOWN.now()
    audit.record(session, now, caller.person_id, "macro.removed", "macro", macro_id)


def _his(caller: Caller) -> ColumnElement[bool]:
    places = caller.places(*_ROLES)
    return true() if EVERYWHERE in places else Macro.station.in_(places)


def _record(session: Session, caller: Caller, row: Macro, now: datetime, what: str) -> None:
    place = None if row.station == EVERYWHERE else row.station
    audit.record(session, now, caller.person_id, what, "macro", row.id, station=place)


def _view(row: Macro, name: str | None, caller: Caller) -> MacroOut:
    everywhere = row.station == EVERYWHERE
    return MacroOut(
        id=str(row.id),
        station=None if everywhere else row.station,
        title=row.title,
        text=row.text,
        mine_to_change=caller.reaches(None if everywhere else row.station, *_ROLES),
        by=name or "",
        at=row.set_at,
    )
