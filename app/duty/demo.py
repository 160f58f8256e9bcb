"""Posts and two weeks of shifts to try the product with; all of it made up and marked 示例."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.duty import posts
from app.duty.models import DutyPost
from app.duty.schemas import PostIn, RepeatIn, ShiftIn
from app.foundation.clock import SHANGHAI
from app.web.callers import Caller

# name, kind, side, standard, weekdays (Monday is 1), first hour, hours, capacity
_POSTS: Final = (
    ("示例先锋岗：热水与问询", "vanguard", "A", "示例：有人问必答，热水不断。", (1, 3, 5), 8, 4, 2),
    ("示例示范岗：夜间值守", "model", "A", "示例：夜里也有人在。", (5, 6), 22, 8, 1),
    ("示例责任区：停车场巡查", "area", "B", "示例：每小时走一圈，看看谁需要帮忙。", (6, 7), 14, 4, 3),
)


def seed(session: Session, now: datetime, secretary_id: uuid.UUID, station: str) -> int:
    """The posts with their shifts of the next 14 days; how many posts. Nothing where there are any."""
    if session.scalar(select(DutyPost.id).limit(1)) is not None:
        return 0
    secretary = Caller(secretary_id, "示例支部书记", frozenset({("secretary", station)}))
    for name, kind, side, standard, weekdays, hour, hours, capacity in _POSTS:
        body = {"name": name, "kind": kind, "station": station, "side": side, "standard": standard}
        made = posts.make_post(session, secretary, PostIn.model_validate(body), now)
        start = _first(now, weekdays, hour)
        shift = ShiftIn(
            post_id=uuid.UUID(made.id),
            starts_at=start,
            ends_at=start + timedelta(hours=hours),
            capacity=capacity,
            min_needed=1,
            repeat=RepeatIn(weekdays=weekdays, until=(now + timedelta(days=13)).astimezone(SHANGHAI).date()),
        )
        posts.make_shifts(session, secretary, shift, now)
    return len(_POSTS)


def _first(now: datetime, weekdays: tuple[int, ...], hour: int) -> datetime:
    """The first such hour on such a day from tomorrow on."""
    day = now.astimezone(SHANGHAI).replace(hour=hour, minute=0, second=0, microsecond=0)
    return next(at for ahead in range(1, 9) if (at := day + timedelta(days=ahead)).isoweekday() in weekdays)
