"""Whatever a scan gives is understood; what is no code of ours is refused, and help is there all the same."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from app.foundation.home import Home
from app.stations.service import revoke_key
from tests.checkins.conftest import Forget, Rows
from tests.support.clients import Somebody, fresh_key

URL = "https://example.org/s/"
# How the same key may arrive, and what is noted of the way it came.
FORMS: dict[str, tuple[Callable[[str], str], str]] = {
    "bare": (lambda key: key, "key"),
    "small letters with a dash": (lambda key: f"{key[:4]}-{key[4:]}".lower(), "key"),
    "blanks around and between": (lambda key: f"  {key[:4]} {key[4:]}\n", "key"),
    "full-width": (lambda key: "".join(chr(ord(c) + 0xFEE0) for c in key), "key"),
    "scene": (lambda key: f"s={key}", "scene"),
    "scene with blanks": (lambda key: f" s={key} ", "scene"),
    "scene percent-encoded": (lambda key: f"s%3D{key}", "scene"),
    "scene percent-encoded in small letters": (lambda key: f"s%3d{key.lower()}", "scene"),
    "scene percent-encoded twice": (lambda key: f"s%253D{key}", "scene"),
    "url": (lambda key: URL + key, "url"),
    "url without tls, with port": (lambda key: f"http://127.0.0.1:8000/s/{key}", "url"),
    "url of a Chinese host": (lambda key: f"https://司机之家.example/s/{key}", "url"),
    "url with capital scheme": (lambda key: f"HTTPS://EXAMPLE.ORG/s/{key}", "url"),
    "url with a query": (lambda key: f"{URL}{key}?from=wx&scene=1011#top", "url"),
    "url with more path": (lambda key: f"https://example.org/app/s/{key}/", "url"),
    "url with blanks around": (lambda key: f"\t{URL}{key} ", "url"),
    "url percent-encoded": (lambda key: quote(URL + key, safe=""), "url"),
    "url with a query, percent-encoded": (lambda key: quote(f"{URL}{key}?a=b", safe=""), "url"),
    "url percent-encoded twice": (lambda key: quote(quote(URL + key, safe=""), safe=""), "url"),
}


def test_every_form_of_a_code_checks_in_and_the_way_it_came_is_noted(
    driver: Somebody, key: str, rows: Rows, forget: Forget
) -> None:
    for form in FORMS:
        forget()
        write, source = FORMS[form]
        answer = driver.post("/checkins", {"code": write(key)})
        assert answer.status_code == 201, answer.text
        assert (answer.json["station"], answer.json["side"]) == ("GS001", "A")
        assert answer.json["station_name"]
        assert [(row["source"], row["key_version"]) for row in rows()] == [(source, 1)]


UNKNOWN = [
    "22222222",
    "s=22222222",
    "https://example.org/s/22222222",
    "https://example.org/{key}",
    "https://example.org/?s={key}",
    "ftp://example.org/s/{key}",
    "{key}2",
    "t={key}",
    "6901234567892",
    "你好",
    "%",
    "%zz",
    "'; DROP TABLE check_in; --",
]


def test_what_is_no_code_of_ours_is_refused_in_plain_chinese_and_leaves_nothing(
    driver: Somebody, key: str, rows: Rows, forget: Forget
) -> None:
    for code in UNKNOWN:
        forget()
        answer = driver.post("/checkins", {"code": code.format(key=key)}, fresh_key())
        assert (answer.status_code, answer.json["code"]) == (404, "checkin.code_unknown")
        assert answer.mimetype == "application/problem+json"
        assert "站点码" in answer.json["detail"]
        assert rows() == []


def test_a_code_that_is_empty_over_long_or_no_text_is_refused_and_the_field_is_named(
    driver: Somebody, rows: Rows, forget: Forget
) -> None:
    for body in [
        {},
        {"code": ""},
        {"code": " \n\t "},
        {"code": "A" * 513},
        {"code": None},
        {"code": 23456789},
        {"code": ["s=23456789"]},
        {"code": "2345\x006789"},
    ]:
        forget()
        answer = driver.post("/checkins", body)
        assert answer.status_code == 422, answer.text
        assert [error["field"] for error in answer.json["errors"]] == ["code"]
        assert rows() == []


def test_a_code_of_512_characters_is_still_read(driver: Somebody, key: str) -> None:
    code = f"https://example.org/s/{key}?from=".ljust(512, "x")
    assert driver.post("/checkins", {"code": code}).status_code == 201


@pytest.fixture
def revoked(home: Home, key: str) -> str:
    with home.database.transaction() as session:
        revoke_key(session, key, home.clock.now(), "示例：码被撕")
    return key


def test_a_revoked_code_names_station_and_side_and_help_is_one_tap_away(
    driver: Somebody, rows: Rows, revoked: str
) -> None:
    refused = driver.post("/checkins", {"code": f"{URL}{revoked}"}, fresh_key())
    assert (refused.status_code, refused.json["code"]) == (410, "checkin.code_revoked")
    assert (refused.json["station"], refused.json["side"]) == ("GS001", "A")
    assert "求助不受影响" in refused.json["detail"]
    assert rows() == []
    place = {"station": refused.json["station"], "side": refused.json["side"]}
    for kind, text in (("other", "车门锁了"), ("medical", "胸口疼")):
        asked = driver.post("/requests", {"kind": kind, "text": text, **place}, fresh_key())
        assert asked.status_code == 201, asked.text
        assert (asked.json["station"], asked.json["side"]) == ("GS001", "A")


def test_after_a_code_was_replaced_the_new_one_counts_as_its_second_version(
    driver: Somebody, home: Home, rows: Rows, key: str
) -> None:
    with home.database.transaction() as session:
        fresh = revoke_key(session, key, home.clock.now()).key
    assert driver.post("/checkins", {"code": key}).status_code == 410
    assert driver.post("/checkins", {"code": fresh}).status_code == 201
    assert [row["key_version"] for row in rows()] == [2]


def test_a_retry_after_the_code_was_revoked_still_gets_its_first_answer(
    driver: Somebody, home: Home, rows: Rows, key: str
) -> None:
    once = fresh_key()
    first = driver.post("/checkins", {"code": key}, once)
    with home.database.transaction() as session:
        revoke_key(session, key, home.clock.now())
    again = driver.post("/checkins", {"code": key}, once)
    assert (again.status_code, again.data) == (201, first.data)
    assert len(rows()) == 1


def test_a_check_in_never_stands_between_a_driver_and_help(driver: Somebody, rows: Rows) -> None:
    """No scan at all, one of a foreign code, one that is too old: a request is taken each time."""
    scans: list[dict[str, str]] = [
        {"code": "22222222"},
        {"code": ""},
        {"code": "s=22222222", "scanned_at": "2020-01-01T00:00:00+08:00"},
    ]
    for scan in [None, *scans]:
        if scan is not None:
            assert driver.post("/checkins", scan).status_code in (404, 422)
        for place in ({}, {"station": "GS001"}, {"station": "GS001", "side": "B"}):
            asked = driver.post("/requests", {"kind": "medical", "text": "头晕", **place}, fresh_key())
            assert asked.status_code in (200, 201), asked.text
    assert rows() == []


def test_nobody_checks_in_without_signing_in(driver: Somebody, key: str, rows: Rows) -> None:
    driver.token = ""
    assert driver.post("/checkins", {"code": key}).status_code == 401
    assert rows() == []
