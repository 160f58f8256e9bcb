"""The only module that knows wechatpy: one request in, one reply out, nothing raised, nothing told.

wechatpy 1.8.18 is untyped, retries a refused token without end, fetches tokens without a time-out, sends
the token to the login URL, and knows three fixed hosts. It is used for what it does well (paths, raw UTF-8
JSON, reading answers whatever their header says, sorting out errors) with its own retry, its tokens and its
session taken away.
"""

import http.client
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import requests
import urllib3.exceptions
from wechatpy.client.base import BaseWeChatClient
from wechatpy.exceptions import WeChatClientException

from app.foundation.logs import scrub
from app.wechat.replies import Lost, Reply, answered, complained, pictured
from app.wechat.transport import Exchange, Http, taking_part

REAL_HOST = "https://api.weixin.qq.com"

_SECRET_FIELDS = (
    "secret", "access_token", "js_code", "code", "session_key",
    "openid", "touser", "content", "nickname", "media_url",
)  # fmt: skip
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_LONGEST_ERRMSG = 300
_SHORTEST_SECRET = 6
_LOST = (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)
_UNREADABLE = (ValueError, TypeError, RecursionError)  # JSON nested too deep, an errcode that is no number


@dataclass(frozen=True)
class Request:
    """One call: path without a leading slash, query, JSON body (POST) or none (GET).

    `picture`: the answer wanted is a picture. `aside`: a question of the operator's; that WeChat does not
    answer it says nothing about how WeChat is.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    picture: bool = False
    aside: bool = False

    def with_token(self, token: str) -> "Request":
        """The same with the access token, which WeChat wants in the query."""
        return replace(self, query={**self.query, "access_token": token})

    def secrets(self) -> list[str]:
        """The values in it that nobody may ever read in a log."""
        parts = (self.query, self.body or {})
        return [str(part[name]) for part in parts for name in _SECRET_FIELDS if part.get(name)]


class Client:
    """Sends requests to one base address. Safe for many threads."""

    def __init__(self, appid: str, base_url: str, http: Http) -> None:
        """`base_url` is the one address for sign-in, tokens and all else; empty means WeChat itself."""
        self._library = _Library(appid, (base_url or REAL_HOST).rstrip("/") + "/", http)
        keep_secrets_out_of_library_logs()

    def call(self, request: Request, exchange: Exchange) -> Reply:
        """Send it and say what came of it; a failure is a reply too: no exception carries the URL along."""
        with taking_part(exchange):
            reply = self._try(request, exchange)
        return replace(reply, errmsg=_hide(reply.errmsg, request.secrets())[:_LONGEST_ERRMSG])

    def _try(self, request: Request, exchange: Exchange) -> Reply:
        try:
            body = self._library.send(request)
        except WeChatClientException as complaint:
            return _complaint(complaint)
        except _LOST:
            return Reply(lost=Lost.CUT if exchange.written else Lost.NOT_SENT)
        except _UNREADABLE:
            return Reply(lost=Lost.GARBAGE if exchange.written else Lost.NOT_SENT)
        if request.picture:
            return _picture(body)
        return answered(body) if isinstance(body, dict) else Reply(lost=Lost.GARBAGE)


def _picture(body: object) -> Reply:
    """The library hands on what is no JSON as it came. The bytes decide: the status is 200 in any case."""
    content = body.content if isinstance(body, requests.Response) else b""
    return pictured(content) if content.startswith(_PICTURES) else Reply(lost=Lost.GARBAGE)


def _complaint(complaint: Any) -> Reply:
    if complaint.errcode is None:  # the library's way to say "HTTP status 400 or above"
        return Reply(lost=Lost.STATUS, status=complaint.response.status_code)
    return complained(complaint.errcode, str(complaint.errmsg))


def _hide(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:  # else it is no secret, and its letters are everywhere
            text = text.replace(secret, "***")
    return scrub(text)


class _Library(BaseWeChatClient):  # type: ignore[misc]  # untyped
    """wechatpy with our transport and without its own ideas about tokens."""

    def __init__(self, appid: str, base_url: str, http: Http) -> None:
        super().__init__(appid, auto_retry=False)
        self.API_BASE_URL = base_url
        self._http = http

    @property
    def access_token(self) -> str:
        raise AttributeError("tokens are the token keeper's business")

    def send(self, request: Request) -> object:
        """The decoded answer. The query goes as pairs: to a dict the library would add a token of its own."""
        query = list(request.query.items())
        if request.body is None:
            return self.get(request.path, params=query)
        json_type = {"Content-Type": "application/json; charset=utf-8"}
        return self.post(request.path, params=query, data=dict(request.body), headers=json_type)


class _Scrubbing(logging.Filter):
    """Rewrites a library's record before any handler sees it: its lines carry whole URLs."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = scrub(record.getMessage()), ()
        return True


_scrubbing = _Scrubbing()


def keep_secrets_out_of_library_logs() -> None:
    """Also at level DEBUG, also the warning about unreadable headers. Safe to call many times."""
    for name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
        logging.getLogger(name).addFilter(_scrubbing)
