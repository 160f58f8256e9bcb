"""Corrections of a quarter that is public or final, over HTTP: no list differs from the ledger unsaid."""

import uuid
from typing import Any

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.duty.helpers import StoppedClock, member, ok, refused, sql
from tests.points.helpers import Q4, correct, ledger, published, serve, shanghai, step
from tests.points.test_quarter import decided, line_of, objected, office, titles
from tests.points.test_rules_and_switches import RULES
from tests.support.clients import Somebody

Q1 = "2027Q1"


@pytest.fixture
def served(home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str) -> str:
    """The first member has served five hours in the fourth quarter; the id of the attendance."""
    return serve(home, clock, secretary, first, key, hours=5)


def closed(clock: StoppedClock, secretary: Somebody) -> dict[str, Any]:
    """The fourth quarter is final."""
    published(clock, secretary)
    clock.at = shanghai(2027, 1, 8, 9)
    found: dict[str, Any] = ok(step(secretary, "finalize"))
    return found


def settled(clock: StoppedClock, secretary: Somebody, code: str, *at: int) -> dict[str, Any]:
    clock.at = shanghai(*at)
    found: dict[str, Any] = ok(step(secretary, "settle", code))
    return found


def test_a_list_that_was_corrected_is_made_and_shown_anew_before_it_is_final(
    clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody, served: str
) -> None:
    before = published(clock, secretary)
    assert before["changed"] is False
    ok(correct(secretary, served, minutes=120))
    page = office(secretary)
    assert (page["changed"], page["reproduced"], page["state"]) == (True, True, "published")
    assert line_of(page, first)["points"] == 65, "what hangs on the wall is still this"
    clock.at = shanghai(2027, 1, 8, 9)
    told = refused(step(secretary, "finalize"), 409, "points.changed")
    assert told["detail"] == "公示以后有更正，名单和积分对不上了，请重新结算、再公示。"
    again = ok(step(secretary, "settle"))
    assert (again["state"], again["revision"], again["changed"], again["reproduced"]) == (
        "settled",
        2,
        False,
        True,
    )
    assert (again["public_until"], again["published_at"]) == (None, None)
    refused(step(secretary, "finalize"), 409, "points.wrong_state")
    public = ok(step(secretary, "publish"))
    assert public["public_until"] == "2027-01-15T09:00:00+08:00"
    assert public["hash"] != before["hash"]
    assert titles(second).count("积分公示") == 2
    clock.at = shanghai(2027, 1, 15, 9)
    final = ok(step(secretary, "finalize"))
    assert (line_of(final, first)["points"], sum(ledger(first))) == (62, 2)


def test_a_list_that_is_right_again_needs_nothing(
    clock: StoppedClock, secretary: Somebody, first: Somebody, served: str
) -> None:
    published(clock, secretary)
    for minutes in (120, 300):
        ok(correct(secretary, served, minutes=minutes))
    assert office(secretary)["changed"] is False
    refused(step(secretary, "settle"), 409, "points.wrong_state")
    clock.at = shanghai(2027, 1, 8, 9)
    assert ok(step(secretary, "finalize"))["reproduced"]


def test_minutes_alone_change_a_list(
    clock: StoppedClock, secretary: Somebody, first: Somebody, served: str
) -> None:
    """They part those of equal points."""
    ok(correct(secretary, served, minutes=250))
    before = published(clock, secretary)
    ok(correct(secretary, served, minutes=245))
    assert office(secretary)["changed"]
    again = ok(step(secretary, "settle"))
    assert [line_of(page, first)["points"] for page in (before, again)] == [64, 64]
    assert [line_of(page, first)["minutes"] for page in (before, again)] == [250, 245]


def test_somebody_who_is_erased_holds_no_quarter_up(
    clock: StoppedClock, secretary: Somebody, second: Somebody, served: str
) -> None:
    published(clock, secretary)
    ok(second.post("/me/erasure", {"confirm": True, "force": True}), 202)
    assert office(secretary)["changed"] is False
    clock.at = shanghai(2027, 1, 8, 9)
    ok(step(secretary, "finalize"))


def test_a_quarter_that_cannot_be_final_says_what_is_missing(
    clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody, served: str
) -> None:
    published(clock, secretary)
    told = refused(step(secretary, "finalize"), 409, "points.wrong_state")
    assert told["detail"] == "公示到 2027-01-08 09:00 为止，期满以后才能定案。"
    asked = [ok(objected(who), 201)["id"] for who in (first, second)]
    clock.at = shanghai(2027, 1, 9, 9)
    for waiting, objection in zip((2, 1), asked, strict=True):
        told = refused(step(secretary, "finalize"), 409, "points.wrong_state")
        assert told["detail"] == f"还有 {waiting} 条异议没有答复，都答复了才能定案。"
        ok(decided(secretary, objection, False))
    ok(step(secretary, "finalize"))


def test_a_list_that_is_objected_to_and_corrected_is_made_anew_and_the_objection_stays(
    clock: StoppedClock, secretary: Somebody, second: Somebody, served: str
) -> None:
    published(clock, secretary)
    made = ok(objected(second), 201)["id"]
    ok(correct(secretary, served, minutes=120))
    assert ok(step(secretary, "settle"))["open_objections"] == 1
    assert ok(decided(secretary, made, True, points=3))["state"] == "accepted"
    page = office(secretary)
    assert (page["state"], page["changed"], line_of(page, second)["points"]) == ("settled", False, 63)
    assert ok(step(secretary, "publish"))["state"] == "published"


