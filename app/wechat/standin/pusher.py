"""Delivers events to a service's callback as WeChat does: signed, plain or sealed, three tries of 5 s.

WeChat docs (message push): without an answer within five seconds the connection is cut and the push is made
again, three times in all; an empty answer or `success` ends it. Switches make it deliver twice, or in another
order, which happens too.
"""

import heapq
import itertools
import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from app.wechat.callback.crypto import Seal, signature

if TYPE_CHECKING:
    from app.wechat.standin.world import World

MODES = ("plain", "compatible", "safe")
FORMS = ("json", "xml")
TRIES = 3
_TIMEOUT_S = 5.0
_LOOK_EVERY_S = 0.05
_MOST_KEPT = 200

# WeChat docs (subscribe messages): in XML the items stand within one of these, in JSON `List` is on top.
_WRAPPERS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}


@dataclass(frozen=True)
class Plan:
    """Where and how events are pushed; nothing is, without a `url`.

    `twice`: each is delivered a second time. `reorder`: two that wait go out in the other order.
    `sent_after_s`: how long after a send its `subscribe_msg_sent_event` follows, `sent_errcode`: what with.
    """

    url: str = ""
    token: str = ""
    aes_key: str = ""
    appid: str = ""
    mode: str = "plain"
    form: str = "json"
    twice: bool = False
    reorder: bool = False
    sent_after_s: float = 0.5
    sent_errcode: int = 0
    retry_after_s: float = 1.0

    def changed(self, wanted: Mapping[str, Any]) -> "Plan":
        """With these fields of JSON. ValueError when it makes no sense."""
        kinds = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        if foreign := set(wanted) - set(kinds):
            raise ValueError(f"{', '.join(sorted(foreign))}: one of {', '.join(kinds)}")
        plan = replace(self, **{name: kinds[name](value) for name, value in wanted.items()})
        if plan.mode not in MODES or plan.form not in FORMS:
            raise ValueError(f"mode: one of {', '.join(MODES)}; form: one of {', '.join(FORMS)}")
        if plan.mode != "plain" and len(plan.aes_key) != 43:
            raise ValueError("aes_key: 43 characters, or mode plain")
        if plan.url and urlsplit(plan.url).hostname not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("url: on this machine only")
        return plan


@dataclass(frozen=True)
class Pushed:
    """One delivery: which event, what was answered to which try (`tries` of three)."""

    at: float
    event: str
    status: int
    answer: str
    tries: int

    @property
    def taken(self) -> bool:
        """Whether the service took it."""
        return self.status == 200 and self.answer in ("", "success")


class Pusher:
    """One thread that empties `world.outgoing`, from the moment on when it has been told where to."""

    def __init__(self, world: "World") -> None:
        self.plan = Plan()
        self.log: deque[Pushed] = deque(maxlen=_MOST_KEPT)
        self._world = world
        self._waiting: list[tuple[float, int, dict[str, Any]]] = []
        self._numbers = itertools.count()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def use(self, plan: Plan) -> None:
        """Push by this plan from now on."""
        self.plan = plan
        if plan.url and self._thread is None:
            self._thread = threading.Thread(target=self._run, name="pusher", daemon=True)
            self._thread.start()

    def told(self) -> dict[str, Any]:
        """The plan without its secrets, how much waits, and what was delivered lately, newest first."""
        plan = asdict(self.plan) | {"token": bool(self.plan.token), "aes_key": bool(self.plan.aes_key)}
        waiting = len(self._waiting) + len(self._world.outgoing)
        log = [asdict(pushed) | {"taken": pushed.taken} for pushed in reversed(self.log)]
        return {"plan": plan, "waiting": waiting, "log": log}

    def stop(self) -> None:
        """Deliver nothing more."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=2 * _LOOK_EVERY_S)

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while not self._stopping.wait(_LOOK_EVERY_S):
                if not self.plan.url:
                    continue
                self._take_in()
                for event in self._due():
                    for _ in range(2 if self.plan.twice else 1):
                        self._deliver(session, event)

    def _take_in(self) -> None:
        while self._world.outgoing:
            event = self._world.outgoing.popleft()
            after_s = 0.0
            if event.get("Event") == "subscribe_msg_sent_event":
                after_s = self.plan.sent_after_s
                event = _ended(event, self.plan.sent_errcode)
            heapq.heappush(self._waiting, (time.monotonic() + after_s, next(self._numbers), event))

    def _due(self) -> list[dict[str, Any]]:
        due = []
        while self._waiting and self._waiting[0][0] <= time.monotonic():
            due.append(heapq.heappop(self._waiting)[2])
        return due[::-1] if self.plan.reorder else due

    def _deliver(self, session: requests.Session, event: dict[str, Any]) -> None:
        plan = self.plan
        for number in range(1, TRIES + 1):
            status, answer = _post(session, plan, event, self._world.now())
            pushed = Pushed(self._world.now(), str(event.get("Event")), status, answer[:200], number)
            if pushed.taken or number == TRIES or self._stopping.wait(plan.retry_after_s):
                break
        self.log.append(pushed)


def _ended(event: dict[str, Any], errcode: int) -> dict[str, Any]:
    if errcode == 0:
        return event
    return event | {"List": event["List"] | {"ErrorCode": str(errcode), "ErrorStatus": "system error"}}


def _post(session: requests.Session, plan: Plan, event: Mapping[str, Any], now: float) -> tuple[int, str]:
    """HTTP status and body; status 0 when there was no answer in time."""
    query, body = letter(plan, event, str(int(now)), str(secrets.randbelow(10**10)))
    kind = "text/xml" if plan.form == "xml" else "application/json"
    try:
        answer = session.post(
            plan.url, params=query, data=body, headers={"Content-Type": kind}, timeout=_TIMEOUT_S
        )
    except requests.RequestException as trouble:
        return 0, type(trouble).__name__
    return answer.status_code, answer.text


def letter(plan: Plan, event: Mapping[str, Any], timestamp: str, nonce: str) -> tuple[dict[str, str], bytes]:
    """Query and body of a push.

    WeChat docs: the sealed message has a signature of its own over Encrypt; the plain one is there as well,
    and right, although it does not cover the body.
    """
    query = {"signature": signature(plan.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    query["openid"] = str(event.get("FromUserName", ""))
    if plan.mode == "plain":
        return query, write(event, plan.form)
    sealed = Seal(plan.aes_key, plan.appid).seal(write(event, plan.form))
    query["encrypt_type"] = "aes"
    query["msg_signature"] = signature(plan.token, timestamp, nonce, sealed)
    outside = dict(event) if plan.mode == "compatible" else {"ToUserName": event.get("ToUserName")}
    return query, write(outside | {"Encrypt": sealed}, plan.form)


def write(event: Mapping[str, Any], form: str) -> bytes:
    """The event as JSON, or as XML with the items where XML has them."""
    if form == "json":
        return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    wrapper = _WRAPPERS.get(str(event.get("Event")))
    if wrapper and "List" in event:
        event = {name: value for name, value in event.items() if name != "List"} | {
            wrapper: {"List": event["List"]}
        }
    return f"<xml>{_elements(event)}</xml>".encode()


def _elements(fields: Mapping[str, Any]) -> str:
    return "".join(
        f"<{name}>{_element(one)}</{name}>"
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _element(value: Any) -> str:
    if isinstance(value, Mapping):
        return _elements(value)
    if isinstance(value, str):
        return f"<![CDATA[{value}]]>" if "]]>" not in value else escape(value)
    return escape(str(value))
