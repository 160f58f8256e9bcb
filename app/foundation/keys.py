"""The secrets of one installation: given by the operator, or made once in the data folder (development)."""

import base64
import os
import secrets
import tomllib
from contextlib import suppress
from pathlib import Path

from app.settings import SecretSettings

_FILE = "secrets.toml"


def resolve_secrets(given: SecretSettings, data_dir: Path) -> SecretSettings:
    """What the operator gave, filled up from the data folder's own file, which is made on first use."""
    if given.data_keys and given.index_key and given.signing_key:
        return given
    made = _read_or_make(data_dir / _FILE)
    return SecretSettings(
        data_keys=given.data_keys or made["data_keys"],
        index_key=given.index_key or made["index_key"],
        signing_key=given.signing_key or made["signing_key"],
    )


def _read_or_make(file: Path) -> dict[str, str]:
    """Two processes may come here at once: whoever links first wins, the other reads that."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_name(f".{_FILE}.{os.getpid()}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(_fresh_secrets())
        with suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
    return tomllib.loads(file.read_text())


def _fresh_secrets() -> str:
    data_key = base64.b64encode(secrets.token_bytes(32)).decode()
    return (
        "# Made by the first start; whoever has this file can read the private columns.\n"
        f'data_keys = "dev1:{data_key}"\n'
        f'index_key = "{secrets.token_urlsafe(48)}"\n'
        f'signing_key = "{secrets.token_urlsafe(48)}"\n'
    )
