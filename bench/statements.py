"""How many statements one request sends to the database, counted at the engine."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from flask import Flask
from sqlalchemy import event

from app import create_app
from app.foundation.home import Home
from bench.place import Place
from bench.servers import environment


def of_a_check_in(place: Place, path: str) -> list[str]:
    """The statements of one more check-in in a process that has seen one; BEGIN and COMMIT left out."""
    with _service(place) as (app, seen):
        for key in place.keys[-2:]:
            seen.clear()
            headers = {"Authorization": f"Bearer {place.tokens[-1]}", "Idempotency-Key": str(uuid.uuid4())}
            answer = app.test_client().post(path, json={"code": key}, headers=headers)
            if answer.status_code != 201:
                raise RuntimeError(f"the check-in answered {answer.status_code}: {answer.text}")
        return list(seen)


def of_a_read(place: Place, path: str) -> list[str]:
    """The statements of a read with a matching ETag, just after another read."""
    with _service(place) as (app, seen):
        etag = app.test_client().get(path).headers["ETag"]
        seen.clear()
        again = app.test_client().get(path, headers={"If-None-Match": etag})
        if again.status_code != 304:
            raise RuntimeError(f"the read answered {again.status_code} to its own ETag")
        return list(seen)


def etag_of(place: Place, path: str) -> str:
    """The tag that the service gives what is at this path."""
    with _service(place) as (app, _):
        return app.test_client().get(path).headers["ETag"]


@contextmanager
def _service(place: Place) -> Iterator[tuple[Flask, list[str]]]:
    """The service in this process, its log kept away from the terminal."""
    quiet = environment(place) | {"APP__LOG_LEVEL": "error"}
    with patch.dict(os.environ, quiet):
        app = create_app()
    home: Home = app.extensions["home"]
    seen: list[str] = []
    event.listen(home.database.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    try:
        yield app, seen
    finally:
        home.close()
