"""The lane to WeChat that all jobs processes share: one pace, one cap a day, one barrier."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation.clock import shanghai_day
from app.foundation.database import rows_changed
from app.notices.models import DeliveryLane
from app.notices.rules import WINDOW, too_many_errors

_NAME = "wechat"
_AHEAD = timedelta(seconds=1)
_LOOK_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Pace:
    """How fast, and how many in a day (0: no cap of ours)."""

    rate_per_s: float
    daily_cap: int = 0


@dataclass(frozen=True)
class Lane:
    """How the lane stands. `taken`: places given out on the Shanghai day `day`."""

    next_at: datetime
    paused_at: datetime | None = None
    paused_by: str | None = None
    paused_why: str | None = None
    day: date | None = None
    taken: int = 0
    recent: str = ""

    def busy(self, now: datetime, rate_per_s: float) -> bool:
        """Whether all places of the coming second have been given out."""
        return now + _AHEAD < self.next_at <= now + _far(rate_per_s)

    def taken_today(self, now: datetime) -> int:
        """How many places have been given out on this Shanghai day."""
        return self.taken if self.day == shanghai_day(now) else 0

    def left_today(self, now: datetime, daily_cap: int) -> float:
        """How many more may leave on this Shanghai day; infinity without a cap."""
        return max(0, daily_cap - self.taken_today(now)) if daily_cap else math.inf


@dataclass(frozen=True)
class Places:
    """When the first of `granted` places is; `last_today`: the day's cap was reached with these."""

    first: datetime
    granted: int
    last_today: bool


_COLUMNS = (
    DeliveryLane.next_at,
    DeliveryLane.paused_at,
    DeliveryLane.paused_by,
    DeliveryLane.paused_why,
    DeliveryLane.day,
    DeliveryLane.taken,
    DeliveryLane.recent,
)


def look(session: Session, now: datetime) -> Lane:
    """How the lane stands; laid when it is looked at for the first time."""
    row = session.execute(select(*_COLUMNS).where(DeliveryLane.name == _NAME)).one_or_none()
    if row is not None:
        return Lane(*row)
    fresh = insert(DeliveryLane).values(name=_NAME, next_at=now, look_at=now)
    session.execute(fresh.on_conflict_do_nothing())
    return Lane(now)


def open_lane() -> ColumnElement[bool]:
    """The condition that nobody has closed the lane."""
    return ~exists().where(DeliveryLane.name == _NAME, DeliveryLane.paused_at.is_not(None))


def take_places(session: Session, now: datetime, wanted: int, pace: Pace) -> Places:
    """Take that many places one after the other, `1 / rate_per_s` seconds apart, or what the day leaves.

    Whatever process sends, no more than the rate and the cap leave the house: the lane's row is locked. A
    place far in the future was given out by a clock that has been set back since.
    """
    mine = DeliveryLane.name == _NAME
    lane = Lane(*session.execute(select(*_COLUMNS).where(mine).with_for_update()).one())
    left = lane.left_today(now, pace.daily_cap)
    granted = int(min(wanted, left))
    free_at = now if lane.next_at > now + _far(pace.rate_per_s) else lane.next_at
    first = max(free_at, now)
    _set(
        session,
        next_at=first + timedelta(seconds=granted / pace.rate_per_s),
        day=shanghai_day(now),
        taken=lane.taken_today(now) + granted,
    )
    return Places(first, granted, last_today=granted > 0 and granted == left)


def give_back(session: Session, now: datetime, places: int) -> None:
    """Places that nobody used count no more towards the day's cap."""
    if not places:
        return
    fewer = update(DeliveryLane).where(DeliveryLane.name == _NAME, DeliveryLane.day == shanghai_day(now))
    fewer = fewer.values(taken=func.greatest(0, DeliveryLane.taken - places))
    session.execute(fewer.execution_options(synchronize_session=False))


def most_at_once(rate_per_s: float, batch: int) -> int:
    """How many rows one claim may take: what can leave within a second, so that no lease grows old."""
    return max(1, min(batch, math.floor(rate_per_s)))


def note(session: Session, now: datetime, ends: str) -> str | None:
    """Add how tries ended, one character each, `1` for an error; why the lane was closed, if it was.

    The window is the last tries of all processes together; while the lane is closed it stands still.
    """
    added = (
        update(DeliveryLane)
        .where(DeliveryLane.name == _NAME, DeliveryLane.paused_at.is_(None))
        .values(recent=func.right(DeliveryLane.recent + ends, WINDOW))
        .returning(DeliveryLane.recent)
        .execution_options(synchronize_session=False)
    )
    recent = session.scalar(added)
    if recent is None or not too_many_errors(recent):
        return None
    why = f"{recent.count('1')} of the last {len(recent)} tries failed"
    return why if close_lane(session, now, "errors", why) else None


def close_lane(session: Session, now: datetime, by: str, why: str) -> bool:
    """Close it for all processes. False when it was closed already."""
    closed = (
        update(DeliveryLane)
        .where(DeliveryLane.name == _NAME, DeliveryLane.paused_at.is_(None))
        .values(paused_at=now, paused_by=by, paused_why=why, look_at=now + _LOOK_EVERY)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(session.execute(closed)) == 1


def reopen(session: Session) -> bool:
    """Open it again, with nothing held against it. False when somebody else did."""
    opened = (
        update(DeliveryLane)
        .where(DeliveryLane.name == _NAME, DeliveryLane.paused_at.is_not(None))
        .values(paused_at=None, paused_by=None, paused_why=None, recent="")
        .execution_options(synchronize_session=False)
    )
    return rows_changed(session.execute(opened)) == 1


def may_look(session: Session, now: datetime) -> bool:
    """Whether it is our turn to try one message on the closed lane: one process, once a minute.

    What an operator closed is his to open.
    """
    due = or_(DeliveryLane.look_at <= now, DeliveryLane.look_at > now + 2 * _LOOK_EVERY)
    turn = (
        update(DeliveryLane)
        .where(DeliveryLane.name == _NAME, DeliveryLane.paused_by.in_(("stop", "errors")), due)
        .values(look_at=now + _LOOK_EVERY)
        .execution_options(synchronize_session=False)
    )
    return rows_changed(session.execute(turn)) == 1


def _set(session: Session, **values: object) -> None:
    changed = update(DeliveryLane).where(DeliveryLane.name == _NAME).values(**values)
    session.execute(changed.execution_options(synchronize_session=False))


def _far(rate_per_s: float) -> timedelta:
    return timedelta(seconds=60 + 1 / rate_per_s)
