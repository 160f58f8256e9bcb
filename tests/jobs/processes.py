"""Real jobs processes, as an operator starts them, against the test's database and stand-in."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.foundation.home import Home


class Jobs:
    """One `python -m app jobs`."""

    def __init__(self, home: Home, log: Path, **settings: str) -> None:
        """`settings`: more of its environment."""
        given = home.settings
        environment = {
            "PATH": os.environ["PATH"],
            "APP__DATA_DIR": str(given.data_dir),
            "APP__DATABASE__URL": given.database.url,
            "APP__REDIS__URL": given.redis.url,
            "APP__WECHAT__API_BASE": given.wechat.api_base,
            "APP__WECHAT__STANDIN": "true",
            "APP__WECHAT__DEADLINE_S": "3",
            "APP__NOTICES__LEASE_S": "5",
            "APP__NOTICES__RATE_PER_S": "500",
            **settings,
        }
        self._log = log
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "jobs"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=log.open("ab"),
            cwd=Path(__file__).resolve().parents[2],
        )

    def told(self, event: str) -> list[dict[str, object]]:
        """The log lines of this event."""
        lines = [json.loads(line) for line in self._log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == event]

    def kill(self) -> None:
        """As the kernel does when memory is short."""
        self.process.kill()
        self.process.wait()

    def end(self, by: signal.Signals = signal.SIGTERM) -> float:
        """Ask it to end; how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(by)
        self.process.wait(20)
        return time.monotonic() - began


@contextmanager
def jobs(home: Home, folder: Path, number: int = 1, **settings: str) -> Iterator[list[Jobs]]:
    """That many processes; whatever a test does, none outlives it."""
    started = [Jobs(home, folder / f"jobs{n}.log", **settings) for n in range(number)]
    try:
        for one in started:
            wait_for(lambda one=one: one.told("jobs.started"))
        yield started
    finally:
        for one in started:
            if one.process.poll() is None:
                one.kill()


def wait_for(what: Callable[[], object], within_s: float = 60.0, every_s: float = 0.05) -> None:
    """Until it is so; an assertion when it does not become so in time."""
    until = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(every_s)
