"""A stopped clock, and the rows that check-ins leave."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.foundation.home import Home

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""Twelve o'clock in Shanghai."""

Rows = Callable[[], list[dict[str, Any]]]
Forget = Callable[[], None]


class StoppedClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **step: float) -> None:
        self.at += timedelta(**step)

    def ago(self, **step: float) -> str:
        """A moment before now, as a phone writes it."""
        return (self.at - timedelta(**step)).isoformat()


@pytest.fixture
def clock(home: Home, monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """The service's clock, stopped at noon; ask for it before anybody signs in."""
    stopped = StoppedClock()
    monkeypatch.setattr(home.clock, "now", stopped.now)
    return stopped


@pytest.fixture
def rows(home: Home) -> Rows:
    """Every check-in in the table, in the order of the moments they count by."""

    def read() -> list[dict[str, Any]]:
        with home.database.transaction() as session:
            found = session.execute(text("SELECT * FROM check_in ORDER BY counted_at, id"))
            return [dict(row) for row in found.mappings()]

    return read


@pytest.fixture
def forget(home: Home) -> Forget:
    """Empty the table, so that the next case begins anew (a database for each would take minutes)."""

    def empty() -> None:
        with home.database.transaction() as session:
            session.execute(text("DELETE FROM check_in"))

    return empty
