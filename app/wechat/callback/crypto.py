"""The seal of WeChat's message push: its signatures and its AES, as the documentation gives them.

WeChat docs (message push): a signature is the SHA-1 of the sorted parts joined; a sealed message is
AES-256-CBC with the key's first half as IV over `random(16) + length(4, big-endian) + message + appid`,
padded by PKCS#7 to blocks of **32**, so that a pad may be longer than AES' own 16.
"""

import base64
import binascii
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK_BITS = 32 * 8
_RANDOM = 16
_HEAD = _RANDOM + 4


class Undecipherable(Exception):
    """What was sealed cannot be opened with our key."""


class WrongApp(Undecipherable):
    """It was opened, and belongs to another mini-program."""


def signature(*parts: str) -> str:
    """The SHA-1 of token, timestamp, nonce (and the sealed message), sorted and joined, in hex."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "replace")).hexdigest()  # noqa: S324 - WeChat's


def is_signed(given: str, *parts: str) -> bool:
    """Whether `given` is their signature; takes as long for a wrong one, however wrong it is."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), signature(*parts).encode())


class Seal:
    """Opens and seals messages with an EncodingAESKey (43 characters) for one appid."""

    def __init__(self, encoding_aes_key: str, appid: str) -> None:
        key = base64.b64decode(encoding_aes_key + "=")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._appid = appid.encode()

    def open(self, sealed: str) -> bytes:
        """The message. Undecipherable, WrongApp."""
        plain = self._unpadded(sealed)
        if len(plain) < _HEAD:
            raise Undecipherable("too short")
        (length,) = struct.unpack(">I", plain[_RANDOM:_HEAD])
        message, appid = plain[_HEAD : _HEAD + length], plain[_HEAD + length :]
        if len(message) != length:
            raise Undecipherable("cut off")
        if not hmac.compare_digest(appid, self._appid):
            raise WrongApp("another app's")
        return message

    def seal(self, message: bytes, random: bytes | None = None) -> str:
        """The message sealed, in base64; `random` is given only to check a published vector."""
        head = (random or os.urandom(_RANDOM)) + struct.pack(">I", len(message))
        padder = padding.PKCS7(_BLOCK_BITS).padder()
        padded = padder.update(head + message + self._appid) + padder.finalize()
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()

    def _unpadded(self, sealed: str) -> bytes:
        try:
            raw = base64.b64decode(sealed, validate=True)
            decryptor, unpadder = self._cipher.decryptor(), padding.PKCS7(_BLOCK_BITS).unpadder()
            padded = decryptor.update(raw) + decryptor.finalize()
            return unpadder.update(padded) + unpadder.finalize()
        except (ValueError, binascii.Error):
            raise Undecipherable("not sealed with this key") from None
