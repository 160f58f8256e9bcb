"""The operator's own workdays: who sets them, and every clock that counts workdays following at once."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.foundation.clock import SHANGHAI, shanghai_day
from app.foundation.home import Home
from app.foundation.workdays import add_workdays, is_workday
from app.helpdesk import tasks
from app.helpdesk.deadlines import Step, deadlines, out_of_order, paused
from app.helpdesk.kinds import Clocks
from app.people import service as people
from tests.support.clients import Somebody, sign_in
from tests.support.crowd import at_once

Later = Callable[..., None]
ORDINARY = Clocks(ack="2h", answer="2wd", close="5wd")
days = st.dates(date(2025, 12, 1), date(2027, 3, 1))
own_calendars = st.dictionaries(days, st.booleans(), max_size=25)
moments = st.datetimes(datetime(2025, 12, 20), datetime(2027, 1, 20), timezones=st.just(SHANGHAI))
edges = st.sampled_from(["23:59:59", "00:00:00", "00:00:01", "12:00:00"])


@pytest.fixture
def admin(app: Flask) -> Somebody:
    return sign_in(app, "admin")


# --- the rules --------------------------------------------------------------------------------------------


@given(start=moments, count=st.integers(1, 12), own=own_calendars, edge=edges)
def test_that_many_workdays_lie_between_and_the_last_is_one(
    start: datetime, count: int, own: dict[date, bool], edge: str
) -> None:
    """Weekends, holidays, 调休 and the operator's word, at any time of day, a second from midnight too."""
    start = datetime.fromisoformat(f"{start:%Y-%m-%d}T{edge}+08:00")
    end = add_workdays(start, count, own)
    between = [start.date() + timedelta(days=n) for n in range(1, (end.date() - start.date()).days + 1)]
    assert sum(is_workday(day, own) for day in between) == count
    assert is_workday(end.date(), own)
    assert end.timetz() == start.timetz()


@given(start=moments, count=st.integers(1, 9), own=own_calendars)
def test_the_process_s_zone_does_not_matter(start: datetime, count: int, own: dict[date, bool]) -> None:
    assert add_workdays(start.astimezone(UTC), count, own) == add_workdays(start, count, own)


@given(start=moments, own=own_calendars, free=days)
def test_one_more_holiday_never_ends_a_clock_earlier(
    start: datetime, own: dict[date, bool], free: date
) -> None:
    before = deadlines(ORDINARY, start, [], start, own)
    after = deadlines(ORDINARY, start, [], start, {**own, free: False})
    assert after["ack"] == before["ack"]
    assert all(after[clock] >= before[clock] for clock in ("answer", "close"))


@given(start=moments, own=own_calendars, wait=st.timedeltas(timedelta(minutes=1), timedelta(days=20)))
def test_a_pause_is_given_back_whole_and_never_ends_on_a_day_off(
    start: datetime, own: dict[date, bool], wait: timedelta
) -> None:
    steps = [Step(start, "waiting"), Step(start + wait, "wrote")]
    plain = deadlines(ORDINARY, start, [], start, own)
    found = deadlines(ORDINARY, start, steps, start + wait, own)
    assert paused(steps, start + wait) == wait
    for clock in ("answer", "close"):
        assert found[clock] >= plain[clock] + wait
        assert is_workday(shanghai_day(found[clock]), own)


def test_the_operator_s_word_goes_before_what_is_known() -> None:
    saturday, monday = date(2026, 11, 28), date(2026, 11, 30)
    assert (is_workday(saturday), is_workday(monday)) == (False, True)
    own = {saturday: True, monday: False}
    assert (is_workday(saturday, own), is_workday(monday, own)) == (True, False)


@pytest.mark.parametrize(
    ("clocks", "wrong"),
    [
        (Clocks("2h", "2wd", "5wd"), None),
        (Clocks("1wd", "24h", "1wd"), None),
        (Clocks("3h", "2h", "5wd"), "answer"),
        (Clocks("15m", "2wd", "1wd"), "close"),
    ],
)
def test_no_clock_may_end_before_the_one_it_follows(clocks: Clocks, wrong: str | None) -> None:
    assert out_of_order(clocks) == wrong


# --- over HTTP --------------------------------------------------------------------------------------------


