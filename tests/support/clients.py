"""Somebody who uses the service over HTTP, as a phone or a colleague does."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.foundation.home import Home
from app.people import service as people

API = "/api/v1"


@dataclass
class Somebody:
    """A signed-in person. `get`, `post` and `put` take paths below /api/v1."""

    app: Flask
    token: str
    user: dict[str, Any]
    address: str = "127.0.0.1"

    def call(
        self, method: str, path: str, json: Any = None, key: object = None, **headers: str
    ) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        if key is not None:
            sent["Idempotency-Key"] = str(key)
        return self.app.test_client().open(
            API + path, method=method, json=json, headers=sent, environ_base={"REMOTE_ADDR": self.address}
        )

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.call("GET", path, **headers)

    def post(self, path: str, json: Any = None, key: object = None, **headers: str) -> TestResponse:
        return self.call("POST", path, {} if json is None else json, key, **headers)

    def put(self, path: str, json: Any) -> TestResponse:
        return self.call("PUT", path, json)


def stranger(app: Flask) -> Somebody:
    """Somebody who has not signed in."""
    return Somebody(app, "", {})


def sign_in(app: Flask, name: str) -> Somebody:
    """Sign in as `demo:<name>` through the stand-in."""
    answer = stranger(app).post("/auth/wechat", {"code": f"demo:{name}"})
    assert answer.status_code == 200, answer.text
    body = answer.json
    assert body is not None
    return Somebody(app, body["token"], body["user"])


def crowd_of(app: Flask, number: int, *grants: tuple[str, str]) -> list[Somebody]:
    """So many people with these roles, signed in; their way through WeChat is tried elsewhere."""
    home: Home = app.extensions["home"]
    now, made = home.clock.now(), []
    with home.database.transaction() as session:
        for each in range(number):
            person, _ = people.find_or_make(session, f"oCrowd-{each}", None, now, f"示例{each}")
            for role, place in grants:
                people.grant(session, person, role, place, now)
            token = people.make_sign_in(session, person, "app", now, timedelta(days=1))
            made.append(Somebody(app, token, {"id": str(person)}))
    return made


def fresh_key() -> str:
    """A key for one attempt and its retries."""
    return str(uuid.uuid4())
