"""What a higher room adds to requests of its own kind; the desk itself knows no kind by name."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.helpdesk.models import HelpRequest
from app.helpdesk.schemas import RequestIn
from app.web.callers import Caller


@dataclass(frozen=True)
class Companion:
    """A room that goes along with the requests of one kind, in their own transactions.

    `prepare` may refuse what was asked, and say where it belongs, before anything is written; `taken_in` does
    the room's part of it, and `sealed` what everybody waits for; `withdrawn` gives that back; `show` answers
    what each of these requests carries in the field `section`; `uncounted` says which of them are no work of
    the desk and stay out of its figures.
    """

    section: str
    prepare: Callable[[Session, RequestIn, datetime], None]
    taken_in: Callable[[Session, HelpRequest, Caller, datetime], None]
    sealed: Callable[[Session, HelpRequest, datetime], None]
    withdrawn: Callable[[Session, HelpRequest, datetime], None]
    show: Callable[[Session, Sequence[HelpRequest]], Mapping[uuid.UUID, Any]]
    uncounted: Callable[[], ColumnElement[bool]]


Withdrawn = Callable[[Session, HelpRequest, str, datetime], None]
"""Told (session, the request, the state that it was in, now)."""

_companions: dict[str, Companion] = {}
_withdrawals: list[Withdrawn] = []


def on_withdrawal(told: Withdrawn) -> None:
    """Let a part of the desk hear of whatever is withdrawn, by its driver or by his erasure."""
    if told not in _withdrawals:
        _withdrawals.append(told)


def after_withdrawal(session: Session, request: HelpRequest, before: str, now: datetime) -> None:
    """It is withdrawn; `before` is the state that it was in. Its row is locked."""
    for told in _withdrawals:
        told(session, request, before, now)


def accompany(kind: str, companion: Companion) -> None:
    """Let a room go along with the requests of a kind; once a process."""
    _companions[kind] = companion


def prepare(session: Session, body: RequestIn, now: datetime) -> None:
    """Before a request is written; refused with whatever the room refuses."""
    if companion := _companions.get(body.kind):
        companion.prepare(session, body, now)


def taken_in(session: Session, request: HelpRequest, by: Caller, now: datetime) -> None:
    """After it was written and before it is looked at for the answer."""
    if companion := _companions.get(request.kind):
        companion.taken_in(session, request, by, now)


def sealed(session: Session, request: HelpRequest, now: datetime) -> None:
    """After the answer was made up, the last thing before the commit: a row that everybody wants is locked
    for as long as that takes and no longer. May still refuse everything."""
    if companion := _companions.get(request.kind):
        companion.sealed(session, request, now)


def withdrawn(session: Session, request: HelpRequest, now: datetime) -> None:
    """Whoever asked needs it no longer; the request is locked."""
    if companion := _companions.get(request.kind):
        companion.withdrawn(session, request, now)


def sections(session: Session, requests: Sequence[HelpRequest]) -> dict[uuid.UUID, dict[str, Any]]:
    """By request, the fields that rooms add to its view; one statement a kind at most."""
    added: dict[uuid.UUID, dict[str, Any]] = {}
    for kind, companion in _companions.items():
        own = [request for request in requests if request.kind == kind]
        if own:
            for request_id, value in companion.show(session, own).items():
                added.setdefault(request_id, {})[companion.section] = value
    return added


def counted() -> list[ColumnElement[bool]]:
    """The conditions under which a request is counted as the desk's work."""
    return [~companion.uncounted() for companion in _companions.values()]
