"""Tables of the help desk; every key begins with the desk that first received the request."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.columns import EncryptedJson, EncryptedText
from app.foundation.database import Base
from app.helpdesk.rules import OPEN, STATES, UNANSWERED

_STATES = ", ".join(f"'{state}'" for state in STATES)
_UNANSWERED = ", ".join(f"'{state}'" for state in UNANSWERED)
_OPEN = ", ".join(f"'{state}'" for state in OPEN)


class HelpRequest(Base):
    """One request. `origin` never changes (the desk that received it), `desk` is where it lies now.

    `spans` is what was promised on receipt, whatever is set for the station later; `last_handler_id` is
    whoever answered for it last.
    """

    __tablename__ = "help_request"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("side IN ('A', 'B', 'unknown')", name="side"),
        CheckConstraint("score BETWEEN 1 AND 5", name="score"),
        CheckConstraint("(holder_id IS NULL) = (holder_since IS NULL)", name="holder"),
        UniqueConstraint("origin", "number"),
        Index("ix_help_request_id", "id"),
        Index("ix_help_request_person", "person_id", "created_at", "id"),
        Index("ix_help_request_caller", "caller_index", postgresql_where=text("caller_index IS NOT NULL")),
        Index(
            "ix_help_request_queue",
            "desk",
            "urgency",
            "due_at",
            "id",
            postgresql_where=text(f"state IN ({_OPEN})"),
        ),
        Index(
            "ix_help_request_unheld",
            "kind",
            "created_at",
            postgresql_where=text(f"holder_id IS NULL AND state IN ({_UNANSWERED})"),
        ),
        Index("ix_help_request_merged", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index(
            "ix_help_request_holder",
            "holder_id",
            postgresql_where=text(f"holder_id IS NOT NULL AND state IN ({_OPEN})"),
        ),
        Index("ix_help_request_look", "look_at", postgresql_where=text("look_at IS NOT NULL")),
        Index("ix_help_request_desk", "desk", "created_at", "id"),
        # The same orders for who sees every desk, and for what is over.
        Index(
            "ix_help_request_urgent",
            "urgency",
            "due_at",
            "id",
            postgresql_where=text(f"state IN ({_OPEN})"),
        ),
        Index("ix_help_request_all", "urgency", "due_at", "id"),
        Index("ix_help_request_desk_all", "desk", "urgency", "due_at", "id"),
        Index("ix_help_request_created", "created_at", "id"),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    urgency: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(Text)
    station: Mapped[str | None] = mapped_column(Text, ForeignKey("station.code"))
    side: Mapped[str | None] = mapped_column(Text)
    desk: Mapped[str] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    entered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    caller_name: Mapped[str | None] = mapped_column(EncryptedText)
    caller_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    contact_phone: Mapped[str | None] = mapped_column(EncryptedText)
    place_text: Mapped[str | None] = mapped_column(EncryptedText)
    text: Mapped[str] = mapped_column(EncryptedText)
    details: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)
    created_at: Mapped[datetime]
    written_at: Mapped[datetime | None]
    spans: Mapped[str | None] = mapped_column(Text)
    ack_by: Mapped[datetime]
    answer_by: Mapped[datetime]
    close_by: Mapped[datetime]
    due_at: Mapped[datetime]
    holder_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    holder_since: Mapped[datetime | None]
    last_handler_id: Mapped[uuid.UUID | None]
    acknowledged_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    wait_until: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    driver_wrote_at: Mapped[datetime | None]
    reopened: Mapped[int] = mapped_column(SmallInteger, default=0)
    score: Mapped[int | None] = mapped_column(SmallInteger)
    score_text: Mapped[str | None] = mapped_column(EncryptedText)
    merged_into: Mapped[uuid.UUID | None]
    has_merged: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    has_uploads: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    doubted: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")


def _of_request() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["origin", "request_id"], ["help_request.origin", "help_request.id"])


class RequestEvent(Base):
    """One step of a request: who did what when; never changed. `about_name` is the colleague of whom the note
    tells, and stands before it: apart from it, so that it can go when he does."""

    __tablename__ = "request_event"
    __table_args__ = (
        _of_request(),
        Index("ix_request_event_about_id", "about_id", postgresql_where=text("about_id IS NOT NULL")),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str] = mapped_column(Text)
    about_id: Mapped[uuid.UUID | None]
    about_name: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(EncryptedText)

    @property
    def told(self) -> str:
        """The note with whom it tells of; empty where there is none."""
        return f"{self.about_name or ''}{self.note or ''}"


class ClockMark(Base):
    """That a clock of a request warned, was missed, or went on to the centre: once, whoever ticks."""

    __tablename__ = "clock_mark"
    __table_args__ = (
        _of_request(),
        CheckConstraint("clock IN ('ack', 'answer', 'close')", name="clock"),
        CheckConstraint("mark IN ('warning', 'breach', 'centre')", name="mark"),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    clock: Mapped[str] = mapped_column(Text, primary_key=True)
    mark: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]


class ShiftHandOver(Base):
    """The end of somebody's shift at a station; whose it was goes with the person."""

    __tablename__ = "shift_hand_over"
    __table_args__ = (Index("ix_shift_hand_over_id", "id"),)
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    moved: Mapped[int]
    returned: Mapped[int]
    note: Mapped[str | None] = mapped_column(EncryptedText)
    signed_at: Mapped[datetime | None]


class RequestMessage(Base):
    """One message of the thread; an internal one is never shown to the driver."""

    __tablename__ = "request_message"
    __table_args__ = (
        _of_request(),
        CheckConstraint("author IN ('driver', 'staff')", name="author"),
        Index("ix_request_message_id", "id"),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    written_at: Mapped[datetime | None]
    author: Mapped[str] = mapped_column(Text)
    author_id: Mapped[uuid.UUID | None]
    author_name: Mapped[str] = mapped_column(Text)
    internal: Mapped[bool] = mapped_column(Boolean, default=False)
    text: Mapped[str] = mapped_column(EncryptedText)
    doubted: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")


class OwnWorkday(Base):
    """A day of which the operator says whether it is worked; it goes before what is known without him."""

    __tablename__ = "own_workday"
    __table_args__ = (CheckConstraint("kind IN ('workday', 'holiday')", name="kind"),)
    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]


_IS_SPAN = "~ '^[1-9][0-9]{0,3}(m|h|wd)$'"


class StationClock(Base):
    """Clocks of one kind at one station; what is null is as everywhere."""

    __tablename__ = "station_clock"
    __table_args__ = (
        CheckConstraint(f"ack {_IS_SPAN}", name="ack"),
        CheckConstraint(f"answer {_IS_SPAN}", name="answer"),
        CheckConstraint(f"close {_IS_SPAN}", name="close"),
    )
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    ack: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    close: Mapped[str | None] = mapped_column(Text)
    set_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]


class Macro(Base):
    """A ready-made answer of a station's desk, or of all desks ("*")."""

    __tablename__ = "macro"
    __table_args__ = (UniqueConstraint("station", "title"), Index("ix_macro_id", "id"))
    station: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    set_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
