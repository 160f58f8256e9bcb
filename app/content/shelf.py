"""Where the files lie: sealed, under random names, whole or not at all."""

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from app.foundation.columns import vault

_FRESH = ".fresh-"
_NAME_BYTES = 16
FULL = (errno.ENOSPC, errno.EDQUOT)


class Shelf:
    """The folder of uploads. A file is written under another name, flushed and renamed: never half there."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made when the first file comes, for nobody else to read."""
        self.folder = folder

    def put(self, plain: bytes) -> str:
        """Keep these bytes, sealed; answers the name under which they are found. OSError when full."""
        name = secrets.token_hex(_NAME_BYTES)
        place = self._place(name)
        for folder in (self.folder.parent, self.folder, place.parent.parent, place.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = place.with_name(f"{_FRESH}{name}")
        try:
            _write(fresh, vault().seal(plain))
            fresh.rename(place)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        _flush_folder(place.parent)
        return name

    def get(self, name: str) -> bytes:
        """The plain bytes. FileNotFoundError when they are gone, KeyError when their key is."""
        return vault().open(self._place(name).read_bytes())

    def remove(self, name: str) -> None:
        """Throw a file away; without effect when it is gone already."""
        self._place(name).unlink(missing_ok=True)

    def names(self, part: int, older_than_s: float) -> Iterator[str]:
        """What lies in one of the 256 parts and is older; what a crash left half done is cleared away."""
        before = time.time() - older_than_s
        for file in (self.folder / f"{part:02x}").glob("*/*"):
            with suppress(FileNotFoundError):  # somebody else tidies too
                if file.stat().st_mtime < before:
                    if file.name.startswith(_FRESH):
                        file.unlink()
                    else:
                        yield file.name

    def set_aside(self, name: str) -> None:
        """Take a file off the shelf without destroying it yet: the wrong database may have been asked."""
        aside = self._aside
        aside.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            os.utime(self._place(name))
            self._place(name).rename(aside / name)

    def clear_aside(self, older_than_s: float) -> int:
        """Destroy what was set aside so long ago; returns how many."""
        before, gone = time.time() - older_than_s, 0
        for file in self._aside.glob("*"):
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < before:
                    file.unlink()
                    gone += 1
        return gone

    @property
    def _aside(self) -> Path:
        return self.folder.with_name("aside")

    def _place(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:4] / name


def _write(file: Path, content: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _flush_folder(folder: Path) -> None:
    """The new name is on the disk, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
