"""Campaigns: planned, counted by scan and by hand, corrected, settled once and for all."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation.home import Home
from app.meals import campaigns
from app.meals.models import Campaign
from tests.duty.helpers import NOON, StoppedClock, member, ok, refused, sql
from tests.meals.helpers import rush
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once
from tests.support.meeting import Meeting


def body(**changed: Any) -> dict[str, Any]:
    span = {"starts_at": NOON.isoformat(), "ends_at": (NOON + timedelta(hours=8)).isoformat()}
    return {"name": "示例雪天送热饭", "stations": ["GS001"], "planned": 100, **span, **changed}


def make(who: Somebody, **changed: Any) -> str:
    return str(ok(who.post("/staff/campaigns", body(**changed)), 201)["id"])


def enter(who: Somebody, campaign: str, quantity: int = 1, kind: str = "truck_driver", **more: Any) -> Any:
    sent = {"person_kind": kind, "quantity": quantity, **more}
    return who.post(f"/staff/campaigns/{campaign}/entries", sent)


def settle(who: Somebody, campaign: str, **more: Any) -> Any:
    return who.post(f"/staff/campaigns/{campaign}/settle", more)


@pytest.fixture
def staff(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "staff")


@pytest.fixture
def campaign(staff: Somebody) -> str:
    return make(staff)


def test_scanned_and_counted_by_hand_is_what_was_handed_out(
    staff: Somebody, kitchen: Somebody, campaign: str
) -> None:
    ok(enter(kitchen, campaign, 1), 201)
    ok(enter(kitchen, campaign, 2, "traveller"), 201)
    last = ok(enter(staff, campaign, 30, by_hand=True), 201)
    assert (last["station"], last["scanned_total"], last["by_hand_total"], last["handed_out"]) == (
        "GS001", 3, 30, 33,
    )  # fmt: skip
    told = refused(settle(staff, campaign, handed_out=35), 409, "campaign.not_balanced")
    assert (told["scanned"], told["by_hand"]) == (3, 30)
    ok(enter(staff, campaign, 2, "staff", by_hand=True), 201)
    done = ok(settle(staff, campaign, handed_out=35, note="剩 65 份退回"))
    assert (done["state"], done["scanned"], done["by_hand"], done["handed_out"]) == ("settled", 3, 32, 35)
    assert done["kinds"] == [
        {"person_kind": "staff", "quantity": 2},
        {"person_kind": "traveller", "quantity": 2},
        {"person_kind": "truck_driver", "quantity": 31},
    ]
    assert ok(staff.get(f"/staff/campaigns/{campaign}")) == done


def test_nothing_is_changed_after_the_settlement(staff: Somebody, campaign: str) -> None:
    entry = ok(enter(staff, campaign), 201)["id"]
    ok(settle(staff, campaign))
    refused(enter(staff, campaign), 409, "campaign.closed")
    refused(settle(staff, campaign), 409, "campaign.closed")
    refused(staff.post(f"/staff/campaign-entries/{entry}/reverse"), 409, "campaign.closed")


def test_a_mistake_is_reversed_once(staff: Somebody, kitchen: Somebody, campaign: str) -> None:
    wrong = ok(enter(kitchen, campaign, 100, by_hand=True), 201)["id"]
    back = ok(staff.post(f"/staff/campaign-entries/{wrong}/reverse"), 201)
    assert (back["quantity"], back["by_hand"], back["handed_out"]) == (-100, True, 0)
    refused(staff.post(f"/staff/campaign-entries/{wrong}/reverse"), 409, "campaign.entry_reversed")
    refused(staff.post(f"/staff/campaign-entries/{back['id']}/reverse"), 409, "campaign.entry_reversed")
    refused(staff.post(f"/staff/campaign-entries/{campaign}/reverse"), 404, "campaign.entry_unknown")


def test_paper_is_counted_before_and_after_the_campaign_s_time(
    staff: Somebody, campaign: str, clock: StoppedClock
) -> None:
    states = []
    for hours in (-1, 1, 9):
        clock.at = NOON + timedelta(hours=hours)
        ok(enter(staff, campaign), 201)
        states.append(ok(staff.get(f"/staff/campaigns/{campaign}"))["state"])
    assert states == ["planned", "running", "over"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"stations": []}, "stations"),
        ({"planned": -1}, "planned"),
        ({"name": ""}, "name"),
        ({"ends_at": NOON.isoformat()}, "ends_at"),
        ({"ends_at": (NOON + timedelta(days=32)).isoformat()}, "ends_at"),
    ],
)
def test_a_wrong_campaign_is_told_what_is_wrong(staff: Somebody, changed: dict[str, Any], field: str) -> None:
    told = refused(staff.post("/staff/campaigns", body(**changed)), 422, "api.invalid")
    assert [fault["field"] for fault in told["errors"]] == [field]


@pytest.mark.parametrize(
    "wrong", [{"quantity": 0}, {"quantity": 1001}, {"quantity": True}, {"kind": "driver"}, {"by_hand": 1}]
)
def test_a_wrong_entry_is_refused(staff: Somebody, campaign: str, wrong: dict[str, Any]) -> None:
    refused(enter(staff, campaign, **wrong), 422, "api.invalid")


def test_a_campaign_of_several_stations_is_counted_by_each_and_settled_by_who_leads_at_all(
    app: Flask, staff: Somebody, campaign: str
) -> None:
    supervisor, there = sign_in(app, "supervisor"), member(app, "there", ("staff", "GS002"))
    refused(staff.post("/staff/campaigns", body(stations=["GS001", "GS002"])), 403, "auth.forbidden")
    refused(supervisor.post("/staff/campaigns", body(stations=["GS999"])), 404, "station.unknown")
    both = make(supervisor, stations=["GS002", "GS001", "GS001"])
    assert ok(enter(staff, both, 2), 201)["station"] == "GS001"
    assert ok(enter(there, both, 3, by_hand=True), 201)["station"] == "GS002"
    refused(enter(staff, both, station="GS002"), 422, "api.invalid")
    refused(enter(supervisor, both), 422, "api.invalid")
    ok(enter(supervisor, both, station="GS002"), 201)
    refused(settle(staff, both), 403, "auth.forbidden")
    done = ok(settle(supervisor, both))
    assert done["stations"] == [
        {"station": "GS001", "scanned": 2, "by_hand": 0},
        {"station": "GS002", "scanned": 1, "by_hand": 3},
    ]
    refused(enter(there, campaign), 404, "campaign.unknown")
    assert [item["id"] for item in ok(there.get("/staff/campaigns"))["items"]] == [both]
    assert [item["id"] for item in ok(staff.get("/staff/campaigns?settled=false"))["items"]] == [campaign]
    assert [item["id"] for item in ok(staff.get("/staff/campaigns?settled=true"))["items"]] == [both]


def test_the_card_of_a_station_tells_of_what_runs(app: Flask, staff: Somebody, campaign: str) -> None:
    make(staff, name="示例以后", starts_at=(NOON + timedelta(days=5)).isoformat(),
         ends_at=(NOON + timedelta(days=6)).isoformat())  # fmt: skip
    (told,) = ok(staff.get("/stations/GS001"))["campaigns"]
    assert told["name"] == "示例雪天送热饭"


def test_lists_are_paged_and_cost_the_same_for_one_and_for_many(
    staff: Somebody, campaign: str, statements: list[str]
) -> None:
    def cost(path: str) -> int:
        statements.clear()
        ok(staff.get(path))
        return len(statements)

    few = cost("/staff/campaigns?limit=100")
    made = {campaign} | {make(staff) for _ in range(6)}
    for each in made:
        ok(enter(staff, each), 201)
    assert cost("/staff/campaigns?limit=100") == few == 4
    assert len(statements) == 4
    page, ids = ok(staff.get("/staff/campaigns?limit=3")), []
    while True:
        ids += [item["id"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        page = ok(staff.get(f"/staff/campaigns?limit=3&cursor={page['next_cursor']}"))
    assert len(ids) == 7
    assert set(ids) == made
    statements.clear()
    ok(enter(staff, campaign), 201)
    assert len(statements) == 5


def test_the_table_itself_refuses_a_settlement_that_does_not_add_up(home: Home, campaign: str) -> None:
    wrong = "UPDATE campaign SET settled_at = now(), scanned = 1, by_hand = 1, handed_out = 3 RETURNING id"
    with pytest.raises(IntegrityError, match="settlement"):
        sql(home, wrong)


def test_entries_at_the_moment_of_the_settlement_are_in_it_or_refused(
    home: Home, staff: Somebody, kitchen: Somebody
) -> None:
    for _ in range(3):
        assert slipped_in(home, staff, kitchen, begun(staff, kitchen), entries=24) == 0


def begun(staff: Somebody, kitchen: Somebody) -> str:
    """A campaign with an entry."""
    campaign = make(staff)
    ok(enter(kitchen, campaign), 201)
    return campaign


def slipped_in(home: Home, staff: Somebody, kitchen: Somebody, campaign: str, entries: int) -> int:
    """So many entries and a settlement at once; how many portions the settlement does not know."""
    works = [lambda: enter(kitchen, campaign)] * entries
    works.insert(entries // 2, lambda: settle(staff, campaign))
    came = Counter(answer.json.get("code") or "ok" for answer in at_once(works))
    assert set(came) <= {"ok", "campaign.closed"}
    noted, settled = sql(
        home,
        "SELECT (SELECT sum(quantity) FROM campaign_entry WHERE campaign_id = :id), handed_out"
        " FROM campaign WHERE id = :id",
        id=campaign,
    )[0]
    return int(noted - settled)


def test_without_the_lock_entries_slip_in_behind_the_settlement(
    home: Home, staff: Somebody, kitchen: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the campaign is read, but not locked. The entry has found it open when the
    settlement has counted."""
    campaign, meeting = begun(staff, kitchen), Meeting()

    def read(session: Session, campaign_id: object, *, to_settle: bool) -> Campaign | None:
        found = session.scalar(select(Campaign).where(Campaign.id == campaign_id))
        if not to_settle:
            meeting.come()
        return found

    monkeypatch.setattr(campaigns, "_locked", read)
    monkeypatch.setattr(campaigns, "_sums", meeting.after(campaigns._sums))
    assert slipped_in(home, staff, kitchen, campaign, entries=1) == 1


