"""What the tests of the manners share: bare requests, a clock to turn, a log to read."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.foundation.clock import Clock, parse_step
from app.foundation.home import Home
from app.settings import Settings
from tests.support.clients import Somebody

Changed = Callable[..., Flask]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody without a token who sends what he likes."""
    return app.test_client()


@pytest.fixture
def app_with(make_app: Callable[[Settings], Flask], settings: Settings) -> Changed:
    """The service with some settings changed: `app_with(limits={"enabled": False})`."""

    def make(**sections: dict[str, object]) -> Flask:
        changed = {
            name: getattr(settings, name).model_copy(update=section) for name, section in sections.items()
        }
        return make_app(settings.model_copy(update=changed))

    return make


@pytest.fixture
def turn_clock(home: Home) -> Callable[[str], None]:
    """Move the service's clock: `turn_clock("+2d")`."""
    home.clock = Clock()

    def turn(step: str) -> None:
        home.clock._offset += parse_step(step)

    return turn


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
