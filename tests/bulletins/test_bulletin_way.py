"""The whole way of a bulletin: written, approved by another, scheduled, told once, read by everybody."""

from datetime import timedelta

import pytest
from flask import Flask

from app.bulletins import tasks
from app.foundation.home import Home
from app.notices.templates import catalogue
from app.wechat.standin.server import StandIn
from tests.bulletins.helpers import (
    DRAFT,
    MovedClock,
    bring_to,
    crowd,
    draft,
    figures,
    ok,
    schedule,
    state_of,
    tick,
    tick_until,
)
from tests.support.clients import Somebody, sign_in, stranger

BATCH = 5000


def accept_bulletins(*people: Somebody) -> None:
    """Each of them says yes to one bulletin message."""
    (template,) = catalogue().of_scene("bulletin")
    for person in people:
        ok(person.post("/subscriptions", {"results": {template.id: "accept"}}), 204)


def pushed(standin: StandIn) -> list[str]:
    with standin.world.lock:
        return [message.openid for message in standin.world.desk.sent]


def test_from_the_editor_s_desk_to_every_phone_once(
    app: Flask, home: Home, standin: StandIn, editor: Somebody, approver: Somebody, driver: Somebody
) -> None:
    driver2 = sign_in(app, "driver2")
    accept_bulletins(driver, driver2)
    crowd(home, 40)
    bulletin = draft(editor)
    ok(editor.post(f"/staff/bulletins/{bulletin}/submit"))
    ok(approver.post(f"/staff/bulletins/{bulletin}/approve"))
    reach = ok(approver.post(f"/staff/bulletins/{bulletin}/audience", {"audience": {}}))
    assert reach["people"] == reach["reachable"] + reach["without_credit"] >= 42
    assert reach["reachable"] == 2
    assert (
        ok(schedule(approver, bulletin, home) and approver.get(f"/staff/bulletins/{bulletin}"))["state"]
        == "scheduled"
    )
    tick_until(home, lambda: state_of(approver, bulletin) == "sent")
    assert len(pushed(standin)) == len(set(pushed(standin))) == 2
    assert figures(approver, bulletin) == {
        "inbox": reach["people"], "inbox_only": reach["without_credit"], "total": 2, "sent": 2,
        "queued": 0, "sending": 0, "refused": 0, "failed": 0, "expired": 0, "unknown": 0,
    }  # fmt: skip
    (entry,) = ok(driver.get("/inbox"))["items"]
    assert entry["kind"] == "bulletin"
    assert entry["ref"] == {"kind": "bulletin", "id": bulletin}
    assert entry["title"] == DRAFT["title"]
    shown = ok(stranger(app).get(f"/bulletins/{entry['ref']['id']}"))
    assert "<strong>三轴及以上</strong>" in shown["body_html"]
    assert shown["roads"][0] == {
        "road": "G30", "heading": "双向", "km_from": 1812, "km_to": 1883.5,
        "vehicle": "三轴及以上", "measure": "入口管制",
    }  # fmt: skip
    steps = [step["what"] for step in ok(approver.get(f"/staff/bulletins/{bulletin}"))["timeline"]]
    assert steps == ["create", "submit", "approve", "schedule", "begin", "finish"]


def test_nothing_is_public_before_its_hour_and_then_it_is_without_any_tick(
    app: Flask, home: Home, clock: MovedClock, editor: Somebody, approver: Somebody
) -> None:
    bulletin = bring_to(editor, approver, "approved", home)
    anybody = stranger(app)
    schedule(approver, bulletin, home, after=timedelta(hours=1))
    assert anybody.get(f"/bulletins/{bulletin}").json["code"] == "bulletin.unknown"
    assert ok(anybody.get("/bulletins"))["items"] == []
    tick(home)
    assert state_of(approver, bulletin) == "scheduled"
    clock.ahead = timedelta(hours=1, seconds=1)
    assert ok(anybody.get(f"/bulletins/{bulletin}"))["expired"] is False
    assert [one["id"] for one in ok(anybody.get("/bulletins"))["items"]] == [bulletin]
    clock.ahead = timedelta(hours=9, seconds=1)
    assert ok(anybody.get(f"/bulletins/{bulletin}"))["expired"] is True
    assert ok(anybody.get("/bulletins"))["items"] == []


