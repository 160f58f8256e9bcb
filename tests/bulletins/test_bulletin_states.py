"""Every step from every state, and the two pairs of eyes: by HTTP, and by the database itself."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.foundation.clock import iso
from app.foundation.home import Home
from tests.bulletins.helpers import DRAFT, MovedClock, bring_to, draft, ok, schedule, state_of
from tests.support.clients import Somebody
from tests.web.conftest import problem

STATES = "draft submitted approved scheduled sending paused sent withdrawn".split()
# step → from which states it may be taken, and where it leads; written by hand
ALLOWED: dict[str, dict[str, str]] = {
    "edit": {"draft": "draft"},
    "submit": {"draft": "submitted"},
    "approve": {"submitted": "approved"},
    "return": {"submitted": "draft", "approved": "draft"},
    "schedule": {"approved": "scheduled"},
    "unschedule": {"scheduled": "approved"},
    "pause": {"sending": "paused"},
    "resume": {"paused": "sending"},
    "withdraw": dict.fromkeys([state for state in STATES if state != "withdrawn"], "withdrawn"),
    "correct": {"sending": "draft", "paused": "draft", "sent": "draft"},  # of the new version
}
BY_EDITOR = ("edit", "submit", "correct")


def take(step: str, bulletin: str, editor: Somebody, approver: Somebody, home: Home) -> Any:
    who, path = editor if step in BY_EDITOR else approver, f"/staff/bulletins/{bulletin}"
    if step == "edit":
        return who.put(path, {"title": "示例改过"})
    now = home.clock.now()
    when = {"send_at": iso(now), "expires_at": iso(now + timedelta(hours=1)), "audience": {"roads": ["X9"]}}
    return who.post(f"{path}/{step}", {"return": {"reason": "示例"}, "schedule": when}.get(step))


@pytest.mark.parametrize("state", STATES)
def test_each_step_is_possible_from_its_states_and_no_others(
    home: Home, editor: Somebody, approver: Somebody, state: str
) -> None:
    nowhere = {"audience": {"roads": ["X9"]}}  # no lorry is on that road: nobody is told
    for step, allowed in ALLOWED.items():
        bulletin = bring_to(editor, approver, state, home, **nowhere)
        answer = take(step, bulletin, editor, approver, home)
        if state in allowed:
            assert ok(answer)["state"] == allowed[state], (step, state)
            continue
        assert (answer.status_code, answer.json["code"]) == (409, "bulletin.wrong_state"), (step, state)
        assert answer.json["state"] == state_of(editor, bulletin) == state


def test_a_step_on_nothing_is_404(editor: Somebody, approver: Somebody, home: Home) -> None:
    for step in ALLOWED:
        answer = take(step, str(uuid.uuid4()), editor, approver, home)
        assert (answer.status_code, answer.json["code"]) == (404, "bulletin.unknown"), step


def test_nobody_approves_what_he_wrote_or_changed(
    both: Somebody, editor: Somebody, approver: Somebody
) -> None:
    for author in (both, editor):  # with the role of an approver, and without
        own = draft(author)
        ok(author.post(f"/staff/bulletins/{own}/submit"))
        refused = author.post(f"/staff/bulletins/{own}/approve")
        assert (refused.status_code, refused.json["code"]) == (403, "bulletin.own_approval")
    changed = draft(editor)
    ok(both.put(f"/staff/bulletins/{changed}", {"title": "改过的标题"}))
    ok(editor.post(f"/staff/bulletins/{changed}/submit"))
    assert both.post(f"/staff/bulletins/{changed}/approve").json["code"] == "bulletin.own_approval"
    shown = ok(approver.post(f"/staff/bulletins/{changed}/approve"))
    assert (shown["state"], shown["approved_by"], shown["mine"]) == ("approved", "示例审核", False)


@pytest.mark.parametrize("whose", ["author_id", "edited_by"])
def test_the_database_refuses_it_as_well(home: Home, editor: Somebody, both: Somebody, whose: str) -> None:
    bulletin = draft(editor)
    own = f"UPDATE bulletin SET state = 'approved', {whose} = :by, approved_by = :by WHERE id = :id"
    with pytest.raises(IntegrityError, match="own_approval"), home.database.transaction() as session:
        session.execute(text(own), {"id": bulletin, "by": both.user["id"]})


def test_nothing_gets_on_the_air_unapproved(home: Home, editor: Somebody) -> None:
    bulletin = draft(editor)
    for state in ("approved", "scheduled", "sending", "sent"):
        change = text("UPDATE bulletin SET state = :state, send_at = now(), audience = '{}' WHERE id = :id")
        with pytest.raises(IntegrityError, match="approved"), home.database.transaction() as session:
            session.execute(change, {"state": state, "id": bulletin})


@pytest.mark.parametrize("field", ["title", "category", "body_markdown", "roads", "stations"])
def test_what_a_bulletin_must_have_is_not_taken_away(editor: Somebody, field: str) -> None:
    path = f"/staff/bulletins/{draft(editor)}"
    before = ok(editor.get(path))
    problem(editor.put(path, {field: None, "source": "示例来源"}), 422, "api.invalid")
    assert ok(editor.get(path)) == before


def test_what_it_may_be_without_is_taken_away(editor: Somebody) -> None:
    path = f"/staff/bulletins/{draft(editor, source='示例来源')}"
    assert ok(editor.put(path, {"source": None}))["source"] is None


def test_an_approver_approves_what_he_has_read(editor: Somebody, approver: Somebody) -> None:
    bulletin = draft(editor)
    path = f"/staff/bulletins/{bulletin}"
    read = ok(editor.post(f"{path}/submit"))["revision"]
    ok(approver.post(f"{path}/return", {"reason": "标题写全"}))
    ok(editor.put(path, {"title": "别的标题"}))
    ok(editor.post(f"{path}/submit"))
    stale = approver.post(f"{path}/approve", {"revision": read})
    assert (stale.status_code, stale.json["code"]) == (409, "bulletin.edited_meanwhile")
    ok(approver.post(f"{path}/approve", {"revision": stale.json["revision"]}))


def test_of_two_who_edit_from_the_same_page_the_second_is_told(editor: Somebody, both: Somebody) -> None:
    bulletin = draft(editor)
    path = f"/staff/bulletins/{bulletin}"
    seen = ok(editor.get(path))["revision"]
    ok(both.put(path, {"title": "先改的", "revision": seen}))
    late = editor.put(path, {"title": "后改的", "revision": seen})
    assert (late.status_code, late.json["code"]) == (409, "bulletin.edited_meanwhile")


def test_put_changes_only_the_fields_sent(editor: Somebody) -> None:
    bulletin = draft(editor, expires_at="2030-01-01T00:00:00+08:00")
    before = ok(editor.get(f"/staff/bulletins/{bulletin}"))
    after = ok(editor.put(f"/staff/bulletins/{bulletin}", {"expires_at": None}))
    changed = {name for name in before if before[name] != after[name]}
    assert changed - {"updated_at"} == {"expires_at", "revision", "timeline"}
    assert after["expires_at"] is None


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 61}, "title"),
        ({"category": "gossip"}, "category"),
        ({"body_markdown": ""}, "body_markdown"),
        ({"stations": ["GS999"]}, "stations"),
        ({"roads": [{"road": ""}]}, "roads.0.road"),
        ({"roads": [{"road": "G30", "km_from": "in town"}]}, "roads.0.km_from"),
        ({"roads": [{"road": "G30", "km_from": -1}]}, "roads.0.km_from"),
        ({"roads": [{"road": "G30", "km_from": True}]}, "roads.0.km_from"),
        ({"roads": [{"road": "G30", "lane": 1}]}, "roads.0.lane"),
        ({"starts_at": "2026-12-01T08:00:00+08:00", "expires_at": "2026-12-01T08:00:00+08:00"}, "expires_at"),
        ({"expires_at": "2026-12-01T08:00:00"}, "expires_at"),
        ({"state": "sent"}, "state"),
    ],
    ids=str,
)
def test_what_is_wrong_is_named_field_by_field(editor: Somebody, sent: dict[str, Any], field: str) -> None:
    answer = editor.post("/staff/bulletins", {**DRAFT, **sent})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_a_schedule_must_make_sense(
    home: Home, clock: MovedClock, editor: Somebody, approver: Somebody
) -> None:
    bulletin = bring_to(editor, approver, "approved", home)
    now = clock.now()

    def faults(send: timedelta, end: timedelta | None, **audience: Any) -> list[str]:
        body = {"send_at": iso(now + send), "audience": audience}
        if end is not None:
            body["expires_at"] = iso(now + end)
        answer = approver.post(f"/staff/bulletins/{bulletin}/schedule", body)
        assert answer.status_code == 422, answer.text
        return [error["field"] for error in answer.json["errors"]]

    hour = timedelta(hours=1)
    assert faults(-hour, hour) == ["send_at"]
    assert faults(hour, hour) == ["expires_at"]
    assert faults(hour, None) == ["expires_at"]
    assert faults(hour, 2 * hour, stations=["GS999"]) == ["audience.stations"]
    assert faults(hour, 2 * hour, roles=["king"]) == ["audience.roles.0"]
    assert state_of(approver, bulletin) == "approved"
    shown = schedule(
        approver, bulletin, home, after=-timedelta(minutes=2)
    )  # a phone's clock, two minutes slow
    assert shown["send_at"] >= iso(now)
