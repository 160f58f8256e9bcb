"""Quarters in any state and objections for the permission matrix and the fuzzing."""

import itertools
import uuid
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.foundation.ids import new_id
from app.people import service as people
from app.points import quarters
from app.points.models import PointsObjection, PointsScore
from app.web.callers import Caller

CODE = "2001Q1"
_numbers = itertools.count()


class PointsRoom:
    """An office of GS001 and GS002 that nobody else is, and one member who is in every list."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.published: set[str] = set()
        with home.database.transaction() as session:
            now = home.clock.now()
            office, _ = people.find_or_make(session, "office-of-points", None, now, "示例")
            self.listed, _ = people.find_or_make(session, "listed-in-points", None, now, "示例")
        self.office = Caller(office, "示例", frozenset({("secretary", "GS001"), ("secretary", "GS002")}))

    def quarter(self, state: str, branch: str = "GS001") -> str:
        """One of long ago, brought anew to a state: `settled`, `published`, `over` (its window), `final`."""
        code, now = CODE, self.home.clock.now()
        self.published.discard(branch)
        with self.home.database.transaction() as session:
            for table in ("reward", "objection", "score", "settlement"):
                session.execute(text(f"DELETE FROM points_{table} WHERE branch = :b"), {"b": branch})
            quarters.settle(session, self.office, branch, code, now)
            if state != "settled":
                since = now - timedelta(days=8 if state in ("over", "final") else 0)
                quarters.publish(session, self.office, branch, code, 7, since)
            if state == "final":
                quarters.finalize(session, self.office, branch, code, now)
                self._list(session, branch, code)  # no sooner: the ledger knows nothing of him
        return code

    def _list(self, session: Session, branch: str, code: str) -> None:
        about = {"rank": 1, "points": 60, "earned": 0, "minutes": 0, "by_item": {}}
        session.add(
            PointsScore(quarter=code, mark=f"示例{branch}", branch=branch, person_id=self.listed, **about)
        )
        session.flush()

    def objection(self, branch: str = "GS001") -> str:
        """One that waits, of somebody new."""
        now = self.home.clock.now()
        if branch not in self.published:
            self.quarter("published", branch)
            self.published.add(branch)
        with self.home.database.transaction() as session:
            openid = f"objector-{next(_numbers)}"
            person, _ = people.find_or_make(session, openid, None, now, "示例")
            made = new_id()
            about = {"branch": branch, "quarter": CODE, "text": "示例", "made_at": now}
            session.add(PointsObjection(person_id=person, id=made, **about))
        return str(made)


def earn_once(session: Session, person_id: uuid.UUID) -> None:
    """An entry without an event, for a table that shall not be empty."""
    session.execute(
        text(
            "INSERT INTO points_entry (person_id, id, branch, quarter, day, item, rule_version, points,"
            " minutes, source_kind, source_id, subject_id, at, made_at)"
            " SELECT :p, id, 'GS001', '2026Q4', now(), 'duty', 1, 1, 60, 'duty', id, id, now(), now()"
            " FROM (SELECT gen_random_uuid() AS id) AS fresh"
        ),
        {"p": person_id},
    )
