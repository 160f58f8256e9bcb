"""State shared by processes: the same manners with and without Redis, and none of it lost when Redis goes."""

import time
from collections.abc import Iterator
from threading import Thread

import pytest
import redis
from sqlalchemy import text

from app.foundation.database import Database
from app.foundation.shared import SharedState, sweep
from app.settings import DatabaseSettings, RedisSettings
from tests.support.crowd import at_once
from tests.support.servers import valkey_for_tests


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(DatabaseSettings(url=database_url))
    yield made
    made.close()


@pytest.fixture
def shared(database: Database, each_shared_state: str) -> Iterator[SharedState]:
    if each_shared_state:
        redis.Redis.from_url(each_shared_state).flushdb()
    made = SharedState(RedisSettings(url=each_shared_state, timeout_s=2), database)
    yield made
    made.close()


def test_a_value_lives_until_its_end(shared: SharedState) -> None:
    assert shared.get("k") is None
    shared.set("k", "值", ttl_s=60)
    assert shared.get("k") == "值"
    shared.set("k", "other", ttl_s=0.05)
    time.sleep(0.1)
    assert shared.get("k") is None


def test_only_what_is_still_meant_is_deleted(shared: SharedState) -> None:
    shared.set("k", "new", ttl_s=60)
    shared.delete_if("k", "old")
    assert shared.get("k") == "new"
    shared.delete_if("k", "new")
    assert shared.get("k") is None


def test_of_sixteen_who_want_a_lock_one_has_it(shared: SharedState) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> bool:
        with shared.lock("one", ttl_s=30, wait_s=20) as mine:
            if mine:
                inside.append(1)
                most.append(len(inside))
                time.sleep(0.005)
                inside.pop()
            return mine

    assert at_once([work] * 16) == [True] * 16
    assert max(most) == 1


def test_who_does_not_want_to_wait_is_told_no(shared: SharedState) -> None:
    with shared.lock("one", ttl_s=30, wait_s=0) as mine:
        assert mine
        with shared.lock("one", ttl_s=30, wait_s=0) as other:
            assert not other
        with shared.lock("another", ttl_s=30, wait_s=0) as another:
            assert another
    with shared.lock("one", ttl_s=30, wait_s=0) as again:
        assert again


def test_the_lock_of_somebody_who_died_ends_by_itself(shared: SharedState) -> None:
    shared._first(lambda state: state.take("one", "died", 0.1))
    with shared.lock("one", ttl_s=30, wait_s=5) as mine:
        assert mine


def test_whoever_comes_back_late_does_not_free_another_s_lock(shared: SharedState) -> None:
    assert shared._first(lambda state: state.take("one", "late", 0.05))
    time.sleep(0.1)
    with shared.lock("one", ttl_s=30, wait_s=0) as mine:
        assert mine
        shared._first(lambda state: state.release("one", "late"))
        with shared.lock("one", ttl_s=30, wait_s=0) as stolen:
            assert not stolen


def test_without_an_answer_from_redis_the_database_takes_over_and_nobody_waits(database: Database) -> None:
    shared = SharedState(RedisSettings(url="redis://127.0.0.1:1/0", timeout_s=2), database)
    began = time.monotonic()
    shared.set("k", "v", ttl_s=60)
    assert [shared.get("k") for _ in range(50)] == ["v"] * 50
    with shared.lock("one", ttl_s=5, wait_s=0) as mine:
        assert mine
    assert time.monotonic() - began < 20
    assert not shared.redis_alive()
    shared.close()


def test_redis_is_used_again_when_it_is_back(database: Database) -> None:
    settings = RedisSettings(url=valkey_for_tests(), timeout_s=2, retry_after_s=0.2)
    shared = SharedState(settings, database)
    shared._down_until = time.monotonic() + 0.2  # it did not answer just now
    shared.set("back", "in the database", ttl_s=60)
    time.sleep(0.25)
    shared.set("back", "in redis", ttl_s=60)
    assert shared._redis is not None
    assert shared._redis.get("back") == "in redis"
    assert shared.redis_alive()
    shared.close()


def test_a_flushed_redis_only_forgets(database: Database) -> None:
    url = valkey_for_tests()
    shared = SharedState(RedisSettings(url=url, timeout_s=2), database)
    shared.set("k", "v", ttl_s=60)
    redis.Redis.from_url(url).flushdb()
    assert shared.get("k") is None
    shared.close()


def test_what_has_ended_is_swept_from_the_tables(database: Database) -> None:
    shared = SharedState(RedisSettings(), database)
    shared.set("old", "v", ttl_s=0.01)
    shared.set("fresh", "v", ttl_s=60)
    shared._first(lambda state: state.take("old", "x", 0.01))
    time.sleep(0.05)
    assert sweep(database) == 2
    with database.transaction() as session:
        assert session.scalars(text("SELECT key FROM shared_value")).all() == ["fresh"]


def test_a_waiting_thread_gets_the_lock_when_it_is_given_back(shared: SharedState) -> None:
    got: list[bool] = []

    def wait() -> None:
        with shared.lock("one", ttl_s=30, wait_s=10) as mine:
            got.append(mine)

    with shared.lock("one", ttl_s=30, wait_s=0):
        waiting = Thread(target=wait)
        waiting.start()
        time.sleep(0.15)
        assert got == []
    waiting.join(10)
    assert got == [True]
