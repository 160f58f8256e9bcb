"""The book that the public reads from: pages kept in this process, never more than a quarter of a second old.

At push time a hundred thousand phones open the same bulletin. A page once made costs no statement to read;
at most once in `look_every_s` one thread of the process looks whether a mark has moved, which every committed
change of what the public may read moves in the same transaction. Publication and expiry come by the clock:
the shelf knows the next such moment and is thrown away when it has come.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bulletins import reading, store
from app.bulletins.models import BulletinMark

LOOK_EVERY_S: Final = 0.25
_SKEW: Final = timedelta(seconds=5)  # requests that began before the shelf was made still read from it
_MOST_PAGES: Final = 2000
_MOST_BYTES: Final = 24_000_000

GetSession = Callable[[], Session]


@dataclass(frozen=True)
class Page:
    """A body and the tag that changes with it."""

    body: bytes
    etag: str


@dataclass
class _Shelf:
    """What was true between two moments, and the pages made of it so far."""

    mark: int
    since: datetime
    until: datetime | None
    pages: dict[Hashable, Page] = field(default_factory=dict)
    bytes: int = 0

    def holds(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


class BulletinBook:
    """One a process."""

    def __init__(self, look_every_s: float = LOOK_EVERY_S) -> None:
        self._look_every_s = look_every_s
        self._shelf: _Shelf | None = None
        self._looked = 0.0
        self._lock = threading.Lock()

    def page(
        self, session: GetSession, now: datetime, key: Hashable, make: Callable[[Session], BaseModel]
    ) -> Page:
        """The page of that key, made by `make` when nobody has asked for it since the last change.

        What `make` refuses is not kept.
        """
        shelf = self._current(session, now)
        kept = shelf.pages.get(key)
        if kept is None:
            kept = _page(make(session()).model_dump_json(by_alias=True).encode())
            self._keep(shelf, key, kept)
        return kept

    def _keep(self, shelf: _Shelf, key: Hashable, page: Page) -> None:
        """Searches are without number: a full shelf is emptied rather than grown."""
        with self._lock:
            if len(shelf.pages) >= _MOST_PAGES or shelf.bytes + len(page.body) > _MOST_BYTES:
                shelf.pages.clear()
                shelf.bytes = 0
            shelf.pages[key] = page
            shelf.bytes += len(page.body)

    def _current(self, session: GetSession, now: datetime) -> _Shelf:
        """The shelf of this moment; one thread at a time looks whether it must be made anew."""
        if (shelf := self._fresh(now)) is not None:
            return shelf
        with self._lock:
            if (shelf := self._fresh(now)) is not None:
                return shelf
            looking = time.monotonic()
            mark = _mark(session())
            if self._shelf is None or self._shelf.mark != mark or not self._shelf.holds(now):
                self._shelf = _Shelf(mark, now - _SKEW, reading.next_change(session(), now))
            self._looked = looking
            return self._shelf

    def _fresh(self, now: datetime) -> _Shelf | None:
        shelf = self._shelf
        looked_lately = time.monotonic() - self._looked < self._look_every_s
        return shelf if shelf is not None and looked_lately and shelf.holds(now) else None


def _mark(session: Session) -> int:
    return session.scalar(select(BulletinMark.revision).where(BulletinMark.name == store.MARK)) or 0


def _page(body: bytes) -> Page:
    return Page(body, f'W/"{hashlib.blake2b(body, digest_size=9).hexdigest()}"')
