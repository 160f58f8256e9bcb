"""A call that was handed to another station: where rescue is sent, and whom its driver may dial."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.emergencies import tasks
from app.foundation.home import Home
from app.settings import Settings
from tests.emergencies.conftest import Gateway
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def settings(settings: Settings, voice: Gateway) -> Settings:
    """A voice gateway at the centre's step."""
    channel = {"name": "voice", "kind": "voice", "url": voice.url, "steps": ["centre"]}
    made = type(settings.emergencies).model_validate({"channels": [channel]})
    return settings.model_copy(update={"emergencies": made})


@pytest.fixture
def handed_on(home: Home, staff: Somebody, call: dict[str, Any]) -> dict[str, Any]:
    """From GS001 to GS002, each with two numbers of its own."""
    numbers = (
        "UPDATE station SET medical_phone = :m, duty_phone = :d, name = :n, road = 'G30' WHERE code = :c"
    )
    with home.database.transaction() as session:
        for code, name in (("GS001", "示例甲服务区"), ("GS002", "示例乙服务区")):
            given = {"m": f"0931-{code[-1]}000001", "d": f"0931-{code[-1]}000002", "n": name, "c": code}
            session.execute(text(numbers), given)
    body = {"to_station": "GS002", "reason": "人在那边"}
    assert staff.post(f"/staff/requests/{call['id']}/transfer", body).status_code == 200
    return call


WHERE = "G30 示例乙服务区（转来；原报 G30 示例甲服务区 A 侧）"


def test_the_alarm_names_the_station_that_has_it_first_and_the_one_reported_too(
    app: Flask, home: Home, voice: Gateway, handed_on: dict[str, Any]
) -> None:
    supervisor = sign_in(app, "supervisor")
    tasks.climb(home)
    tasks.ring(home)
    told = supervisor.get("/inbox").json["items"][0]["text"]
    assert f"地点：{WHERE}。" in told
    said = json.loads(voice.received[0][1])
    assert f"地点：{WHERE}。" in said["text"]
    where = [said[name] for name in ("station", "side", "reported_station", "reported_side")]
    assert where == ["GS002", None, "GS001", "A"]


def test_the_sheet_for_120_and_the_pages_of_the_desk_say_the_same(
    app: Flask, handed_on: dict[str, Any]
) -> None:
    supervisor = sign_in(app, "supervisor")
    path = f"/staff/requests/{handed_on['id']}"
    assert supervisor.get(f"{path}/for-120").json["place"] == WHERE
    assert supervisor.get(path).json["station"] == "GS001", "what the driver said stays"


def test_the_driver_may_dial_the_station_that_has_it_and_the_one_he_named(
    driver: Somebody, handed_on: dict[str, Any]
) -> None:
    seen = driver.get(f"/requests/{handed_on['id']}").json
    assert [phone["phone"] for phone in seen["phones"]] == [
        "120", "0931-2000001", "0931-2000002", "0931-1000001", "0931-1000002",
    ]  # fmt: skip
    assert "0931-2000001（示例乙服务区医疗点）、0931-2000002（示例乙服务区值班）" in seen["advice"]
    assert "0931-1000001（示例甲服务区医疗点）" in seen["advice"]
    assert seen["station"] == "GS001"


def test_handed_back_it_is_at_the_place_reported_and_no_other(
    app: Flask, driver: Somebody, handed_on: dict[str, Any]
) -> None:
    supervisor = sign_in(app, "supervisor")
    path = f"/staff/requests/{handed_on['id']}"
    body = {"to_station": "GS001", "reason": "还在原处"}
    assert supervisor.post(f"{path}/transfer", body).status_code == 200
    assert supervisor.get(f"{path}/for-120").json["place"] == "G30 示例甲服务区 A 侧"
    names = [phone["name"] for phone in driver.get(f"/requests/{handed_on['id']}").json["phones"]]
    assert names == ["急救", "站内医疗点", "服务区值班"]
