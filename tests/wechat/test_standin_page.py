"""The stand-in's page: what arrived, as a person sees it, refreshed by itself, with switches that work."""

import re
from collections.abc import Iterator

import pytest
import requests
from playwright.sync_api import Page, sync_playwright

from app.wechat.standin.demo import demo_openid
from app.wechat.standin.server import StandIn
from app.wechat.standin.subscribe import Message
from tests.support.programs import require
from tests.wechat.helpers import TEMPLATE

ADDRESS = "pages/request/index?id=7"


def arrive(standin: StandIn, name: str, text: str) -> None:
    world = standin.world
    with world.lock:
        values = {"thing1": "热水供应", "phrase2": "已解决", "thing3": text, "time4": "2026年11月22日 15:01"}
        to = (world.new_msgid(), world.now(), demo_openid(name))
        message = Message(*to, TEMPLATE, "诉求进度通知", ADDRESS, "formal", values)
        world.desk.keep(message)


def get(standin: StandIn, path: str = "/", **headers: str) -> requests.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(standin.url + path, headers=sent, timeout=5)


def test_it_needs_no_other_host_and_forbids_everything_else(standin: StandIn) -> None:
    arrive(standin, "driver", "<script>alert(1)</script>")
    page = get(standin)
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert "<script>alert" not in page.text
    assert " style=" not in page.text
    assert not re.search(r"\son\w+=", page.text)
    for path in ("/page.css", "/page.js"):
        assert not re.search(r"https?://", get(standin, path).text)
    for loaded in re.findall(r'(?:src|href)="(/[^"]*)"', page.text):
        assert get(standin, loaded).status_code == 200, loaded


def test_a_page_that_has_not_changed_is_not_sent_again(standin: StandIn) -> None:
    first = get(standin)
    again = get(standin, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.text) == (304, "")
    arrive(standin, "driver", "新的")
    assert get(standin, If_None_Match=first.headers["ETag"]).status_code == 200


def test_newest_first_and_by_phone(standin: StandIn) -> None:
    for name, text in (("driver", "第一条"), ("driver2", "第二条"), ("driver", "第三条")):
        arrive(standin, name, text)
    everything = get(standin).text
    assert everything.index("第三条") < everything.index("第二条") < everything.index("第一条")
    one = get(standin, "/?phone=driver2").text
    assert "第二条" in one
    assert "第三条" not in one
    assert ADDRESS in one


@pytest.mark.parametrize("headers", [{"Origin": "http://elsewhere.test"}, {"Host": "elsewhere.test"}])
def test_a_page_from_elsewhere_can_switch_nothing(standin: StandIn, headers: dict[str, str]) -> None:
    url = standin.url + "/_standin/faults"
    fault = {"path": "*", "kind": "busy"}
    assert requests.post(url, json=fault, headers=headers, timeout=5).status_code == 403
    assert standin.world.faults.on == []
    own = {"Origin": standin.url}
    assert requests.post(url, json=fault, headers=own, timeout=5).status_code == 200


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    program = require("chromium", why="the stand-in's page is looked at in a real browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [375, 1440])
def test_a_message_shows_by_itself_and_switches_work(standin: StandIn, chromium: object, width: int) -> None:
    page: Page = chromium.new_page(viewport={"width": width, "height": 900})
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(standin.url)
    page.get_by_text("还没有消息送达").wait_for()
    arrive(standin, "driver", "热水已恢复")
    page.locator(".card dd", has_text="热水已恢复").wait_for(timeout=6000)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.get_by_role("button", name="答复弹窗").click()
    page.locator("#say", has_text="弹窗已答复").wait_for()
    assert standin.world.desk.credits[demo_openid("driver"), TEMPLATE] == 1
    page.locator("form[data-call=faults] button.main").click()
    page.locator("#faults", has_text="系统繁忙").wait_for()
    page.get_by_role("button", name="全部关掉").click()
    page.locator("#faults", has_text="一切正常").wait_for()
    assert standin.world.faults.on == []
    page.close()
    assert faults == []
