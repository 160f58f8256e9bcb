"""Use cases of 车货代看: lorry and cargo are watched while the driver is in hospital, and handed back."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.emergencies.alarm import MEDICAL
from app.emergencies.models import CargoWatch
from app.emergencies.rules import (
    HANDED_TO,
    KEYS,
    WATCH_EXISTS,
    WATCH_NONE,
    WATCH_STATE,
    WATCH_TAKEN,
    watch_until_fault,
)
from app.emergencies.schemas import HandBackIn, WatchChange, WatchIn, WatchOut, WatchWish
from app.foundation import audit
from app.foundation.clock import SHANGHAI
from app.foundation.refusals import FieldFault, invalid
from app.helpdesk import desk, locks, store
from app.helpdesk.chain import people_at
from app.helpdesk.kinds import get_kind
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import CENTRE, OPEN, WRONG_STATE
from app.notices.service import tell
from app.web.callers import Caller

TITLES = {
    "asked": "已请求代看，等值班台安排",
    "watching": "有人在看",
    "handed_back": "已交还",
    "received": "已交还，司机确认收到",
}
_AT_ONCE = 50
_KEY = ["origin", "request_id"]


# --- The driver -----------------------------------------------------------------------------------------


def ask(session: Session, caller: Caller, request_id: uuid.UUID, body: WatchWish, now: datetime) -> WatchOut:
    """The driver wants lorry and cargo watched. 409 for what is no medical call, and the second time."""
    request = _medical(store.load_own(session, caller.person_id, request_id, lock=True))
    values = {**body.model_dump(), "state": "asked", "asked_at": now}
    if not _insert(session, request, values):
        raise WATCH_EXISTS.now()
    store.add_event(session, request, now, "watch_asked", _driver(caller))
    request.driver_wrote_at = now
    if request.state not in OPEN:
        _tell_desk(session, request, now)
    session.flush()
    return _view(_load(session, request), now)


def _tell_desk(session: Session, request: HelpRequest, now: datetime) -> None:
    """A call that is closed is in nobody's queue: the desk is told of the wish itself."""
    step = "centre" if request.desk == CENTRE else "station"
    people = set(people_at(session, step, request.desk, get_kind(MEDICAL).roles))
    if request.holder_id is not None:
        people.add(request.holder_id)
    for person_id in sorted(people):
        tell(
            session,
            now,
            person_id,
            kind="request",
            title="司机请求车货代看",
            text=f"医疗求助 {request.number} 已经办结，司机还想请站里看车看货，请安排。",
            ref={"kind": "request", "id": str(request.id)},
        )


