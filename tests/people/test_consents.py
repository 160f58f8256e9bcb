"""Consents: each on its own, taken back as easily as given, every word kept."""

import threading

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from tests.support.clients import Somebody, sign_in

PURPOSES = ["medical", "location", "documents", "membership"]


@pytest.fixture
def driver(app: Flask) -> Somebody:
    return sign_in(app, "driver")


def granted(driver: Somebody) -> list[str]:
    return [one["purpose"] for one in driver.get("/me/consents").json["items"] if one["granted"]]


def words(home: Home) -> list[tuple[str, bool]]:
    with home.database.transaction() as session:
        rows = session.execute(text("SELECT purpose, granted FROM consent_entry ORDER BY id")).all()
        return [(row.purpose, row.granted) for row in rows]


def test_nothing_is_granted_before_it_is_asked_for(driver: Somebody) -> None:
    items = driver.get("/me/consents").json["items"]
    assert [one["purpose"] for one in items] == PURPOSES
    assert all((one["granted"], one["at"]) == (False, None) and one["title"] for one in items)


def test_each_is_given_and_taken_back_on_its_own(driver: Somebody, home: Home) -> None:
    for purpose in PURPOSES:
        given = driver.put(f"/me/consents/{purpose}", {"granted": True})
        assert (given.status_code, given.json["purpose"], given.json["granted"]) == (200, purpose, True)
    taken = driver.put("/me/consents/medical", {"granted": False})
    assert (taken.status_code, taken.json["granted"]) == (200, False)
    assert granted(driver) == PURPOSES[1:]
    assert words(home) == [*((purpose, True) for purpose in PURPOSES), ("medical", False)]


def test_the_same_word_again_changes_nothing(driver: Somebody, home: Home) -> None:
    first = driver.put("/me/consents/location", {"granted": True}).json
    assert driver.put("/me/consents/location", {"granted": True}).json == first
    driver.put("/me/consents/medical", {"granted": False})  # never given: nothing to take back
    assert words(home) == [("location", True)]


def test_the_same_word_from_many_threads_is_one(driver: Somebody, home: Home) -> None:
    gate = threading.Barrier(12)

    def say() -> None:
        gate.wait()
        assert driver.put("/me/consents/location", {"granted": True}).status_code == 200

    threads = [threading.Thread(target=say) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert words(home) == [("location", True)]


def test_what_is_no_consent_is_refused(driver: Somebody, home: Home) -> None:
    unknown = driver.put("/me/consents/everything", {"granted": True})
    assert (unknown.status_code, unknown.json["code"]) == (404, "consent.unknown")
    for body in ({}, {"granted": "yes"}, {"granted": 1}, {"granted": None}, {"granted": True, "more": 1}):
        refused = driver.put("/me/consents/medical", body)
        assert (refused.status_code, refused.json["code"]) == (422, "api.invalid")
    assert words(home) == []


def test_they_are_nobody_else_s_and_in_the_file_and_go_with_their_person(
    app: Flask, driver: Somebody, home: Home
) -> None:
    driver.put("/me/consents/documents", {"granted": True})
    assert granted(sign_in(app, "driver2")) == []
    told = driver.get("/me/export").json["held"]["consents"]
    assert [(one["purpose"], one["granted"]) for one in told] == [("documents", True)]
    assert driver.post("/me/erasure", {"confirm": True}).status_code == 202
    assert words(home) == []
