"""The stand-in as an HTTP server: connections, faults on the wire, and how to start it."""

import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from app.wechat.standin import control, page, routes, wire
from app.wechat.standin.faults import Fault, Kind
from app.wechat.standin.memory import Memory
from app.wechat.standin.pusher import Plan
from app.wechat.standin.subscribe import Template
from app.wechat.standin.world import World

_LARGEST_BODY = 1024 * 1024
_IDLE_S = 120
_OWN_NAMES = ("127.0.0.1", "localhost", "::1")
_GATEWAY_PAGE = b"<html><body><center><h1>Bad Gateway</h1></center><hr><center>nginx</center></body></html>"


class StandIn(ThreadingHTTPServer):
    """Listens from the moment it is made; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, host: str, port: int, world: World) -> None:
        self.world = world
        world.paths = frozenset(routes.ROUTES)
        self.stopping = threading.Event()
        self._connected: set[socket.socket] = set()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        """Where it can be reached from this machine, without a slash at the end."""
        host, port = self.server_address[:2]
        return f"http://[{host!s}]:{port}" if ":" in str(host) else f"http://{host!s}:{port}"

    def get_request(self) -> tuple[socket.socket, Any]:
        """Note who is connected."""
        connection, address = super().get_request()
        self._connected.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Note who is gone."""
        self._connected.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening, end what hangs and what is only kept alive."""
        self.stopping.set()
        self.world.pusher.stop()
        super().server_close()
        for connection in list(self._connected):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def server_bind(self) -> None:
        """Without the look-up of this machine's own name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who went away is nothing to report: that is what the faults are for."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection, kept alive as WeChat's are."""

    server: StandIn
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer in two writes waits 40 ms for an acknowledgement
    timeout = _IDLE_S

    def _serve(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_BODY:
            self.close_connection = True
            return
        query = dict(parse_qsl(url.query, keep_blank_values=True))
        request = wire.Request(self.command, url.path, query, self.rfile.read(length))
        if url.path.startswith(control.PREFIX) or url.path in page.PATHS:
            self._send(self._for_people(request))
        else:
            self._as_platform(request)

    do_GET = do_POST = do_DELETE = _serve

    def _for_people(self, request: wire.Request) -> wire.Answer:
        """Only for this machine, and of its browsers only for this page: whoever may set faults and make
        codes may be anybody, and a page from elsewhere can make a browser call here."""
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        known = urlsplit(f"//{host}").hostname in _OWN_NAMES and origin in (None, f"http://{host}")
        if not ip_address(self.client_address[0]).is_loopback or not known:
            return wire.Answer(b"", status=403)
        if request.path in page.PATHS:
            return page.answer(self.server.world, request, self.headers.get("If-None-Match"))
        return control.answer(self.server.world, request)

    def _as_platform(self, request: wire.Request) -> None:
        world = self.server.world
        with world.lock:
            world.calls[request.path] += 1
            fault = world.faults.next_for(request.path)
            takes_s = world.latency_s.get(request.path, 0.0)
        if fault and fault.kind is Kind.SLOW:
            takes_s += fault.value
        if fault is None or fault.after or fault.kind in _HARMLESS:
            request = wire.Request(request.method, request.path, request.query, request.raw, takes_s)
            answer = routes.answer(world, request)
        else:
            answer = wire.Answer(b"{}")
        self.server.stopping.wait(takes_s)
        if fault is None:
            self._send(answer)
        else:
            self._send_badly(fault, request, answer)

    def _send(self, answer: wire.Answer) -> None:
        self.wfile.write(self._head(answer) + answer.body)

    def _head(self, answer: wire.Answer) -> bytes:
        lines = [f"HTTP/1.1 {answer.status} OK", f"Date: {self.date_time_string()}"]
        lines += [f"Content-Type: {answer.content_type}", f"Content-Length: {len(answer.body)}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        return ("\r\n".join([*lines, "Connection: keep-alive", "", ""])).encode("latin-1")

    def _send_badly(self, fault: Fault, request: wire.Request, answer: wire.Answer) -> None:
        match fault.kind:
            case Kind.SLOW:
                self._send(answer)
            case Kind.HANG:
                self.server.stopping.wait(fault.value)
                self.close_connection = True
            case Kind.DRIP:
                self._drip(b"", self._head(answer) + answer.body, fault.value)
            case Kind.DRIP_BODY:
                self._drip(self._head(answer), answer.body, fault.value)
            case Kind.RESET:
                self._reset()
            case Kind.CUT:
                self.wfile.write(self._head(answer) + answer.body[: len(answer.body) // 2])
                self.close_connection = True
            case Kind.GARBAGE:
                self._send(wire.Answer(b'{"errcode":0,"errmsg', answer.content_type))
            case Kind.BUSY:
                self._send(routes.error(self.server.world, request, wire.ApiError(-1, "system error")))
            case Kind.ERRCODE:
                injected = wire.ApiError(int(fault.value), "injected fault")
                self._send(routes.error(self.server.world, request, injected))
            case Kind.STATUS:
                self._send(wire.Answer(_GATEWAY_PAGE, "text/html", int(fault.value)))

    def _drip(self, at_once: bytes, slowly: bytes, pause_s: float) -> None:
        self.wfile.write(at_once)
        for byte in slowly:
            if self.server.stopping.wait(pause_s):
                return
            self.wfile.write(bytes([byte]))

    def _reset(self) -> None:
        """Lingering for zero seconds makes the kernel send RST in the place of FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.rfile.close()
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: its lines would carry the secret in the address."""


_HARMLESS = (Kind.SLOW, Kind.DRIP, Kind.DRIP_BODY, Kind.CUT)


@contextmanager
def running(world: World, host: str = "127.0.0.1", port: int = 0) -> Iterator[StandIn]:
    """A stand-in in a thread of this process, for tests."""
    server = StandIn(host, port, world)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def run(
    host: str = "127.0.0.1",
    port: int = 8001,
    demo: bool = True,
    *,
    appid: str | None = None,
    secret: str | None = None,
    templates: Iterable[Template] = (),
    plan: Plan | None = None,
    now: Callable[[], float] = time.time,
    memory: Path | None = None,
) -> None:
    """Serve until interrupted. OSError when the port is taken. Without appid or secret any will do.

    `plan`: where events are pushed; `now` in seconds since 1970; `memory`: a file that outlives it.
    """
    world = World(appid=appid, secret=secret, demo=demo, templates=templates, now=now)
    server = StandIn(host, port, world)
    if plan is not None:
        world.pusher.use(plan)
    kept = Memory(world, memory) if memory else None
    if kept:
        kept.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        if kept:
            kept.stop()
        server.server_close()
