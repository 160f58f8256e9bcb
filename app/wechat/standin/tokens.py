"""`cgi-bin/stable_token` and `cgi-bin/token`: two families of access tokens that never touch each other.

WeChat docs: stable mode gives the same token while it lives, with the seconds that remain, and a new one in
its last five minutes; `force_refresh` voids it, at most 20 times a day and 30 s apart. The old API gives a
new token each time, the one before lives on for five minutes.
"""

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.wechat.standin import wire

if TYPE_CHECKING:
    from app.wechat.standin.world import World

LIFE_S = 7200
GRACE_S = 300
_FORCED_A_DAY = 20
_FORCED_APART_S = 30
_LENGTH = 136
_MOST_KEPT = 1000


@dataclass
class Token:
    """One token. `voided`: replaced before its time, which WeChat calls "not latest"."""

    text: str
    appid: str
    until: float
    voided: bool = False


@dataclass
class Tokens:
    """Every token given out lately, and the latest of each family."""

    known: dict[str, Token] = field(default_factory=dict)
    stable: Token | None = None
    classic: Token | None = None
    forced_at: list[float] = field(default_factory=list)

    def issue(self, appid: str, now: float) -> Token:
        """A new token; the length of a real one."""
        token = Token(f"99_{secrets.token_urlsafe(_LENGTH)}"[:_LENGTH], appid, now + LIFE_S)
        self.known[token.text] = token
        while len(self.known) > _MOST_KEPT:
            del self.known[next(iter(self.known))]
        return token

    def give_stable(self, appid: str, now: float, *, force: bool) -> Token:
        """The one in force, or a new one near its end or by force."""
        if force:
            self._count_forced(now)
            if self.stable:
                self.stable.voided = True
        current = self.stable
        if current is None or current.voided or current.appid != appid or current.until - now <= GRACE_S:
            self.stable = current = self.issue(appid, now)
        return current

    def give_classic(self, appid: str, now: float) -> Token:
        """A new one; the one before has five minutes."""
        if self.classic:
            self.classic.until = min(self.classic.until, now + GRACE_S)
        self.classic = self.issue(appid, now)
        return self.classic

    def void_all(self) -> None:
        """As if somebody elsewhere had asked for other tokens: everything out there is "not latest"."""
        for token in self.known.values():
            token.voided = True

    def check(self, text: str, now: float) -> Token:
        """The token, if it is good. ApiError 41001, 40014, 40001, 42001."""
        if not text:
            raise wire.ApiError(41001, "access_token missing")
        token = self.known.get(text)
        if token is None and not text.startswith("99_"):
            raise wire.ApiError(40014, "invalid access_token")
        if token is None or token.voided:
            raise wire.ApiError(
                40001,
                "invalid credential, access_token is invalid or not latest, could get access_token by "
                "getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r",
            )
        if now >= token.until:
            raise wire.ApiError(42001, "access_token expired")
        return token

    def _count_forced(self, now: float) -> None:
        self.forced_at = [at for at in self.forced_at if now - at < 86_400]
        if self.forced_at and now - self.forced_at[-1] < _FORCED_APART_S:
            raise wire.ApiError(45011, "api minute-quota reach limit, must slower, retry next minute")
        if len(self.forced_at) >= _FORCED_A_DAY:
            raise wire.ApiError(45009, "reach max api daily quota limit")
        self.forced_at.append(now)


def stable_token(world: "World", request: wire.Request) -> wire.Answer:
    """`POST /cgi-bin/stable_token`."""
    body = request.json()
    _check_grant(world, body.get("grant_type"), body.get("appid"), body.get("secret"))
    now = world.now()
    token = world.tokens.give_stable(str(body["appid"]), now, force=body.get("force_refresh") is True)
    return wire.ok(request.path, {"access_token": token.text, "expires_in": int(token.until - now)})


def classic_token(world: "World", request: wire.Request) -> wire.Answer:
    """`GET /cgi-bin/token`."""
    query = request.query
    _check_grant(world, query.get("grant_type"), query.get("appid"), query.get("secret"))
    token = world.tokens.give_classic(query["appid"], world.now())
    return wire.ok(request.path, {"access_token": token.text, "expires_in": LIFE_S})


def _check_grant(world: "World", grant_type: object, appid: object, secret: object) -> None:
    if grant_type != "client_credential":
        raise wire.ApiError(40002, "invalid grant_type")
    if not appid:
        raise wire.ApiError(41002, "appid missing")
    if not secret:
        raise wire.ApiError(41004, "appsecret missing")
    world.check_credentials(str(appid), str(secret))
