"""Being there, over HTTP: windows, sides, late uploads, the screen's code, what is forgotten, corrections."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.duty import tasks
from app.foundation.home import Home
from app.stations import service as stations
from tests.conftest import find_key
from tests.duty.helpers import (
    NOON,
    StoppedClock,
    cancel,
    inbox,
    make_shift,
    member,
    ok,
    refused,
    sign_up,
    sql,
)
from tests.support.clients import Somebody, sign_in


def scan(who: Somebody, code: str, **more: Any) -> Any:
    return who.post("/duty/attendance", {"code": code, **more})


def own(who: Somebody) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(who.get("/duty/mine"))["items"]
    return items


@pytest.fixture
def soon(secretary: Somebody, first: Somebody) -> str:
    """The first member's shift from one o'clock to nine, side A."""
    shift = make_shift(secretary, hours=1)
    ok(sign_up(first, shift), 201)
    return shift


def test_in_by_a_scan_and_out_again(clock: StoppedClock, first: Somebody, soon: str, key: str) -> None:
    clock.go(minutes=45)
    came = ok(scan(first, key), 201)
    assert came["state"] == "on_duty"
    assert came["since"] == "2026-11-22T12:45:00+08:00"
    assert came["shift"]["id"] == soon
    refused(scan(first, key), 409, "duty.already_on_duty")
    refused(cancel(first, soon), 409, "duty.too_late_to_cancel")
    clock.go(hours=4, minutes=15)
    assert ok(first.post(f"/duty/attendance/{came['id']}/finish")) == {"minutes": 240}  # from the start on
    clock.go(hours=1)
    assert ok(first.post(f"/duty/attendance/{came['id']}/finish")) == {"minutes": 240}
    refused(scan(first, key), 409, "duty.already_on_duty")
    (mine,) = own(first)
    assert mine["attendance"]["state"] == "served"
    assert mine["attendance"]["ended_at"] == "2026-11-22T17:00:00+08:00"


@pytest.mark.parametrize(
    ("minutes", "outcome"),
    [
        (29, "duty.no_shift_now"),
        (30, "on_duty"),
        (75, "on_duty"),
        (76, "late"),
        (539, "late"),
        (540, "duty.no_shift_now"),
    ],
)
def test_the_window(
    clock: StoppedClock, first: Somebody, soon: str, key: str, minutes: int, outcome: str
) -> None:
    clock.go(minutes=minutes)
    answer = scan(first, key).json
    assert outcome in (answer.get("code"), answer.get("state"))


def test_only_at_the_shift_s_own_station_and_side(
    clock: StoppedClock, home: Home, first: Somebody, second: Somebody, soon: str, key: str
) -> None:
    clock.go(hours=1)
    refused(scan(first, find_key(home, "GS001", "B")), 409, "duty.wrong_station")
    refused(scan(first, find_key(home, "GS002", "A")), 409, "duty.wrong_station")
    refused(scan(second, key), 409, "duty.no_shift_now")
    refused(scan(first, key, shift_id="01a20000-0000-7000-8000-000000000000"), 409, "duty.no_shift_now")
    refused(scan(first, "AAAAAAAA"), 404, "checkin.code_unknown")
    ok(scan(first, f"https://example.test/s/{key}", shift_id=soon), 201)


def test_who_waits_or_gave_up_has_no_shift(
    clock: StoppedClock, first: Somebody, second: Somebody, soon: str, key: str, secretary: Somebody
) -> None:
    later = make_shift(secretary, hours=4)
    ok(sign_up(second, later), 201)
    ok(cancel(second, later))
    clock.go(hours=4)
    refused(scan(second, key), 409, "duty.no_shift_now")


def test_a_revoked_code_says_so(
    clock: StoppedClock, home: Home, first: Somebody, soon: str, key: str
) -> None:
    with home.database.transaction() as session:
        stations.revoke_key(session, key, clock.now())
    clock.go(hours=1)
    told = refused(scan(first, key), 410, "checkin.code_revoked")
    assert (told["station"], told["side"]) == ("GS001", "A")


def test_a_late_upload_counts_when_it_was_scanned(
    clock: StoppedClock, home: Home, first: Somebody, soon: str, key: str
) -> None:
    """Sent when it was over and noted that nobody came: the scan takes that note's place."""
    clock.go(hours=10)
    assert tasks.wind_up(home) == 1
    assert own(first)[0]["attendance"]["state"] == "no_show"
    at = (NOON + timedelta(hours=1, minutes=20)).isoformat()
    came = ok(scan(first, key, scanned_at=at), 201)
    assert (came["state"], came["since"]) == ("late", "2026-11-22T13:20:00+08:00")
    attended = own(first)[0]["attendance"]
    assert (attended["state"], attended["minutes"]) == ("late", 460)
    clock.go(days=8)
    answer = scan(first, key, scanned_at=at)
    refused(answer, 422, "checkin.too_old")


