"""The embedded PostgreSQL process: is it alive, start it, wait for it, stop it."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

from app.launcher.binaries import Binaries
from app.launcher.orphans import undisturbed
from app.launcher.place import PORT, SUPERUSER, Place, failed, open_log
from app.launcher.problems import LaunchProblem

_TAKE_OVER_S = 10.0  # a killed server's children let go of its memory within this
_READY_S = 120.0  # replaying the log after a crash can take this long
STOP_S = 20.0
# Servers that this process started: kept so that their exit status is collected.
_started: list[subprocess.Popen[bytes]] = []


def url_of(socket_folder: Path, database: str) -> str:
    """`postgresql://…` as libpq and SQLAlchemy read it, over the socket in that folder."""
    return (
        f"postgresql://{SUPERUSER}@/{quote(database)}?host={quote(str(socket_folder), safe='/')}&port={PORT}"
    )


def bring_up(place: Place, binaries: Binaries, durable: bool) -> tuple[Path, bool]:
    """Attach to the running server or start one: (the socket's folder, whether we started it)."""
    if alive(place):
        socket_folder = _socket_in_use(place)
        if socket_folder is not None and _wait_until_it_answers(place, socket_folder):
            return socket_folder, False
        stop(place)  # it lives, but nobody can reach it any more (its folder in /tmp was cleaned away)
    socket_folder = place.socket_folder()
    _start(place, binaries, socket_folder, durable)
    return socket_folder, True


def alive(place: Place) -> bool:
    """Whether the process named in postmaster.pid is this cluster's server, not a later process."""
    pid = _pid(place)
    if pid is None:
        return False
    if not Path("/proc/self/cwd").exists():
        return _exists(pid)
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", place.data)
    except PermissionError:  # a container's root may not look; the server's own account may
        test = '[ "/proc/$1/cwd" -ef "$2" ]'
        return place.account.run(["/bin/sh", "-c", test, "sh", str(pid), place.data]).returncode == 0
    except OSError:
        return False


def stop(place: Place, patience_s: float = STOP_S) -> None:
    """Fast shutdown (sessions are ended, everything is written); after `patience_s` the rough one.

    The rough one loses nothing that was committed: the next start replays the log.
    """
    pid = _pid(place)
    for kind, patience in ((signal.SIGINT, patience_s), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 2.0)):
        if pid is None or not alive(place):
            break
        with suppress(ProcessLookupError):
            os.kill(pid, kind)
        _wait_until_gone(place, patience)
    _collect()


def answers(url: str) -> bool:
    """Whether a statement can be run there now."""
    try:
        with psycopg.connect(url, connect_timeout=5, autocommit=True) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _start(place: Place, binaries: Binaries, socket_folder: Path, durable: bool) -> None:
    """Start the server and wait; tried again for 10 s while a killed one's children hold on to its memory."""
    until = time.monotonic() + _TAKE_OVER_S
    while True:
        _remove_stale_locks(place, socket_folder)
        descriptor, before = open_log(place)
        try:
            argv: list[str | Path] = [binaries["postgres"], "-D", place.data]
            argv += _settings(socket_folder, durable)
            with undisturbed():
                process = place.account.start(argv, descriptor)
                _started.append(process)
        finally:
            os.close(descriptor)
        try:
            if _wait_until_it_answers(place, socket_folder, process):
                return
        except BaseException:
            process.send_signal(signal.SIGINT)  # Ctrl-C before the server wrote down its number
            raise
        said = _log_since(place, before)
        if "pre-existing shared memory block" not in said or time.monotonic() > until:
            stop(place)
            raise failed(said, place.folder)
        time.sleep(0.2)


def _remove_stale_locks(place: Place, socket_folder: Path) -> None:
    """What a killed server left; PostgreSQL believes it while any process, or a zombie, has that number."""
    _collect()
    socket = socket_folder / f".s.PGSQL.{PORT}"
    for file in (place.data / "postmaster.pid", socket, socket.with_name(f"{socket.name}.lock")):
        file.unlink(missing_ok=True)


def _wait_until_it_answers(
    place: Place, socket_folder: Path, process: subprocess.Popen[bytes] | None = None
) -> bool:
    """True once a statement runs; False when the process ended, or when there is no socket to be found."""
    url = url_of(socket_folder, "postgres")
    began = time.monotonic()
    while time.monotonic() < began + _READY_S:
        if answers(url):
            return True
        if process is not None and process.poll() is not None:
            return False
        no_socket = not (socket_folder / f".s.PGSQL.{PORT}").exists()
        if process is None and time.monotonic() > began + _TAKE_OVER_S and (no_socket or not alive(place)):
            return False
        time.sleep(0.02)
    raise LaunchProblem(
        f"数据库 {_READY_S:.0f} 秒内没有就绪，详见 {place.log}。",
        f"The database was not ready within {_READY_S:.0f} s; see {place.log}.",
    )


def _settings(socket_folder: Path, durable: bool) -> list[str]:
    """Modest memory, no network, nothing personal in the log (terse: an error's detail quotes rows)."""
    settings = {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": f'"{socket_folder}"',
        "unix_socket_permissions": "0700",
        "max_connections": 100,
        "shared_buffers": "64MB",
        "max_wal_size": "512MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_checkpoints": "off",
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
    if not durable:
        settings |= {"fsync": "off", "full_page_writes": "off"}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _pid(place: Place) -> int | None:
    """The number in postmaster.pid (negative while a single-user server runs)."""
    lines = _pid_lines(place)
    try:
        return abs(int(lines[0])) or None
    except (IndexError, ValueError):
        return None


def _socket_in_use(place: Place) -> Path | None:
    """The socket's folder as the running server wrote it down (fifth line of postmaster.pid)."""
    began = time.monotonic()
    while time.monotonic() < began + _TAKE_OVER_S:
        lines = _pid_lines(place)
        if len(lines) >= 5 and lines[4]:
            return Path(lines[4])
        time.sleep(0.02)
    return None


def _pid_lines(place: Place) -> list[str]:
    try:
        return (place.data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _wait_until_gone(place: Place, patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while time.monotonic() < until and alive(place):
        _collect()
        time.sleep(0.02)


def _collect() -> None:
    _started[:] = [process for process in _started if process.poll() is None]


def _log_since(place: Place, offset: int) -> str:
    with place.log.open("rb") as log:
        log.seek(offset)
        return log.read(64 * 1024).decode(errors="replace")