def test_only_who_may_everywhere_sets_a_day_and_all_of_the_desk_read_it(
    app: Flask, admin: Somebody, staff: Somebody, driver: Somebody
) -> None:
    body = {"kind": "holiday", "reason": "示例：临时放假"}
    assert admin.put("/staff/workdays/2027-02-08", body).json["kind"] == "holiday"
    assert admin.put("/staff/workdays/2027-02-08", {**body, "kind": "workday"}).status_code == 200
    listed = staff.get("/staff/workdays?from=2027-01-01&to=2027-12-31").json
    assert [(item["day"], item["kind"], item["by"]) for item in listed["items"]] == [
        ("2027-02-08", "workday", admin.user["nickname"])
    ]
    assert listed["announced_until"] >= "2026-12-31"
    assert staff.get("/staff/workdays?from=2027-02-09").json["items"] == []
    assert staff.put("/staff/workdays/2027-02-08", body).status_code == 403
    assert driver.get("/staff/workdays").status_code == 403
    assert admin.call("DELETE", "/staff/workdays/2027-02-08").status_code == 204
    assert admin.call("DELETE", "/staff/workdays/2027-02-08").json["code"] == "workday.unknown"


def test_an_admin_of_one_station_does_not_set_everybody_s_days(app: Flask, home: Home) -> None:
    bound = sign_in(app, "bound admin")
    with home.database.transaction() as session:
        people.grant(session, uuid.UUID(bound.user["id"]), "admin", "GS001", home.clock.now())
    answer = bound.put("/staff/workdays/2027-02-08", {"kind": "holiday", "reason": "示例"})
    assert (answer.status_code, answer.json["code"]) == (403, "auth.forbidden")
    assert bound.call("DELETE", "/staff/workdays/2027-02-08").status_code == 403


@pytest.mark.parametrize("day", ["2027-2-8", "2027-02-30", "tomorrow", "1999-12-31", "2101-01-01"])
def test_what_is_no_day_is_refused(admin: Somebody, day: str) -> None:
    answer = admin.put(f"/staff/workdays/{day}", {"kind": "holiday", "reason": "示例"})
    assert (answer.status_code, answer.json["code"]) == (422, "api.invalid")


def test_that_a_day_was_set_stands_in_the_audit_trail(admin: Somebody, home: Home) -> None:
    admin.put("/staff/workdays/2027-02-08", {"kind": "holiday", "reason": "示例原因"})
    admin.call("DELETE", "/staff/workdays/2027-02-08")
    with home.database.transaction() as session:
        found = session.execute(
            text("SELECT object_id, reason FROM audit_entry WHERE action = 'workday.set' ORDER BY at, id")
        ).all()
    assert [(row.object_id, row.reason) for row in found] == [
        ("2027-02-08", "holiday：示例原因"),
        ("2027-02-08", "removed"),
    ]


def next_workday(home: Home) -> date:
    return shanghai_day(add_workdays(home.clock.now(), 1))


def ask(driver: Somebody, kind: str = "other") -> dict[str, object]:
    made = driver.post("/requests", {"kind": kind, "station": "GS001", "text": "示例"})
    assert made.status_code == 201, made.text
    return dict(made.json)


def by(request: dict[str, object], clock: str) -> datetime:
    return datetime.fromisoformat(request["clocks"][f"{clock}_by"])


def test_a_new_request_is_promised_by_the_operator_s_days(
    admin: Somebody, driver: Somebody, home: Home
) -> None:
    free = next_workday(home)
    assert admin.put(f"/staff/workdays/{free}", {"kind": "holiday", "reason": "示例"}).status_code == 200
    made = ask(driver)
    start = datetime.fromisoformat(str(made["created_at"]))
    assert by(made, "answer") == add_workdays(start, 2, {free: False})
    assert by(made, "answer") != add_workdays(start, 2)
    assert by(made, "ack") == start + timedelta(hours=2)


def test_a_day_set_later_moves_what_is_open_and_back_again(
    admin: Somebody, driver: Somebody, staff: Somebody, home: Home
) -> None:
    made, meal = ask(driver), ask(driver, "road_vehicle")
    free = next_workday(home)
    admin.put(f"/staff/workdays/{free}", {"kind": "holiday", "reason": "示例"})
    while tasks.look_out(home):
        pass
    seen = driver.get(f"/requests/{made['id']}").json
    start = datetime.fromisoformat(seen["created_at"])
    assert by(seen, "answer") == add_workdays(start, 2, {free: False}) > by(made, "answer")
    assert by(seen, "ack") == by(made, "ack")
    line = next(i for i in staff.get("/staff/requests").json["items"] if i["id"] == made["id"])
    assert line["clocks"]["close_by"] == seen["clocks"]["close_by"]
    minutes = driver.get(f"/requests/{meal['id']}").json
    assert by(minutes, "answer") == by(meal, "answer")
    admin.call("DELETE", f"/staff/workdays/{free}")
    while tasks.look_out(home):
        pass
    assert driver.get(f"/requests/{made['id']}").json["clocks"] == made["clocks"]


