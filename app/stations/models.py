"""Tables of the stations: the service area, its two sides, what works there, and the codes on its walls."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base
from app.stations.rules import ALPHABET, BASIC_STATES, BASICS, CONFIDENCES, KEY_LENGTH, SIDES, STATUSES


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


_PHONE = "~ '^[0-9+][0-9-]{2,19}$'"


class Station(Base):
    """A service area; `revision` counts every change of it, of its sides and of its basics."""

    __tablename__ = "station"
    __table_args__ = (
        CheckConstraint("code ~ '^GS[0-9]{3}$'", name="code"),
        CheckConstraint("name <> '' AND road <> '' AND prefecture <> ''", name="named"),
        CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="position"),
        CheckConstraint(_one_of("position_confidence", CONFIDENCES), name="position_confidence"),
        CheckConstraint(_one_of("status", STATUSES), name="status"),
        CheckConstraint(f"duty_phone {_PHONE}", name="duty_phone"),
        CheckConstraint(f"medical_phone {_PHONE}", name="medical_phone"),
        CheckConstraint("revision > 0", name="revision"),
    )
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    road: Mapped[str] = mapped_column(Text)
    km_post: Mapped[str] = mapped_column(Text, server_default="")
    prefecture: Mapped[str] = mapped_column(Text)
    lat: Mapped[float] = mapped_column(Float(53))
    lon: Mapped[float] = mapped_column(Float(53))
    position_confidence: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, server_default="open")
    duty_phone: Mapped[str | None] = mapped_column(Text)
    medical_phone: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(server_default="1")
    updated_at: Mapped[datetime]


class StationSide(Base):
    """One side of a service area, a place of its own; `heading` is null until somebody confirmed it."""

    __tablename__ = "station_side"
    __table_args__ = (
        CheckConstraint(_one_of("side", SIDES), name="side"),
        CheckConstraint("heading <> ''", name="heading"),
    )
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"), primary_key=True)
    side: Mapped[str] = mapped_column(Text, primary_key=True)
    heading: Mapped[str | None] = mapped_column(Text)


class StationBasic(Base):
    """One of the five free basics of a 司机之家 (交办运函〔2025〕1059号), and when it was last known."""

    __tablename__ = "station_basic"
    __table_args__ = (
        CheckConstraint(_one_of("basic", BASICS), name="basic"),
        CheckConstraint(_one_of("state", BASIC_STATES), name="state"),
        CheckConstraint("state = 'unknown' OR as_of IS NOT NULL", name="as_of"),
    )
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"), primary_key=True)
    basic: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text, server_default="unknown")
    as_of: Mapped[datetime | None]


class QrKey(Base):
    """The key in a printed code; a revoked one is kept, so that who scans it is still told where he is."""

    __tablename__ = "qr_key"
    __table_args__ = (
        UniqueConstraint("station", "side", "version"),
        Index("uq_qr_key_active", "station", "side", unique=True, postgresql_where=text("state = 'active'")),
        CheckConstraint(f"key ~ '^[{ALPHABET}]{{{KEY_LENGTH}}}$'", name="key"),
        CheckConstraint(_one_of("side", SIDES), name="side"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint(_one_of("state", ("active", "revoked")), name="state"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revoked_at"),
    )
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"))
    side: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(Text, server_default="active")
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(Text)
