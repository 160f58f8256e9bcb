"""The folder in which several processes add up their Prometheus figures."""

import hashlib
import os
import re
import stat
import time
from contextlib import suppress
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # read by prometheus_client when it is first imported
_MEMORY = Path("/dev/shm")  # noqa: S108 - the owner is checked
_OLD_S = 3600.0


def prepare(data_dir: Path) -> Path:
    """The data folder's figures, made if missing, without what processes that are gone left there.

    In memory where there is such a disk: the files are mapped, and on a full one a write kills the process.
    """
    name = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
    folder = _MEMORY / f"drivers-home-{os.geteuid()}-{name}"
    if not _is_own(folder):
        folder = data_dir / "metrics"
        folder.mkdir(mode=0o700, exist_ok=True)
    sweep(folder)
    _clear_away_old()
    return folder


def clear_away(folder: Path) -> None:
    """After the end: remove the folder unless a process that lives still counts there."""
    sweep(folder)
    with suppress(OSError):
        folder.rmdir()


def sweep(folder: Path) -> None:
    """Remove the figures of processes that are gone; their counters would be counted for ever."""
    for file in folder.glob("*.db"):
        number = re.search(r"_(\d+)\.db$", file.name)
        if number and not Path(f"/proc/{number[1]}").exists():
            file.unlink(missing_ok=True)


def forget(process: int) -> None:
    """Take back the gauges of a process that has ended; its counters stay."""
    folder = os.environ.get(VARIABLE)
    if folder:
        for file in Path(folder).glob(f"gauge_live*_{process}.db"):
            with suppress(OSError):
                file.unlink()


def _clear_away_old() -> None:
    """What houses that were killed left in memory; a fresh folder may belong to one that is just starting."""
    for folder in _MEMORY.glob(f"drivers-home-{os.geteuid()}-*"):
        with suppress(OSError):
            if folder.stat().st_mtime < time.time() - _OLD_S:
                clear_away(folder)


def _is_own(folder: Path) -> bool:
    """Make the folder, or see that it is ours alone: anybody may make one of that name there."""
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
