"""The permission matrix: its rows come from the URL map, what is expected stands in permission_table.py."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.routing import Rule

from app import create_app
from app.claims import paper
from app.people import accounts
from app.settings import load_settings
from app.web.callers import ROLES, only
from app.web.room import Room
from app.wechat.standin.server import running
from app.wechat.standin.world import World
from tests.conftest import find_key
from tests.support.databases import Databases
from tests.web.permission_house import PermissionHouse
from tests.web.permission_table import EVERYBODY, SIGNED_IN, TABLE


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[PermissionHouse]:
    with databases.copy() as url, running(World()) as standin:
        app = create_app(
            load_settings(
                data_dir=databases.folder,
                database={"url": url},
                wechat={"api_base": standin.url, "standin": True},
                web={"verification_files": {"known.txt": "示例"}},
                limits={"enabled": False},
            )
        )
        yield PermissionHouse(app, find_key(app.extensions["home"], "GS001", "A"))
        app.extensions["home"].close()


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong passwords that are quick to find wrong: what is tried here is the door, not argon2."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", quick)
    monkeypatch.setattr(accounts, "_NOBODY", quick.hash("nobody's"))


@pytest.fixture(autouse=True)
def quick_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty sheet for everybody who may have one, without a font to look through."""
    monkeypatch.setattr(paper, "draw", lambda _: b"%PDF-1.4\n%%EOF\n")


def rows(app: Flask) -> set[tuple[str, str]]:
    """Every method of every rule; HEAD and OPTIONS are answered by Flask itself, see below."""
    return {(m, rule.rule) for rule in app.url_map.iter_rules() for m in methods(rule)}


def methods(rule: Rule) -> set[str]:
    return (rule.methods or set()) - {"HEAD", "OPTIONS"}


def test_every_endpoint_has_an_expectation_and_every_expectation_an_endpoint(house: PermissionHouse) -> None:
    assert rows(house.app) - set(TABLE) == set(), "say in permission_table.py who may call it"
    assert set(TABLE) - rows(house.app) == set(), "no longer served"


def test_an_endpoint_that_nobody_thought_about_would_be_noticed(app: Flask) -> None:
    app.add_url_rule("/api/v1/forgotten", "forgotten", lambda: "")
    assert rows(app) - set(TABLE) == {("GET", "/api/v1/forgotten")}


def test_every_role_of_the_contract_is_tried() -> None:
    assert set(ROLES) <= {name.rstrip("2") for name in EVERYBODY}
    for objects in TABLE.values():
        assert objects
        assert all(set(answers) == set(EVERYBODY) for answers in objects.values())


@pytest.mark.parametrize(("method", "rule"), TABLE, ids=lambda part: str(part))
def test_everybody_gets_what_he_may(house: PermissionHouse, method: str, rule: str) -> None:
    wrong = [
        f"{who} on {thing or 'it'}: {came} instead of {expected}"
        for thing, answers in TABLE[method, rule].items()
        for who, expected in answers.items()
        if (came := house.attempt(who, method, rule, thing, expected)) != expected
    ]
    assert wrong == []


def test_head_is_refused_where_get_is(house: PermissionHouse) -> None:
    for rule in house.app.url_map.iter_rules():
        if "HEAD" in (rule.methods or ()) and rule.rule.startswith("/api/v1") and "<" not in rule.rule:
            for who in ("stranger", "driver", "staff"):
                seen = [house.attempt(who, method, rule.rule, "", 403) for method in ("GET", "HEAD")]
                assert seen[0] == seen[1], (rule.rule, who)


def test_options_tells_methods_and_nothing_else(house: PermissionHouse) -> None:
    for rule in house.app.url_map.iter_rules():
        path = rule.rule.replace("<uuid:id>", "01a20000-0000-7000-8000-000000000000")
        answer = house.app.test_client().options(path)
        assert answer.data == b"" or answer.status_code >= 300, path
        assert "Access-Control-Allow-Origin" not in answer.headers, path


def test_an_endpoint_cannot_be_declared_without_saying_who_may_call_it() -> None:
    room = Room("test", "示例")
    with pytest.raises(TypeError, match="who"):
        room.call("GET", "/x", answers={200: None})
    with pytest.raises(ValueError, match="no such role"):
        only("staf")


def test_an_object_that_is_not_there_and_one_that_is_another_s_look_the_same(house: PermissionHouse) -> None:
    nowhere = "01a20000-0000-7000-8000-000000000000"
    theirs = house._request(house.author, "another's", None)
    for path in (f"/requests/{nowhere}", f"/requests/{theirs}"):
        told = [strip(house.people[who].get(path).json) for who in SIGNED_IN]
        assert told == [told[0]] * len(told)
        assert told[0]["code"] == "request.unknown"


def strip(body: dict[str, Any]) -> dict[str, Any]:
    """Without what differs with every request."""
    return {name: value for name, value in body.items() if name != "request_id"}


def test_health_does_not_depend_on_who_asks(house: PermissionHouse, make_app: Callable[..., Flask]) -> None:
    assert {house.attempt(who, "GET", "/readyz", "", 200) for who in EVERYBODY} == {200}
