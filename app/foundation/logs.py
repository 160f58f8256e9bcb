"""Logs: one JSON object a line on standard error, scrubbed of secrets and personal data."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

_HIDDEN_KEYS = frozenset(
    "authorization cookie secret token access_token session_key password phone js_code openid".split()
)
_HIDDEN_TEXT = re.compile(
    r"(?P<name>(?:access_token|secret|appsecret|js_code|session_key|sig|password)[\"']?\s*[=:]\s*[\"']?"
    # "Key (…)=(…)": PostgreSQL names what was not unique
    r"|[?&]s=|\bBearer\s+|\bKey \([^)]*\)=\()[^&\s\"',}]+"
    r"|(?<!\d)(?P<phone>1[3-9]\d{9})(?!\d)",
    re.IGNORECASE,
)


def scrub(value: str) -> str:
    """Blank out secrets in URLs, headers and bodies, and mainland mobile numbers."""
    return _HIDDEN_TEXT.sub(lambda m: f"{m['name']}***" if m["name"] else m["phone"][:3] + "****", value)


def _scrub_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: object, value: Any) -> Any:
    if key in _HIDDEN_KEYS:
        return "***"
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {inner: _clean(inner, item) for inner, item in value.items()}
    return [_clean(None, item) for item in value] if isinstance(value, list | tuple) else value


def _json(event: EventDict, **_: Any) -> str:
    try:
        return orjson.dumps(event, default=repr, option=orjson.OPT_NON_STR_KEYS).decode()
    except orjson.JSONEncodeError:  # lone surrogates, enormous numbers: a fault's text may hold anything
        return json.dumps(event, default=repr, skipkeys=True)


class _Level:
    """Whether ordinary lines are wanted at all."""

    info = True


def request_line(**fields: Any) -> None:
    """The one line of a request, in one write and without the chain of processors: it costs a fifth of a
    cheap request's time there. Every field must be harmless by itself."""
    if _Level.info:
        stamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        sys.stderr.write(_json({"event": "request", **fields, "level": "info", "timestamp": stamp}) + "\n")


def configure_logs(level: str) -> None:
    """Send everything, also what libraries log, through the same scrubbed JSON lines."""
    _Level.info = level in ("debug", "info")
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            _scrub_event,
            structlog.processors.JSONRenderer(_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    _configure_libraries(shared)


def _configure_libraries(shared: list[Any]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _scrub_event,
                structlog.processors.JSONRenderer(_json),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # its debug lines carry whole URLs
