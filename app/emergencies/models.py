"""Tables of the emergencies: desks that listen, the chain and its channels, lorries that are watched."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.emergencies.rules import CALL_STATES, HANDED_TO, KEYS, STEPS, WATCH_STATES
from app.foundation.columns import EncryptedText
from app.foundation.database import Base


def _one_of(column: str, values: Iterable[str]) -> str:
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
    handed on, reopened or given back climbs anew; the key lets nobody be told the same step twice. `at` is
    when it called last: once all steps are climbed, all call again every few minutes."""

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


class CargoWatch(Base):
    """Somebody watches lorry and cargo while the driver is in hospital: asked for, begun, handed back, and
    the driver says that he has it. `told_until` is the end of which people were reminded."""

    __tablename__ = "cargo_watch"
    __table_args__ = (
        CheckConstraint(_one_of("state", WATCH_STATES), name="state"),
        CheckConstraint(_one_of("keys", KEYS), name="keys"),
        CheckConstraint(_one_of("handed_to", HANDED_TO), name="handed_to"),
        CheckConstraint(
            "(state = 'asked') = (began_at IS NULL) AND (state = 'asked' OR (keys IS NOT NULL"
            " AND until_at IS NOT NULL AND place IS NOT NULL AND watcher IS NOT NULL))",
            name="began_at",
        ),
        CheckConstraint(
            "(state IN ('handed_back', 'received')) = (handed_at IS NOT NULL AND handed_to IS NOT NULL)",
            name="handed_at",
        ),
        CheckConstraint("(state = 'received') = (received_at IS NOT NULL)", name="received_at"),
        ForeignKeyConstraint(["origin", "request_id"], ["help_request.origin", "help_request.id"]),
        Index("ix_cargo_watch_until", "until_at", postgresql_where=text("state = 'watching'")),
        Index("ix_cargo_watch_watcher_id", "watcher_id"),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(EncryptedText)
    plate: Mapped[str | None] = mapped_column(EncryptedText)
    cargo: Mapped[str | None] = mapped_column(EncryptedText)
    keys: Mapped[str | None] = mapped_column(Text)
    keys_note: Mapped[str | None] = mapped_column(EncryptedText)
    watcher: Mapped[str | None] = mapped_column(EncryptedText)
    watcher_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    told_until: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    handed_to: Mapped[str | None] = mapped_column(Text)
    handed_note: Mapped[str | None] = mapped_column(EncryptedText)
    handed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[datetime | None]
