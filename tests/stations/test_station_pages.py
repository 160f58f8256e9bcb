"""What a scanner other than WeChat gets to see, read as a browser would read it."""

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from app.foundation.clock import SHANGHAI
from app.foundation.database import Database
from app.stations.exchange import list_codes
from app.stations.pages import basic_line
from app.stations.service import revoke_key, set_phones, set_status
from tests.stations.conftest import NOW, MakeClient


@pytest.fixture
def key(seeded: Database) -> str:
    """The key of the B side of 兰州北."""
    with seeded.transaction() as session:
        return next(code.key for code in list_codes(session, ["GS002"]) if code.side == "B")


def told(page: str) -> str:
    """The words of a page, without style and tags."""
    body = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", body)


def test_a_code_shows_where_one_is_whom_to_call_and_how_to_open_the_mini_program(
    client: FlaskClient, key: str
) -> None:
    answer = client.get(f"/s/{key}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    words = told(answer.text)
    for said in ("兰州北服务区", "B 侧", "连霍高速", "“G30 连霍高速 K1699 兰州北服务区 B 侧”", "扫一扫"):
        assert said in words, said
    assert f"{key[:4]}-{key[4:]}" in words
    calls = re.findall(r'href="tel:(\d+)"', answer.text)
    assert calls[-2:] == ["120", "09310000002"]
    assert set(calls) == {"120", "110", "122", "12122", "12328", "09310000002", "09310000502"}
    assert words.count("示例号码") == 2
    assert "已停用" not in words


def test_the_key_may_be_typed_into_the_address_by_hand(client: FlaskClient, key: str) -> None:
    assert client.get(f"/s/{key[:4].lower()}-{key[4:].lower()}").status_code == 200


def test_a_revoked_code_says_so_and_keeps_all_its_help(
    client: FlaskClient, key: str, seeded: Database
) -> None:
    with seeded.transaction() as session:
        revoke_key(session, key, NOW)
    answer = client.get(f"/s/{key}")
    assert answer.status_code == 200
    words = told(answer.text)
    assert "此码已停用" in words
    assert "兰州北服务区" in words
    assert f"{key[:4]}-{key[4:]}" not in words
    assert {"120", "09310000002"} <= set(re.findall(r'href="tel:(\d+)"', answer.text))


def test_an_unknown_code_is_a_404_page_that_still_helps(client: FlaskClient) -> None:
    for path in ("ABCDEFGH", "7KQ9M2X0", "x" * 300, "司机之家", "%E5%8F", "s=ABCDEFGH"):
        answer = client.get(f"/s/{path}")
        assert (answer.status_code, answer.mimetype) == (404, "text/html")
        assert "没有这个码" in told(answer.text)
        assert 'href="tel:120"' in answer.text


def test_the_duty_centre_is_offered_where_there_is_one(make_client: MakeClient) -> None:
    client = make_client(helpdesk={"centre_phone": "0931-96969"})
    assert 'href="tel:093196969"' in client.get("/s/ABCDEFGH").text


def test_a_draft_station_is_not_shown_and_a_closed_one_says_so(
    client: FlaskClient, key: str, seeded: Database
) -> None:
    with seeded.transaction() as session:
        set_status(session, "GS002", "closed", NOW)
        set_phones(session, "GS002", None, None, NOW)
    page = client.get(f"/s/{key}").text
    assert "暂停服务" in told(page)
    assert "值班电话" not in told(page)


def test_the_page_needs_no_script_no_second_request_and_no_outside_host(
    client: FlaskClient, key: str
) -> None:
    answer = client.get(f"/s/{key}")
    page, policy = answer.text, answer.headers["Content-Security-Policy"]
    (style,) = re.findall(r"<style>(.*?)</style>", page, flags=re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert not re.search(r"<script|\bsrc=|style=|https?://|url\(|@import|<link", page)
    assert len(answer.data) < 16_000


def test_a_page_costs_one_statement_once_the_book_is_open(
    client: FlaskClient, key: str, count_statements: Callable[[Callable[[], object]], int]
) -> None:
    client.get(f"/s/{key}")
    assert count_statements(lambda: client.get(f"/s/{key}")) == 1


@pytest.mark.parametrize("name", ["aB3dE", "aB3dE.txt"])
def test_wechats_verification_file_stands_beside_the_codes_and_at_the_root(
    make_client: MakeClient, name: str
) -> None:
    client = make_client(web={"verification_files": {name: "0123456789abcdef"}})
    for path in ("/s/aB3dE.txt", "/aB3dE.txt"):
        answer = client.get(path)
        assert (answer.status_code, answer.text, answer.mimetype) == (200, "0123456789abcdef", "text/plain")
    assert client.get("/s/other.txt").status_code == 404
    assert client.get("/other.txt").status_code == 404


def test_the_word_for_a_basic_fades_with_its_age() -> None:
    at = datetime(2026, 11, 22, 14, 5, tzinfo=SHANGHAI)

    def line(state: str, age: timedelta | None) -> tuple[str, str, str]:
        basic = basic_line("淋浴", state, None if age is None else at - age, at)
        return basic.word, basic.freshness, basic.when

    assert line("ok", timedelta(minutes=60)) == ("能用", "fresh", "今天 13:05")
    assert line("limited", timedelta(minutes=61)) == ("部分能用", "today", "今天 13:04")
    assert line("out", timedelta(hours=14)) == ("停用", "today", "今天 00:05")
    assert line("ok", timedelta(hours=15)) == ("说不准", "old", "上次是 11-21 23:05")
    assert line("unknown", None) == ("说不准", "old", "还没有人报过")
