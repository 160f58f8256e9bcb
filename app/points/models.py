"""Tables of points: rules, the ledger, quarters settled and their scores, objections, rewards."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.columns import EncryptedText
from app.foundation.database import Base
from app.points.rules import ITEMS, SOURCES, STATES


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class PointsRule(Base):
    """One version of the rules, of all branches or of one, from a day on; none is ever changed."""

    __tablename__ = "points_rule"
    __table_args__ = (Index("ix_points_rule_branch", "branch", "effective_from", "version"),)
    version: Mapped[int] = mapped_column(primary_key=True)
    branch: Mapped[str | None] = mapped_column(Text, ForeignKey("station.code"))
    effective_from: Mapped[date] = mapped_column(Date)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None]


class PointsEntry(Base):
    """One line of the ledger. Append-only: a trigger refuses every change, a mistake is reversed, once.

    `source_id` is the one event that it stems from, `subject_id` what people know that event as (for duty the
    line that counted, and its attendance). `day` is the one on which the event began, `quarter` the one in
    which the entry counts: that of the day, or the running one where the person's list was final by then.
    """

    __tablename__ = "points_entry"
    __table_args__ = (
        CheckConstraint(_one_of("item", ITEMS), name="item"),
        CheckConstraint(_one_of("source_kind", SOURCES), name="source_kind"),
        Index(
            "uq_points_entry_source",
            "person_id",
            "source_kind",
            "source_id",
            unique=True,
            postgresql_where=sql("reverses IS NULL"),
        ),
        Index(
            "uq_points_entry_reverses",
            "person_id",
            "reverses",
            unique=True,
            postgresql_where=sql("reverses IS NOT NULL"),
        ),
        Index("ix_points_entry_quarter", "person_id", "quarter"),
        Index("ix_points_entry_newest", "person_id", "made_at", "id"),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    branch: Mapped[str] = mapped_column(Text)
    quarter: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Date)
    item: Mapped[str] = mapped_column(Text)
    rule_version: Mapped[int] = mapped_column(ForeignKey("points_rule.version"))
    points: Mapped[int] = mapped_column(SmallInteger)
    minutes: Mapped[int] = mapped_column(SmallInteger)
    source_kind: Mapped[str] = mapped_column(Text)
    source_id: Mapped[uuid.UUID]
    subject_id: Mapped[uuid.UUID]
    at: Mapped[datetime]
    made_at: Mapped[datetime]
    reverses: Mapped[uuid.UUID | None]
    text: Mapped[str | None] = mapped_column(EncryptedText)


class PointsSettlement(Base):
    """A quarter of a branch once it has been settled; `hash` is that of its scores, which the ledger as of
    `as_of` gives again."""

    __tablename__ = "points_settlement"
    __table_args__ = (
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint("(state = 'settled') = (public_until IS NULL)", name="public_until"),
        CheckConstraint("(state = 'final') = (finalized_at IS NOT NULL)", name="finalized_at"),
    )
    branch: Mapped[str] = mapped_column(Text, ForeignKey("station.code"), primary_key=True)
    quarter: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(SmallInteger)
    rule_version: Mapped[int] = mapped_column(ForeignKey("points_rule.version"))
    as_of: Mapped[datetime]
    hash: Mapped[str] = mapped_column(Text)
    settled_by: Mapped[uuid.UUID | None]
    public_days: Mapped[int | None] = mapped_column(SmallInteger)
    published_at: Mapped[datetime | None]
    public_until: Mapped[datetime | None]
    finalized_at: Mapped[datetime | None]


class PointsScore(Base):
    """One member's line of a settled quarter. `mark` is made of the quarter and the person, whatever the
    branch: so nobody appears in two lists of one quarter, and a list stays whole when somebody is erased."""

    __tablename__ = "points_score"
    __table_args__ = (
        ForeignKeyConstraint(
            ["branch", "quarter"], ["points_settlement.branch", "points_settlement.quarter"]
        ),
        Index("ix_points_score_branch", "branch", "quarter", "rank"),
        Index("ix_points_score_person", "person_id"),
    )
    quarter: Mapped[str] = mapped_column(Text, primary_key=True)
    mark: Mapped[str] = mapped_column(Text, primary_key=True)
    branch: Mapped[str] = mapped_column(Text)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    rank: Mapped[int]
    points: Mapped[int]
    earned: Mapped[int]
    minutes: Mapped[int]
    by_item: Mapped[dict[str, int]] = mapped_column(JSONB)


class PointsObjection(Base):
    """What a member says against a published list, and what came of it; one at a time."""

    __tablename__ = "points_objection"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (accepted IS NULL)", name="accepted"),
        CheckConstraint("decided_by <> person_id", name="own_matter"),
        Index(
            "uq_points_objection_open",
            "person_id",
            "quarter",
            unique=True,
            postgresql_where=sql("decided_at IS NULL"),
        ),
        Index("ix_points_objection_branch", "branch", "made_at", "id"),
        Index("ix_points_objection_id", "id"),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    branch: Mapped[str] = mapped_column(Text)
    quarter: Mapped[str] = mapped_column(Text)
    entry_id: Mapped[uuid.UUID | None]
    text: Mapped[str] = mapped_column(EncryptedText)
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None]
    accepted: Mapped[bool | None]
    answer: Mapped[str | None] = mapped_column(EncryptedText)


class PointsReward(Base):
    """What somebody was given for a quarter that is final."""

    __tablename__ = "points_reward"
    __table_args__ = (CheckConstraint('"by" <> person_id', name="own_matter"),)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    quarter: Mapped[str] = mapped_column(Text, primary_key=True)
    branch: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(EncryptedText)
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None]
