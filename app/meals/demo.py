"""Meals of a week to try the product with; all of it made up and marked 示例."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.meals import offers
from app.meals.models import MealOffer
from app.meals.schemas import OfferIn
from app.web.callers import Caller

# name, side, first hour, hours, price, portions
_MEALS: Final = (
    ("示例早餐：小米粥和花卷", "A", 6, 3, 500, 60),
    ("示例套餐：洋芋烧鸡块配米饭", "A", 11, 3, 1500, 120),
    ("示例套餐：番茄鸡蛋面", "B", 11, 3, 1200, 80),
    ("示例晚餐：牛肉面", "A", 17, 4, 1200, 120),
    ("示例夜宵：热汤面片", "B", 22, 4, 1000, 30),
)
_DAYS = 7


def seed(session: Session, now: datetime, kitchen_id: uuid.UUID, station: str) -> int:
    """The meals of a week from today, as far as they are not over; how many. Nothing where there are any."""
    if session.scalar(select(MealOffer.id).limit(1)) is not None:
        return 0
    kitchen = Caller(kitchen_id, "示例后厨", frozenset({("kitchen", station)}))
    today = now.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
    bodies = [
        _offer(station, today + timedelta(days=ahead), *meal) for ahead in range(_DAYS) for meal in _MEALS
    ]
    coming = [body for body in bodies if body.slot_ends_at > now]
    for body in coming:
        offers.make(session, kitchen, body, now)
    return len(coming)


def _offer(
    station: str, day: datetime, name: str, side: str, hour: int, hours: int, price_fen: int, quota: int
) -> OfferIn:
    start = day.replace(hour=hour)
    return OfferIn.model_validate(
        {
            "station": station,
            "side": side,
            "name": name,
            "slot_starts_at": start.isoformat(),
            "slot_ends_at": (start + timedelta(hours=hours)).isoformat(),
            "price_fen": price_fen,
            "quota": quota,
        }
    )
