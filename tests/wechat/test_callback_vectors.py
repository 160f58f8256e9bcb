"""The published vectors of WeChat's message push, and an independent library as a second witness."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from app.wechat.callback.crypto import Seal, Undecipherable, WrongApp, is_signed, signature
from tests.wechat.pushes import AES_KEY, seal, sign

TOKEN, KEY, APPID = "AAAAA", "A" * 43, "wx" + "ba5fad812f8e6fb9"  # the documentation's own
REPLY = b'{"demo_resp":"good luck"}'
SEALED_REPLY = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="


@pytest.mark.parametrize(
    ("timestamp", "nonce", "expected"),
    [
        ("1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),  # the URL check
        ("1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),  # a plain push
    ],
)
def test_the_published_signatures(timestamp: str, nonce: str, expected: str) -> None:
    assert signature(TOKEN, timestamp, nonce) == expected
    assert is_signed(expected, nonce, TOKEN, timestamp)
    assert not is_signed(expected.replace("f", "e"), TOKEN, timestamp, nonce)
    assert not is_signed("", TOKEN, timestamp, nonce)
    assert not is_signed("é\udc80", TOKEN, timestamp, nonce)


def test_the_published_reply_and_its_signature() -> None:
    seal_of_ours = Seal(KEY, APPID)
    assert seal_of_ours.seal(REPLY, b"707722b803182950") == SEALED_REPLY
    assert seal_of_ours.open(SEALED_REPLY) == REPLY
    assert signature(TOKEN, "1713424427", "415670741", SEALED_REPLY) == (
        "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"
    )


@given(st.binary(max_size=200))
def test_every_pad_from_1_to_32_opens_here_and_with_an_independent_library(message: bytes) -> None:
    ours = Seal(AES_KEY, APPID)
    assert ours.open(seal(message, APPID)) == message
    assert ours.open(ours.seal(message)) == message


@pytest.mark.parametrize("length", range(33))
def test_pads_beyond_a_block_of_aes_are_no_fault(length: int) -> None:
    """A pad of 17 to 32 is where `PKCS7(128)` fails; the published push has one of 19."""
    assert Seal(AES_KEY, APPID).open(seal(b"x" * length, APPID)) == b"x" * length


def test_an_independent_library_seals_what_we_open() -> None:
    crypto = WeChatCrypto(TOKEN, AES_KEY, APPID)
    sealed = crypto.encrypt_message("<xml><a>示例</a></xml>", "415670741", "1713424427")
    inner = sealed.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    assert Seal(AES_KEY, APPID).open(inner).decode() == "<xml><a>示例</a></xml>"
    assert signature(TOKEN, "1713424427", "415670741", inner) in sealed
    ours = Seal(AES_KEY, APPID).seal("<xml><a>示例</a></xml>".encode())
    envelope = {"Encrypt": ours, "ToUserName": "gh_x"}
    opened = crypto.decrypt_message(envelope, sign(TOKEN, "1", "2", ours), "1", "2")
    assert opened == "<xml><a>示例</a></xml>"


@pytest.mark.parametrize(
    "sealed",
    [
        "",
        "AAAA",
        "not base64!",
        "示例",
        base64.b64encode(b"0" * 64).decode(),
        SEALED_REPLY[:-4],
        json.dumps({}),
    ],
)
def test_what_is_not_sealed_with_our_key_is_undecipherable_and_nothing_worse(sealed: str) -> None:
    with pytest.raises(Undecipherable):
        Seal(AES_KEY, APPID).open(sealed)


def test_a_message_of_another_app_is_not_ours() -> None:
    with pytest.raises(WrongApp):
        Seal(KEY, "wx0000000000000000").open(SEALED_REPLY)
    with pytest.raises(WrongApp):
        Seal(KEY, APPID).open(seal(b"x", APPID + "0", KEY))


def test_a_length_that_lies_is_noticed() -> None:
    """Sealed rightly, but the length says more than there is."""
    liar = Seal(AES_KEY, "")
    raw = liar.open(liar.seal(b"\x00" * 40))
    assert raw == b"\x00" * 40
    forged = Seal(AES_KEY, APPID)
    with pytest.raises(Undecipherable):
        forged.open(_sealed_raw(b"r" * 16 + b"\xff\xff\xff\xff" + b"short" + APPID.encode()))
    with pytest.raises(Undecipherable):
        forged.open(_sealed_raw(b"short"))


def _sealed_raw(raw: bytes) -> str:
    from cryptography.hazmat.primitives import padding
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = base64.b64decode(AES_KEY + "=")
    padder = padding.PKCS7(256).padder()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padder.update(raw) + padder.finalize())).decode()
