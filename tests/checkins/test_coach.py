"""A coach pulls in: fifty people behind one address scan at once, and every phone tries again."""

import random
from collections import Counter

import pytest
from flask import Flask

from app.settings import Settings
from tests.checkins.conftest import Rows
from tests.support.clients import Somebody, fresh_key
from tests.support.crowd import at_once

PEOPLE = 50
RETRIES = 3


@pytest.fixture
def redis_url(each_shared_state: str) -> str:
    return each_shared_state


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """So tight that a coach would be turned away, were it counted as one address or as one person."""
    tight = settings.limits.model_copy(
        update={"per_person_minute": 2 * (1 + RETRIES), "per_address_minute": 5}
    )
    return settings.model_copy(update={"limits": tight})


@pytest.fixture
def one_address() -> str:
    """An address that no other test has used in this minute (a shared Valkey remembers)."""
    return f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"


@pytest.fixture
def coach(app: Flask, one_address: str) -> list[Somebody]:
    """Everybody signed in at home, each at an address of his own; now they share the coach's."""

    def board(number: int) -> Somebody:
        at_home = Somebody(app, "", {}, f"{one_address}/{number}")
        signed_in = at_home.post("/auth/wechat", {"code": f"demo:coach{number:02}"})
        assert signed_in.status_code == 200, signed_in.text
        return Somebody(app, signed_in.json["token"], signed_in.json["user"], one_address)

    return [board(number) for number in range(PEOPLE)]


def test_fifty_people_behind_one_address_and_their_retries_leave_fifty_rows_and_nobody_waits(
    coach: list[Somebody], one_address: str, key: str, rows: Rows
) -> None:
    def passenger(who: Somebody) -> list[tuple[int, bytes]]:
        once = fresh_key()
        sent = [who.post("/checkins", {"code": key}, once) for _ in range(1 + RETRIES)]
        return [(answer.status_code, answer.data) for answer in sent]

    answers = at_once([lambda who=who: passenger(who) for who in coach])
    assert Counter(status for each in answers for status, _ in each) == {201: PEOPLE * (1 + RETRIES)}
    assert all(len(set(each)) == 1 for each in answers)  # every retry learns what the first was told
    assert len({each[0][1] for each in answers}) == PEOPLE
    assert len(rows()) == len({row["person_id"] for row in rows()}) == PEOPLE

    # The control: the limits are in force for one person on his own, and for strangers at that address.
    assert 429 in [coach[0].get("/me").status_code for _ in range(20)]
    nobody = Somebody(coach[0].app, "", {}, one_address)
    assert 429 in [nobody.get("/stations/GS001").status_code for _ in range(12)]
