"""Tables of telling people: inbox, mailings, ledger of credits, outbox, and the lane by which it empties."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.columns import EncryptedJson, EncryptedText
from app.foundation.database import Base
from app.notices.rules import CLOSED_BY, KINDS, MAILING_STATES, OPEN_STATES, REASONS, STATES


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Mailing(Base):
    """One message to many people, kept once; entries and deliveries of it carry a reference.

    `messages` holds what WeChat is told, by template id, in the order in which templates are tried. `cursor`
    is the last person planned, `told` and `addressed` count entries and deliveries planned: all three move in
    the transaction that plans a batch. `done_at`: planned to the end, and nothing is under way any more.
    """

    __tablename__ = "mailing"
    __table_args__ = (
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint(_one_of("state", MAILING_STATES), name="state"),
        CheckConstraint("addressed <= told", name="addressed"),
        Index("ix_mailing_alive", "created_at", postgresql_where=text("done_at IS NULL")),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(EncryptedText)
    ref: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    messages: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)
    page: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    cursor: Mapped[uuid.UUID | None]
    told: Mapped[int] = mapped_column(server_default="0")
    addressed: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    planned_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class InboxEntry(Base):
    """Something a person was told; sealed, since it may speak of health. `ref` says what it is about.

    An entry of a mailing has what it says there, and the unique key lets nobody be told the same one twice.
    """

    __tablename__ = "inbox_entry"
    __table_args__ = (
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint("(title IS NULL) = (mailing_id IS NOT NULL)", name="title"),
        CheckConstraint("(text IS NULL) = (mailing_id IS NOT NULL)", name="text"),
        Index(
            "uq_inbox_entry_mailing",
            "mailing_id",
            "person_id",
            unique=True,
            postgresql_where=text("mailing_id IS NOT NULL"),
        ),
        Index("ix_inbox_entry_newest", "person_id", "at", "id"),
        Index(
            "ix_inbox_entry_kind",
            *("person_id", "kind", "at", "id"),
            postgresql_where=text("kind <> 'bulletin'"),  # which are most of them, and written by the 100,000
        ),
        Index("ix_inbox_entry_unread", "person_id", postgresql_where=text("read_at IS NULL")),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(EncryptedText)
    ref: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailing_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mailing.id"))


class CreditEntry(Base):
    """One movement of a person's credits for one template; append-only, the balance is the sum.

    What takes a credit names the entry that gave it, and the unique key lets each be taken once: no balance
    can fall below zero, whoever spends at the same time.
    """

    __tablename__ = "credit_entry"
    __table_args__ = (
        CheckConstraint("change IN (1, -1)", name="change"),
        CheckConstraint("(change = -1) = (takes IS NOT NULL)", name="takes"),
        CheckConstraint(_one_of("reason", REASONS), name="reason"),
        ForeignKeyConstraint(["person_id", "takes"], ["credit_entry.person_id", "credit_entry.id"]),
        Index(
            "uq_credit_entry_takes",
            "person_id",
            "takes",
            unique=True,
            postgresql_where=text("takes IS NOT NULL"),
        ),
        Index("ix_credit_entry_balance", "person_id", "template_id"),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    template_id: Mapped[str] = mapped_column(Text)
    change: Mapped[int] = mapped_column(SmallInteger)
    takes: Mapped[uuid.UUID | None]
    reason: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class Delivery(Base):
    """One WeChat message to one person, from the wish to send it to what came of it.

    `lease_until` is also the token of whoever holds the row: it is never the same twice. Those of a mailing
    wait in an index of their own, by mailing: single messages need not look past 200,000 of them, and those
    of a paused mailing are never looked at.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint(f"({_one_of('state', OPEN_STATES)}) = (settled_at IS NULL)", name="settled_at"),
        CheckConstraint("state <> 'sending' OR lease_until IS NOT NULL", name="lease_until"),
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint("(data IS NULL) = (mailing_id IS NOT NULL)", name="data"),
        CheckConstraint("(page IS NULL) = (mailing_id IS NOT NULL)", name="page"),
        Index(
            "ix_delivery_due",
            "due_at",
            "id",
            postgresql_where=text("state = 'queued' AND mailing_id IS NULL"),
        ),
        Index(
            "ix_delivery_mailing_due",
            "mailing_id",
            "due_at",
            "person_id",
            postgresql_where=text("state = 'queued' AND mailing_id IS NOT NULL"),
        ),
        Index(
            "uq_delivery_mailing",
            "mailing_id",
            "person_id",
            unique=True,
            postgresql_include=["state"],
            postgresql_where=text("mailing_id IS NOT NULL"),
        ),
        Index(
            "ix_delivery_open", "person_id", "due_at", postgresql_where=text(_one_of("state", OPEN_STATES))
        ),
        Index(
            "ix_delivery_lease",
            "lease_until",
            postgresql_where=text(f"{_one_of('state', OPEN_STATES)} AND lease_until IS NOT NULL"),
        ),
        Index(
            "ix_delivery_expires",
            "expires_at",
            postgresql_where=text("state = 'queued' AND expires_at IS NOT NULL"),
        ),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    template_id: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJson)
    page: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    errcode: Mapped[int | None]
    rid: Mapped[str | None] = mapped_column(Text)
    msgid: Mapped[str | None] = mapped_column(Text)
    inbox_id: Mapped[uuid.UUID]
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    mailing_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mailing.id"))


class DeliveryLane(Base):
    """The one way out to WeChat, shared by all jobs processes: its pace, and whether it is closed and why.

    `taken` of the Shanghai `day` counts towards the daily cap; `recent` is how the last tries ended, one
    character each, `1` for an error.
    """

    __tablename__ = "delivery_lane"
    __table_args__ = (
        CheckConstraint("(paused_at IS NULL) = (paused_why IS NULL)", name="paused_why"),
        CheckConstraint("(paused_at IS NULL) = (paused_by IS NULL)", name="paused_by"),
        CheckConstraint(_one_of("paused_by", CLOSED_BY), name="paused_by_whom"),
    )
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    next_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str | None] = mapped_column(Text)
    paused_by: Mapped[str | None] = mapped_column(Text)
    look_at: Mapped[datetime]
    day: Mapped[date | None]
    taken: Mapped[int] = mapped_column(server_default="0")
    recent: Mapped[str] = mapped_column(Text, server_default="")
