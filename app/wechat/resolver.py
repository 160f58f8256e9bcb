"""Names into addresses within a deadline; the system's own resolver knows no time-out."""

import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from app.wechat.deadline import Deadline

AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]


class Resolver:
    """Asks in a thread of its own, one for each name at a time, however many callers wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, int], Future[Sequence[AddressInfo]]] = {}

    def addresses(self, host: str, port: int, deadline: Deadline) -> Sequence[AddressInfo]:
        """Where to connect to, best first. OSError when the name is unknown, TimeoutError at the deadline."""
        return self._ask(host, port).result(timeout=deadline.left())

    def _ask(self, host: str, port: int) -> Future[Sequence[AddressInfo]]:
        with self._lock:
            asked = self._asked.get((host, port))
            if asked is None:
                asked = Future()
                threading.Thread(target=self._look_up, args=(host, port, asked), daemon=True).start()
                self._asked[host, port] = asked  # before the thread can forget it: that takes the lock
            return asked

    def _look_up(self, host: str, port: int, asked: Future[Sequence[AddressInfo]]) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except Exception as trouble:
            self._forget(host, port)
            asked.set_exception(trouble)
        else:
            self._forget(host, port)
            asked.set_result(found)

    def _forget(self, host: str, port: int) -> None:
        with self._lock:
            del self._asked[host, port]
