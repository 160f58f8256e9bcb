"""Facilities to try the product with, at every station; all of them made up and marked 示例."""

from datetime import datetime
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.facilities.models import Facility
from app.foundation.ids import new_id
from app.stations.models import Station

# side, kind, name, place, women's hours in minutes of the day, state at the demonstration's own station
_EACH: Final = (
    ("A", "capsule", "示例胶囊仓 1 号", "示例：司机之家二楼", None, "ok"),
    ("A", "capsule", "示例胶囊仓 2 号", "示例：司机之家二楼", None, "ok"),
    ("A", "capsule", "示例女士胶囊仓", "示例：司机之家二楼东头", (0, 1440), "ok"),
    ("A", "washer", "示例洗衣机 1 号", "示例：司机之家一楼", None, "ok"),
    ("A", "washer", "示例洗衣机 2 号", "示例：司机之家一楼", None, "out"),
    ("A", "dryer", "示例烘干机", "示例：司机之家一楼", None, "ok"),
    ("A", "shower", "示例淋浴间 1 号", "示例：司机之家一楼", None, "ok"),
    ("A", "shower", "示例淋浴间 2 号", "示例：司机之家一楼", (1200, 1320), "ok"),
    ("A", "accessible_bay", "示例无障碍车位", "示例：综合楼正门前", None, "ok"),
    ("A", "aed", "示例 AED", "示例：医疗点门口", None, "ok"),
    ("B", "washer", "示例洗衣机", "示例：综合楼一楼", None, "ok"),
    ("B", "shower", "示例淋浴间", "示例：综合楼一楼", None, "cleaning"),
    ("B", "accessible_bay", "示例无障碍车位", "示例：综合楼正门前", None, "ok"),
)


def seed(session: Session, now: datetime, station: str) -> int:
    """The same at every station; how many. Known is their state only at `station`. Nothing where any are."""
    if session.scalar(select(Facility.id).limit(1)) is not None:
        return 0
    rows = [
        {
            "id": new_id(),
            "station": code,
            "side": side,
            "kind": kind,
            "name": name,
            "place": place,
            "women_from": women[0] if women else None,
            "women_until": women[1] if women else None,
            "state": state if code == station else "unknown",
            "as_of": now if code == station else None,
            "said_by": "staff" if code == station else None,
            "created_at": now,
        }
        for code in session.scalars(select(Station.code).order_by(Station.code))
        for side, kind, name, place, women, state in _EACH
    ]
    session.execute(insert(Facility), rows)
    return len(rows)
