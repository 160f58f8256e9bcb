"""What is private: sealed with a key that can be exchanged, found again by an index that tells nothing."""

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from app.foundation.columns import Vault, parse_vault
from app.foundation.keys import resolve_secrets
from app.settings import SecretSettings


def key(name: str) -> str:
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


@pytest.fixture
def vault() -> Vault:
    return parse_vault(key("k1"), "i" * 32)


@pytest.mark.parametrize("plain", [b"", b"x", "甘A12345".encode(), b"\x00" * 5000])
def test_what_is_sealed_is_opened_again(vault: Vault, plain: bytes) -> None:
    sealed = vault.seal(plain)
    assert vault.open(sealed) == plain
    assert len(plain) < 8 or plain not in sealed  # a single byte is in it by chance, one time in seven


def test_the_same_words_never_look_the_same(vault: Vault) -> None:
    assert len({vault.seal(b"13800001234") for _ in range(50)}) == 50


def test_a_changed_byte_is_noticed_wherever_it_is(vault: Vault) -> None:
    sealed = bytearray(vault.seal(b"secret"))
    for place in range(len(sealed)):
        sealed[place] ^= 1
        with pytest.raises((InvalidTag, KeyError, UnicodeDecodeError, ValueError)):
            vault.open(bytes(sealed))
        sealed[place] ^= 1
    assert vault.open(bytes(sealed)) == b"secret"


def test_a_new_key_writes_while_the_old_one_still_reads() -> None:
    old, new = key("k1"), key("k2")
    before, both, after = (parse_vault(keys, "i") for keys in (old, f"{new},{old}", new))
    sealed = before.seal(b"written long ago")
    assert both.open(sealed) == b"written long ago"
    assert after.open(both.seal(b"written now")) == b"written now"
    with pytest.raises(KeyError):
        after.open(sealed)


def test_the_index_is_equal_for_equal_values_and_useless_without_its_key(vault: Vault) -> None:
    other = parse_vault(key("k1"), "j" * 32)
    assert vault.index("13800001234") == vault.index("13800001234")
    assert vault.index("13800001234") != vault.index("13800001235")
    assert vault.index("13800001234") != other.index("13800001234")
    assert len(vault.index("x")) == 32


@pytest.mark.parametrize("keys", ["", "k1", "k1:short", "k1:" + "A" * 44, ":" + "A" * 43 + "="])
def test_keys_that_are_none_are_refused(keys: str) -> None:
    with pytest.raises(ValueError):
        parse_vault(keys, "i")


def test_a_first_start_makes_secrets_that_only_their_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    made = resolve_secrets(SecretSettings(), folder)
    assert parse_vault(made.data_keys, made.index_key).open
    assert len(made.index_key) >= 32
    assert len(made.signing_key) >= 32
    assert stat.S_IMODE((folder / "secrets.toml").stat().st_mode) == 0o600
    assert resolve_secrets(SecretSettings(), folder) == made
    assert [file.name for file in folder.iterdir()] == ["secrets.toml"]


def test_processes_that_start_at_once_agree_on_one_set_of_secrets(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: resolve_secrets(SecretSettings(), tmp_path / "v").data_keys, range(16)))
    assert len(made) == 1


def test_what_the_operator_gave_wins_and_all_given_makes_no_file(tmp_path: Path) -> None:
    given = SecretSettings(index_key="i" * 40)
    assert resolve_secrets(given, tmp_path).index_key == "i" * 40
    whole = SecretSettings(data_keys=key("k1"), index_key="i" * 40, signing_key="s" * 40)
    assert resolve_secrets(whole, tmp_path / "none") == whole
    assert not (tmp_path / "none").exists()
