"""The way to WeChat through a proxy, by setting alone: plain requests, TLS tunnels, passwords, refusals."""

import base64
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest

from app.wechat import Sort, Unavailable
from app.wechat.standin.server import StandIn
from tests.wechat.helpers import DATA, DRIVER, TEMPLATE, wechat, with_token


@dataclass
class Proxy:
    """A small proxy: forwards requests and tunnels, always to one server, whatever name is asked for."""

    target: tuple[str, int]
    refuse: int = 0
    heads: list[bytes] = field(default_factory=list)
    port: int = 0

    def serve(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self._carry, args=(connection,), daemon=True).start()

    def _carry(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            received = b""
            while b"\r\n\r\n" not in received and (piece := connection.recv(65536)):
                received += piece
            self.heads.append(received)
            if self.refuse:
                connection.sendall(f"HTTP/1.1 {self.refuse} No\r\nContent-Length: 0\r\n\r\n".encode())
                return
            with socket.create_connection(self.target) as onward:
                if received.startswith(b"CONNECT"):
                    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    onward.sendall(_to_path(received))
                _both_ways(connection, onward)


def _to_path(request: bytes) -> bytes:
    """`GET http://host/path` becomes `GET /path`; the proxy's own header goes no further."""
    line, _, rest = request.partition(b"\r\n")
    method, url, version = line.split(b" ")
    kept = [h for h in rest.split(b"\r\n") if not h.lower().startswith(b"proxy-authorization")]
    return b" ".join([method, b"/" + url.split(b"/", 3)[3], version]) + b"\r\n" + b"\r\n".join(kept)


def _both_ways(one: socket.socket, other: socket.socket) -> None:
    while True:
        for ready in select.select([one, other], [], [], 5)[0]:
            piece = ready.recv(65536)
            if not piece:
                return
            (other if ready is one else one).sendall(piece)


@contextmanager
def proxy(standin: StandIn, refuse: int = 0) -> Iterator[Proxy]:
    host, port = standin.server_address[:2]
    made = Proxy((str(host), int(port)), refuse)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made.port = listener.getsockname()[1]
        threading.Thread(target=made.serve, args=(listener,), daemon=True).start()
        yield made


def test_every_kind_of_call_goes_through_the_proxy_and_nowhere_else(standin: StandIn) -> None:
    """The name exists nowhere, so whatever bypassed the proxy would fail."""
    with proxy(standin) as between:
        client = wechat("http://weixin.invalid", proxy=f"http://127.0.0.1:{between.port}")
        assert client.login("demo:driver").openid == DRIVER
        assert client.phone_number("demo:13800001234").phone == "13800001234"
        assert client.check_text(DRIVER, "好").suggest == "pass"
        assert client.code_image("s=1", "pages/scan/index").startswith(b"\x89PNG")
        assert client.templates()
        client.close()
    asked = [head.split(b" ")[1].split(b"?")[0].decode() for head in between.heads]
    assert asked
    assert all(url.startswith("http://weixin.invalid/") for url in asked)


def test_a_proxy_s_password_reaches_the_proxy_only(standin: StandIn) -> None:
    with proxy(standin) as between:
        password = "pass" + "word"
        address = f"http://home:{password}@127.0.0.1:{between.port}"
        assert wechat("http://weixin.invalid", proxy=address).login("demo:driver").openid == DRIVER
    wanted = b"Basic " + base64.b64encode(f"home:{password}".encode())
    assert wanted in between.heads[0]
    with standin.world.lock:
        assert sum(standin.world.calls.values()) == 1


def test_tls_goes_through_a_tunnel_in_which_the_proxy_reads_nothing(standin: StandIn) -> None:
    """The stand-in at the end speaks no TLS here: what matters is what the proxy got to see."""
    with proxy(standin) as between:
        client = wechat("https://weixin.invalid", proxy=f"http://127.0.0.1:{between.port}")
        with pytest.raises(Unavailable):
            client.login("demo:driver")
    (head,) = between.heads
    assert head.startswith(b"CONNECT weixin.invalid:443 ")
    assert b"secret" not in head
    assert b"demo:driver" not in head


@pytest.mark.parametrize("status", [403, 407])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_refuses_sent_nothing(standin: StandIn, scheme: str, status: int) -> None:
    with proxy(standin, refuse=status) as between:
        address = f"http://127.0.0.1:{between.port}"
        client = wechat(f"{scheme}://weixin.invalid", shared=with_token(), proxy=address)
        assert client.send_subscribe(DRIVER, TEMPLATE, DATA).sort is Sort.TRY_LATER
    assert not standin.world.calls
