"""HTTP under a total deadline: no phase outlives it, from the name look-up to the last byte of the body.

A time-out of `requests` counts from one received piece to the next, and a connect time-out anew for each
address; a server that drips bytes can hold a thread for hours. Here every wait asks what is left of the
deadline.
"""

import http.client
import io
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from app.wechat.deadline import Deadline
from app.wechat.resolver import AddressInfo, Resolver

MAX_ANSWER_BYTES = 4 * 1024 * 1024
_PIECE_BYTES = 64 * 1024


@dataclass
class Exchange:
    """One request and its answer: until when, and whether the request may have reached WeChat."""

    deadline: Deadline
    connect_timeout_s: float
    written: bool = False


_exchange: ContextVar[Exchange] = ContextVar("wechat_exchange")
_resolver = Resolver()


@contextmanager
def taking_part(exchange: Exchange) -> Iterator[None]:
    """Everything sent and received by this thread within belongs to `exchange`."""
    before = _exchange.set(exchange)
    try:
        yield
    finally:
        _exchange.reset(before)


class _TimedReader(io.RawIOBase):
    """A socket's bytes; before each wait the socket is told what is left."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_exchange.get().deadline.need())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """Reads status line, headers and body through the timed reader."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock))


class _Timed(HTTPConnection):
    """A connection that opens within the deadline and notes when a request begins to go out."""

    response_class = _TimedResponse

    def _new_conn(self) -> socket.socket:
        exchange = _exchange.get()
        try:
            found = _resolver.addresses(self._dns_host, self.port, exchange.deadline)
            sock = self._reach_one(found, exchange)
        except socket.gaierror as trouble:
            raise NameResolutionError(self.host, self, trouble) from trouble
        except TimeoutError as trouble:
            raise ConnectTimeoutError(self, "no connection in time") from trouble
        except OSError as trouble:
            raise NewConnectionError(self, f"no connection: {trouble}") from trouble
        sys.audit("http.client.connect", self, self.host, self.port)
        return sock

    def _reach_one(self, addresses: Sequence[AddressInfo], exchange: Exchange) -> socket.socket:
        """The first address that answers; all of them together have `connect_timeout_s`, in even shares."""
        until = Deadline.after(min(exchange.connect_timeout_s, exchange.deadline.need()))
        trouble: OSError = OSError("the name has no address")
        for tried, (family, kind, protocol, _, address) in enumerate(addresses):
            sock = socket.socket(family, kind, protocol)
            try:
                for option in self.socket_options or ():
                    sock.setsockopt(*option)
                sock.settimeout(until.need() / (len(addresses) - tried))
                sock.connect(address)
                sock.settimeout(exchange.deadline.need())  # what follows (proxy, TLS) has the rest of it
                return sock
            except OSError as this:
                sock.close()
                trouble = this
        raise trouble

    def endheaders(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        exchange = _exchange.get()
        self.sock.settimeout(exchange.deadline.need())
        exchange.written = True
        super().endheaders(*args, **kwargs)


class _TimedTls(_Timed, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Timed


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTls


class _Adapter(HTTPAdapter):
    """Puts the timed connections into requests' pools, those through a proxy included."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        return manager


class Http:
    """What the library is given in the place of a requests session. Safe for many threads.

    Keeps at most `connections` open connections; how many may be under way at once is the gate's to say.
    Nothing comes from the environment (`HTTP_PROXY`, `.netrc`), no cookie is kept, no redirect followed:
    it would carry the token elsewhere.
    """

    def __init__(self, connections: int, proxy: str = "", verify: bool | str = True) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = verify
        self._session.proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _Adapter(pool_connections=2, pool_maxsize=connections)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def request(self, method: str, url: str, **kwargs: Any) -> requests.Response:
        """The whole answer, read, the connection given back. RequestException or OSError when lost."""
        exchange = _exchange.get()
        kwargs["timeout"] = (exchange.connect_timeout_s, exchange.deadline.need())
        response = self._session.request(method, url, stream=True, allow_redirects=False, **kwargs)
        with response:
            response._content = _read(response)
        return response

    def close(self) -> None:
        """Close the idle connections."""
        self._session.close()


def _read(response: requests.Response) -> bytes:
    body = bytearray()
    for piece in response.iter_content(_PIECE_BYTES):
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise requests.exceptions.ContentDecodingError("the answer is larger than any of WeChat's")
    return bytes(body)
