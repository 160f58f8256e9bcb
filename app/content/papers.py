"""Documents are seen under a watermark, never without: by whom, when, what for; the same for all rooms.

Whatever was sent as a document, or hangs somewhere as one, is one: an insurance paper, an identity card. A
room on whose things documents hang says what they are there for, and who else than their owner may look.
"""

import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.content.models import Upload
from app.content.rules import LINK_OVER
from app.foundation import audit
from app.people import service as people
from app.web.callers import Caller

Purpose = Callable[[Session, uuid.UUID, Caller], str | None]
"""Told (session, subject id, who looks): what for, as it stands on the picture; None where he may not."""

OWN = "本人查看"
_purposes: dict[str, Purpose] = {}


def on_purpose(subject_kind: str, tell: Purpose) -> None:
    """Let a room say what the documents are for that hang on its things."""
    _purposes[subject_kind] = tell


def across(session: Session, upload: Upload, person_id: uuid.UUID, now: datetime) -> str:
    """The words across a document for whoever its address was made for, if he may still see it.

    410 `upload.link_over`. That somebody else than its owner looks is recorded.
    """
    viewer = people.find_active(session, person_id)
    if viewer is None:
        raise LINK_OVER.now()
    tell = _purposes.get(upload.subject_kind or "")
    purpose = tell(session, upload.subject_id, viewer) if tell and upload.subject_id else None
    if upload.person_id != person_id:
        if purpose is None:
            raise LINK_OVER.now()
        seen = "upload.document_viewed", "upload", upload.id
        audit.record_reading(session, now, person_id, *seen, station=upload.station)
    return words(purpose or OWN, viewer)


def words(purpose: str, viewer: Caller) -> str:
    """What for, and by whom."""
    return f"{purpose}　{viewer.name or '本人'}"
