"""A phone on the road: one connection, and the same key again until there is an answer."""

import contextlib
import http.client
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

API = "/api/v1"
_PATIENCE_S = 60.0
_AGAIN_S = 0.2
_NOT_YET = ("api.unavailable", "api.in_progress")


@dataclass(frozen=True)
class Reply:
    """What came back, when it was asked and how long it took."""

    status: int
    body: Any
    replayed: bool
    began: float
    seconds: float

    @property
    def code(self) -> str:
        """The stable code of a refusal, empty otherwise."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


@dataclass
class Phone:
    """One person's; for one thread. `cut` counts requests whose answer never came, `refused` those that
    nobody took, `put_off` the 503 and 409 after which it asked again, `replies` every answer."""

    port: int
    token: str = ""
    timeout_s: float = 15.0
    cut: int = 0
    refused: int = 0
    put_off: Counter[str] = field(default_factory=Counter)
    replies: list[Reply] = field(default_factory=list)
    _line: http.client.HTTPConnection | None = None

    def call(self, method: str, path: str, body: object = None, key: uuid.UUID | None = None) -> Reply:
        """Once. OSError or HTTPException when the line is cut; paths beginning with /api are below it."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key is not None:
            headers["Idempotency-Key"] = str(key)
        began = time.monotonic()
        try:
            if self._line is None:
                self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout_s)
            self._line.request(method, path, None if body is None else orjson.dumps(body), headers)
            answer = self._line.getresponse()
            raw = answer.read()
        except (OSError, http.client.HTTPException):
            self.hang_up()
            raise
        replayed = answer.headers.get("Idempotency-Replayed") == "true"
        told = orjson.loads(raw) if "json" in answer.headers.get("Content-Type", "") else raw
        reply = Reply(answer.status, told, replayed, began, time.monotonic() - began)
        self.replies.append(reply)
        return reply

    def insist(self, path: str, body: object) -> Reply:
        """POST with a key of its own, again and again with that key, until it is done."""
        key = uuid.uuid4()
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            try:
                reply = self.call("POST", API + path, body, key)
            except ConnectionRefusedError:
                self.refused += 1
            except (OSError, http.client.HTTPException):
                self.cut += 1
            else:
                if reply.code not in _NOT_YET:
                    assert reply.status in (200, 201), f"{path}: {reply.status} {reply.body}"
                    return reply
                self.put_off[reply.code] += 1
            time.sleep(_AGAIN_S)
        raise AssertionError(f"no answer to {path} within {_PATIENCE_S:.0f} s")

    def sign_in(self, name: str) -> "Phone":
        """As `demo:<name>` of the stand-in."""
        reply = self.call("POST", f"{API}/auth/wechat", {"code": f"demo:{name}"})
        assert reply.status == 200, reply.body
        self.token = reply.body["token"]
        return self

    def hang_up(self) -> None:
        """Close the connection; the next call makes another."""
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.close()
            self._line = None


class Crowd:
    """Threads that go on until `stop` is set; what goes wrong in one is raised where they are awaited."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._trouble: list[BaseException] = []

    def add(self, work: Any, *arguments: object) -> None:
        """Begin `work(stop, *arguments)` in a thread of its own."""

        def run() -> None:
            try:
                work(self.stop, *arguments)
            except BaseException as trouble:
                self._trouble.append(trouble)

        self._threads.append(threading.Thread(target=run, daemon=True))
        self._threads[-1].start()

    def let_run(self, seconds: float) -> None:
        """Wait that long, or until one of them is in trouble."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._trouble:
            time.sleep(min(0.05, max(0.0, until - time.monotonic())))
        self._raise()

    def end(self) -> None:
        """Ask them to end and wait for all."""
        self.stop.set()
        for thread in self._threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self._threads), "a client never ended"
        self._raise()

    def _raise(self) -> None:
        if self._trouble:
            raise self._trouble[0]


@contextmanager
def crowd() -> Iterator[Crowd]:
    """Clients at work for the time of the block; all have ended behind it."""
    together = Crowd()
    try:
        yield together
    except BaseException:
        together.stop.set()
        raise
    together.end()
