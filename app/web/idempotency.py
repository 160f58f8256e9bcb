"""A retry of a POST gets the first answer again: stored in the same transaction as what it made."""

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Any

from flask import Response, request
from sqlalchemy import Index, LargeBinary, SmallInteger, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.foundation.columns import vault
from app.foundation.database import Base, Database, rows_changed, table_of
from app.foundation.hot import HotStatement
from app.foundation.refusals import INVALID
from app.web.refusals import KEY_REUSED
from app.web.turn import Turn

KEPT = timedelta(hours=48)
_LOCK_NOT_AVAILABLE = "55P03"


class KeptAnswer(Base):
    """The first answer to a person's key; sealed, since answers carry personal data."""

    __tablename__ = "kept_answer"
    __table_args__ = (Index("ix_kept_answer_at", "at", postgresql_using="brin"),)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[bytes] = mapped_column(LargeBinary)


# Built once: it runs on every keyed POST. SQLAlchemy keeps no row count of an INSERT (it says -1), so the row
# that comes back tells whether it was ours.
_kept = table_of(KeptAnswer)
_fresh = insert(_kept).values({column.name: bindparam(column.name) for column in _kept.c})
_KEEP = HotStatement(
    _fresh.on_conflict_do_update(
        index_elements=["person_id", "key"],
        set_={name: _fresh.excluded[name] for name in ("at", "fingerprint", "status", "body")},
        where=_kept.c.at < bindparam("kept_since"),
    ).returning(_kept.c.key)
)


class AlreadyDone(Exception):
    """Another request with this key has committed: undo ours and give its answer."""


def sent_key(turn: Turn) -> uuid.UUID | None:
    """The `Idempotency-Key` of this request. 422 when it is not a UUID (unless help is being asked for)."""
    sent = request.headers.get("Idempotency-Key")
    if sent is None:
        return None
    try:
        return uuid.UUID(sent)
    except ValueError:
        if turn.ignore_bad_key:
            return None
        raise INVALID.now(errors=[{"field": "Idempotency-Key", "message": "应为 UUID"}]) from None


def keep(turn: Turn, key: uuid.UUID, answer: Response) -> None:
    """Store the answer before the transaction commits.

    A twin that holds the same key is waited for; then AlreadyDone. The row decides, not a look beforehand:
    work is done, then kept, and undone if the key was taken. A cry for help whose key was taken by something
    else stands, without its answer being kept.
    """
    kept = _KEEP.one_or_none(turn.connection, _row(turn, key, answer))
    if kept is None and (not turn.ignore_bad_key or earlier(turn, turn.session, key)):
        raise AlreadyDone


def waited_too_long(turn: Turn, trouble: OperationalError) -> bool:
    """Whether this is a keyed request that met a row which another transaction holds for too long: its twin,
    as far as anybody can tell."""
    return getattr(trouble.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE and sent_key(turn) is not None


def _row(turn: Turn, key: uuid.UUID, answer: Response) -> dict[str, Any]:
    return {
        "person_id": turn.caller.person_id,
        "key": key,
        "at": turn.now,
        "fingerprint": _fingerprint(turn),
        "status": answer.status_code,
        "body": vault().seal(answer.get_data()),
        "kept_since": turn.now - KEPT,
    }


def earlier(turn: Turn, session: Session, key: uuid.UUID) -> Response | None:
    """The first answer to this key, if any. Refused with `api.key_reused` for another path or body."""
    kept = session.execute(
        select(KeptAnswer.fingerprint, KeptAnswer.status, KeptAnswer.body).where(
            KeptAnswer.person_id == turn.caller.person_id,
            KeptAnswer.key == key,
            KeptAnswer.at >= turn.now - KEPT,
        )
    ).one_or_none()
    if kept is None:
        return None
    if kept.fingerprint != _fingerprint(turn):
        if turn.ignore_bad_key:
            return None
        raise KEY_REUSED.now()
    answer = Response(vault().open(kept.body), kept.status, mimetype="application/json")
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def sweep(database: Database, now: datetime) -> int:
    """Forget answers older than 48 hours; returns how many."""
    with database.transaction() as session:
        gone = session.execute(delete(KeptAnswer).where(KeptAnswer.at < now - KEPT))
        return rows_changed(gone)


def _fingerprint(turn: Turn) -> bytes:
    """What the key stands for: method, path and body; of a file its bytes, since the form around them differs
    with every try."""
    sent = (turn.incoming.digest or b"") if turn.incoming else request.get_data()
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + sent).digest()
