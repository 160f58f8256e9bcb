"""Cards for the permission matrix and the fuzzer, of people who are not tried themselves."""

import itertools

from app.cards import service
from app.foundation.home import Home
from app.people import service as people
from app.web.callers import Caller

_names = itertools.count()


def a_card(home: Home) -> service.CardOut:
    """A card that waits to be verified, of somebody new."""
    now = home.clock.now()
    with home.database.transaction() as session:
        holder, _ = people.find_or_make(session, f"holder-of-card-{next(_names)}", None, now, "示例")
        return service.apply(session, Caller(holder, "示例"), now, home.settings.cards)
