"""A medical call that nobody takes climbs minute by minute, at once with no desk alive, each step once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.emergencies import alarm, tasks
from app.emergencies.rules import STEPS, due_steps, next_try
from app.foundation.home import Home
from app.notices.templates import catalogue
from app.wechat.standin.server import StandIn
from tests.emergencies.conftest import rung, steps
from tests.jobs.processes import wait_for
from tests.notices.helpers import break_sends, courier, mend, sends
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once
from tests.support.meeting import Meeting

Later = Callable[..., None]
TICKING = 8


def listen(somebody: Somebody, station: str = "GS001") -> None:
    assert somebody.post("/staff/desk/heartbeat", {"station": station}).status_code == 204


def test_an_untaken_call_climbs_minute_by_minute(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, call: dict[str, Any], later: Later
) -> None:
    responder, supervisor = sign_in(app, "responder"), sign_in(app, "supervisor")
    listen(staff)
    tasks.climb(home)
    assert steps(home, call["id"]) == ["station"]
    assert (rung(staff), rung(responder), rung(supervisor), rung(driver)) == (1, 1, 0, 0)
    later(seconds=61)
    listen(staff)
    tasks.climb(home)
    assert steps(home, call["id"]) == ["station", "supervisor"]
    assert (rung(staff), rung(supervisor)) == (1, 1)
    later(seconds=60)
    listen(staff)
    for _ in range(3):
        tasks.climb(home)
    assert steps(home, call["id"]) == list(STEPS)
    assert (rung(staff), rung(supervisor)) == (1, 2)
    told = [step["text"] for step in driver.get(f"/requests/{call['id']}").json["timeline"]]
    assert [words.split("，")[0] for words in told[1:]] == [
        "没有人接：已呼叫本站值守人员",
        "没有人接：已呼叫值班主管",
        "没有人接：已呼叫值班中心",
    ]


def test_it_stops_as_soon_as_somebody_has_it(
    home: Home, staff: Somebody, call: dict[str, Any], later: Later
) -> None:
    listen(staff)
    tasks.climb(home)
    assert staff.post(f"/staff/requests/{call['id']}/claim").status_code == 200
    later(minutes=10)
    assert tasks.climb(home) == 0
    assert steps(home, call["id"]) == ["station"]


def test_with_no_desk_alive_it_climbs_at_once(app: Flask, home: Home, call: dict[str, Any]) -> None:
    assert tasks.climb(home) == len(STEPS)
    assert rung(sign_in(app, "supervisor")) == 2


def test_a_desk_that_has_been_silent_for_a_minute_hears_nothing(
    home: Home, staff: Somebody, driver: Somebody, later: Later
) -> None:
    listen(staff)
    later(seconds=61)
    made = driver.post("/requests", {"kind": "medical", "station": "GS001"}).json
    assert tasks.climb(home) == len(STEPS)
    assert set(steps(home, made["id"])) == set(STEPS)


def test_another_station_s_desk_does_not_help(app: Flask, home: Home, call: dict[str, Any]) -> None:
    listen(sign_in(app, "supervisor"), "GS002")
    assert tasks.climb(home) == len(STEPS)


def test_a_call_without_a_station_is_the_centre_s(app: Flask, home: Home, driver: Somebody) -> None:
    supervisor = sign_in(app, "supervisor")
    listen(supervisor, "CENTRE")
    made = driver.post("/requests", {"kind": "medical", "place_text": "刚过收费站", "for_other_person": True})
    tasks.climb(home)
    assert steps(home, made.json["id"]) == ["station"]


def test_one_that_is_handed_to_another_station_climbs_anew_there(
    home: Home, staff: Somebody, call: dict[str, Any], later: Later
) -> None:
    tasks.climb(home)
    later(seconds=5)
    body = {"to_station": "GS002", "reason": "人在那边"}
    assert staff.post(f"/staff/requests/{call['id']}/transfer", body).status_code == 200
    assert tasks.climb(home) == len(STEPS)
    assert len(steps(home, call["id"])) == 2 * len(STEPS)


def test_a_malformed_call_is_taken_and_climbs_all_the_same(home: Home, driver: Somebody) -> None:
    made = driver.post("/requests", {"kind": " MEDICAL ", "station": 7, "side": [], "help": {"me": None}})
    assert made.status_code == 201
    assert tasks.climb(home) == len(STEPS)


def test_it_is_taken_and_climbs_while_wechat_hangs(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, standin: StandIn
) -> None:
    supervisor = sign_in(app, "supervisor")
    templates = [template.id for template in catalogue().templates]
    for who in (staff, supervisor):
        who.post("/subscriptions", {"results": dict.fromkeys(templates, "accept")})
    break_sends(standin, "hang")
    driver.post("/requests", {"kind": "medical", "station": "GS001", "for_other_person": True})
    assert tasks.climb(home) == len(STEPS)
    patient = home.settings.model_copy(
        update={"wechat": home.settings.wechat.model_copy(update={"deadline_s": 60})}
    )
    sending = threading.Thread(target=courier(home, settings=patient).run)
    sending.start()
    wait_for(lambda: sends(standin) > 0)
    call = {"kind": "medical", "station": "GS001", "for_other_person": True}
    assert driver.post("/requests", call).status_code == 201
    assert tasks.climb(home) == len(STEPS)
    assert sending.is_alive(), "WeChat hangs still"
    assert rung(supervisor) == 4
    mend(standin)
    standin.stopping.set()  # what hangs ends
    sending.join()


def doubled(home: Home, driver: Somebody, ticking: int = TICKING) -> bool:
    """Whether a call has climbed a step twice when several processes tick at the same moment."""
    made = driver.post("/requests", {"kind": "medical", "station": "GS001", "for_other_person": True}).json
    at_once([lambda: tasks.climb(home)] * ticking)
    climbed = steps(home, made["id"])
    return len(climbed) > len(set(climbed))


def test_eight_that_tick_at_once_climb_each_step_once(app: Flask, home: Home, driver: Somebody) -> None:
    supervisor = sign_in(app, "supervisor")
    for number in range(1, 6):
        assert not doubled(home, driver)
        assert rung(supervisor) == 2 * number


def test_without_the_key_steps_are_climbed_twice(
    home: Home, driver: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the same ticks, only the unique key taken away."""
    with home.database.transaction() as session:
        session.execute(text("ALTER TABLE alarm_step DROP CONSTRAINT pk_alarm_step CASCADE"))
    monkeypatch.setattr(alarm, "steps_due", Meeting().after(alarm.steps_due))
    assert doubled(home, driver, ticking=2)


