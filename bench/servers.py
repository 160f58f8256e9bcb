"""Servers under load: gunicorn with the service's own settings, and what its workers use up."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.launcher import metrics_folder
from bench.place import Place

ROOT = Path(__file__).resolve().parent.parent
OURS = "app:create_app()"
YARDSTICK = "bench.yardstick:create_app()"
HELLO = "bench.hello:create_app()"
_START_S = 60.0
_STOP_S = 10.0
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def workers(self) -> list[int]:
        """The process numbers of its workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(number) for number in children.read_text().split()]

    def memory_mb(self) -> tuple[float, float]:
        """A worker's mean in MB: RSS (all that it can reach), PSS (shared pages divided by sharers)."""
        found = [_memory_kb(worker) for worker in self.workers()]
        rss, pss = (sum(kind) / len(found) / 1024 for kind in zip(*found, strict=True))
        return rss, pss


@contextlib.contextmanager
def serving(place: Place, application: str, name: str) -> Iterator[Server]:
    """The application behind `gunicorn -c app/launcher/gunicorn_conf.py`, as production runs the service."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = place.folder / f"{name}.log"
    argv = [sys.executable, "-m", "gunicorn", "-c", "python:app.launcher.gunicorn_conf"]
    argv += ["--bind", f"127.0.0.1:{port}", application]
    with log.open("wb") as out:
        process = subprocess.Popen(argv, cwd=ROOT, env=environment(place), stdout=out, stderr=out)  # noqa: S603
    try:
        _wait_until_it_listens(port, process, log)
        yield Server(port, process, log)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environment(place: Place) -> dict[str, str]:
    """The settings of an installation; only the limit by address would stop one lone client's reads."""
    no_config = place.folder / "config.toml"
    no_config.touch()
    return os.environ | {
        "APP_CONFIG": str(no_config),
        "APP__DATABASE__URL": place.url,
        "APP__DATA_DIR": str(place.folder),
        "APP__WEB__PUBLIC_URL": "https://home.example",
        "APP__WECHAT__API_BASE": "http://127.0.0.1:9",
        "APP__LIMITS__PER_ADDRESS_MINUTE": "100000000",
        metrics_folder.VARIABLE: str(metrics_folder.prepare(place.folder)),
    }


def _wait_until_it_listens(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            probe.recv(1)
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def cpu_s(processes: list[int]) -> float:
    """Processor time of these processes since they started, in seconds; those elsewhere count nothing."""
    total = 0.0
    for process in processes:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) * _TICK_S
    return total


def _memory_kb(process: int) -> tuple[int, int]:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    size = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return size["Rss"], size["Pss"]
