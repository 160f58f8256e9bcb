"""`sns/jscode2session`: one-time codes for who somebody is.

WeChat docs: a code lives five minutes and works once; an unknown or expired one is 40029, a used one 40163.
On success there is no errcode. Each sign-in may rotate the session key, so this one always does.
"""

import base64
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.wechat.standin import demo, wire

if TYPE_CHECKING:
    from app.wechat.standin.world import World

LIFE_S = 300
_MOST_KEPT = 20_000


@dataclass
class Code:
    """A code that was given out; `value` is what it stands for: an openid, or a number with phone codes."""

    value: str
    until: float
    unionid: str | None = None
    used: bool = False


@dataclass
class Codes:
    """Codes by their text. Forgets the oldest beyond twenty thousand."""

    known: dict[str, Code] = field(default_factory=dict)

    def issue(self, value: str, now: float, unionid: str | None = None) -> str:
        """A fresh code, 32 characters like a real one."""
        text = secrets.token_urlsafe(24)
        self.known[text] = Code(value, now + LIFE_S, unionid)
        while len(self.known) > _MOST_KEPT:
            del self.known[next(iter(self.known))]
        return text

    def redeem(self, text: str, now: float) -> Code:
        """Use a code up. ApiError 40029 or 40163."""
        code = self.known.get(text)
        if code is None or now >= code.until:
            raise wire.ApiError(40029, "invalid code")
        if code.used:
            raise wire.ApiError(40163, "code been used")
        code.used = True
        return code


def code_to_session(world: "World", request: wire.Request) -> wire.Answer:
    """Who is it?"""
    query = request.query
    for name, errcode in (("appid", 41002), ("secret", 41004), ("js_code", 41008)):
        if not query.get(name):
            raise wire.ApiError(errcode, f"{name} missing")
    if query.get("grant_type") != "authorization_code":
        raise wire.ApiError(40002, "invalid grant_type")
    world.check_credentials(query["appid"], query["secret"])
    code = _whose(world, query["js_code"])
    world.censor.see(code.value, world.now())
    session_key = base64.b64encode(secrets.token_bytes(16)).decode()
    body = {"session_key": session_key, "openid": code.value}
    return wire.ok(request.path, body | ({"unionid": code.unionid} if code.unionid else {}))


def _whose(world: "World", text: str) -> Code:
    name = text.removeprefix(demo.PREFIX)
    if world.demo and text.startswith(demo.PREFIX) and name:
        return Code(demo.demo_openid(name), until=0)
    return world.login_codes.redeem(text, world.now())
