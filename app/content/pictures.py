"""Pictures made anew: decoded within bounds, turned upright, and written out with nothing else along.

Whatever a picture carried beside its pixels (where it was taken, with which phone, an archive at its end) is
gone afterwards: only pixels go into what is written. Everything leaves as JPEG.
"""

import errno
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import structlog
from PIL import Image

from app.content.rules import TOO_MANY_PIXELS, UNREADABLE
from app.foundation.refusals import Refused

log = structlog.get_logger()

# Our own bound is lower, and a warning on standard error is no line of the log.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)

_QUALITY = 88
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MOST_SCANS = 100  # a progressive JPEG has some ten; one with thousands is made to take minutes
_SCAN = b"\xff\xda"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Size:
    """Of the picture as it was written, in pixels."""

    width: int
    height: int


def recode(source: BinaryIO, kind: str, target: BinaryIO, *, most_pixels: int, most_side: int) -> Size:
    """Write the picture in `source` (jpeg, png, gif or webp, its first frame) to `target` as a plain JPEG.

    Refused with `upload.too_large` before anything is decoded, or with `upload.unreadable`; OSError
    when `target` has no room. Both want to be real files: Pillow lets other threads work meanwhile.
    """
    upright = _reading(lambda: _decode(source, kind, most_pixels, most_side))
    upright.save(target, "JPEG", quality=_QUALITY)
    return Size(*upright.size)


def _reading(work: Callable[[], Image.Image]) -> Image.Image:
    """Hostile bytes make a decoder raise anything at all; all of it means that it is no picture."""
    try:
        return work()
    except (Refused, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise TOO_MANY_PIXELS.now() from None
    except Exception as trouble:
        if isinstance(trouble, OSError) and trouble.errno in _NO_ROOM:
            raise
        log.info("upload.unreadable", error=type(trouble).__name__)
        raise UNREADABLE.now() from None


def _decode(source: BinaryIO, kind: str, most_pixels: int, most_side: int) -> Image.Image:
    source.seek(0)
    if kind == "jpeg" and _scans(source) > _MOST_SCANS:
        raise UNREADABLE.now()
    with Image.open(source, formats=[kind.upper()]) as picture:
        if picture.width * picture.height > most_pixels:
            raise TOO_MANY_PIXELS.now()
        turn = _UPRIGHT.get(_orientation(picture))
        # A JPEG can be decoded at a half, a quarter, an eighth of its size: memory is spent on no more.
        picture.draft("RGB", (most_side, most_side))
        picture.load()
        plain = _plain(picture)
    plain.thumbnail((most_side, most_side), reducing_gap=2.0)
    if turn is not None:
        plain = plain.transpose(turn)
    plain.info = {}  # a comment would go along
    return plain


def _scans(source: BinaryIO) -> int:
    """How many scans a JPEG has; also leaves `source` at its beginning."""
    found, before = 0, b""
    while piece := source.read(1 << 16):
        found += (before + piece).count(_SCAN)
        before = piece[-1:]
    source.seek(0)
    return found


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # what is written there is as hostile as the rest
        return 1


def _plain(picture: Image.Image) -> Image.Image:
    """The pixels as RGB; what can be seen through lies on white, and 16 bits become 8."""
    if picture.mode.startswith(("I", "F")):
        return picture.point(lambda value: value / 256).convert("L").convert("RGB")
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        paper = Image.new("RGB", seen.size, "white")
        paper.paste(seen, mask=seen.getchannel("A"))
        return paper
    return picture.convert("RGB")
