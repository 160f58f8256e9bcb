"""`wxa/getwxacodeunlimit`: a picture that holds the scene, here as an ordinary QR code that anything reads.

WeChat docs: `scene` has 1 to 32 characters of a fixed alphabet; with `check_path` the page must be published;
success is the bytes of the picture, failure is JSON, both with status 200.
"""

import io
import re
from typing import TYPE_CHECKING

from app.wechat.standin import wire

if TYPE_CHECKING:
    from app.wechat.standin.world import World

_SCENE_CHARACTERS = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]+")
_LONGEST_SCENE = 32
_VERSIONS = ("release", "trial", "develop")


def code(world: "World", request: wire.Request) -> wire.Answer:
    """`POST /wxa/getwxacodeunlimit`."""
    world.tokens.check(request.query.get("access_token", ""), world.now())
    body = request.json()
    scene, page, width = body.get("scene"), body.get("page"), body.get("width", 430)
    if not isinstance(scene, str) or len(scene) > _LONGEST_SCENE:
        raise wire.ApiError(40169, "invalid length for scene, or the data is not json string")
    if not _SCENE_CHARACTERS.fullmatch(scene):
        raise wire.ApiError(40129, "invalid scene")
    if "scancode_time" in scene:
        raise wire.ApiError(85096, "not allow include scancode_time field")
    if isinstance(width, bool) or not isinstance(width, int) or not 280 <= width <= 1280:
        raise wire.ApiError(40097, "invalid args")
    if body.get("env_version", "release") not in _VERSIONS:
        raise wire.ApiError(40097, "invalid args")
    if page is not None:
        _check_page(world, page, checked=body.get("check_path", True) is not False)
    return wire.Answer(_draw(scene, width), "image/png")


def _check_page(world: "World", page: object, *, checked: bool) -> None:
    if not isinstance(page, str) or not page or page.startswith("/") or "?" in page:
        raise wire.ApiError(41030, "invalid page")
    if checked and world.desk.pages is not None and page not in world.desk.pages:
        raise wire.ApiError(41030, "invalid page")


def _draw(scene: str, width: int) -> bytes:
    import qrcode  # half a second to load, which a stand-in that draws nothing need not spend
    from PIL import Image

    picture = qrcode.make(scene).get_image()
    out = io.BytesIO()
    picture.convert("L").resize((width, width), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()
