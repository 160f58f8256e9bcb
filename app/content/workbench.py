"""Where a file that came in is looked at and made ready: a few at a time, politely, the rest waits."""

import os
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, TypeVar, cast

from app.content import pictures
from app.content.pictures import Size
from app.content.rules import BUSY, UNREADABLE, kind_refusal, sniff, whole_pdf
from app.content.shelf import Shelf
from app.settings import Settings, UploadSettings
from app.web.files import no_space
from app.web.turn import Incoming

T = TypeVar("T")

_HEAD = 32
_TAIL = 64 * 1024
_POLITE = 10
_COME_AGAIN_S = 5


@dataclass(frozen=True)
class Made:
    """A file that lies on the shelf and waits for its row."""

    place: str
    kind: str
    media_type: str
    bytes: int
    size: Size | None


class Workbench:
    """One for a process. Opening a picture is a core's work for half a second and a hundred megabytes, so a
    fixed few threads do it, with less claim to the processor than those that answer requests."""

    def __init__(self, folder: Path, settings: UploadSettings) -> None:
        """`folder`: that of all uploads."""
        self.shelf = Shelf(folder / "shelf")
        self._incoming = folder / "incoming"
        self._settings = settings
        self._threads = ThreadPoolExecutor(settings.decoders, "pictures", initializer=_be_polite)

    def make(self, incoming: Incoming, purpose: str) -> Made:
        """Judge what came by its content, make it ready and put it on the shelf.

        413 `upload.too_large`, 415 `upload.kind_refused`, 422 `upload.unreadable`, 503 `upload.busy`, 507.
        """
        source = incoming.stream
        source.seek(0)
        sniffed = sniff(source.read(_HEAD))
        if refusal := kind_refusal(sniffed, purpose):
            raise refusal.now()
        try:
            if sniffed == "pdf":
                return self._keep(_pdf(source, incoming.size), "pdf", "application/pdf", None)
            return self.in_turn(lambda: self._picture(source, str(sniffed)))
        except OSError as trouble:
            raise no_space(trouble) from None

    def _picture(self, source: IO[bytes], sniffed: str) -> Made:
        most = self._settings
        with tempfile.TemporaryFile(dir=self._incoming) as target:
            size = pictures.recode(
                cast(BinaryIO, source),
                sniffed,
                cast(BinaryIO, target),
                most_pixels=most.max_pixels,
                most_side=most.max_side_px,
            )
            target.seek(0)
            return self._keep(target.read(), "image", "image/jpeg", size)

    def _keep(self, content: bytes, kind: str, media_type: str, size: Size | None) -> Made:
        return Made(self.shelf.put(content), kind, media_type, len(content), size)

    def in_turn(self, work: Callable[[], T]) -> T:
        """Do work with pictures in one of the few threads. 503 `upload.busy` when that takes too long."""
        future: Future[T] = self._threads.submit(work)
        try:
            return future.result(self._settings.decode_wait_s)
        except TookTooLong:
            if future.cancel():
                raise BUSY.now(retry_after=_COME_AGAIN_S) from None
        return future.result()  # it has begun, so it will end soon


def _pdf(source: IO[bytes], size: int) -> bytes:
    """A PDF is kept as it came: it is never shown inline, only handed out as a file."""
    source.seek(0)
    content = source.read()
    if not whole_pdf(size, content[:_HEAD], content[-_TAIL:]):
        raise UNREADABLE.now()
    return content


def _be_polite() -> None:
    """Linux counts niceness by thread."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _POLITE)


def uploads_folder(settings: Settings) -> Path:
    """Below the data folder."""
    return settings.data_dir / "uploads"
