"""What the clockwork last did, one row a task, for whoever asks whether all is well."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base


class TickState(Base):
    """The last run of a task by whichever process ran it.

    All moments are the database's own, since they are compared with one another over many machines: `beat_at`
    when a process last told that it keeps this task, `good_at` the end of the last run that went well,
    `hanging_at` when a run was last seen to have gone on for far too long.
    """

    __tablename__ = "tick_state"
    __table_args__ = (CheckConstraint("result IN ('running', 'ok', 'failed', 'hanging')", name="result"),)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    every_s: Mapped[float]
    since_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    good_at: Mapped[datetime | None]
    hanging_at: Mapped[datetime | None]
    duration_s: Mapped[float | None]
    result: Mapped[str | None] = mapped_column(Text)
    who: Mapped[str] = mapped_column(Text)
