"""The page at `/`: what arrived on the phones, as a person would see it, and switches for what goes wrong.

It asks again every two seconds (`page.js`), with an ETag; no address of another host is in it.
"""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.foundation.clock import SHANGHAI
from app.wechat.standin import demo, wire
from app.wechat.standin.faults import Kind
from app.wechat.standin.subscribe import Message
from app.wechat.standin.world import World

_HERE = Path(__file__).parent
_SHOWN = 50
_STATES = {"developer": "开发版", "trial": "体验版", "formal": "正式版"}
_STATIC = {"/page.css": "text/css; charset=utf-8", "/page.js": "text/javascript; charset=utf-8"}
PATHS = frozenset({"/", *_STATIC})

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_FAULTS = {
    Kind.BUSY: "系统繁忙（-1）",
    Kind.ERRCODE: "错误码（值）",
    Kind.STATUS: "HTTP 状态（值）",
    Kind.HANG: "一直不回（值：秒）",
    Kind.SLOW: "慢（值：秒）",
    Kind.RESET: "连接被重置",
    Kind.CUT: "答到一半断开",
    Kind.GARBAGE: "答得读不懂",
    Kind.DRIP: "一个字节一个字节地答",
    Kind.DRIP_BODY: "正文一个字节一个字节地答",
}
_NAMES = {demo.demo_openid(name): (name, who) for name, who in demo.NAMES.items()}


def answer(world: World, request: wire.Request, known: str | None) -> wire.Answer:
    """The page, its style or its script; 304 where the browser has it already. `?phone=` shows one person."""
    if request.path in _STATIC:
        return _conditional(_file(request.path), _STATIC[request.path], known)
    html = _template().render(**_seen(world, request.query.get("phone", "")))
    return _conditional(html.encode(), "text/html; charset=utf-8", known)


def _conditional(body: bytes, kind: str, known: str | None) -> wire.Answer:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if known == tag:
        return wire.Answer(b"", kind, 304, {"ETag": tag})
    return wire.Answer(body, kind, 200, {**_HEADERS, "ETag": tag})


@cache
def _template() -> Any:
    loader = FileSystemLoader(_HERE / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("page.html")


@cache
def _file(path: str) -> bytes:
    return (_HERE / "static" / path.lstrip("/")).read_bytes()


def _seen(world: World, phone: str) -> dict[str, Any]:
    with world.lock:
        everything = list(world.desk.sent)
        templates = list(world.desk.templates.values())
        faults, latency = list(world.faults.on), dict(world.latency_s)
        pusher, count = world.pusher.told(), world.desk.count
        paths = sorted(world.paths)
    labels = {template.id: template.keys for template in templates}
    shown = [m for m in reversed(everything) if not phone or _who(m.openid)["name"] == phone][:_SHOWN]
    return {
        "cards": [_card(message, dict(labels.get(message.template_id, {}))) for message in shown],
        "count": count,
        "phones": _phones(everything),
        "phone": phone,
        "names": demo.NAMES,
        "templates": templates,
        "faults": [{"path": f.path, "kind": _FAULTS[f.kind], "times": f.times} for f in faults],
        "fault_kinds": {kind.value: told for kind, told in _FAULTS.items()},
        "latency": latency,
        "paths": paths,
        "pusher": pusher,
        "pushes": [pushed | {"time": _time(pushed["at"])} for pushed in pusher["log"][:8]],
    }


def _phones(messages: list[Message]) -> list[dict[str, Any]]:
    """Who has got something, and how much."""
    found: dict[str, dict[str, Any]] = {}
    for message in messages:
        entry = found.setdefault(message.openid, {**_who(message.openid), "count": 0})
        entry["count"] += 1
    return sorted(found.values(), key=lambda entry: (-entry["count"], entry["name"]))


def _who(openid: str) -> dict[str, str]:
    """A name that can be shown: of the demonstration's people, or the end of the openid."""
    name, who = _NAMES.get(openid, (openid[-6:], "微信用户"))
    return {"name": name, "who": who, "known": "yes" if openid in _NAMES else ""}


def _card(message: Message, labels: dict[str, str]) -> dict[str, Any]:
    return {
        "title": message.title,
        "time": _time(message.at),
        "rows": [(labels.get(key, key), value) for key, value in message.values.items()],
        "page": message.page,
        "state": _STATES.get(message.state, message.state),
        "to": _who(message.openid),
    }


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, SHANGHAI).strftime("%m月%d日 %H:%M:%S")
