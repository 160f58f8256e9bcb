"""What may be asked of `getwxacodeunlimit`, checked before a call is spent on it.

WeChat docs: `scene` has 1 to 32 characters of digits, letters and !#$&'()*+,/:;=?@-._~ ; `page` has no
leading slash and no query; `width` is 280 to 1280 pixels; `scancode_time` is WeChat's own (85096).
"""

import re
from typing import Any

from app.settings import WechatSettings
from app.wechat.errors import Unfit

NARROWEST, WIDEST, USUAL_WIDTH = 280, 1280, 430

_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@._~-]{1,32}")
_PAGE = re.compile(r"[^/?#\s][^?#\s]{0,1023}")
_RESERVED = "scancode_time"


def code_body(settings: WechatSettings, scene: str, page: str, width: int) -> dict[str, Any]:
    """The call's body. Unfit for what WeChat would refuse."""
    if not _SCENE.fullmatch(scene) or _RESERVED in scene:
        raise Unfit("a scene has 1 to 32 characters of 0-9 A-Z a-z !#$&'()*+,/:;=?@-._~", 40129)
    if not _PAGE.fullmatch(page):
        raise Unfit("a page has no leading slash and no query", 41030)
    if not NARROWEST <= width <= WIDEST:
        raise Unfit(f"a code is {NARROWEST} to {WIDEST} pixels wide", 40097)
    return {
        "scene": scene,
        "page": page,
        "check_path": settings.code_check_path,
        "env_version": settings.code_env,
        "width": width,
    }
