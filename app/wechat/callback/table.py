"""The table of pushed events: sealed, since they carry openids; each once, whoever delivers it how often."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    delete,
    exists,
    literal_column,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from app.foundation.columns import EncryptedJson, blind_index
from app.foundation.database import Base, rows_changed
from app.foundation.ids import new_id
from app.wechat.callback.events import Arrival

STATES = ("stored", "done", "failed")
_STORED: ColumnElement[str] = literal_column("'stored'")  # written out: the partial indexes apply


class WechatEvent(Base):
    """One event. `about` and `key` are blind indexes: who it is about, and what makes it the same again."""

    __tablename__ = "wechat_event"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state) for state in STATES)})", name="state"),
        CheckConstraint("(state = 'stored') = (settled_at IS NULL)", name="settled_at"),
        UniqueConstraint("about", "key"),
        Index("ix_wechat_event_due", "due_at", postgresql_where=text("state = 'stored'")),
        Index("ix_wechat_event_line", "about", "created_at", "id", postgresql_where=text("state = 'stored'")),
        Index("ix_wechat_event_settled", "settled_at", postgresql_where=text("state <> 'stored'")),
    )
    about: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(Text)
    message: Mapped[dict[str, Any]] = mapped_column(EncryptedJson)
    created_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    due_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class Claimed:
    """An event that is ours until the transaction ends."""

    about: bytes
    id: uuid.UUID
    name: str
    created_at: datetime
    tries: int


def store(session: Session, now: datetime, arrived: Arrival, message: Mapping[str, Any]) -> bool:
    """Keep an event. False for one that is here already: the unique key decides between twins."""
    kept = session.scalar(
        insert(WechatEvent)
        .values(
            about=about_index(arrived.about),
            id=new_id(),
            key=blind_index(arrived.key),
            name=arrived.name,
            message=dict(message),
            created_at=arrived.created_at,
            received_at=now,
            state="stored",
            due_at=now,
        )
        .on_conflict_do_nothing()
        .returning(WechatEvent.id)
    )
    return kept is not None


def about_index(user: str) -> bytes:
    """How the events of a user are found without naming him."""
    return blind_index(f"wechat event {user}")


def claim(session: Session, now: datetime) -> Claimed | None:
    """Lock the event that has been due for longest, the first of its user's line; None when there is none.

    The lock lasts as long as the transaction: what another process works on is passed over, and what a dead
    one worked on is free again at once.
    """
    other = aliased(WechatEvent)
    earlier = tuple_(other.created_at, other.id) < tuple_(WechatEvent.created_at, WechatEvent.id)
    in_the_way = exists().where(other.about == WechatEvent.about, other.state == _STORED, earlier)
    found = session.execute(
        select(WechatEvent.about, WechatEvent.id, WechatEvent.name, WechatEvent.created_at, WechatEvent.tries)
        .where(WechatEvent.state == _STORED, WechatEvent.due_at <= now, ~in_the_way.correlate(WechatEvent))
        .order_by(WechatEvent.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return None if found is None else Claimed(*found)


def message_of(session: Session, claimed: Claimed) -> dict[str, Any]:
    """What was stored, opened."""
    message: dict[str, Any] = session.scalars(select(WechatEvent.message).where(*_row(claimed))).one()
    return message


def settle(session: Session, now: datetime, claimed: Claimed, state: str, trouble: str | None = None) -> None:
    """It is `done`, or set aside as `failed`."""
    _change(session, claimed, state=state, settled_at=now, trouble=trouble)


def postpone(session: Session, claimed: Claimed, due_at: datetime, trouble: str, *, counted: bool) -> None:
    """Try again then."""
    _change(session, claimed, due_at=due_at, trouble=trouble, tries=claimed.tries + (1 if counted else 0))


def _change(session: Session, claimed: Claimed, **values: Any) -> None:
    session.execute(
        update(WechatEvent)
        .where(*_row(claimed))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _row(claimed: Claimed) -> list[ColumnElement[bool]]:
    return [WechatEvent.about == claimed.about, WechatEvent.id == claimed.id]


def forget_user(session: Session, openid: str) -> None:
    """Nothing that was pushed about this user is kept."""
    session.execute(delete(WechatEvent).where(WechatEvent.about == about_index(openid)))


def sweep(session: Session, now: datetime, keep: timedelta) -> int:
    """Forget what was settled longer ago than that; returns how many."""
    old = delete(WechatEvent).where(WechatEvent.state != _STORED, WechatEvent.settled_at < now - keep)
    return rows_changed(session.execute(old))
