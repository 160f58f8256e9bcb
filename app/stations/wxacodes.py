"""Mini-program codes of stations: fetched from WeChat once for each key, kept in the data folder.

A code never changes, so it is never fetched again; its file's name tells the account, the page and the
version that it opens, so that a code of a trial never hangs on a wall. Whether its key is in use is asked
every time.
"""

import hashlib
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.foundation.home import Home
from app.settings import WechatSettings
from app.stations import service
from app.stations.rules import KEY_NOT_ACTIVE, normalise_key
from app.wechat import Busy, WeChat
from app.wechat.codes import USUAL_WIDTH

_MARGIN_S: Final = 2.0


@dataclass(frozen=True)
class WxaCode:
    """A picture (PNG or JPEG), and whether WeChat was asked for it just now."""

    picture: bytes
    fetched: bool

    @property
    def suffix(self) -> str:
        """What its file is called by: `.png` or `.jpg`."""
        return ".png" if self.picture.startswith(b"\x89PNG") else ".jpg"


def scene(key: str) -> str:
    """What the code carries; the page gets it as `options.scene`."""
    return f"s={key}"


def of_key(home: Home, key: str, width: int = USUAL_WIDTH) -> WxaCode:
    """The mini-program code of a key in use.

    Refused with `station.key_not_active` for a revoked or unknown one; any WeChatError when WeChat does not
    give it. However many ask at once, WeChat is asked once; the others wait as long as one call may take.
    """
    plain = normalise_key(key)
    if plain is None:
        raise KEY_NOT_ACTIVE.now()
    return _of_plain_key(home, plain, _file(home, plain, width), width)


def _of_plain_key(home: Home, key: str, file: Path, width: int) -> WxaCode:
    _require_active(home, key, file)
    if found := _kept(file):
        return WxaCode(found, fetched=False)
    longest_s = home.settings.wechat.deadline_s + _MARGIN_S
    with home.shared.lock(f"wxacode:{file.name}", longest_s, longest_s) as alone:
        if found := _kept(file):
            return WxaCode(found, fetched=False)
        if not alone:
            raise Busy("somebody else is still fetching this code")
        page = home.settings.wechat.code_page
        picture = home.part(WeChat).code_image(scene(key), page, width=width)
        _require_active(home, key, file)
        keep(file, picture)
        return WxaCode(picture, fetched=True)


def keep(file: Path, picture: bytes) -> None:
    """Write a file in one piece: whoever looks, or a power cut, finds the whole of it or nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}")
    try:
        with beside.open("wb") as out:
            out.write(picture)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _file(home: Home, key: str, width: int) -> Path:
    return home.settings.data_dir / "wxacodes" / f"{key}-{_mark(home.settings.wechat)}-{width}"


def _mark(wechat: WechatSettings) -> str:
    """Differs where the same scene would give another code."""
    told = "\n".join((wechat.api_base, wechat.appid, wechat.code_env, wechat.code_page))
    return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()


def _kept(file: Path) -> bytes | None:
    try:
        return file.read_bytes() or None
    except FileNotFoundError:
        return None


def _require_active(home: Home, key: str, file: Path) -> None:
    with home.database.transaction() as session:
        found = service.find_key(session, key)
    if found is None or found.state != "active":
        file.unlink(missing_ok=True)
        raise KEY_NOT_ACTIVE.now()
