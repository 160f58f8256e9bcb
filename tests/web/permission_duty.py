"""Shifts, sign-ups, attendance and wishes for the permission matrix, whoever they are made for."""

import itertools
import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from app.duty import forces, posts, signups, standins
from app.duty.models import DutyAttendance
from app.duty.schemas import PostIn, ShiftIn, TaskForceIn
from app.foundation.home import Home
from app.foundation.ids import new_id
from app.people import service as people
from app.web.callers import Caller

POST = {"name": "示例", "kind": "area", "station": "GS001", "side": "A"}


class DutyRoom:
    """A secretary who is not tried himself makes shifts, none at the time of another."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._hours = itertools.count(100, 2)
        with home.database.transaction() as session:
            person, _ = people.find_or_make(session, "secretary-of-duty", None, home.clock.now(), "示例")
        self.secretary = Caller(person, "示例", frozenset({("secretary", "GS001")}))

    def post(self) -> str:
        """A fresh post."""
        with self.home.database.transaction() as session:
            body = PostIn.model_validate(POST)
            return posts.make_post(session, self.secretary, body, self.home.clock.now()).id

    def force(self) -> tuple[str, str]:
        """A fresh task force and the code of its helpers."""
        now = self.home.clock.now()
        body = TaskForceIn(name="示例", starts_at=now, ends_at=now + timedelta(days=9))
        with self.home.database.transaction() as session:
            made = forces.make(session, self.secretary, body, now)
        return made.id, str(made.invite)

    def object(self, rule: str, thing: str, person_id: str) -> str:
        """What the rule is about, of this person where it has an owner."""
        owner = Caller(uuid.UUID(person_id), "示例", frozenset({("member", "GS001")}))
        post_id = uuid.UUID(self.post())
        with self.home.database.transaction() as session:
            shift_id = self._shift(session, post_id)
            if "/attendance/" in rule:
                return str(self._attendance(session, owner, shift_id))
            if thing == "free":
                return str(shift_id)
            signups.sign_up(session, owner, shift_id, False, self.home.clock.now())
            if "/stand-ins/" in rule:
                return standins.ask(session, owner, shift_id, None, self.home.clock.now()).id
        return str(shift_id)

    def _shift(self, session: Session, post_id: uuid.UUID) -> uuid.UUID:
        now = self.home.clock.now()
        start = now + timedelta(hours=next(self._hours))
        body = ShiftIn(post_id=post_id, starts_at=start, ends_at=start + timedelta(hours=1), capacity=2)
        return uuid.UUID(posts.make_shifts(session, self.secretary, body, now).id)

    def _attendance(self, session: Session, owner: Caller, shift_id: uuid.UUID) -> uuid.UUID:
        """One that is over."""
        now = self.home.clock.now()
        row = DutyAttendance(
            person_id=owner.person_id,
            id=new_id(),
            shift_id=shift_id,
            state="served",
            since=now,
            recorded_at=now,
            shift_ends_at=now,
            ended_at=now,
            minutes=0,
        )
        session.add(row)
        session.flush()
        return row.id
