"""Node and the npm packages of the mini-program: found, or the test is skipped by name."""

import fcntl
import functools
import hashlib
import subprocess
from pathlib import Path

from tests.support.programs import missing, require

ROOT = Path(__file__).resolve().parents[2]
MINIPROGRAM = ROOT / "miniprogram"
HARNESS = Path(__file__).parent / "harness"
_OLDEST = 20


@functools.cache
def node() -> str:
    """Node's path; too old a one counts as missing."""
    program = require("node", why="the mini-program's tests")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    if int(said.lstrip("v").split(".")[0]) < _OLDEST:
        missing(f"node is {said.strip()}, and {_OLDEST} is needed")
    return program


def packages() -> Path:
    """The installed packages, exactly those of the lock file; installed once, whoever comes first."""
    node()
    modules = MINIPROGRAM / "node_modules"
    wanted = hashlib.sha256((MINIPROGRAM / "package-lock.json").read_bytes()).hexdigest()
    marker = modules / ".installed"
    with (MINIPROGRAM / "package.json").open() as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not marker.is_file() or marker.read_text() != wanted:
            npm = require("npm", why="the mini-program's packages")
            done = subprocess.run(
                [npm, "ci", "--ignore-scripts"], cwd=MINIPROGRAM, capture_output=True, text=True
            )
            if done.returncode != 0:
                missing(f"npm could not install the mini-program's packages: {done.stderr.strip()[-300:]}")
            marker.write_text(wanted)
    return modules


def run(*arguments: str | Path, cwd: Path = MINIPROGRAM) -> subprocess.CompletedProcess[str]:
    """Run a script with Node."""
    packages()
    argv = [node(), *map(str, arguments)]
    return subprocess.run(argv, cwd=cwd, capture_output=True, text=True, timeout=120)


def tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program of the installed packages, such as `tsc`."""
    return run(packages() / ".bin" / name, *arguments)


def build(out: Path, *flags: str) -> None:
    """The mini-program as a web page in that folder."""
    done = run(HARNESS / "build.mjs", MINIPROGRAM / "src", out, *flags)
    assert done.returncode == 0, done.stdout + done.stderr
