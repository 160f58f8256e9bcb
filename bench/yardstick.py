"""The yardstick of a check-in: the least SQL that does the job, over pooled psycopg, in a bare WSGI function.

What it does as the service does: the sign-in is looked up on every request, a sliding repeat window behind a
row lock, the row with its idempotency key and the same constraints and indexes, a retry answered again.
What it leaves out: Flask, pydantic, an ORM, roles, limits, logs, metrics, sealed answers.

Two round trips: look-up and lock; record and commit. All statements of one psycopg pipeline are one implicit
transaction (autocommit, PostgreSQL 14+: "Pipelining" in the protocol's description), and under READ COMMITTED
the second statement sees what was committed before the lock was had.
"""

import hashlib
import os
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import psycopg
import uuid_utils.compat
from psycopg_pool import ConnectionPool

APPLICATION = "drivers-home-yardstick"
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_WINDOW = timedelta(minutes=10)
_TOO_OLD = timedelta(days=7)
_TOLERANCE = timedelta(minutes=2)
_REASONS = {200: "200 OK", 201: "201 Created", 401: "401 Unauthorized", 404: "404 Not Found"}
_REASONS |= {409: "409 Conflict", 410: "410 Gone", 422: "422 Unprocessable Content"}

# The table of the service with its checks and indexes, and the key of the request in the row itself.
SCHEMA = """
CREATE TABLE IF NOT EXISTS yardstick_check_in (
    LIKE check_in INCLUDING ALL,
    idempotency_key uuid,
    fingerprint bytea,
    FOREIGN KEY (person_id) REFERENCES person,
    FOREIGN KEY (station) REFERENCES station
);
CREATE UNIQUE INDEX IF NOT EXISTS yardstick_key ON yardstick_check_in (person_id, idempotency_key);
"""

LOOK = """
SELECT i.person_id, i.expires_at > %(now)s AND i.kind = 'app' AND p.state = 'active',
       k.station, k.side, k.version, k.state, s.name
FROM sign_in i
JOIN person p ON p.id = i.person_id
LEFT JOIN qr_key k ON k.key = %(key)s
LEFT JOIN station s ON s.code = k.station
WHERE i.token_hash = %(token)s
FOR NO KEY UPDATE OF p
"""

RECORD = """
WITH near AS (
    SELECT id, purpose, person_kind, scanned_at, recorded_at, clock_suspect, location_check, fingerprint
    FROM yardstick_check_in
    WHERE person_id = %(person)s AND idempotency_key = %(idempotency)s::uuid
    UNION ALL
    (SELECT id, purpose, person_kind, scanned_at, recorded_at, clock_suspect, location_check, NULL
     FROM yardstick_check_in
     WHERE person_id = %(person)s AND station = %(station)s AND side = %(side)s
       AND counted_at BETWEEN %(since)s AND %(until)s
     ORDER BY counted_at LIMIT 1)
    LIMIT 1
), made AS (
    INSERT INTO yardstick_check_in (person_id, id, station, side, key_version, source, purpose, person_kind,
        scanned_at, recorded_at, counted_at, day, clock_suspect, location_check, idempotency_key, fingerprint)
    SELECT %(person)s, %(id)s, %(station)s, %(side)s, %(version)s, %(source)s, %(purpose)s, %(kind)s,
        %(scanned)s, %(now)s, %(counted)s, %(day)s, %(suspect)s, 'none', %(idempotency)s::uuid,
        %(fingerprint)s
    WHERE NOT EXISTS (SELECT FROM near)
    RETURNING id, purpose, person_kind, scanned_at, recorded_at, clock_suspect, location_check, fingerprint
)
SELECT *, true FROM near UNION ALL SELECT *, false FROM made
"""

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Yardstick:
    """The WSGI function and its pool. `look` is LOOK; its negative control passes one without the lock."""

    def __init__(self, url: str, pool_size: int = 16, look: str = LOOK) -> None:
        self._look = look
        arguments = {"autocommit": True, "application_name": APPLICATION, "options": "-c timezone=UTC"}
        self._pool = ConnectionPool(url, min_size=pool_size, max_size=pool_size, kwargs=arguments, open=True)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        status, body = self._answer(environ)
        head = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response(_REASONS[status], head)
        return [body]

    def close(self) -> None:
        """Give the connections back to the server."""
        self._pool.close()

    def _answer(self, environ: dict[str, Any]) -> tuple[int, bytes]:
        raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        sent = orjson.loads(raw)
        code, now = sent["code"], datetime.now(UTC)
        scanned = datetime.fromisoformat(sent["scanned_at"]) if "scanned_at" in sent else now
        if now - scanned > _TOO_OLD:
            return 422, b"{}"
        look = {
            "token": hashlib.sha256(environ["HTTP_AUTHORIZATION"][7:].encode()).digest(),
            "key": code.rpartition("/s/")[2] if "/s/" in code else code.removeprefix("s="),
            "now": now,
        }
        connection = self._pool.getconn()
        try:
            return self._record(connection, environ, look, sent, raw, scanned)
        finally:
            self._pool.putconn(connection)

    def _record(
        self,
        connection: psycopg.Connection[tuple[Any, ...]],
        environ: dict[str, Any],
        look: dict[str, Any],
        sent: dict[str, Any],
        raw: bytes,
        scanned: datetime,
    ) -> tuple[int, bytes]:
        key = environ.get("HTTP_IDEMPOTENCY_KEY")
        with connection.pipeline():
            found = connection.execute(self._look, look, prepare=True, binary=True).fetchone()
            if found is None or not found[1]:
                return 401, b"{}"
            person, _, station, side, version, state, name = found
            if station is None or state != "active":
                return (404 if station is None else 410), b"{}"
            counted, fingerprint = min(scanned, look["now"]), hashlib.sha256(raw).digest()
            record = {
                "person": person, "id": uuid_utils.compat.uuid7(), "station": station, "side": side,
                "version": version, "source": "url" if "/s/" in sent["code"] else "scene",
                "purpose": sent.get("purpose"), "kind": sent.get("person_kind", "unknown"),
                "scanned": scanned, "now": look["now"], "counted": counted,
                "day": counted.astimezone(_SHANGHAI).date(), "suspect": scanned - look["now"] > _TOLERANCE,
                "idempotency": uuid.UUID(key) if key else None, "fingerprint": fingerprint,
                "since": counted - _WINDOW, "until": counted + _WINDOW,
            }  # fmt: skip
            recorded = connection.execute(RECORD, record, prepare=True, binary=True)
        row = recorded.fetchone()  # the pipeline has ended: it is committed
        assert row is not None
        if row[8] and row[7] is not None and row[7] != fingerprint:
            return 409, b"{}"
        replayed = row[8] and row[7] is not None
        return (200 if row[8] and not replayed else 201), _body(row, station, name, side)


def _body(row: tuple[Any, ...], station: str, name: str, side: str) -> bytes:
    return orjson.dumps(
        {
            "id": row[0], "station": station, "station_name": name, "side": side, "purpose": row[1],
            "person_kind": row[2], "scanned_at": _iso(row[3]), "recorded_at": _iso(row[4]),
            "clock_suspect": row[5], "repeat": row[8] and row[7] is None, "location_check": row[6],
        }
    )  # fmt: skip


def _iso(moment: datetime) -> str:
    return moment.astimezone(_SHANGHAI).isoformat(timespec="seconds")


def create_app() -> Yardstick:
    """For gunicorn: the database is the service's own, with a table beside the service's."""
    return Yardstick(os.environ["APP__DATABASE__URL"])
