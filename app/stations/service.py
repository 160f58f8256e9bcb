"""What is done with stations and their codes: look a key up, replace one, change what a station says."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.foundation import audit
from app.stations.models import QrKey, Station, StationBasic
from app.stations.rules import ALPHABET, KEY_LENGTH, KEY_NOT_ACTIVE, STATION_UNKNOWN


@dataclass(frozen=True)
class FoundKey:
    """Where a key hangs; state is `active` or `revoked`."""

    key: str
    station: str
    side: str
    version: int
    state: str


def find_key(session: Session, key: str) -> FoundKey | None:
    """The key as it stands, revoked ones too, in one statement; None when there never was such a key."""
    row = session.execute(
        select(QrKey.key, QrKey.station, QrKey.side, QrKey.version, QrKey.state).where(QrKey.key == key)
    ).one_or_none()
    return FoundKey(*row) if row else None


def require_station(session: Session, code: str) -> None:
    """Refused with `station.unknown` when there is no such station, or only as a draft."""
    known = select(Station.code).where(Station.code == code, Station.status != "draft")
    if session.scalar(known) is None:
        raise STATION_UNKNOWN.now()


def new_key() -> str:
    """A fresh key: 30^8 possibilities, from the system's own randomness."""
    return "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH))


def make_key(session: Session, station: str, side: str, now: datetime) -> FoundKey:
    """A new active key for a side that has none, one version above all before it.

    A twin that does the same at this moment fails on the unique index of active keys.
    """
    last = select(func.coalesce(func.max(QrKey.version), 0) + 1).where(
        QrKey.station == station, QrKey.side == side
    )
    key = new_key()
    version = session.execute(
        insert(QrKey)
        .values(key=key, station=station, side=side, version=last.scalar_subquery(), made_at=now)
        .returning(QrKey.version)
    ).scalar_one()
    return FoundKey(key, station, side, version, "active")


def revoke_key(
    session: Session, key: str, now: datetime, reason: str | None = None, actor_id: uuid.UUID | None = None
) -> FoundKey:
    """Put a key out of use and give its side the next version; returns the new key.

    Refused with `station.key_not_active` when the key is unknown or revoked already. The conditional update
    decides, so that of many revocations at once exactly one makes a new key.
    """
    out_of_use = (
        update(QrKey)
        .where(QrKey.key == key, QrKey.state == "active")
        .values(state="revoked", revoked_at=now, revoked_reason=reason)
        .returning(QrKey.station, QrKey.side)
    )
    row = session.execute(out_of_use).one_or_none()
    if row is None:
        raise KEY_NOT_ACTIVE.now()
    audit.record(session, now, actor_id, "qr_key.revoke", "qr_key", key, station=row.station, reason=reason)
    return make_key(session, row.station, row.side, now)


def touch(session: Session, code: str, now: datetime, **changes: Any) -> None:
    """Count a change of the station, so that readers see it. Refused with `station.unknown`."""
    changed = (
        update(Station)
        .where(Station.code == code)
        .values(revision=Station.revision + 1, updated_at=now, **changes)
        .returning(Station.code)
    )
    if session.scalar(changed) is None:
        raise STATION_UNKNOWN.now()


def set_status(session: Session, code: str, status: str, now: datetime) -> None:
    """Open, limit, close a station, or put it back to draft. Refused with `station.unknown`."""
    touch(session, code, now, status=status)


def set_phones(session: Session, code: str, duty: str | None, medical: str | None, now: datetime) -> None:
    """The station's own telephones. Refused with `station.unknown`."""
    touch(session, code, now, duty_phone=duty, medical_phone=medical)


def set_basic(session: Session, code: str, basic: str, state: str, now: datetime) -> None:
    """What is known from now on about one of the five basics. Refused with `station.unknown`."""
    touch(session, code, now)
    known = {"state": state, "as_of": now}
    row = upsert(StationBasic).values(station=code, basic=basic, **known)
    session.execute(row.on_conflict_do_update(index_elements=["station", "basic"], set_=known))
