"""An administrator's pages: workdays and a station's clocks, as plain forms."""

from collections.abc import Callable

import pytest

from tests.console.desk_client import Desk
from tests.support.clients import Somebody


@pytest.fixture
def admin(signed_in: Callable[..., Desk]) -> Desk:
    return signed_in("guan", ("admin", "*"))


def test_an_administrator_is_led_to_his_pages_and_sees_no_queue(admin: Desk, driver: Somebody) -> None:
    made = driver.post("/requests", {"kind": "other", "station": "GS001", "text": "想吃碗热面"}).json["id"]
    assert admin.get("/").location == "/console/workdays"
    page = admin.get("/workdays").text
    assert "想吃碗热面" not in page
    assert "/console/requests" not in page
    assert admin.get(f"/requests/{made}").status_code == 403
    assert admin.get("/settings").status_code == 200


def test_a_day_is_set_and_taken_back(admin: Desk) -> None:
    sent = {"day": "2099-02-12", "kind": "holiday", "reason": "示例依据"}
    assert admin.post("/workdays", "/workdays", **sent).location == "/console/workdays"
    page = admin.get("/workdays").text
    assert "2099-02-12 周四" in page
    assert "示例依据" in page
    assert admin.post("/workdays/2099-02-12/remove", "/workdays").status_code == 303
    assert "示例依据" not in admin.get("/workdays").text


def test_what_is_over_shows_where_it_is_asked_for(admin: Desk) -> None:
    admin.post("/workdays", "/workdays", day="2020-01-02", kind="workday", reason="示例往年")
    assert "示例往年" not in admin.get("/workdays").text
    assert "示例往年" in admin.get("/workdays?past=1").text


@pytest.mark.parametrize(
    "wrong",
    [{"day": "no day"}, {"kind": "half"}, {"reason": " "}, {"day": "1999-12-31"}],
)
def test_what_cannot_be_set_is_said_and_what_was_typed_stays(admin: Desk, wrong: dict[str, str]) -> None:
    sent = {"day": "2099-02-12", "kind": "workday", "reason": "示例依据", **wrong}
    answer = admin.post("/workdays", "/workdays", **sent)
    assert answer.status_code == 422
    assert "api.invalid" in answer.text
    assert sent["day"] in answer.text


def test_a_station_s_clocks_are_set_and_taken_back(admin: Desk, driver: Somebody) -> None:
    path, page = "/clocks/other", "/clocks?station=GS001"
    set_it = admin.post(f"{path}?station=GS001", page, **{"ack": "1", "ack.unit": "h", "close": ""})
    assert set_it.location == "/console/clocks?station=GS001"
    assert "接手 1 小时 · 答复 2 个工作日" in admin.get(page).text
    assert "接手 2 小时 · 答复 2 个工作日" in admin.get("/clocks?station=GS002").text
    for ack, unit in (("9", "wd"), ("soon", "h"), ("5", "年"), ("-5", "m"), ("5", "")):
        wrong = admin.post(f"{path}?station=GS001", page, **{"ack": ack, "ack.unit": unit})
        assert (wrong.status_code, ack in wrong.text) == (422, True)
    assert admin.post(f"{path}/remove?station=GS001", page).status_code == 303
    assert "接手 2 小时 · 答复 2 个工作日" in admin.get(page).text


def test_a_call_for_help_offers_nothing_to_set(admin: Desk) -> None:
    page = admin.get("/clocks?station=GS001").text
    assert "/clocks/medical" not in page
    sent = {"ack": "1", "ack.unit": "h"}
    refused = admin.post("/clocks/medical?station=GS001", "/clocks", **sent)
    assert refused.status_code == 409


def test_nobody_else_sees_them(jia: Desk) -> None:
    assert jia.get("/workdays").status_code == 403
    assert "/console/workdays" not in jia.get("/").text
