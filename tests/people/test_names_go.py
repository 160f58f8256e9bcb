"""Whoever works at a desk and is erased: his name goes from every step of every request, the step stays."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.foundation.home import Home
from app.helpdesk.erasure import _GONE
from app.helpdesk.rules import SOMEBODY
from tests.claims.helpers import ok
from tests.support.clients import Somebody, sign_in
from tests.support.stored import columns_with

NAME = "示例员工独一无二"


@pytest.fixture
def leaver(app: Flask) -> Somebody:
    """A colleague of `staff` with a name that stands nowhere else."""
    made = sign_in(app, "staff2")
    ok(made.put("/me", {"nickname": NAME}))
    return sign_in(app, "staff2")


def asked(driver: Somebody, kind: str = "other") -> str:
    return str(ok(driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例"}))["id"])


def hence(home: Home, **span: float) -> str:
    return (home.clock.now() + timedelta(**span)).isoformat()


def transferred(home: Home, driver: Somebody, staff: Somebody, leaver: Somebody) -> str:
    number = asked(driver)
    ok(staff.post(f"/staff/requests/{number}/transfer", {"to_staff": leaver.user["id"], "reason": "示例"}))
    return number


def shift(home: Home, driver: Somebody, staff: Somebody, leaver: Somebody) -> str:
    number = asked(driver)
    ok(staff.post(f"/staff/requests/{number}/claim"))
    ok(staff.post("/staff/shifts/hand-over", {"station": "GS001", "to": leaver.user["id"]}))
    return number


def watched(home: Home, driver: Somebody, staff: Somebody, leaver: Somebody) -> str:
    number = asked(driver, "medical")
    body = {"place": "示例车位", "keys": "desk", "until_at": hence(home, days=1)}
    ok(leaver.post(f"/staff/requests/{number}/watch", body))
    ok(staff.put(f"/staff/requests/{number}/watch", {"until_at": hence(home, days=2)}))
    return number


def worked(home: Home, driver: Somebody, staff: Somebody, leaver: Somebody) -> str:
    """Whatever else somebody does under his name."""
    number, into = asked(driver), asked(driver)
    path = f"/staff/requests/{number}"
    ok(leaver.post(f"{path}/claim"))
    ok(leaver.post(f"{path}/replies", {"text": "示例"}))
    ok(leaver.post(f"{path}/replies", {"text": "示例", "internal": True}))
    ok(leaver.post(f"{path}/wait", {"until": hence(home, hours=1), "reason": "示例"}))
    ok(leaver.post(f"{path}/transfer", {"to_unit": "12328", "reason": "示例"}))
    ok(leaver.post(f"{path}/merge", {"into": into}))
    medical = asked(driver, "medical")
    for step in ("claim", "on-scene"):
        ok(leaver.post(f"/staff/requests/{medical}/{step}"))
    ok(leaver.post(f"/staff/requests/{medical}/hand-over", {"to": "120"}))
    return number


STORES: dict[str, tuple[Callable[..., str], list[str]]] = {
    "transferred": (transferred, ["transferred"]),
    "shift": (shift, ["shift"]),
    "watch": (watched, ["watch_began", "watch_changed"]),
    "actor": (worked, []),
}


@pytest.mark.parametrize("which", STORES)
def test_the_name_of_who_is_erased_stands_in_no_step(
    home: Home, driver: Somebody, staff: Somebody, leaver: Somebody, which: str
) -> None:
    make, told_of = STORES[which]
    number = make(home, driver, staff, leaver)
    seen = ok(staff.get(f"/staff/requests/{number}"))["timeline"]
    for what in told_of:
        (before,) = [step["text"] for step in seen if step["what"] == what]
        assert f"：{NAME}" in before, "the control: while he is there, everybody reads who it is"
    assert columns_with(home, NAME) - {("person", "name")}, "the control: it stands in rows"
    ok(leaver.post("/me/erasure", {"confirm": True, "force": True}))
    assert columns_with(home, NAME) == set()
    seen = ok(staff.get(f"/staff/requests/{number}"))["timeline"]
    for what in told_of:
        (after,) = [step["text"] for step in seen if step["what"] == what]
        assert f"：{SOMEBODY}" in after
    if not told_of:
        assert {step["by"] for step in seen} == {driver.user["nickname"], _GONE}


def test_every_step_that_may_tell_of_a_colleague_is_tested_here(home: Home, project: Any) -> None:
    """A new one would be seen: only these places hand a colleague to the timeline."""
    calls = [
        line.strip()
        for file in sorted((project / "app").rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if "about=" in line and "about=about" not in line
    ]
    assert len(calls) == 3, calls
