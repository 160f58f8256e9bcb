"""How WeChat has been lately, as this process saw it and as the others did; for the readiness page."""

import os
import threading
import time
import uuid

import structlog

from app.wechat.tokens import Shared

log = structlog.get_logger()

_REMEMBERED_S = 300.0
_SHARED_S = 60.0
_TELL_EVERY_S = 5.0


class Pulse:
    """Remembers the last trouble until a call succeeds or five minutes have passed.

    Others learn of it through the shared state, for a minute after it was last met, so that every worker's
    readiness page says the same; that is written in trouble only, and once in five seconds at most.
    """

    def __init__(self, shared: Shared, appid: str) -> None:
        self._shared = shared
        self._key = f"wechat:trouble:{appid}"
        self._name = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._last: tuple[float, str] | None = None
        self._telling = threading.Lock()
        self._told: str | None = None
        self._told_at = 0.0

    def note(self, trouble: str | None) -> None:
        """What the last call met; None when WeChat did its part."""
        self._last = None if trouble is None else (time.monotonic(), trouble)
        if trouble is not None or self._told is not None:
            self._tell(trouble)

    def trouble(self) -> str | None:
        """The trouble that is still fresh in this process, else None."""
        last = self._last
        return last[1] if last and time.monotonic() - last[0] < _REMEMBERED_S else None

    def anywhere(self) -> str | None:
        """The same, or what another process met within the last minute."""
        if (own := self.trouble()) is not None:
            return own
        told = self._shared.get(self._key)
        return told.partition(" ")[2] if told else None

    def _tell(self, trouble: str | None) -> None:
        """Nobody waits for it, and no call fails because of it."""
        if not self._telling.acquire(blocking=False):
            return
        try:
            if trouble is None:
                self._take_back()
            elif self._told is None or time.monotonic() - self._told_at >= _TELL_EVERY_S:
                told = f"{self._name} {trouble}"
                self._shared.set(self._key, told, _SHARED_S)
                self._told, self._told_at = told, time.monotonic()
        except Exception as fault:
            log.warning("wechat.trouble_not_shared", error=type(fault).__name__)
        finally:
            self._telling.release()

    def _take_back(self) -> None:
        told, self._told = self._told, None
        if told is not None:
            self._shared.delete_if(self._key, told)
