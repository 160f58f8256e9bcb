"""Builds the mini-program as a web page for /preview/, beside a service that runs already."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from app.launcher.orphans import child_setup
from app.preview.pages import folder

ROOT: Final = Path(__file__).resolve().parents[2]
MINIPROGRAM: Final = ROOT / "miniprogram"
HARNESS: Final = ROOT / "tests" / "miniprogram" / "harness"
OLDEST_NODE: Final = 20
_STAMP = "stamp"
_INSTALL_S = 300
_BUILD_S = 120
_NPM: Final = ("--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1")


class NoPreview(Exception):
    """Why there is none, for a person."""


def main(data_dir: Path) -> None:
    """Build what is missing, and say in one sentence what came of it; the service never waits for this."""
    place = folder(data_dir)
    try:
        build_if_stale(place)
        told = "小程序预览已就绪：打开 /preview/ 。 / The mini-program's preview is ready at /preview/ ."
    except (NoPreview, OSError, subprocess.SubprocessError) as problem:
        told = f"没有小程序预览：{problem} / The mini-program's preview could not be built."
        with suppress(OSError):
            place.mkdir(exist_ok=True)
            (place / "why.txt").write_text(str(problem), encoding="utf-8")
    with suppress(BrokenPipeError):
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()


def build_if_stale(place: Path) -> None:
    """The built mini-program at that place, of exactly these sources."""
    stamp = fingerprint()
    kept = place / _STAMP
    if kept.is_file() and kept.read_text() == stamp:
        return
    node = find_node()
    install_packages()
    fresh = place.with_name(f"{place.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _run([node, str(HARNESS / "build.mjs"), str(MINIPROGRAM / "src"), str(fresh)], ROOT, _BUILD_S)
    (fresh / _STAMP).write_text(stamp)
    shutil.rmtree(place, ignore_errors=True)
    fresh.rename(place)


def fingerprint() -> str:
    """Changes when a source of the mini-program or of what builds it does."""
    digest = hashlib.sha256()
    for file in (*_files(MINIPROGRAM / "src"), *_files(HARNESS), MINIPROGRAM / "package-lock.json"):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _files(top: Path) -> list[Path]:
    found = sorted(file for file in top.rglob("*") if file.is_file())
    if not found:
        raise NoPreview(f"这里没有 {top.relative_to(ROOT)}。")
    return found


def find_node() -> str:
    """Node's path; NoPreview when there is none, or too old a one."""
    node = shutil.which("node")
    if node is None:
        raise NoPreview(f"没有安装 Node（需要 {OLDEST_NODE} 或更新）。")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20).stdout.strip()  # noqa: S603
    found = re.match(r"v(\d+)\.", said)
    if found is None or int(found[1]) < OLDEST_NODE:
        raise NoPreview(f"Node 是 {said or '不认识的版本'}，需要 {OLDEST_NODE} 或更新。")
    return node


def install_packages() -> Path:
    """The lock file's packages in miniprogram/node_modules, installed once; whoever comes second waits."""
    modules = MINIPROGRAM / "node_modules"
    marker = modules / ".installed"
    wanted = hashlib.sha256((MINIPROGRAM / "package-lock.json").read_bytes()).hexdigest()
    with _alone():
        if marker.is_file() and marker.read_text() == wanted:
            return modules
        npm = shutil.which("npm")
        if npm is None:
            raise NoPreview("没有安装 npm。")
        _run([npm, "ci", *_NPM], MINIPROGRAM, _INSTALL_S)
        marker.write_text(wanted)
    return modules


@contextmanager
def _alone() -> Iterator[None]:
    with (MINIPROGRAM / "package.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _run(argv: Sequence[str], place: Path, patience_s: float) -> None:
    """Run a step; NoPreview with its last line when it fails. It ends with us."""
    done = subprocess.run(  # noqa: S603 - argv is ours, no shell
        argv,
        cwd=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=patience_s,
        preexec_fn=child_setup(),  # safe: there is one thread here
    )
    if done.returncode != 0:
        lines = [line for line in (done.stderr or done.stdout).strip().splitlines() if line.strip()]
        raise NoPreview(
            f"{Path(argv[0]).name} 没有成功（{lines[-1].strip() if lines else done.returncode}）。"
        )


if __name__ == "__main__":
    os.nice(10)  # whoever waits for the service comes first
    main(Path(sys.argv[1]))
