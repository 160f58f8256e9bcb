"""What every answer carries: a request id, headers that protect, and nothing that may be cached by others."""

import json
import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.support.clients import Somebody

PATHS = ("/healthz", "/readyz", "/api/docs", "/api/v1/stations", "/api/v1/me", "/nowhere", "/s/AAAAAAAA")


def test_every_answer_carries_the_protecting_headers(client: FlaskClient) -> None:
    for path in PATHS:
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers["Cache-Control"] in ("no-store", "no-cache"), path
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "http" not in policy, path


def test_personal_answers_are_never_stored(driver: Somebody) -> None:
    for path in ("/me", "/requests", "/checkins", "/inbox"):
        assert driver.get(path).headers["Cache-Control"] == "no-store"


def test_strict_transport_is_asked_for_where_the_service_is_reached_by_https(
    app_with: Callable[..., Flask], client: FlaskClient
) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    secure = app_with(web={"public_url": "https://home.example.com"}).test_client()
    assert "max-age=31536000" in secure.get("/healthz").headers["Strict-Transport-Security"]


def test_a_request_id_is_taken_over_and_given_back(client: FlaskClient) -> None:
    for sent in ("abc-123", "A" * 64, "a.b_c-D"):
        assert client.get("/healthz", headers={"X-Request-Id": sent}).headers["X-Request-Id"] == sent


def test_a_request_id_that_is_none_is_replaced(client: FlaskClient) -> None:
    for sent in ("", "a b", "A" * 65, '"><script>', "编号", "a;b"):
        given = client.get("/healthz", headers={"X-Request-Id": sent}).headers["X-Request-Id"]
        assert given != sent
        assert re.fullmatch(r"[0-9a-f]{32}", given)


def test_two_requests_have_two_ids(client: FlaskClient) -> None:
    ids = {client.get("/healthz").headers["X-Request-Id"] for _ in range(20)}
    assert len(ids) == 20


def test_a_refusal_names_the_id_in_its_body(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"X-Request-Id": "call-me-by-this"})
    assert json.loads(answer.data)["request_id"] == "call-me-by-this"
