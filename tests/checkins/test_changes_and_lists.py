"""What a stop was for can be said later, by its driver only; who may see which check-ins, and how."""

import uuid
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from app.people.models import Person
from tests.checkins.conftest import Forget, Rows, StoppedClock
from tests.conftest import find_key
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def made(clock: StoppedClock, driver: Somebody, key: str) -> dict[str, Any]:
    answer = driver.post("/checkins", {"code": key, "purpose": "rest", "person_kind": "truck_driver"})
    found: dict[str, Any] = answer.json
    return found


def test_only_the_fields_sent_change(made: dict[str, Any], driver: Somebody, rows: Rows) -> None:
    for sent, left in [
        ({"purpose": "meal"}, ("meal", "truck_driver")),
        ({"person_kind": "traveller"}, ("rest", "traveller")),
        ({"purpose": "duty", "person_kind": "staff"}, ("duty", "staff")),
        ({}, ("rest", "truck_driver")),
        ({"purpose": None}, (None, "truck_driver")),
        ({"person_kind": None}, ("rest", "unknown")),
    ]:
        [before] = rows()
        answer = driver.put(f"/checkins/{made['id']}", sent)
        assert answer.status_code == 200, answer.text
        said = {"purpose": left[0], "person_kind": left[1]}
        assert answer.json == made | said
        assert rows() == [before | said]
        driver.put(f"/checkins/{made['id']}", {"purpose": "rest", "person_kind": "truck_driver"})


def test_every_purpose_can_be_given_at_the_scan_and_afterwards(
    clock: StoppedClock, driver: Somebody, key: str, forget: Forget
) -> None:
    for purpose in ["rest", "meal", "medical", "duty", "event", "other"]:
        forget()
        answer = driver.post("/checkins", {"code": key, "purpose": purpose})
        assert answer.json["purpose"] == purpose
        assert driver.put(f"/checkins/{answer.json['id']}", {"purpose": purpose}).json["purpose"] == purpose


def test_every_kind_of_person_can_be_given_at_the_scan_and_afterwards(
    clock: StoppedClock, driver: Somebody, key: str, forget: Forget
) -> None:
    for kind in ["truck_driver", "traveller", "staff", "unknown"]:
        forget()
        answer = driver.post("/checkins", {"code": key, "person_kind": kind})
        assert answer.json["person_kind"] == kind
        assert driver.put(f"/checkins/{answer.json['id']}", {"person_kind": kind}).json["person_kind"] == kind


def test_a_value_or_field_that_does_not_exist_is_refused_and_nothing_changes(
    made: dict[str, Any], driver: Somebody, rows: Rows
) -> None:
    for sent, field in [
        ({"purpose": "shopping"}, "purpose"),
        ({"person_kind": "truck"}, "person_kind"),
        ({"station": "GS002"}, "station"),
        ({"scanned_at": "2026-11-22T12:00:00+08:00"}, "scanned_at"),
    ]:
        before = rows()
        answer = driver.put(f"/checkins/{made['id']}", sent)
        assert answer.status_code == 422
        assert [error["field"] for error in answer.json["errors"]] == [field]
        assert rows() == before


def test_another_s_check_in_cannot_be_changed_nor_its_existence_learnt(
    made: dict[str, Any], app: Flask, rows: Rows
) -> None:
    for name in ["driver2", "staff", "supervisor", "admin"]:
        before, other = rows(), sign_in(app, name)
        refused = other.put(f"/checkins/{made['id']}", {"purpose": "meal"})
        nowhere = other.put(f"/checkins/{uuid.uuid4()}", {"purpose": "meal"})
        assert (refused.status_code, refused.json["code"]) == (404, "checkin.unknown")
        assert (nowhere.status_code, nowhere.json["code"]) == (404, "checkin.unknown")
        assert refused.json["detail"] == nowhere.json["detail"]
        assert rows() == before


def test_own_check_ins_come_newest_first_page_by_page_each_once(
    clock: StoppedClock, app: Flask, driver: Somebody, key: str
) -> None:
    """Uploaded out of order; the list goes by when they were scanned."""
    sent = {}
    for hours in (5, 1, 7, 3, 2, 6, 4):
        scan = {"code": key, "scanned_at": clock.ago(hours=hours)}
        sent[hours] = driver.post("/checkins", scan).json["id"]
    sign_in(app, "driver2").post("/checkins", {"code": key})
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        page = driver.get(f"/checkins?limit=3&cursor={cursor}" if cursor else "/checkins?limit=3").json
        seen += [line["id"] for line in page["items"]]
        cursor, pages = page["next_cursor"], pages + 1
    assert seen == [sent[hours] for hours in sorted(sent)]
    assert pages == 3


