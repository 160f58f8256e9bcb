"""Tables of people."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.columns import EncryptedText
from app.foundation.database import Base
from app.people.rules import PURPOSES
from app.web.callers import ROLES


class Person(Base):
    """Somebody known by WeChat, by a staff account, or both; `erased`: only the id is left, of nobody."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("state IN ('active', 'disabled', 'erased')", name="state"),
        Index("ix_person_phone_index", "phone_index"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    openid: Mapped[str | None] = mapped_column(Text, unique=True)
    unionid: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, default="")
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_proved_at: Mapped[datetime | None]
    vehicle_plate: Mapped[str | None] = mapped_column(EncryptedText)
    vehicle_kind: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="active")
    created_at: Mapped[datetime]


_ROLE_LIST = ", ".join(f"'{role}'" for role in ROLES)


class RoleGrant(Base):
    """One role at one station, or everywhere ("*"); read live on every request."""

    __tablename__ = "role_grant"
    __table_args__ = (CheckConstraint(f"role IN ({_ROLE_LIST})", name="role"),)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True)
    place: Mapped[str] = mapped_column(Text, primary_key=True)
    granted_at: Mapped[datetime]


class WaitingGrant(Base):
    """A role for whoever proves this phone number."""

    __tablename__ = "waiting_grant"
    phone_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True)
    place: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)
    granted_at: Mapped[datetime]


_PURPOSE_LIST = ", ".join(f"'{purpose}'" for purpose in PURPOSES)


class ConsentEntry(Base):
    """A consent given or taken back; the last one for a purpose counts, none is ever changed."""

    __tablename__ = "consent_entry"
    __table_args__ = (CheckConstraint(f"purpose IN ({_PURPOSE_LIST})", name="purpose"),)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    granted: Mapped[bool]
    at: Mapped[datetime]


class SignIn(Base):
    """A token that lets its person in; only the hash is kept."""

    __tablename__ = "sign_in"
    __table_args__ = (
        CheckConstraint("kind IN ('app', 'console')", name="kind"),
        Index("ix_sign_in_person_id", "person_id"),
        Index("ix_sign_in_expires_at", "expires_at"),
    )
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class StaffAccount(Base):
    """Login and password of somebody who works at the console."""

    __tablename__ = "staff_account"
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    password_hash: Mapped[str] = mapped_column(Text)
    must_change: Mapped[bool]
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
