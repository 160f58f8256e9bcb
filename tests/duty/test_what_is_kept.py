"""What duty holds on a member: told in his file, forgotten when he goes, and others move up."""

from app.duty import tasks
from app.foundation.home import Home
from tests.duty.helpers import StoppedClock, counted, inbox, make_shift, ok, sign_up, sql
from tests.support.clients import Somebody

TABLES = "signup attendance entry correction stand_in".split()


def served(home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str) -> None:
    """A shift served and corrected."""
    ok(sign_up(first, make_shift(secretary, hours=0.5)), 201)
    clock.go(hours=0.5)
    came = ok(first.post("/duty/attendance", {"code": key}), 201)["id"]
    clock.go(hours=9)
    tasks.wind_up(home)
    ok(first.post(f"/duty/attendance/{came}/corrections", {"text": "示例：走得更早"}), 201)
    path = f"/staff/duty/attendance/{came}/correct"
    ok(secretary.post(path, {"minutes": 240, "reason": "示例：本人说明"}))


def test_all_of_it_is_in_the_file(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, key: str
) -> None:
    served(home, clock, secretary, first, key)
    held = ok(first.get("/me/export"))["held"]["duty"]
    assert held["shifts"][0]["state"] == "confirmed"
    assert held["shifts"][0]["branch"] == "GS001"
    assert [entry["minutes"] for entry in held["attendance"][0]["entries"]] == [480, -480, 240]
    assert held["corrections"][0]["text"] == "示例：走得更早"


def test_who_is_erased_leaves_nothing_and_his_places_go_to_who_waits(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody, key: str
) -> None:
    served(home, clock, secretary, first, key)
    coming = make_shift(secretary, hours=72)
    for who in (first, second):
        ok(sign_up(who, coming, waitlist=True), 201)
    ok(first.post(f"/duty/shifts/{coming}/stand-in", {"to_member": second.user["id"]}), 201)
    ok(first.post("/me/erasure", {"confirm": True, "force": True}), 202)
    assert counted(home, coming) == (1, 1, 1, 0, 0)
    assert inbox(second)[0] == "候补已转正"
    person = first.user["id"]
    for table in TABLES:
        assert sql(home, f"SELECT 1 FROM duty_{table} WHERE person_id = :who", who=person) == [], table


def test_a_secretary_who_goes_leaves_his_corrections_without_himself(
    home: Home, clock: StoppedClock, secretary: Somebody, first: Somebody, second: Somebody, key: str
) -> None:
    served(home, clock, secretary, first, key)
    coming = make_shift(secretary, hours=72)
    ok(sign_up(second, coming), 201)
    wish = ok(second.post(f"/duty/shifts/{coming}/stand-in", {"to_member": secretary.user["id"]}), 201)["id"]
    ok(secretary.post("/me/erasure", {"confirm": True, "force": True}), 202)
    assert sql(home, "SELECT DISTINCT actor_id FROM duty_entry") == [(None,)]
    assert sql(home, "SELECT state, to_member FROM duty_stand_in WHERE id = :id", id=wish) == [
        ("withdrawn", None)
    ]
