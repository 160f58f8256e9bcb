"""What documents are for that hang on requests and messages, and at which desks they are seen."""

import uuid
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.content import papers
from app.helpdesk import attachments, desk, store
from app.helpdesk.models import HelpRequest, RequestMessage
from app.web.callers import Caller


def listen() -> None:
    """Be asked when somebody looks at a document."""
    papers.on_purpose(attachments.REQUEST, of_request)
    papers.on_purpose(attachments.MESSAGE, of_message)


def of_request(session: Session, request_id: uuid.UUID, viewer: Caller) -> str | None:
    """For this request; for nobody else than its driver, and whose desk it lies at."""
    return _purpose(session, select(HelpRequest.number).where(HelpRequest.id == request_id), viewer)


def of_message(session: Session, message_id: uuid.UUID, viewer: Caller) -> str | None:
    """The same for one that hangs on a message of it."""
    of_it = (RequestMessage.origin == HelpRequest.origin) & (RequestMessage.request_id == HelpRequest.id)
    found = select(HelpRequest.number).join(RequestMessage, of_it).where(RequestMessage.id == message_id)
    return _purpose(session, found, viewer)


def _purpose(session: Session, found: Any, viewer: Caller) -> str | None:
    seen_by = or_(desk.scope(viewer), store.owned_by(session, viewer.person_id))
    number = session.scalar(found.where(seen_by))
    return f"仅供办理 {number}" if number else None
