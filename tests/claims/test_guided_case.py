"""A case from the guide to the milestones: whose turn, both reports, footage first, evidence, clocks."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from app.claims import tasks
from app.foundation.home import Home
from app.helpdesk import store
from app.helpdesk.models import HelpRequest
from tests.claims.helpers import AT, claim, join, ok
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once
from tests.support.days import DAY, SHORT

HOURS = {"from_at": f"{DAY}T02:00:00+08:00", "until_at": f"{DAY}T05:00:00+08:00"}


def case(who: Somebody, number: str) -> dict[str, Any]:
    found: dict[str, Any] = ok(who.get(f"/requests/{number}/insurance"))
    return found


def titles(somebody: Somebody) -> list[str]:
    return [item["title"] for item in somebody.get("/inbox?limit=100").json["items"]]


def test_the_guide_has_both_paths_with_sources_and_numbers(driver: Somebody) -> None:
    guide = ok(driver.get("/claims/guides"))
    assert [path["title"] for path in guide["paths"]] == ["车货无忧", "自己的车险"]
    assert "不替保险公司决定" in guide["disclaimer"]
    assert guide["sources"]["insurance_law"]["checked_on"]
    (toll,) = [line for line in guide["hotlines"] if line["code"] == "toll_network"]
    assert (toll["phone"], toll["keys"]) == ("95500", "3 → 1")
    tag = driver.get("/claims/guides").headers["ETag"]
    assert driver.get("/claims/guides", If_None_Match=tag).status_code == 304


def test_a_theft_begins_with_the_staff_and_both_reports_stand_side_by_side(driver: Somebody) -> None:
    seen = case(driver, claim(driver))
    assert (seen["path"], seen["what"], seen["role"]) == ("toll_network", "cargo_theft", "owner")
    assert seen["next_step"]["who"] == "staff"
    assert [(one["kind"], one["phones"][0]["phone"]) for one in seen["reports"]] == [
        ("police", "110"),
        ("insurer", "95500"),
    ]
    assert seen["footage"]["outcome"] is None
    assert "camera" not in seen["footage"]


def test_a_scrape_goes_by_one_s_own_policy(driver: Somebody) -> None:
    seen = case(driver, claim(driver, "车辆剐碰"))
    assert (seen["path"], seen["footage"]) == ("motor", None)
    assert seen["reports"][0]["phones"][0]["phone"] == "122"
    assert {line["code"] for line in seen["reports"][1]["phones"]} == {"picc", "pingan", "cpic"}
    report = next(clock for clock in seen["clocks"] if clock["code"] == "report")
    assert report["state"] == "running"
    assert report["sources"][0]["checked_on"]


def test_what_the_driver_tells_of_the_reports_is_noted_once(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    told = {"police_reported_at": AT, "police_no": "示例 7", "loss_fen": 180_000}
    for _ in range(2):
        seen = ok(driver.put(f"/requests/{number}/insurance", told))
    assert (seen["reports"][0]["done_at"], seen["reports"][0]["number"]) == (AT, "示例 7")
    timeline = ok(driver.get(f"/requests/{number}"))["timeline"]
    assert [step["text"] for step in timeline if step["what"] == "milestone"] == [
        f"理赔进度：已报警（{SHORT} 08:00）"
    ]
    other = {"police_reported_at": f"{DAY}T09:00:00+08:00"}
    assert driver.put(f"/requests/{number}/insurance", other).json["code"] == "claim.milestone_exists"
    again = staff.post(f"/staff/requests/{number}/milestones", {"kind": "police", "at": AT})
    assert again.json["code"] == "claim.milestone_exists"
    assert case(driver, number)["facts"]["loss_fen"] == 180_000


def test_what_is_changed_leaves_the_rest_alone(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    ok(driver.put(f"/requests/{number}/insurance", {"plate": "甘a12345", "bay": "A12"}))
    seen = ok(staff.put(f"/staff/requests/{number}/insurance", {"insurer_no": "示例"}))
    assert (seen["facts"]["plate"], seen["facts"]["bay"], seen["facts"]["insurer_no"]) == (
        "甘A12345",
        "A12",
        "示例",
    )
    assert ok(driver.put(f"/requests/{number}/insurance", {"bay": None}))["facts"]["bay"] is None


def test_evidence_is_ticked_and_unticked(driver: Somebody) -> None:
    number = claim(driver)
    path = f"/requests/{number}/insurance/evidence"
    for _ in range(2):
        seen = ok(driver.put(path, {"code": "bay"}))
    assert [line["code"] for line in seen["evidence"] if line["done_at"]] == ["bay"]
    seen = ok(driver.put(path, {"code": "bay", "done": False}))
    assert not any(line["done_at"] for line in seen["evidence"])
    wrong = driver.put(path, {"code": "tank"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "claim.evidence_unknown")


def test_footage_is_noted_and_both_sides_see_that_it_is_safe(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    path = f"/staff/requests/{number}/footage"
    kept = {"outcome": "secured", "camera": "示例三号", "kept_where": "示例机房", **HOURS}
    seen = ok(staff.put(path, kept))
    assert (seen["footage"]["camera"], seen["footage"]["kept_where"]) == ("示例三号", "示例机房")
    mine = case(driver, number)
    assert mine["footage"]["title"] == "录像已保全"
    assert "kept_where" not in mine["footage"]
    assert mine["next_step"]["code"] == "police"
    assert "保险理赔：录像已保全" in titles(driver)
    ok(staff.put(path, {"outcome": "to_police", **HOURS}))
    timeline = [step["text"] for step in ok(driver.get(f"/requests/{number}"))["timeline"]]
    assert timeline[-2:] == [
        f"监控：录像已保全（{SHORT} 02:00 到 05:00）",
        f"监控：录像已交给警方（{SHORT} 02:00 到 05:00）",
    ]


def test_footage_without_its_hours_or_still_to_come_is_refused(driver: Somebody, staff: Somebody) -> None:
    path = f"/staff/requests/{claim(driver)}/footage"
    for wrong in (
        {"outcome": "secured"},
        {"outcome": "secured", "from_at": AT, "until_at": AT},
        {"outcome": "secured", "from_at": AT, "until_at": "2099-01-01T00:00:00+08:00"},
        {"outcome": "kept"},
        {"outcome": "lost", "who": "x"},
        {"outcome": "lost", "camera": "x" * 61},
    ):
        assert staff.put(path, wrong).status_code == 422, wrong


def test_a_theft_rings_once_at_the_desk_and_once_more_when_it_is_late(
    home: Home, driver: Somebody, staff: Somebody, later: Callable[..., None]
) -> None:
    number = claim(driver)
    at_once([lambda: tasks.open_cases(home)] * 4 + [lambda: len(case(driver, number))] * 2)
    assert titles(staff).count("保险理赔：先保全录像") == 1
    supervisor = sign_in(staff.app, "supervisor")
    assert tasks.remind_of_footage(home) == 0
    later(minutes=31)
    assert sum(at_once([lambda: tasks.remind_of_footage(home)] * 4)) == 1
    assert tasks.remind_of_footage(home) == 0
    assert titles(supervisor).count("保险理赔：还没有保全录像") == 1


def test_nobody_is_reminded_of_footage_that_is_safe(
    home: Home, app: Flask, driver: Somebody, staff: Somebody, later: Callable[..., None]
) -> None:
    number = claim(driver)
    ok(staff.put(f"/staff/requests/{number}/footage", {"outcome": "not_covered"}))
    later(minutes=31)
    tasks.remind_of_footage(home)
    assert "保险理赔：还没有保全录像" not in titles(sign_in(app, "supervisor"))


def test_what_turns_out_to_be_a_theft_rings_then(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver, None)
    assert case(driver, number)["footage"] is None
    ok(driver.put(f"/requests/{number}/insurance", {"what": "fuel_theft"}))
    assert case(driver, number)["next_step"]["code"] == "footage"
    assert titles(staff).count("保险理赔：先保全录像") == 1
    ok(driver.put(f"/requests/{number}/insurance", {"what": "scrape"}))
    assert case(driver, number)["footage"] is None


def test_what_is_over_changes_no_more(driver: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    ok(driver.post(f"/requests/{number}/withdraw"))
    for answer in (
        driver.put(f"/requests/{number}/insurance", {"bay": "A1"}),
        driver.put(f"/requests/{number}/insurance/evidence", {"code": "bay"}),
        driver.post(f"/requests/{number}/co-driver-code"),
        staff.put(f"/staff/requests/{number}/footage", {"outcome": "lost"}),
    ):
        assert (answer.status_code, answer.json["code"]) == (409, "request.wrong_state")
    assert case(driver, number)["state"] == "withdrawn"


def test_another_s_case_and_what_is_none_are_not_there(
    app: Flask, driver: Somebody, other: Somebody, staff: Somebody
) -> None:
    number = claim(driver)
    ordinary = ok(driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例"}))["id"]
    for who, which in ((other, number), (driver, ordinary), (sign_in(app, "member"), number)):
        assert who.get(f"/requests/{which}/insurance").json["code"] == "request.unknown"
    assert staff.get(f"/staff/requests/{ordinary}/insurance").status_code == 404


def test_the_list_has_one_s_own_and_those_that_one_has_joined(
    driver: Somebody, other: Somebody, staff: Somebody
) -> None:
    first, second = claim(driver), claim(driver)
    ok(staff.post(f"/staff/requests/{second}/milestones", {"kind": "police", "at": AT}))
    ok(join(driver, other, first))
    page = ok(driver.get("/claims?limit=1"))
    assert [(line["request_id"], line["reached"]) for line in page["items"]] == [(second, "已报警")]
    rest = ok(driver.get(f"/claims?limit=1&cursor={page['next_cursor']}"))
    assert [line["request_id"] for line in rest["items"]] == [first]
    assert rest["next_cursor"] is None
    assert [(line["request_id"], line["role"]) for line in ok(other.get("/claims"))["items"]] == [
        (first, "co_driver")
    ]


def test_numbers_are_an_admin_s_to_correct(app: Flask, home: Home, driver: Somebody) -> None:
    admin, path = sign_in(app, "admin"), "/staff/claims/hotlines"
    ok(admin.put(path, {"code": "picc", "checked_on": "2026-01-05"}))
    shown = {line["code"]: line for line in ok(driver.get("/claims/hotlines"))["items"]}
    assert (shown["picc"]["phone"], shown["picc"]["checked_on"]) == ("95518", "2026-01-05")
    assert shown["picc"]["stale"]
    added = {"code": "sample", "checked_on": "2026-11-02", "name": "示例保险", "phone": "95500"}
    missing = admin.put(path, added)
    assert (missing.status_code, missing.json["code"]) == (422, "claim.hotline_incomplete")
    assert missing.json["errors"][0]["field"] == "source"
    ok(admin.put(path, added | {"source": "保单"}))
    assert ok(driver.get("/claims/hotlines"))["items"][-1]["name"] == "示例保险"
    ok(admin.put(path, {"code": "picc", "checked_on": "2026-11-02", "hidden": True}))
    assert "picc" not in {line["code"] for line in ok(driver.get("/claims/hotlines"))["items"]}
    assert admin.put(path, added | {"checked_on": "2099-01-01"}).status_code == 422
    assert admin.put(path, added | {"phone": "call me"}).status_code == 422
    with home.database.transaction() as session:
        trail = session.scalars(text("SELECT object_id FROM audit_entry WHERE action = 'claim.hotline'"))
        assert Counter(trail) == {"picc": 2, "sample": 1}


BUDGET = {
    ("driver", "/claims/guides"): 2,
    ("driver", "/claims?limit=100"): 4,
    ("driver", "/requests/{id}/insurance"): 11,
    ("staff", "/staff/requests/{id}/insurance"): 11,
}


def test_reading_costs_the_same_for_one_and_for_many(
    driver: Somebody, staff: Somebody, other: Somebody, statements: list[str]
) -> None:
    number = claim(driver)
    cost: dict[tuple[str, str], list[int]] = {}
    for many in (False, True):
        if many:
            for code in ("bay", "left", "seen"):
                ok(driver.put(f"/requests/{number}/insurance/evidence", {"code": code}))
            ok(join(driver, other, number))
            [claim(driver) for _ in range(9)]
        for who, path in BUDGET:
            somebody = {"driver": driver, "staff": staff}[who]
            ok(somebody.get(path.replace("{id}", number)))
            statements.clear()
            ok(somebody.get(path.replace("{id}", number)))
            cost.setdefault((who, path), []).append(len(statements))
    assert {call: counts for call, counts in cost.items() if counts != [BUDGET[call]] * 2} == {}


def test_what_the_driver_adds_ends_the_waiting_and_the_clocks_run_on(
    home: Home, driver: Somebody, staff: Somebody
) -> None:
    number = claim(driver)
    ok(staff.post(f"/staff/requests/{number}/claim"))
    until = (home.clock.now() + timedelta(hours=5)).isoformat()
    ok(staff.post(f"/staff/requests/{number}/wait", {"until": until, "reason": "等照片"}))
    ok(driver.put(f"/requests/{number}/insurance", {"bay": "A12"}))
    seen = ok(staff.get(f"/staff/requests/{number}"))
    assert seen["state"] == "handling"
    assert [step["what"] for step in seen["timeline"]][-1] != "waiting"
    with home.database.transaction() as session:
        request = session.scalars(select(HelpRequest).where(HelpRequest.id == uuid.UUID(number))).one()
        later = home.clock.now() + timedelta(hours=3)
        assert store.reckon(session, request, later, {})["close"] == request.close_by
