"""Somebody at the console, by its own pages and forms, without script."""

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.foundation.home import Home
from app.people import accounts, service

PASSWORD = "示例口令-开门见山"
_PROOF = re.compile(r'name="proof" value="([0-9a-f]{64})"')
_ONCE = re.compile(r'name="once" value="([0-9a-f-]{36})"')


def make_account(
    home: Home, login: str, name: str, *grants: tuple[str, str], must_change: bool = False
) -> str:
    """A person with a console account and these (role, place); answers the person's id."""
    with home.database.transaction() as session:
        now = home.clock.now()
        person_id, is_new = service.find_or_make(session, f"openid-of-{login}", None, now, name)
        assert is_new
        accounts.open_account(session, person_id, login, PASSWORD, now, must_change=must_change)
        for role, place in grants:
            service.grant(session, person_id, role, place, now)
    return str(person_id)


class Desk:
    """A browser without script: keeps cookies, takes the proof from the page before it sends a form."""

    def __init__(self, app: Flask, address: str = "127.0.0.1") -> None:
        self.client = app.test_client()
        self.address = address

    def get(self, path: str = "/", **headers: str) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(f"/console{path}", headers=sent, environ_base={"REMOTE_ADDR": self.address})

    def post(self, path: str, page: str | None = None, **fields: Any) -> TestResponse:
        """Send a form found on `page`; `proof=` and `once=` given here win over the page's."""
        shown = self.get(page or "/").text
        found = {"proof": _PROOF.search(shown), "once": _ONCE.search(shown)}
        hidden = {name: match[1] for name, match in found.items() if match}
        return self.send(path, {**hidden, **fields})

    def send(self, path: str, fields: dict[str, Any], **headers: str) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"/console{path}", data=fields, headers=sent, environ_base={"REMOTE_ADDR": self.address}
        )

    def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        return self.post("/sign-in", "/sign-in", login=login, password=password, **fields)


def at_desk(app: Flask, login: str) -> Desk:
    """Signed in, with the account already made."""
    desk = Desk(app)
    answer = desk.sign_in(login)
    assert answer.status_code == 303, answer.text
    return desk
