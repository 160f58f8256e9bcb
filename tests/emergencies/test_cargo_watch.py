"""车货代看: asked for, begun, changed, handed back, received; both sides see it, its end is not forgotten."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.emergencies import tasks, watch
from app.emergencies.models import CargoWatch
from app.foundation.clock import SHANGHAI
from app.foundation.home import Home
from app.helpdesk.models import HelpRequest
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once
from tests.support.meeting import Meeting


def hence(home: Home, **span: float) -> str:
    return (home.clock.now() + timedelta(**span)).isoformat()


def body(home: Home, **more: Any) -> dict[str, Any]:
    return {"place": "A 侧 12 号位", "keys": "desk", "until_at": hence(home, hours=12), **more}


def of(call: dict[str, Any]) -> tuple[str, str]:
    """The path of the driver, and that of the desk."""
    return f"/requests/{call['id']}/watch", f"/staff/requests/{call['id']}/watch"


def ok(answer: Any) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.get_json(silent=True)


def titles(somebody: Somebody) -> list[str]:
    return [item["title"] for item in somebody.get("/inbox?limit=100").json["items"]]


def test_from_the_wish_to_the_driver_s_receipt(
    home: Home, driver: Somebody, staff: Somebody, call: dict[str, Any]
) -> None:
    mine, desk = of(call)
    assert driver.get(mine).json["code"] == "watch.none"
    asked = ok(driver.post(mine, {"plate": "甘A12345", "cargo": "冷藏，要通电"}))
    assert (asked["state"], asked["title"]) == ("asked", "已请求代看，等值班台安排")
    begun = ok(staff.post(desk, body(home)))
    assert (begun["state"], begun["watcher"], begun["cargo"]) == ("watching", "示例值班员甲", "冷藏，要通电")
    assert begun["keys_title"] == "钥匙封存在值班台"
    assert ok(driver.get(mine)) == ok(staff.get(desk))
    moved = ok(staff.put(desk, {"place": "B 侧 3 号位", "watcher": "示例保安"}))
    assert (moved["place"], moved["watcher"], moved["keys"]) == ("B 侧 3 号位", "示例保安", "desk")
    handed = ok(staff.post(f"{desk}/hand-back", {"to": "family", "note": "示例家属，核对过身份证"}))
    assert (handed["state"], handed["handed_to"]) == ("handed_back", "家属")
    for _ in range(2):
        received = ok(driver.post(f"{mine}/received"))
    assert received["received_at"]
    timeline = [step["what"] for step in ok(driver.get(f"/requests/{call['id']}"))["timeline"]]
    assert timeline[-5:] == [
        "watch_asked",
        "watch_began",
        "watch_changed",
        "watch_handed",
        "watch_received",
    ]
    assert titles(driver)[0] == "医疗求助：车货已交还"


def test_the_desk_may_begin_unasked_and_a_medical_call_may_be_over(
    home: Home, driver: Somebody, staff: Somebody, call: dict[str, Any]
) -> None:
    """The driver is in no state to ask; and the call ends long before the lorry is fetched."""
    mine, desk = of(call)
    ok(staff.post(f"/staff/requests/{call['id']}/resolve", {"text": "示例"}))
    ok(driver.post(f"/requests/{call['id']}/confirm"))
    ok(staff.post(desk, body(home)))
    assert driver.post(mine, {}).json["code"] == "watch.exists"
    assert ok(driver.get(mine))["state"] == "watching"


def test_what_does_not_follow_is_refused(
    home: Home, driver: Somebody, staff: Somebody, call: dict[str, Any]
) -> None:
    mine, desk = of(call)
    assert staff.put(desk, {"keys": "desk"}).json["code"] == "watch.none"
    ok(driver.post(mine, {}))
    assert driver.post(mine, {}).json["code"] == "watch.exists"
    assert staff.put(desk, {"keys": "desk"}).json["code"] == "watch.wrong_state"
    assert staff.post(f"{desk}/hand-back", {"to": "driver"}).json["code"] == "watch.wrong_state"
    assert driver.post(f"{mine}/received").json["code"] == "watch.wrong_state"
    ok(staff.post(desk, body(home)))
    assert staff.post(desk, body(home)).json["code"] == "watch.taken"
    ok(staff.post(f"{desk}/hand-back", {"to": "driver"}))
    assert staff.put(desk, {"keys": "desk"}).json["code"] == "watch.wrong_state"
    assert staff.post(desk, body(home)).json["code"] == "watch.taken"


def test_a_watch_has_an_end_within_a_week(home: Home, staff: Somebody, call: dict[str, Any]) -> None:
    _, desk = of(call)
    for wrong in (
        body(home, until_at=hence(home, minutes=-1)),
        body(home, until_at=hence(home, days=7, minutes=1)),
        body(home, keys="pocket"),
        body(home, place=""),
        {"place": "示例", "keys": "desk"},
    ):
        assert staff.post(desk, wrong).status_code == 422, wrong
    ok(staff.post(desk, body(home, until_at=hence(home, days=7))))
    assert staff.put(desk, {"until_at": hence(home, days=8)}).status_code == 422


def test_only_a_medical_call_has_a_watch_and_only_its_people_see_it(
    app: Flask, home: Home, driver: Somebody, staff: Somebody, call: dict[str, Any]
) -> None:
    other = ok(driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例"}))
    mine, desk = of(other)
    assert driver.post(mine, {}).json["code"] == "request.wrong_state"
    assert staff.post(desk, body(home)).json["code"] == "request.wrong_state"
    mine, desk = of(call)
    ok(staff.post(desk, body(home)))
    assert sign_in(app, "driver2").get(mine).json["code"] == "request.unknown"
    assert sign_in(app, "kitchen").get(desk).json["code"] == "request.unknown"
    assert ok(sign_in(app, "responder").get(desk))["state"] == "watching"


def test_its_end_is_told_once_and_again_after_it_was_put_off(
    app: Flask,
    home: Home,
    driver: Somebody,
    staff: Somebody,
    call: dict[str, Any],
    later: Callable[..., None],
) -> None:
    _, desk = of(call)
    ok(staff.post(desk, body(home, until_at=hence(home, hours=1))))
    assert tasks.remind_of_watches(home) == 0
    later(hours=1, seconds=1)
    assert sum(at_once([lambda: tasks.remind_of_watches(home)] * 4)) == 1
    assert tasks.remind_of_watches(home) == 0
    assert ok(staff.get(desk))["overdue"]
    supervisor = sign_in(staff.app, "supervisor")
    for who in (staff, supervisor):
        assert titles(who).count("车货代看：到时间了") == 1
    assert "医疗求助：代看到时间了" in titles(driver)
    ok(staff.put(desk, {"until_at": hence(home, hours=1)}))
    assert not ok(staff.get(desk))["overdue"]
    later(hours=1, seconds=1)
    assert tasks.remind_of_watches(home) == 1
    ok(staff.post(f"{desk}/hand-back", {"to": "driver"}))
    later(hours=1)
    assert tasks.remind_of_watches(home) == 0


def test_until_when_is_said_in_shanghai_s_time(
    home: Home, driver: Somebody, staff: Somebody, call: dict[str, Any]
) -> None:
    _, desk = of(call)
    night = datetime.now(SHANGHAI).replace(hour=0, minute=1, second=0, microsecond=0) + timedelta(days=2)
    ok(staff.post(desk, body(home, until_at=night.isoformat())))
    told = ok(driver.get(f"/requests/{call['id']}"))["timeline"][-1]["text"]
    assert told.endswith(f"到 {night:%m-%d} 00:01")


# --- Two who begin at once ------------------------------------------------------------------------------


def calls(driver: Somebody) -> dict[str, Any]:
    """A fresh call of the same driver."""
    said = {"kind": "medical", "station": "GS001", "text": "示例", "for_other_person": True}
    found: dict[str, Any] = ok(driver.post("/requests", said))
    return found


def rush(home: Home, driver: Somebody, people: list[Somebody]) -> Counter[str]:
    call = calls(driver)
    ok(driver.post(of(call)[0], {}))
    answers = at_once([lambda who=who: who.post(of(call)[1], body(home)) for who in people])
    return Counter(str(answer.json.get("code") or answer.json["state"]) for answer in answers)


@pytest.fixture
def people(app: Flask) -> list[Somebody]:
    return [sign_in(app, name) for name in ("staff", "staff2", "responder", "supervisor")]


def test_of_four_who_begin_at_once_one_watches(home: Home, driver: Somebody, people: list[Somebody]) -> None:
    for _ in range(3):
        assert rush(home, driver, people) == {"watching": 1, "watch.taken": 3}


def test_without_lock_and_condition_several_think_that_they_watch(
    home: Home, driver: Somebody, people: list[Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the row is looked at, then changed."""
    meeting = Meeting()

    def careless(session: Session, request: HelpRequest, before: str, **values: Any) -> bool:
        row = session.scalars(select(CargoWatch).where(CargoWatch.request_id == request.id)).one()
        if row.state != before:
            return False
        meeting.come()
        for name, value in values.items():
            setattr(row, name, value)
        session.flush()
        return True

    unlocked = watch.store.load_for_desk
    monkeypatch.setattr(watch.store, "load_for_desk", lambda *a, taken_by=None, **k: unlocked(*a, **k))
    monkeypatch.setattr(watch, "_move", careless)
    assert rush(home, driver, people[:2]) == {"watching": 2}


