"""Without signal nothing is lost: it waits where one sees it, goes out once, and keeps its own time."""

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Route
from sqlalchemy import text

from app.foundation.home import Home
from tests.conftest import find_key
from tests.miniprogram.eyes import look_at
from tests.miniprogram.house import House
from tests.miniprogram.phone import Phone
from tests.support.clients import sign_in


def count(home: Home, table: str) -> int:
    with home.database.transaction() as session:
        found = session.scalar(text(f"SELECT count(*) FROM {table}"))
    assert isinstance(found, int)
    return found


def served_once(driver: Phone, code: str) -> None:
    """Somebody who was here before: signed in, the station seen, the kinds of request known."""
    driver.scan_outside(code)
    driver.see("签到成功")
    driver.launch("/pages/ask/index?kind=facility")
    driver.see("设施报修")


def ask_for(driver: Phone, words: str) -> None:
    driver.launch("/pages/ask/index?kind=facility")
    driver.write("怎么了", words)
    driver.tap("说给值班室")


def test_what_is_done_without_signal_goes_out_later_once_with_its_own_time(
    phone: Callable[..., Phone], app: Flask, home: Home, house: House, code: str, later: Callable[..., None]
) -> None:
    driver = phone()
    served_once(driver, code)
    ask_for(driver, "第一件，有信号")
    driver.see("说过去了")
    house.go_away()

    driver.launch(f"/pages/scan/index?code={code}")
    driver.see("先记下了")
    driver.launch("/pages/ask/index?kind=facility")
    driver.see("扫过站点码")  # he may be elsewhere by now: the form asks where
    driver.shown().get_by_label("哪一站", exact=True).select_option(label="接驾嘴服务区")
    driver.tap("A 侧", role="radio")
    driver.write("怎么了", "热水龙头不出水")
    driver.tap("加照片")
    driver.tap("说给值班室")
    driver.see("没信号，都给您记着")
    driver.see("热水龙头不出水")
    driver.see("带 1 张照片")
    driver.tap("再试一次")
    driver.page.get_by_text("还是没信号，都给您留着").wait_for()
    assert count(home, "help_request") == 1

    house.come_back()
    later(minutes=40)
    driver.tap("再试一次")
    driver.see("没有等着发的，都发出去了")
    staff = sign_in(app, "staff")
    queue = {request["text"]: request for request in staff.get("/staff/requests").json["items"]}
    assert set(queue) == {"第一件，有信号", "热水龙头不出水"}
    late = queue["热水龙头不出水"]
    opened = staff.get(f"/staff/requests/{late['id']}").json
    assert len(opened["uploads"]) == 1
    assert opened["written_at"] < opened["created_at"], "the queue keeps the moment of writing"
    assert count(home, "help_request") == 2


def test_a_request_after_a_scan_without_signal_does_not_go_to_the_station_before(
    phone: Callable[..., Phone], app: Flask, home: Home, house: House, code: str
) -> None:
    driver = phone()
    served_once(driver, code)
    driver.launch("/pages/home/index")
    driver.see("接驾嘴")
    driver.not_see("上次到的")
    house.go_away()
    elsewhere = find_key(home, "GS002", "B")
    driver.launch(f"/pages/scan/index?code={elsewhere}")
    driver.see("先记下了")
    driver.launch("/pages/home/index")
    driver.see("扫的码等着发")
    driver.not_see("接驾嘴")
    look_at(driver, "scan-waits-home")
    driver.launch("/pages/ask/index?kind=facility")
    driver.see(f"扫过站点码 {elsewhere}，没签上")
    driver.shown().get_by_label("具体在哪", exact=True).scroll_into_view_if_needed()
    look_at(driver, "scan-waits-ask")
    driver.write("怎么了", "热水龙头不出水")
    driver.tap("说给值班室")
    driver.see("没信号，都给您记着")
    house.come_back()
    driver.tap("再试一次")
    driver.see("没有等着发的，都发出去了")
    with home.database.transaction() as session:
        [(station, side)] = session.execute(text("SELECT station, side FROM help_request")).all()
    assert (station, side) == (None, None), "the duty centre asks him"


def test_an_answer_lost_on_the_way_does_not_make_it_happen_twice(
    phone: Callable[..., Phone], home: Home, house: House, code: str
) -> None:
    driver = phone()
    served_once(driver, code)
    lost = house.lose_answer(lambda method, path: method == "POST" and path.endswith("/requests"))
    ask_for(driver, "只此一件")
    driver.see("没信号，都给您记着")
    assert lost, "the service did it, the phone never heard"
    assert count(home, "help_request") == 1
    driver.tap("再试一次")
    driver.see("没有等着发的，都发出去了")
    assert count(home, "help_request") == 1


