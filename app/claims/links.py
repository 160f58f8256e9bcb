"""Addresses of papers: signed, short-lived, each for one person, so that what he opens bears his name."""

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime

from app.content.links import links
from app.content.rules import LINK_OVER, LINK_WRONG, link_expiry

_BYTES = 16
WHATS = ("documents", "statements")


@dataclass(frozen=True)
class Asked:
    """Who opens what."""

    what: str
    id: uuid.UUID
    person_id: uuid.UUID


def address(what: str, thing_id: uuid.UUID, person_id: uuid.UUID, now: datetime) -> str:
    """Good for minutes; absolute where the house knows its own address."""
    until = link_expiry(now, links().lasts)
    signature = _signature(what, thing_id, person_id, until)
    return f"{links().base}/c/{what}/{thing_id}?e={until}&p={person_id}&s={signature}"


def read(what: str, thing_id: uuid.UUID, until: str, person: str, signature: str, now: datetime) -> Asked:
    """Who it was made for. 403 `upload.link_wrong`, 410 `upload.link_over`."""
    try:
        person_id = uuid.UUID(person)
    except ValueError:
        raise LINK_WRONG.now() from None
    if not (until.isascii() and until.isdigit() and len(until) <= 12):
        raise LINK_WRONG.now()
    expected = _signature(what, thing_id, person_id, int(until))
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        raise LINK_WRONG.now()
    if now.timestamp() >= int(until):
        raise LINK_OVER.now()
    return Asked(what, thing_id, person_id)


def _signature(what: str, thing_id: uuid.UUID, person_id: uuid.UUID, until: int) -> str:
    told = f"claim {what} {thing_id} {person_id} {until}".encode()
    digest = hmac.new(links().key, told, hashlib.sha256).digest()[:_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
