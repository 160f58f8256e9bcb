"""What a client sent, parsed once: strictly, but generously where help is asked for."""

import json
import re
from collections.abc import Callable
from typing import Any

import orjson
from flask import current_app, request

from app.foundation.plain import too_deep
from app.foundation.refusals import INVALID
from app.web import refusals
from app.web.fields import in_chinese

NeverRefused = Callable[[Any], bool]

_LENIENT_BYTES = 4 * 1024 * 1024
_DEEPEST = 32
_KIND = re.compile(r'"kind"\s*:\s*"([^"\\]{1,40})"')


def accept_body(never_refused: NeverRefused | None, *, may_be_empty: bool = False) -> None:
    """Parse the body once for all who look at it afterwards.

    400 `api.bad_json`, 413 `api.too_large`, 415 `api.media_type`, 422 when it is no object. Where
    `never_refused` is given and recognises a cry for help, a wrong content type, broken characters, numbers
    beyond measure, depth and a megabyte of text are no obstacle. Where it `may_be_empty`, no body is `{}`.
    """
    raw = fetch_body(never_refused)
    if may_be_empty and not raw:
        request._cached_json = ({}, {})
        return
    sent = _read(raw)
    if never_refused and sent is None:
        sent = _read_leniently(raw, never_refused)
    if not (never_refused and never_refused(sent)):
        _check(raw, sent)
    request._cached_json = (sent, sent)  # what request.get_json() answers from here on


def accept_nothing() -> None:
    """Where nothing is asked for, a field that is sent is unknown (422), not passed over."""
    if request.is_json and (sent := _read(fetch_body(None))) and isinstance(sent, dict):
        unknown = in_chinese("extra_forbidden")
        raise INVALID.now(errors=[{"field": str(name)[:100], "message": unknown} for name in [*sent][:20]])


def fetch_body(never_refused: NeverRefused | None) -> bytes:
    """All of the body, however slowly it comes; the beginning of a cry for help that has no end.

    413 `api.too_large`.
    """
    taken = _LENIENT_BYTES if never_refused else current_app.config["MAX_CONTENT_LENGTH"]
    endless = never_refused and (request.content_length or 0) > taken
    # A body in chunks has no length; it is cut off at the limit without a word.
    request.max_content_length = request.content_length if endless else taken + 1
    raw = request.stream.read(taken + 1) if endless else request.get_data()
    if len(raw) <= taken:
        return raw
    if not (never_refused and never_refused(_as_text(raw.decode("utf-8", "replace")))):
        raise refusals.TOO_LARGE.now()
    raw = request._cached_data = raw[:taken]  # what request.get_data() answers from here on
    return raw


def _as_text(text: str) -> dict[str, str] | None:
    """A body that cannot be parsed, as the text of the kind that it names."""
    kind = _KIND.search(text)
    return {"kind": kind[1], "text": text} if kind else None


def _check(raw: bytes, sent: Any) -> None:
    if len(raw) > current_app.config["MAX_CONTENT_LENGTH"]:
        raise refusals.TOO_LARGE.now()
    if not request.is_json:
        raise refusals.MEDIA_TYPE.now()
    if sent is None or too_deep(sent, _DEEPEST):
        raise refusals.BAD_JSON.now()
    if not isinstance(sent, dict):
        raise INVALID.now(errors=[{"field": "body", "message": "应为一个对象"}])


def _read(raw: bytes) -> Any:
    """JSON of RFC 8259; None when it is none (a bare `null` too: nobody sends one)."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass  # lone surrogates are no reason to call it unreadable: the fields that hold them are named
    try:
        return json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are JavaScript, not JSON


def _read_leniently(raw: bytes, never_refused: NeverRefused) -> Any:
    text = raw.decode("utf-8", "replace")
    try:
        cry = json.loads(text, parse_int=_number, parse_constant=str)
    except ValueError:
        cry = _as_text(text) if len(raw) == _LENIENT_BYTES else None
    except RecursionError:
        cry = _as_text(text)
    return cry if never_refused(cry) else None


def _number(digits: str) -> int | str:
    return int(digits) if len(digits) < 300 else digits
