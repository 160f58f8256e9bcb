"""People who write without pause, and what they were told was written."""

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
from sqlalchemy import select

from app.checkins.models import CheckIn
from app.foundation.database import Database, driver_url
from app.helpdesk.models import HelpRequest, RequestMessage
from app.settings import DatabaseSettings
from tests.live.phone import Phone

THREADS = 16
_STAFF = 3  # of the threads


@dataclass(frozen=True)
class Written:
    """One row that the service said is there. `mark` is in that row and in no other."""

    table: str
    id: str
    mark: str


@dataclass
class Writer:
    """One thread's person, and all that was acknowledged to him."""

    phone: Phone
    number: int
    place_key: str
    thread: str = ""  # the request that a staff member answers; empty for a driver
    written: list[Written] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    began: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def work(self, stop: threading.Event) -> None:
        """Write until told to stop; what was begun is finished."""
        for step in self._steps():
            self.written.append(step)
            if stop.is_set():
                return

    def _steps(self) -> Iterator[Written]:
        number = 0
        while True:
            number += 1
            mark = f"第{self.number}人第{number}条"
            if self.thread:
                yield self._reply(mark)
                continue
            yield self._check_in(number)
            yield self._request(f"{mark}饭", "meal")
            yield self._request(f"{mark}急", "medical", for_other_person=True)
            yield self._call_again(f"{mark}再")

    def _check_in(self, number: int) -> Written:
        """Each scan eleven minutes before the last: none is a repeat of another."""
        at = self.began - timedelta(minutes=11 * number, milliseconds=self.number)
        body = {"code": self.place_key, "scanned_at": at.isoformat(), "purpose": "rest"}
        reply = self.phone.insist("/checkins", body)
        assert reply.body["repeat"] is False, reply.body
        self.kinds["check-ins"] += 1
        return Written("check_in", reply.body["id"], at.isoformat())

    def _request(self, mark: str, kind: str, **more: object) -> Written:
        body = {"kind": kind, "station": "GS001", "side": "A", "text": mark, **more}
        reply = self.phone.insist("/requests", body)
        assert reply.status == 201, reply.body
        self.kinds[f"{kind} requests"] += 1
        return Written("help_request", reply.body["id"], mark)

    def _call_again(self, mark: str) -> Written:
        """A medical call for oneself: the first is a request, every later one a message in it."""
        reply = self.phone.insist("/requests", {"kind": "medical", "station": "GS001", "text": mark})
        self.kinds["medical calls again"] += 1
        if reply.status == 201:
            return Written("help_request", reply.body["id"], mark)
        (said,) = (m for m in reply.body["messages"] if m["text"].split("\n")[0] == mark)
        return Written("request_message", said["id"], mark)

    def _reply(self, mark: str) -> Written:
        body = {"text": mark, "internal": self.number % 2 == 0}
        reply = self.phone.insist(f"/staff/requests/{self.thread}/replies", body)
        self.kinds["staff replies"] += 1
        return Written("request_message", reply.body["id"], mark)


def sixteen(port: int, url: str) -> list[Writer]:
    """Thirteen drivers and three threads of the desk, signed in."""
    place = place_key(url)
    writers = []
    for number in range(THREADS):
        at_desk = number < _STAFF
        phone = Phone(port).sign_in("staff" if at_desk else f"road{number}")
        thread = ""
        if at_desk:
            asker = Phone(port).sign_in(f"asker{number}")
            asked = asker.insist("/requests", {"kind": "meal", "station": "GS001", "text": "一碗面"})
            asker.hang_up()
            thread = asked.body["id"]
        writers.append(Writer(phone, number, place, thread))
    return writers


def place_key(url: str) -> str:
    """The key on the poster of GS001, side A."""
    with psycopg.connect(_plain(url)) as connection:
        found = "SELECT key FROM qr_key WHERE station = 'GS001' AND side = 'A' AND state = 'active'"
        row = connection.execute(found).fetchone()
    assert row is not None
    return str(row[0])


def check(writers: list[Writer], url: str) -> str:
    """Every acknowledged row is there under its id and with its mark, once, and none besides; in figures."""
    told = [written for writer in writers for written in writer.written]
    askers = sum(bool(writer.thread) for writer in writers)
    there = rows(url)
    lost = set(told) - set(there)
    assert not lost, f"{len(lost)} acknowledged writes are lost, such as {next(iter(lost))}"
    assert len(set(told)) == len(told), "two answers named the same row"
    marks = Counter((row.table, row.mark) for row in there if row.mark != "一碗面")
    twice = [mark for mark, number in marks.items() if number > 1]
    assert not twice, f"written twice: {twice[:5]}"
    untold = [row for row in set(there) - set(told) if row.mark != "一碗面"]
    assert not untold, f"{len(untold)} rows of which nobody was told, such as {untold[0]}"
    return f"{len(told)} acknowledged, {len(there) - askers} rows, {len(lost)} lost, {len(twice)} twice: " + (
        ", ".join(f"{number} {kind}" for kind, number in sum((w.kinds for w in writers), Counter()).items())
    )


def rows(url: str) -> list[Written]:
    """All that is in the three tables."""
    database = Database(DatabaseSettings(url=url))
    try:
        with database.transaction() as session:
            scans = session.execute(select(CheckIn.id, CheckIn.scanned_at))
            found = [Written("check_in", str(i), at.astimezone(UTC).isoformat()) for i, at in scans]
            for model in (HelpRequest, RequestMessage):
                for row_id, text in session.execute(select(model.id, model.text)):
                    found.append(Written(model.__tablename__, str(row_id), text.split("\n")[0]))
            return found
    finally:
        database.close()


def _plain(url: str) -> str:
    return driver_url(url).replace("+psycopg", "", 1)
