"""What WeChat repeats of a call, made fit to be shown: no secret, token, code, number or openid in it."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from app.foundation.logs import scrub

HIDDEN = frozenset(
    (
        "access_token secret appsecret js_code session_key code openid touser unionid phonenumber"
        " purephonenumber content nickname media_url"
    ).split()
)
_NAMED = re.compile(rf"\b(?:{'|'.join(sorted(HIDDEN, key=len, reverse=True))})\b", re.IGNORECASE)
_OPENID = re.compile(r"(?<![0-9A-Za-z_-])o[0-9A-Za-z_-]{27}(?![0-9A-Za-z_-])")
_TOKEN = re.compile(r"(?<![0-9A-Za-z])[0-9]{2,3}_[0-9A-Za-z_-]{40,}")
_BLANK = "***"
_DEEPEST = 20


def masked(text: str) -> str:
    """A JSON body with the value of every telling name blanked out, also in JSON within JSON.

    A text that cannot be read as JSON (cut short, say) ends where the first telling name stands.
    """
    try:
        return json.dumps(_clean(json.loads(text), 0), ensure_ascii=False)
    except (ValueError, RecursionError):
        named = _NAMED.search(text)
        return _plain(text[: named.end()]) + f" {_BLANK}" if named else _plain(text)


def masked_query(text: str) -> str:
    """A query string with the same blanked out; percent-encoding hides nothing."""
    pairs = parse_qsl(text, keep_blank_values=True)
    return "&".join(f"{_plain(name)}={_value(name, value, 0)}" for name, value in pairs)


def _clean(part: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        return _BLANK
    if isinstance(part, dict):
        return {_plain(name): _value(name, value, depth) for name, value in part.items()}
    if isinstance(part, list):
        return [_clean(value, depth + 1) for value in part]
    return _inside(part, depth) if isinstance(part, str) else part


def _value(name: str, value: Any, depth: int) -> Any:
    return _BLANK if name.lower() in HIDDEN else _clean(value, depth + 1)


def _inside(text: str, depth: int) -> str:
    """A text that is JSON itself is cleaned as JSON."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            return json.dumps(_clean(json.loads(text), depth + 1), ensure_ascii=False)
        except (ValueError, RecursionError):
            return _BLANK
    return _plain(text)


def _plain(text: str) -> str:
    return scrub(_TOKEN.sub(_BLANK, _OPENID.sub("o" + _BLANK, text)))
