"""The line to WeChat: every call goes past the circuit, through the gate, with a token, in its time."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

from app.settings import WechatSettings
from app.wechat.circuit import Circuit
from app.wechat.client import Client, Request
from app.wechat.deadline import Deadline
from app.wechat.errcodes import Meaning
from app.wechat.errors import Misconfigured, Unavailable, error_for
from app.wechat.gate import Gate
from app.wechat.pulse import Pulse
from app.wechat.replies import Reply
from app.wechat.tokens import Grant, Shared, TokenKeeper
from app.wechat.transport import Exchange, Http

log = structlog.get_logger()

Observe = Callable[[str, str, float], None]
"""Told after each exchange: path, what came of it (a word from a closed set), seconds."""

_USUAL = frozenset({Meaning.OK, Meaning.CODE, Meaning.BLOCKED, Meaning.NO_CREDIT})


class Line:
    """One for a process. Safe for many threads; holds at most `slots` of them."""

    def __init__(self, settings: WechatSettings, shared: Shared, *, slots: int, observe: Observe) -> None:
        self._settings = settings
        self._observe = observe
        self._pulse = Pulse(shared, settings.appid)
        self._circuit = Circuit(settings.circuit_after, settings.circuit_pause_s, self._circuit_changed)
        self._gate = Gate(slots, lambda: observe("gate", "full", 0.0), lambda: self._pulse.trouble() is None)
        self._http = Http(slots, settings.proxy)
        self._client = Client(settings.appid, settings.api_base, self._http)
        self._tokens = TokenKeeper(shared, settings.appid, settings.deadline_s, self._fetch_token)

    def deadline(self, seconds: float | None = None) -> Deadline:
        """The end of a call that begins now: the settings' `deadline_s`, or `seconds` where that is less."""
        longest = self._settings.deadline_s
        return Deadline.after(longest if seconds is None else min(seconds, longest))

    def ask(self, request: Request) -> Reply:
        """One call that needs no token. Busy, Resting."""
        with self._place():
            return self._exchange(request, self.deadline())

    def ask_with_token(self, request: Request, deadline: Deadline | None = None) -> Reply:
        """Ask; if the token was refused, once more with another, and that is that. Any WeChatError.

        A refused token means that nothing was done, so a second try cannot do anything twice.
        """
        with self._place():
            until = deadline or self.deadline()
            ticket = self._tokens.current(until)
            reply = self._exchange(request.with_token(ticket.token), until)
            if reply.meaning is not Meaning.TOKEN:
                return reply
            ticket = self._tokens.renew(ticket, until)
            return self._exchange(request.with_token(ticket.token), until)

    def trouble(self) -> str | None:
        """What is wrong with WeChat, as this process or another last saw it; None when nothing is known."""
        return self._pulse.anywhere()

    def close(self) -> None:
        """Let go of idle connections."""
        self._http.close()

    @contextmanager
    def _place(self) -> Iterator[None]:
        self._circuit.check()  # nobody queues at the gate for a call that will not be made
        with self._gate.place():
            yield

    def _fetch_token(self, deadline: Deadline) -> Grant:
        credentials = {"appid": self._settings.appid, "secret": self._settings.secret}
        grant = {"grant_type": "client_credential", **credentials, "force_refresh": False}
        reply = self._exchange(Request("cgi-bin/stable_token", body=grant), deadline)
        if reply.meaning is Meaning.TOKEN:  # WeChat docs: from this API 40001 means a wrong secret
            raise Misconfigured(reply.reason, reply.errcode, reply.rid)
        body = body_of(reply)
        expires_in = body.get("expires_in")
        return Grant(text_in(body, "access_token"), expires_in if isinstance(expires_in, int) else 7200)

    def _exchange(self, request: Request, deadline: Deadline) -> Reply:
        """One request and its answer, timed and noted."""
        started = time.monotonic()
        reply = self._through_circuit(request, Exchange(deadline, self._settings.connect_timeout_s))
        seconds = time.monotonic() - started
        if not request.aside or not reply.reached:
            fine = reply.meaning in (*_USUAL, Meaning.MESSAGE)
            self._pulse.note(None if fine else reply.reason)
        self._observe(request.path, reply.label, seconds)
        if reply.meaning not in _USUAL or reply.rid:
            _note(request.path, reply, seconds)
        return reply

    def _through_circuit(self, request: Request, exchange: Exchange) -> Reply:
        passed = self._circuit.enter()
        reached = False
        try:
            reply = self._client.call(request, exchange)
            reached = reply.reached
            return reply
        finally:
            self._circuit.leave(passed, well=reached)

    def _circuit_changed(self, what: str) -> None:
        self._observe("circuit", what, 0.0)
        if what != "refused":
            log.warning("wechat.circuit", state=what)


def body_of(reply: Reply) -> Mapping[str, Any]:
    """The answer's body. The WeChatError that fits when it is none, or an error."""
    if error := error_for(reply):
        raise error
    return reply.body


def text_in(body: Mapping[str, Any], name: str) -> str:
    """A text that must be there. Unavailable when it is not."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Unavailable(f"the answer lacks {name}")
    return value


def part_of(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object that must be there. Unavailable when it is not."""
    value = body.get(name)
    if not isinstance(value, dict):
        raise Unavailable(f"the answer lacks {name}")
    return value


def _note(path: str, reply: Reply, seconds: float) -> None:
    """Every rid is kept: with it WeChat's support finds the call for seven days."""
    write = log.info if reply.meaning in _USUAL else log.warning
    if reply.meaning is Meaning.OPERATOR:
        write = log.error
    write("wechat.answer", path=path, reason=reply.reason, rid=reply.rid, seconds=round(seconds, 3))
