"""Offers, orders and campaigns for the permission matrix and for fuzzing, whoever they are made for."""

import uuid
from datetime import timedelta
from typing import Any

from app.foundation.home import Home
from app.helpdesk import service as requests
from app.helpdesk.schemas import RequestIn
from app.meals import campaigns, kitchen, offers
from app.meals.campaign_schemas import CampaignIn, EntryIn
from app.meals.schemas import OfferIn
from app.people import service as people
from app.web.callers import Caller


class Canteen:
    """A kitchen and a guest who are not tried themselves."""

    def __init__(self, home: Home) -> None:
        self.home = home
        with home.database.transaction() as session:
            now = home.clock.now()
            cook, _ = people.find_or_make(session, "cook-of-meals", None, now, "示例")
            guest, _ = people.find_or_make(session, "guest-of-meals", None, now, "示例")
        self.cook = Caller(cook, "示例", frozenset({("kitchen", "GS001")}))
        self.leader = Caller(cook, "示例", frozenset({("staff", "GS001")}))
        self.guest = Caller(guest, "示例")

    def offer_body(self) -> dict[str, Any]:
        """An offer that begins in an hour."""
        start = self.home.clock.now() + timedelta(hours=1)
        slot = {"slot_starts_at": start.isoformat(), "slot_ends_at": (start + timedelta(hours=1)).isoformat()}
        return {"station": "GS001", "side": "A", "name": "示例", "price_fen": 1000, "quota": 50, **slot}

    def offer(self) -> str:
        """A fresh offer."""
        with self.home.database.transaction() as session:
            body = OfferIn.model_validate(self.offer_body())
            return offers.make(session, self.cook, body, self.home.clock.now()).id

    def order(self) -> Any:
        """A request of the guest's that is an order."""
        body = RequestIn.model_validate({"kind": "meal", "details": {"offer_id": self.offer()}})
        with self.home.database.transaction() as session:
            return requests.create(session, self.guest, body, self.home.clock.now())[0]

    def walk_in(self) -> str:
        """Somebody who came without an order."""
        offer = uuid.UUID(self.offer())
        with self.home.database.transaction() as session:
            return kitchen.walk_in(session, self.cook, offer, 1, self.home.clock.now()).id

    def campaign_body(self) -> dict[str, Any]:
        """A campaign of a day."""
        now = self.home.clock.now()
        span = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(days=1)).isoformat()}
        return {"name": "示例", "stations": ["GS001"], "planned": 10, **span}

    def campaign(self) -> str:
        """A fresh campaign."""
        with self.home.database.transaction() as session:
            body = CampaignIn.model_validate(self.campaign_body())
            return campaigns.make(session, self.leader, body, self.home.clock.now()).id

    def entry(self) -> str:
        """Something that was counted."""
        body = EntryIn(person_kind="traveller", quantity=1)
        with self.home.database.transaction() as session:
            now, campaign = self.home.clock.now(), uuid.UUID(self.campaign())
            return campaigns.enter(session, self.leader, campaign, body, now).id

    def object(self, rule: str) -> str:
        """What the rule is about."""
        if "/campaign-entries/" in rule:
            return self.entry()
        if "/walk-ins/" in rule:
            return self.walk_in()
        if "/campaigns/" in rule:
            return self.campaign()
        return str(uuid.UUID(self.order().id)) if "/orders/" in rule else self.offer()

    def code(self) -> str:
        """A code that has not been used."""
        return str(self.order().model_dump()["meal"]["pickup_code"])
