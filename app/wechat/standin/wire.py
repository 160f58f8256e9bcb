"""Requests, answers and errors in the shapes that WeChat gives them.

WeChat docs: the HTTP status is 200 also for errors; `sns/*` calls its JSON `text/plain`, other APIs say
`application/json; encoding=utf-8`; an error text ends in a request id whose first part is the time in hex.
"""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_API_JSON = "application/json; encoding=utf-8"
_SNS_JSON = "text/plain"


class ApiError(Exception):
    """An answer with an errcode in it."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errcode, errmsg)
        self.errcode = errcode
        self.errmsg = errmsg


@dataclass(frozen=True)
class Request:
    """What came in. `takes_s`: how long the answer will be held back, so how long the call is under way."""

    method: str
    path: str
    query: Mapping[str, str]
    raw: bytes = b""
    takes_s: float = 0.0

    def json(self) -> dict[str, Any]:
        """The body as an object. ApiError 44002 when empty, 47001 when it is none."""
        if not self.raw:
            raise ApiError(44002, "empty post data")
        try:
            body = json.loads(self.raw.decode("utf-8"))
        except (ValueError, RecursionError):
            raise ApiError(47001, "data format error") from None
        if not isinstance(body, dict):
            raise ApiError(47001, "data format error")
        return body


@dataclass(frozen=True)
class Answer:
    """What goes out, always with a length."""

    body: bytes
    content_type: str = _API_JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def ok(path: str, body: Mapping[str, Any]) -> Answer:
    """A JSON answer with the content type that belongs to the path."""
    encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(encoded, _SNS_JSON if path.startswith("/sns/") else _API_JSON)


def error(path: str, trouble: ApiError, rid: str) -> Answer:
    """An error in the real shape; the separator before `rid` differs between API families, as in reality."""
    separator = ", rid: " if path.startswith("/sns/") else " rid: "
    return ok(path, {"errcode": trouble.errcode, "errmsg": f"{trouble.errmsg}{separator}{rid}"})


def new_rid() -> str:
    """Three groups of eight hex digits, the first the time: `64b79592-1db719b6-187cfe77`."""
    return f"{int(time.time()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
