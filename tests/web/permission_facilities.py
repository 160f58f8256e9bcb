"""Facilities and holds for the permission matrix and the fuzzer, whoever they are made for."""

import itertools
import uuid
from datetime import timedelta

from app.facilities import desk, erasure, service
from app.facilities.schemas import BookingIn, FacilityIn
from app.foundation.home import Home
from app.people import service as people
from app.web.callers import Caller

_names = itertools.count()


def a_facility(station: str = "GS001") -> dict[str, str]:
    """The body of a new one; no two have one name."""
    return {"station": station, "side": "B", "kind": "shower", "name": f"示例淋浴{next(_names)}"}


class FacilityRoom:
    """Somebody of the desk who is not tried himself makes showers."""

    def __init__(self, home: Home) -> None:
        self.home = home
        with home.database.transaction() as session:
            person, _ = people.find_or_make(session, "cleaner", None, home.clock.now(), "示例")
        self.staff = Caller(person, "示例", frozenset({("staff", "GS001")}))

    def object(self, rule: str, person_id: str) -> str:
        """A shower, or a hold of one by this person, who holds nothing else then."""
        now = self.home.clock.now()
        with self.home.database.transaction() as session:
            made = desk.make(session, self.staff, FacilityIn.model_validate(a_facility()), now)
            if "/bookings/" not in rule:
                return made.id
            owner = Caller(uuid.UUID(person_id), "示例")
            erasure.release(session, owner.person_id, now)
            hold = timedelta(minutes=15)
            return service.book(session, owner, uuid.UUID(made.id), BookingIn(), now, hold).id
