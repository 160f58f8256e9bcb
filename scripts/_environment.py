"""Makes .venv and installs what is pinned, once; a second start finds nothing to do."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / ".unfinished"  # there while something is being installed
LOG = VENV / "install.log"
FILES = {"run": ("requirements.txt",), "test": ("requirements.txt", "requirements-dev.txt")}


class Problem(Exception):
    """One sentence that says why there is no environment."""


def main(kind: str) -> None:
    """Have .venv ready for `kind`: run, or test with everything the tests need."""
    with alone():
        if UNFINISHED.exists() or (VENV.exists() and version() is None):
            shutil.rmtree(VENV)  # killed half-way, or its Python is gone: begin again
        if not is_ready(kind):
            install(kind)


@contextmanager
def alone() -> Iterator[None]:
    """Two starts at the same time: the second waits for the first."""
    descriptor = os.open(ROOT / "scripts", os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("等待另一个正在安装的进程…… / Waiting for another start that is installing ...")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def version() -> str | None:
    """The version of .venv's Python, None when it does not run or is too old."""
    try:
        code = "import sys; assert sys.version_info >= (3, 11); print(sys.version_info[:2])"
        asked = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True)
    except OSError:
        return None
    return asked.stdout if asked.returncode == 0 else None


def fingerprint(kind: str) -> str:
    """Changes when the pins or .venv's Python do."""
    pins = b"".join((ROOT / name).read_bytes() for name in FILES[kind])
    return hashlib.sha256((version() or "").encode() + pins).hexdigest()


def is_ready(kind: str) -> bool:
    """Whether exactly these pins were installed to the end."""
    marker = VENV / f".ready-{kind}"
    return marker.is_file() and marker.read_text() == fingerprint(kind)


def install(kind: str) -> None:
    """Make .venv if there is none, then let pip install the pins."""
    can_bring_pip = importlib.util.find_spec("ensurepip") is not None
    if PYTHON.exists() and can_bring_pip and not has_pip():
        shutil.rmtree(VENV)  # made by a Python that could not bring pip; this one can
    say("正在准备 Python 环境，首次约需一分钟…… / Preparing the Python environment, a minute at first ...")
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if not PYTHON.exists():
        without_pip = [] if can_bring_pip else ["--without-pip"]
        logged([sys.executable, "-m", "venv", *without_pip, str(VENV)])
    wanted = [part for name in FILES[kind] for part in ("-r", str(ROOT / name))]
    logged([*pip(), "install", "--quiet", "--disable-pip-version-check", "--no-input", *wanted])
    for done in ("run", kind):
        (VENV / f".ready-{done}").write_text(fingerprint(done))
    UNFINISHED.unlink()
    say("环境已就绪。 / The environment is ready.")


def pip() -> list[str]:
    """pip of the environment, or the one outside that installs into it."""
    return [str(PYTHON), "-m", "pip"] if has_pip() else [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def has_pip() -> bool:
    """Whether the environment has a pip of its own."""
    return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode == 0


def logged(command: list[str]) -> None:
    """Run a step with its output in a log; Problem with the line that tells most when it fails."""
    with LOG.open("ab") as log:
        start = log.tell()
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log).returncode
    if status != 0:
        UNFINISHED.unlink()  # it failed, but it was not cut off: what is there can be built upon
        lines = LOG.read_bytes()[start:].decode(errors="replace").strip().splitlines() or [
            f"exit status {status}"
        ]
        told = next((line for line in lines if "ERROR" in line or "rror:" in line), lines[-1])
        raise Problem(
            f"安装失败（{told.strip()}），详见 {LOG}。 / Installing failed ({told.strip()}); see {LOG}."
        )


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Problem as problem:
        sys.exit(str(problem))
    except OSError as error:
        where = error.filename or ROOT
        sys.exit(f"无法使用 {where}（{error.strerror}）。 / {where} cannot be used ({error.strerror}).")
    except KeyboardInterrupt:
        sys.exit(130)
