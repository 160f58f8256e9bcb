"""Stations to try the product with: the 55 of the shipped file, and telephone numbers that nobody has."""

from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.stations.csvfile import StationRow, read_stations
from app.stations.exchange import ImportReport, import_stations
from app.stations.models import Station
from app.stations.service import set_phones

SHIPPED: Final = Path(__file__).parent / "data" / "stations.csv"

_AREA_CODES: Final = {
    "临夏州": "0930", "兰州市": "0931", "定西市": "0932", "平凉市": "0933", "庆阳市": "0934",
    "武威市": "0935", "金昌市": "0935", "张掖市": "0936", "酒泉市": "0937", "嘉峪关市": "0937",
    "天水市": "0938", "陇南市": "0939", "甘南州": "0941", "白银市": "0943",
}  # fmt: skip


def shipped_stations() -> list[StationRow]:
    """The stations of the file in this package. ValueError when it has a bad line."""
    rows, faults = read_stations(SHIPPED.read_bytes())
    if faults:
        raise ValueError("; ".join(map(str, faults)))
    return rows


def seed(session: Session, now: datetime) -> ImportReport:
    """The 55 stations with codes and example telephones; a station that has telephones keeps them."""
    rows = shipped_stations()
    report = import_stations(session, rows, now)
    silent = set(session.scalars(select(Station.code).where(Station.duty_phone.is_(None))))
    for row in rows:
        if row.code in silent:
            duty, medical = example_phones(row)
            set_phones(session, row.code, duty, medical, now)
    return report


def example_phones(row: StationRow) -> tuple[str, str]:
    """A duty and a medical number; subscribers' numbers never begin with 0, so these reach nobody."""
    area, number = _AREA_CODES.get(row.prefecture, "0931"), int(row.code[2:])
    return f"{area}-0000{number:03d}", f"{area}-0000{number + 500:03d}"
