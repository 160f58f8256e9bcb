"""Versions of the rules over HTTP, from a day to come on; and 减负自查: which switches are on."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app.foundation.home import Home
from app.settings import PointsSettings, Settings
from tests.duty.helpers import StoppedClock, member, ok, refused, sql
from tests.points.helpers import ledger, published, quarter, serve, shanghai
from tests.support.clients import Somebody, sign_in

RULES: dict[str, Any] = {
    "effective_from": "2026-11-23",
    "base": 70,
    "most": 90,
    "duty": {"points": 3, "night_percent": 100, "most_day": 4},
    "meeting": {"points": 2},
    "course": {"points": 2},
    "note": "示例：支委会讨论通过",
}


def add(who: Somebody, **changed: Any) -> Any:
    return who.post("/staff/points/rules", RULES | changed)


def test_a_new_version_holds_from_its_day_on_and_changes_nothing_before(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str
) -> None:
    made = ok(add(secretary), 201)
    assert (made["version"], made["branch"]) == (2, "GS001")
    serve(home, clock, secretary, first, key)
    serve(home, clock, secretary, first, key, at=shanghai(2026, 11, 23, 9))
    entries = ok(first.get("/points"))["entries"]
    assert [(entry["points"], entry["rule_version"]) for entry in entries] == [(6, 2), (2, 1)]
    assert ledger(first) == [2, 6]
    page = published(clock, secretary)
    (line,) = [each for each in page["lines"] if each["member"] == first.user["id"]]
    assert (line["points"], line["by_item"]) == (76, {"duty": 6})  # 70, 2 and of the 6 of one day 4
    assert quarter(first)["rule_version"] == 2


def test_the_whole_is_capped(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str
) -> None:
    ok(add(secretary, most=73), 201)
    serve(home, clock, secretary, first, key, at=shanghai(2026, 11, 23, 9))
    page = published(clock, secretary)
    assert max(line["points"] for line in page["lines"]) == 73


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"effective_from": "2026-11-22"}, "effective_from"),  # today has begun
        ({"effective_from": "2026-01-01"}, "effective_from"),
        ({"effective_from": "2027-12-28"}, "effective_from"),  # 401 days ahead
        ({"effective_from": "9999-12-31"}, "effective_from"),
        ({"most": 60}, "most"),
        ({"duty": {"points": -1}}, "duty.points"),
    ],
)
def test_rules_that_cannot_be_are_refused(secretary: Somebody, changed: dict[str, Any], field: str) -> None:
    told = refused(add(secretary, **changed), 422, "api.invalid")
    assert [error["field"] for error in told["errors"]] == [field]


def test_a_branch_makes_its_own_rules_and_an_upper_committee_those_of_all(
    app: Flask, home: Home, clock: StoppedClock, secretary: Somebody
) -> None:
    upper, other = member(app, "upper", ("committee", "*")), member(app, "other", ("secretary", "GS002"))
    refused(add(secretary, branch="GS002"), 404, "api.not_found")
    refused(add(upper, branch="GS999"), 404, "station.unknown")
    unknown = upper.post("/staff/points/quarters/2026Q3/settle", {"branch": "GS999"})
    refused(unknown, 404, "station.unknown")
    assert ok(add(upper, note="示例：通用"), 201)["branch"] is None
    ok(add(secretary), 201)
    seen = {
        who: [row["branch"] for row in ok(name.get("/staff/points/rules"))["items"]]
        for who, name in (("own", secretary), ("other", other))
    }
    assert seen == {"own": ["GS001", None, None], "other": [None, None]}
    assert sql(home, "SELECT count(*) FROM points_rule") == [(3,)]


def test_the_self_check_names_every_switch(app: Flask, clock: StoppedClock, secretary: Somebody) -> None:
    for who in (secretary, sign_in(app, "admin")):
        switches = {each["code"]: each for each in ok(who.get("/staff/self-check"))["switches"]}
        assert switches["points"]["on"]
        assert switches["points"]["setting"] == "points.enabled"
        for never in ("login_points", "reading_points", "streaks", "nagging", "mobile_scored"):
            assert not switches[never]["on"]
            assert not switches[never]["can_be_changed"]
        assert switches["complaints"]["on"]


@pytest.fixture
def switched(make_app: Callable[[Settings], Flask], settings: Settings) -> Callable[..., Flask]:
    """The service with points switched as given."""

    def make(**knobs: bool) -> Flask:
        return make_app(settings.model_copy(update={"points": PointsSettings(**knobs)}))

    return make


def at(app: Flask, monkeypatch: pytest.MonkeyPatch) -> tuple[Home, StoppedClock]:
    home: Home = app.extensions["home"]
    clock = StoppedClock()
    monkeypatch.setattr(home.clock, "now", clock.now)
    return home, clock


def test_switched_off_nothing_is_earned_any_more(
    switched: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    app = switched(enabled=False)
    home, clock = at(app, monkeypatch)
    secretary, first = sign_in(app, "secretary"), sign_in(app, "member")
    serve(home, clock, secretary, first, key)
    assert ledger(first) == []
    switches = {each["code"]: each["on"] for each in ok(secretary.get("/staff/self-check"))["switches"]}
    assert (switches["points"], switches["ranking"]) == (False, True)


def test_without_the_ranking_one_sees_one_s_own_points_only(
    switched: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    app = switched(ranking=False)
    _, clock = at(app, monkeypatch)
    secretary, first = sign_in(app, "secretary"), sign_in(app, "member")
    published(clock, secretary)
    seen = quarter(first)
    assert (seen["ranking"], seen["mine"]["rank"], seen["mine"]["points"]) == (None, None, 60)
