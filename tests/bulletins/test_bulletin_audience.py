"""Whom a bulletin reaches: unions, intersections, and how a large crowd is chosen."""

import time
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from app.bulletins import audience
from app.bulletins.schemas import Audience
from app.foundation.clock import iso
from app.foundation.home import Home
from app.people import service as people
from app.people.models import Person
from tests.bulletins.helpers import bring_to, crowd, ok
from tests.conftest import find_key
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def places(app: Flask, home: Home) -> dict[str, str]:
    """Two stations on different roads, by what they are called here."""
    with home.database.transaction() as session:
        rows = session.execute(text("SELECT code, road FROM station WHERE road !~ '/' ORDER BY code")).all()
    first = rows[0]
    other = next(row for row in rows if row.road != first.road)
    return {"here": first.code, "its road": first.road, "there": other.code, "that road": other.road}


@pytest.fixture
def known(app: Flask, home: Home, places: dict[str, str]) -> dict[str, str]:
    """People by what they did, and their ids."""
    found: dict[str, str] = {}

    def somebody(name: str, at: str | None = None, *grants: tuple[str, str], hours_ago: float = 0) -> None:
        person = sign_in(app, f"a-{name}")
        found[name] = person.user["id"]
        if at:
            scanned = iso(home.clock.now() - timedelta(hours=hours_ago))
            ok(person.post("/checkins", {"code": find_key(home, at, "A"), "scanned_at": scanned}), 201)
        with home.database.transaction() as session:
            for role, place in grants:
                people.grant(session, uuid.UUID(person.user["id"]), role, place, home.clock.now())

    somebody("nowhere")
    somebody("here now", places["here"])
    somebody("here yesterday", places["here"], hours_ago=30)
    somebody("there now", places["there"])
    somebody("desk here", None, ("staff", places["here"]))
    somebody("editor there", None, ("editor", places["there"]))
    somebody("member here", places["here"], ("member", places["here"]))
    return found


def chosen(home: Home, known: dict[str, str], **wanted: Any) -> set[str]:
    """Who of the known is in it."""
    with home.database.transaction() as session:
        ids = {str(one) for one in session.scalars(audience.people(session, Audience.model_validate(wanted)))}
    return {name for name, person in known.items() if person in ids}


def test_each_part_narrows_and_each_list_widens(
    home: Home, known: dict[str, str], places: dict[str, str]
) -> None:
    here, there, road = places["here"], places["there"], places["its road"]
    today = iso(home.clock.now() - timedelta(hours=12))
    at_here = {"here now", "here yesterday", "desk here", "member here"}
    assert chosen(home, known) == set(known)
    assert chosen(home, known, stations=[here]) == at_here
    assert chosen(home, known, stations=[here, there]) == at_here | {"there now"}
    assert chosen(home, known, roads=[road]) == at_here
    assert chosen(home, known, roads=[road], stations=[there]) == at_here | {"there now"}
    assert chosen(home, known, roads=["X9"]) == set()
    assert chosen(home, known, roles=["staff"]) == {"desk here"}
    assert chosen(home, known, roles=["staff", "editor"]) == {"desk here", "editor there"}
    assert chosen(home, known, roles=["driver"]) == set(known)
    assert chosen(home, known, roles=["member"], stations=[here]) == {"member here"}
    assert chosen(home, known, roles=["member"], stations=[there]) == set()
    assert chosen(home, known, checked_in_since=today) == {"here now", "there now", "member here"}
    assert chosen(home, known, stations=[here], checked_in_since=today) == {
        "here now",
        "member here",
        "desk here",
    }
    assert chosen(home, known, roles=["staff"], checked_in_since=today) == set()


def test_a_station_on_two_roads_is_on_both(home: Home, app: Flask) -> None:
    with home.database.transaction() as session:
        code, road = session.execute(text("SELECT code, road FROM station WHERE road ~ '/' LIMIT 1")).one()
    person = sign_in(app, "a-two-roads")
    ok(person.post("/checkins", {"code": find_key(home, code, "B")}), 201)
    for part in road.split("/"):
        assert chosen(home, {"he": person.user["id"]}, roads=[part]) == {"he"}


def test_the_disabled_and_those_unknown_to_wechat_are_in_none(home: Home, known: dict[str, str]) -> None:
    with home.database.transaction() as session:
        people.disable(session, uuid.UUID(known["here now"]), home.clock.now())
        gone = session.get_one(Person, uuid.UUID(known["there now"]))
        gone.openid = None
    assert chosen(home, known) == set(known) - {"here now", "there now"}


def test_the_preview_counts_what_is_then_told(
    home: Home, editor: Somebody, approver: Somebody, known: dict[str, str], places: dict[str, str]
) -> None:
    wanted = {"stations": [places["here"]]}
    bulletin = bring_to(editor, approver, "sent", home, audience=wanted)
    path = f"/staff/bulletins/{bulletin}"
    reach = ok(editor.post(f"{path}/audience", {"audience": wanted}))
    assert reach == {"people": reach["people"], "reachable": 0, "without_credit": reach["people"]}
    assert ok(editor.get(f"{path}/deliveries"))["inbox"] == reach["people"] >= 4


def test_a_batch_of_fifty_thousand_is_chosen_in_time(
    home: Home, known: dict[str, str], places: dict[str, str]
) -> None:
    """However they are chosen: the next five thousand of a crowd, as the planner of a mailing asks."""
    crowd(home, 50_000)
    now = home.clock.now()
    with home.database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE person, check_in"))
    everybody = _quickest(home, Audience())
    for wanted in (
        Audience(stations=[places["here"]]),
        Audience(roads=[places["its road"]], checked_in_since=now - timedelta(days=1)),
        Audience(roles=["driver"]),
    ):
        took = _quickest(home, wanted)
        assert took < max(400, 20 * everybody), (wanted, everybody, _plan(home, wanted))
    assert everybody < 2000


def _quickest(home: Home, wanted: Audience) -> float:
    """Of three, in ms: other tests share the processors; a wrong plan is slow every time."""
    return min(_batch(home, wanted)[1] for _ in range(3))


def _plan(home: Home, wanted: Audience) -> str:
    """How the database goes about it, for whoever reads of the failure."""
    with home.database.transaction() as session:
        statement = _next_of(session, wanted).compile(
            dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
        )
        return "\n".join(session.scalars(text(f"EXPLAIN ANALYZE {statement}".replace(":", "\\:"))))


def _next_of(session: Session, wanted: Audience) -> Select[Any]:
    person = audience.people(session, wanted).subquery().c[0]
    return select(person).where(person > uuid.UUID(int=0)).distinct().order_by(person).limit(5000)


def _batch(home: Home, wanted: Audience) -> tuple[int, float]:
    begun = time.perf_counter()
    with home.database.transaction() as session:
        found = len(session.scalars(_next_of(session, wanted)).all())
    return found, (time.perf_counter() - begun) * 1000
