"""Tables of what people send: uploads, what WeChat said of a picture, texts to be checked."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.content.rules import KINDS, PURPOSES, STATES, TEXT_STATES
from app.foundation.columns import EncryptedText
from app.foundation.database import Base


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Upload(Base):
    """One file of one person; `place` is its name on the shelf, `state` says who may see it.

    `loose` until it hangs on something; then WeChat looks at it, unless it is private. `gone` rows are on
    their way out: the file is removed first, then the row.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint(_one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint(_one_of("state", STATES), name="state"),
        CheckConstraint("state IN ('loose', 'gone') OR subject_id IS NOT NULL", name="subject"),
        CheckConstraint("(subject_kind IS NULL) = (subject_id IS NULL)", name="subject_kind"),
        CheckConstraint("state <> 'private' OR private", name="private"),
        CheckConstraint("NOT private OR state IN ('loose', 'private', 'gone')", name="never_checked"),
        Index("ix_upload_id", "id"),
        Index("ix_upload_place", "place"),
        Index("ix_upload_person", "person_id", "created_at"),
        Index("ix_upload_subject", "subject_id", postgresql_where=text("subject_id IS NOT NULL")),
        Index("ix_upload_loose", "created_at", postgresql_where=text("state IN ('loose', 'gone')")),
        Index(
            "ix_upload_documents",
            "attached_at",
            postgresql_where=text("purpose = 'document' AND state = 'private'"),
        ),
        Index("ix_upload_unsettled", "due_at", postgresql_where=text("state IN ('waiting', 'checking')")),
        Index(
            "ix_upload_review", "attached_at", "id", postgresql_where=text("state IN ('manual', 'hidden')")
        ),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    bytes: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    purpose: Mapped[str] = mapped_column(Text)
    private: Mapped[bool]
    place: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    subject_kind: Mapped[str | None] = mapped_column(Text)
    subject_id: Mapped[uuid.UUID | None]
    station: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    attached_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    label: Mapped[int | None]
    reviewed_by: Mapped[uuid.UUID | None]
    settled_at: Mapped[datetime | None]


class PictureCheck(Base):
    """One question to WeChat about a picture, by its trace id.

    Our own note of the question and WeChat's verdict may come in either order: whoever comes second finds
    the other's half under the same key.
    """

    __tablename__ = "picture_check"
    __table_args__ = (Index("ix_picture_check_at", "at"),)
    trace_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[uuid.UUID | None]
    upload_id: Mapped[uuid.UUID | None]
    suggest: Mapped[str | None] = mapped_column(Text)
    label: Mapped[int | None]
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class TextCheck(Base):
    """One text for WeChat to look at; the text itself goes as soon as that is done."""

    __tablename__ = "text_check"
    __table_args__ = (
        CheckConstraint(_one_of("state", TEXT_STATES), name="state"),
        CheckConstraint("(state = 'queued') = (settled_at IS NULL)", name="settled_at"),
        CheckConstraint("(state = 'queued') = (text IS NOT NULL)", name="text"),
        Index("ix_text_check_due", "due_at", "id", postgresql_where=text("state = 'queued'")),
        Index("ix_text_check_settled", "settled_at", postgresql_where=text("settled_at IS NOT NULL")),
    )
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[uuid.UUID]
    text: Mapped[str | None] = mapped_column(EncryptedText)
    scene: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    label: Mapped[int | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
