"""Rate limits: people are counted, addresses only before sign-in, and never where help is asked for."""

import time
from threading import Lock

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.settings import LimitSettings, RedisSettings
from app.web import metrics
from app.web.refusals import TOO_MANY

log = structlog.get_logger()

_WINDOW_S = 60


class Counts:
    """Counts of the present minute in this process. (The `limits` library starts a thread for each count.)"""

    def __init__(self) -> None:
        self._minute = 0
        self._counts: dict[str, int] = {}
        self._lock = Lock()

    def count(self, name: str, minute: int) -> int:
        """One more for `name`; the counts of another minute are forgotten."""
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            counted = self._counts[name] = self._counts.get(name, 0) + 1
            return counted


class SharedCounts:
    """The same in Redis, for all processes together."""

    def __init__(self, settings: RedisSettings) -> None:
        self._redis: redis.Redis = redis.Redis.from_url(
            settings.url,
            socket_timeout=settings.timeout_s,
            socket_connect_timeout=settings.timeout_s,
            retry=Retry(NoBackoff(), 0),
        )

    def count(self, name: str, minute: int) -> int:
        """One more for `name`, in one round trip; Redis forgets the minute by itself."""
        key = f"home:limit:{minute}:{name}"
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 2 * _WINDOW_S)
            return int(pipe.execute()[0])


class Limits:
    """Counts in Redis where there is one, else in this process; fails open when Redis is gone."""

    def __init__(self, settings: LimitSettings, redis_settings: RedisSettings) -> None:
        self._settings = settings
        self._retry_after_s = redis_settings.retry_after_s
        self._down_until = 0.0
        self._counts = SharedCounts(redis_settings) if redis_settings.url else Counts()

    def person(self, person_id: object) -> None:
        """Count one request of a signed-in person. Refused with `api.too_many` beyond the limit."""
        self._count(f"person:{person_id}", self._settings.per_person_minute)

    def address(self, address: str | None) -> None:
        """Count one request of a stranger by address, generously: a whole coach shares one."""
        self._count(f"address:{address}", self._settings.per_address_minute)

    def _count(self, name: str, most: int) -> None:
        if not self._settings.enabled or time.monotonic() < self._down_until:
            return
        now = time.time()
        try:
            counted = self._counts.count(name, int(now // _WINDOW_S))
        except redis.RedisError as trouble:
            self._down_until = time.monotonic() + self._retry_after_s
            metrics.LIMITS_OPEN.inc()
            log.warning("limits.failed_open", error=type(trouble).__name__)
            return
        if counted > most:
            raise TOO_MANY.now(retry_after=int(_WINDOW_S - now % _WINDOW_S) + 1)
