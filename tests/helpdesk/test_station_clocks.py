"""Clocks of a station of its own: set, kept for what was promised, taken back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.support.clients import Somebody, sign_in

PATH = "/staff/stations/GS001/clocks"


@pytest.fixture
def admin(app: Flask) -> Somebody:
    return sign_in(app, "admin")


def ask(driver: Somebody, kind: str = "road_vehicle", station: str = "GS001") -> dict[str, Any]:
    made = driver.post("/requests", {"kind": kind, "station": station, "text": "示例"})
    assert made.status_code == 201, made.text
    return dict(made.json)


def spans(request: dict[str, Any]) -> list[timedelta]:
    start = datetime.fromisoformat(request["created_at"])
    return [datetime.fromisoformat(request["clocks"][f"{c}_by"]) - start for c in ("ack", "answer", "close")]


def of_kind(somebody: Somebody, kind: str) -> dict[str, Any]:
    items = somebody.get(PATH).json["items"]
    return next(item for item in items if item["kind"] == kind)


def test_what_is_set_counts_at_that_station_for_what_comes_in_from_then_on(
    admin: Somebody, driver: Somebody, staff: Somebody
) -> None:
    before = ask(driver)
    assert of_kind(staff, "road_vehicle")["own"] == []
    put = admin.put(f"{PATH}/road_vehicle", {"ack": "5m", "answer": "20m"})
    assert (put.status_code, put.json["own"], put.json["close"]) == (200, ["ack", "answer"], "1wd")
    assert of_kind(staff, "road_vehicle")["by"] == admin.user["nickname"]
    after = ask(driver)
    assert spans(after)[:2] == [timedelta(minutes=5), timedelta(minutes=20)]
    assert spans(ask(driver, station="GS002"))[0] == timedelta(minutes=10)
    assert driver.get(f"/requests/{before['id']}").json["clocks"] == before["clocks"]
    line = next(i for i in staff.get("/staff/requests").json["items"] if i["id"] == after["id"])
    assert line["due_at"] == after["clocks"]["ack_by"]


def test_a_put_changes_what_was_sent_and_null_takes_one_back(admin: Somebody) -> None:
    admin.put(f"{PATH}/other", {"ack": "1h", "close": "4wd"})
    second = admin.put(f"{PATH}/other", {"ack": "30m"}).json
    assert (second["ack"], second["close"], second["own"]) == ("30m", "4wd", ["ack", "close"])
    third = admin.put(f"{PATH}/other", {"ack": None}).json
    assert (third["ack"], third["own"]) == ("2h", ["close"])
    assert admin.call("DELETE", f"{PATH}/other").status_code == 204
    assert admin.call("DELETE", f"{PATH}/other").json["code"] == "clocks.unknown"
    assert of_kind(admin, "other")["own"] == []


def test_a_promise_outlives_a_wait_a_transfer_and_another_setting(
    admin: Somebody, driver: Somebody, staff: Somebody, app: Flask, home: Home
) -> None:
    admin.put(f"{PATH}/road_vehicle", {"answer": "25m"})
    made = ask(driver)
    staff.post(f"/staff/requests/{made['id']}/claim")
    admin.put(f"{PATH}/road_vehicle", {"answer": "6h", "close": "9wd"})
    until = (home.clock.now() + timedelta(hours=1)).isoformat()
    staff.post(f"/staff/requests/{made['id']}/wait", {"until": until, "reason": "等照片"})
    driver.post(f"/requests/{made['id']}/messages", {"text": "发了"})
    move = {"to_station": "GS002", "reason": "在那边"}
    assert sign_in(app, "supervisor").post(f"/staff/requests/{made['id']}/transfer", move).status_code == 200
    seen = driver.get(f"/requests/{made['id']}").json
    assert timedelta(minutes=25) <= spans(seen)[1] < timedelta(minutes=26)


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("medical", {"ack": "5m"}, 409, "clocks.fixed"),
        ("no_such", {"ack": "5m"}, 404, "clocks.unknown"),
        ("other", {}, 422, "api.invalid"),
        ("other", {"ack": "soon"}, 422, "api.invalid"),
        ("other", {"ack": "0m"}, 422, "api.invalid"),
        ("other", {"ack": "99999m"}, 422, "api.invalid"),
        ("other", {"close": "9999wd"}, 422, "api.invalid"),
        ("other", {"close": "251wd"}, 422, "api.invalid"),
        ("other", {"close": "8761h"}, 422, "api.invalid"),
        ("other", {"ack": 5}, 422, "api.invalid"),
        ("other", {"ack": "1２m"}, 422, "api.invalid"),
        ("other", {"ack": "-5m"}, 422, "api.invalid"),
        ("other", {"answer": "1h"}, 422, "api.invalid"),  # before it has to be taken
        ("other", {"close": "1wd"}, 422, "api.invalid"),  # before it has to be answered
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    admin: Somebody, kind: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = admin.put(f"{PATH}/{kind}", body)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert all(item["own"] == [] for item in admin.get(PATH).json["items"])


def test_a_year_is_the_longest_that_can_be_promised(admin: Somebody, driver: Somebody) -> None:
    for most, over in (("250wd", "251wd"), ("8760h", "8761h")):
        assert admin.put(f"{PATH}/other", {"close": most}).json["close"] == most
        refused = admin.put(f"{PATH}/other", {"close": over})
        assert [error["field"] for error in refused.json["errors"]] == ["close"]
    assert driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例"}).status_code == 201


def test_who_may_read_and_who_may_set(admin: Somebody, staff: Somebody, driver: Somebody) -> None:
    assert staff.put(f"{PATH}/other", {"ack": "1h"}).status_code == 403
    assert staff.get("/staff/stations/GS002/clocks").status_code == 403
    assert driver.get(PATH).status_code == 403
    assert admin.get("/staff/stations/GS999/clocks").json["code"] == "station.unknown"
    assert admin.put("/staff/stations/GS999/clocks/other", {"ack": "1h"}).json["code"] == "station.unknown"


def test_a_medical_call_is_promised_the_same_everywhere(admin: Somebody, driver: Somebody) -> None:
    assert of_kind(admin, "medical")["fixed"] is True
    assert spans(ask(driver, "medical"))[0] == timedelta(minutes=1)
