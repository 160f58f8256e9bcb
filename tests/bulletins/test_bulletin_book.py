"""Reading at push time: no statement on a hit, and never long out of date, in any process."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.bulletins import book as books
from app.bulletins.book import LOOK_EVERY_S, BulletinBook
from app.foundation.home import Home
from app.settings import Settings
from tests.bulletins.helpers import MovedClock, bring_to, ok, schedule
from tests.support.clients import Somebody, sign_in, stranger

PATHS = ("/bulletins", "/bulletins?q=管制&road=G30&limit=5", "/questions", "/questions?q=绿通")


@pytest.fixture
def on_air(home: Home, editor: Somebody, approver: Somebody) -> str:
    return bring_to(editor, approver, "sent", home, audience={"roads": ["X9"]})


@pytest.fixture
def calm(home: Home) -> None:
    """A book that does not look again while the test runs."""
    home.parts[BulletinBook] = BulletinBook(look_every_s=600)


def test_a_hit_costs_no_statement(app: Flask, on_air: str, calm: None, statements: list[str]) -> None:
    anybody = stranger(app)
    for path in (*PATHS, f"/bulletins/{on_air}"):
        first = anybody.get(path)
        assert first.status_code == 200
        statements.clear()
        again = anybody.get(path)
        assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
        assert statements == [], path
        unchanged = anybody.get(path, If_None_Match=first.headers["ETag"])
        assert (unchanged.status_code, unchanged.data, statements) == (304, b"", []), path


def test_a_miss_costs_little(app: Flask, on_air: str, calm: None, statements: list[str]) -> None:
    anybody = stranger(app)
    anybody.get("/questions")  # the shelf: its mark, and when it changes by itself
    costs = []
    for path in (*PATHS[:2], f"/bulletins/{on_air}"):
        statements.clear()
        anybody.get(path)
        costs.append(len(statements))
    assert costs == [2, 2, 2]


def test_every_change_is_seen_within_a_second_in_every_process(
    app: Flask,
    home: Home,
    settings: Settings,
    make_app: Callable[[Settings], Flask],
    editor: Somebody,
    approver: Somebody,
    on_air: str,
) -> None:
    other = stranger(make_app(settings))  # another process, with a book of its own
    path = f"/staff/bulletins/{on_air}"

    def seen(reader: Somebody) -> list[str]:
        return [item["id"] for item in ok(reader.get("/bulletins"))["items"]]

    def within(done: Callable[[], bool]) -> None:
        until = time.monotonic() + LOOK_EVERY_S + 1
        while not done():
            assert time.monotonic() < until
            time.sleep(0.05)

    assert seen(other) == [on_air]
    ok(approver.post(f"{path}/withdraw"))
    within(lambda: seen(other) == [])
    within(lambda: other.get(f"/bulletins/{on_air}").json.get("code") == "bulletin.withdrawn")
    fresh = bring_to(editor, approver, "scheduled", home, audience={"roads": ["X9"]})
    within(lambda: seen(other) == [fresh])


def test_its_hour_and_its_end_are_seen_at_once_though_nothing_is_written(
    app: Flask, home: Home, clock: MovedClock, calm: None, editor: Somebody, approver: Somebody
) -> None:
    anybody = stranger(app)
    bulletin = bring_to(editor, approver, "approved", home)
    schedule(approver, bulletin, home, after=timedelta(hours=1), hours=2)
    home.parts[BulletinBook] = BulletinBook(look_every_s=600)
    seen = []
    for hours in (0.5, 1.001, 2.9, 3.001, 1.5):  # the last one: a clock that was set back
        clock.ahead = timedelta(hours=hours)
        seen.append(len(ok(anybody.get("/bulletins"))["items"]))
    assert seen == [0, 1, 1, 0, 1]


def test_at_the_hour_a_crowd_makes_the_page_a_few_times_not_a_thousand(
    app: Flask, on_air: str, calm: None, statements: list[str]
) -> None:
    def read(answers: list[TestResponse]) -> None:
        answers += [stranger(app).get(f"/bulletins/{on_air}") for _ in range(40)]

    found: list[TestResponse] = []
    threads = [threading.Thread(target=read, args=[found]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in found} == {200}
    assert len({answer.data for answer in found}) == 1
    assert len(statements) <= 2 + 8 * 2  # each thread may miss once


def test_searches_without_number_do_not_fill_the_memory(
    app: Flask, home: Home, on_air: str, calm: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "_MOST_PAGES", 5)
    anybody = stranger(app)
    for number in range(20):
        ok(anybody.get(f"/bulletins?q=无{number}"))
        shelf = home.part(BulletinBook)._shelf
        assert shelf is not None
        assert len(shelf.pages) <= 5
        assert shelf.bytes == sum(len(page.body) for page in shelf.pages.values())


def test_what_is_refused_is_not_kept(app: Flask, home: Home, editor: Somebody, approver: Somebody) -> None:
    bulletin = bring_to(editor, approver, "approved", home)
    anybody = stranger(app)
    assert anybody.get(f"/bulletins/{bulletin}").status_code == 404
    schedule(approver, bulletin, home)
    until = time.monotonic() + LOOK_EVERY_S + 1
    while anybody.get(f"/bulletins/{bulletin}").status_code == 404:
        assert time.monotonic() < until


def test_a_reader_who_is_signed_in_sees_the_same(app: Flask, on_air: str) -> None:
    assert sign_in(app, "driver").get("/bulletins").data == stranger(app).get("/bulletins").data
