"""`cgi-bin/message/subscribe/send`: templates, credits, and what arrived on the phones.

WeChat docs: a one-time template's accept is worth one message, accepts add up; without credit 43101. Two
sends to one person at the same time: 43108. A value against its keyword's rule: 47003 with the field in the
text.
"""

import re
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.settings import TemplateSettings
from app.wechat.default_templates import ONE_TIME
from app.wechat.standin import events, wire
from app.wechat.standin.keywords import complaint

if TYPE_CHECKING:
    from app.wechat.standin.world import World

LONG_TERM = 3
OPENID = re.compile(r"o[0-9A-Za-z_-]{27}")
_STATES = ("developer", "trial", "formal")
_MOST_KEPT = 50_000


@dataclass(frozen=True)
class Template:
    """A template as the console lists it. `kind`: 2 one-time, 3 long-term."""

    id: str
    title: str
    keys: Mapping[str, str]
    kind: int = ONE_TIME

    @classmethod
    def of(cls, settings: TemplateSettings) -> "Template":
        """From the service's own settings."""
        return cls(settings.id, settings.title, dict(settings.keys))


@dataclass(frozen=True)
class Message:
    """A message that arrived."""

    msgid: int
    at: float
    openid: str
    template_id: str
    title: str
    page: str | None
    state: str
    values: dict[str, str]


@dataclass
class Desk:
    """Everything about subscribe messages. `pages` None: every page is published."""

    templates: dict[str, Template] = field(default_factory=dict)
    credits: Counter[tuple[str, str]] = field(default_factory=Counter)
    pages: frozenset[str] | None = None
    busy_until: dict[str, float] = field(default_factory=dict)
    sent: deque[Message] = field(default_factory=lambda: deque(maxlen=_MOST_KEPT))
    count: int = 0

    def grant(self, openid: str, template_id: str, number: int) -> int:
        """Somebody pressed "accept" that many times. Returns the credit he has now."""
        self.credits[openid, template_id] += number
        return self.credits[openid, template_id]

    def claim_turn(self, openid: str, takes_s: float) -> None:
        """One send at a time for one person. ApiError 43108."""
        now = time.monotonic()
        if self.busy_until.get(openid, 0) > now:
            raise wire.ApiError(43108, "concurrent sending to the same user is not allowed")
        if takes_s > 0:
            self.busy_until[openid] = now + takes_s

    def spend(self, openid: str, template: Template) -> None:
        """One credit less. ApiError 43101."""
        if self.credits[openid, template.id] <= 0:
            raise wire.ApiError(43101, "user refuse to accept the msg")
        if template.kind == ONE_TIME:
            self.credits[openid, template.id] -= 1

    def keep(self, message: Message) -> None:
        """It arrived."""
        self.sent.append(message)
        self.count += 1


def send(world: "World", request: wire.Request) -> wire.Answer:
    """Check it as WeChat does, in the order of the documented codes, then deliver it."""
    desk = world.desk
    world.tokens.check(request.query.get("access_token", ""), world.now())
    body = request.json()
    openid = str(body.get("touser") or "")
    if not OPENID.fullmatch(openid):
        raise wire.ApiError(40003, "invalid openid")
    template = desk.templates.get(str(body.get("template_id")))
    if template is None:
        raise wire.ApiError(40037, "invalid template_id")
    page = _page(desk, body.get("page"))
    state = body.get("miniprogram_state", "formal")
    if state not in _STATES:
        raise wire.ApiError(40097, "invalid args")
    values = _values(template, body.get("data"))
    desk.claim_turn(openid, request.takes_s)
    desk.spend(openid, template)
    msgid = world.new_msgid()
    desk.keep(Message(msgid, world.now(), openid, template.id, template.title, page, state, values))
    world.push(events.message_sent(openid, template.id, msgid, world.now()))
    return wire.ok(request.path, {"errcode": 0, "errmsg": "ok", "msgid": msgid})


def _page(desk: Desk, page: object) -> str | None:
    if page is None or page == "":
        return None
    if not isinstance(page, str) or page.startswith("/"):
        raise wire.ApiError(41030, "invalid page")
    if desk.pages is not None and page.split("?")[0] not in desk.pages:
        raise wire.ApiError(41030, "invalid page")
    return page


def _values(template: Template, data: Any) -> dict[str, str]:
    if not isinstance(data, dict):
        raise wire.ApiError(47001, "data format error")
    values: dict[str, str] = {}
    for key in template.keys:
        part = data.get(key)
        value = part.get("value", "") if isinstance(part, dict) else ""
        if wrong := complaint(key, value):
            raise wire.ApiError(47003, f"argument invalid! data.{key}.value {wrong}")
        values[key] = value
    return values