def test_without_its_key_the_same_would_happen_twice(
    phone: Callable[..., Phone], home: Home, house: House, code: str
) -> None:
    """The control: it is the key that makes the test above hold."""
    driver = phone()
    served_once(driver, code)

    def without_key(route: Route) -> None:
        headers = {k: v for k, v in route.request.headers.items() if k != "idempotency-key"}
        route.continue_(headers=headers)

    driver.page.route("**/api/v1/requests", without_key)
    house.lose_answer(lambda method, path: method == "POST" and path.endswith("/requests"))
    ask_for(driver, "只此一件")
    driver.see("没信号，都给您记着")
    driver.tap("再试一次")
    driver.see("没有等着发的，都发出去了")
    assert count(home, "help_request") == 2


def test_the_queue_survives_the_death_of_the_app_and_goes_out_by_itself(
    phone: Callable[..., Phone], home: Home, house: House, code: str
) -> None:
    driver = phone()
    served_once(driver, code)
    driver.page.context.set_offline(True)
    ask_for(driver, "灯坏了")
    driver.see("没信号，都给您记着")
    driver.page.context.set_offline(False)
    driver.open("/pages/home/index")
    driver.see("灯坏了")  # under way, at the desk
    assert count(home, "help_request") == 1


def test_a_refusal_stays_until_it_has_been_read(phone: Callable[..., Phone], house: House, code: str) -> None:
    driver = phone()
    served_once(driver, code)
    house.go_away()
    driver.launch("/pages/scan/index?code=ZZZZZZZZ")
    driver.see("先记下了")
    house.come_back()
    driver.launch("/pages/waiting/index")
    driver.tap("再试一次")
    driver.see("没送成：这个码不是司机之家的站点码")
    driver.tap("知道了")
    driver.see("没有等着发的，都发出去了")


def test_a_message_waits_too(phone: Callable[..., Phone], home: Home, house: House, code: str) -> None:
    driver = phone()
    served_once(driver, code)
    ask_for(driver, "空调坏了")
    driver.see("说过去了")
    house.go_away()
    driver.tap("补一句")
    driver.write("补一句", "在二楼")
    driver.tap("发出去")
    driver.see("您又写的 1 句还没发出去")
    driver.see("没信号时记下的 1 件，等着发")
    house.come_back()
    driver.look_again()  # taken out of the pocket: what waits goes out by itself
    driver.not_see("等着发")
    assert count(home, "request_message") == 1


def test_station_phones_and_120_work_without_signal(
    phone: Callable[..., Phone], house: House, code: str
) -> None:
    driver = phone()
    driver.scan_outside(code)
    driver.see("签到成功")
    driver.launch("/pages/station/index?code=GS001")
    driver.see("热水供应")
    house.go_away()
    driver.launch("/pages/station/index?code=GS001")
    driver.see("没信号，这是")
    driver.see("热水供应")
    driver.tap("打值班室")
    driver.tap("打 120")
    assert driver.calls("makePhoneCall") == [{"phoneNumber": "0931-0000001"}, {"phoneNumber": "120"}]
    driver.launch("/pages/stations/index")
    driver.see("没有信号，连不上。")


def test_a_page_that_got_no_answer_can_be_asked_again(phone: Callable[..., Phone], house: House) -> None:
    driver = phone()
    driver.page.route("**/api/v1/inbox?*", lambda route: None)  # never answered
    driver.open("/pages/inbox/index")
    driver.see("正在打开")
    driver.page.unroute("**/api/v1/inbox?*")
    driver.page.route("**/api/v1/stations", lambda route: None)
    driver.launch("/pages/stations/index")
    driver.see("正在打开")
    driver.not_see("没有这样的站")
    house.go_away()
    driver.launch("/pages/inbox/index")
    driver.see("没有信号，连不上。")
    driver.not_see("正在打开")
    house.come_back()
    driver.tap("再试一次")
    driver.see("您问的政策有答复了")
    driver.not_see("没有信号")


def test_a_cry_for_help_does_not_wait_behind_a_photo(
    phone: Callable[..., Phone], home: Home, code: str
) -> None:
    driver = phone()
    served_once(driver, code)
    driver.page.route("**/api/v1/uploads", lambda route: None)  # never answered
    driver.launch("/pages/ask/index?kind=facility")
    driver.write("怎么了", "灯坏了")
    driver.tap("加照片")
    driver.tap("说给值班室")
    driver.see("正在发")
    driver.tap("急救，叫人来")
    driver.tap("叫人来", exact=True)
    driver.see("正在叫人")
    driver.see("还没有人接，请拨打")
    assert count(home, "help_request") == 1


def test_a_cry_for_help_without_signal_says_so_and_goes_out_as_soon_as_it_can(
    phone: Callable[..., Phone], home: Home, house: House, code: str
) -> None:
    driver = phone()
    served_once(driver, code)
    house.go_away()
    driver.launch("/pages/sos/index")
    driver.tap("叫人来", exact=True)
    driver.see("请直接打 120")
    driver.see("还没发出去")
    assert driver.calls("makePhoneCall") == [{"phoneNumber": "120"}], "at once, by WeChat's own question"
    house.come_back()
    driver.see("正在叫人")
    assert count(home, "help_request") == 1