def test_scans_of_one_moment_are_all_listed_across_pages(
    clock: StoppedClock, driver: Somebody, home: Home
) -> None:
    places = [(station, side) for station in ("GS001", "GS002") for side in "AB"]
    ids = {driver.post("/checkins", {"code": find_key(home, *place)}).json["id"] for place in places}
    seen, cursor = [], None
    for _ in places:
        page = driver.get("/checkins?limit=1" + (f"&cursor={cursor}" if cursor else "")).json
        seen += [line["id"] for line in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert (len(seen), set(seen)) == (4, ids)


def test_a_scan_made_while_somebody_turns_pages_neither_hides_nor_doubles_another(
    clock: StoppedClock, driver: Somebody, key: str
) -> None:
    older = driver.post("/checkins", {"code": key, "scanned_at": clock.ago(hours=3)}).json["id"]
    driver.post("/checkins", {"code": key, "scanned_at": clock.ago(hours=2)})
    page = driver.get("/checkins?limit=1").json
    driver.post("/checkins", {"code": key})
    rest = driver.get(f"/checkins?limit=5&cursor={page['next_cursor']}").json
    assert [line["id"] for line in rest["items"]] == [older]


def give_phone(home: Home, who: Somebody, phone: str) -> None:
    with home.database.transaction() as session:
        person = session.get(Person, uuid.UUID(who.user["id"]))
        assert person
        person.phone = phone


def test_the_desk_sees_its_own_day_with_phones_masked(
    made: dict[str, Any], clock: StoppedClock, app: Flask, home: Home, driver: Somebody, staff: Somebody
) -> None:
    give_phone(home, driver, "13800000000")
    other = sign_in(app, "driver2")
    clock.pass_by(minutes=1)
    later = other.post("/checkins", {"code": find_key(home, "GS001", "B")}).json["id"]
    other.post("/checkins", {"code": find_key(home, "GS002", "A")})
    answer = staff.get("/staff/checkins")
    lines = answer.json["items"]
    assert [(line["id"], line["side"], line["phone_masked"]) for line in lines] == [
        (later, "B", None),
        (made["id"], "A", "138******00"),
    ]
    assert [line["name"] for line in lines] == ["示例司机乙", "示例司机甲"]
    assert "13800000000" not in answer.text
    assert staff.get("/staff/checkins?station=GS001&day=2026-11-22").json["items"] == lines
    assert staff.get("/staff/checkins?station=GS001&day=2026-11-21").json["items"] == []
    for no_day in ("2026-11-21T00:00", "2026-11-21T00:00:00Z", "1763683200", "2026-11-31"):
        assert staff.get(f"/staff/checkins?day={no_day}").json["code"] == "api.invalid"


def test_the_desk_turns_pages_too(clock: StoppedClock, app: Flask, staff: Somebody, key: str) -> None:
    sent = []
    for number in range(5):
        sent.append(sign_in(app, f"guest{number}").post("/checkins", {"code": key}).json["id"])
        clock.pass_by(minutes=1)
    first = staff.get("/staff/checkins?limit=3").json
    rest = staff.get(f"/staff/checkins?limit=3&cursor={first['next_cursor']}").json
    assert [line["id"] for line in first["items"] + rest["items"]] == sent[::-1]
    assert rest["next_cursor"] is None


def test_another_station_s_desk_is_closed_and_a_supervisor_s_reaches_everywhere(
    clock: StoppedClock, app: Flask, driver: Somebody, staff: Somebody, home: Home
) -> None:
    driver.post("/checkins", {"code": find_key(home, "GS002", "A")})
    for path in ("/staff/checkins?station=GS002", "/staff/checkins?station=GS999"):
        refused = staff.get(path)
        assert (refused.status_code, "items" in refused.json) == (403, False)
    assert len(sign_in(app, "supervisor").get("/staff/checkins?station=GS002").json["items"]) == 1


def test_who_works_at_no_desk_sees_no_list(clock: StoppedClock, app: Flask, forget: Forget) -> None:
    for name in ["driver", "member", "secretary", "committee", "editor", "auditor", "viewer"]:
        forget()
        assert sign_in(app, name).get("/staff/checkins?station=GS001").status_code == 403


def looks(home: Home) -> list[tuple[str, str, str]]:
    with home.database.transaction() as session:
        found = session.execute(
            text(
                "SELECT actor_id::text, object_id, station FROM audit_entry"
                " WHERE action = 'checkins.listed' ORDER BY at"
            )
        )
        return [(row[0], row[1], row[2]) for row in found]


def test_looking_is_written_down_once_a_quarter_of_an_hour_and_a_refused_look_is_not_one(
    clock: StoppedClock, staff: Somebody, home: Home
) -> None:
    entry = (staff.user["id"], "GS001 2026-11-22", "GS001")
    staff.get("/staff/checkins?station=GS002")
    assert looks(home) == []
    staff.get("/staff/checkins")
    clock.pass_by(minutes=5)
    staff.get("/staff/checkins")
    assert looks(home) == [entry]
    clock.pass_by(minutes=11)
    staff.get("/staff/checkins")
    assert looks(home) == [entry, entry]
    staff.get("/staff/checkins?day=2026-11-21")
    assert looks(home)[2] == (staff.user["id"], "GS001 2026-11-21", "GS001")


def test_a_page_that_cannot_be_is_refused(clock: StoppedClock, driver: Somebody, forget: Forget) -> None:
    for query in ["limit=0", "limit=101", "limit=x", "cursor=nonsense", "cursor=" + "a" * 201]:
        forget()
        assert driver.get(f"/checkins?{query}").status_code == 422


def test_the_list_shows_the_moment_of_the_scan_and_of_the_upload(
    clock: StoppedClock, driver: Somebody, key: str
) -> None:
    driver.post("/checkins", {"code": key, "scanned_at": clock.ago(hours=30)})
    [line] = driver.get("/checkins").json["items"]
    assert line["scanned_at"] == "2026-11-21T06:00:00+08:00"
    assert line["recorded_at"] == "2026-11-22T12:00:00+08:00"