def test_what_expired_while_the_machine_was_off_goes_nowhere(
    home: Home, clock: MovedClock, standin: StandIn, editor: Somebody, approver: Somebody, driver: Somebody
) -> None:
    accept_bulletins(driver)
    bulletin = bring_to(editor, approver, "approved", home)
    schedule(approver, bulletin, home, after=timedelta(hours=1), hours=4)
    clock.ahead = timedelta(hours=7)
    tick(home)
    assert state_of(approver, bulletin) == "expired"
    assert figures(approver, bulletin)["inbox"] == figures(approver, bulletin)["total"] == 0
    assert pushed(standin) == []
    assert ok(driver.get("/inbox"))["items"] == []


def test_a_late_one_that_still_holds_goes_out(
    home: Home, clock: MovedClock, standin: StandIn, editor: Somebody, approver: Somebody, driver: Somebody
) -> None:
    accept_bulletins(driver)
    bulletin = bring_to(editor, approver, "approved", home)
    schedule(approver, bulletin, home, after=timedelta(hours=1), hours=8)
    clock.ahead = timedelta(hours=7)
    tick_until(home, lambda: state_of(approver, bulletin) == "sent")
    assert len(pushed(standin)) == 1


def test_one_that_expires_half_way_tells_nobody_more(
    home: Home, clock: MovedClock, editor: Somebody, approver: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(home, 30)
    bulletin = bring_to(editor, approver, "scheduled", home)
    _begin_and_tell(home, bulletin, monkeypatch, 10)
    before = figures(approver, bulletin)["inbox"]
    assert before == 10
    clock.ahead = timedelta(hours=9)
    tick_until(home, lambda: state_of(approver, bulletin) == "sent")
    assert figures(approver, bulletin)["inbox"] == before
    steps = [step["what"] for step in ok(approver.get(f"/staff/bulletins/{bulletin}"))["timeline"]]
    assert steps[-2:] == ["stop", "finish"]


def _begin_and_tell(home: Home, bulletin: str, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Begin, and tell that many people, as a jobs process that then dies."""
    import uuid

    from app.notices import mailings

    whole = mailings.plan_batch
    with monkeypatch.context() as short:
        short.setattr(mailings, "plan_batch", lambda *given: whole(*given, most=number))
        with home.database.transaction() as session:
            assert tasks.begin(session, uuid.UUID(bulletin), home.clock.now())
        with home.database.transaction() as session:
            assert tasks.tell_batch(session, uuid.UUID(bulletin), home.clock.now()) == number


def test_a_pause_holds_the_rest_and_a_withdrawal_ends_it(
    app: Flask,
    home: Home,
    standin: StandIn,
    editor: Somebody,
    approver: Somebody,
    driver: Somebody,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accept_bulletins(driver)
    crowd(home, 30)
    bulletin = bring_to(editor, approver, "scheduled", home)
    path = f"/staff/bulletins/{bulletin}"
    _begin_and_tell(home, bulletin, monkeypatch, 10)
    assert ok(editor.post(f"{path}/pause"))["state"] == "paused"
    tick(home)
    assert figures(approver, bulletin)["inbox"] == 10
    assert pushed(standin) == []
    assert ok(approver.post(f"{path}/resume"))["state"] == "sending"
    tasks.send(home)  # all are told; nothing has left for WeChat yet
    assert figures(approver, bulletin)["queued"] == 1
    assert ok(approver.post(f"{path}/withdraw", {"reason": "路已通"}))["state"] == "withdrawn"
    tick(home)
    assert figures(approver, bulletin)["expired"] == 1
    assert pushed(standin) == []
    gone = stranger(app).get(f"/bulletins/{bulletin}")
    assert (gone.status_code, gone.json["code"]) == (404, "bulletin.withdrawn")
    assert len(ok(driver.get("/inbox"))["items"]) == 1  # what was told is not taken out of anybody's inbox


def test_midnight_in_shanghai_is_midnight_in_shanghai(
    home: Home, clock: MovedClock, editor: Somebody, approver: Somebody
) -> None:
    """The process runs in UTC, where that moment is 16:00 of the day before."""
    from app.foundation.clock import SHANGHAI

    local = home.clock.now().astimezone(SHANGHAI)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    bulletin = bring_to(editor, approver, "approved", home)
    said = {
        "send_at": f"{midnight:%Y-%m-%dT00:00:00+08:00}",
        "expires_at": f"{midnight:%Y-%m-%dT06:00:00+08:00}",
        "audience": {},
    }
    shown = ok(approver.post(f"/staff/bulletins/{bulletin}/schedule", said))
    assert shown["send_at"] == said["send_at"]
    for second, state in ((-2, "scheduled"), (1, "sending")):
        clock.ahead += midnight + timedelta(seconds=second) - home.clock.now()
        tasks.send(home)
        assert state_of(approver, bulletin) in (state, "sent" if state == "sending" else state)
