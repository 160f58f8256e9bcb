"""Memberships in any state and at any branch for the permission matrix and the fuzzing."""

import itertools

from app.foundation.home import Home
from app.members import store
from app.people import service as people

_numbers = itertools.count()


def make_membership(home: Home, thing: str) -> str:
    """Of somebody new: "pending" or "active", at GS001 or, "elsewhere", at GS002; its id."""
    state = "pending" if "pending" in thing else "active"
    branch = "GS002" if "elsewhere" in thing else "GS001"
    with home.database.transaction() as session:
        now = home.clock.now()
        openid = f"member-of-the-matrix-{next(_numbers)}"
        person, _ = people.find_or_make(session, openid, None, now, "示例")
        since = now if state == "active" else None
        about = {"branch": branch, "kind": "fixed", "state": state, "declared_at": now, "from_at": since}
        return str(store.add(session, person_id=person, **about))
