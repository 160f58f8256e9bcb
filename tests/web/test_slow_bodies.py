"""A body that comes slowly, as over one bar of signal: it holds no lock and no transaction of others."""

from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from tests.support.clients import Somebody


class Slow(BytesIO):
    """A body that looks around each time somebody waits for more of it."""

    def __init__(self, body: bytes, look: Any) -> None:
        super().__init__(body)
        self._look = look

    def read(self, size: int | None = -1) -> bytes:
        self._look()
        return super().read(size)

    def readinto(self, buffer: Any) -> int:
        self._look()
        return super().readinto(buffer)


def test_nobody_s_row_is_locked_while_a_scan_is_still_being_sent(
    app: Flask, driver: Somebody, home: Home, key: str
) -> None:
    seen: list[str] = []

    def look() -> None:
        with home.database.transaction() as session:
            lock = "SELECT id FROM person WHERE id = :who FOR UPDATE NOWAIT"
            seen.append(str(session.scalar(text(lock), {"who": driver.user["id"]})))

    body = b'{"code": "%s"}' % key.encode()
    answer = app.test_client().post(
        "/api/v1/checkins",
        input_stream=Slow(body, look),
        headers={
            "Authorization": f"Bearer {driver.token}",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
        },
    )
    assert answer.status_code == 201, answer.text
    assert set(seen) == {driver.user["id"]}
