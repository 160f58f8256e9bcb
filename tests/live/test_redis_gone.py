"""Redis killed, frozen and back again under load: nobody notices, and /readyz says so."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis

from app.launcher.orphans import child_setup
from tests.live.conftest import Serve
from tests.live.phone import API, Phone, crowd
from tests.live.service import wait_for
from tests.live.writers import place_key, rows
from tests.support import servers


class Valkey:
    """A server of this test's own, on a socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = f"unix://{folder}/valkey?db=0"
        self.start()

    def start(self) -> None:
        """Start it (again) and wait until it answers."""
        options = f"--port 0 --unixsocket {self._folder}/valkey --dir {self._folder} --appendonly no"
        self.process = subprocess.Popen(
            [str(servers._valkey_program()), *options.split(), "--save", ""],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=child_setup(),
        )
        wait_for(self._answers, 10, lambda: "valkey did not start")

    def signal(self, what: signal.Signals) -> None:
        """Kill, freeze or thaw it."""
        os.kill(self.process.pid, what)
        if what == signal.SIGKILL:
            self.process.wait()

    def keys(self) -> int:
        """How many keys are in it."""
        with redis.Redis.from_url(self.url) as client:
            return int(client.dbsize())

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    folder = Path(tempfile.mkdtemp(prefix="drivers-home-tests-", dir="/tmp"))
    server = Valkey(folder)
    yield server
    server.process.kill()
    server.process.wait()
    shutil.rmtree(folder)


def scan_twice(stop: threading.Event, phone: Phone, key: str, scans: list[str]) -> None:
    """Each scan is sent twice, as by a driver who does not trust his phone."""
    number, now = 0, datetime.now(UTC)
    while not stop.is_set():
        number += 1
        at = (now - timedelta(minutes=11 * number)).isoformat()
        body = {"code": key, "scanned_at": at}
        first, second = (phone.call("POST", f"{API}/checkins", body) for _ in range(2))
        assert (first.status, second.status) == (201, 200), (first.body, second.body)
        assert first.body["id"] == second.body["id"]
        scans.append(first.body["id"])


def sign_in_now_and_then(stop: threading.Event, phone: Phone) -> None:
    while not stop.is_set():
        phone.sign_in("newcomer")
        stop.wait(0.1)


def degraded(phone: Phone) -> list[str]:
    """What /readyz says is degraded; it must be ready."""
    reply = phone.call("GET", "/readyz")
    assert reply.status == 200, reply.body
    return list(reply.body["degraded"])


def test_redis_killed_and_frozen_under_load_costs_nobody_an_answer(
    serve: Serve, database_url: str, valkey: Valkey, say: Callable[[str], None]
) -> None:
    service = serve(database_url, APP__REDIS__URL=valkey.url)
    key = place_key(database_url)
    phones = [Phone(service.port).sign_in(f"road{n}") for n in range(16)]
    scans: list[str] = []
    newcomer, watcher = Phone(service.port), Phone(service.port)
    assert valkey.keys() > 0, "the service uses it"
    assert "redis" not in degraded(watcher)
    with crowd() as clients:
        for phone in phones:
            clients.add(scan_twice, phone, key, scans)
        clients.add(sign_in_now_and_then, newcomer)
        clients.let_run(1.0)
        valkey.signal(signal.SIGKILL)
        began = time.monotonic()
        clients.let_run(2.0)
        assert "redis" in degraded(watcher)
        valkey.start()
        clients.let_run(2.5)  # longer than redis.retry_after_s
        assert "redis" not in degraded(watcher)
        assert valkey.keys() > 0, "it is used again"
        valkey.signal(signal.SIGSTOP)
        clients.let_run(1.5)
        assert "redis" in degraded(watcher)
        valkey.signal(signal.SIGCONT)
        clients.let_run(0.5)
    replies = [reply for phone in (*phones, newcomer) for reply in phone.replies]
    assert max(reply.status for reply in replies) < 500
    there = [row.id for row in rows(database_url) if row.table == "check_in"]
    assert sorted(there) == sorted(scans)
    before = max(reply.seconds for reply in replies if reply.began + reply.seconds < began)
    slowest = max(reply.seconds for reply in replies if reply.began + reply.seconds >= began)
    say(f"Redis gone: {len(scans)} scans sent twice, {len(there)} rows, {len(replies)} answers, none 5xx;")
    say(f"slowest answer {before:.2f} s before, {slowest:.2f} s after")
    assert slowest < before + 2
    assert not service.said("fault")