def test_a_clock_from_the_future_counts_as_now(
    clock: StoppedClock, first: Somebody, soon: str, key: str
) -> None:
    clock.go(hours=1)
    came = ok(scan(first, key, scanned_at="2030-01-01T00:00:00+08:00"), 201)
    assert came["since"] == "2026-11-22T13:00:00+08:00"


def test_what_is_forgotten_is_closed_at_the_shift_s_end_and_never_counted_longer(
    clock: StoppedClock, home: Home, first: Somebody, soon: str, key: str
) -> None:
    clock.go(hours=1)
    came = ok(scan(first, key), 201)
    assert tasks.wind_up(home) == 0
    clock.go(days=2)
    assert tasks.wind_up(home) == 2
    assert tasks.wind_up(home) == 0
    assert own(first)[0]["attendance"] == {
        "id": came["id"],
        "state": "served",
        "since": "2026-11-22T13:00:00+08:00",
        "ended_at": "2026-11-22T21:00:00+08:00",
        "minutes": 480,
    }
    assert sql(home, "SELECT kind, minutes FROM duty_entry") == [("served", 480)]


def test_the_last_night_of_the_year(
    clock: StoppedClock, home: Home, secretary: Somebody, first: Somebody, key: str
) -> None:
    """31 December 22:00–06:00, in at 22:20, never out: one late attendance of 460 minutes, of that day."""
    hours = (datetime(2026, 12, 31, 14, tzinfo=NOON.tzinfo) - NOON) / timedelta(hours=1)
    clock.go(hours=hours - 20)
    secretary, first = sign_in(secretary.app, "secretary"), sign_in(first.app, "member")
    shift = make_shift(secretary, hours=hours)
    ok(sign_up(first, shift), 201)
    clock.go(hours=20, minutes=20)
    assert ok(scan(first, key), 201)["state"] == "late"
    clock.go(hours=30)
    tasks.wind_up(home)
    (mine,) = own(first)
    assert mine["starts_at"] == "2026-12-31T22:00:00+08:00"
    assert (mine["attendance"]["state"], mine["attendance"]["minutes"]) == ("late", 460)
    assert sql(home, "SELECT count(*) FROM duty_attendance") == [(1,)]


def test_the_next_shift_can_begin_although_the_last_was_forgotten(
    clock: StoppedClock, secretary: Somebody, first: Somebody, soon: str, key: str
) -> None:
    after = make_shift(secretary, hours=9, lasts=2)
    ok(sign_up(first, after), 201)
    clock.go(hours=1)
    ok(scan(first, key), 201)
    clock.go(hours=7, minutes=45)  # still on the first
    refused(scan(first, key), 409, "duty.already_on_duty")
    clock.go(minutes=15)
    assert ok(scan(first, key), 201)["shift"]["id"] == after
    assert [item["attendance"]["state"] for item in own(first)] == ["on_duty", "served"]


def test_another_s_attendance_is_not_there(
    clock: StoppedClock, first: Somebody, second: Somebody, soon: str, key: str
) -> None:
    clock.go(hours=1)
    came = ok(scan(first, key), 201)["id"]
    refused(second.post(f"/duty/attendance/{came}/finish"), 404, "duty.attendance_unknown")
    answer = second.post(f"/duty/attendance/{came}/corrections", {"text": "示例"})
    refused(answer, 404, "duty.attendance_unknown")


