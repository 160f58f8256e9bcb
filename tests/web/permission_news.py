"""Bulletins and questions for the permission matrix, by people who are nobody else in it."""

import uuid
from datetime import timedelta

from app.bulletins import questions, service, tasks
from app.bulletins.schemas import Audience, BulletinIn, ScheduleIn
from app.foundation.home import Home
from app.people import service as people
from app.web.callers import Caller

BULLETIN = {"title": "示例", "category": "policy", "body_markdown": "示例", "source": "示例"}


class Newsroom:
    """An author and his approver, neither of whom is tried."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.author, self.chief = (self._somebody(name, role) for name, role in _STAFF)

    def _somebody(self, name: str, role: str) -> Caller:
        with self.home.database.transaction() as session:
            now = self.home.clock.now()
            person_id, _ = people.find_or_make(session, name, None, now, "示例")
            people.grant(session, person_id, role, "*", now)
        return Caller(person_id, "示例", frozenset({(role, "*")}))

    def bulletin(self, state: str) -> str:
        """A fresh one in that state; what is on the air goes to nobody (no lorry is on that road)."""
        now = self.home.clock.now()
        with self.home.database.transaction() as session:
            made = uuid.UUID(
                service.create(session, self.author, BulletinIn.model_validate(BULLETIN), now).id
            )
            if state == "draft":
                return str(made)
            service.submit(session, self.author, made, now)
            if state == "submitted":
                return str(made)
            service.approve(session, self.chief, made, None, now)
            if state == "approved":
                return str(made)
            later = now + timedelta(hours=1) if state == "scheduled" else now
            when = ScheduleIn(
                send_at=later, expires_at=now + timedelta(hours=2), audience=Audience(roads=["X9"])
            )
            service.schedule(session, self.chief, made, when, now)
            if state == "scheduled":
                return str(made)
            assert tasks.begin(session, made, self.home.clock.now())
            if state == "paused":
                service.pause(session, self.chief, made, now)
        return str(made)

    def question(self) -> str:
        """One that waits for an answer."""
        with self.home.database.transaction() as session:
            return questions.ask(session, self.author, "示例", self.home.clock.now()).id


_STAFF = (("author-of-bulletins", "editor"), ("chief-of-bulletins", "approver"))
