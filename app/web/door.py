"""The door: who is this, may he come in, has he come too often."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import request
from sqlalchemy import Connection

from app.foundation.refusals import Refusal
from app.web.callers import Access, Caller
from app.web.limits import Limits
from app.web.refusals import AUTH_REQUIRED, FORBIDDEN, NOT_FOUND
from app.web.turn import Turn


@dataclass(frozen=True)
class Doorkeeper:
    """How to find the person behind a token; the people room gives it, so that the web need not know people.

    `find(connection, token_hash, now, in_line)` answers the caller, or why not; `in_line` locks the person's
    row for the rest of the transaction.
    """

    find: Callable[[Connection, bytes, datetime, bool], Caller | Refusal]


def token_hash(token: str) -> bytes:
    """What is stored of a sign-in token: its SHA-256 (256 random bits need no salt)."""
    return hashlib.sha256(token.encode()).digest()


def admit(turn: Turn, who: Access, *, limited: bool = True, in_line: bool = False) -> None:
    """Let the request in; `in_line`: the requests of one person one after the other.

    401 `auth.required` / `auth.expired`, 403 `auth.forbidden` (404 where it is hidden), 429 `api.too_many`.
    """
    limits = turn.home.part(Limits)
    if who.public:
        limits.address(request.remote_addr)
        return
    token = bearer_token()
    found: Caller | Refusal = AUTH_REQUIRED
    if token is not None:
        found = turn.home.part(Doorkeeper).find(turn.connection, token_hash(token), turn.now, in_line)
    if isinstance(found, Refusal):
        limits.address(request.remote_addr)  # whoever tries tokens is a stranger too
        raise found.now()
    turn.known_caller = found
    structlog.contextvars.bind_contextvars(person=str(found.person_id))
    if limited:
        limits.person(found.person_id)
    if who.roles and not found.has(*who.roles):
        raise (NOT_FOUND if who.hidden else FORBIDDEN).now()


def bearer_token() -> str | None:
    """The token of the Authorization header; None when there is none or it is no bearer token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token or len(token) > 200 or not token.isascii():
        return None
    return token
