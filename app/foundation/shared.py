"""State shared by all processes: Redis where it is configured and alive, else tables in the database."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import Function, Text, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from app.foundation.database import Base, Database, rows_changed
from app.settings import RedisSettings

log = structlog.get_logger()
T = TypeVar("T")

_POLL_S = 0.05


class SharedValue(Base):
    """A value with an end, for when there is no Redis."""

    __tablename__ = "shared_value"
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime]


class SharedLease(Base):
    """A lock that ends by itself, for when there is no Redis."""

    __tablename__ = "shared_lease"
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    holder: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime]


class DatabaseState:
    """Values and leases in two small tables; measured in the server's own real time."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")

    def get(self, key: str) -> str | None:
        """The value, or None when there is none or it has ended."""
        live = select(SharedValue.value).where(SharedValue.key == key, SharedValue.expires_at > func.now())
        with self._engine.connect() as connection:
            return connection.scalar(live)

    def set(self, key: str, value: str, ttl_s: float) -> None:
        """Keep `value` for `ttl_s` seconds."""
        until = func.now() + _seconds(ttl_s)
        row = insert(SharedValue).values(key=key, value=value, expires_at=until)
        fresh = row.on_conflict_do_update(index_elements=["key"], set_={"value": value, "expires_at": until})
        with self._engine.connect() as connection:
            connection.execute(fresh)

    def delete_if(self, key: str, value: str) -> None:
        """Forget the value, but only if it is still this one."""
        gone = delete(SharedValue).where(SharedValue.key == key, SharedValue.value == value)
        with self._engine.connect() as connection:
            connection.execute(gone)

    def take(self, name: str, holder: str, ttl_s: float) -> bool:
        """Take the lease if nobody holds it; the row that comes back decides."""
        until = func.now() + _seconds(ttl_s)
        row = insert(SharedLease).values(name=name, holder=holder, until=until)
        taken = row.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": holder, "until": until},
            where=SharedLease.until <= func.now(),
        )
        with self._engine.connect() as connection:  # SQLAlchemy keeps no row count of an INSERT
            return connection.scalar(taken.returning(SharedLease.name)) is not None

    def release(self, name: str, holder: str) -> None:
        """Give the lease back, if it is still ours."""
        gone = delete(SharedLease).where(SharedLease.name == name, SharedLease.holder == holder)
        with self._engine.connect() as connection:
            connection.execute(gone)


_DELETE_IF = "if redis.call('get',KEYS[1])==ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end"


class RedisState:
    """The same in Redis."""

    def __init__(self, settings: RedisSettings) -> None:
        self.client: redis.Redis = redis.Redis.from_url(
            settings.url,
            socket_timeout=settings.timeout_s,
            socket_connect_timeout=settings.timeout_s,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
        )

    def get(self, key: str) -> str | None:
        """The value, or None."""
        found = self.client.get(f"home:{key}")
        return None if found is None else str(found)

    def set(self, key: str, value: str, ttl_s: float) -> None:
        """Keep `value` for `ttl_s` seconds."""
        self.client.set(f"home:{key}", value, px=max(1, int(ttl_s * 1000)))

    def delete_if(self, key: str, value: str) -> None:
        """Forget the value, but only if it is still this one."""
        self.client.eval(_DELETE_IF, 1, f"home:{key}", value)

    def take(self, name: str, holder: str, ttl_s: float) -> bool:
        """Take the lease if nobody holds it."""
        return bool(self.client.set(f"home:lock:{name}", holder, nx=True, px=max(1, int(ttl_s * 1000))))

    def release(self, name: str, holder: str) -> None:
        """Give the lease back, if it is still ours."""
        self.client.eval(_DELETE_IF, 1, f"home:lock:{name}", holder)


class SharedState:
    """Speed and coordination; may be flushed at any time. Knows alone whether there is a Redis."""

    def __init__(self, settings: RedisSettings, database: Database) -> None:
        self._settings = settings
        self._rows = DatabaseState(database)
        self._redis = RedisState(settings) if settings.url else None
        self._down_until = 0.0

    @property
    def configured(self) -> bool:
        """Whether a Redis is meant to be there."""
        return self._redis is not None

    def redis_alive(self) -> bool:
        """Ask Redis now; False when it is configured and does not answer."""
        if self._redis is None:
            return True
        try:
            return bool(self._redis.client.ping())
        except redis.RedisError:
            return False

    def get(self, key: str) -> str | None:
        """The value, or None."""
        return self._first(lambda s: s.get(key))

    def set(self, key: str, value: str, ttl_s: float) -> None:
        """Keep `value` for `ttl_s` seconds."""
        self._first(lambda s: s.set(key, value, ttl_s))

    def delete_if(self, key: str, value: str) -> None:
        """Forget the value, but only if it is still this one (somebody may have renewed it)."""
        self._first(lambda s: s.delete_if(key, value))

    @contextmanager
    def lock(self, name: str, ttl_s: float, wait_s: float) -> Iterator[bool]:
        """Yield True while holding the lock, False when it was not to be had within `wait_s` seconds."""
        holder = uuid.uuid4().hex
        end = time.monotonic() + wait_s
        taken = self._first(lambda s: s.take(name, holder, ttl_s))
        while not taken and time.monotonic() < end:
            time.sleep(_POLL_S)
            taken = self._first(lambda s: s.take(name, holder, ttl_s))
        try:
            yield taken
        finally:
            if taken:
                self._first(lambda s: s.release(name, holder))

    def close(self) -> None:
        """Close the connections to Redis."""
        if self._redis is not None:
            self._redis.client.close()

    def _first(self, work: Callable[[DatabaseState | RedisState], T]) -> T:
        if self._redis is not None and time.monotonic() >= self._down_until:
            try:
                return work(self._redis)
            except redis.RedisError as trouble:
                self._down_until = time.monotonic() + self._settings.retry_after_s
                log.warning("redis.unreachable", error=type(trouble).__name__)
        return work(self._rows)


def sweep(database: Database) -> int:
    """Throw away values and leases that have ended; returns how many rows went."""
    with database.transaction() as session:
        values = session.execute(text("DELETE FROM shared_value WHERE expires_at < now()"))
        leases = session.execute(text("DELETE FROM shared_lease WHERE until < now()"))
        return rows_changed(values) + rows_changed(leases)


def _seconds(amount: float) -> Function[timedelta]:
    return func.make_interval(0, 0, 0, 0, 0, 0, amount)