# --- What is kept ---------------------------------------------------------------------------------------


def row(home: Home) -> Any:
    with home.database.transaction() as session:
        return session.scalars(select(CargoWatch)).one()


def test_what_is_told_of_lorry_and_people_lies_encrypted(
    home: Home, staff: Somebody, call: dict[str, Any]
) -> None:
    ok(staff.post(of(call)[1], body(home, plate="甘A12345", cargo="示例货")))
    with home.database.transaction() as session:
        stored = session.execute(text("SELECT place, plate, cargo, watcher FROM cargo_watch")).one()
    words = b" ".join(bytes(value) for value in stored)
    assert not any(plain.encode() in words for plain in ("甘A12345", "示例货", "12 号位", "值班员"))


def test_a_watched_lorry_is_an_open_matter_and_the_desk_still_knows_where_it_stands(
    home: Home, driver: Somebody, staff: Somebody, call: dict[str, Any]
) -> None:
    ok(staff.post(of(call)[1], body(home, plate="甘A12345", cargo="示例货")))
    ok(staff.post(f"/staff/requests/{call['id']}/resolve", {"text": "示例"}))
    ok(driver.post(f"/requests/{call['id']}/confirm"))
    told = ok(driver.get("/me/export"))["held"]["cargo_watches"]
    assert (told[0]["plate"], told[0]["watcher"]) == ("甘A12345", "示例值班员甲")
    assert driver.post("/me/erasure", {"confirm": True}).json["code"] == "me.open_matters"
    ok(driver.post("/me/erasure", {"confirm": True, "force": True}))
    left = row(home)
    assert (left.plate, left.cargo, left.place) == (None, None, "A 侧 12 号位")
    ok(staff.post(f"{of(call)[1]}/hand-back", {"to": "company"}))


def test_who_watched_and_is_erased_leaves_no_name(home: Home, app: Flask, call: dict[str, Any]) -> None:
    colleague = sign_in(app, "staff2")
    ok(colleague.post(of(call)[1], body(home)))
    ok(colleague.post("/me/erasure", {"confirm": True, "force": True}))
    left = row(home)
    assert (left.watcher, left.watcher_id) == ("已注销", None)


def test_who_asks_when_the_call_is_closed_is_heard_all_the_same(
    driver: Somebody, staff: Somebody, call: dict[str, Any]
) -> None:
    """A closed call is in nobody's queue."""
    own, _ = of(call)
    ok(staff.post(f"/staff/requests/{call['id']}/resolve", {"text": "已送医"}))
    ok(driver.post(f"/requests/{call['id']}/confirm"))
    ok(driver.post(own, {"cargo": "冷藏，要通电"}))
    assert titles(staff)[0] == "司机请求车货代看"
