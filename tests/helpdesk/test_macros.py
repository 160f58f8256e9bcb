"""Ready-made answers: a station's and everybody's, who may write which, one of a title."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from app.helpdesk import macros
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once

ONE = {"station": "GS001", "title": "热水", "text": "热水房在 A 侧东头，昼夜开放。"}


@pytest.fixture
def supervisor(app: Flask) -> Somebody:
    return sign_in(app, "supervisor")


def titles(somebody: Somebody, where: str = "") -> list[str]:
    return [item["title"] for item in somebody.get(f"/staff/macros{where}").json["items"]]


def test_a_desk_writes_its_own_and_reads_those_of_all(
    staff: Somebody, supervisor: Somebody, app: Flask
) -> None:
    made = staff.post("/staff/macros", ONE)
    assert made.status_code == 201, made.text
    everybody = supervisor.post("/staff/macros", {"title": "投诉电话", "text": "请拨 12328。"})
    assert (everybody.status_code, everybody.json["station"]) == (201, None)
    supervisor.post("/staff/macros", {**ONE, "station": "GS002"})
    assert titles(staff) == ["热水", "投诉电话"], "the desk's own first"
    assert titles(supervisor) == ["热水", "热水", "投诉电话"]
    assert titles(supervisor, "?station=GS002") == ["热水", "投诉电话"]
    assert [item["mine_to_change"] for item in staff.get("/staff/macros").json["items"]] == [True, False]


def test_whose_it_is_not_finds_none(staff: Somebody, supervisor: Somebody, driver: Somebody) -> None:
    theirs = supervisor.post("/staff/macros", {**ONE, "station": "GS002"}).json["id"]
    of_all = supervisor.post("/staff/macros", {"title": "通用", "text": "示例"}).json["id"]
    for macro in (theirs, of_all):
        assert staff.put(f"/staff/macros/{macro}", {"text": "改"}).json["code"] == "macro.unknown"
        assert staff.call("DELETE", f"/staff/macros/{macro}").status_code == 404
    assert staff.post("/staff/macros", {**ONE, "station": "GS002"}).status_code == 403
    assert staff.post("/staff/macros", {"title": "通用二", "text": "示例"}).status_code == 403
    assert staff.get("/staff/macros?station=GS002").status_code == 403
    assert driver.get("/staff/macros").status_code == 403
    assert supervisor.post("/staff/macros", {**ONE, "station": "GS999"}).json["code"] == "station.unknown"


def test_it_is_changed_and_removed(staff: Somebody) -> None:
    made = staff.post("/staff/macros", ONE).json["id"]
    changed = staff.put(f"/staff/macros/{made}", {"text": "热水房在 B 侧。"}).json
    assert (changed["title"], changed["text"]) == ("热水", "热水房在 B 侧。")
    assert staff.put(f"/staff/macros/{made}", {}).status_code == 422
    assert staff.call("DELETE", f"/staff/macros/{made}").status_code == 204
    assert staff.call("DELETE", f"/staff/macros/{made}").status_code == 404
    assert titles(staff) == []


def test_a_desk_has_one_of_a_title(staff: Somebody) -> None:
    staff.post("/staff/macros", ONE)
    other = staff.post("/staff/macros", {**ONE, "title": "淋浴"}).json["id"]
    assert staff.post("/staff/macros", ONE).json["code"] == "macro.exists"
    assert staff.put(f"/staff/macros/{other}", {"title": "热水"}).json["code"] == "macro.exists"
    assert titles(staff) == ["淋浴", "热水"] or titles(staff) == ["热水", "淋浴"]


def test_of_eight_at_once_with_one_title_one_is_made(staff: Somebody) -> None:
    """The key decides."""
    answers = at_once([lambda: staff.post("/staff/macros", ONE)] * 8)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


def test_without_the_key_each_of_them_is_made(
    staff: Somebody, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control."""
    with home.database.transaction() as session:
        session.execute(text("ALTER TABLE macro DROP CONSTRAINT uq_macro_station_title"))
    bare = macros.insert
    monkeypatch.setattr(macros, "insert", lambda table: Bare(bare(table)))
    answers = at_once([lambda: staff.post("/staff/macros", ONE)] * 8)
    assert [answer.status_code for answer in answers] == [201] * 8


class Bare:
    """An INSERT that does not mind what is there."""

    def __init__(self, row: Any) -> None:
        self.row = row

    def values(self, **values: Any) -> "Bare":
        return Bare(self.row.values(**values))

    def on_conflict_do_nothing(self, **_: Any) -> Any:
        return self.row


@pytest.mark.parametrize(
    "body",
    [
        {"title": "", "text": "示例"},
        {"title": "长" * 21, "text": "示例"},
        {"title": "题", "text": " "},
        {"title": "题", "text": "长" * 2001},
        {"title": "题", "text": "示例", "unknown": 1},
        {"title": "题\x00", "text": "示例"},
    ],
)
def test_bad_words_are_refused(staff: Somebody, body: dict[str, Any]) -> None:
    assert staff.post("/staff/macros", {"station": "GS001", **body}).status_code == 422
