"""Stations over HTTP: the list, the card, and how cheap it is to ask again."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.foundation.database import Database
from app.stations import book as book_module
from app.stations.book import StationBook, add_card_section
from app.stations.schemas import BasicOut, StationCard, StationList
from app.stations.service import set_basic, set_phones, set_status
from tests.stations.conftest import NOW

CountStatements = Callable[[Callable[[], object]], int]


@pytest.fixture(autouse=True)
def no_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other rooms show on a card is theirs to test."""
    monkeypatch.setattr(book_module, "_sections", {})


def wait_out_the_book() -> None:
    """Let the second pass within which a reader may see what was."""
    time.sleep(1.0)


def codes(client: FlaskClient, query: str = "") -> list[str]:
    body = client.get(f"/api/v1/stations{query}").get_json()
    return [item["code"] for item in body["items"]]


def test_the_list_has_all_55_with_the_fields_of_the_contract(client: FlaskClient) -> None:
    answer = client.get("/api/v1/stations")
    body = answer.get_json()
    StationList.model_validate(body)
    assert len(body["items"]) == 55
    assert body["next_cursor"] is None
    first = body["items"][0]
    assert set(first) >= {
        "code", "name", "road", "km_post", "prefecture", "lat", "lon",
        "position_confidence", "status", "sides", "basics",
    }  # fmt: skip
    assert first["sides"] == [{"side": "A", "heading": None}, {"side": "B", "heading": None}]
    assert set(first["basics"]) == {"parking", "hot_water", "meal_heating", "shower", "laundry"}
    assert [item["example"] for item in body["items"]] == [False] * 29 + [True] * 26


def test_a_road_matches_either_part_and_words_are_found_in_name_code_and_road(client: FlaskClient) -> None:
    both = codes(client, "?road=G22")
    assert "GS001" in both
    assert "GS001" in codes(client, "?road=g30")
    assert "GS046" not in codes(client, "?road=G30")
    assert codes(client, "?q=兰州") == ["GS002", "GS003"]
    assert codes(client, "?q=gs010") == ["GS010"]
    assert codes(client, "?q=G2012") == ["GS021", "GS022", "GS034"]
    assert codes(client, "?road=G30&q=兰州") == ["GS002"]
    assert codes(client, "?q=没有") == []


def test_the_card_adds_telephones_and_the_spoken_address(client: FlaskClient) -> None:
    card = client.get("/api/v1/stations/GS002").get_json()
    StationCard.model_validate(card)
    assert card["phones"] == {"duty": "0931-0000002", "medical": "0931-0000502", "example": True}
    assert card["spoken"][1] == {"side": "B", "text": "G30 连霍高速 K1699 兰州北服务区 B 侧"}


def test_an_unknown_station_is_refused(client: FlaskClient) -> None:
    for code in ("GS999", "gs001", "x", "司机"):
        answer = client.get(f"/api/v1/stations/{code}")
        assert (answer.status_code, answer.get_json()["code"]) == (404, "station.unknown")
    assert client.get("/api/v1/stations/%00").status_code == 404


def test_a_draft_is_not_shown_and_a_closed_station_is(client: FlaskClient, seeded: Database) -> None:
    with seeded.transaction() as session:
        set_status(session, "GS003", "draft", NOW)
        set_status(session, "GS004", "closed", NOW)
    assert client.get("/api/v1/stations/GS003").status_code == 404
    assert client.get("/api/v1/stations/GS004").get_json()["status"] == "closed"
    assert "GS003" not in codes(client)


def test_asking_again_with_the_tag_is_304_and_costs_no_statement(
    client: FlaskClient, count_statements: CountStatements
) -> None:
    for path in ("/api/v1/stations", "/api/v1/stations?road=G30", "/api/v1/stations/GS002"):
        first = client.get(path)
        ask = partial(client.get, path, headers={"If-None-Match": first.headers["ETag"]})
        assert count_statements(ask) == 0
        again = ask()
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_filling_the_book_takes_four_statements_and_looking_again_one(
    seeded: Database, count_statements: CountStatements
) -> None:
    book = StationBook(look_every_s=0)
    with seeded.transaction() as session:
        assert count_statements(lambda: book.listing(lambda: session)) == 4
        assert count_statements(lambda: book.card(lambda: session, "GS001", NOW)) == 1


Change = Callable[[Session], None]
CHANGES: tuple[Change, ...] = (
    lambda session: set_basic(session, "GS002", "shower", "ok", NOW),
    lambda session: set_phones(session, "GS002", "0931-8765432", None, NOW),
    lambda session: set_status(session, "GS002", "limited", NOW),
)


def test_a_change_is_seen_within_a_second_and_has_another_tag(client: FlaskClient, seeded: Database) -> None:
    for change in CHANGES:
        before = client.get("/api/v1/stations/GS002")
        other = client.get("/api/v1/stations/GS005").headers["ETag"]
        with seeded.transaction() as session:
            change(session)
        wait_out_the_book()
        after = client.get("/api/v1/stations/GS002", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert after.get_json() != before.get_json()
        same = client.get("/api/v1/stations/GS005", headers={"If-None-Match": other})
        assert same.status_code == 304


def test_a_database_filled_anew_with_as_many_stations_is_noticed(
    client: FlaskClient, seeded: Database
) -> None:
    before = client.get("/api/v1/stations").headers["ETag"]
    with seeded.transaction() as session:
        session.execute(text("UPDATE station SET name = name || '二', updated_at = now()"))
    wait_out_the_book()
    assert client.get("/api/v1/stations", headers={"If-None-Match": before}).status_code == 200


def test_other_rooms_add_to_the_card_and_cannot_take_from_it(client: FlaskClient) -> None:
    meals = [{"name": "牛肉面", "left": 3}]
    asked: list[str] = []

    def section(_session: Session, code: str, _now: datetime) -> object:
        asked.append(code)
        return meals

    add_card_section("meals", section)
    add_card_section("window", lambda _s, _c, _n: BasicOut(state="ok", as_of=None))
    first = client.get("/api/v1/stations/GS002")
    assert first.get_json()["meals"] == meals
    assert first.get_json()["window"] == {"state": "ok", "as_of": None}
    assert client.get("/api/v1/stations/GS002").data == first.data
    assert asked == ["GS002"]
    meals[0]["left"] = 2
    wait_out_the_book()
    changed = client.get("/api/v1/stations/GS002", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.get_json()["meals"] == [{"name": "牛肉面", "left": 2}]
    for taken in ("code", "phones", "spoken"):
        with pytest.raises(ValueError):
            add_card_section(taken, section)


def test_many_readers_of_an_old_book_make_one_of_them_look(
    seeded: Database, count_statements: CountStatements
) -> None:
    book = StationBook()
    gate = threading.Barrier(8)

    def read() -> None:
        with seeded.transaction() as session:
            gate.wait()
            book.listing(lambda: session)

    def all_read() -> None:
        threads = [threading.Thread(target=read) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert count_statements(all_read) == 4