# --- the screen -----------------------------------------------------------------------------------------


def shown(who: Somebody, station: str = "GS001", side: str = "A") -> Any:
    return who.get(f"/staff/duty/code?station={station}&side={side}")


def test_the_screen_s_code_changes_every_half_minute_and_many_may_use_it(
    app: Flask, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody, staff: Somebody
) -> None:
    shift = make_shift(secretary, hours=1, capacity=2)
    for who in (first, second):
        ok(sign_up(who, shift), 201)
    clock.go(hours=1)
    code = ok(shown(staff))
    assert code["valid_until"] == "2026-11-22T13:00:30+08:00"
    clock.go(seconds=29)
    assert ok(shown(secretary)) == code
    for who in (first, second):
        assert ok(scan(who, code["code"]), 201)["state"] == "on_duty"
    clock.go(seconds=1)
    assert ok(shown(staff))["code"] != code["code"]


def test_a_code_of_the_screen_ends_and_cannot_be_made_up(
    clock: StoppedClock, first: Somebody, soon: str, staff: Somebody
) -> None:
    clock.go(hours=1)
    code = ok(shown(staff))["code"]
    refused(scan(first, code.replace("GS001A", "GS001B")), 404, "checkin.code_unknown")
    refused(scan(first, ok(shown(staff, side="B"))["code"]), 409, "duty.wrong_station")
    clock.go(seconds=33)
    refused(scan(first, code), 410, "duty.code_expired")
    ok(scan(first, ok(shown(staff))["code"]), 201)


def test_only_who_works_at_the_station_sees_its_code(
    clock: StoppedClock, app: Flask, staff: Somebody, first: Somebody, driver: Somebody
) -> None:
    for who in (first, driver, sign_in(app, "admin")):
        refused(shown(who), 403, "auth.forbidden")
    refused(shown(staff, "GS002"), 403, "auth.forbidden")


# --- corrections ----------------------------------------------------------------------------------------


@pytest.fixture
def missed(clock: StoppedClock, home: Home, first: Somebody, soon: str) -> str:
    """The attendance of somebody who did not come, or did not scan."""
    clock.go(hours=10)
    tasks.wind_up(home)
    return str(own(first)[0]["attendance"]["id"])


def test_a_member_asks_and_the_secretary_corrects_with_a_reason(
    home: Home, secretary: Somebody, first: Somebody, missed: str
) -> None:
    ok(first.post(f"/duty/attendance/{missed}/corrections", {"text": "示例：手机没电"}), 201)
    again = first.post(f"/duty/attendance/{missed}/corrections", {"text": "示例：手机没电"})
    refused(again, 409, "duty.correction_asked")
    assert inbox(secretary) == ["请求更正值守记录"]
    path = f"/staff/duty/attendance/{missed}/correct"
    right = ok(secretary.post(path, {"state": "served", "minutes": 480, "reason": "示例：有照片"}))
    assert (right["state"], right["minutes"]) == ("served", 480)
    ok(secretary.post(path, {"minutes": 300, "reason": "示例：五点走的"}))
    ok(secretary.post(path, {"state": "excused", "reason": "示例：请过假"}))
    found = sql(home, "SELECT kind, minutes, reverses IS NOT NULL FROM duty_entry ORDER BY id")
    assert found == [
        ("correction", 480, False),
        ("reversal", -480, True),
        ("correction", 300, False),
        ("reversal", -300, True),
        ("correction", 0, False),
    ]
    attended = own(first)[0]["attendance"]
    assert (attended["state"], attended["minutes"]) == ("excused", 0)
    assert inbox(first) == ["值守记录已更正"] * 3
    ok(first.post(f"/duty/attendance/{missed}/corrections", {"text": "示例：还是不对"}), 201)


