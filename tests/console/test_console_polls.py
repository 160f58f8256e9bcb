"""Short polling: what has not changed costs little, what has changed is there at the next poll."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.console import reading
from app.foundation.home import Home
from tests.console.conftest import MovedClock
from tests.console.desk_client import Desk
from tests.support.clients import Somebody, sign_in

LIVE = "/live?rows=1"


def asks(driver: Somebody, kind: str = "meal", words: str = "想吃碗热面") -> str:
    made = driver.post("/requests", {"kind": kind, "station": "GS001", "text": words})
    assert made.status_code == 201, made.text
    found: str = made.json["id"]
    return found


def tag_of(desk: Desk, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, answer.text
    tag: str = answer.headers["ETag"]
    return tag


def test_an_unchanged_queue_is_a_304_without_a_body(driver: Somebody, jia: Desk) -> None:
    asks(driver)
    tag = tag_of(jia, LIVE)
    again = jia.get(LIVE, If_None_Match=tag)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag


def test_a_new_request_is_in_the_next_poll(driver: Somebody, jia: Desk) -> None:
    tag = tag_of(jia, LIVE)
    request = asks(driver)
    fresh = jia.get(LIVE, If_None_Match=tag)
    assert fresh.status_code == 200
    assert f'id="r-{request}"' in fresh.text
    assert "<html" not in fresh.text


def test_a_poll_of_a_page_that_would_ring_is_the_desk_s_heartbeat(jia: Desk, home: Home) -> None:
    def beats() -> list[str]:
        with home.database.transaction() as session:
            return list(session.scalars(text("SELECT station FROM desk_beat")))

    tag_of(jia, LIVE)
    assert beats() == [], "a silent page is no desk that hears"
    tag_of(jia, f"{LIVE}&sound=1")
    assert beats() == ["GS001"]


def test_a_colleague_s_claim_is_in_the_next_poll(driver: Somebody, jia: Desk, yi: Desk) -> None:
    request = asks(driver)
    tag = tag_of(jia, LIVE)
    yi.post(f"/requests/{request}/claim")
    assert "示例值班员丑" in jia.get(LIVE, If_None_Match=tag).text


def test_the_minute_that_passes_is_in_the_next_poll(driver: Somebody, jia: Desk, clock: MovedClock) -> None:
    asks(driver)
    tag = tag_of(jia, LIVE)
    clock.ahead = timedelta(minutes=1)
    assert jia.get(LIVE, If_None_Match=tag).status_code == 200


def test_pages_beside_the_desk_poll_only_the_bars(app: Flask, driver: Somebody, jia: Desk) -> None:
    tag = tag_of(jia, "/live")
    asks(driver)  # the badge counts it
    fresh = jia.get("/live", If_None_Match=tag)
    assert fresh.status_code == 200
    assert 'id="rows"' not in fresh.text
    asks(sign_in(app, "driver2"), "medical", "救命")
    assert "data-ringing" in jia.get("/live", If_None_Match=fresh.headers["ETag"]).text


@pytest.mark.parametrize("step", ["reply", "note", "driver", "claim", "resolve"])
def test_every_step_of_an_open_request_is_in_its_next_poll(
    driver: Somebody, jia: Desk, yi: Desk, step: str
) -> None:
    request = asks(driver)
    page = f"/requests/{request}"
    live = f"{page}/live"
    tag = tag_of(jia, live)
    assert jia.get(live, If_None_Match=tag).status_code == 304
    steps: dict[str, Callable[[], object]] = {
        "reply": lambda: yi.post(f"{page}/reply", page, to="driver", text="马上好"),
        "note": lambda: yi.post(f"{page}/reply", page, to="note", text="马上好"),
        "driver": lambda: driver.post(f"/requests/{request}/messages", {"text": "马上好"}),
        "claim": lambda: yi.post(f"{page}/claim"),
        "resolve": lambda: yi.post(f"{page}/resolve", page, result="马上好"),
    }
    steps[step]()
    fresh = jia.get(live, If_None_Match=tag)
    assert fresh.status_code == 200
    assert "示例值班员丑" in fresh.text if step == "claim" else "马上好" in fresh.text


def test_what_a_poll_costs(driver: Somebody, jia: Desk, statements: list[str]) -> None:
    """Who it is, whether his password is his own, the stations' mark (once a second), the work: four."""
    request = asks(driver)
    for path, unchanged in ((LIVE, 4), ("/live", 4), (f"/requests/{request}/live", 3)):
        tag = tag_of(jia, path)
        del statements[:]
        assert jia.get(path, If_None_Match=tag).status_code == 304
        assert len(statements) <= unchanged, statements
    del statements[:]
    assert jia.get(LIVE).status_code == 200
    assert len(statements) <= 5, statements


def test_a_poll_costs_the_same_however_long_the_queue(app: Flask, jia: Desk, statements: list[str]) -> None:
    first = sign_in(app, "driver")
    asks(first)
    jia.get(LIVE)
    del statements[:]
    jia.get(LIVE)
    few = len(statements)
    for number in range(20):
        asks(first, "other", f"第 {number} 件")
    del statements[:]
    jia.get(LIVE)
    assert len(statements) <= max(few, 4)


def test_a_poll_without_a_session_is_a_bare_401(app: Flask) -> None:
    answer = Desk(app).get(LIVE)
    assert (answer.status_code, answer.data) == (401, b"")


def test_a_tag_of_one_desk_is_none_of_another(driver: Somebody, jia: Desk, elsewhere: Desk) -> None:
    asks(driver)
    assert elsewhere.get(LIVE, If_None_Match=tag_of(jia, LIVE)).status_code == 200


def test_more_than_the_queue_holds_is_said(
    driver: Somebody, jia: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST", 3)
    for number in range(4):
        asks(driver, "other", f"第 {number} 件")
    page = jia.get().text
    assert page.count('class="row') == 3 + 1  # three lines in one list
    assert "只列出最急的" in page
