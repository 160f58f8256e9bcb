"""scripts/run as a whole: starts, serves, survives kill -9 of any part, and leaves nothing behind."""

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.launcher import embedded, server
from app.launcher.place import Place, account_for
from app.launcher.state import take_alone
from app.launcher.supervisor import is_ready

ROOT = Path(__file__).parents[2]
STARTED = "press Ctrl-C to end"


@dataclass
class House:
    """A supervisor in a process group of its own, and what it said."""

    process: subprocess.Popen[bytes]
    port: int
    said: str = ""

    def wait_until_started(self) -> None:
        assert self.process.stdout is not None
        until = time.monotonic() + 240  # seconds on a machine that has nothing else to do
        while STARTED not in self.said:
            readable, _, _ = select.select([self.process.stdout], [], [], until - time.monotonic())
            piece = os.read(self.process.stdout.fileno(), 65536) if readable else b""
            assert piece, f"it did not start: {self.said}"
            self.said += piece.decode()

    def call(
        self, method: str, path: str, body: object = None, token: str = ""
    ) -> tuple[int, dict[str, object]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {token}"} if token else {}
        )
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        finally:
            connection.close()

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(20)


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder for all tests here, so that the demonstration data are written once."""
    folder = tmp_path_factory.mktemp("house") / "var"
    yield folder
    embedded.remove(folder)


@pytest.fixture
def start(shared_folder: Path) -> Iterator[Callable[..., House]]:
    begun: list[House] = []

    def begin(port: int | None = None, *more: str) -> House:
        port = port or two_free_ports()
        environment = {k: v for k, v in os.environ.items() if not k.startswith("APP_")}
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "app.launcher",
                "--port",
                str(port),
                "--data-dir",
                str(shared_folder),
                *more,
            ],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        begun.append(House(process, port))
        return begun[-1]

    yield begin
    for house in begun:
        house.process.kill()
        house.process.wait()


def two_free_ports() -> int:
    """A port that is free together with the next; another test run beside this one looks elsewhere."""
    first = 18200 + os.getpid() % 6000 * 2
    for port in range(first, first + 800, 2):
        try:
            with socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.1", port + 1)):
                return port
        except OSError:
            continue
    raise AssertionError("no two free ports")


def place_of(folder: Path) -> Place:
    home = (folder / "postgres").resolve()
    return Place(home, account_for(home / "data"))


def processes_of(folder: Path) -> dict[int, str]:
    """Every process but the database that was given that data folder: its number and command line."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in told and b"/postgres\0-D" not in told and int(entry.name) != os.getpid():
            found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
    return found


def process_named(folder: Path, words: str) -> int:
    """The oldest such process: gunicorn's master comes before its workers."""
    return min(pid for pid, command in processes_of(folder).items() if words in command)


def is_new(folder: Path, words: str, before: set[int]) -> bool:
    return any(words in command for pid, command in processes_of(folder).items() if pid not in before)


def wait_for(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def test_it_starts_serves_and_leaves_nothing_behind_when_it_is_interrupted(
    start: Callable[..., House], shared_folder: Path
) -> None:
    house = start()
    house.wait_until_started()
    assert f"http://127.0.0.1:{house.port}/console/" in house.said
    assert "demo:driver" in house.said
    assert house.call("GET", "/readyz")[0] == 200
    status, answer = house.call("POST", "/api/v1/auth/wechat", {"code": "demo:driver"})
    assert status == 200, answer
    assert house.call("GET", "/api/v1/me", token=str(answer["token"]))[0] == 200
    groups = {os.getpgid(pid) for pid in processes_of(shared_folder)}
    assert groups == {house.process.pid}, "all processes but the database are in one group"
    assert shared_folder.stat().st_mode & 0o777 == 0o700
    began = time.monotonic()
    assert house.end(signal.SIGINT) == 0
    assert time.monotonic() - began < 10
    assert processes_of(shared_folder) == {}
    assert not server.alive(place_of(shared_folder))


def test_it_starts_again_at_once_after_kill_9_and_keeps_the_data(
    start: Callable[..., House], shared_folder: Path
) -> None:
    first = start()
    first.wait_until_started()
    _, answer = first.call("POST", "/api/v1/auth/wechat", {"code": "demo:driver"})
    first.end(signal.SIGKILL)
    second = start(first.port)
    second.wait_until_started()
    assert second.call("GET", "/api/v1/me", token=str(answer["token"]))[0] == 200, (
        "the sign-in is still known"
    )
    assert second.end(signal.SIGTERM) == 0
    assert processes_of(shared_folder) == {}
    assert not server.alive(place_of(shared_folder))


def test_each_part_that_is_killed_comes_back(start: Callable[..., House], shared_folder: Path) -> None:
    house = start()
    house.wait_until_started()
    for words in ("gunicorn", "app standin", "app jobs"):
        before = set(processes_of(shared_folder))
        os.kill(process_named(shared_folder, words), signal.SIGKILL)
        wait_for(lambda w=words, b=before: is_new(shared_folder, w, b), 90)
    wait_for(lambda: is_ready("127.0.0.1", house.port), 90)
    place = place_of(shared_folder)
    os.kill(int((place.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    wait_for(lambda: server.alive(place) and is_ready("127.0.0.1", house.port), 90)
    wait_for(lambda: house.call("POST", "/api/v1/auth/wechat", {"code": "demo:driver"})[0] == 200, 90)
    assert house.end(signal.SIGTERM) == 0


def refusal(shared_folder: Path, *arguments: str, **environment: str) -> str:
    """What a start says that cannot be."""
    done = subprocess.run(
        [sys.executable, "-m", "app.launcher", "--data-dir", str(shared_folder), *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert processes_of(shared_folder) == {}
    return done.stderr


def test_a_port_in_use_is_one_sentence(shared_folder: Path) -> None:
    port = two_free_ports()
    with socket.create_server(("127.0.0.1", port + 1)):
        assert f"Port {port + 1} is in use" in refusal(shared_folder, "--port", str(port))


def test_a_data_folder_in_use_is_one_sentence(shared_folder: Path) -> None:
    held = take_alone(shared_folder)
    said = refusal(shared_folder, "--port", str(two_free_ports()))
    os.close(held)
    assert "is in use by another scripts/run" in said


def test_a_database_that_cannot_be_reached_is_one_sentence(shared_folder: Path) -> None:
    nowhere = f"postgresql://nobody@127.0.0.1:{two_free_ports()}/nothing"
    assert "The database cannot be used" in refusal(shared_folder, APP__DATABASE__URL=nowhere)
    assert "begin with postgresql://" in refusal(shared_folder, APP__DATABASE__URL="mysql://x/y")


def test_settings_that_production_must_not_have_are_one_sentence(shared_folder: Path) -> None:
    assert "refusing to start in production" in refusal(shared_folder, APP__ENV="production")


def test_open_to_the_network_demonstration_codes_are_off_and_a_terminal_ends_it_all(
    start: Callable[..., House], shared_folder: Path
) -> None:
    house = start(None, "--host", "0.0.0.0")
    house.wait_until_started()
    assert "demo: 登录码已关闭" in house.said
    assert house.call("POST", "/api/v1/auth/wechat", {"code": "demo:driver"})[0] == 401
    began = time.monotonic()
    os.killpg(house.process.pid, signal.SIGINT)  # what Ctrl-C in a terminal does
    assert house.process.wait(20) == 0
    assert time.monotonic() - began < 10
    assert processes_of(shared_folder) == {}