def test_what_was_served_is_reversed_not_overwritten(
    clock: StoppedClock, home: Home, secretary: Somebody, first: Somebody, soon: str, key: str
) -> None:
    clock.go(hours=1)
    came = ok(scan(first, key), 201)["id"]
    path = f"/staff/duty/attendance/{came}/correct"
    refused(secretary.post(path, {"minutes": 5, "reason": "示例"}), 409, "duty.still_on_duty")
    asked = first.post(f"/duty/attendance/{came}/corrections", {"text": "示例"})
    refused(asked, 409, "duty.still_on_duty")
    clock.go(hours=2)
    ok(first.post(f"/duty/attendance/{came}/finish"))
    ok(secretary.post(path, {"minutes": 150, "reason": "示例"}))
    assert sql(home, "SELECT kind, minutes FROM duty_entry ORDER BY id") == [
        ("served", 120),
        ("reversal", -120),
        ("correction", 150),
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "示例"}, "minutes"),
        ({"minutes": 481, "reason": "示例"}, "minutes"),
        ({"state": "served", "reason": "示例"}, "minutes"),
        ({"state": "served", "minutes": 10}, "reason"),
        ({"state": "on_duty", "minutes": 10, "reason": "示例"}, "state"),
    ],
)
def test_what_no_attendance_can_be_is_refused(
    secretary: Somebody, missed: str, body: dict[str, Any], field: str
) -> None:
    answer = secretary.post(f"/staff/duty/attendance/{missed}/correct", body)
    assert refused(answer, 422, "api.invalid")["errors"][0]["field"] == field


def test_only_the_branch_s_own_secretary_corrects(app: Flask, first: Somebody, missed: str) -> None:
    path = f"/staff/duty/attendance/{missed}/correct"
    body = {"minutes": 1, "state": "served", "reason": "示例"}
    refused(first.post(path, body), 403, "auth.forbidden")
    other = member(app, "chief", ("secretary", "GS002"))
    refused(other.post(path, body), 404, "duty.attendance_unknown")


def test_nobody_corrects_his_own_attendance_and_his_request_goes_to_somebody_else(
    app: Flask, clock: StoppedClock, home: Home, secretary: Somebody
) -> None:
    shift = make_shift(secretary, hours=1)
    ok(sign_up(secretary, shift), 201)
    clock.go(hours=10)
    tasks.wind_up(home)
    missed = own(secretary)[0]["attendance"]["id"]
    ok(secretary.post(f"/duty/attendance/{missed}/corrections", {"text": "示例：手机没电"}), 201)
    committee = sign_in(app, "committee")
    assert (inbox(secretary), inbox(committee)) == ([], ["请求更正值守记录"])
    path = f"/staff/duty/attendance/{missed}/correct"
    for body in ({"state": "excused", "reason": "示例"}, {"state": "served", "minutes": 9, "reason": "示例"}):
        refused(secretary.post(path, body), 403, "duty.own_attendance")
    assert sql(home, "SELECT count(*) FROM duty_entry") == [(0,)]
    superior = member(app, "superior", ("committee", "*"))
    assert ok(superior.post(path, {"state": "excused", "reason": "示例：请过假"}))["state"] == "excused"


def test_a_correction_of_one_s_own_is_refused_by_the_database_too(
    home: Home, first: Somebody, secretary: Somebody, missed: str
) -> None:
    ok(secretary.post(f"/staff/duty/attendance/{missed}/correct", {"state": "excused", "reason": "示例"}))
    with pytest.raises(IntegrityError, match="own_matter"):
        sql(
            home,
            "INSERT INTO duty_entry (person_id, id, attendance_id, kind, state, minutes, at, actor_id)"
            " SELECT person_id, gen_random_uuid(), attendance_id, kind, state, 9, at, person_id"
            " FROM duty_entry RETURNING id",
        )


def test_the_secretary_sees_on_the_roster_who_came_and_that_is_written_down(
    home: Home, secretary: Somebody, first: Somebody, second: Somebody, soon: str, missed: str
) -> None:
    assert ok(secretary.get(f"/duty/shifts/{soon}"))["roster"][0]["attendance"]["id"] == missed
    assert ok(second.get(f"/duty/shifts/{soon}"))["roster"][0]["attendance"] is None
    read = sql(home, "SELECT actor_id, object_id FROM audit_entry WHERE action = 'duty.roster_read'")
    assert [(str(actor), shift) for actor, shift in read] == [(secretary.user["id"], soon)]
