"""Node and the npm packages of the mini-program: found, or the test is skipped by name."""

import functools
import subprocess
from pathlib import Path

from app.launcher.preview import HARNESS, MINIPROGRAM, NoPreview, find_node, install_packages
from tests.support.programs import missing, require

__all__ = ["HARNESS", "MINIPROGRAM", "build", "node", "packages", "run"]


@functools.cache
def node() -> str:
    """Node's path; too old a one counts as missing."""
    require("node", why="the mini-program's tests")
    try:
        return find_node()
    except NoPreview as reason:
        missing(str(reason))


def packages() -> Path:
    """The installed packages, exactly those of the lock file."""
    node()
    found = _installed()
    if isinstance(found, Exception):
        missing(f"the mini-program's packages could not be installed: {found}")
    return found


@functools.cache
def _installed() -> Path | Exception:
    """Tried once a run: without a network npm takes its time to give up."""
    try:
        return install_packages()
    except (NoPreview, OSError, subprocess.SubprocessError) as reason:
        return reason


def run(*arguments: str | Path, cwd: Path = MINIPROGRAM) -> subprocess.CompletedProcess[str]:
    """Run a script with Node."""
    packages()
    argv = [node(), *map(str, arguments)]
    return subprocess.run(argv, cwd=cwd, capture_output=True, text=True, timeout=120)


def build(out: Path, *flags: str) -> None:
    """The mini-program as a web page in that folder."""
    done = run(HARNESS / "build.mjs", MINIPROGRAM / "src", out, *flags)
    assert done.returncode == 0, done.stdout + done.stderr
