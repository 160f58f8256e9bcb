"""The yardstick of a rush for duty shifts: the same statements, over pooled psycopg, in a bare WSGI function.

What it does as the service does: the sign-in is looked up and the person's row locked, the shift and what the
person has signed up for around it are read, a conditional UPDATE takes the place, the sign-up is written.
What it leaves out: Flask, pydantic, an ORM, limits, logs, metrics, refusals in words.
"""

import hashlib
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import psycopg
import uuid_utils.compat
from psycopg_pool import ConnectionPool

APPLICATION = "drivers-home-bare-duty"
_REASONS = {201: "201 Created", 401: "401 Unauthorized", 404: "404 Not Found", 409: "409 Conflict"}

_LOOK = """
SELECT p.id, s.expires_at, p.state,
       ARRAY(SELECT role || '@' || place FROM role_grant g WHERE g.person_id = p.id)
FROM sign_in s JOIN person p ON p.id = s.person_id WHERE s.token_hash = %(token)s
FOR NO KEY UPDATE OF p
"""
_SHIFT = """
SELECT s.station, s.starts_at, s.ends_at, s.opens_at, p.open_to
FROM duty_shift s JOIN duty_post p ON p.id = s.post_id WHERE s.id = %(shift)s
"""
_BOOKED = """
SELECT shift_id, state FROM duty_signup
WHERE person_id = %(person)s AND state IN ('confirmed', 'waitlisted')
  AND starts_at > %(starts)s - interval '24 hours' AND starts_at < %(ends)s AND ends_at > %(starts)s
"""
_TAKE = "UPDATE duty_shift SET taken = taken + 1 WHERE id = %(shift)s AND taken < capacity"
_BOOK = """
INSERT INTO duty_signup (person_id, id, shift_id, branch, state, starts_at, ends_at, signed_at)
VALUES (%(person)s, %(id)s, %(shift)s, %(station)s, 'confirmed', %(starts)s, %(ends)s, %(now)s)
"""

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class BareDuty:
    """The WSGI function and its pool."""

    def __init__(self, url: str, pool_size: int = 16) -> None:
        arguments = {"application_name": APPLICATION, "options": "-c timezone=UTC"}
        self._pool = ConnectionPool(url, min_size=pool_size, max_size=pool_size, kwargs=arguments, open=True)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        token = hashlib.sha256(environ.get("HTTP_AUTHORIZATION", "")[7:].encode()).digest()
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        with self._pool.connection() as connection:
            status = _sign_up(connection, token, environ["PATH_INFO"].split("/")[-2])
        body = b'{"state":"confirmed"}' if status == 201 else b"{}"
        head = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(_REASONS[status], head)
        return [body]


def _sign_up(connection: psycopg.Connection[tuple[Any, ...]], token: bytes, shift: str) -> int:
    now = datetime.now(UTC)
    found = connection.execute(_LOOK, {"token": token}, prepare=True).fetchone()
    if found is None or found[1] <= now or found[2] != "active":
        return 401
    told = connection.execute(_SHIFT, {"shift": shift}, prepare=True).fetchone()
    if told is None:
        return 404
    row = {"person": found[0], "shift": shift, "station": told[0], "starts": told[1], "ends": told[2]}
    if now >= told[1] or connection.execute(_BOOKED, row, prepare=True).fetchone():
        return 409
    if connection.execute(_TAKE, row, prepare=True).rowcount != 1:
        return 409
    connection.execute(_BOOK, {**row, "id": uuid_utils.compat.uuid7(), "now": now}, prepare=True)
    return 201


def create_app() -> BareDuty:
    """For gunicorn: on the service's own tables."""
    return BareDuty(os.environ["APP__DATABASE__URL"])
