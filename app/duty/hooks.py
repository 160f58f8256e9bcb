"""What duty tells higher rooms: that something was counted of an attendance, or that it was reversed."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Counted:
    """One line of what an attendance counts; a reversal names the line that no longer holds."""

    person_id: uuid.UUID
    attendance_id: uuid.UUID
    shift_id: uuid.UUID
    branch: str | None
    entry_id: uuid.UUID
    kind: str
    state: str
    minutes: int
    reverses: uuid.UUID | None
    actor_id: uuid.UUID | None


Listen = Callable[[Session, Counted, datetime], None]
_listeners: dict[str, Listen] = {}


def on_counted(room: str, listen: Listen) -> None:
    """Let a higher room follow what is counted, in the same transaction; once a process."""
    _listeners[room] = listen


def tell(session: Session, counted: Counted, now: datetime) -> None:
    """Pass one line on to whoever follows."""
    for listen in _listeners.values():
        listen(session, counted, now)
