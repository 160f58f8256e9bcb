"""Where an embedded database lives: in the data folder or, as root, where its account can reach it."""

import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.launcher.accounts import Account, account_for
from app.launcher.binaries import Binaries
from app.launcher.problems import LaunchProblem, disk_full
from app.launcher.state import open_own, state_root

PORT = 5432  # only part of the socket's name; nothing listens on the network
SUPERUSER = "home"
_LINK = "postgres"
_SOCKET_BYTES = 107  # sun_path of unix(7) without its closing NUL
_UNFIT = set(",:'\"\\@%")  # libpq or postgresql.conf reads these as something else
_ROOM_MB = 150  # a new cluster takes 40 MB and the first write-ahead log as much again


@dataclass(frozen=True)
class Place:
    """The folder of one embedded database, `data` inside it belonging to `account`."""

    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "log"

    @property
    def users(self) -> Path:
        """Every process that uses the database holds a shared lock on this file."""
        return self.folder / "users"

    def major(self) -> int | None:
        """The PostgreSQL version of the files, None when there are none yet."""
        file = self.data / "PG_VERSION"
        return int(file.read_text().split(".")[0]) if file.is_file() else None

    def initialise(self, binaries: Binaries, durable: bool) -> None:
        """Make the cluster under another name, then rename: a killed first start leaves nothing half."""
        if shutil.disk_usage(self.folder).free < _ROOM_MB * 2**20:
            raise disk_full(self.folder)
        fresh = self.folder / "data.new"
        if fresh.exists():
            shutil.rmtree(fresh)
        self.account.make_folder(fresh)
        made = self.account.run([binaries["initdb"], "-D", fresh, *_initdb_options(binaries.major, durable)])
        if made.returncode != 0:
            raise failed(made.stderr or made.stdout, self.folder)
        fresh.rename(self.data)

    def socket_folder(self) -> Path:
        """A private folder for the socket, short enough for the kernel; one outside is remembered here."""
        inside = self.folder / "socket"
        if _fits(inside):
            if not inside.is_dir():
                self.account.make_folder(inside)
            return inside
        memory = self.folder / "socket-folder"
        if memory.is_file() and self._is_private(remembered := Path(memory.read_text().strip())):
            return remembered
        return self._short_folder(memory)

    def _short_folder(self, memory: Path) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="drivers-home-", dir="/tmp"))
        if self.account.switch:
            os.chown(folder, self.account.uid, self.account.gid)
        memory.write_text(f"{folder}\n")
        return folder

    def _is_private(self, folder: Path) -> bool:
        """Still ours: after a reboot anybody may have made a folder of that name in /tmp."""
        try:
            found = folder.lstat()
        except OSError:
            return False
        return stat.S_ISDIR(found.st_mode) and found.st_uid == self.account.uid and not found.st_mode & 0o077


def find_or_make(data_dir: Path) -> Place:
    """The place of the data folder's database; the caller holds the data folder's lock."""
    link = data_dir / _LINK
    if link.is_symlink():
        return _linked(data_dir, link)
    account = account_for(link / "data")
    if link.is_dir():
        return Place(_checked(link, account), account)
    link.mkdir(mode=0o700)
    if not account.switch:
        return Place(link, account)
    link.chmod(0o711)
    if account.can_reach(link):
        return Place(link, account)
    link.rmdir()
    return Place(_make_outside(data_dir, link), account)


def _checked(folder: Path, account: Account) -> Path:
    """The folder of an existing database if we may use it."""
    data = folder / "data"
    if not account.switch and folder.stat().st_uid != account.uid:
        raise LaunchProblem(
            f"{folder} 属于另一个账户；请用当初启动它的账户（或 root）启动。",
            f"{folder} belongs to another account; start as the account that made it (or as root).",
        )
    if data.is_dir() and not account.can_reach(data):
        raise LaunchProblem(
            f"数据库的账户进不了 {data}（上级文件夹不允许）。",
            f"The database's account cannot reach {data} (a parent folder does not let it through).",
        )
    return folder


def _linked(data_dir: Path, link: Path) -> Place:
    """Follow the link that root left; a copied data folder must not share its original's database."""
    folder = Path(os.readlink(link))
    if not folder.is_dir():
        raise LaunchProblem(
            f"{link} 指向的数据库 {folder} 不存在；删除这个链接会建立新的空库。",
            f"{link} points to {folder}, which is not there; removing the link gives a new, empty database.",
        )
    if os.geteuid() != 0:
        raise LaunchProblem(
            f"{data_dir} 的数据库由 root 建立，请以 root 启动。",
            f"The database of {data_dir} was made by root; start as root.",
        )
    origin = Path((folder / "origin").read_text().strip())
    if origin != data_dir.resolve() and (origin / _LINK).is_symlink():
        raise LaunchProblem(
            f"{data_dir} 是 {origin} 的副本，数据库仍属于后者；删除 {link} 会建立新的空库。",
            f"{data_dir} is a copy of {origin}, whose database it is; removing {link} gives an empty one.",
        )
    _write_origin(folder, data_dir)
    account = account_for(folder / "data")
    return Place(_checked(folder, account), account)


def _make_outside(data_dir: Path, link: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir=state_root()))
    folder.chmod(0o711)
    _write_origin(folder, data_dir)
    link.symlink_to(folder)
    return folder


def _write_origin(folder: Path, data_dir: Path) -> None:
    (folder / "origin").write_text(f"{data_dir.resolve()}\n")


def _fits(folder: Path) -> bool:
    text = str(folder)
    short = len(os.fsencode(f"{text}/.s.PGSQL.{PORT}")) <= _SOCKET_BYTES
    return short and not _UNFIT & set(text) and text.isprintable()


def _initdb_options(major: int, durable: bool) -> list[str]:
    """UTF-8, ordered by code point on every machine; trust, since only the socket's folder leads in."""
    options = f"-U {SUPERUSER} -E UTF8 --locale=C --auth-local=trust --auth-host=reject".split()
    if major >= 17:  # knows upper and lower case of every script without a system locale
        options += "--locale-provider=builtin --builtin-locale=C.UTF-8".split()
    return options if durable else [*options, "--no-sync"]


def failed(output: str, folder: Path) -> LaunchProblem:
    """The sentence for a database that did not start, from what it said."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return disk_full(folder)
    told = [
        line.strip() for line in output.splitlines() if "FATAL" in line or "error:" in line or "PANIC" in line
    ]
    reason = told[-1] if told else (output.strip().splitlines() or ["?"])[-1]
    return LaunchProblem(
        f"数据库没有启动（{reason}），详见 {folder / 'log'}。",
        f"The database did not start ({reason}); see {folder / 'log'}.",
    )


def open_log(place: Place) -> tuple[int, int]:
    """The server's log for appending, begun anew past 10 MB: (file descriptor, size now)."""
    descriptor = open_own(place.log)
    size = os.fstat(descriptor).st_size
    if size > 10 * 2**20:
        os.ftruncate(descriptor, 0)
        size = 0
    return descriptor, size
