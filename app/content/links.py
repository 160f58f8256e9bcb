"""Signed addresses that end soon: an `<image>` sends no header, so the address itself says who may look."""

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.content.rules import LINK_OVER, LINK_WRONG, link_expiry
from app.foundation.refusals import Refusal
from app.settings import Settings

_BYTES = 16


@dataclass(frozen=True)
class Links:
    """The key of this house, and how long an address is good."""

    key: bytes
    base: str
    lasts: timedelta
    check_lasts: timedelta

    def address(
        self, upload_id: uuid.UUID, viewer: str, now: datetime, person_id: uuid.UUID | None = None
    ) -> str:
        """For a viewer of this kind, of a document for this one; absolute where the house knows its own
        address."""
        return self._signed(upload_id, viewer, link_expiry(now, self.lasts), person_id)

    def for_wechat(self, upload_id: uuid.UUID, now: datetime) -> str | None:
        """One that outlives the check; None where nobody outside could follow it."""
        if not self.base:
            return None
        return self._signed(upload_id, "w", int((now + self.check_lasts).timestamp()), None)

    def refusal(self, upload_id: uuid.UUID, query: "Query", now: datetime) -> Refusal | None:
        """Why an address does not open anything; says nothing about whether there is something behind it."""
        expected = self._signature(upload_id, query.viewer, query.until, query.person_id)
        if not hmac.compare_digest(expected.encode(), query.signature.encode("utf-8", "replace")):
            return LINK_WRONG
        return LINK_OVER if now.timestamp() >= query.until else None

    def _signed(self, upload_id: uuid.UUID, viewer: str, until: int, person_id: uuid.UUID | None) -> str:
        signature = self._signature(upload_id, viewer, until, person_id)
        person = f"&p={person_id}" if person_id else ""
        return f"{self.base}/u/{upload_id}?e={until}&v={viewer}{person}&s={signature}"

    def _signature(self, upload_id: uuid.UUID, viewer: str, until: int, person_id: uuid.UUID | None) -> str:
        told = f"upload {upload_id} {viewer} {until}{f' {person_id}' if person_id else ''}".encode()
        digest = hmac.new(self.key, told, hashlib.sha256).digest()[:_BYTES]
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True)
class Query:
    """What stands behind the question mark."""

    until: int
    viewer: str
    signature: str
    person_id: uuid.UUID | None = None


def read_query(until: str, viewer: str, signature: str, person: str = "") -> Query | None:
    """The parts of an address; None when they are none of ours."""
    if not (until.isascii() and until.isdigit() and len(until) <= 12 and viewer in tuple("osrw")):
        return None
    try:
        return Query(int(until), viewer, signature, uuid.UUID(person) if person else None)
    except ValueError:
        return None


class _Current:
    """The links of this process; a use case is given a session and no settings."""

    links: Links | None = None


def use_links(settings: Settings) -> Links:
    """Set them once, when the process is put together, from resolved secrets."""
    uploads = settings.uploads
    _Current.links = Links(
        key=settings.secrets.signing_key.encode(),
        base=settings.web.public_url.rstrip("/"),
        lasts=timedelta(minutes=uploads.link_minutes),
        check_lasts=timedelta(minutes=uploads.review_after_minutes + 15),
    )
    return _Current.links


def links() -> Links:
    """The links in use. RuntimeError before `use_links`."""
    if _Current.links is None:
        raise RuntimeError("no links: call use_links when the process is put together")
    return _Current.links