def test_what_was_answered_closes_by_itself_on_the_operator_s_days(
    admin: Somebody, driver: Somebody, staff: Somebody, home: Home, later: Later
) -> None:
    made = ask(driver)
    staff.post(f"/staff/requests/{made['id']}/resolve", {"text": "办好了"})
    now = home.clock.now()
    ends = add_workdays(now, 2)
    admin.put(f"/staff/workdays/{shanghai_day(ends)}", {"kind": "holiday", "reason": "示例"})
    later(seconds=(ends - now).total_seconds() + 60)
    while tasks.look_out(home):
        pass
    assert driver.get(f"/requests/{made['id']}").json["state"] == "answered"
    moved = add_workdays(now, 2, {shanghai_day(ends): False})
    later(seconds=(moved - ends).total_seconds() + 60)
    while tasks.look_out(home):
        pass
    assert driver.get(f"/requests/{made['id']}").json["state"] == "closed"
    assert sum("已自动结束" in item["title"] for item in driver.get("/inbox").json["items"]) == 1


def test_a_wait_that_ends_by_itself_is_given_back_exactly_though_the_clockwork_came_late(
    driver: Somebody, staff: Somebody, home: Home, later: Later
) -> None:
    """The calendar is followed in the same look; the pause ended when it was agreed, not with the look."""
    made = ask(driver)
    staff.post(f"/staff/requests/{made['id']}/claim")
    until = home.clock.now() + timedelta(hours=1)
    staff.post(f"/staff/requests/{made['id']}/wait", {"until": until.isoformat(), "reason": "等照片"})
    later(hours=7)
    while tasks.look_out(home):
        pass
    seen = driver.get(f"/requests/{made['id']}").json
    moved = by(seen, "answer") - by(made, "answer")
    whole_days = round(
        moved / timedelta(days=1)
    )  # a deadline that fell on a day off goes to the next workday
    assert abs(moved - timedelta(days=whole_days) - timedelta(hours=1)) < timedelta(minutes=1)


def test_eight_admins_at_once_leave_one_word(admin: Somebody, home: Home, driver: Somebody) -> None:
    ask(driver)
    kinds = ["holiday", "workday"] * 4
    answers = at_once(
        [
            lambda kind=kind: admin.put("/staff/workdays/2027-02-08", {"kind": kind, "reason": "示例"})
            for kind in kinds
        ]
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len(admin.get("/staff/workdays").json["items"]) == 1


def test_the_desk_works_on_while_days_are_set(
    app: Flask, admin: Somebody, driver: Somebody, staff: Somebody, home: Home
) -> None:
    """Whoever locks several requests does so in the order of their ids: nobody waits in a circle, and every
    clock follows what was said last."""
    made = [str(ask(driver)["id"]) for _ in range(12)]
    colleague = sign_in(app, "staff2")
    free = next_workday(home)
    hand = {"station": "GS001", "to": colleague.user["id"]}
    works = [
        *(lambda n=n: staff.post(f"/staff/requests/{made[n]}/claim") for n in range(6)),
        *(lambda: staff.post("/staff/shifts/hand-over", hand) for _ in range(2)),
        *(
            lambda n=n: staff.post(f"/staff/requests/{made[n]}/merge", {"into": made[n + 1]})
            for n in range(6, 9)
        ),
        *(
            lambda: admin.put(f"/staff/workdays/{free}", {"kind": "holiday", "reason": "示例"})
            for _ in range(3)
        ),
    ]
    statuses = {answer.status_code for answer in at_once(works)}
    assert statuses <= {200, 409}, statuses
    while tasks.look_out(home):
        pass
    for number in made:
        seen = driver.get(f"/requests/{number}").json
        if seen["state"] != "closed":
            start = datetime.fromisoformat(seen["created_at"])
            assert by(seen, "answer") == add_workdays(start, 2, {free: False})
