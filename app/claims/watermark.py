"""A watermark across the whole of a picture, so that no crop loses it: who looks, when, and for what."""

import io
import math

from PIL import Image, ImageDraw, ImageFont

from app.stations.fonts import FONT

_MOST_SIDE = 1920
_QUALITY = 82
_SLANT_DEGREES = 28
_DARK = (20, 20, 20, 120)
_LIGHT = (255, 255, 255, 130)


def watermark(jpeg: bytes, words: str, when: str) -> bytes:
    """The picture as a new JPEG with `words` and the moment repeated across it."""
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as source:
        source.draft("RGB", (_MOST_SIDE, _MOST_SIDE))
        picture = source.convert("RGB")
    picture.thumbnail((_MOST_SIDE, _MOST_SIDE))
    picture.info = {}
    layer = _layer(picture.size, f"{words}　{when}")
    picture.paste(layer, mask=layer.getchannel("A"))
    into = io.BytesIO()
    picture.save(into, "JPEG", quality=_QUALITY)
    return into.getvalue()


def _layer(size: tuple[int, int], line: str) -> Image.Image:
    """Lines of text on the slant; dark with a light edge, so that it shows on any ground."""
    font = ImageFont.truetype(str(FONT), max(12, min(size) // 26))
    wide, high = (math.ceil(side) for side in font.getbbox(line)[2:])
    across = math.ceil(math.hypot(*size)) + wide
    sheet = Image.new("RGBA", (across, across), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    step = high * 4
    for number, top in enumerate(range(0, across, step)):
        left = -(number % 2) * wide // 2
        for start in range(left, across, wide + high * 3):
            pen.text((start + 1, top + 1), line, font=font, fill=_LIGHT)
            pen.text((start, top), line, font=font, fill=_DARK)
    turned = sheet.rotate(_SLANT_DEGREES, resample=Image.Resampling.BILINEAR)
    left, top = (across - size[0]) // 2, (across - size[1]) // 2
    return turned.crop((left, top, left + size[0], top + size[1]))
