"""Tables of the emergencies: desks that listen, steps that a call has climbed, and calls to the channels."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.emergencies.rules import CALL_STATES, STEPS
from app.foundation.database import Base


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class DeskBeat(Base):
    """When somebody's desk at a station (or the centre) last gave a sign that it listens."""

    __tablename__ = "desk_beat"
    __table_args__ = (Index("ix_desk_beat_person_id", "person_id"),)
    station: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime]


class AlarmStep(Base):
    """A step that an unheld call has climbed. `since` is when it came to be held by nobody: a call that is
    handed on, reopened or given back climbs anew; the key lets nobody be told the same step twice."""

    __tablename__ = "alarm_step"
    __table_args__ = (
        CheckConstraint(_one_of("step", STEPS), name="step"),
        ForeignKeyConstraint(["origin", "request_id"], ["help_request.origin", "help_request.id"]),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]


class AlarmCall(Base):
    """One call of one step over one channel, from the wish to what came of it; nobody's data is in it."""

    __tablename__ = "alarm_call"
    __table_args__ = (
        CheckConstraint(_one_of("state", CALL_STATES), name="state"),
        CheckConstraint("(state = 'queued') = (settled_at IS NULL)", name="settled_at"),
        ForeignKeyConstraint(
            ["origin", "request_id", "since", "step"],
            ["alarm_step.origin", "alarm_step.request_id", "alarm_step.since", "alarm_step.step"],
        ),
        Index("ix_alarm_call_due", "due_at", postgresql_where=text("state = 'queued'")),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(Text, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text, server_default="queued")
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    settled_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(Text)
