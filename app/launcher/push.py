"""Token and key of the message push between the service and its stand-in, made once in the data folder."""

import json
import os
import secrets
import string
from pathlib import Path

from app.launcher.problems import in_plain_words
from app.settings import WechatSettings

_FILE = "push.json"
_LETTERS = string.ascii_letters + string.digits
_TOKEN, _AES_KEY = 32, 43  # characters, as WeChat's own page makes them


def push_secrets(settings: WechatSettings, data_dir: Path) -> dict[str, str]:
    """What both sides have to know, as settings of theirs; what the operator gave counts, with or without a
    key. The caller holds the data folder's lock."""
    if settings.token or settings.aes_key:
        return {"APP__WECHAT__TOKEN": settings.token, "APP__WECHAT__AES_KEY": settings.aes_key}
    file = data_dir / _FILE
    with in_plain_words(file):
        if not file.exists():
            fresh = file.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps({"token": _word(_TOKEN), "aes_key": _word(_AES_KEY)}))
            os.replace(fresh, file)
        made = json.loads(file.read_text())
    return {"APP__WECHAT__TOKEN": made["token"], "APP__WECHAT__AES_KEY": made["aes_key"]}


def _word(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
