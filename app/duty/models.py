"""Tables of duty: posts, shifts, who signed up, who came, what was counted, who stands in for whom."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.duty.rules import (
    ATTENDANCE_STATES,
    CALL_KINDS,
    ENTRY_KINDS,
    KINDS,
    LIVE,
    OPEN_TO,
    SIGNUP_STATES,
    STAND_IN_STATES,
)
from app.foundation.columns import EncryptedText
from app.foundation.database import Base


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


_LIVE = sql(_one_of("state", LIVE))
_OPEN = sql("state = 'open'")


class TaskForce(Base):
    """A unit for a set time; who holds its `invite` joins as a helper. Closed only with a summary."""

    __tablename__ = "task_force"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        CheckConstraint("(closed_at IS NULL) = (summary IS NULL)", name="summary"),
        UniqueConstraint("invite"),
        Index("ix_task_force_station", "station", "starts_at"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"))
    name: Mapped[str] = mapped_column(Text)
    invite: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    created_at: Mapped[datetime]
    opened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    summary: Mapped[str | None] = mapped_column(Text)


class TaskForceHelper(Base):
    """Somebody who helps a task force, member or not."""

    __tablename__ = "task_force_helper"
    __table_args__ = (Index("ix_task_force_helper_force", "task_force_id"),)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    task_force_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("task_force.id"), primary_key=True)
    joined_at: Mapped[datetime]


class DutyPost(Base):
    """A place to stand: `open_to` any member, or only those of the station's own branch."""

    __tablename__ = "duty_post"
    __table_args__ = (
        CheckConstraint("side IN ('A', 'B')", name="side"),
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint(_one_of("open_to", OPEN_TO), name="open_to"),
        CheckConstraint("task_force_id IS NULL OR kind = 'task_force'", name="task_force"),
        Index("ix_duty_post_station", "station", "side"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"))
    side: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    standard: Mapped[str | None] = mapped_column(Text)
    open_to: Mapped[str] = mapped_column(Text, server_default="members")
    task_force_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("task_force.id"))
    created_at: Mapped[datetime]


class DutyShift(Base):
    """One span of a post. `taken` and `waiting` count live sign-ups and move with them in one transaction;
    the check lets nobody in beyond the last place, whoever forgets to ask.

    `queue_last` is the last number given in the waiting list; `noted_at` when who did not come was noted.
    """

    __tablename__ = "duty_shift"
    __table_args__ = (
        UniqueConstraint("station", "post_id", "starts_at"),
        CheckConstraint("side IN ('A', 'B')", name="side"),
        CheckConstraint("ends_at > starts_at", name="ends_at"),
        CheckConstraint("opens_at <= starts_at", name="opens_at"),
        CheckConstraint("min_needed BETWEEN 0 AND capacity", name="min_needed"),
        CheckConstraint("taken BETWEEN 0 AND capacity", name="taken"),
        CheckConstraint("waiting >= 0", name="waiting"),
        Index("ix_duty_shift_soonest", "starts_at", "id"),
        Index("ix_duty_shift_station", "station", "starts_at", "id"),
        Index("ix_duty_shift_unnoted", "ends_at", postgresql_where=sql("noted_at IS NULL")),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    post_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("duty_post.id"))
    station: Mapped[str] = mapped_column(Text, ForeignKey("station.code"))
    side: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    opens_at: Mapped[datetime | None]
    capacity: Mapped[int] = mapped_column(SmallInteger)
    min_needed: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    taken: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    waiting: Mapped[int] = mapped_column(server_default="0")
    queue_last: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]
    noted_at: Mapped[datetime | None]


class DutySignup(Base):
    """Somebody's place in a shift or in its waiting list, the former ones kept; with the shift's span, so
    that clashes are found among a person's own rows. `branch` is the one that he had when he signed up;
    `as_helper`: he came to a task force and is in no branch."""

    __tablename__ = "duty_signup"
    __table_args__ = (
        CheckConstraint(_one_of("state", SIGNUP_STATES), name="state"),
        CheckConstraint("state <> 'waitlisted' OR queue_no IS NOT NULL", name="queue_no"),
        CheckConstraint(f"({_one_of('state', LIVE)}) = (ended_at IS NULL)", name="ended_at"),
        Index("uq_duty_signup_live", "person_id", "shift_id", unique=True, postgresql_where=_LIVE),
        Index("ix_duty_signup_span", "person_id", "starts_at", "id", postgresql_where=_LIVE),
        Index("ix_duty_signup_shift", "shift_id", "queue_no", postgresql_where=_LIVE),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    shift_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("duty_shift.id"))
    branch: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    queue_no: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    signed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(server_default=sql("false"))
    as_helper: Mapped[bool] = mapped_column(server_default=sql("false"))