def see_own(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> WatchOut:
    """Where lorry, cargo and keys are."""
    return _view(_load(session, store.load_own(session, caller.person_id, request_id)), now)


def receive(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> WatchOut:
    """The driver says that he has everything back; saying it twice changes nothing."""
    request = store.load_own(session, caller.person_id, request_id, lock=True)
    row = _load(session, request)
    if row.state == "received":
        return _view(row, now)
    if not _move(session, request, "handed_back", state="received", received_at=now):
        raise WATCH_STATE.now()
    store.add_event(session, request, now, "watch_received", _driver(caller))
    session.flush()
    return _view(_load(session, request), now)


# --- The desk -------------------------------------------------------------------------------------------


def see(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> WatchOut:
    """The same for the desk; recorded. 404 `watch.none`."""
    request = store.load_for_desk(session, request_id, desk.scope(caller))
    if (view := _seen(session, caller, request, now)) is None:
        raise WATCH_NONE.now()
    return view


def find(session: Session, caller: Caller, request_id: uuid.UUID, now: datetime) -> WatchOut | None:
    """The same for a page that also begins one: None where there is none. 409 for what is no medical call."""
    request = store.load_for_desk(session, request_id, desk.scope(caller))
    if request.kind != MEDICAL:
        raise WRONG_STATE.now()
    return _seen(session, caller, request, now)


def _seen(session: Session, caller: Caller, request: HelpRequest, now: datetime) -> WatchOut | None:
    row = session.scalar(select(CargoWatch).where(*_of(request)).execution_options(populate_existing=True))
    if row is None:
        return None
    audit.record_reading(
        session, now, caller.person_id, "watch.opened", "request", request.id, station=request.desk
    )
    return _view(row, now)


def begin(session: Session, caller: Caller, request_id: uuid.UUID, body: WatchIn, now: datetime) -> WatchOut:
    """Somebody watches from now on, whether or not it was asked for. 409 `watch.taken` when somebody does:
    of two at once the row decides."""
    _check_until(body.until_at, now)
    request = _medical(store.load_for_desk(session, request_id, desk.scope(caller), taken_by=caller))
    sent = body.model_dump(exclude_none=True)
    values = {
        **sent,
        "state": "watching",
        "began_at": now,
        "watcher": body.watcher or caller.name or "值班员",
        "watcher_id": None if body.watcher else caller.person_id,
    }
    if not (_insert(session, request, values) or _move(session, request, "asked", **values)):
        raise WATCH_TAKEN.now()
    row = _load(session, request)
    _both_know(session, request, caller, "watch_began", row, now)
    return _view(row, now)


def change(
    session: Session, caller: Caller, request_id: uuid.UUID, body: WatchChange, now: datetime
) -> WatchOut:
    """Moved, extended, another watcher, keys elsewhere; both sides see what it was before and is now."""
    if body.until_at is not None:
        _check_until(body.until_at, now)
    request = store.load_for_desk(session, request_id, desk.scope(caller), taken_by=caller)
    _load(session, request)
    values: dict[str, Any] = body.model_dump(exclude_none=True)
    if body.watcher is not None:
        values["watcher_id"] = None
    if not _move(session, request, "watching", **({"state": "watching"} | values)):
        raise WATCH_STATE.now()
    row = _load(session, request)
    if values:
        _both_know(session, request, caller, "watch_changed", row, now)
    return _view(row, now)


def hand_back(
    session: Session, caller: Caller, request_id: uuid.UUID, body: HandBackIn, now: datetime
) -> WatchOut:
    """Lorry, cargo and keys are in other hands; once."""
    request = store.load_for_desk(session, request_id, desk.scope(caller), taken_by=caller)
    _load(session, request)
    given = {"handed_at": now, "handed_to": body.to, "handed_note": body.note, "handed_by": caller.person_id}
    if not _move(session, request, "watching", state="handed_back", **given):
        raise WATCH_STATE.now()
    words = f"{HANDED_TO[body.to]}{f'，{body.note}' if body.note else ''}"
    store.add_event(session, request, now, "watch_handed", caller, words)
    desk.tell_driver(session, request, now, "车货已交还", f"车货已交给{words}。请在求助里点“收到了”。")
    session.flush()
    return _view(_load(session, request), now)


def _both_know(
    session: Session, request: HelpRequest, caller: Caller, what: str, row: CargoWatch, now: datetime
) -> None:
    """A colleague who watches is named in the timeline, from which his name can go, and in no message."""
    words = _words(row)
    colleague = Caller(row.watcher_id, row.watcher or "") if row.watcher_id else None
    named = words if colleague else f"{row.watcher}{words}"
    store.add_event(session, request, now, what, caller, named, about=colleague)
    told = f"站里有人{words}" if colleague else named
    desk.tell_driver(session, request, now, "车货有人看着", f"{told}。")
    session.flush()


def _words(row: CargoWatch) -> str:
    until = f"{row.until_at.astimezone(SHANGHAI):%m-%d %H:%M}" if row.until_at else ""
    return f"看着，停在{row.place}，{KEYS.get(row.keys or '', '')}，到 {until}"


# --- The clockwork --------------------------------------------------------------------------------------


def remind(session: Session, now: datetime) -> int:
    """Tell of watches whose time has come: the watcher, the supervisor, the driver, once for each end."""
    over = or_(CargoWatch.told_until.is_(None), CargoWatch.told_until < CargoWatch.until_at)
    late = CargoWatch.state == "watching", CargoWatch.until_at <= now, over
    told = 0
    for row, request in _lock_late(session, *late):
        row.told_until = row.until_at
        _tell_late(session, row, request, now)
        told += 1
    session.flush()
    return told


def _lock_late(session: Session, *late: ColumnElement[bool]) -> Iterator[tuple[CargoWatch, HelpRequest]]:
    """People first, as in all of the desk: who is being erased at this moment is left for the next look."""
    found = select(CargoWatch.request_id, CargoWatch.watcher_id).where(*late).order_by(CargoWatch.until_at)
    seen = session.execute(found.limit(_AT_ONCE)).all()
    ids, watchers = [row.request_id for row in seen], {row.watcher_id for row in seen if row.watcher_id}
    held = locks.hold_people(session, HelpRequest.id.in_(ids), *watchers, skip_locked=True)
    rows = select(CargoWatch).where(CargoWatch.request_id.in_(ids), *late).order_by(CargoWatch.until_at)
    locked = rows.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    for row in session.scalars(locked).all():
        request = session.get_one(HelpRequest, (row.origin, row.request_id), populate_existing=True)
        strangers = locks.strangers(session, request, held)
        if not strangers and (row.watcher_id is None or row.watcher_id in held):
            yield row, request


def _tell_late(session: Session, row: CargoWatch, request: HelpRequest, now: datetime) -> None:
    people = set(people_at(session, "supervisor", request.desk, get_kind(MEDICAL).roles))
    people |= {person for person in (row.watcher_id, request.holder_id) if person}
    words = f"{request.number} 的车货代看到时间了，请和司机说好：延到几时，或交还给谁。"
    for person_id in sorted(people):
        tell(
            session,
            now,
            person_id,
            kind="request",
            title="车货代看：到时间了",
            text=words,
            ref={"kind": "request", "id": str(request.id)},
        )
    desk.tell_driver(
        session, request, now, "代看到时间了", "车货代看的时间到了，值班台会和您商量延长或交还。"
    )


# --- Rows -----------------------------------------------------------------------------------------------


def _medical(request: HelpRequest) -> HelpRequest:
    if request.kind != MEDICAL or request.state == "withdrawn":
        raise WRONG_STATE.now()
    return request


def _check_until(until: datetime, now: datetime) -> None:
    if fault := watch_until_fault(until, now):
        raise invalid(FieldFault("until_at", fault))


def _insert(session: Session, request: HelpRequest, values: dict[str, Any]) -> bool:
    """Whether there was none yet: the key decides."""
    row = insert(CargoWatch).values(origin=request.origin, request_id=request.id, **values)
    made = row.on_conflict_do_nothing(index_elements=_KEY).returning(CargoWatch.state)
    return session.scalar(made) is not None


def _move(session: Session, request: HelpRequest, before: str, **values: Any) -> bool:
    """From one state on: the row that the conditional UPDATE met decides."""
    moved = (
        update(CargoWatch)
        .where(*_of(request), CargoWatch.state == before)
        .values(**values)
        .returning(CargoWatch.state)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(moved) is not None


def _load(session: Session, request: HelpRequest) -> CargoWatch:
    found = select(CargoWatch).where(*_of(request)).execution_options(populate_existing=True)
    if (row := session.scalar(found)) is None:
        raise WATCH_NONE.now()
    return row


def _of(request: HelpRequest) -> tuple[Any, Any]:
    return CargoWatch.origin == request.origin, CargoWatch.request_id == request.id


def _driver(caller: Caller) -> Caller:
    """In a thread whoever asks is the driver, whatever else he is."""
    return Caller(caller.person_id, caller.name or "司机")


def _view(row: CargoWatch, now: datetime) -> WatchOut:
    shown = {name: getattr(row, name) for name in WatchOut.model_fields if hasattr(row, name)}
    late = row.state == "watching" and row.until_at is not None and row.until_at <= now
    return WatchOut.model_validate(
        shown
        | {
            "title": TITLES[row.state],
            "keys_title": KEYS.get(row.keys or ""),
            "handed_to": HANDED_TO.get(row.handed_to or ""),
            "overdue": late,
        }
    )
