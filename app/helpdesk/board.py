"""The open board: how the stations answer, by month, without identities; small counts are hidden."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.helpdesk import hooks
from app.helpdesk.kinds import all_kinds
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import BOARD_LEAST, shown_share
from app.helpdesk.schemas import BoardOut, BoardRow
from app.stations.models import Station

_MONTHS = 6
_FRESH_FOR = timedelta(minutes=5)


@dataclass
class Board:
    """The board as it was counted last; a public page must not make the database count each time."""

    shown: BoardOut | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, session: Session, now: datetime) -> BoardOut:
        """The board, at most some minutes old."""
        with self.lock:
            if self.shown is None or not timedelta(0) <= now - self.shown.as_of < _FRESH_FOR:
                self.shown = count(session, now)
            return self.shown


def _first_month(now: datetime) -> datetime:
    local = now.astimezone(SHANGHAI)
    months = local.year * 12 + local.month - _MONTHS
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=SHANGHAI)


def count(session: Session, now: datetime) -> BoardOut:
    """Count afresh. Private kinds are not on it, nor what was taken back, nor what no desk had to answer."""
    public = [kind.kind for kind in all_kinds() if not kind.private]
    month = func.to_char(func.timezone("Asia/Shanghai", HelpRequest.created_at), "YYYY-MM")
    decided = case((and_(HelpRequest.answered_at.is_(None), HelpRequest.answer_by > now), None), else_=1)
    in_time = case((HelpRequest.answered_at <= HelpRequest.answer_by, 1), else_=None)
    found = (
        select(
            Station.code,
            Station.name,
            month.label("month"),
            func.count().label("requests"),
            func.count(decided).label("decided"),
            func.count(in_time).label("in_time"),
            func.count(HelpRequest.score).label("rated"),
            func.count(case((HelpRequest.score >= 4, 1), else_=None)).label("satisfied"),
        )
        .join(HelpRequest, HelpRequest.station == Station.code)
        .where(
            HelpRequest.created_at >= _first_month(now),
            HelpRequest.kind.in_(public),
            HelpRequest.state != "withdrawn",
            HelpRequest.merged_into.is_(None),
            *hooks.counted(),
        )
        .group_by(Station.code, Station.name, month)
        .order_by(month.desc(), Station.code)
    )
    items = [
        BoardRow(
            station=row.code,
            name=row.name,
            month=row.month,
            requests=row.requests if row.requests >= BOARD_LEAST else None,
            answered_in_time_percent=shown_share(row.in_time, row.decided),
            satisfied_percent=shown_share(row.satisfied, row.rated),
        )
        for row in session.execute(found)
    ]
    return BoardOut(as_of=now, hidden_below=BOARD_LEAST, items=items)
