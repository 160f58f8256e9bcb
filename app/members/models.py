"""Tables of membership: each time somebody belongs to a branch is a row, and none is ever overwritten."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.columns import EncryptedText
from app.foundation.database import Base
from app.members.rules import KINDS, OPEN, STATES


def _one_of(column: str, values: Any) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Membership(Base):
    """Somebody belongs, or would belong, to the branch of a station; `follows` is what it takes the place of
    when it is verified. Nobody has two that are active, nor two that wait."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint(f"({_one_of('state', OPEN)}) = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("state IN ('pending', 'refused') OR from_at IS NOT NULL", name="from_at"),
        CheckConstraint("decided_by <> person_id", name="own_matter"),
        Index("uq_membership_active", "person_id", unique=True, postgresql_where=sql("state = 'active'")),
        Index("uq_membership_pending", "person_id", unique=True, postgresql_where=sql("state = 'pending'")),
        Index("ix_membership_branch", "branch", "declared_at", "id"),
        Index("ix_membership_id", "id"),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    branch: Mapped[str] = mapped_column(Text, ForeignKey("station.code"))
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(EncryptedText)
    certificate_no: Mapped[str | None] = mapped_column(EncryptedText)
    home_text: Mapped[str | None] = mapped_column(EncryptedText)
    receipts: Mapped[bool] = mapped_column(server_default=sql("false"))
    follows: Mapped[uuid.UUID | None]
    declared_at: Mapped[datetime]
    from_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None]
    reason: Mapped[str | None] = mapped_column(EncryptedText)


class WaitingMember(Base):
    """What a list says about whoever proves this phone number; the role itself waits beside it."""

    __tablename__ = "waiting_member"
    __table_args__ = (CheckConstraint(_one_of("kind", KINDS), name="kind"),)
    phone_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    branch: Mapped[str] = mapped_column(Text, ForeignKey("station.code"))
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(EncryptedText)
    certificate_no: Mapped[str | None] = mapped_column(EncryptedText)
    made_at: Mapped[datetime]


class MemberReceipt(Base):
    """That a mobile member served at another station, told to his own branch because he agreed to it."""

    __tablename__ = "member_receipt"
    __table_args__ = (
        UniqueConstraint("person_id", "attendance_id"),
        CheckConstraint("minutes >= 0", name="minutes"),
        Index("ix_member_receipt_branch", "branch", "served_at", "id"),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    attendance_id: Mapped[uuid.UUID]
    branch: Mapped[str] = mapped_column(Text)
    station: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(EncryptedText)
    served_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(SmallInteger)
    sent_at: Mapped[datetime]
