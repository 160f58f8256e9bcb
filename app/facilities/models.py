"""Tables of facilities: what there is, who has it now, what people said of it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.facilities.rules import BOOKING_STATES, KINDS, LIVE, SPEAKERS, STATES
from app.foundation.columns import EncryptedText
from app.foundation.database import Base


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


_KIND = _one_of("kind", KINDS)


class Facility(Base):
    """One bed, machine, cabin or bay on one side. `state` is what `said_by` told of it at `as_of`; whether
    somebody has it, its bookings tell. Women's hours are in minutes of the Shanghai day."""

    __tablename__ = "facility"
    __table_args__ = (
        CheckConstraint("side IN ('A', 'B')", name="side"),
        CheckConstraint(_KIND, name="kind"),
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint("state = 'unknown' OR (as_of IS NOT NULL AND said_by IS NOT NULL)", name="as_of"),
        CheckConstraint(_one_of("said_by", SPEAKERS), name="said_by"),
        CheckConstraint(
            "(women_from IS NULL) = (women_until IS NULL) AND women_from <> women_until"
            " AND women_from BETWEEN 0 AND 1439 AND women_until BETWEEN 0 AND 1440",
            name="women",
        ),
        Index(
            "uq_facility_name",
            "station",
            "side",
            "kind",
            "name",
            unique=True,
            postgresql_where=sql("retired_at IS NULL"),
        ),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"))
    side: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="unknown")
    as_of: Mapped[datetime | None]
    said_by: Mapped[str | None] = mapped_column(Text)
    women_from: Mapped[int | None] = mapped_column(SmallInteger)
    women_until: Mapped[int | None] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class FacilityBooking(Base):
    """Somebody's hold or turn; without a person where staff let somebody in. At `frees_at` the place is free
    by the clock alone. A row stays live until it is ended or, once its time is over, the next one comes: so
    the two unique keys refuse a second live one of a place, and of a person and kind."""

    __tablename__ = "facility_booking"
    __table_args__ = (
        CheckConstraint(_KIND, name="kind"),
        CheckConstraint(_one_of("state", BOOKING_STATES), name="state"),
        CheckConstraint(f"({_one_of('state', LIVE)}) = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("state <> 'in_use' OR started_at IS NOT NULL", name="started_at"),
        CheckConstraint("frees_at >= until", name="frees_at"),
        Index(
            "uq_facility_booking_place",
            "station",
            "facility_id",
            unique=True,
            postgresql_where=sql("ended_at IS NULL"),
        ),
        Index(
            "uq_facility_booking_kind",
            "person_id",
            "kind",
            unique=True,
            postgresql_where=sql("ended_at IS NULL"),
        ),
        Index("ix_facility_booking_person", "person_id", "held_at", "id"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"))
    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facility.id"))
    kind: Mapped[str] = mapped_column(Text)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(Text)
    held_at: Mapped[datetime]
    until: Mapped[datetime]
    frees_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class FacilityReport(Base):
    """That somebody used it and how it was. A fault is a request at the help desk, which has the words."""

    __tablename__ = "facility_report"
    __table_args__ = (
        CheckConstraint("state IN ('ok', 'out')", name="state"),
        Index("ix_facility_report_person", "person_id", "facility_id", "at"),
        Index("ix_facility_report_facility", "facility_id", "at"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    facility_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("facility.id"))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    request_id: Mapped[uuid.UUID | None]
    text: Mapped[str | None] = mapped_column(EncryptedText)
