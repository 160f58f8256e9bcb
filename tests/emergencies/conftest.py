"""A house whose clock can be moved, and a channel that notes what it was sent."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.foundation.home import Home
from app.settings import Settings
from tests.support.clients import Somebody
from tests.support.moved import later as later
from tests.support.moved import own_folder


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A data folder of the test's own: its clock is set."""
    return own_folder(settings, tmp_path)


@pytest.fixture
def call(driver: Somebody) -> dict[str, Any]:
    """A medical call at GS001 that nobody has taken."""
    made = driver.post("/requests", {"kind": "medical", "station": "GS001", "side": "A", "text": "胸口疼"})
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json
    return found


def steps(home: Home, request_id: str) -> list[str]:
    """The steps that a call has climbed, in order."""
    with home.database.transaction() as session:
        found = "SELECT step FROM alarm_step WHERE request_id = :id ORDER BY since, at, step DESC"
        return list(session.scalars(text(found), {"id": request_id}))


def rung(somebody: Somebody) -> int:
    """How often somebody's inbox rings of an unheld call."""
    return sum("没有人接" in item["title"] for item in somebody.get("/inbox").json["items"])


HANGS_S = 20.0


@dataclass
class Gateway:
    """What a webhook of this machine received, and how it answers."""

    url: str = ""
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    answer: bytes = b'{"errcode": 0}'
    hangs: threading.Event = field(default_factory=threading.Event)


@contextmanager
def gateway(**how: Any) -> Iterator[Gateway]:
    """A webhook on a port of this machine; with `hangs` set it answers only when that is cleared."""
    made = Gateway(**how)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.received.append((dict(self.headers), body))
            until = time.monotonic() + HANGS_S
            while made.hangs.is_set() and time.monotonic() < until:
                time.sleep(0.05)
            self.send_response(made.status)
            self.send_header("Content-Length", str(len(made.answer)))
            self.end_headers()
            self.wfile.write(made.answer)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield made
    finally:
        made.hangs.clear()
        server.shutdown()
        server.server_close()


@pytest.fixture
def robot() -> Iterator[Gateway]:
    with gateway() as made:
        yield made


@pytest.fixture
def voice() -> Iterator[Gateway]:
    with gateway() as made:
        yield made
