"""What every answer carries: a request id, security headers, one log line, one measurement."""

import re
import time
from functools import cache
from typing import Any

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Histogram
from werkzeug.middleware.proxy_fix import ProxyFix

from app.foundation.ids import new_id
from app.foundation.logs import request_line, scrub
from app.web import metrics
from app.web.problems import refuse_control_characters
from app.web.turn import Turn, home

_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
_ID = re.compile(r"^[A-Za-z0-9._-]{1,64}$")

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_ALWAYS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
)


def register(app: Flask, trusted_proxies: int) -> None:
    """Begin and end every request here; `trusted_proxies` stand before us and tell the caller's address."""
    if trusted_proxies:
        proxied = ProxyFix(
            app.wsgi_app, x_for=trusted_proxies, x_proto=trusted_proxies, x_host=trusted_proxies
        )
        app.wsgi_app = proxied  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_close)


def _begin() -> None:
    g.started = time.perf_counter()
    g.request_id = _request_id(request.headers.get("X-Request-Id"))
    g.turn = Turn(home())
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    refuse_control_characters()


def _request_id(sent: str | None) -> str:
    """The one that came in, if it is harmless, else a fresh one."""
    return scrub(sent) if sent and _ID.match(sent) else new_id().hex


def _end(answer: Response) -> Response:
    headers = answer.headers
    if answer.status_code == 204:
        headers.pop("Content-Type", None)
    fixed = [("X-Request-Id", g.request_id), *_ALWAYS]
    if "Content-Security-Policy" not in headers:
        page = answer.mimetype == "text/html"
        fixed.append(("Content-Security-Policy", PAGE_POLICY if page else _API_POLICY))
    if "Cache-Control" not in headers:
        fixed.append(("Cache-Control", "no-cache" if "ETag" in headers else "no-store"))
    if home().settings.web.public_url.startswith("https://"):
        fixed.append(("Strict-Transport-Security", "max-age=31536000"))
    headers.extend(fixed)
    if answer.status_code == 308:  # Flask leads to the right slash by an address made of what the client sent
        headers["Location"] = headers["Location"].removeprefix(request.host_url.rstrip("/"))
    _measure(answer)
    return answer


def _measure(answer: Response) -> None:
    """The route's pattern, never the path: ids and keys stay out of figures and logs."""
    took = time.perf_counter() - g.started
    route = request.url_rule.rule if request.url_rule else "unknown"
    method = request.method if request.method in _METHODS else "other"  # a client may send any word
    _histogram(route, method, answer.status_code).observe(took)
    caller = g.turn.known_caller
    request_line(
        request_id=g.request_id,
        person=str(caller.person_id) if caller else None,
        method=method,
        route=route,
        status=answer.status_code,
        ms=round(took * 1000, 1),
    )


@cache
def _histogram(route: str, method: str, status: int) -> Histogram:
    """Looked up once: routes, methods and statuses are few."""
    return metrics.REQUESTS.labels(route, method, status)


def _close(_: Any) -> None:
    turn: Turn | None = g.get("turn")
    if turn is not None:
        turn.end()
