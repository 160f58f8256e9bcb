"""The service as production runs it: gunicorn with its own settings, to be killed and started again."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.launcher import metrics_folder
from app.launcher.orphans import child_setup

ROOT = Path(__file__).resolve().parents[2]
_START_S = 60.0  # some two seconds on a machine that is not busy


class Service:
    """One gunicorn, always on the same port. To be used from the main thread: it dies with its starter."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.port = free_port()
        self.log = folder / "service.log"
        self._metrics = metrics_folder.prepare(folder)
        config = folder / "config.toml"
        config.touch()
        outside = {name: value for name, value in os.environ.items() if not name.startswith("APP_")}
        self._environment = outside | {
            "APP_CONFIG": str(config),
            "APP__LIMITS__PER_PERSON_MINUTE": "1000000",  # a few people send what hundreds would
            "APP__LIMITS__PER_ADDRESS_MINUTE": "1000000",
            metrics_folder.VARIABLE: str(self._metrics),
            **settings,
        }

    def start(self) -> None:
        """Start it and wait until every worker has answered something."""
        argv = [sys.executable, "-m", "gunicorn", "-c", "python:app.launcher.gunicorn_conf"]
        metrics_folder.sweep(self._metrics)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [*argv, "--bind", f"127.0.0.1:{self.port}"],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                preexec_fn=child_setup(),
            )
        wait_for(self._is_up, _START_S, lambda: f"the service did not start:\n{self.said()[-2000:]}")

    def workers(self) -> list[int]:
        """The process numbers of its workers."""
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            return [int(number) for number in children.read_text().split()]
        return []

    def kill_all(self) -> int:
        """kill -9 of the master and its workers, all at the same moment; how many processes that were."""
        processes = [*self.workers(), self.process.pid]
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.process.wait()
        wait_for(lambda: not any(map(_lives, processes)), 10, lambda: "a killed process lives on")
        return len(processes)

    def end(self) -> None:
        """Ask it to end, and see to it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill_all()
        metrics_folder.clear_away(self._metrics)

    def said(self, event: str = "") -> str:
        """Its log; only the lines of that event, where one is named."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(line for line in lines if not event or f'"event":"{event}"' in line)

    def _is_up(self) -> bool:
        assert self.process.poll() is None, f"the service ended:\n{self.said()[-2000:]}"
        return self._answers() and len(self.workers()) == 2 and self._counted().issuperset(self.workers())

    def _counted(self) -> set[int]:
        """Who has served a request: a worker's figures begin with its first."""
        names = (re.search(r"_(\d+)\.db$", file.name) for file in self._metrics.glob("*.db"))
        return {int(name[1]) for name in names if name}

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5) as probe:
            probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            return probe.recv(12) == b"HTTP/1.1 200"
        return False


def free_port() -> int:
    """A free port below those the kernel gives to clients: one of them, asking again and again where nobody
    listens, can be given that very port and would then talk to itself."""
    start = 21000 + os.getpid() % 900 * 10
    for port in range(start, start + 1000):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise AssertionError("no free port")


def wait_for(what: Callable[[], bool], within_s: float, otherwise: Callable[[], str]) -> float:
    """Until it is so; how many seconds that took. An assertion when it does not become so in time."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() < began + within_s, otherwise()
        time.sleep(0.02)
    return time.monotonic() - began


def _lives(process: int) -> bool:
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        return state not in "ZX"
    return False
