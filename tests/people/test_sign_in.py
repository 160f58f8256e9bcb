"""Signing in through WeChat, over HTTP: who one becomes, who is refused, what a WeChat in trouble leaves."""

import time
from collections import Counter
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.foundation.home import Home
from app.foundation.ids import new_id
from app.people import service
from app.people.models import Person
from app.settings import Settings
from app.wechat.standin.demo import demo_openid
from app.wechat.standin.server import StandIn, running
from app.wechat.standin.world import World
from tests.support.clients import Somebody, sign_in, stranger
from tests.support.crowd import at_once
from tests.support.meeting import Meeting
from tests.web.conftest import problem
from tests.wechat.helpers import LOGIN, PHONE, TOKEN, break_it

USER = {
    "id", "nickname", "phone_masked", "roles", "home_station", "desk", "card", "member", "vehicle", "avatar",
}  # fmt: skip
TWINS = 16


def come(app: Flask, code: str) -> Any:
    return stranger(app).post("/auth/wechat", {"code": code})


def count(home: Home, table: str) -> int:
    with home.database.transaction() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_the_first_sign_in_makes_a_driver_and_asks_for_nothing(app: Flask) -> None:
    first = come(app, "demo:never-seen").json
    assert set(first) == {"token", "expires_in", "user", "is_new"}
    assert first["is_new"] is True
    assert first["expires_in"] == 30 * 24 * 3600
    assert len(first["token"]) == 43
    assert set(first["user"]) == USER
    assert first["user"]["roles"] == ["driver"]
    assert {name: first["user"][name] for name in USER - {"id", "roles"}} == {
        "nickname": "",
        "phone_masked": None,
        "home_station": None,
        "desk": None,
        "card": None,
        "member": None,
        "vehicle": None,
        "avatar": None,
    }


def test_coming_back_is_the_same_person_with_another_token(app: Flask) -> None:
    first, again = (come(app, "demo:never-seen").json for _ in range(2))
    assert again["is_new"] is False
    assert again["user"] == first["user"]
    assert again["token"] != first["token"]


def test_everybody_of_the_demonstration_comes_as_what_he_is(app: Flask) -> None:
    for name in "member staff kitchen responder supervisor secretary committee editor approver admin".split():
        user = come(app, f"demo:{name}").json["user"]
        assert name in user["roles"]
        bound = name in ("staff", "kitchen", "responder")
        assert (user["home_station"] or {}).get("code") == ("GS001" if bound else None), name


def test_a_desk_names_its_stations_and_its_kinds(app: Flask, home: Home) -> None:
    assert come(app, "demo:driver").json["user"]["desk"] is None
    desk = come(app, "demo:staff").json["user"]["desk"]
    assert [one["code"] for one in desk["stations"]] == ["GS001"]
    assert (desk["everywhere"], "medical" in desk["kinds"], "facility" in desk["kinds"]) == (
        False,
        True,
        True,
    )
    assert "facility" not in come(app, "demo:kitchen").json["user"]["desk"]["kinds"]
    everywhere = come(app, "demo:supervisor").json["user"]["desk"]
    assert (everywhere["everywhere"], everywhere["stations"]) == (True, [])
    with home.database.transaction() as session:
        person_id, _ = service.find_or_make(session, demo_openid("staff"), None, home.clock.now())
        service.grant(session, person_id, "staff", "GS002", home.clock.now())
    desk = come(app, "demo:staff").json["user"]["desk"]
    assert [one["code"] for one in desk["stations"]] == ["GS001", "GS002"]


def test_somebody_known_beforehand_becomes_a_driver_when_he_first_comes(app: Flask, home: Home) -> None:
    with home.database.transaction() as session:
        person_id, _ = service.find_or_make(session, demo_openid("known"), None, home.clock.now())
        service.grant(session, person_id, "viewer", "*", home.clock.now())
    first, again = come(app, "demo:known").json, come(app, "demo:known").json
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert first["user"]["roles"] == again["user"]["roles"] == ["driver", "viewer"]


def test_a_real_code_works_once(app: Flask, standin: StandIn) -> None:
    code = standin.world.login_codes.issue("oABC", standin.world.now(), "uXYZ")
    assert come(app, code).json["is_new"] is True
    problem(come(app, code), 401, "auth.code_invalid")


def test_a_code_that_wechat_does_not_know_is_invalid(app: Flask, home: Home) -> None:
    problem(come(app, "no-such-code"), 401, "auth.code_invalid")
    assert count(home, "sign_in") == 0


@pytest.mark.parametrize(
    "body", [{}, {"code": ""}, {"code": "  "}, {"code": 7}, {"code": "x" * 201}, {"code": None}]
)
def test_a_body_without_a_code_is_refused_before_wechat_is_asked(
    app: Flask, standin: StandIn, body: dict[str, Any]
) -> None:
    problem(stranger(app).post("/auth/wechat", body), 422, "api.invalid")
    assert standin.world.calls[LOGIN] == 0