def test_a_heartbeat_is_for_desks_that_hear(app: Flask, driver: Somebody, staff: Somebody) -> None:
    assert driver.post("/staff/desk/heartbeat", {"station": "GS001"}).json["code"] == "auth.forbidden"
    assert staff.post("/staff/desk/heartbeat", {"station": "GS002"}).json["code"] == "auth.forbidden"
    unknown = sign_in(app, "supervisor").post("/staff/desk/heartbeat", {"station": "GS999"})
    assert unknown.json["code"] == "station.unknown"


def test_the_rules_of_the_chain(home: Home) -> None:
    now = home.clock.now()
    assert due_steps(now, now, [0, 1, 2], heard=True) == ["station"]
    assert due_steps(now, now, [0, 1, 2], heard=False) == list(STEPS)
    assert next_try(now, 5, 5) is None
    assert next_try(now, 99, 100) is not None


def test_the_driver_reads_the_truth_with_the_numbers_until_somebody_has_it(
    home: Home, driver: Somebody, staff: Somebody, call: dict[str, Any]
) -> None:
    with home.database.transaction() as session:
        session.execute(text("UPDATE station SET medical_phone = '0931-0000000' WHERE code = 'GS001'"))
    seen = driver.get(f"/requests/{call['id']}").json
    assert seen["advice"].startswith("还没有人接，请拨打 120（急救）、0931-0000000（站内医疗点）、")
    assert [phone["phone"] for phone in seen["phones"]] == ["120", "0931-0000000", "0931-0000001"]
    staff.post(f"/staff/requests/{call['id']}/claim")
    seen = driver.get(f"/requests/{call['id']}").json
    assert (seen["advice"], seen["phones"]) == (None, [])


@pytest.mark.parametrize("what", ["words", "event"])
def test_nobody_s_data_is_in_an_alarm(
    app: Flask, home: Home, driver: Somebody, call: dict[str, Any], what: str
) -> None:
    tasks.climb(home)
    if what == "words":
        told = str(sign_in(app, "supervisor").get("/inbox").json)
    else:
        told = str(driver.get(f"/requests/{call['id']}").json["timeline"])
    assert "胸口疼" not in told
    assert call["number"] in told or what == "event"
    assert alarm.MEDICAL not in told.replace('"medical"', "").replace("'medical'", "")


def test_a_call_that_was_sent_to_a_station_and_comes_again_elsewhere_rings_there_anew(
    app: Flask, home: Home, driver: Somebody, staff: Somebody
) -> None:
    """Without a place it is the centre's; sent to GS001 it is GS001's, and its holder there keeps it."""
    supervisor = sign_in(app, "supervisor")
    here = driver.post("/requests", {"kind": "medical", "text": "示例"}).json["id"]
    sent = {"to_station": "GS001", "reason": "离得近"}
    assert supervisor.post(f"/staff/requests/{here}/transfer", sent).status_code == 200
    assert staff.post(f"/staff/requests/{here}/claim").status_code == 200
    there = driver.post("/requests", {"kind": "medical", "station": "GS002", "text": "示例"})
    assert (there.status_code, there.json["id"] != here, there.json["holder"]) == (201, True, None)
    assert staff.post(f"/staff/requests/{here}/replies", {"text": "在路上"}).status_code == 201


def test_a_call_that_somebody_held_before_its_place_was_known_rings_at_the_place(
    app: Flask, home: Home, driver: Somebody
) -> None:
    centre = sign_in(app, "supervisor")
    call = driver.post("/requests", {"kind": "medical", "text": "示例"}).json["id"]
    assert centre.post(f"/staff/requests/{call}/claim").status_code == 200
    again = driver.post("/requests", {"kind": "medical", "station": "GS001", "text": "我在这"})
    assert (again.status_code, again.json["id"], again.json["holder"]) == (200, call, None)
