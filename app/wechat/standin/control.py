"""The face for tests and people, under `/_standin/`: codes, credits, faults, and what happened.

WeChat has no such thing. Bodies and answers are JSON; nonsense is a 400 with a sentence.
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from app.wechat.standin import control_phone, demo, login, wire
from app.wechat.standin.faults import Fault, Kind
from app.wechat.standin.subscribe import Message, Template
from app.wechat.standin.world import World

PREFIX = "/_standin/"

Body = dict[str, Any]


def answer(world: World, request: wire.Request) -> wire.Answer:
    """Do it and say what came of it."""
    work = _WORK.get((request.method, request.path.removeprefix(PREFIX)))
    if work is None:
        return _json({"problem": "没有这个入口", "offered": [f"{m} {PREFIX}{p}" for m, p in _WORK]}, 404)
    try:
        body = request.json() if request.raw else {}
        with world.lock:
            return _json(work(world, {**request.query, **body}))
    except (wire.ApiError, ValueError, KeyError, TypeError) as trouble:
        return _json({"problem": f"看不懂：{type(trouble).__name__} {trouble}"}, 400)


def _json(body: object, status: int = 200) -> wire.Answer:
    return wire.Answer(
        json.dumps(body, ensure_ascii=False).encode(), "application/json; charset=utf-8", status
    )


def _openid(body: Body) -> str:
    return str(body["openid"]) if "openid" in body else demo.demo_openid(str(body["name"]))


def _issue_code(world: World, body: Body) -> Body:
    """`{"openid"}` or `{"name"}` (and `{"unionid"}`): a sign-in code; `{"phone"}`: a phone code."""
    if "phone" in body:
        code = world.phone_codes.issue(str(body["phone"]), world.now())
        return {"code": code, "phone": str(body["phone"]), "expires_in": login.LIFE_S}
    openid = _openid(body)
    code = world.login_codes.issue(openid, world.now(), body.get("unionid"))
    return {"code": code, "openid": openid, "expires_in": login.LIFE_S}


def _grant(world: World, body: Body) -> Body:
    """`{"openid"|"name", "template_id", "count": 1}`: as if that person had pressed accept."""
    template_id = str(body["template_id"])
    return {"credits": world.desk.grant(_openid(body), template_id, int(body.get("count", 1)))}


def _credits(world: World, body: Body) -> list[Body]:
    left = world.desk.credits.items()
    return [{"openid": openid, "template_id": t, "credits": number} for (openid, t), number in left]


def _add_fault(world: World, body: Body) -> Body:
    """`{"path", "kind", "value", "times", "after"}`; the kinds are named in faults.py."""
    if body.get("kind") not in list(Kind):
        raise ValueError(f"kind: one of {', '.join(Kind)}")
    fault = Fault.of(body)
    world.faults.on.append(fault)
    return asdict(fault)


def _clear_faults(world: World, body: Body) -> Body:
    world.faults.on.clear()
    return {}


def _messages(world: World, body: Body) -> Body:
    """`?openid=` (or `name`) and `?limit=100`: what arrived, the newest first."""
    whose = _openid(body) if "openid" in body or "name" in body else None
    found = [m for m in reversed(world.desk.sent) if whose in (None, m.openid)]
    return {
        "count": world.desk.count,
        "items": [message_out(m) for m in found[: int(body.get("limit", 100))]],
    }


def message_out(message: Message) -> Body:
    """A message as JSON; the id as text, it is larger than a double can hold."""
    return asdict(message) | {"msgid": str(message.msgid)}


def _clear_messages(world: World, body: Body) -> Body:
    world.desk.sent.clear()
    world.desk.count = 0
    return {}


def _calls(world: World, body: Body) -> Body:
    return dict(world.calls)


def _clear_calls(world: World, body: Body) -> Body:
    world.calls.clear()
    return {}


def _latency(world: World, body: Body) -> Body:
    """`{"path", "seconds"}`: how long each answer on this path takes from now on."""
    world.latency_s[str(body["path"])] = float(body["seconds"])
    return dict(world.latency_s)


def _pages(world: World, body: Body) -> Body:
    """`{"pages": [...]}`: the published pages; null: all."""
    pages = body["pages"]
    world.desk.pages = None if pages is None else frozenset(map(str, pages))
    return {"pages": pages}


def _templates(world: World, body: Body) -> list[Body]:
    return [asdict(t) for t in world.desk.templates.values()]


def _add_template(world: World, body: Body) -> Body:
    """`{"id", "title", "keys": {"thing1": "事项"}, "kind": 2}`."""
    keys = {str(key): str(label) for key, label in dict(body["keys"]).items()}
    template = Template(str(body["id"]), str(body["title"]), keys, int(body.get("kind", 2)))
    world.desk.templates[template.id] = template
    return asdict(template)


def _void_tokens(world: World, body: Body) -> Body:
    world.tokens.void_all()
    return {}


def _watermark(world: World, body: Body) -> Body:
    """`{"appid"}`: phone numbers carry this appid from now on; null: the right one."""
    world.watermark_appid = body["appid"]
    return {"appid": world.watermark_appid}


def _words(world: World, body: Body) -> Body:
    """Texts that the check objects to, with suggest and label."""
    return {word: list(verdict) for word, verdict in world.censor.words.items()}


def _add_word(world: World, body: Body) -> Body:
    """`{"word", "suggest": "risky"|"review"|"pass", "label": 21000}`; `pass` takes it off the list."""
    world.censor.forbid(str(body["word"]), str(body.get("suggest", "risky")), int(body.get("label", 21000)))
    return _words(world, body)


def _pictures(world: World, body: Body) -> Body:
    """`{"suggest", "label": 20002, "times": 1}`: what the next pictures are found to be; `{"delay_s"}`."""
    if "delay_s" in body:
        world.censor.delay_s = float(body["delay_s"])
    if "suggest" in body:
        label = int(body.get("label", 100 if body["suggest"] == "pass" else 20002))
        world.censor.expect(str(body["suggest"]), label, int(body.get("times", 1)))
    return {"delay_s": world.censor.delay_s, "next": [list(v) for v in world.censor.pictures]}


def _checks(world: World, body: Body) -> list[Body]:
    return list(world.censor.asked)


def _seen(world: World, body: Body) -> Body:
    """`{"openid"|"name", "ago_s": 0}`: as if that person had opened the app then."""
    world.censor.see(_openid(body), world.now() - float(body.get("ago_s", 0)))
    return {}


def _quota(world: World, body: Body) -> Body:
    """`{"path", "daily"|"minute"}`: how often that API may be called; clearing the calls begins a new day."""
    if "minute" in body:
        world.ledger.by_minute[str(body["path"])] = int(body["minute"])
    if "daily" in body:
        world.ledger.daily[str(body["path"])] = int(body["daily"])
    return {"daily": dict(world.ledger.daily), "minute": dict(world.ledger.by_minute)}


_WORK: dict[tuple[str, str], Callable[[World, Body], object]] = {
    ("POST", "codes"): _issue_code,
    ("GET", "credits"): _credits,
    ("POST", "credits"): _grant,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "messages"): _messages,
    ("DELETE", "messages"): _clear_messages,
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): _clear_calls,
    ("POST", "latency"): _latency,
    ("POST", "pages"): _pages,
    ("GET", "words"): _words,
    ("POST", "words"): _add_word,
    ("POST", "pictures"): _pictures,
    ("GET", "checks"): _checks,
    ("POST", "seen"): _seen,
    ("POST", "quota"): _quota,
    ("GET", "templates"): _templates,
    ("POST", "templates"): _add_template,
    ("DELETE", "tokens"): _void_tokens,
    ("POST", "watermark"): _watermark,
    **control_phone.WORK,
}
