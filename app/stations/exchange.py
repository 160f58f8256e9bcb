"""Stations in and out as files: import, export, the table of codes, the posters' pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from app.foundation import audit
from app.stations.csvfile import StationRow
from app.stations.models import QrKey, Station, StationBasic, StationSide
from app.stations.rules import BASICS, SIDES, STATION_UNKNOWN, code_url
from app.stations.service import make_key


@dataclass(frozen=True)
class ImportReport:
    """What an import did, in numbers of stations and of keys."""

    made: int
    changed: int
    unchanged: int
    keys_made: int


@dataclass(frozen=True)
class CodeRow:
    """One active code."""

    station: str
    side: str
    key: str
    version: int


@dataclass(frozen=True)
class PosterPage:
    """What one page says; `url` is what its code holds, `example` marks an unconfirmed station."""

    station: str
    name: str
    road: str
    km_post: str
    side: str
    heading: str | None
    key: str
    version: int
    url: str
    duty_phone: str | None
    example: bool


@dataclass(frozen=True)
class PosterHouse:
    """What every page shares: who runs the house, what to search for in WeChat, when it was printed."""

    operator: str
    miniprogram: str
    printed_on: date


def import_stations(session: Session, rows: Sequence[StationRow], now: datetime) -> ImportReport:
    """Make or change the stations of a checked file, by code; those it does not name stay as they are.

    Both sides of each get a key if they have none. Two imports at once follow one another.
    """
    session.execute(text("LOCK TABLE station IN SHARE ROW EXCLUSIVE MODE"))
    before = {row.code: row for row in export_stations(session)}
    made = [row for row in rows if row.code not in before]
    changed = [row for row in rows if row.code in before and before[row.code] != row]
    _make(session, made, now)
    for row in changed:
        _change(session, row, now)
    keys_made = _missing_keys(session, [row.code for row in rows], now)
    report = ImportReport(len(made), len(changed), len(rows) - len(made) - len(changed), keys_made)
    told = f"made {report.made}, changed {report.changed}, unchanged {report.unchanged}"
    audit.record(session, now, None, "stations.import", "station", "*", reason=told)
    return report


def export_stations(session: Session) -> list[StationRow]:
    """Every station as the file would state it, by code."""
    headings: dict[tuple[str, str], str | None] = {
        (station, side): heading
        for station, side, heading in session.execute(
            select(StationSide.station, StationSide.side, StationSide.heading)
        )
    }
    columns = select(
        Station.code, Station.name, Station.road, Station.km_post, Station.prefecture,
        Station.lat, Station.lon, Station.position_confidence,
    )  # fmt: skip
    return [
        StationRow(*row, headings.get((row.code, "A")), headings.get((row.code, "B")))
        for row in session.execute(columns.order_by(Station.code))
    ]


def list_codes(session: Session, only: Sequence[str] = ()) -> list[CodeRow]:
    """The active codes by station and side, of all or of some stations. Refused with `station.unknown`."""
    wanted = select(QrKey.station, QrKey.side, QrKey.key, QrKey.version).where(QrKey.state == "active")
    if only:
        wanted = wanted.where(QrKey.station.in_(only))
    codes = [CodeRow(*row) for row in session.execute(wanted.order_by(QrKey.station, QrKey.side))]
    if unknown := sorted(set(only) - {code.station for code in codes}):
        raise STATION_UNKNOWN.now(stations=unknown)
    return codes


def poster_pages(session: Session, public_url: str, only: Sequence[str] = ()) -> list[PosterPage]:
    """A page for every active code, A before B. Refused with `station.unknown`."""
    stations = {row.code: row for row in export_stations(session)}
    phones = {row.code: row.duty_phone for row in session.execute(select(Station.code, Station.duty_phone))}
    pages = []
    for code in list_codes(session, only):
        row = stations[code.station]
        pages.append(
            PosterPage(
                station=row.code,
                name=row.name,
                road=row.road,
                km_post=row.km_post,
                side=code.side,
                heading=row.heading_a if code.side == "A" else row.heading_b,
                key=code.key,
                version=code.version,
                url=code_url(public_url, code.key),
                duty_phone=phones[row.code],
                example=row.confidence == "low",
            )
        )
    return pages


def _columns(row: StationRow) -> dict[str, object]:
    return {
        "name": row.name,
        "road": row.road,
        "km_post": row.km_post,
        "prefecture": row.prefecture,
        "lat": row.lat,
        "lon": row.lon,
        "position_confidence": row.confidence,
    }


def _headings(row: StationRow) -> dict[str, str | None]:
    return {"A": row.heading_a, "B": row.heading_b}


def _make(session: Session, rows: Sequence[StationRow], now: datetime) -> None:
    if not rows:
        return
    session.execute(insert(Station), [{"code": row.code, "updated_at": now, **_columns(row)} for row in rows])
    sides = [
        {"station": row.code, "side": side, "heading": heading}
        for row in rows
        for side, heading in _headings(row).items()
    ]
    session.execute(insert(StationSide), sides)
    basics = [{"station": row.code, "basic": basic} for row in rows for basic in BASICS]
    session.execute(insert(StationBasic), basics)


def _change(session: Session, row: StationRow, now: datetime) -> None:
    station = update(Station).where(Station.code == row.code)
    session.execute(station.values(revision=Station.revision + 1, updated_at=now, **_columns(row)))
    for side, heading in _headings(row).items():
        place = update(StationSide).where(StationSide.station == row.code, StationSide.side == side)
        session.execute(place.values(heading=heading))


def _missing_keys(session: Session, codes: Sequence[str], now: datetime) -> int:
    """Give every side without an active key one; returns how many."""
    active = select(QrKey.station, QrKey.side).where(QrKey.state == "active", QrKey.station.in_(codes))
    present = {(station, side) for station, side in session.execute(active)}
    missing = [(code, side) for code in codes for side in SIDES if (code, side) not in present]
    for code, side in missing:
        make_key(session, code, side, now)
    return len(missing)
