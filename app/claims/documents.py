"""Use cases of papers: hang one on a case, look at it under one's name, destroy it, by hand or by date."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.claims import store, views
from app.claims.guides import paper_title
from app.claims.links import Asked
from app.claims.models import ClaimDocument
from app.claims.rules import CONSENT_NEEDED, DOCUMENT_UNKNOWN, DOCUMENTS_FULL, MOST_DOCUMENTS
from app.claims.schemas import ClaimDocumentIn, ClaimDocumentOut
from app.content import papers, uploads
from app.content.models import Upload
from app.content.rules import LINK_OVER
from app.foundation import audit
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.helpdesk import attachments
from app.helpdesk import desk as helpdesk
from app.helpdesk import service as helpdesk_service
from app.helpdesk import store as requests
from app.helpdesk.models import HelpRequest
from app.helpdesk.rules import OPEN, WRONG_STATE
from app.people import consents
from app.people import service as people
from app.web.callers import Caller

SUBJECT = "claim_document"
_AT_ONCE = 200
_ONLY_PICTURES = "只收拍成照片的材料：每次查看都要加水印，PDF 请截图后再传"


def add(
    session: Session, caller: Caller, request_id: uuid.UUID, body: ClaimDocumentIn, now: datetime
) -> ClaimDocumentOut:
    """Hang an uploaded picture on the case as a paper. 403 `claim.consent_needed`, 409, 422 `upload_id`.

    The person is locked first: whoever takes his consent back at this moment either stops it or destroys it.
    """
    helpdesk_service.lock_person(session, caller.person_id)
    if not consents.granted(session, caller.person_id, "documents"):
        raise CONSENT_NEEDED.now()
    case = store.load_for_driver(session, caller.person_id, request_id, now, lock=True)
    if case.request.state not in OPEN:
        raise WRONG_STATE.now()
    _check_picture(session, caller.person_id, body.upload_id)
    kept = select(func.count()).select_from(ClaimDocument)
    kept = kept.where(*store.of(ClaimDocument, case), ClaimDocument.destroyed_at.is_(None))
    if (session.scalar(kept) or 0) >= MOST_DOCUMENTS:
        raise DOCUMENTS_FULL.now()
    row = ClaimDocument(**case.key, id=new_id(), person_id=caller.person_id, kind=body.kind, added_at=now)
    session.add(row)
    uploads.attach(
        session,
        now,
        caller.person_id,
        [body.upload_id],
        subject_kind=SUBJECT,
        subject_id=row.id,
        private=True,
        station=case.request.desk,
        field="upload_id",
        as_document=True,
    )
    named = Caller(caller.person_id, caller.name or "司机")
    requests.add_event(session, case.request, now, "document", named, paper_title(body.kind))
    store.heard(session, case, now)
    session.flush()
    return views.document_views(session, case, caller, now, only=row.id)[0]


def _check_picture(session: Session, person_id: uuid.UUID, upload_id: uuid.UUID) -> None:
    """422 for a PDF, on which no watermark can be put; what is unknown is refused where it is attached."""
    mine = select(Upload.kind).where(Upload.person_id == person_id, Upload.id == upload_id)
    if session.scalar(mine) == "pdf":
        raise invalid(FieldFault("upload_id", _ONLY_PICTURES))


def withdraw(session: Session, caller: Caller, document_id: uuid.UUID, now: datetime) -> None:
    """One's own paper is destroyed at once, whatever has become of the case. 404 for anybody else's."""
    mine = ClaimDocument.id == document_id, ClaimDocument.person_id == caller.person_id
    if not destroy(session, mine, "owner", now, actor_id=caller.person_id):
        raise DOCUMENT_UNKNOWN.now()


def destroy(
    session: Session,
    which: Iterable[ColumnElement[bool]],
    why: str,
    now: datetime,
    *,
    actor_id: uuid.UUID | None = None,
) -> list[uuid.UUID]:
    """Destroy papers: the picture goes off the shelf within seconds, the row keeps when and why, the trail
    has a line for each. Each once: the conditional UPDATE's rows decide."""
    gone = session.execute(
        update(ClaimDocument)
        .where(ClaimDocument.destroyed_at.is_(None), *which)
        .values(destroyed_at=now, destroyed_why=why, person_id=None)
        .returning(ClaimDocument.id, ClaimDocument.origin)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        uploads.let_go_on(session, [row.id for row in gone])
    for row in gone:
        audit.record(session, now, actor_id, "claim.document_destroyed", SUBJECT, row.id, reason=why)
    return [row.id for row in gone]


def destroy_due(session: Session, now: datetime) -> int:
    """Destroy some of what has come to its date; answers how many: after 0 none is due."""
    knobs = store.knobs()
    after_close = HelpRequest.closed_at <= now - timedelta(days=knobs.keep_days_after_close)
    too_old = ClaimDocument.added_at <= now - timedelta(days=knobs.keep_days_at_most)
    of_case = tuple_(ClaimDocument.origin, ClaimDocument.request_id) == tuple_(
        HelpRequest.origin, HelpRequest.id
    )
    due = (
        select(ClaimDocument.origin, ClaimDocument.request_id, ClaimDocument.id)
        .join(HelpRequest, of_case)
        .where(ClaimDocument.destroyed_at.is_(None), or_(after_close, too_old))
        .order_by(ClaimDocument.added_at)
        .limit(_AT_ONCE)
        .with_for_update(of=ClaimDocument, skip_locked=True)
    )
    keys = [tuple(row) for row in session.execute(due)]
    key = tuple_(ClaimDocument.origin, ClaimDocument.request_id, ClaimDocument.id)
    gone = len(destroy(session, [key.in_(keys)], "date", now)) if keys else 0
    return gone + _destroy_loose(session, now)


def _destroy_loose(session: Session, now: datetime) -> int:
    """The same for documents that came with a request or a message, not as a paper of a case."""
    knobs = store.knobs()
    after_close, at_most = (
        timedelta(days=knobs.keep_days_after_close),
        timedelta(days=knobs.keep_days_at_most),
    )
    return attachments.destroy_documents(session, now, after_close, at_most, _AT_ONCE)


def destroy_of_person(session: Session, person_id: uuid.UUID, why: str, now: datetime) -> None:
    """Everything that this person gave, to whatever case."""
    destroy(session, [ClaimDocument.person_id == person_id], why, now, actor_id=person_id)


# --- Looked at ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A picture on the shelf, and what shall stand across it."""

    place: str
    words: str


def open_one(session: Session, asked: Asked, now: datetime) -> Shown:
    """The picture for whoever the address was made for, if he still may see it. 410 `upload.link_over`.

    He may who gave it, and the staff member who holds the request at this moment, which is recorded.
    """
    found = session.execute(
        select(ClaimDocument, HelpRequest)
        .join(
            HelpRequest,
            (HelpRequest.origin == ClaimDocument.origin) & (HelpRequest.id == ClaimDocument.request_id),
        )
        .where(ClaimDocument.id == asked.id, ClaimDocument.destroyed_at.is_(None))
    ).one_or_none()
    place = session.scalar(_place_of(asked.id))
    viewer = people.find_active(session, asked.person_id)
    if found is None or place is None or viewer is None:
        raise LINK_OVER.now()
    document, request = found
    if document.person_id != viewer.person_id:
        if not _handles(session, request, viewer):
            raise LINK_OVER.now()
        audit.record_reading(
            session,
            now,
            viewer.person_id,
            "claim.document_viewed",
            SUBJECT,
            document.id,
            station=request.desk,
        )
    return Shown(place, papers.words(f"仅供理赔 {request.number}", viewer))


def purpose(session: Session, document_id: uuid.UUID, viewer: Caller) -> str | None:
    """What a paper is for where its owner opens the file itself; nobody else has an address of that."""
    of_case = (HelpRequest.origin == ClaimDocument.origin) & (HelpRequest.id == ClaimDocument.request_id)
    mine = ClaimDocument.id == document_id, ClaimDocument.person_id == viewer.person_id
    number = session.scalar(select(HelpRequest.number).join(ClaimDocument, of_case).where(*mine))
    return f"仅供理赔 {number}" if number else None


def _place_of(document_id: uuid.UUID) -> Any:
    """Where the picture lies on the shelf."""
    return select(Upload.place).where(
        Upload.subject_id == document_id, Upload.subject_kind == SUBJECT, Upload.state == "private"
    )


def _handles(session: Session, request: HelpRequest, viewer: Caller) -> bool:
    """Whether he holds the request, at a desk that is still his."""
    if request.holder_id != viewer.person_id:
        return False
    within = select(HelpRequest.id).where(HelpRequest.id == request.id, helpdesk.scope(viewer))
    return session.scalar(within) is not None


def told(session: Session, person_id: uuid.UUID) -> Sequence[ClaimDocument]:
    """What a person has given that is still there, for his export."""
    mine = select(ClaimDocument).where(ClaimDocument.person_id == person_id)
    return session.scalars(mine.order_by(ClaimDocument.added_at)).all()
