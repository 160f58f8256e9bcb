"""A correction supersedes, says what changed, and reaches everybody who had the first."""

from datetime import timedelta

import pytest
from flask import Flask

from app.bulletins import tasks
from app.foundation.home import Home
from tests.bulletins.helpers import (
    DRAFT,
    MovedClock,
    bring_to,
    crowd,
    figures,
    ok,
    schedule,
    state_of,
    tick_until,
)
from tests.conftest import find_key
from tests.support.clients import Somebody, sign_in, stranger


def correct(editor: Somebody, approver: Somebody, bulletin: str, **changed: object) -> str:
    """The id of an approved correction."""
    made = str(ok(editor.post(f"/staff/bulletins/{bulletin}/correct"))["id"])
    ok(editor.put(f"/staff/bulletins/{made}", changed))
    ok(editor.post(f"/staff/bulletins/{made}/submit"))
    ok(approver.post(f"/staff/bulletins/{made}/approve"))
    return made


def titles(who: Somebody) -> list[str]:
    return [entry["title"] for entry in ok(who.get("/inbox"))["items"]]


def test_it_reaches_who_had_the_first_and_its_own_audience(
    app: Flask, home: Home, editor: Somebody, approver: Somebody
) -> None:
    lorry, coach = sign_in(app, "lorry"), sign_in(app, "coach")
    for person, station in ((lorry, "GS001"), (coach, "GS002")):
        ok(person.post("/checkins", {"code": find_key(home, station, "A")}), 201)
    first = bring_to(editor, approver, "sent", home, audience={"stations": ["GS001"]})
    fixed = correct(editor, approver, first, title="改正的标题（示例）")
    reach = ok(approver.post(f"/staff/bulletins/{fixed}/audience", {"audience": {"stations": ["GS002"]}}))
    schedule(approver, fixed, home, audience={"stations": ["GS002"]})
    tick_until(home, lambda: state_of(approver, fixed) == "sent")
    assert titles(lorry) == ["更正：改正的标题（示例）", DRAFT["title"]]
    assert titles(coach) == ["更正：改正的标题（示例）"]
    assert figures(approver, fixed)["inbox"] == reach["people"]


def test_the_first_holds_until_the_correction_s_hour(
    app: Flask, home: Home, clock: MovedClock, editor: Somebody, approver: Somebody
) -> None:
    anybody = stranger(app)
    first = bring_to(editor, approver, "sent", home, audience={"roads": ["X9"]})
    fixed = correct(editor, approver, first, body_markdown="改了", source="示例第二来源")
    schedule(approver, fixed, home, after=timedelta(hours=1))

    def listed() -> list[str]:
        return [item["id"] for item in ok(anybody.get("/bulletins"))["items"]]

    assert listed() == [first]
    assert ok(anybody.get(f"/bulletins/{first}"))["superseded_by"] is None
    assert anybody.get(f"/bulletins/{fixed}").status_code == 404
    clock.ahead += timedelta(hours=1, seconds=1)
    assert listed() == [fixed]
    assert ok(anybody.get(f"/bulletins/{first}"))["superseded_by"] == fixed
    shown = ok(anybody.get(f"/bulletins/{fixed}"))
    assert (shown["version"], shown["supersedes"]) == (2, first)
    told = {change["field"]: change for change in shown["changes"]}
    assert set(told) == {"body", "source", "expires_at"}
    assert told["source"]["after"] == "示例第二来源"
    assert told["body"]["added"] == ["改了"]


def test_a_correction_withdrawn_before_its_hour_leaves_the_first(
    app: Flask, home: Home, clock: MovedClock, editor: Somebody, approver: Somebody
) -> None:
    first = bring_to(editor, approver, "sent", home, audience={"roads": ["X9"]})
    fixed = correct(editor, approver, first, body_markdown="改了")
    schedule(approver, fixed, home, after=timedelta(hours=1))
    ok(approver.post(f"/staff/bulletins/{fixed}/withdraw"))
    clock.ahead += timedelta(hours=2)
    assert [item["id"] for item in ok(stranger(app).get("/bulletins"))["items"]] == [first]
    again = ok(editor.post(f"/staff/bulletins/{first}/correct"))
    assert again["version"] == 3


def test_a_correction_withdrawn_after_its_hour_does_not_bring_back_what_was_wrong(
    app: Flask, home: Home, clock: MovedClock, editor: Somebody, approver: Somebody
) -> None:
    first = bring_to(editor, approver, "sent", home, audience={"roads": ["X9"]})
    fixed = correct(editor, approver, first, body_markdown="改了")
    schedule(approver, fixed, home)
    tick_until(home, lambda: state_of(approver, fixed) == "sent")
    clock.ahead += timedelta(minutes=1)
    ok(approver.post(f"/staff/bulletins/{fixed}/withdraw"))
    assert ok(stranger(app).get("/bulletins"))["items"] == []
    assert ok(stranger(app).get(f"/bulletins/{first}"))["superseded_by"] == fixed


def test_the_first_is_told_to_nobody_more_once_the_correction_goes_out(
    home: Home, editor: Somebody, approver: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(home, 30)
    first = bring_to(editor, approver, "sending", home)  # nobody was told yet
    fixed = correct(editor, approver, first, title="改正的标题（示例）")
    schedule(approver, fixed, home)
    tasks.send(home)
    assert state_of(approver, first) == "sent"
    assert figures(approver, first)["inbox"] == 0
    assert figures(approver, fixed)["inbox"] >= 30
    steps = [step["what"] for step in ok(approver.get(f"/staff/bulletins/{first}"))["timeline"]]
    assert steps[-1] == "supersede"
