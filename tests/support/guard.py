"""The guard: a test that reaches beyond this machine fails, whatever the code does with the error."""

import socket
from typing import Any

import pytest

_LOCAL = ("127.", "::1", "localhost")


class LeftTheHouse(AssertionError):
    """Somebody tried to talk to another machine."""


class Guard:
    """Replaces the ways out of a process with ones that look at the address first."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.attempts: list[str] = []
        for name in ("connect", "connect_ex", "sendto"):
            monkeypatch.setattr(socket.socket, name, self._watched(getattr(socket.socket, name)))
        monkeypatch.setattr(socket, "getaddrinfo", self._watched_lookup(socket.getaddrinfo))

    def _watched(self, real: Any) -> Any:
        def look(sock: socket.socket, *args: Any) -> Any:
            if sock.family != socket.AF_UNIX:
                self._check(args[-1][0])
            return real(sock, *args)

        return look

    def _watched_lookup(self, real: Any) -> Any:
        def look(host: Any, *args: Any, **kwargs: Any) -> Any:
            if host is not None:
                self._check(host.decode() if isinstance(host, bytes) else str(host))
            return real(host, *args, **kwargs)

        return look

    def _check(self, host: str) -> None:
        if not host.startswith(_LOCAL):
            self.attempts.append(host)
            raise LeftTheHouse(f"a test tried to reach {host}")
