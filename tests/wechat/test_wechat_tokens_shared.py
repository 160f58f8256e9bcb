"""One token fetch for threads and processes together, on the real shared state: database, Valkey, Redis."""

import multiprocessing
import threading
from collections.abc import Iterator
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest

from app.foundation.database import Database
from app.foundation.shared import SharedState
from app.settings import DatabaseSettings, RedisSettings
from app.wechat import WeChat
from app.wechat.standin.server import StandIn
from app.wechat.tokens import TokenKeeper
from tests.support.meeting import Meeting
from tests.wechat.helpers import TOKEN, at_once, calls, settings

PROCESSES = 4
THREADS = 16


@pytest.fixture
def standin(standin: StandIn) -> StandIn:
    standin.world.latency_s[TOKEN] = 0.05
    return standin


def open_state(database_url: str, redis_url: str) -> tuple[Database, SharedState]:
    database = Database(DatabaseSettings(url=database_url))
    state = SharedState(RedisSettings(url=redis_url, timeout_s=2), database)
    _forget_token(state)
    return database, state


def _forget_token(state: SharedState) -> None:
    """A Redis outlives a test."""
    key = "wechat:token:wx1234567890abcdef"
    if left := state.get(key):
        state.delete_if(key, left)


@pytest.fixture
def state(database_url: str, each_shared_state: str) -> Iterator[SharedState]:
    database, made = open_state(database_url, each_shared_state)
    yield made
    _forget_token(made)
    made.close()
    database.close()


def ask_all(client: WeChat, threads: int) -> list[Any]:
    return at_once(threads, lambda i: client.phone_number(f"demo:1380000{i:04}").phone)


def test_sixteen_threads_with_a_cold_cache_fetch_once(standin: StandIn, state: SharedState) -> None:
    client = WeChat(settings(standin.url, deadline_s=10), state, slots=THREADS)
    assert ask_all(client, THREADS) == [f"1380000{i:04}" for i in range(THREADS)]
    assert calls(standin, TOKEN) == 1


def _process(url: str, database_url: str, redis_url: str, together: Barrier, results: Any) -> None:
    database = Database(DatabaseSettings(url=database_url))
    state = SharedState(RedisSettings(url=redis_url, timeout_s=2), database)
    client = WeChat(settings(url, deadline_s=20), state, slots=THREADS)
    together.wait(60)
    results.put([number for number in ask_all(client, THREADS) if isinstance(number, str)])
    state.close()
    database.close()


def test_sixty_four_threads_over_four_processes_fetch_once(
    standin: StandIn, state: SharedState, database_url: str, each_shared_state: str
) -> None:
    spawn = multiprocessing.get_context("spawn")
    together, results = spawn.Barrier(PROCESSES), spawn.Queue()
    given = (standin.url, database_url, each_shared_state, together, results)
    processes = [spawn.Process(target=_process, args=given) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    answers = [results.get(timeout=90) for _ in processes]
    for process in processes:
        process.join(10)
    assert [len(numbers) for numbers in answers] == [THREADS] * PROCESSES
    assert calls(standin, TOKEN) == 1


def test_without_the_lease_processes_fetch_each_for_itself(
    standin: StandIn, state: SharedState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: two clients, each with the turn of its own threads, but no lease between them."""

    class Unlocked:
        get, set, delete_if = state.get, state.set, state.delete_if

        def lock(self, name: str, ttl_s: float, wait_s: float) -> Any:
            return _always()

    monkeypatch.setattr(TokenKeeper, "_keep", Meeting().before(TokenKeeper._keep))
    clients = [WeChat(settings(standin.url, deadline_s=10), Unlocked(), slots=THREADS) for _ in range(2)]
    threads = [threading.Thread(target=ask_all, args=(client, 4)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert calls(standin, TOKEN) == 2


class _always:
    def __enter__(self) -> bool:
        return True

    def __exit__(self, *_: object) -> None:
        return None
