"""A file on its way in: into a place on the disk that has no name, counted, hashed and bounded as it comes.

A phone on one bar of signal sends for minutes, and each sender holds a thread: so only a part of the threads
may be with files at any time, and whoever comes beyond that is asked to come again, at once.
"""

import errno
import hashlib
import os
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import structlog
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.wsgi import get_input_stream

from app.foundation.refusals import Refusal
from app.settings import Settings
from app.web import refusals
from app.web.turn import Incoming, Turn

log = structlog.get_logger()

TOO_LARGE = Refusal("upload.too_large", 413, "文件太大，请压缩后再传。")
BUSY = Refusal("upload.busy", 503, "正在上传的人太多，请过几秒再传。")
NO_SPACE = Refusal("upload.no_space", 507, "服务器的存储空间不够，暂时不能上传；文字照常可以提交。")
TOO_SLOW = Refusal("upload.too_slow", 408, "上传用时太久，请到信号好一些的地方再传。")
RECEIVING = (TOO_LARGE, BUSY, NO_SPACE, TOO_SLOW)

_FULL = (errno.ENOSPC, errno.EDQUOT)
_AROUND_BYTES = 64 * 1024
_FIELDS_BYTES = 256 * 1024  # the parser counts what it has read of a file, too: more than its 64 KiB
_MOST_PARTS = 10
_COME_AGAIN_S = 3
_DRAIN_BYTES = 32 * 1024 * 1024


class Intake:
    """One for a process: how many files come in at the same time, how large, how long, and where they lie."""

    def __init__(
        self, folder: Path, *, places: int, most_bytes: int, within_s: float, keep_free_bytes: int
    ) -> None:
        self._folder = folder
        self._places = threading.BoundedSemaphore(places)
        self._most_bytes = most_bytes
        self._within_s = within_s
        self._keep_free_bytes = keep_free_bytes

    def enter(self, turn: Turn) -> None:
        """Take a place until `leave`. 503 `upload.busy` when none is free, 507 on a full disk."""
        if not self._places.acquire(blocking=False):
            raise BUSY.now(retry_after=_COME_AGAIN_S)
        try:
            turn.incoming = Incoming(self._nameless())
        except OSError as trouble:
            self._places.release()
            raise no_space(trouble) from None
        except BaseException:
            self._places.release()
            raise

    def leave(self, turn: Turn) -> None:
        """Give the place back and forget the bytes; without effect when there is none."""
        if incoming := turn.incoming:
            turn.incoming = None
            incoming.stream.close()
            self._places.release()

    def receive(self, turn: Turn) -> None:
        """Read the multipart body, however slowly it comes, while nothing of the database is held.

        400 `api.bad_json` for a broken one, 408, 413 `upload.too_large`, 415 `api.media_type`, 507.
        """
        if request.mimetype != "multipart/form-data":
            raise refusals.MEDIA_TYPE.now()
        turn.let_go()
        incoming = turn.incoming
        assert incoming is not None, "enter first"
        sink = _Sink(incoming, self._most_bytes, time.monotonic() + self._within_s)
        try:
            self._parse(sink)
        except RequestEntityTooLarge:
            raise (
                TOO_LARGE if sink.opened or self._declared_too_large() else refusals.TOO_LARGE
            ).now() from None
        except ValueError:
            raise refusals.BAD_JSON.now() from None
        except OSError as trouble:
            raise no_space(trouble) from None
        incoming.digest = sink.digest()

    def _parse(self, sink: "_Sink") -> None:
        """What Werkzeug's own request does, with a stream of ours; the parts then are where it keeps them."""
        limit = self._most_bytes + _AROUND_BYTES
        parser = FormDataParser(
            stream_factory=sink.open,
            max_form_memory_size=_FIELDS_BYTES,
            max_form_parts=_MOST_PARTS,
            silent=False,
        )
        stream = get_input_stream(request.environ, max_content_length=limit)
        parts = parser.parse(stream, request.mimetype, request.content_length, request.mimetype_params)
        request.__dict__["stream"], request.__dict__["form"], request.__dict__["files"] = parts

    def _declared_too_large(self) -> bool:
        return (request.content_length or 0) > self._most_bytes + _AROUND_BYTES

    def _nameless(self) -> IO[bytes]:
        """A file without a name: it is gone with the process, whatever ends it."""
        for folder in (self._folder.parent, self._folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        space = os.statvfs(self._folder)
        if space.f_bavail * space.f_frsize < self._keep_free_bytes + self._most_bytes:
            raise OSError(errno.ENOSPC, "kept free")
        return tempfile.TemporaryFile(dir=self._folder, buffering=0)


def intake_for(settings: Settings, folder: Path) -> Intake:
    """The intake of one process, in which a share of the threads may be receiving."""
    uploads = settings.uploads
    return Intake(
        folder,
        places=max(1, int(settings.web.threads * uploads.max_share)),
        most_bytes=uploads.max_bytes,
        within_s=uploads.receive_s,
        keep_free_bytes=uploads.keep_free_mb * 1024 * 1024,
    )


class _Sink:
    """Where the one file's bytes go."""

    def __init__(self, incoming: Incoming, most_bytes: int, until: float) -> None:
        self._incoming = incoming
        self._most_bytes = most_bytes
        self._until = until
        self._hash = hashlib.sha256()
        self.opened = False

    def open(self, *_: Any, **__: Any) -> Any:
        """The stream for the first file; a second one is nobody's."""
        if self.opened:
            raise ValueError("more than one file")
        self.opened = True
        return self

    def write(self, piece: bytes) -> int:
        """Some more bytes."""
        self._incoming.size += len(piece)
        if self._incoming.size > self._most_bytes:
            raise TOO_LARGE.now()
        if time.monotonic() > self._until:
            raise TOO_SLOW.now()
        self._hash.update(piece)
        return self._incoming.stream.write(piece)

    def digest(self) -> bytes:
        """Of everything that came."""
        return self._hash.digest()

    def seek(self, place: int, whence: int = 0) -> int:
        """As every stream."""
        return self._incoming.stream.seek(place, whence)

    def read(self, size: int = -1) -> bytes:
        """As every stream."""
        return self._incoming.stream.read(size)

    def close(self) -> None:
        """The file outlives the form: whoever gave the place closes it."""


def no_space(trouble: OSError) -> Exception:
    """A full disk as a refusal, told to the operator; any other trouble as it is."""
    if trouble.errno not in _FULL:
        return trouble
    log.error("uploads.no_space", alarm=True)
    return NO_SPACE.now(retry_after=600)


def drain() -> None:
    """Take some of a refused body off the wire, so that the answer is read before the connection ends."""
    with suppress(Exception):
        stream = get_input_stream(request.environ)
        left = _DRAIN_BYTES
        while left > 0 and (piece := stream.read(min(left, 65536))):
            left -= len(piece)
