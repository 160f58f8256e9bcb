"""The access token: kept for all processes, fetched by one of them at a time.

WeChat docs (stable_token): the same token comes back while it lives, `expires_in` is what remains of it,
WeChat renews it five minutes before its end; 10 000 fetches a minute.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from app.wechat.deadline import Deadline
from app.wechat.errors import Unavailable

_RENEWED_EARLY_S = 300
_SHORTEST_S = 60
_LOCK_MARGIN_S = 1.0
_REMEMBERED_S = 1.0


class Shared(Protocol):
    """What is needed of the state that all processes share (`SharedState`)."""

    def get(self, key: str) -> str | None: ...
    def set(self, key: str, value: str, ttl_s: float) -> None: ...
    def delete_if(self, key: str, value: str) -> None: ...
    def lock(self, name: str, ttl_s: float, wait_s: float) -> AbstractContextManager[bool]: ...


@dataclass(frozen=True)
class Grant:
    """A token as WeChat gives it out, with the seconds it has left."""

    token: str = field(repr=False)
    expires_in: int


@dataclass(frozen=True)
class Ticket:
    """A token together with the fetch that brought it.

    A stable token may come back unchanged after it was refused; only the fetch tells "somebody has already
    asked again" from "nobody has".
    """

    fetch: str
    token: str = field(repr=False)

    def packed(self) -> str:
        """As it lies in the shared state."""
        return f"{self.fetch} {self.token}"

    @classmethod
    def unpacked(cls, packed: str | None) -> "Ticket | None":
        """What `packed` made; None for nothing and for something else."""
        fetch, _, token = (packed or "").partition(" ")
        return cls(fetch, token) if token else None


class TokenKeeper:
    """Gives out the current ticket; renews one that failed, once for all who hold it."""

    def __init__(
        self, shared: Shared, appid: str, lease_s: float, fetch: Callable[[Deadline], Grant]
    ) -> None:
        """`lease_s`: the longest that a fetch may take; a holder that dies blocks the others no longer."""
        self._shared = shared
        self._key = f"wechat:token:{appid}"
        self._lease_s = lease_s + _LOCK_MARGIN_S
        self._fetch = fetch
        self._turn = threading.Lock()
        self._remembered: tuple[Ticket | None, float] = (None, 0.0)

    def current(self, deadline: Deadline) -> Ticket:
        """The ticket in force, fetched if there is none. WeChatError when it cannot be had.

        Looked up once a second, not once a call: the token that another process has replaced since lives
        for five more minutes (WeChat docs), and one that is refused is looked up anew.
        """
        ticket, until = self._remembered
        if ticket is not None and time.monotonic() < until:
            return ticket
        return self._remember(self._look() or self._another(None, deadline))

    def renew(self, failed: Ticket, deadline: Deadline) -> Ticket:
        """A ticket other than `failed`: somebody else's if there is one by now, else fetched by us."""
        return self._remember(self._another(failed, deadline))

    def _remember(self, ticket: Ticket) -> Ticket:
        self._remembered = (ticket, time.monotonic() + _REMEMBERED_S)
        return ticket

    def _another(self, failed: Ticket | None, deadline: Deadline) -> Ticket:
        with self._my_turn(deadline):
            if found := self._look(other_than=failed):
                return found
            with self._shared.lock(self._key, self._lease_s, deadline.left()) as alone:
                if found := self._look(other_than=failed):
                    return found
                if not alone:
                    raise Unavailable("another process is still fetching the access token")
                if failed:
                    self._shared.delete_if(self._key, failed.packed())
                return self._keep(self._fetch(deadline))

    def _look(self, other_than: Ticket | None = None) -> Ticket | None:
        found = Ticket.unpacked(self._shared.get(self._key))
        return found if found != other_than else None

    def _keep(self, grant: Grant) -> Ticket:
        ticket = Ticket(uuid.uuid4().hex, grant.token)
        keep_s = min(max(grant.expires_in - _RENEWED_EARLY_S, _SHORTEST_S), max(grant.expires_in, 1))
        self._shared.set(self._key, ticket.packed(), keep_s)
        return ticket

    @contextmanager
    def _my_turn(self, deadline: Deadline) -> Iterator[None]:
        """One thread of this process at a time, so that only one of them asks for the shared lock."""
        if not self._turn.acquire(timeout=deadline.left()):
            raise Unavailable("another thread is still fetching the access token")
        try:
            yield
        finally:
            self._turn.release()
