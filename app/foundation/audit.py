"""The audit trail: who looked at or changed what, append-only."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Index, Text, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.database import Base
from app.foundation.ids import new_id


class AuditEntry(Base):
    """One act of one actor; names the object, never its content."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_object", "object_kind", "object_id", "at"),
        Index("ix_audit_entry_actor", "actor_id", "at"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None]
    action: Mapped[str] = mapped_column(Text)
    object_kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    station: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)


def record(
    session: Session,
    now: datetime,
    actor_id: uuid.UUID | None,
    action: str,
    object_kind: str,
    object_id: object,
    *,
    station: str | None = None,
    reason: str | None = None,
) -> None:
    """Write one entry in the caller's transaction; `actor_id` is None for commands and the clockwork."""
    session.execute(
        insert(AuditEntry).values(
            id=new_id(),
            at=now,
            actor_id=actor_id,
            action=action,
            object_kind=object_kind,
            object_id=str(object_id),
            station=station,
            reason=reason,
        )
    )


def record_reading(
    session: Session,
    now: datetime,
    actor_id: uuid.UUID,
    action: str,
    object_kind: str,
    object_id: object,
    *,
    station: str | None = None,
    again_after: timedelta = timedelta(minutes=15),
) -> None:
    """Record that somebody looked at something private; not again at every poll of the same open page."""
    seen = session.scalar(
        select(func.max(AuditEntry.at)).where(
            AuditEntry.object_kind == object_kind,
            AuditEntry.object_id == str(object_id),
            AuditEntry.actor_id == actor_id,
            AuditEntry.action == action,
        )
    )
    if seen is None or now - seen > again_after:
        record(session, now, actor_id, action, object_kind, object_id, station=station)
