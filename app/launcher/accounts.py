"""The OS account that the embedded database runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.launcher.problems import LaunchProblem

# Clients and servers read PG* and LC_* variables; the embedded one shall not depend on who starts it.
CLEAN_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_UNPRIVILEGED = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An OS account by numbers; `switch` says that we are root and have to become it."""

    uid: int
    gid: int
    switch: bool

    def run(self, argv: Sequence[str | Path], timeout_s: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Run a short command as this account, output captured; OSError when it cannot be run."""
        return subprocess.run(  # noqa: S603 - argv is ours, no shell
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            cwd="/",
            env=CLEAN_ENVIRONMENT,
            umask=0o077,
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )

    def start(self, argv: Sequence[str | Path], log_fd: int) -> subprocess.Popen[bytes]:
        """Start a lasting process in a session of its own as this account, output to `log_fd`."""
        return subprocess.Popen(  # noqa: S603 - argv is ours, no shell
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=log_fd,
            stderr=log_fd,
            cwd="/",
            env=CLEAN_ENVIRONMENT,
            umask=0o077,
            start_new_session=True,
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )

    def can_reach(self, folder: Path) -> bool:
        """Whether the account gets into the folder through all its parents."""
        return self.run(["/bin/sh", "-c", 'cd "$1" 2>/dev/null', "sh", folder]).returncode == 0

    def make_folder(self, folder: Path) -> None:
        """Make a folder of this account, mode 0700; what stands in the way raises OSError."""
        folder.mkdir(mode=0o700)
        if self.switch:
            os.chown(folder, self.uid, self.gid)


def account_for(cluster: Path) -> Account:
    """The account for a cluster folder: ourselves; for root its owner or, if new, an unprivileged one."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    if cluster.exists():
        found = cluster.stat()
        if found.st_uid != 0:
            return Account(found.st_uid, found.st_gid, switch=True)
    return _unprivileged()


def _unprivileged() -> Account:
    for name in _UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(entry.pw_uid, entry.pw_gid, switch=True)
        if entry.pw_uid != 0 and _can_be(account):
            return account
    raise LaunchProblem(
        "PostgreSQL 不能以 root 运行，而这里没有可用的普通账户（postgres 或 nobody）；"
        "请以普通用户启动，或设置 APP__DATABASE__URL。",
        "PostgreSQL does not run as root and no unprivileged account (postgres or nobody) can be used here;"
        " start as an ordinary user or set APP__DATABASE__URL.",
    )


def _can_be(account: Account) -> bool:
    try:
        return account.run(["/bin/sh", "-c", ":"]).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False