def test_of_many_settlements_at_once_one_holds(staff: Somebody, campaign: str) -> None:
    assert rush([lambda: settle(staff, campaign)] * 8) == {"ok": 1, "campaign.closed": 7}


def test_of_many_reversals_at_once_one_holds(staff: Somebody, campaign: str) -> None:
    wrong = ok(enter(staff, campaign, 5), 201)["id"]
    came = rush([lambda: staff.post(f"/staff/campaign-entries/{wrong}/reverse")] * 8)
    assert came == {"ok": 1, "campaign.entry_reversed": 7}
    assert ok(staff.get(f"/staff/campaigns/{campaign}"))["handed_out"] == 0


Step = tuple[int, bool, bool]
SOME = st.lists(st.tuples(st.integers(1, 1000), st.booleans(), st.booleans()), max_size=8)


@settings(max_examples=10, deadline=None, derandomize=True, database=None,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(steps=SOME)
def test_after_any_sequence_the_count_is_the_sum(staff: Somebody, steps: list[Step]) -> None:
    campaign, sums = make(staff), Counter[bool]()
    for quantity, by_hand, mistaken in steps:
        entry = ok(enter(staff, campaign, quantity, by_hand=by_hand), 201)["id"]
        if mistaken:
            ok(staff.post(f"/staff/campaign-entries/{entry}/reverse"), 201)
        else:
            sums[by_hand] += quantity
    total = sums[True] + sums[False]
    refused(settle(staff, campaign, handed_out=total + 1), 409, "campaign.not_balanced")
    done = ok(settle(staff, campaign, handed_out=total))
    assert (done["scanned"], done["by_hand"], done["handed_out"]) == (sums[False], sums[True], total)


def test_who_is_erased_leaves_the_count(staff: Somebody, home: Home, campaign: str) -> None:
    ok(enter(staff, campaign, 4), 201)
    ok(settle(staff, campaign))
    ok(staff.post("/me/erasure", {"confirm": True, "force": True}), 202)
    found = sql(home, "SELECT created_by, settled_by, actor_id, quantity FROM campaign, campaign_entry")
    assert found == [(None, None, None, 4)]