def test_what_is_corrected_after_the_end_counts_in_the_running_quarter_and_says_so(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, served: str
) -> None:
    final = closed(clock, secretary)
    ok(correct(secretary, served, minutes=120))
    assert ledger(first) == [5, -5, 2]
    new, back, old = ok(first.get("/points"))["entries"]
    assert [entry["quarter"] for entry in (old, back, new)] == [Q4, Q1, Q1]
    for entry in (back, new):
        assert "示例先锋岗（11月22日 13:00–18:00）" in entry["reason"]
        assert entry["reason"].endswith("（2026 年第 4 季度已定案，记在2027 年第 1 季度）")
        assert entry["at"] == old["at"]
    assert (back["reverses"], new["source"]) == (old["id"], old["source"])
    assert ok(first.get("/points"))["quarter_points"] == -3
    again = office(secretary)
    assert (again["lines"], again["hash"], again["reproduced"]) == (final["lines"], final["hash"], True)
    line = line_of(settled(clock, secretary, Q1, 2027, 4, 1, 9), first)
    assert (line["points"], line["earned"], line["by_item"]) == (57, -3, {"earlier": -3})
    assert line["minutes"] == 0, "served in this quarter"


def test_a_correction_of_a_correction_counts_once_in_each_quarter(
    clock: StoppedClock, secretary: Somebody, first: Somebody, served: str
) -> None:
    closed(clock, secretary)
    ok(correct(secretary, served, minutes=120))  # of five, in the first quarter
    points = [line_of(settled(clock, secretary, Q1, 2027, 4, 1, 9), first)["points"]]
    ok(step(secretary, "publish", Q1))
    clock.at = shanghai(2027, 4, 8, 9)
    ok(step(secretary, "finalize", Q1))
    ok(correct(secretary, served, minutes=240))  # in the second
    ok(correct(secretary, served, minutes=180))
    page = settled(clock, secretary, "2027Q2", 2027, 7, 1, 9)
    assert [*points, line_of(page, first)["points"]] == [57, 61]
    assert (office(secretary, Q1)["reproduced"], page["reproduced"]) == (True, True)
    assert sum(ledger(first)) == 3


CAPPED = {"base": 60, "most": 100, "duty": {"points": 1, "night_percent": 100, "most_quarter": 3}}


@pytest.mark.parametrize(
    ("minutes", "points"),
    [
        (240, 63),  # of five three counted, of four three would have
        (120, 62),  # two would have: one less, and the cap of the running quarter does not hide it
        (0, 60),
    ],
)
def test_a_correction_counts_as_much_as_it_would_have_counted_in_its_quarter(
    home: Home,
    clock: StoppedClock,
    secretary: Somebody,
    first: Somebody,
    served: str,
    key: str,
    minutes: int,
    points: int,
) -> None:
    ok(secretary.post("/staff/points/rules", RULES | CAPPED), 201)
    assert line_of(closed(clock, secretary), first)["points"] == 63
    serve(home, clock, secretary, first, key, hours=4)  # in the running quarter: capped as well
    ok(correct(secretary, served, minutes=minutes))
    page = settled(clock, secretary, Q1, 2027, 4, 1, 9)
    assert line_of(page, first)["points"] == points


def test_what_was_missing_in_an_old_quarter_is_added_beside_the_cap_of_this_one(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, served: str, key: str
) -> None:
    ok(secretary.post("/staff/points/rules", RULES | CAPPED), 201)
    ok(correct(secretary, served, minutes=60))
    assert line_of(closed(clock, secretary), first)["points"] == 61
    serve(home, clock, secretary, first, key, hours=4)
    ok(correct(secretary, served, minutes=300))
    line = line_of(settled(clock, secretary, Q1, 2027, 4, 1, 9), first)
    assert (line["points"], line["by_item"]) == (65, {"duty": 3, "earlier": 2})  # of the four more, two


@pytest.mark.parametrize(("minutes", "points"), [(240, 62), (120, 61)])
def test_the_most_of_a_quarter_takes_only_what_counted(
    home: Home,
    clock: StoppedClock,
    secretary: Somebody,
    first: Somebody,
    served: str,
    key: str,
    minutes: int,
    points: int,
) -> None:
    """Of five points two more than the most of 63 count in neither quarter."""
    ok(secretary.post("/staff/points/rules", RULES | {"base": 60, "most": 63, "duty": {"points": 1}}), 201)
    assert line_of(closed(clock, secretary), first)["points"] == 63
    serve(home, clock, secretary, first, key, hours=2)
    ok(correct(secretary, served, minutes=minutes))
    line = line_of(settled(clock, secretary, Q1, 2027, 4, 1, 9), first)
    assert line["points"] == points


def test_who_was_in_no_final_list_is_corrected_where_it_was(
    app: Flask, home: Home, clock: StoppedClock, secretary: Somebody, key: str
) -> None:
    """He left before the end: what he earned then reached no list, so its correction belongs to none."""
    gone = member(app, "gone")
    attendance = serve(home, clock, secretary, gone, key)
    lines = {line["member"]: line["id"] for line in ok(secretary.get("/staff/members"))["items"]}
    ok(secretary.post(f"/staff/members/{lines[gone.user['id']]}/leave", {"reason": "示例"}))
    closed(clock, secretary)
    ok(correct(secretary, attendance, minutes=60))
    person = uuid.UUID(gone.user["id"])
    found = sql(home, "SELECT DISTINCT quarter FROM points_entry WHERE person_id = :p", p=person)
    assert found == [(Q4,)]
