"""Rate limits: people are counted, a coach behind one address is not punished, help is never limited."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from flask import Flask
from prometheus_client import REGISTRY

from app.foundation.home import Home
from app.web import limits
from tests.support.changed import Changed
from tests.support.clients import Somebody, fresh_key, sign_in, stranger
from tests.support.servers import valkey_for_tests
from tests.web.conftest import problem


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The minute does not end while a test counts; some minute that no other test has."""
    still = SimpleNamespace(monotonic=time.monotonic, now=random.randrange(10**8) * 60.0)
    still.time = lambda: still.now
    monkeypatch.setattr(limits, "time", still)
    return still


def test_a_person_is_limited_and_told_when_to_come_back(
    app_with: Changed, one_minute: SimpleNamespace
) -> None:
    driver = sign_in(app_with(limits={"per_person_minute": 5}), "driver")
    one_minute.now += 20
    for _ in range(5):
        assert driver.get("/me").status_code == 200
    answer = driver.get("/me")
    problem(answer, 429, "api.too_many")
    assert int(answer.headers["Retry-After"]) == 41
    one_minute.now += 41
    assert driver.get("/me").status_code == 200


def test_people_behind_one_address_are_counted_apart(app_with: Changed) -> None:
    app = app_with(limits={"per_person_minute": 3})
    one, other = sign_in(app, "driver"), sign_in(app, "driver2")
    for _ in range(3):
        assert one.get("/me").status_code == other.get("/me").status_code == 200
    assert one.get("/me").status_code == other.get("/me").status_code == 429


def test_one_person_with_two_tokens_is_one_person(app_with: Changed) -> None:
    app = app_with(limits={"per_person_minute": 4})
    phones = [sign_in(app, "driver"), sign_in(app, "driver")]
    assert [phone.get("/me").status_code for _ in range(3) for phone in phones] == [200] * 4 + [429] * 2


def test_strangers_are_counted_by_address(app_with: Changed) -> None:
    app = app_with(limits={"per_address_minute": 3})
    here, there = stranger(app), stranger(app)
    there.address = "10.0.0.2"
    for _ in range(3):
        assert here.get("/stations/GS001").status_code == 200
    problem(here.get("/stations/GS001"), 429, "api.too_many")
    assert there.get("/stations/GS001").status_code == 200


def test_who_tries_tokens_is_counted_as_the_stranger_he_is(app_with: Changed) -> None:
    app = app_with(limits={"per_address_minute": 4})
    guesses = [Somebody(app, token, {}).get("/me").status_code for token in ("a", "b", "", "d", "e", "f")]
    assert guesses == [401] * 4 + [429] * 2
    elsewhere = Somebody(app, "", {}, "10.0.0.7").post("/auth/wechat", {"code": "demo:driver"}).json
    driver = Somebody(app, elsewhere["token"], {})
    assert driver.get("/me").status_code == 200, "a live token is never counted by address"


def test_a_call_for_medical_help_is_never_limited(app_with: Changed) -> None:
    app = app_with(limits={"per_person_minute": 1})
    driver, staff = sign_in(app, "driver"), sign_in(app, "staff")
    for who in (driver, staff):
        who.get("/me")
        assert who.get("/me").status_code == 429
    for _ in range(5):
        assert driver.post("/requests", {"kind": "medical", "text": "胸痛"}).status_code in (200, 201)
        assert staff.post("/staff/requests", {"kind": "medical", "text": "胸痛"}).status_code == 201
    problem(driver.post("/requests", {"kind": "other", "text": "x"}), 429, "api.too_many")
    problem(staff.post("/staff/requests", {"kind": "other", "text": "x"}), 429, "api.too_many")


def test_a_coach_of_sixty_behind_one_address_is_never_limited(app: Flask, key: str) -> None:
    """With the defaults, everybody signing in and sending the scan three times within the same minute."""

    def passenger(number: int) -> list[int]:
        somebody = sign_in(app, f"passenger-{number}")
        once = fresh_key()
        return [somebody.post("/checkins", {"code": key}, once).status_code for _ in range(3)]

    with ThreadPoolExecutor(4) as pool:  # as many as may be at WeChat's door at once
        answers = list(pool.map(passenger, range(60)))
    assert answers == [[201] * 3] * 60


def test_limits_can_be_switched_off(app_with: Changed) -> None:
    driver = sign_in(app_with(limits={"per_person_minute": 1, "enabled": False}), "driver")
    assert {driver.get("/me").status_code for _ in range(5)} == {200}


def test_two_processes_count_together_through_redis(app_with: Changed) -> None:
    shared = {"limits": {"per_person_minute": 4}, "redis": {"url": valkey_for_tests()}}
    one, other = app_with(**shared), app_with(**shared)
    driver = sign_in(one, "driver")
    elsewhere = Somebody(other, driver.token, driver.user)
    assert [who.get("/me").status_code for _ in range(3) for who in (driver, elsewhere)] == [200] * 4 + [
        429
    ] * 2


def test_without_redis_every_process_counts_for_itself(app_with: Changed) -> None:
    alone = {"limits": {"per_person_minute": 2}}
    one, other = app_with(**alone), app_with(**alone)
    driver = sign_in(one, "driver")
    elsewhere = Somebody(other, driver.token, driver.user)
    assert [who.get("/me").status_code for _ in range(3) for who in (driver, elsewhere)] == [200] * 4 + [
        429
    ] * 2


def test_limits_fail_open_when_redis_is_gone_and_say_so(app_with: Changed) -> None:
    gone = {"url": "redis://127.0.0.1:1/0", "timeout_s": 2}
    before = REGISTRY.get_sample_value("home_limits_failed_open_total") or 0
    driver = sign_in(app_with(limits={"per_person_minute": 1}, redis=gone), "driver")
    began = time.monotonic()
    assert {driver.get("/me").status_code for _ in range(10)} == {200}
    assert time.monotonic() - began < 10, "each request waited for a Redis that is not there"
    assert (REGISTRY.get_sample_value("home_limits_failed_open_total") or 0) > before


def test_the_counts_of_a_minute_are_forgotten_with_it(home: Home, one_minute: SimpleNamespace) -> None:
    counts = limits.Counts()
    for number in range(1000):
        counts.count(f"address:{number}", 1)
    counts.count("address:x", 2)
    assert len(counts._counts) == 1
