"""Every endpoint of the desk costs a fixed number of statements, however much there is."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.support.clients import Somebody, fresh_key, sign_in

MANY = 50
# Written by hand: what each costs, the sign-in and the kept answer included.
READS = {
    ("driver", "/request-kinds"): 0,
    ("driver", "/requests?limit=100"): 7,  # one of them whose turn it is next, by name
    ("driver", "/requests/{id}"): 7,
    ("driver", "/inbox?limit=100"): 2,
    ("driver", "/inbox/unread"): 2,
    ("staff", "/staff/requests?limit=100"): 2,
    ("staff", "/staff/requests/{id}"): 6,
    ("staff", "/staff/checkins?limit=100"): 3,
}
STEPS = {
    ("driver", "/requests", "new"): 12,  # two of them the calendar and who is next
    ("driver", "/requests/{id}/messages", "text"): 9,  # in each one for the people whom a step may tell
    ("staff", "/staff/requests/{id}/claim", ""): 11,
    ("staff", "/staff/requests/{id}/replies", "text"): 9,
    ("staff", "/staff/requests/{id}/resolve", "text"): 12,
}
BODIES = {"new": {"kind": "other", "station": "GS001", "text": "示例"}, "text": {"text": "示例"}, "": {}}


@pytest.fixture
def ask(driver: Somebody) -> Callable[[], str]:
    def make() -> str:
        made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例"})
        return str(made.json["id"])

    return make


@pytest.fixture
def cost(app: Flask, driver: Somebody, staff: Somebody, statements: list[str]) -> Callable[..., int]:
    """How many statements a call takes; the audit of reading is written only at the first look."""
    people = {"driver": driver, "staff": staff}

    def count(who: str, path: str, body: dict[str, object] | None = None) -> int:
        statements.clear()
        somebody = people[who]
        answer = somebody.get(path) if body is None else somebody.post(path, body, fresh_key())
        assert answer.status_code in (200, 201), answer.text
        return len(statements)

    return count


def test_reading_costs_the_same_for_one_and_for_fifty(
    ask: Callable[[], str], cost: Callable[..., int], driver: Somebody, staff: Somebody, key: str, home: Home
) -> None:
    made = ask()
    driver.post("/checkins", {"code": key})
    for who, path in READS:
        cost(who, path.format(id=made))  # the first look is recorded
    few = {(who, path): cost(who, path.format(id=made)) for who, path in READS}
    for _ in range(MANY):
        ask()
    for number in range(MANY):
        driver.post(f"/requests/{made}/messages", {"text": f"第 {number} 句"})
        staff.post(f"/staff/requests/{made}/replies", {"text": f"第 {number} 答"})
    assert {(who, path): cost(who, path.format(id=made)) for who, path in READS} == few
    assert {name: cost for name, cost in few.items() if cost > READS[name]} == {}


def test_every_step_costs_the_same_in_a_short_thread_and_in_a_long_one(
    ask: Callable[[], str], cost: Callable[..., int], driver: Somebody
) -> None:
    def costs(messages: int) -> dict[tuple[str, str, str], int]:
        found = {}
        for who, path, body in STEPS:
            made = ask()
            for number in range(messages):
                driver.post(f"/requests/{made}/messages", {"text": f"第 {number} 句"})
            found[who, path, body] = cost(who, path.format(id=made), BODIES[body])
        return found

    short = costs(0)
    assert costs(MANY // 5) == short
    assert {step: spent for step, spent in short.items() if spent > STEPS[step]} == {}


def test_a_colleague_s_queue_costs_no_more_for_more_stations(app: Flask, cost: Callable[..., int]) -> None:
    supervisor = sign_in(app, "supervisor")
    assert supervisor.get("/staff/requests").status_code == 200
    assert cost("staff", "/staff/requests") == cost("staff", "/staff/requests?limit=1")
