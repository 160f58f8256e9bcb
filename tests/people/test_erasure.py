"""Everything on a person told in one file, or forgotten: nothing of him is left in any table."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from app.content.tasks import remove_gone
from app.foundation.home import Home
from app.helpdesk.erasure import ERASED
from app.people.erasure import NOBODY
from app.settings import Settings
from app.wechat.callback.work import work_off
from app.wechat.standin.demo import demo_openid
from tests.support.clients import Somebody, sign_in
from tests.support.stored import tables_with
from tests.web.claim_journey import CAMERA, CARGO, KEPT, POLICE_NO
from tests.web.whole_journey import PHONE, PLATE, walk
from tests.wechat.pushes import WeChatServer, event, popup, with_push

OPENID = demo_openid("driver")
SAID = (
    "胸口闷得厉害喘不上气",
    "靠出口第三排蓝色货车",
    "医生两分钟到请解开衣领",
    "老陈师傅",
    "家属电话打不通待核实",
    POLICE_NO,
    KEPT,
    CAMERA,
    CARGO,
)
TEMPLATE = "ShiLiMoBan-QingQiuJinDu-0000000000000000001"


@pytest.fixture
def app(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    return make_app(with_push(settings))


@pytest.fixture
def travelled(app: Flask) -> Somebody:
    """The driver after a whole journey, signed in again."""
    walk(app)
    return sign_in(app, "driver")


def erase(who: Somebody, **more: Any) -> Any:
    return who.post("/me/erasure", {"confirm": True, **more})


def test_the_search_finds_what_is_there(home: Home, travelled: Somebody) -> None:
    """The control: before the erasure each of them is found, sealed or not."""
    for secret in (OPENID, PHONE, PLATE, *SAID):
        assert tables_with(home, secret), secret


def test_after_an_erasure_nothing_of_the_person_is_in_any_table(home: Home, travelled: Somebody) -> None:
    WeChatServer(travelled.app).push(popup(TEMPLATE))
    assert erase(travelled, force=True).status_code == 202
    remove_gone(home)  # the clockwork, within seconds
    for secret in (OPENID, PHONE, PLATE, *SAID):
        assert tables_with(home, secret) == set(), secret
    person = travelled.user["id"]
    kept = tables_with(home, person)
    assert kept == {"person", "audit_entry"}, "a row of nobody, and what was audited, by its id alone"


def test_what_figures_need_is_kept_and_belongs_to_nobody(home: Home, travelled: Somebody) -> None:
    before = counts(home)
    assert erase(travelled, force=True).status_code == 202
    assert counts(home) == before
    with home.database.transaction() as session:
        owners = set(session.scalars(text("SELECT person_id FROM check_in")))
        texts = session.execute(text("SELECT person_id, caller_index, contact_phone FROM help_request")).all()
        row = session.execute(text("SELECT * FROM person WHERE id = :id"), {"id": travelled.user["id"]}).one()
    assert owners == {NOBODY}
    assert (None, None, None) in [tuple(each) for each in texts]
    assert row.state == "erased"
    assert row.openid is row.unionid is row.phone is row.phone_index is row.vehicle_plate is None


def counts(home: Home) -> tuple[Any, Any]:
    with home.database.transaction() as session:
        scans = session.execute(text("SELECT station, side, day, count(*) FROM check_in GROUP BY 1, 2, 3"))
        asked = session.execute(
            text("SELECT kind, desk, count(*) FROM help_request GROUP BY 1, 2 ORDER BY 1")
        )
        return scans.all(), asked.all()


def test_every_sign_in_ends_at_once_and_whoever_returns_is_new(app: Flask, home: Home) -> None:
    first, second = sign_in(app, "leaving"), sign_in(app, "leaving")
    assert erase(first).status_code == 202
    for dead in (first, second):
        answer = dead.get("/me")
        assert (answer.status_code, answer.json["code"]) == (401, "auth.expired")
    again = sign_in(app, "leaving")
    assert again.user["id"] != first.user["id"]
    assert again.user["roles"] == ["driver"]
    assert again.get("/inbox").json["items"] == []


@pytest.mark.parametrize("body", [{}, {"confirm": False}, {"confirm": "true"}, {"confirm": True, "force": 1}])
def test_nobody_is_erased_by_mistake(driver: Somebody, body: dict[str, Any]) -> None:
    assert driver.post("/me/erasure", body).status_code == 422
    assert driver.get("/me").status_code == 200


def test_an_open_request_stands_in_the_way_unless_it_is_forced(
    app: Flask, driver: Somebody, staff: Somebody
) -> None:
    asked = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "请帮我找找"}).json
    answer = erase(driver)
    assert (answer.status_code, answer.json["code"]) == (409, "me.open_matters")
    assert driver.get(f"/requests/{asked['id']}").json["text"] == "请帮我找找"
    assert erase(driver, force=True).status_code == 202
    left = staff.get(f"/staff/requests/{asked['id']}").json
    assert (left["state"], left["text"], left["contact_phone_masked"]) == ("withdrawn", ERASED, None)
    assert left["messages"] == []
    assert asked["id"] not in [line["id"] for line in staff.get("/staff/requests").json["items"]]


def test_another_person_s_things_are_not_touched(app: Flask, home: Home, travelled: Somebody) -> None:
    other = sign_in(app, "driver2")
    other.put("/me", {"nickname": "示例老王"})
    other.post("/requests", {"kind": "other", "station": "GS001", "text": "别人的诉求"})
    before = [other.get(path).json for path in ("/me", "/requests", "/inbox", "/checkins")]
    assert erase(travelled, force=True).status_code == 202
    assert [other.get(path).json for path in ("/me", "/requests", "/inbox", "/checkins")] == before


def test_whoever_worked_at_a_desk_leaves_his_work_and_takes_his_name(app: Flask, home: Home) -> None:
    driver, staff = sign_in(app, "driver"), sign_in(app, "staff")
    name = staff.user["nickname"]
    asked = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "示例"}).json
    path = f"/staff/requests/{asked['id']}"
    assert staff.post(f"{path}/claim").status_code == 200
    assert staff.post(f"{path}/replies", {"text": "马上来"}).status_code == 201
    assert erase(staff).status_code == 202
    seen = driver.get(f"/requests/{asked['id']}").json
    assert seen["holder"] is None
    assert [m["text"] for m in seen["messages"]] == ["马上来"]
    assert name not in str(seen)
    assert tables_with(home, name) == set()
    colleague = sign_in(app, "staff2")
    assert colleague.post(f"{path}/claim").status_code == 200, "what he held is free again"


def test_the_erasure_itself_is_in_the_audit_trail_without_a_name(home: Home, travelled: Somebody) -> None:
    erase(travelled, force=True)
    with home.database.transaction() as session:
        row = session.execute(text("SELECT * FROM audit_entry WHERE action = 'person.erased'")).one()
    assert row.object_id == travelled.user["id"]
    assert row.actor_id is None


# --- the file ---------------------------------------------------------------------------------------------


def test_the_file_holds_everything_and_nothing_of_others(app: Flask, travelled: Somebody) -> None:
    sign_in(app, "driver2").post("/requests", {"kind": "other", "station": "GS001", "text": "别人的诉求"})
    answer = travelled.get("/me/export")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="drivers-home-2')
    held = answer.json["held"]
    assert held["person"]["openid"] == OPENID
    assert held["person"]["phone"] == PHONE
    assert held["person"]["vehicle"]["plate"] == PLATE
    assert len(held["checkins"]) == 1
    assert held["requests"][0]["text"] == SAID[0]
    assert {m["text"] for m in held["requests"][0]["messages"]} >= {SAID[2]}
    assert held["inbox"]
    assert held["subscriptions"]
    assert held["deliveries"]
    told = answer.text
    assert SAID[4] not in told, "an internal note is the desk's"
    assert "别人的诉求" not in told
    assert demo_openid("driver2") not in told


def test_every_table_that_names_a_person_is_forgotten_by_somebody(home: Home, travelled: Somebody) -> None:
    """A room that comes later and keeps something on people has to say what becomes of it."""
    with home.database.engine.connect() as connection:
        looked = inspect(connection)
        naming = {
            table
            for table in looked.get_table_names()
            for key in looked.get_foreign_keys(table)
            if key["referred_table"] == "person"
        }
    assert naming, "the tables are found"
    assert erase(travelled, force=True).status_code == 202
    remove_gone(home)
    left = tables_with(home, travelled.user["id"]) & naming
    assert left == set()


# --- what WeChat says -------------------------------------------------------------------------------------


@pytest.fixture
def known(driver: Somebody) -> Somebody:
    """A driver of whom plate, nickname and phone are known."""
    driver.put("/me", {"nickname": "示例老陈", "vehicle": {"plate": PLATE, "kind": "heavy_truck"}})
    driver.post("/me/phone", {"code": f"demo:{PHONE}"})
    return driver


def revoke(app: Flask, info: str, **more: Any) -> None:
    message = event("user_authorization_revoke", openid="oPlatform", OpenID=OPENID, RevokeInfo=info, **more)
    assert WeChatServer(app).push(message).text == "success"
    work_off(app.extensions["home"])


def held(who: Somebody) -> tuple[bool, bool, bool]:
    """Whether plate, nickname and phone are known."""
    me = who.get("/me").json
    return me["vehicle"] is not None, bool(me["nickname"]), me["phone_masked"] is not None


@pytest.mark.parametrize(
    ("info", "left"),
    [
        ("1", (False, True, True)),
        ("6", (True, False, True)),
        ("19", (True, False, True)),
        ("20", (True, True, True)),
        ("8", (True, True, False)),
        ("1,8", (False, True, False)),
        ("2", (True, True, True)),
        ("13", (True, True, True)),
        ("99", (True, True, True)),
        ("", (True, True, True)),
    ],
)
def test_exactly_what_was_taken_back_is_deleted(
    app: Flask, known: Somebody, info: str, left: tuple[bool, bool, bool]
) -> None:
    assert held(known) == (True, True, True)
    revoke(app, info)
    assert held(known) == left


def test_a_phone_taken_back_goes_from_requests_too_and_another_number_stays(
    app: Flask, home: Home, known: Somebody
) -> None:
    asked = {"kind": "other", "station": "GS001", "text": "示例"}
    copied = known.post("/requests", asked).json
    written = known.post("/requests", asked | {"contact_phone": "13600002468"}).json
    assert tables_with(home, PHONE) == {"person", "help_request"}
    revoke(app, "8")
    assert tables_with(home, PHONE) == set()
    with home.database.transaction() as session:
        rows = session.execute(text("SELECT id, contact_phone FROM help_request")).all()
    left = {str(row.id): row.contact_phone is not None for row in rows}
    assert left == {copied["id"]: False, written["id"]: True}


def test_what_a_plug_in_was_given_is_not_ours(app: Flask, known: Somebody) -> None:
    revoke(app, "8", PluginID="wxplugin", OpenPID="x")
    assert held(known) == (True, True, True)


def test_a_deleted_wechat_account_is_erased_here(app: Flask, home: Home, travelled: Somebody) -> None:
    travelled.post("/requests", {"kind": "other", "station": "GS001", "text": "还没办完"})
    message = event("user_authorization_cancellation", openid="oPlatform", OpenID=OPENID)
    WeChatServer(app).push(message)
    work_off(home)
    assert travelled.get("/me").status_code == 401
    for secret in (OPENID, PHONE, PLATE, *SAID, "还没办完"):
        assert tables_with(home, secret) == set(), secret
    WeChatServer(app).push(message)  # delivered again: there is nobody any more
    assert work_off(home) <= 1


def test_somebody_unknown_is_no_trouble(app: Flask, home: Home) -> None:
    for name in ("user_authorization_revoke", "user_authorization_cancellation"):
        WeChatServer(app).push(event(name, OpenID="oNobodyEverSignedInAsThis000", RevokeInfo="8"))
    assert work_off(home) == 2
    with home.database.transaction() as session:
        assert set(session.scalars(text("SELECT state FROM wechat_event"))) == {"done"}
