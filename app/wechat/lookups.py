"""What an operator may ask WeChat: how much of a quota is left, what became of a call, which templates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.wechat.errors import Unavailable
from app.wechat.line import part_of

ONE_TIME, LONG_TERM = 2, 3

_KEYWORD = re.compile(r"^\s*(?P<label>.*?)\s*[:：]?\s*\{\{(?P<key>\w+)\.DATA\}\}", re.MULTILINE)


@dataclass(frozen=True)
class Quota:
    """Calls of one API a day, and its rate where WeChat tells one (`rate_calls` in `rate_seconds`)."""

    daily_limit: int
    used: int
    remain: int
    rate_calls: int | None = None
    rate_seconds: int | None = None


@dataclass(frozen=True)
class Call:
    """A call that failed within the last seven days, as WeChat remembers it. Holds secrets: see `masking`."""

    invoke_time: int
    cost_in_ms: int
    request_url: str = field(repr=False)
    request_body: str = field(repr=False)
    response_body: str = field(repr=False)
    client_ip: str = ""


@dataclass(frozen=True)
class ListedTemplate:
    """A subscribe-message template as WeChat lists it; `keys` are its keywords with their labels."""

    id: str
    title: str
    keys: Mapping[str, str]
    kind: int


def read_quota(body: Mapping[str, Any]) -> Quota:
    """WeChat docs: `quota{daily_limit,used,remain}`, `rate_limit{call_count,refresh_second}`."""
    quota = part_of(body, "quota")
    rate = body.get("rate_limit")
    rate = rate if isinstance(rate, dict) else {}
    return Quota(
        _number(quota, "daily_limit"),
        _number(quota, "used"),
        _number(quota, "remain"),
        _number(rate, "call_count") if "call_count" in rate else None,
        _number(rate, "refresh_second") if "refresh_second" in rate else None,
    )


def read_call(body: Mapping[str, Any]) -> Call:
    """WeChat docs: `request{invoke_time,cost_in_ms,request_url,request_body,response_body,client_ip}`."""
    call = part_of(body, "request")
    texts = [str(call.get(n) or "") for n in ("request_url", "request_body", "response_body", "client_ip")]
    return Call(_number(call, "invoke_time"), _number(call, "cost_in_ms"), *texts)


def read_templates(body: Mapping[str, Any]) -> list[ListedTemplate]:
    """WeChat docs: `data[]{priTmplId,title,content,type}`; `content` is lines of `事项:{{thing1.DATA}}`."""
    listed = body.get("data")
    if not isinstance(listed, list):
        raise Unavailable("the answer lacks data")
    return [_template(entry) for entry in listed if isinstance(entry, dict)]


def _template(entry: Mapping[str, Any]) -> ListedTemplate:
    content = str(entry.get("content") or "")
    keys = {found["key"]: found["label"] for found in _KEYWORD.finditer(content)}
    kind = entry.get("type")
    return ListedTemplate(
        str(entry.get("priTmplId") or ""),
        str(entry.get("title") or ""),
        keys,
        kind if isinstance(kind, int) else ONE_TIME,
    )


def _number(part: Mapping[str, Any], name: str) -> int:
    try:
        return int(part.get(name) or 0)
    except (TypeError, ValueError):
        raise Unavailable(f"{name} is no number") from None