class DutyAttendance(Base):
    """That somebody came, or did not. `since` is the moment that counts, `scanned_at` the phone's,
    `recorded_at` ours. Open until `ended_at`; nobody has two open ones, nobody comes twice to one shift."""

    __tablename__ = "duty_attendance"
    __table_args__ = (
        UniqueConstraint("person_id", "shift_id"),
        CheckConstraint(_one_of("state", ATTENDANCE_STATES), name="state"),
        CheckConstraint("(ended_at IS NULL) = (minutes IS NULL)", name="minutes"),
        CheckConstraint("ended_at IS NOT NULL OR since IS NOT NULL", name="since"),
        CheckConstraint("minutes >= 0", name="counted"),
        Index(
            "uq_duty_attendance_open",
            "person_id",
            unique=True,
            postgresql_where=sql("ended_at IS NULL"),
        ),
        Index("ix_duty_attendance_id", "id"),
        Index("ix_duty_attendance_shift", "shift_id"),
        Index("ix_duty_attendance_forgotten", "shift_ends_at", postgresql_where=sql("ended_at IS NULL")),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    shift_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("duty_shift.id"))
    branch: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime | None]
    scanned_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    shift_ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    minutes: Mapped[int | None] = mapped_column(SmallInteger)


class DutyEntry(Base):
    """What was counted of an attendance; append-only: a mistake is reversed, and each entry once at most.
    The sum of an attendance's entries is its minutes."""

    __tablename__ = "duty_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["person_id", "attendance_id"], ["duty_attendance.person_id", "duty_attendance.id"]
        ),
        CheckConstraint(_one_of("kind", ENTRY_KINDS), name="kind"),
        CheckConstraint("(kind = 'reversal') = (reverses IS NOT NULL)", name="reverses"),
        CheckConstraint("actor_id <> person_id", name="own_matter"),
        Index(
            "uq_duty_entry_served",
            "person_id",
            "attendance_id",
            unique=True,
            postgresql_where=sql("kind = 'served'"),
        ),
        Index(
            "uq_duty_entry_reverses",
            "person_id",
            "reverses",
            unique=True,
            postgresql_where=sql("reverses IS NOT NULL"),
        ),
        Index("ix_duty_entry_attendance", "person_id", "attendance_id", "id"),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    attendance_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime]
    reverses: Mapped[uuid.UUID | None]
    actor_id: Mapped[uuid.UUID | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText)


class DutyCorrection(Base):
    """A member's wish that an attendance be corrected; one at a time."""

    __tablename__ = "duty_correction"
    __table_args__ = (
        ForeignKeyConstraint(
            ["person_id", "attendance_id"], ["duty_attendance.person_id", "duty_attendance.id"]
        ),
        Index(
            "uq_duty_correction_open",
            "person_id",
            "attendance_id",
            unique=True,
            postgresql_where=sql("decided_at IS NULL"),
        ),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    attendance_id: Mapped[uuid.UUID]
    text: Mapped[str] = mapped_column(EncryptedText)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


class DutyStandIn(Base):
    """Somebody who signed up looks for another in his place; kept whoever took it."""

    __tablename__ = "duty_stand_in"
    __table_args__ = (
        CheckConstraint(_one_of("state", STAND_IN_STATES), name="state"),
        CheckConstraint("(state = 'open') = (settled_at IS NULL)", name="settled_at"),
        CheckConstraint("to_member <> person_id AND taken_by <> person_id", name="another"),
        Index("uq_duty_stand_in_open", "person_id", "shift_id", unique=True, postgresql_where=_OPEN),
        Index("ix_duty_stand_in_id", "id"),
        Index("ix_duty_stand_in_shift", "shift_id", postgresql_where=_OPEN),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    shift_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("duty_shift.id"))
    to_member: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    taken_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class DutyCall(Base):
    """That somebody was told of a shift, once for each kind: reminded of his own, warned that people are
    lacking, asked to come."""

    __tablename__ = "duty_call"
    __table_args__ = (
        CheckConstraint(_one_of("kind", CALL_KINDS), name="kind"),
        Index("ix_duty_call_shift", "shift_id", "kind", "at"),
        Index("ix_duty_call_asked", "person_id", "at", postgresql_where=sql("kind = 'asked'")),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    shift_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("duty_shift.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]
