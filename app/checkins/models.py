"""The table of check-ins."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.checkins.rules import LOCATION_CHECKS, PERSON_KINDS, PURPOSES, SOURCES
from app.foundation.database import Base


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class CheckIn(Base):
    """One arrival. `scanned_at` is the phone's time, `recorded_at` ours, `counted_at` the one that counts."""

    __tablename__ = "check_in"
    __table_args__ = (
        CheckConstraint("side IN ('A', 'B')", name="side"),
        CheckConstraint(_one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint(_one_of("person_kind", PERSON_KINDS), name="person_kind"),
        CheckConstraint(_one_of("source", SOURCES), name="source"),
        CheckConstraint(_one_of("location_check", LOCATION_CHECKS), name="location_check"),
        CheckConstraint("counted_at <= recorded_at", name="counted_at"),
        Index("ix_check_in_window", "person_id", "station", "side", "counted_at"),
        Index("ix_check_in_station_day", "station", "day", "counted_at"),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"))
    side: Mapped[str] = mapped_column(Text)
    key_version: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str | None] = mapped_column(Text)
    person_kind: Mapped[str] = mapped_column(Text)
    scanned_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    counted_at: Mapped[datetime]
    day: Mapped[date] = mapped_column(Date)
    clock_suspect: Mapped[bool]
    location_check: Mapped[str] = mapped_column(Text)
