"""What the tests of this room share: a state in memory, threads that start together, servers."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from app.settings import WechatSettings
from app.wechat import WeChat
from app.wechat.default_templates import DEFAULT_TEMPLATES
from app.wechat.standin.demo import demo_openid
from app.wechat.standin.faults import Fault
from app.wechat.standin.server import StandIn

T = TypeVar("T")

APPID = "wx1234567890abcdef"
SECRET = "0123456789abcdef-the-app-secret"
DRIVER = demo_openid("driver")
TEMPLATE = DEFAULT_TEMPLATES[0].id
DATA = {"thing1": "热水供应", "phrase2": "已解决", "thing3": "热水已恢复", "time4": "2026年11月22日 15:01"}

LOGIN = "/sns/jscode2session"
TOKEN = "/cgi-bin/stable_token"
PHONE = "/wxa/business/getuserphonenumber"
SEND = "/cgi-bin/message/subscribe/send"


class MemoryShared:
    """The shared state of several "processes", nothing in it ends; `locking` off is the negative control."""

    def __init__(self, *, locking: bool = True) -> None:
        self.values: dict[str, str] = {}
        self._locking = locking
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, key: str) -> str | None:
        return self.values.get(key)

    def set(self, key: str, value: str, ttl_s: float) -> None:
        self.values[key] = value

    def delete_if(self, key: str, value: str) -> None:
        with self._guard:
            if self.values.get(key) == value:
                del self.values[key]

    @contextmanager
    def lock(self, name: str, ttl_s: float, wait_s: float) -> Iterator[bool]:
        if not self._locking:
            yield True
            return
        with self._guard:
            lock = self._locks.setdefault(name, threading.Lock())
        taken = lock.acquire(timeout=wait_s)
        try:
            yield taken
        finally:
            if taken:
                lock.release()


def settings(base: str, **changed: Any) -> WechatSettings:
    """A stand-in's address and account, a short deadline."""
    given: dict[str, Any] = {"api_base": base, "appid": APPID, "secret": SECRET, "deadline_s": 1.0}
    return WechatSettings(**(given | changed))


def wechat(base: str, *, shared: MemoryShared | None = None, slots: int = 16, **changed: Any) -> WeChat:
    """A platform client of its own, as one process would have it."""
    return WeChat(settings(base, **changed), shared or MemoryShared(), slots=slots)


def break_it(standin: StandIn, path: str, kind: str, value: float | None = None, times: int = -1) -> None:
    """Switch a fault on; for good if not said otherwise."""
    wanted = {"path": path, "kind": kind, "value": value, "times": times}
    with standin.world.lock:
        standin.world.faults.on.append(Fault.of(wanted))


def calls(standin: StandIn, path: str) -> int:
    """How often this path was called."""
    with standin.world.lock:
        return standin.world.calls[path]


def with_token() -> MemoryShared:
    """A shared state in which a token already lies."""
    shared = MemoryShared()
    shared.values[f"wechat:token:{APPID}"] = "fetch 99_a-token-in-force"
    return shared


def http_answer(body: bytes, content_type: str = "application/json") -> bytes:
    """A whole answer as it goes over the wire."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@contextmanager
def bare_server(answer: bytes) -> Iterator[tuple[str, bytearray]]:
    """Takes one connection, reads one request, answers those bytes: the address, and what came in."""
    received = bytearray()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            while not _whole(received) and (piece := connection.recv(65536)):
                received.extend(piece)
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", received
        thread.join(5)


def _whole(received: bytearray) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: *([0-9]+)", head, re.IGNORECASE)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


def at_once(number: int, work: Callable[[int], T]) -> list[T | BaseException]:
    """Run `work(0)`…`work(number-1)` in as many threads that start together; what each brought or raised."""
    start = threading.Barrier(number)

    def one(index: int) -> T | BaseException:
        start.wait(10)
        try:
            return work(index)
        except Exception as trouble:
            return trouble

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(one, range(number)))
