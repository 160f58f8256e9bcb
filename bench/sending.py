"""Sends a second of a jobs process beside a bare thread pool of the same width, through the same stand-in."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import requests

from app.notices.courier import senders
from app.settings import Settings
from bench.crowd import Crowd
from bench.phone import SEND
from bench.planning import Wrong, planned, spread
from bench.servers import ROOT, cpu_s, environment

LATENCY_S = 0.05
_WITHIN_S = 300.0


@dataclass
class Sent:
    """Messages a second over all rounds, ours and bare; what the stand-in can carry without its latency."""

    width: int
    number: int
    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    room: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)

    def lines(self) -> str:
        """Medians with the lowest and the highest; the ratio round by round."""
        ratios = [ours / bare for ours, bare in zip(self.ours, self.bare, strict=True)]
        return (
            f"ours {spread(self.ours, '.0f')}/s  bare pool of {self.width} {spread(self.bare, '.0f')}/s"
            f"  ratio {spread(ratios, '.3f')}  (the latency alone allows {self.width / LATENCY_S:.0f}/s)\n"
            f"the stand-in without its latency: {spread(self.room, '.0f')}/s"
            f"  jobs process: {spread(self.cpu_ms, '.2f')} ms CPU a message,"
            f" peak memory {max(self.peak_mb):.0f} MB"
        )


def measure(crowd: Crowd, number: int, rounds: int) -> Sent:
    """Both in turn, `number` messages each."""
    figures = Sent(senders(Settings()), number)
    with _phone(crowd, number) as port:
        for turn in range(rounds):
            _latency(port, 0)
            figures.room.append(_bare(port, figures))
            _latency(port, LATENCY_S)
            for subject in ("ours", "bare") if turn % 2 else ("bare", "ours"):
                if subject == "bare":
                    figures.bare.append(_bare(port, figures))
                else:
                    _ours(crowd, port, figures)
    return figures


@contextlib.contextmanager
def _phone(crowd: Crowd, people: int) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with _running([sys.executable, "-m", "bench.phone", str(port), str(people)], crowd, "phone"):
        until = time.monotonic() + 30
        while True:
            with contextlib.suppress(requests.ConnectionError):
                requests.get(f"http://127.0.0.1:{port}/_standin/calls", timeout=5)
                break
            if time.monotonic() > until:
                raise Wrong("the stand-in did not start")
            time.sleep(0.1)
        yield port


@contextlib.contextmanager
def _running(argv: list[str], crowd: Crowd, name: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    log = crowd.folder / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: S603 - argv is ours
            argv, cwd=ROOT, env=os.environ | environment(crowd) | more, stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _latency(port: int, seconds: float) -> None:
    told = {"path": SEND, "seconds": seconds}
    requests.post(f"http://127.0.0.1:{port}/_standin/latency", json=told, timeout=5).raise_for_status()


def _bare(port: int, figures: Sent) -> float:
    argv = [sys.executable, "-m", "bench.bare_sender", str(port), str(figures.width), str(figures.number)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True)  # noqa: S603 - argv is ours
    if done.returncode:
        raise Wrong(f"the bare pool failed: {done.stderr.decode(errors='replace')[-2000:]}")
    return float(json.loads(done.stdout)["rate"])


def _ours(crowd: Crowd, port: int, figures: Sent) -> None:
    """A mailing is planned and held back until the jobs process is up; then it is let go."""
    crowd.fresh()
    planned(crowd, crowd.bound(figures.number))
    _execute(crowd, "UPDATE mailing SET state = 'paused' WHERE done_at IS NULL")
    more = {
        "APP__WECHAT__API_BASE": f"http://127.0.0.1:{port}",
        "APP__WECHAT__STANDIN": "true",
        "APP__NOTICES__RATE_PER_S": "100000",
    }
    log = crowd.folder / "jobs.log"
    with _running([sys.executable, "-m", "app", "jobs"], crowd, "jobs", **more) as jobs:
        _wait(lambda: "jobs.started" in log.read_text(), "the jobs process did not start")
        time.sleep(2.0)  # its first ticks are over
        before = cpu_s([jobs.pid])
        _execute(crowd, "UPDATE mailing SET state = 'open' WHERE state = 'paused'")
        _wait(lambda: _states(crowd) == {"sent": figures.number}, f"not all was sent: {_states(crowd)}")
        figures.cpu_ms.append((cpu_s([jobs.pid]) - before) * 1000 / figures.number)
        figures.peak_mb.append(_peak_mb(jobs.pid))
    figures.ours.append(_rate(crowd))


def _wait(what: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + _WITHIN_S
    while not what():
        if time.monotonic() > until:
            raise Wrong(otherwise)
        time.sleep(0.25)


def _execute(crowd: Crowd, statement: str) -> None:
    with psycopg.connect(crowd.url, autocommit=True) as connection:
        connection.execute(statement)


def _states(crowd: Crowd) -> dict[str, int]:
    with psycopg.connect(crowd.url) as connection:
        return dict(connection.execute("SELECT state, count(*) FROM delivery GROUP BY state").fetchall())


def _rate(crowd: Crowd) -> float:
    """From the first answer that was written down to the last."""
    with psycopg.connect(crowd.url) as connection:
        row = connection.execute(
            "SELECT (count(*) - 1) / extract(epoch FROM max(settled_at) - min(settled_at)) FROM delivery"
        ).fetchone()
    assert row is not None
    return float(row[0])


def _peak_mb(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise Wrong("the kernel does not tell how much memory the process had")
