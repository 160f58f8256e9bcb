"""A port in use is waited for, then named in one sentence."""

import errno
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from app.launcher import ports
from app.launcher.problems import LaunchProblem


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    other = socket.create_server(("127.0.0.1", 0))
    yield other
    other.close()


def test_a_port_that_stays_taken_is_named(taken: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "PATIENCE_S", 0.3)
    port = taken.getsockname()[1]
    with pytest.raises(LaunchProblem, match=f"端口 {port} 已被占用.* / Port {port} is in use"):
        ports.listen("127.0.0.1", port)


def test_a_port_that_is_let_go_within_five_seconds_is_taken_over(taken: socket.socket) -> None:
    began = time.monotonic()
    threading.Timer(0.5, taken.close).start()
    with ports.listen("127.0.0.1", taken.getsockname()[1]) as ours:
        assert ours.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1
    assert 0.3 < time.monotonic() - began < 5


def test_an_address_that_is_not_ours_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> socket.socket:
        raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))

    monkeypatch.setattr(ports, "_bound", refused)
    with pytest.raises(LaunchProblem, match=r"Cannot listen on 192\.0\.2\.1"):
        ports.listen("192.0.2.1", 8000)


@pytest.mark.parametrize(
    ("given", "reached"), [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("10.1.2.3", "10.1.2.3")]
)
def test_listening_everywhere_is_reached_on_loopback(given: str, reached: str) -> None:
    assert ports.reachable_host(given) == reached
