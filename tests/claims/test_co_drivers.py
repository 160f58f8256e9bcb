"""Co-drivers join by a code that is good once and not for long, see the case, and go again."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.foundation.home import Home
from tests.claims.helpers import AT, claim, join, ok
from tests.support.clients import Somebody, sign_in


def code(driver: Somebody, number: str) -> str:
    made: str = ok(driver.post(f"/requests/{number}/co-driver-code"))["code"]
    return made


def use(who: Somebody, written: str) -> Any:
    return who.post("/claims/join", {"code": written})


def titles(somebody: Somebody) -> list[str]:
    return [item["title"] for item in somebody.get("/inbox").json["items"]]


def test_who_joins_sees_the_case_and_helps(driver: Somebody, other: Somebody, staff: Somebody) -> None:
    number = claim(driver)
    joined = ok(use(other, code(driver, number).lower().replace("-", " ")))
    assert (joined["request_id"], joined["role"]) == (number, "co_driver")
    assert titles(driver)[0] == "有同车司机加入"
    ok(other.put(f"/requests/{number}/insurance/evidence", {"code": "bay"}))
    ok(other.put(f"/requests/{number}/insurance", {"bay": "A12"}))
    seen = ok(driver.get(f"/requests/{number}/insurance"))
    assert (seen["facts"]["bay"], seen["co_drivers"][0]["name"]) == ("A12", "示例司机乙")
    ok(staff.post(f"/staff/requests/{number}/milestones", {"kind": "police", "at": AT}))
    assert titles(other)[0] == "同车理赔：理赔进度"


def test_a_co_driver_is_no_owner(driver: Somebody, other: Somebody) -> None:
    number = claim(driver)
    ok(join(driver, other, number))
    for answer in (
        other.get(f"/requests/{number}"),
        other.post(f"/requests/{number}/withdraw"),
        other.post(f"/requests/{number}/co-driver-code"),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "request.unknown")


def test_a_code_is_good_once_and_a_fresh_one_voids_the_one_before(
    app: Flask, driver: Somebody, other: Somebody
) -> None:
    number = claim(driver)
    first, second = code(driver, number), code(driver, number)
    assert use(other, first).json["code"] == "claim.code_unknown"
    ok(use(other, second))
    ok(use(other, second))  # he is in it: a retry is no fault
    late = use(sign_in(app, "member"), second)
    assert (late.status_code, late.json["code"]) == (410, "claim.code_expired")


def test_what_is_no_code_lets_nobody_in(driver: Somebody) -> None:
    for wrong in ["AAAA-AAAA", "x", "７７", "AAAAAAAAAAAAAAAAAAA", "\u4e00" * 8]:
        assert use(driver, wrong).json["code"] == "claim.code_unknown"


def test_a_code_ends_with_its_time_and_with_the_case(
    driver: Somebody, other: Somebody, later: Callable[..., None]
) -> None:
    number = claim(driver)
    late = code(driver, number)
    later(minutes=30, seconds=1)
    assert use(other, late).json["code"] == "claim.code_expired"
    over = code(driver, number)
    ok(driver.post(f"/requests/{number}/withdraw"))
    assert use(other, over).json["code"] == "claim.code_expired"


def test_nobody_joins_his_own_and_no_more_than_three_join(app: Flask, driver: Somebody) -> None:
    number = claim(driver)
    assert use(driver, code(driver, number)).json["code"] == "claim.own_case"
    for name in ("one", "two", "three"):
        ok(join(driver, sign_in(app, name), number))
    full = join(driver, sign_in(app, "four"), number)
    assert (full.status_code, full.json["code"]) == (409, "claim.co_drivers_full")
    seen = ok(driver.get(f"/requests/{number}/insurance"))["co_drivers"]
    assert len(seen) == 3


def test_either_may_end_it(app: Flask, driver: Somebody, other: Somebody) -> None:
    number = claim(driver)
    for who_ends in (driver, other):
        joined = ok(join(driver, other, number))["co_drivers"][0]["id"]
        path = f"/claims/co-drivers/{joined}"
        assert sign_in(app, "member").call("DELETE", path).json["code"] == "claim.co_driver_unknown"
        ok(who_ends.call("DELETE", path))
        assert who_ends.call("DELETE", path).status_code == 404
        assert other.get(f"/requests/{number}/insurance").status_code == 404


def test_the_code_itself_is_kept_nowhere(home: Home, driver: Somebody) -> None:
    made = code(driver, claim(driver)).replace("-", "")
    with home.database.transaction() as session:
        (stored,) = session.scalars(text("SELECT code_index FROM claim_code"))
    assert made.encode() not in bytes(stored)
