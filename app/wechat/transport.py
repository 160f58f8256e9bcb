"""HTTP under a total deadline: no phase outlives it, from the name look-up to the last byte of the body.

A time-out of urllib3 counts from one received piece to the next, and a connect time-out anew for each
address; a server that drips bytes can hold a thread for hours. Here every wait asks what is left of the
deadline.
"""

import http.client
import io
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

import requests
from urllib3 import (
    BaseHTTPResponse,
    HTTPConnectionPool,
    HTTPSConnectionPool,
    PoolManager,
    ProxyManager,
    Timeout,
    make_headers,
)
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, DecodeError, NameResolutionError, NewConnectionError
from urllib3.util import parse_url

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


class Http:
    """What the library is given in the place of a requests session. Safe for many threads.

    Keeps at most `connections` open connections; how many may be under way at once is the gate's to say.
    Nothing comes from the environment (`HTTP_PROXY`, `.netrc`), no cookie is kept, no redirect followed:
    it would carry the token elsewhere. Nothing is sent again by itself.
    """

    def __init__(self, connections: int, proxy: str = "", verify: bool | str = True) -> None:
        """`verify`: the file of authorities to trust, the usual ones (True), or nobody is asked (False)."""
        trusted = {"ca_certs": verify if isinstance(verify, str) else requests.utils.DEFAULT_CA_BUNDLE_PATH}
        common: dict[str, Any] = {
            "num_pools": 2,
            "maxsize": connections,
            "cert_reqs": "CERT_REQUIRED",
        } | trusted
        if verify is False:
            common["cert_reqs"] = "CERT_NONE"
        self._pools = _through(proxy, common) if proxy else PoolManager(**common)
        self._pools.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: object = None,
    ) -> requests.Response:
        """The whole answer, read, the connection given back. HTTPError of urllib3, or OSError, when lost.

        `timeout`, which the library gives, is not heeded: the exchange has a deadline.
        """
        exchange = _exchange.get()
        url, sign_in = _without_sign_in(url)
        with self._pools.urlopen(
            method.upper(),
            f"{url}?{urlencode(params)}" if params else url,
            body=data,
            headers=_HEADERS | dict(headers or {}) | sign_in,
            timeout=Timeout(exchange.connect_timeout_s, exchange.deadline.need()),
            retries=False,
            redirect=False,
            preload_content=False,
        ) as answer:
            return _as_the_library_wants_it(answer, url)

    def close(self) -> None:
        """Close the idle connections."""
        self._pools.clear()


_HEADERS = {"User-Agent": "drivers-home", "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}


def _without_sign_in(url: str) -> tuple[str, dict[str, str]]:
    """An address like `https://name:password@gateway/` without the name, and the header that says it."""
    if "@" not in url:
        return url, {}
    parsed = parse_url(url)
    if not parsed.auth:
        return url, {}
    said = make_headers(basic_auth=unquote(parsed.auth))["authorization"]
    return parsed._replace(auth=None).url, {"Authorization": said}


def _through(proxy: str, common: dict[str, Any]) -> ProxyManager:
    parsed = parse_url(proxy)
    sign_in = make_headers(proxy_basic_auth=unquote(parsed.auth)) if parsed.auth else None
    return ProxyManager(proxy, proxy_headers=sign_in, **common)


def _as_the_library_wants_it(answer: BaseHTTPResponse, url: str) -> requests.Response:
    """A response of `requests`: the library reads its status and content. `url`: without the query."""
    response = requests.Response()
    response.status_code, response.reason, response.url = answer.status, answer.reason or "", url
    response.headers.update(answer.headers)
    response._content = _read(answer)
    return response


def _read(answer: BaseHTTPResponse) -> bytes:
    body = bytearray()
    for piece in answer.stream(_PIECE_BYTES, decode_content=True):
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise DecodeError("the answer is larger than any of WeChat's")
    return bytes(body)
