"""Column types for what is private: AES-GCM with a key id, and a blind index where a look-up is needed."""

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_FORMAT = b"\x01"
_NONCE = 12


@dataclass(frozen=True)
class Vault:
    """The keys for private columns; the first data key writes, the others still read."""

    data_keys: dict[str, AESGCM]
    writing: str
    index_key: bytes

    def seal(self, plain: bytes) -> bytes:
        """format · length of key id · key id · nonce · ciphertext with tag."""
        name = self.writing.encode()
        nonce = os.urandom(_NONCE)
        head = _FORMAT + bytes([len(name)]) + name
        return head + nonce + self.data_keys[self.writing].encrypt(nonce, plain, head)

    def open(self, sealed: bytes) -> bytes:
        """The plain bytes. KeyError when the key was destroyed, InvalidTag when the bytes were changed."""
        length = sealed[1]
        head, rest = sealed[: 2 + length], sealed[2 + length :]
        return self.data_keys[head[2:].decode()].decrypt(rest[:_NONCE], rest[_NONCE:], head)

    def index(self, value: str) -> bytes:
        """A keyed hash of `value`, equal for equal values, of no use without the key."""
        return hmac.new(self.index_key, value.encode(), hashlib.sha256).digest()


def parse_vault(data_keys: str, index_key: str) -> Vault:
    """Read `name:base64[,name:base64…]` (32 bytes each, the first one writes). ValueError when malformed."""
    keys: dict[str, AESGCM] = {}
    for part in filter(None, (p.strip() for p in data_keys.split(","))):
        name, _, encoded = part.partition(":")
        raw = base64.b64decode(encoded, validate=True)
        if not name or len(raw) != 32:
            raise ValueError("secrets.data_keys: each key is name:base64 of 32 bytes")
        keys[name] = AESGCM(raw)
    if not keys:
        raise ValueError("secrets.data_keys: no key")
    return Vault(keys, next(iter(keys)), index_key.encode())


class _Current:
    """The vault of this process; a column type has no other way to reach it."""

    vault: Vault | None = None


def use_vault(vault: Vault) -> None:
    """Set the keys once, before the first private column is read or written."""
    _Current.vault = vault


def vault() -> Vault:
    """The keys in use. RuntimeError before `use_vault`."""
    if _Current.vault is None:
        raise RuntimeError("no vault: create the app or open a home first")
    return _Current.vault


def blind_index(value: str) -> bytes:
    """What is stored beside an encrypted value so that it can be found again."""
    return vault().index(value)


class EncryptedText(TypeDecorator[str]):
    """Text that leaves the process only encrypted."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else vault().seal(value.encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Open on the way out."""
        return None if value is None else vault().open(bytes(value)).decode()


class EncryptedJson(TypeDecorator[dict[str, Any]]):
    """A JSON object that leaves the process only encrypted."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else vault().seal(json.dumps(value, ensure_ascii=False).encode())

    def process_result_value(self, value: Any, dialect: Dialect) -> dict[str, Any] | None:
        """Open on the way out."""
        if value is None:
            return None
        opened: dict[str, Any] = json.loads(vault().open(bytes(value)))
        return opened
