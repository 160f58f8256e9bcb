"""What the emergencies hold on a person: at which desks he was last heard, and lorries that are watched."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, tuple_, update
from sqlalchemy.orm import Session

from app.emergencies.models import CargoWatch, DeskBeat
from app.foundation.clock import iso
from app.helpdesk import store, views
from app.helpdesk.models import HelpRequest
from app.people import erasure

ERASED = "（已按本人要求删除）"
GONE = "已注销"


def listen() -> None:
    """Tell people what this room forgets and tells, and the help desk what its steps are called.

    Before the help desk: once that has forgotten, no watch is anybody's any more.
    """
    erasure.on_erase("desk_beats", forget)
    erasure.on_export("desk_beats", tell)
    erasure.on_erase("cargo_watches", forget_watches)
    erasure.on_export("cargo_watches", tell_watches)
    erasure.on_open_matters("cargo_watches", is_watched)
    views.name_steps(
        climbed="没有人接",
        called_again="还是没有人接，再次呼叫所有的人",
        on_scene="到达现场",
        handed_over="移交",
        watch_asked="请服务区代看车货",
        watch_began="代看车货",
        watch_changed="代看有变化",
        watch_handed="车货已交还",
        watch_received="司机确认收到车货",
    )


def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """His desks are silent."""
    session.execute(delete(DeskBeat).where(DeskBeat.person_id == person_id))


def tell(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """The desks at which he was last heard."""
    mine = select(DeskBeat).where(DeskBeat.person_id == person_id).order_by(DeskBeat.station)
    return [{"station": beat.station, "at": iso(beat.at)} for beat in session.scalars(mine)]


def is_watched(session: Session, person_id: uuid.UUID) -> bool:
    """Whether somebody is watching this person's lorry right now."""
    mine = _watches(session, person_id).where(CargoWatch.state == "watching")
    return session.scalar(mine.limit(1)) is not None


def forget_watches(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Of his own only what the figures need stays, and where a lorry stands that is still watched; what he
    watched for others stays without his name."""
    for row in session.scalars(_watches(session, person_id).with_for_update(of=CargoWatch)):
        row.plate = row.cargo = row.keys_note = row.handed_note = None
        if row.state != "watching" and row.place is not None:
            row.place = ERASED
    session.flush()
    watched = update(CargoWatch).where(CargoWatch.watcher_id == person_id)
    session.execute(watched.values(watcher=GONE, watcher_id=None))
    handed = update(CargoWatch).where(CargoWatch.handed_by == person_id)
    session.execute(handed.values(handed_by=None))


def tell_watches(session: Session, person_id: uuid.UUID) -> list[dict[str, Any]]:
    """Who watched his lorry, where, and until when."""
    return [
        {
            "state": row.state,
            "place": row.place,
            "plate": row.plate,
            "cargo": row.cargo,
            "keys": row.keys,
            "watcher": row.watcher,
            "until_at": iso(row.until_at) if row.until_at else None,
            "handed_at": iso(row.handed_at) if row.handed_at else None,
        }
        for row in session.scalars(_watches(session, person_id))
    ]


def _watches(session: Session, person_id: uuid.UUID) -> Select[CargoWatch]:
    of_request = tuple_(CargoWatch.origin, CargoWatch.request_id) == tuple_(
        HelpRequest.origin, HelpRequest.id
    )
    mine = store.owned_by(session, person_id)
    return select(CargoWatch).join(HelpRequest, of_request).where(mine).order_by(CargoWatch.request_id)
