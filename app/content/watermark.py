"""A watermark across the whole of a picture, so that no crop loses it: who looks, when, and for what."""

import io
import math

from PIL import Image, ImageDraw, ImageFont

from app.foundation.fonts import FONT

_MOST_SIDE = 1920
_QUALITY = 82
_SLANT_DEGREES = 28
_ROWS = 3  # of lines within the height of one, so that every quarter of a paper carries some
_DARK = (20, 20, 20, 120)
_LIGHT = (255, 255, 255, 130)


def watermark(jpeg: bytes, words: str, when: str) -> bytes:
    """The picture as a new JPEG with `words` and the moment repeated across it."""
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as source:
        source.draft("RGB", (_MOST_SIDE, _MOST_SIDE))
        picture = source.convert("RGB")
    picture.thumbnail((_MOST_SIDE, _MOST_SIDE))
    picture.info = {}
    _spread(picture, _stamp(f"{words}　{when}", max(12, min(picture.size) // 26)))
    into = io.BytesIO()
    picture.save(into, "JPEG", quality=_QUALITY)
    return into.getvalue()


def _stamp(line: str, size: int) -> Image.Image:
    """The line once, on the slant; dark with a light edge, so that it shows on any ground."""
    font = ImageFont.truetype(str(FONT), size)
    wide, high = (math.ceil(side) for side in font.getbbox(line)[2:])
    flat = Image.new("RGBA", (wide + 1, high + 1), (0, 0, 0, 0))
    pen = ImageDraw.Draw(flat)
    pen.text((1, 1), line, font=font, fill=_LIGHT)
    pen.text((0, 0), line, font=font, fill=_DARK)
    return flat.rotate(_SLANT_DEGREES, resample=Image.Resampling.BILINEAR, expand=True)


def _spread(picture: Image.Image, stamp: Image.Image) -> None:
    """Over all of the picture and beyond its edges, line below line."""
    for top in range(-stamp.height, picture.height, max(1, stamp.height // _ROWS)):
        for left in range(0, picture.width, stamp.width):
            picture.paste(stamp, (left, top), stamp)
