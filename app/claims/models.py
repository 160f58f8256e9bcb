"""Tables of the insurance companion; every key begins with that of the request that the case is about."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.claims.rules import DESTROYED, MILESTONES, OUTCOMES, PATHS, WHATS
from app.foundation.columns import EncryptedJson, EncryptedText
from app.foundation.database import Base


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _of_request() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["origin", "request_id"], ["help_request.origin", "help_request.id"])


class ClaimMilestone(Base):
    """One step of a claim, reached once."""

    __tablename__ = "claim_milestone"
    __table_args__ = (CheckConstraint(_one_of("kind", MILESTONES), name="kind"), _of_request())
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]


class ClaimCase(Base):
    """What makes a request a case: its path, what happened, the numbers noted so far, and until when the
    footage of a theft should be secured."""

    __tablename__ = "claim_case"
    __table_args__ = (
        _of_request(),
        CheckConstraint(_one_of("path", PATHS), name="path"),
        CheckConstraint(_one_of("what", WHATS), name="what"),
        Index(
            "ix_claim_case_footage",
            "footage_by",
            postgresql_where=text("footage_by IS NOT NULL AND footage_warned_at IS NULL"),
        ),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)
    opened_at: Mapped[datetime]
    footage_by: Mapped[datetime | None]
    footage_warned_at: Mapped[datetime | None]


class ClaimFootage(Base):
    """What became of the camera footage of the bay and hour; what is told of it is encrypted."""

    __tablename__ = "claim_footage"
    __table_args__ = (
        _of_request(),
        CheckConstraint(_one_of("outcome", OUTCOMES), name="outcome"),
        CheckConstraint("until_at > from_at", name="until_at"),
        CheckConstraint(
            "outcome NOT IN ('secured', 'to_police') OR (from_at IS NOT NULL AND until_at IS NOT NULL)",
            name="hours",
        ),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(Text)
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    camera: Mapped[str | None] = mapped_column(EncryptedText)
    kept_where: Mapped[str | None] = mapped_column(EncryptedText)
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    noted_at: Mapped[datetime]


class ClaimEvidenceTick(Base):
    """Something on the evidence list that was done."""

    __tablename__ = "claim_evidence_tick"
    __table_args__ = (_of_request(),)
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    done_at: Mapped[datetime]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class ClaimDocument(Base):
    """A paper of a case; the picture itself is an upload that hangs on it. What is destroyed leaves its row,
    which says when and why, and nothing of what it showed."""

    __tablename__ = "claim_document"
    __table_args__ = (
        _of_request(),
        CheckConstraint(_one_of("destroyed_why", DESTROYED), name="destroyed_why"),
        CheckConstraint("(destroyed_at IS NULL) = (destroyed_why IS NULL)", name="destroyed_at"),
        CheckConstraint("destroyed_at IS NOT NULL OR person_id IS NOT NULL", name="person_id"),
        Index("ix_claim_document_id", "id"),
        Index("ix_claim_document_person_id", "person_id"),
        Index("ix_claim_document_kept", "added_at", postgresql_where=text("destroyed_at IS NULL")),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime]
    destroyed_at: Mapped[datetime | None]
    destroyed_why: Mapped[str | None] = mapped_column(Text)


class ClaimCode(Base):
    """The code by which a co-driver joins, as its keyed hash: one a case, good once and not for long."""

    __tablename__ = "claim_code"
    __table_args__ = (_of_request(), Index("uq_claim_code_index", "code_index", unique=True))
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code_index: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ClaimCoDriver(Base):
    """Somebody who joined the case by its code."""

    __tablename__ = "claim_co_driver"
    __table_args__ = (
        _of_request(),
        Index("ix_claim_co_driver_id", "id"),
        Index("ix_claim_co_driver_person_id", "person_id"),
    )
    origin: Mapped[str] = mapped_column(Text, primary_key=True)
    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID]
    joined_at: Mapped[datetime]


class ClaimHotlineRow(Base):
    """A number that an admin changed or added; wins over the delivered one of the same code."""

    __tablename__ = "claim_hotline"
    __table_args__ = (
        CheckConstraint("phone ~ '^[0-9][0-9-]{2,19}$'", name="phone"),
        CheckConstraint("code ~ '^[a-z0-9_]{1,30}$'", name="code"),
    )
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    keys: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    checked_on: Mapped[date] = mapped_column(Date)
    hidden: Mapped[bool]
    changed_at: Mapped[datetime]
