"""What a scan may give, and what it means."""

import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.stations.rules import ALPHABET, KEY_LENGTH, code_url, normalise_key, parse_code, show_key
from app.stations.service import new_key

SCENE_ALPHABET = string.digits + string.ascii_letters + "!#$&'()*+,/:;=?@-._~"

keys = st.text(ALPHABET, min_size=KEY_LENGTH, max_size=KEY_LENGTH)
hosts = st.from_regex(r"\A[a-z0-9-]{1,20}(\.[a-z0-9-]{1,20}){0,3}(:[0-9]{2,5})?\Z")
tails = st.sampled_from(["", "?x=1", "?s=22222222&y=/s/33333333", "#top", "/", "/?a=%2F", "/more/s/33333333"])
blanks = st.text(" \t\r\n\u3000", max_size=3)


def encoded(text: str, times: int) -> str:
    for _ in range(times):
        text = quote(text, safe="")
    return text


def test_the_alphabet_has_no_look_alikes_and_fits_a_mini_program_code() -> None:
    assert not set(ALPHABET) & set("01ILOU")
    assert len(set(ALPHABET)) == len(ALPHABET) == 30
    assert set("s=" + ALPHABET) <= set(SCENE_ALPHABET)
    assert len("s=" + "A" * KEY_LENGTH) <= 32


@given(keys, blanks, blanks, st.booleans())
def test_the_bare_key_is_read_however_it_was_typed(key: str, before: str, after: str, small: bool) -> None:
    for written in (key, show_key(key), show_key(key).replace("-", " "), " ".join(key)):
        assert parse_code(before + (written.lower() if small else written) + after) == key


@given(keys)
def test_what_a_chinese_keyboard_makes_of_a_key_is_read(key: str) -> None:
    full_width = "".join(chr(ord(letter) + 0xFEE0) for letter in key)
    for dash in "-－—–‐":
        assert parse_code(full_width[:4] + dash + full_width[4:]) == key


@given(keys, st.integers(0, 2), blanks)
def test_the_scene_is_read_also_percent_encoded_once_or_twice(key: str, times: int, around: str) -> None:
    assert parse_code(around + encoded(f"s={key}", times) + around) == key


@given(keys, hosts, tails, st.sampled_from(["https", "http", "HTTPS"]), st.integers(0, 2))
def test_a_whole_url_is_read_whatever_its_host(
    key: str, host: str, tail: str, scheme: str, times: int
) -> None:
    assert parse_code(encoded(f"{scheme}://{host}/s/{key}{tail}", times)) == key


@given(keys, hosts)
def test_a_url_below_another_path_is_read_and_small_letters_in_it_are_too(key: str, host: str) -> None:
    assert parse_code(f"https://{host}/home/s/{key.lower()}") == key


@given(keys)
def test_what_is_printed_is_read(key: str) -> None:
    assert parse_code(code_url("https://home.example/", key)) == key


@pytest.mark.parametrize(
    "raw",
    [
        "7KQ9M2X",
        "7KQ9M2XDD",
        "7KQ9M2X0",
        "7KQ9M2XO",
        "s=",
        "s=7KQ9M2X",
        "t=7KQ9M2XD",
        "x?s=7KQ9M2XD",
        "https://home.example/7KQ9M2XD",
        "https://home.example/s/",
        "https://home.example/s/7KQ9M2X0",
        "https://home.example/x?u=/s/7KQ9M2XD",
        "https://home.example?/s/7KQ9M2XD",
        "https:///s/7KQ9M2XD",
        "ftp://home.example/s/7KQ9M2XD",
        "weixin://dl/business/?t=7KQ9M2XD",
        "WIFI:T:WPA;S:7KQ9M2XD;;",
        "6901234567892",
        "\x007KQ9M2XD",
        "7KQ9M2XD\x00",
        "司机之家",
        "%",
        "%25%25",
        encoded("s=7KQ9M2XD", 3),
    ],
)
def test_anything_else_is_no_code(raw: str) -> None:
    assert parse_code(raw) is None


@given(st.text(max_size=600))
def test_no_text_breaks_the_reading(raw: str) -> None:
    key = parse_code(raw)
    assert key is None or normalise_key(key) == key


def test_fresh_keys_are_keys_and_differ() -> None:
    fresh = {new_key() for _ in range(2000)}
    assert len(fresh) == 2000
    assert all(parse_code(key) == key for key in fresh)
    assert set("".join(fresh)) == set(ALPHABET)
