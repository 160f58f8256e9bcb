"""A check-in costs three statements, one of them the check-in, however many rows there are."""

from typing import Any

import pytest

from tests.checkins.conftest import StoppedClock
from tests.support.clients import Somebody, fresh_key

# The door (token, person's row locked, roles), the check-in with its code and window, the kept answer.
DOOR, CHECK_IN, KEEP, LOOK_UP = (
    "SELECT sign_in",
    "WITH code AS",
    "INSERT INTO kept_answer",
    "SELECT kept_answer",
)
POSITION = "SELECT station.lat"
MANY = 60


def kinds(statements: list[str]) -> list[str]:
    known = (DOOR, CHECK_IN, KEEP, LOOK_UP, POSITION)
    return [next((kind for kind in known if sent.startswith(kind)), sent) for sent in statements]


@pytest.fixture
def cost(driver: Somebody, statements: list[str]) -> Any:
    def count(key: str | None, **scan: Any) -> tuple[int, list[str]]:
        statements.clear()
        status = driver.post("/checkins", scan, key).status_code
        return status, kinds(statements)

    return count


def test_each_outcome_costs_just_these_statements(clock: StoppedClock, key: str, cost: Any) -> None:
    once = fresh_key()
    here = {"lat": 36, "lon": 103}
    assert cost(once, code=key) == (201, [DOOR, CHECK_IN, KEEP])
    assert cost(fresh_key(), code=key) == (200, [DOOR, CHECK_IN, KEEP])
    assert cost(None, code=key) == (200, [DOOR, CHECK_IN])
    assert cost(once, code=key) == (201, [DOOR, CHECK_IN, KEEP, LOOK_UP])
    assert cost(fresh_key(), code=key, location=here) == (200, [DOOR, POSITION, CHECK_IN, KEEP])
    assert cost(fresh_key(), code="22222222") == (404, [DOOR, CHECK_IN, LOOK_UP])
    assert cost(fresh_key(), code="nonsense") == (404, [DOOR, LOOK_UP])


def test_the_price_does_not_rise_with_the_rows(
    clock: StoppedClock, driver: Somebody, key: str, cost: Any
) -> None:
    for number in range(MANY):
        driver.post("/checkins", {"code": key, "scanned_at": clock.ago(hours=1 + number)})
    assert cost(fresh_key(), code=key) == (201, [DOOR, CHECK_IN, KEEP])
