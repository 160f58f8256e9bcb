"""What somebody's own desk is, for a client that has no pages of the server's: its stations, its kinds."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from app.helpdesk.kinds import kinds_for
from app.people.rules import STAFF_ROLES
from app.stations.book import StationBook
from app.web.callers import EVERYWHERE


def section(
    book: StationBook, session: Session, _: uuid.UUID, grants: frozenset[tuple[str, str]]
) -> dict[str, Any] | None:
    """The stations that he may enter a request for, and the kinds; None where he has no desk.

    Whoever has a desk everywhere finds the stations in their own list, so they are not repeated here.
    """
    held = [(role, place) for role, place in grants if role in STAFF_ROLES]
    if not held:
        return None
    places = {place for _, place in held}
    views = (book.station(lambda: session, place) for place in sorted(places - {EVERYWHERE}))
    return {
        "everywhere": EVERYWHERE in places,
        "stations": [{"code": view.item["code"], "name": view.item["name"]} for view in views if view],
        "kinds": sorted(kinds_for(frozenset(role for role, _ in held))),
    }
