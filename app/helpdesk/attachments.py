"""What hangs on requests and messages: uploads, and what WeChat thought of a driver's text."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.content import checks, uploads
from app.content.models import Upload
from app.content.rules import DOCUMENT
from app.content.schemas import UploadOut
from app.content.uploads import Viewer
from app.foundation import audit
from app.foundation.plain import in_words
from app.helpdesk.kinds import Kind, get_kind
from app.helpdesk.models import HelpRequest, RequestMessage
from app.helpdesk.rules import with_words
from app.helpdesk.schemas import RequestIn

REQUEST, MESSAGE = "request", "message"
_OURS = (REQUEST, MESSAGE)

Hung = dict[uuid.UUID, list[UploadOut]]
"""Uploads as one viewer may see them, by the request or message on which they hang."""


def take_what_fits(session: Session, owner_id: uuid.UUID, kind: Kind, body: RequestIn) -> None:
    """Help is not refused for want of a picture: those that cannot be used are told in the text."""
    if not (kind.never_refused and body.upload_ids):
        return
    fit = uploads.usable(session, owner_id, body.upload_ids)
    if left := [str(upload_id) for upload_id in body.upload_ids if upload_id not in fit]:
        body.text = with_words(body.text, f"upload_ids：{in_words(left)}")
    body.upload_ids = fit


def hang_on_request(
    session: Session,
    request: HelpRequest,
    owner_id: uuid.UUID,
    upload_ids: Sequence[uuid.UUID],
    now: datetime,
) -> None:
    """Attach to the request itself; 422 `upload_ids` for what is not the owner's, or used."""
    _hang(session, request, owner_id, upload_ids, now, REQUEST, request.id)


def hang_on_message(
    session: Session,
    request: HelpRequest,
    message: RequestMessage,
    owner_id: uuid.UUID,
    upload_ids: Sequence[uuid.UUID],
    now: datetime,
) -> None:
    """Attach to one message of it."""
    _hang(session, request, owner_id, upload_ids, now, MESSAGE, message.id)


def _hang(
    session: Session,
    request: HelpRequest,
    owner_id: uuid.UUID,
    upload_ids: Sequence[uuid.UUID],
    now: datetime,
    subject_kind: str,
    subject_id: uuid.UUID,
) -> None:
    if not upload_ids:
        return
    uploads.attach(
        session,
        now,
        owner_id,
        upload_ids,
        subject_kind=subject_kind,
        subject_id=subject_id,
        private=get_kind(request.kind).private,
        station=request.desk,
    )
    request.has_uploads = True


def hung_on(
    session: Session,
    requests: Sequence[HelpRequest],
    messages: Sequence[RequestMessage],
    viewer: Viewer,
    now: datetime,
) -> Hung:
    """The uploads of whole threads in one statement; in none where nothing hangs anywhere."""
    with_some = {request.id for request in requests if request.has_uploads}
    if not with_some:
        return {}
    ids = [*with_some, *(message.id for message in messages if message.request_id in with_some)]
    return uploads.views_of(session, viewer, (REQUEST, MESSAGE), ids, now)


def let_go(session: Session, request: HelpRequest) -> None:
    """Whatever hangs on it and on its messages, whoever sent it."""
    if request.has_uploads:
        of_it = RequestMessage.origin == request.origin, RequestMessage.request_id == request.id
        messages = session.scalars(select(RequestMessage.id).where(*of_it)).all()
        uploads.let_go_on(session, [request.id, *messages])


# --- WeChat's check of what drivers write ---------------------------------------------------------------


def check_request(session: Session, request: HelpRequest, now: datetime) -> None:
    """Wish a driver's request looked at; what is private never leaves the house."""
    if request.person_id is not None and not get_kind(request.kind).private:
        checks.ask(session, now, request.person_id, REQUEST, request.id, request.text)


def check_message(session: Session, request: HelpRequest, message: RequestMessage, now: datetime) -> None:
    """Wish a driver's message looked at."""
    if message.author_id is not None and not get_kind(request.kind).private:
        checks.ask(session, now, message.author_id, MESSAGE, message.id, message.text)


def mark_request(session: Session, request_id: uuid.UUID, suggest: str, _: datetime) -> None:
    """A doubtful text is marked for the desk; nothing else comes of it."""
    if suggest != "pass":
        marked = update(HelpRequest).where(HelpRequest.id == request_id).values(doubted=True)
        session.execute(marked.execution_options(synchronize_session=False))


def mark_message(session: Session, message_id: uuid.UUID, suggest: str, _: datetime) -> None:
    """The same for one message of a thread."""
    if suggest != "pass":
        marked = update(RequestMessage).where(RequestMessage.id == message_id).values(doubted=True)
        session.execute(marked.execution_options(synchronize_session=False))


def listen() -> None:
    """Be told of WeChat's verdicts on requests and messages."""
    checks.on_verdict(REQUEST, mark_request)
    checks.on_verdict(MESSAGE, mark_message)


def destroy_documents(
    session: Session, now: datetime, after_close: timedelta, at_most: timedelta, most: int
) -> int:
    """Let go of documents on requests and messages that have come to their date: so long after the request
    was closed, or after they were sent. Answers how many; their files go within seconds."""
    of_message = select(RequestMessage.request_id).where(RequestMessage.id == Upload.subject_id)
    on = case((Upload.subject_kind == MESSAGE, of_message.scalar_subquery()), else_=Upload.subject_id)
    due = or_(HelpRequest.closed_at <= now - after_close, Upload.attached_at <= now - at_most)
    documents = (
        select(Upload.person_id, Upload.id)
        .join(HelpRequest, HelpRequest.id == on)
        .where(Upload.purpose == DOCUMENT, Upload.state == "private", Upload.subject_kind.in_(_OURS), due)
        .order_by(Upload.attached_at)
        .limit(most)
        .with_for_update(of=Upload, skip_locked=True)
    )
    keys = [tuple(row) for row in session.execute(documents)]
    if keys:
        key = tuple_(Upload.person_id, Upload.id)
        gone = update(Upload).where(key.in_(keys)).values(state="gone")
        session.execute(gone.execution_options(synchronize_session=False))
    for _, upload_id in keys:
        audit.record(session, now, None, "request.document_destroyed", "upload", upload_id, reason="date")
    return len(keys)
