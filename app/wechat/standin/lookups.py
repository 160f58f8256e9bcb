"""What an operator asks: templates, quotas, what became of a call, where callbacks come from.

WeChat docs: `wxaapi/newtmpl/gettemplate`; `cgi-bin/openapi/quota/get` (76021 unknown path, 76022 for
`sns/*`); `cgi-bin/openapi/rid/get` (76001 unknown or older than seven days); `cgi-bin/getcallbackip`.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from app.wechat.standin import wire

if TYPE_CHECKING:
    from app.wechat.standin.world import World

_DAILY = {
    "/cgi-bin/message/subscribe/send": 10_000_000,
    "/cgi-bin/stable_token": 500_000,
    "/wxa/msg_sec_check": 2_000_000,
    "/wxa/media_check_async": 200_000,
}
_BY_MINUTE = {
    "/cgi-bin/stable_token": 10_000,
    "/wxa/msg_sec_check": 4000,
    "/wxa/media_check_async": 2000,
    "/wxa/getwxacodeunlimit": 5000,
}
_USUAL_DAILY = 1_000_000
_RID_LIVES_S = 7 * 86_400
_MOST_KEPT = 2000


@dataclass
class Ledger:
    """How often each path may be called, how often it was this minute, and the calls that went wrong."""

    daily: dict[str, int] = field(default_factory=lambda: dict(_DAILY))
    by_minute: dict[str, int] = field(default_factory=lambda: dict(_BY_MINUTE))
    failed: dict[str, dict[str, Any]] = field(default_factory=dict)
    _minute: int = 0
    _in_minute: Counter[str] = field(default_factory=Counter)

    def count(self, path: str, today: int, now: float) -> None:
        """One more call, the `today`-th. ApiError 45009 over the day's quota, 45011 over the minute's."""
        if int(now // 60) != self._minute:
            self._minute = int(now // 60)
            self._in_minute.clear()
        self._in_minute[path] += 1
        if today > self.daily.get(path, _USUAL_DAILY):
            raise wire.ApiError(45009, "reach max api daily quota limit")
        if self._in_minute[path] > self.by_minute.get(path, _USUAL_DAILY):
            raise wire.ApiError(45011, "api minute-quota reach limit, must slower, retry next minute")

    def remember(self, rid: str, request: wire.Request, response: bytes, now: float) -> None:
        """A call that went wrong can be asked after for seven days."""
        self.failed[rid] = {
            "invoke_time": int(now),
            "cost_in_ms": int(request.takes_s * 1000) + 1,
            "request_url": urlencode(request.query),
            "request_body": request.raw.decode("utf-8", "replace"),
            "response_body": response.decode("utf-8", "replace"),
            "client_ip": "127.0.0.1",
        }
        while len(self.failed) > _MOST_KEPT:
            del self.failed[next(iter(self.failed))]


def templates(world: "World", request: wire.Request) -> wire.Answer:
    """`GET /wxaapi/newtmpl/gettemplate`."""
    world.tokens.check(request.query.get("access_token", ""), world.now())
    listed = [
        {
            "priTmplId": template.id,
            "title": template.title,
            "content": "".join(f"{label}:{{{{{key}.DATA}}}}\n" for key, label in template.keys.items()),
            "example": "".join(f"{label}:示例\n" for label in template.keys.values()),
            "type": template.kind,
        }
        for template in world.desk.templates.values()
    ]
    return wire.ok(request.path, {"errcode": 0, "errmsg": "ok", "data": listed})


def quota(world: "World", request: wire.Request) -> wire.Answer:
    """`POST /cgi-bin/openapi/quota/get`."""
    world.tokens.check(request.query.get("access_token", ""), world.now())
    path = str(request.json().get("cgi_path") or "")
    if "/sns/" in path:
        raise wire.ApiError(76022, "could not use this cgi_path, no permission")
    if path not in world.paths:
        raise wire.ApiError(76021, "cgi_path not found, please check")
    limit, used = world.ledger.daily.get(path, _USUAL_DAILY), world.calls[path]
    answer: dict[str, Any] = {
        "errcode": 0,
        "errmsg": "ok",
        "quota": {"daily_limit": limit, "used": used, "remain": max(0, limit - used)},
    }
    if path in world.ledger.by_minute:
        answer["rate_limit"] = {"call_count": world.ledger.by_minute[path], "refresh_second": 60}
    return wire.ok(request.path, answer)


def rid(world: "World", request: wire.Request) -> wire.Answer:
    """`POST /cgi-bin/openapi/rid/get`."""
    world.tokens.check(request.query.get("access_token", ""), world.now())
    call = world.ledger.failed.get(str(request.json().get("rid") or ""))
    if call is None or world.now() - call["invoke_time"] > _RID_LIVES_S:
        raise wire.ApiError(76001, "rid not found")
    return wire.ok(request.path, {"errcode": 0, "errmsg": "ok", "request": call})


def callback_ips(world: "World", request: wire.Request) -> wire.Answer:
    """`GET /cgi-bin/getcallbackip`."""
    world.tokens.check(request.query.get("access_token", ""), world.now())
    return wire.ok(request.path, {"ip_list": ["127.0.0.1"]})
