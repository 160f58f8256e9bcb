"""All that the stand-in knows, in memory; one lock for all of it."""

import itertools
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from typing import Any

from app.wechat.default_templates import DEFAULT_TEMPLATES
from app.wechat.standin import wire
from app.wechat.standin.checks import Censor
from app.wechat.standin.faults import Faults
from app.wechat.standin.login import Codes
from app.wechat.standin.lookups import Ledger
from app.wechat.standin.pusher import Pusher
from app.wechat.standin.subscribe import Desk, Template
from app.wechat.standin.tokens import Tokens

_FIRST_MSGID = 1_800_000_000_000_000_000
_MOST_OUTGOING = 50_000


class World:
    """One WeChat with one mini-program in it. Whoever reads or writes it holds `lock`."""

    def __init__(
        self,
        *,
        appid: str | None = None,
        secret: str | None = None,
        demo: bool = True,
        templates: Iterable[Template] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        """Without `appid` or `secret` any will do. `demo`: whether `demo:<name>` is a code."""
        self.lock = threading.RLock()
        self.appid = appid
        self.secret = secret
        self.demo = demo
        self.now = now
        self.login_codes = Codes()
        self.phone_codes = Codes()
        self.tokens = Tokens()
        self.desk = Desk({t.id: t for t in (*map(Template.of, DEFAULT_TEMPLATES), *templates)})
        self.censor = Censor()
        self.ledger = Ledger()
        self.paths: frozenset[str] = frozenset()
        self.outgoing: deque[dict[str, Any]] = deque(maxlen=_MOST_OUTGOING)
        self.pusher = Pusher(self)
        self.faults = Faults()
        self.calls: Counter[str] = Counter()
        self.latency_s: dict[str, float] = {}
        self.watermark_appid: str | None = None
        self._msgids = itertools.count(_FIRST_MSGID + int(time.time()) * 1000)

    def check_credentials(self, appid: str, secret: str) -> None:
        """ApiError 40013 or 40125."""
        if self.appid is not None and appid != self.appid:
            raise wire.ApiError(40013, "invalid appid")
        if self.secret is not None and secret != self.secret:
            raise wire.ApiError(40125, "invalid appsecret")

    def push(self, event: dict[str, Any]) -> None:
        """An event for the callback, in its JSON form; it waits in `outgoing` for whoever delivers it."""
        self.outgoing.append(event)

    def new_msgid(self) -> int:
        """Beyond 2^53, as the real ones are."""
        return next(self._msgids)
