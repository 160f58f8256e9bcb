"""Lists by cursor: every row once, whatever happens between two pages; nonsense is refused."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.foundation.home import Home
from app.notices.service import tell
from app.web.paging import read_cursor, write_cursor
from tests.support.clients import Somebody
from tests.web.conftest import problem

MANY = 23


def ask(driver: Somebody, many: int = MANY) -> None:
    for number in range(many):
        made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": f"第 {number} 件"})
        assert made.status_code == 201


def scan(driver: Somebody, home: Home, key: str, turn_clock: Callable[[str], None]) -> None:
    for _ in range(MANY):
        assert driver.post("/checkins", {"code": key}).status_code == 201
        turn_clock("+11m")


def all_pages(who: Somebody, path: str, limit: int) -> list[str]:
    """Ids of all pages in their order; every page but the last is full."""
    found: list[str] = []
    cursor = ""
    while True:
        joined = "&" if "?" in path else "?"
        page = who.get(f"{path}{joined}limit={limit}{cursor}").json
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        assert len(page["items"]) == limit
        cursor = f"&cursor={page['next_cursor']}"


def test_own_requests_come_page_by_page_newest_first(driver: Somebody) -> None:
    ask(driver)
    whole = driver.get("/requests?limit=100").json["items"]
    assert [item["text"] for item in whole] == [f"第 {number} 件" for number in reversed(range(MANY))]
    for limit in (1, 7, MANY - 1, MANY, 100):
        assert all_pages(driver, "/requests", limit) == [item["id"] for item in whole]


def test_the_queue_comes_page_by_page_most_urgent_first(driver: Somebody, staff: Somebody) -> None:
    ask(driver)
    driver.post("/requests", {"kind": "meal", "station": "GS001", "text": "面"})
    driver.post("/requests", {"kind": "medical", "station": "GS001"})
    whole = [item["id"] for item in staff.get("/staff/requests?limit=100").json["items"]]
    assert len(whole) == MANY + 2
    for limit in (1, 7, 100):
        assert all_pages(staff, "/staff/requests", limit) == whole


def test_own_check_ins_and_the_desk_s_come_page_by_page(
    driver: Somebody, staff: Somebody, home: Home, key: str, turn_clock: Callable[[str], None]
) -> None:
    scan(driver, home, key, turn_clock)
    whole = all_pages(driver, "/checkins", 100)
    assert len(whole) == MANY
    for limit in (1, 5, MANY):
        assert all_pages(driver, "/checkins", limit) == whole
    with home.database.transaction() as session:
        days = session.scalars(text("SELECT DISTINCT day FROM check_in WHERE station = 'GS001'")).all()
    seen = [found for day in days for found in all_pages(staff, f"/staff/checkins?day={day}", 4)]
    assert sorted(seen) == sorted(whole)


def test_the_inbox_comes_page_by_page(driver: Somebody, home: Home) -> None:
    with home.database.transaction() as session:
        for number in range(MANY):
            moment = home.clock.now() + timedelta(seconds=number // 3)  # several within one second
            tell(session, moment, uuid.UUID(driver.user["id"]), kind="request", title="t", text=f"{number}")
    whole = all_pages(driver, "/inbox", 100)
    assert len(set(whole)) == MANY
    for limit in (1, 2, 7):
        assert all_pages(driver, "/inbox", limit) == whole


def test_rows_that_come_between_two_pages_neither_repeat_nor_hide_others(driver: Somebody) -> None:
    ask(driver, 10)
    before = [item["id"] for item in driver.get("/requests?limit=100").json["items"]]
    first = driver.get("/requests?limit=4").json
    ask(driver, 5)
    second = driver.get(f"/requests?limit=100&cursor={first['next_cursor']}").json
    assert [item["id"] for item in first["items"] + second["items"]] == before


def test_a_queue_that_moves_between_two_pages_hides_nobody_who_waits(
    driver: Somebody, staff: Somebody
) -> None:
    ask(driver, 10)
    first = staff.get("/staff/requests?limit=4").json
    last = first["items"][-1]["id"]
    assert staff.post(f"/staff/requests/{last}/resolve", {"text": "好"}).status_code == 200
    second = staff.get(f"/staff/requests?limit=100&cursor={first['next_cursor']}").json
    assert len({item["id"] for item in first["items"] + second["items"]}) == 10


def test_a_limit_outside_one_to_a_hundred_is_refused(driver: Somebody) -> None:
    ask(driver, 1)
    for limit in ("0", "-1", "101", "1e1", "ten", "", "9" * 30):
        body = problem(driver.get(f"/requests?limit={limit}"), 422, "api.invalid")
        assert body["errors"][0]["field"] == "limit"
    for limit in ("1", "100"):
        assert driver.get(f"/requests?limit={limit}").status_code == 200


@pytest.mark.parametrize("path", ["/requests", "/checkins", "/inbox"])
def test_a_cursor_that_is_not_ours_is_refused(driver: Somebody, path: str) -> None:
    garbage = [
        "x", "%E7%A0%81", "AAAA", "=" * 8, "a" * 500, "..", "%22%3B--",
        "MjAyNi0xMS0yMnww",  # a day and a zero
        write_cursor(__import__("datetime").datetime(2026, 1, 1), uuid.uuid4()),  # no time zone
    ]  # fmt: skip
    for cursor in garbage:
        body = problem(driver.get(f"{path}?cursor={cursor}"), 422, "api.invalid")
        assert body["errors"][0]["field"] == "cursor"


def test_a_cursor_of_another_age_is_answered(driver: Somebody) -> None:
    from datetime import UTC, datetime

    ask(driver, 2)
    for moment, many in ((datetime.min, 0), (datetime.max, 2)):
        cursor = write_cursor(moment.replace(tzinfo=UTC), uuid.uuid4())
        assert len(driver.get(f"/requests?cursor={cursor}").json["items"]) == many


def test_a_cursor_says_what_was_written_into_it() -> None:
    from datetime import UTC, datetime

    place = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC), uuid.uuid4()
    assert read_cursor(write_cursor(*place)) == place
    assert read_cursor(None) is None
