"""What the tests of the manners share: bare requests, a clock to turn, a log to read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.changed import app_with, turn_clock
from tests.support.clients import Somebody

__all__ = ["app_with", "turn_clock"]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody without a token who sends what he likes."""
    return app.test_client()


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal that is whole: every field of RFC 9457 and ours, and nothing more."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    body = json.loads(answer.data)
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["type"] == f"/api/docs#{code}"
    assert body["title"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in body["detail"])
    assert body["request_id"] == answer.headers["X-Request-Id"]
    for leak in ("Traceback", 'File "', "sqlalchemy", "psycopg", "SELECT", "INSERT"):
        assert leak not in answer.text
    return body


def raw(
    who: Somebody, path: str, body: bytes | str, content_type: str | None = "application/json", **headers: str
) -> TestResponse:
    """POST exactly these bytes."""
    sent = {"Authorization": f"Bearer {who.token}", **{n.replace("_", "-"): v for n, v in headers.items()}}
    if content_type is not None:
        sent["Content-Type"] = content_type
    return who.app.test_client().post(f"/api/v1{path}", data=body, headers=sent)


@contextmanager
def broken(target: object, name: str, fault: BaseException) -> Iterator[None]:
    """Let a function of the product fail for a while."""

    def fail(*_: object, **__: object) -> None:
        raise fault

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, name, fail)
        yield
