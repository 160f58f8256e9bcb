"""Tables of bulletins: lines of versions, the roads they speak of, who did what, and questions on policy."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.bulletins.rules import CATEGORIES, LIVE, STATES
from app.foundation.columns import EncryptedText
from app.foundation.database import Base


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Bulletin(Base):
    """One version of a bulletin. `line` is the id of its first version; `supersedes` the one it corrects.

    `revision` counts every change of the row, so that who decides about what he has read can be sure of it.
    `search_text` is folded title, source, roads and words, `search_keys` what it is found by (`rules.grams`,
    and a key for each road and station); both are made whenever one of them is written.
    """

    __tablename__ = "bulletin"
    __table_args__ = (
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint(_one_of("category", CATEGORIES), name="category"),
        CheckConstraint("version > 0 AND (version = 1) = (supersedes IS NULL)", name="version"),
        CheckConstraint(
            "approved_by IS NULL OR (approved_by <> author_id AND approved_by <> edited_by)",
            name="own_approval",
        ),
        CheckConstraint(
            f"({_one_of('state', ('draft', 'submitted'))}) <= (approved_by IS NULL)", name="unapproved"
        ),
        CheckConstraint(
            f"state NOT IN ('approved', {', '.join(repr(s) for s in LIVE)}) OR approved_by IS NOT NULL",
            name="approved",
        ),
        CheckConstraint(
            f"NOT ({_one_of('state', LIVE)}) OR (send_at IS NOT NULL AND audience IS NOT NULL)",
            name="scheduled",
        ),
        CheckConstraint("state NOT IN ('sending', 'paused') OR mailing_id IS NOT NULL", name="mailing"),
        CheckConstraint("expires_at > send_at", name="expires_at"),
        UniqueConstraint("line", "version"),
        UniqueConstraint("mailing_id"),
        # one correction at a time: a second one has nothing to hang on to until the first is withdrawn
        Index(
            "uq_bulletin_supersedes",
            "supersedes",
            unique=True,
            postgresql_where=sql("supersedes IS NOT NULL AND state <> 'withdrawn'"),
        ),
        Index("ix_bulletin_supersedes", "supersedes", postgresql_where=sql("supersedes IS NOT NULL")),
        Index("ix_bulletin_live", "send_at", "id", postgresql_where=sql(_one_of("state", LIVE))),
        Index(
            "ix_bulletin_work",
            "state",
            "send_at",
            postgresql_where=sql("state IN ('scheduled', 'sending')"),
        ),
        Index("ix_bulletin_newest", "updated_at", "id"),
        Index("ix_bulletin_search_keys", "search_keys", postgresql_using="gin"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    line: Mapped[uuid.UUID]
    version: Mapped[int] = mapped_column(SmallInteger)
    supersedes: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bulletin.id"))
    state: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    body_markdown: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)
    search_keys: Mapped[list[str]] = mapped_column(ARRAY(Text))
    source: Mapped[str | None] = mapped_column(Text)
    stations: Mapped[list[str]] = mapped_column(ARRAY(Text))
    starts_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    send_at: Mapped[datetime | None]
    audience: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    mailing_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mailing.id"))
    planned_at: Mapped[datetime | None]
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    edited_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class BulletinRoad(Base):
    """One stretch of road that a bulletin speaks of: from where to where, for whom, and what holds there."""

    __tablename__ = "bulletin_road"
    __table_args__ = (
        CheckConstraint("road <> ''", name="road"),
        CheckConstraint("km_from >= 0 AND km_to >= 0", name="km"),
    )
    bulletin_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bulletin.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    road: Mapped[str] = mapped_column(Text)
    heading: Mapped[str | None] = mapped_column(Text)
    km_from: Mapped[Decimal | None] = mapped_column(Numeric(7, 3))
    km_to: Mapped[Decimal | None] = mapped_column(Numeric(7, 3))
    vehicle: Mapped[str | None] = mapped_column(Text)
    measure: Mapped[str | None] = mapped_column(Text)


class BulletinEvent(Base):
    """One step of a bulletin: who did what when, and why; never changed."""

    __tablename__ = "bulletin_event"
    bulletin_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bulletin.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)


class BulletinMark(Base):
    """One row that moves with every change of what the public may read; readers' caches look at it."""

    __tablename__ = "bulletin_mark"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    revision: Mapped[int]


class Question(Base):
    """A question on policy. What was asked is sealed; `shown_text` is what everybody may read of it."""

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint(_one_of("state", ("open", "answered")), name="state"),
        CheckConstraint(
            "(state = 'answered') = (num_nulls(answer, shown_text, answered_at) = 0)",
            name="answered",
        ),
        Index("ix_question_state", "state", "asked_at", "id"),
        Index("ix_question_answered", "answered_at", "id", postgresql_where=sql("state = 'answered'")),
        Index("ix_question_search_keys", "search_keys", postgresql_using="gin"),
        Index("ix_question_person", "person_id", "asked_at"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(EncryptedText)
    suspect: Mapped[bool] = mapped_column(server_default=sql("false"))
    asked_at: Mapped[datetime]
    shown_text: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    public: Mapped[bool] = mapped_column(server_default=sql("true"))
    search_text: Mapped[str] = mapped_column(Text, server_default="")
    search_keys: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime | None]
