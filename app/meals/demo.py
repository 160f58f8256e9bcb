"""Meals of a week and a campaign to try the product with; all of it made up and marked 示例."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation.clock import SHANGHAI
from app.meals import campaigns, offers
from app.meals.campaign_schemas import CampaignIn, EntryIn
from app.meals.models import Campaign, MealOffer
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
# kind of people, how many, whether counted by hand
_HANDED_OUT: Final = (("truck_driver", 2, False), ("traveller", 1, False), ("truck_driver", 15, True))


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


def seed_campaign(session: Session, now: datetime, staff_id: uuid.UUID, station: str) -> int:
    """A campaign that runs since this hour, with a few portions handed out. Nothing where there is any."""
    if session.scalar(select(Campaign.id).limit(1)) is not None:
        return 0
    staff = Caller(staff_id, "示例值班员", frozenset({("staff", station)}))
    body = CampaignIn(
        name="示例：雪天送热饭",
        stations=[station],
        starts_at=now.replace(minute=0, second=0, microsecond=0),
        ends_at=now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=12),
        planned=200,
    )
    campaign = uuid.UUID(campaigns.make(session, staff, body, now).id)
    for kind, quantity, by_hand in _HANDED_OUT:
        entry = EntryIn.model_validate({"person_kind": kind, "quantity": quantity, "by_hand": by_hand})
        campaigns.enter(session, staff, campaign, entry, now)
    return 1


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
