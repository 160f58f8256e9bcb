"""Token and key of the push: made once, private, and never over what the operator gave."""

from pathlib import Path

from app.launcher.push import push_secrets
from app.settings import WechatSettings


def test_they_are_made_once_and_nobody_else_reads_them(tmp_path: Path) -> None:
    first = push_secrets(WechatSettings(), tmp_path)
    assert push_secrets(WechatSettings(), tmp_path) == first
    assert (tmp_path / "push.json").stat().st_mode & 0o077 == 0
    assert len(first["APP__WECHAT__AES_KEY"]) == 43
    WechatSettings(token=first["APP__WECHAT__TOKEN"], aes_key=first["APP__WECHAT__AES_KEY"])


def test_what_the_operator_gave_counts_also_without_a_key(tmp_path: Path) -> None:
    given = push_secrets(WechatSettings(token="given"), tmp_path)
    assert given == {"APP__WECHAT__TOKEN": "given", "APP__WECHAT__AES_KEY": ""}
    assert not (tmp_path / "push.json").exists()
