"""What keeps the house from starting, said in one sentence instead of a trace."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM}
_NOT_A_FOLDER = {errno.ENOTDIR, errno.EEXIST}


class LaunchProblem(Exception):
    """A precondition that does not hold; `str()` is the sentence for the person at the terminal."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} / {english}")


@contextmanager
def in_plain_words(path: Path) -> Iterator[None]:
    """Turn an OSError met while working on `path` into a LaunchProblem."""
    try:
        yield
    except OSError as error:
        raise problem_of(error, path) from error


def problem_of(error: OSError, path: Path) -> LaunchProblem:
    """The sentence for an OSError; `path` is named where the error itself names no file."""
    where = error.filename if isinstance(error.filename, str) else str(path)
    if error.errno in _NO_SPACE:
        return disk_full(where)
    if error.errno in _NOT_ALLOWED:
        return LaunchProblem(f"没有权限写入 {where}。", f"No permission to write {where}.")
    if error.errno == errno.EROFS:
        return LaunchProblem(f"{where} 所在的磁盘是只读的。", f"{where} is on a read-only disk.")
    if error.errno in _NOT_A_FOLDER:
        return LaunchProblem(f"{where} 应是文件夹，却是文件。", f"{where} should be a folder but is a file.")
    reason = error.strerror or str(error)
    return LaunchProblem(f"无法使用 {where}（{reason}）。", f"{where} cannot be used ({reason}).")


def disk_full(where: str | Path) -> LaunchProblem:
    """The sentence for a disk that has no room left."""
    return LaunchProblem(f"{where} 所在的磁盘已满。", f"The disk that holds {where} is full.")
