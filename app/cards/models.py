"""The table of cards."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.cards.rules import ALPHABET, LIVE, NUMBER_LENGTH, STATES
from app.foundation.columns import EncryptedText
from app.foundation.database import Base


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class HomeCard(Base):
    """A driver's card of the home, former ones kept; nobody has two that have not ended. `station` is where
    it was verified."""

    __tablename__ = "home_card"
    __table_args__ = (
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint(f"({_one_of('state', LIVE)}) = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("state <> 'verified' OR valid_until IS NOT NULL", name="valid_until"),
        CheckConstraint(f"number ~ '^[{ALPHABET}]{{{NUMBER_LENGTH}}}$'", name="number"),
        Index("uq_home_card_live", "person_id", unique=True, postgresql_where=sql("ended_at IS NULL")),
        Index("uq_home_card_number", "number", unique=True),
        Index("ix_home_card_id", "id"),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    station: Mapped[str | None] = mapped_column(Text)
    applied_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    valid_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText)
