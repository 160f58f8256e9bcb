"""The yardstick of a sign-up: the service's own statements over pooled psycopg, in a bare WSGI function.

The token is looked up with its person's row locked, the shift is read, the person's bookings around it, one
place is taken by a conditional UPDATE and the sign-up written: one transaction. What it leaves out: Flask,
pydantic, an ORM, refusals as problems, limits, logs, metrics.
"""

import hashlib
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import uuid_utils.compat
from psycopg_pool import ConnectionPool

from bench.yardstick import APPLICATION

_LONGEST = timedelta(hours=24)

_LOOK = """
SELECT i.person_id, i.expires_at, i.kind, p.state, p.name,
       (SELECT array_agg(g.role || '@' || g.place) FROM role_grant g WHERE g.person_id = i.person_id)
FROM sign_in i JOIN person p ON p.id = i.person_id
WHERE i.token_hash = %(token)s
FOR NO KEY UPDATE OF p
"""
_SHIFT = """
SELECT s.*, p.* FROM duty_shift s JOIN duty_post p ON p.id = s.post_id WHERE s.id = %(shift)s
"""
_BOOKED = """
SELECT shift_id, state, starts_at, ends_at FROM duty_signup
WHERE person_id = %(person)s AND state IN ('confirmed', 'waitlisted')
  AND starts_at > %(early)s AND starts_at < %(until)s AND ends_at > %(since)s
"""
_TAKE = "UPDATE duty_shift SET taken = taken + 1 WHERE id = %(shift)s AND taken < capacity"
_BOOK = """
INSERT INTO duty_signup (person_id, id, shift_id, branch, state, starts_at, ends_at, signed_at)
VALUES (%(person)s, %(id)s, %(shift)s, 'GS001', 'confirmed', %(since)s, %(until)s, %(now)s)
"""
_REASONS = {201: "201 Created", 401: "401 Unauthorized", 409: "409 Conflict"}

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class BareDuty:
    """The WSGI function and its pool."""

    def __init__(self, url: str, pool_size: int = 16) -> None:
        options = {"application_name": APPLICATION, "options": "-c timezone=UTC"}
        self._pool = ConnectionPool(url, min_size=pool_size, max_size=pool_size, kwargs=options, open=True)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        token = environ["HTTP_AUTHORIZATION"][7:].encode()
        with self._pool.connection() as connection:
            status = self._sign_up(connection, token, environ["PATH_INFO"].split("/")[-2])
            if status != 201:
                connection.rollback()
        body = b'{"state":"confirmed"}' if status == 201 else b"{}"
        head = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(_REASONS[status], head)
        return [body]

    def _sign_up(self, connection: psycopg.Connection[Any], token: bytes, shift: str) -> int:
        hashed, now = hashlib.sha256(token).digest(), datetime.now(UTC)
        found = connection.execute(_LOOK, {"token": hashed}, prepare=True).fetchone()
        if found is None or found[1] <= now or found[3] != "active":
            return 401
        values = {"person": found[0], "shift": shift, "id": uuid_utils.compat.uuid7(), "now": now}
        row = connection.execute(_SHIFT, values, prepare=True).fetchone()
        assert row is not None
        since, until = row[4], row[5]
        values |= {"since": since, "until": until, "early": since - _LONGEST}
        if connection.execute(_BOOKED, values, prepare=True).fetchall():
            return 409
        if not connection.execute(_TAKE, values, prepare=True).rowcount:
            return 409
        connection.execute(_BOOK, values, prepare=True)
        return 201


def create_app() -> BareDuty:
    """For gunicorn: the service's own database and tables."""
    return BareDuty(os.environ["APP__DATABASE__URL"])
