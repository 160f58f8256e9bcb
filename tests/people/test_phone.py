"""A phone number is WeChat's word, sealed and masked, and brings what waited for it."""

from flask import Flask
from sqlalchemy import text

from app.foundation.columns import blind_index
from app.foundation.home import Home
from app.people.models import WaitingGrant
from app.people.rules import clean_phone, mask_phone
from app.wechat.standin.server import StandIn
from tests.support.clients import Somebody, sign_in
from tests.web.conftest import problem
from tests.wechat.helpers import PHONE, break_it

NUMBER = "13800001234"


def prove(who: Somebody, number: str = NUMBER) -> dict[str, object]:
    answer = who.post("/me/phone", {"code": f"demo:{number}"})
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json
    return found


def test_a_proved_number_is_shown_masked(driver: Somebody) -> None:
    assert prove(driver)["phone_masked"] == "138******34"
    assert driver.get("/me").json["phone_masked"] == "138******34"
    assert NUMBER not in driver.get("/me").text


def test_it_is_sealed_in_the_database_and_found_by_its_index(driver: Somebody, home: Home) -> None:
    prove(driver)
    with home.database.transaction() as session:
        row = session.execute(
            text("SELECT phone, phone_index FROM person WHERE id = :id"), {"id": driver.user["id"]}
        ).one()
    assert NUMBER.encode() not in bytes(row.phone)
    assert bytes(row.phone_index) == blind_index(NUMBER)


def test_a_number_can_be_replaced_by_another(driver: Somebody) -> None:
    prove(driver)
    assert prove(driver, "13900005678")["phone_masked"] == "139******78"


def test_a_code_that_is_none_proves_nothing(driver: Somebody, standin: StandIn) -> None:
    problem(driver.post("/me/phone", {"code": "no-such-code"}), 401, "auth.code_invalid")
    code = standin.world.phone_codes.issue(NUMBER, standin.world.now())
    assert driver.post("/me/phone", {"code": code}).status_code == 200
    problem(driver.post("/me/phone", {"code": code}), 401, "auth.code_invalid")


def test_a_number_cannot_be_written_in_by_hand(driver: Somebody) -> None:
    for body in ({"phone": NUMBER}, {"code": NUMBER, "phone": NUMBER}):
        problem(driver.post("/me/phone", body), 422, "api.invalid")
    problem(driver.put("/me", {"phone": NUMBER}), 422, "api.invalid")
    assert driver.get("/me").json["phone_masked"] is None


def test_a_wechat_in_trouble_leaves_the_number_as_it_was(driver: Somebody, standin: StandIn) -> None:
    prove(driver)
    break_it(standin, PHONE, "status", 502.0)
    answer = driver.post("/me/phone", {"code": "demo:13900005678"})
    problem(answer, 503, "wechat.unavailable")
    assert int(answer.headers["Retry-After"]) >= 1
    assert driver.get("/me").json["phone_masked"] == "138******34"


def test_a_code_refused_is_no_reason_to_sign_out(driver: Somebody) -> None:
    """It is a 401 by the contract, but the sign-in itself is as good as before."""
    driver.post("/me/phone", {"code": "no-such-code"})
    assert driver.get("/me").status_code == 200


def test_a_number_handed_out_again_belongs_to_whoever_proved_it_last(driver: Somebody, app: Flask) -> None:
    prove(driver)
    assert prove(sign_in(app, "driver2"))["phone_masked"] == "138******34"
    assert driver.get("/me").json["phone_masked"] is None


def test_roles_that_waited_for_the_number_are_given_once(app: Flask, home: Home) -> None:
    with home.database.transaction() as session:
        for role, place in (("staff", "GS002"), ("member", "GS001")):
            session.add(
                WaitingGrant(
                    phone_index=blind_index(NUMBER), role=role, place=place, granted_at=home.clock.now()
                )
            )
    somebody = sign_in(app, "somebody")
    assert prove(somebody)["roles"] == ["driver", "member", "staff"]
    assert somebody.get("/staff/requests").status_code == 200
    with home.database.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM waiting_grant")) == 0
    assert prove(sign_in(app, "another"))["roles"] == ["driver"]


def test_it_is_where_a_request_can_be_called_back(driver: Somebody, staff: Somebody) -> None:
    prove(driver)
    made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "x"}).json["id"]
    assert staff.get(f"/staff/requests/{made}").json["contact_phone_masked"] == "138******34"


def test_what_is_a_number_and_how_it_is_masked() -> None:
    for written in ("13800001234", " 138 0000 1234 ", "+86 138-0000-1234", "008613800001234"):
        assert clean_phone(written) == NUMBER
    assert clean_phone("0931-8765432") == "09318765432"
    for written in ("", "12345", "1380000123", "23800001234", "+1 202 555 0101", "一三八零零零零一二三四"):
        assert clean_phone(written) is None, written
    assert mask_phone(None) is None
    assert mask_phone("09318765432") == "093******32"
