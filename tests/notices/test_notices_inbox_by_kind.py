"""The inbox by kind: the pages of one kind have no gap, and nothing is read past what is not wanted."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from app.foundation.home import Home
from app.notices import service
from app.notices.rules import KINDS
from tests.support.clients import Somebody, sign_in
from tests.web.conftest import problem
from tests.web.test_paging import all_pages

BURIED = """
INSERT INTO inbox_entry (person_id, id, kind, title, text, at)
SELECT person_id, gen_random_uuid(), 'request', title, text, at + n * interval '1 second'
FROM inbox_entry, generate_series(1, :many) AS n WHERE person_id = :person AND kind = 'branch'
"""


def tell(home: Home, person: Somebody, kinds: list[str]) -> None:
    """One entry of each kind in turn, every three at the same moment: the id decides."""
    with home.database.transaction() as session:
        for n, kind in enumerate(kinds):
            at = home.clock.now() + timedelta(seconds=n // 3)
            who = uuid.UUID(person.user["id"])
            service.tell(session, at, who, kind=kind, title=f"{kind} {n}", text="示例")


def test_the_pages_of_a_kind_are_full_and_without_gap_or_repeat(home: Home, driver: Somebody) -> None:
    tell(home, driver, [*KINDS, "request", "request"] * 7)
    whole = driver.get("/inbox?limit=100").json["items"]
    for kind in KINDS:
        wanted = [item["id"] for item in whole if item["kind"] == kind]
        assert len(wanted) == (21 if kind == "request" else 7)
        for limit in (1, 3, 7, 100):
            assert all_pages(driver, f"/inbox?kind={kind}", limit) == wanted


def test_a_place_in_the_whole_list_is_one_in_a_kind_s_too(home: Home, driver: Somebody) -> None:
    tell(home, driver, ["branch", "request", "branch", "request"])
    first = driver.get("/inbox?limit=1").json
    rest = driver.get(f"/inbox?kind=branch&cursor={first['next_cursor']}").json
    assert [item["title"] for item in rest["items"]] == ["branch 2", "branch 0"]


@pytest.mark.parametrize("kind", ["party", "Branch", "branch%20", ""])
def test_a_kind_that_does_not_exist_is_refused(driver: Somebody, kind: str) -> None:
    body = problem(driver.get(f"/inbox?kind={kind}"), 422, "api.invalid")
    assert [fault["field"] for fault in body["errors"]] == ["kind"]


def test_a_kind_shows_nothing_of_anybody_else(app: Flask, home: Home, driver: Somebody) -> None:
    tell(home, driver, ["branch"])
    assert sign_in(app, "driver2").get("/inbox?kind=branch").json["items"] == []


def passed_over(home: Home, person: Somebody, kind: str) -> int:
    """How many rows PostgreSQL reads and throws away for the first page of that kind."""
    asked: list[str] = []

    class Ear:
        """Takes the statement and answers nothing."""

        def execute(self, statement: Any) -> Any:
            written = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
            asked.append(str(written))
            return type("Nothing", (), {"all": lambda _: []})()

    service.inbox_page(Ear(), uuid.UUID(person.user["id"]), 20, None, kind)  # type: ignore[arg-type]
    with home.database.transaction() as session:
        session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))
        explain = f"EXPLAIN (ANALYZE, FORMAT JSON) {asked[0]}"
        plan = session.connection().exec_driver_sql(explain).scalar_one()
    return thrown_away(plan[0]["Plan"])


def thrown_away(node: dict[str, Any]) -> int:
    below = sum(thrown_away(each) for each in node.get("Plans", []))
    return int(node.get("Rows Removed by Filter", 0)) + below


@pytest.mark.parametrize("many", [5_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_a_kind_is_found_behind_any_number_of_others(home: Home, driver: Somebody, many: int) -> None:
    """One old notice under thousands of newer entries. Without the index all are read: the control."""
    tell(home, driver, ["branch"])
    with home.database.transaction() as session:
        session.execute(text(BURIED), {"many": many, "person": driver.user["id"]})
    with home.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE inbox_entry"))
    assert [passed_over(home, driver, kind) for kind in ("branch", "medical", "request")] == [0, 0, 0]
    with home.database.transaction() as session:
        session.execute(text("DROP INDEX ix_inbox_entry_kind"))
    assert passed_over(home, driver, "branch") == many
