"""Lists by cursor: newest first, no counting."""

import base64
import binascii
import uuid
from datetime import datetime
from typing import Generic, TypeVar

from app.foundation.refusals import INVALID
from app.web.fields import Out

T = TypeVar("T")


class Listed(Out, Generic[T]):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[T]
    next_cursor: str | None = None


def write_cursor(at: datetime, item_id: uuid.UUID) -> str:
    """An opaque place in a list ordered by moment and id."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{item_id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str | None) -> tuple[datetime, uuid.UUID] | None:
    """The place a cursor names. 422 when it is none of ours."""
    if cursor is None:
        return None
    try:
        at, _, item_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        moment, identity = datetime.fromisoformat(at), uuid.UUID(item_id)
    except (ValueError, binascii.Error, UnicodeDecodeError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise INVALID.now(errors=[{"field": "cursor", "message": "翻页位置有误，请刷新列表"}])
    return moment, identity
