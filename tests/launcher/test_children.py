"""The supervisor's processes are started again when they die, end when asked, and never outlive it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.launcher.children import Child, end_all

ROOT = Path(__file__).parents[2]


def child(code: str, folder: Path) -> Child:
    return Child("test", [sys.executable, "-c", code], dict(os.environ), folder)


def wait_for(condition, seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_one_that_dies_is_started_again_after_a_pause_that_grows(tmp_path: Path) -> None:
    mortal = child("open('starts', 'a').write('x')", tmp_path)
    mortal.start()
    began = time.monotonic()

    def three_starts() -> bool:
        mortal.watch()
        return (tmp_path / "starts").exists() and len((tmp_path / "starts").read_text()) == 3

    wait_for(three_starts)
    end_all([mortal], 1)
    assert time.monotonic() - began >= 0.5 + 1.0


def test_all_are_asked_to_end_and_the_deaf_are_killed(tmp_path: Path) -> None:
    sleep = "import signal, time; {}; open({!r}, 'w').close(); time.sleep(60)"
    polite = child(sleep.format("pass", "polite"), tmp_path)
    deaf = child(sleep.format("signal.signal(signal.SIGTERM, signal.SIG_IGN)", "deaf"), tmp_path)
    for each in (polite, deaf):
        each.start()
    wait_for(lambda: (tmp_path / "polite").exists() and (tmp_path / "deaf").exists())
    began = time.monotonic()
    end_all([polite, deaf], 0.5)
    assert time.monotonic() - began < 30
    assert (polite.ended(), deaf.ended()) == (-signal.SIGTERM, -signal.SIGKILL)


def test_ctrl_c_in_the_terminal_reaches_only_the_supervisor(tmp_path: Path) -> None:
    process = child("import time; open('up', 'w').close(); time.sleep(60)", tmp_path)
    process.start()
    wait_for(lambda: (tmp_path / "up").exists())
    assert process.process is not None
    process.process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    assert process.ended() is None
    end_all([process], 2)


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_they_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import os, sys, time, pathlib; from app.launcher.children import Child\n"
        "sleeper = Child('x', [sys.executable, '-c', 'import time; time.sleep(60)'], dict(os.environ), "
        "pathlib.Path('.'))\n"
        "sleeper.start(); print(sleeper.process.pid, flush=True); time.sleep(60)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    pid = int(supervisor.stdout.readline())
    assert is_running(pid)
    supervisor.kill()
    supervisor.wait()
    wait_for(lambda: not is_running(pid), 2)
