"""The door: who has no token, an ended one, one of another door; out is out at once; roles are read live."""

import uuid
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import text

from app.foundation.home import Home
from app.people import service as people
from app.wechat.standin.demo import demo_openid
from tests.support.clients import Somebody, sign_in, stranger
from tests.web.conftest import problem


def person(home: Home, name: str) -> uuid.UUID:
    with home.database.transaction() as session:
        return people.find_or_make(session, demo_openid(name), None, home.clock.now())[0]


def test_without_a_token_one_is_asked_to_sign_in(client: FlaskClient) -> None:
    for sent in (None, "", "Bearer", "Bearer ", "Basic dXNlcjpwdw==", "Bearer " + "x" * 300, "Bearer 令牌"):
        headers = {} if sent is None else {"Authorization": sent.encode().decode("latin-1")}
        answer = client.get("/api/v1/me", headers=headers)
        problem(answer, 401, "auth.required")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_that_nobody_gave_out_has_expired(client: FlaskClient) -> None:
    for token in ("x", "A" * 43, "' OR 1=1 --"):
        answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
        problem(answer, 401, "auth.expired")


def test_the_scheme_is_read_in_any_case(driver: Somebody, client: FlaskClient) -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {driver.token}"}
        assert client.get("/api/v1/me", headers=headers).status_code == 200


def test_a_token_in_the_address_is_none(driver: Somebody, client: FlaskClient) -> None:
    for name in ("token", "access_token"):
        problem(client.get(f"/api/v1/me?{name}={driver.token}"), 401, "auth.required")


def test_only_a_hash_of_the_token_is_stored(driver: Somebody, home: Home) -> None:
    with home.database.transaction() as session:
        rows = session.execute(text("SELECT s::text FROM sign_in s")).scalars().all()
    assert rows
    assert all(driver.token not in row and driver.token.encode().hex() not in row for row in rows)


def test_signing_out_ends_this_token_at_once_and_no_other(driver: Somebody) -> None:
    other = sign_in(driver.app, "driver")
    assert driver.post("/auth/logout").status_code == 204
    problem(driver.get("/me"), 401, "auth.expired")
    problem(driver.post("/requests", {"kind": "other", "text": "x"}), 401, "auth.expired")
    assert other.get("/me").status_code == 200


def test_whoever_is_disabled_is_out_at_once_and_cannot_come_back(driver: Somebody, home: Home) -> None:
    with home.database.transaction() as session:
        people.disable(session, person(home, "driver"), home.clock.now())
    problem(driver.get("/me"), 401, "auth.expired")
    answer = stranger(driver.app).post("/auth/wechat", {"code": "demo:driver"})
    problem(answer, 403, "auth.blocked")
    with home.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM sign_in")) == 0


def test_a_state_alone_shuts_the_door_even_with_a_live_token(driver: Somebody, home: Home) -> None:
    with home.database.transaction() as session:
        session.execute(
            text("UPDATE person SET state = 'disabled' WHERE openid = :it"), {"it": demo_openid("driver")}
        )
    problem(driver.get("/me"), 401, "auth.expired")


def test_roles_are_read_live(driver: Somebody, home: Home) -> None:
    who = person(home, "driver")
    problem(driver.get("/staff/requests"), 403, "auth.forbidden")
    with home.database.transaction() as session:
        people.grant(session, who, "staff", "GS001", home.clock.now())
    assert driver.get("/staff/requests").status_code == 200
    assert driver.get("/me").json["roles"] == ["driver", "staff"]
    assert driver.get("/me").json["home_station"]["code"] == "GS001"
    with home.database.transaction() as session:
        session.execute(
            text("DELETE FROM role_grant WHERE person_id = :who AND role = 'staff'"), {"who": who}
        )
    problem(driver.get("/staff/requests"), 403, "auth.forbidden")


def test_a_sign_in_lasts_thirty_days_and_slides_with_use(
    driver: Somebody, turn_clock: Callable[[str], None]
) -> None:
    unused = sign_in(driver.app, "driver")
    for _ in range(3):
        turn_clock("+29d")
        assert driver.get("/me").status_code == 200
    problem(unused.get("/me"), 401, "auth.expired")
    turn_clock("+29d")
    assert driver.get("/me").status_code == 200
    turn_clock("+31d")
    problem(driver.get("/me"), 401, "auth.expired")


def test_sliding_writes_at_most_once_a_day(
    driver: Somebody, turn_clock: Callable[[str], None], statements: list[str]
) -> None:
    def writes() -> int:
        statements.clear()
        for _ in range(3):
            assert driver.get("/me").status_code == 200
        return sum("UPDATE sign_in" in statement for statement in statements)

    assert writes() == 0
    turn_clock("+25h")
    assert writes() == 1
    assert writes() == 0


def test_a_token_of_the_console_opens_nothing_here(driver: Somebody, home: Home) -> None:
    with home.database.transaction() as session:
        token = people.make_sign_in(
            session, person(home, "staff"), "console", home.clock.now(), timedelta(hours=12)
        )
    problem(Somebody(driver.app, token, {}).get("/me"), 401, "auth.expired")


def test_another_person_s_object_is_not_there(driver: Somebody) -> None:
    other = sign_in(driver.app, "driver2")
    path = f"/requests/{driver.post('/requests', {'kind': 'other', 'text': 'x'}).json['id']}"
    problem(other.get(path), 404, "request.unknown")
    for step, body in (
        ("messages", {"text": "x"}),
        ("confirm", {}),
        ("withdraw", {}),
        ("reopen", {"reason": "x"}),
        ("rating", {"score": 5}),
    ):
        problem(other.post(f"{path}/{step}", body), 404, "request.unknown")