def test_whoever_wechat_has_blocked_is_blocked_here(app: Flask, standin: StandIn) -> None:
    break_it(standin, LOGIN, "errcode", 40226, times=1)
    problem(come(app, "demo:driver"), 403, "auth.blocked")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("busy", None), ("reset", None), ("garbage", None), ("status", 502.0), ("errcode", 45011.0)],
)
def test_a_wechat_in_trouble_is_unavailable_and_says_when_to_come_back(
    app: Flask, standin: StandIn, home: Home, kind: str, value: float | None
) -> None:
    break_it(standin, LOGIN, kind, value)
    answer = come(app, "demo:driver")
    problem(answer, 503, "wechat.unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    assert count(home, "sign_in") == 0
    assert home.database.engine.pool.checkedout() == 0


def test_nobody_waits_longer_for_a_hanging_wechat_than_the_deadline(
    make_app: Callable[[Settings], Flask], settings: Settings, standin: StandIn
) -> None:
    quick = settings.wechat.model_copy(update={"deadline_s": 0.5})
    app = make_app(settings.model_copy(update={"wechat": quick}))
    break_it(standin, LOGIN, "hang")
    began = time.monotonic()
    problem(come(app, "demo:driver"), 503, "wechat.unavailable")
    assert time.monotonic() - began < 20


def test_while_wechat_thinks_no_connection_to_the_database_is_held(
    app: Flask, home: Home, driver: Somebody, standin: StandIn
) -> None:
    for path, ask in (
        (LOGIN, lambda: come(app, "demo:driver2")),
        (PHONE, lambda: driver.post("/me/phone", {"code": "demo:13800001234"})),
    ):
        ask()  # the access token is there from here on
        standin.world.latency_s[path] = 30.0
        calls = standin.world.calls[path]
        waiting = Thread(target=ask)
        waiting.start()
        until = time.monotonic() + 20
        while standin.world.calls[path] == calls and time.monotonic() < until:
            time.sleep(0.01)
        assert waiting.is_alive(), "it was meant to be waiting"
        assert home.database.engine.pool.checkedout() == 0, path
        standin.stopping.set()  # now it answers
        waiting.join()
        standin.stopping.clear()


def test_twins_that_come_for_the_first_time_are_one_person(app: Flask, home: Home) -> None:
    answers = at_once([lambda: come(app, "demo:twin")] * 4)  # as many as may be at WeChat's door at once
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json["user"]["id"] for answer in answers}) == 1
    assert Counter(answer.json["is_new"] for answer in answers) == {True: 1, False: 3}
    assert len({answer.json["token"] for answer in answers}) == 4


def arrive(home: Home) -> Any:
    try:
        with home.database.transaction() as session:
            return service.sign_in_by_openid(session, "oTwin", None, home.clock.now(), days=30)
    except IntegrityError as fault:
        return fault


def test_sixteen_twins_are_one_person(home: Home) -> None:
    came = at_once([lambda: arrive(home)] * TWINS)
    assert len({person for _, person, _ in came}) == 1
    assert sum(is_new for _, _, is_new in came) == 1
    with home.database.transaction() as session:
        roles = "SELECT count(*) FROM role_grant JOIN person ON id = person_id WHERE openid = 'oTwin'"
        assert session.scalar(text(roles)) == 1


def test_a_look_before_the_insert_would_turn_twins_away(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same, decided by a look instead of by the unique key's ON CONFLICT."""
    meeting = Meeting()

    def careless(session: Any, openid: str, unionid: str | None, now: Any, name: str = "") -> Any:
        known = session.scalar(select(Person.id).where(Person.openid == openid))
        if known is not None:
            return known, False
        meeting.come()
        made = Person(id=new_id(), openid=openid, unionid=unionid, name=name, state="active", created_at=now)
        session.add(made)
        session.flush()
        return made.id, True

    monkeypatch.setattr(service, "find_or_make", careless)
    came = at_once([lambda: arrive(home)] * 2)
    assert sum(isinstance(one, IntegrityError) for one in came) == 1


def test_with_an_outside_wechat_the_codes_of_the_demonstration_mean_nothing(
    make_app: Callable[[Settings], Flask], settings: Settings
) -> None:
    with running(World(demo=False)) as outside:
        wechat = settings.wechat.model_copy(update={"api_base": outside.url, "standin": False})
        app = make_app(settings.model_copy(update={"wechat": wechat}))
        for name in ("driver", "staff", "admin"):
            problem(come(app, f"demo:{name}"), 401, "auth.code_invalid")
        assert outside.world.calls[LOGIN] == 3, "it was WeChat who said so, not we"
        code = outside.world.login_codes.issue(demo_openid("driver"), outside.world.now())
        assert come(app, code).json["user"]["nickname"] == "示例司机甲"


def test_signing_in_needs_no_access_token(app: Flask, standin: StandIn) -> None:
    come(app, "demo:driver")
    assert standin.world.calls[TOKEN] == 0


def test_nothing_of_wechat_s_session_is_kept_or_told(app: Flask, home: Home) -> None:
    answer = come(app, "demo:driver")
    assert demo_openid("driver") not in answer.text
    assert "session_key" not in answer.text
    with home.database.transaction() as session:
        columns = session.scalars(text("SELECT column_name FROM information_schema.columns")).all()
    assert "session_key" not in columns


def test_a_person_changes_only_what_he_sends(app: Flask) -> None:
    driver = sign_in(app, "driver2")
    driver.put("/me", {"nickname": "老陈", "vehicle": {"plate": "甘a·12345", "kind": "heavy_truck"}})
    assert driver.put("/me", {}).json["nickname"] == "老陈"
    changed = driver.put("/me", {"nickname": " 小陈 "}).json
    assert changed["nickname"] == "小陈"
    assert changed["vehicle"] == {"plate": "甘A12345", "kind": "heavy_truck"}
    assert driver.put("/me", {"vehicle": None}).json["vehicle"] is None
    for body in (
        {"nickname": "x" * 21},
        {"nickname": ""},
        {"vehicle": {"plate": "12345", "kind": "car"}},
        {"vehicle": {"plate": "甘A12345", "kind": "rocket"}},
        {"vehicle": {"plate": "甘A12345"}},
        {"roles": ["admin"]},
        {"id": "x"},
    ):
        problem(driver.put("/me", body), 422, "api.invalid")
    assert driver.get("/me").json["nickname"] == "小陈"
