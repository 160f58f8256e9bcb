"""Folders of the embedded database: the data folder, its lock, and the state folder that root needs."""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.launcher.problems import LaunchProblem, in_plain_words

# Where root keeps what an unprivileged account must reach when the data folder is private (a 0700 home).
_STATE_ROOTS = (Path("/var/lib/drivers-home"), Path("/var/tmp/drivers-home-state"))  # noqa: S108 - owner is checked
_LOCK_WAIT_S = 120.0
_RUN_WAIT_S = 5.0


def make_private(folder: Path) -> None:
    """Make the folder (0700) and missing parents; an existing one keeps its mode. LaunchProblem if not."""
    with in_plain_words(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        if not folder.is_dir():
            raise NotADirectoryError(20, "not a folder", str(folder))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise LaunchProblem(f"没有权限写入 {folder}。", f"No permission to write {folder}.")


def state_root() -> Path:
    """Root's own folder, readable and searchable by everybody, writable by root alone."""
    for folder in _STATE_ROOTS:
        with suppress(OSError):
            with suppress(FileExistsError):
                folder.mkdir()
            found = folder.lstat()
            if found.st_uid == os.geteuid() and stat.S_ISDIR(found.st_mode):
                folder.chmod(0o755)  # whatever the umask was; a read-only disk says no here
                return folder
    raise LaunchProblem(
        f"无法建立 {_STATE_ROOTS[0]}（root 启动时数据库需要它）。",
        f"{_STATE_ROOTS[0]} cannot be made (the database needs it when started by root).",
    )


def open_own(file: Path) -> int:
    """Open a small file of ours for appending, made 0600 for its folder's owner; never follows a link."""
    flags = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(file, flags | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(file, flags)
    if os.geteuid() == 0:
        owner = file.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def take_alone(data_dir: Path) -> int:
    """Hold the data folder for one run of the house, until the process ends; LaunchProblem if another does.

    A run that was killed has let go at once; one that is ending gets some seconds.
    """
    file = data_dir / "run.lock"
    with in_plain_words(file):
        descriptor = open_own(file)
    until = time.monotonic() + _RUN_WAIT_S
    while not try_lock(descriptor, fcntl.LOCK_EX):
        if time.monotonic() > until:
            os.close(descriptor)
            raise LaunchProblem(
                f"{data_dir} 正被另一个 scripts/run 使用；请先结束它，或换 --data-dir。",
                f"{data_dir} is in use by another scripts/run; end that one or choose another --data-dir.",
            )
        time.sleep(0.05)
    return descriptor


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file; waits for others, LaunchProblem when they take too long."""
    with in_plain_words(file):
        descriptor = open_own(file)
    try:
        _wait_for_lock(descriptor, file)
        yield
    finally:
        os.close(descriptor)


def _wait_for_lock(descriptor: int, file: Path) -> None:
    until = time.monotonic() + _LOCK_WAIT_S
    while not try_lock(descriptor, fcntl.LOCK_EX):
        if time.monotonic() > until:
            raise LaunchProblem(
                f"另一个启动过程一直占着 {file}。", f"Another start has been holding {file} for too long."
            )
        time.sleep(0.02)


def try_lock(descriptor: int, kind: int) -> bool:
    """Take or change a lock (fcntl.LOCK_SH or LOCK_EX) if nobody stands against it."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
