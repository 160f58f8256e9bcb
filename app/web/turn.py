"""One request's state: its moment, its transaction, its caller."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import IO, cast

from flask import current_app, g
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.web.callers import Caller
from app.web.refusals import AUTH_REQUIRED


@dataclass
class Incoming:
    """The file of one request: its bytes, which vanish with it, and their SHA-256 once all have come."""

    stream: IO[bytes] = field(repr=False)
    size: int = 0
    digest: bytes | None = None


class Turn:
    """From the first byte of a request to the last of its answer; one transaction, begun when first used."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.now: datetime = home.clock.now()
        self.known_caller: Caller | None = None
        self.ignore_bad_key = False
        self.incoming: Incoming | None = None

    @cached_property
    def connection(self) -> Connection:
        """The request's transaction, bare: for the few statements that run on every request."""
        return self.home.database.engine.connect()

    @cached_property
    def session(self) -> Session:
        """The same transaction with the ORM on top; committed by the edge after the handler returned."""
        return self.home.database.session_on(self.connection)

    @property
    def begun(self) -> bool:
        """Whether anything has asked for the transaction yet."""
        return "connection" in self.__dict__

    @property
    def caller(self) -> Caller:
        """The signed-in person. Refused with `auth.required` on an endpoint that let strangers in."""
        if self.known_caller is None:
            raise AUTH_REQUIRED.now()
        return self.known_caller

    def commit(self) -> None:
        """Make what was done last; without effect when nothing was begun."""
        if "session" in self.__dict__:
            self.session.commit()
        if self.begun:
            self.connection.commit()

    def rollback(self) -> None:
        """Undo what was done since the last commit."""
        if "session" in self.__dict__:
            self.session.rollback()
        if self.begun:
            self.connection.rollback()

    def let_go(self) -> None:
        """Commit and give the connection back before something slow; the next use begins anew."""
        self.commit()
        self.end()

    def end(self) -> None:
        """Give the connection back; what was not committed is rolled back."""
        if session := self.__dict__.pop("session", None):
            session.close()
        if connection := self.__dict__.pop("connection", None):
            connection.close()


def home() -> Home:
    """The process's home."""
    return cast(Home, current_app.extensions["home"])


def current() -> Turn:
    """This request's turn."""
    turn: Turn = g.turn
    return turn
