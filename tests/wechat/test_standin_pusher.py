"""The stand-in's pushes: in every mode and form as WeChat's own, tried three times, twice or turned round."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from wechatpy.crypto import WeChatCrypto

from app.settings import Settings
from app.wechat.callback.events import event_name, items_of
from app.wechat.callback.reading import read_message
from app.wechat.standin import events, popup
from app.wechat.standin.demo import demo_openid
from app.wechat.standin.pusher import Plan, letter, write
from app.wechat.standin.server import StandIn
from tests.support.web import served
from tests.wechat.helpers import TEMPLATE
from tests.wechat.pushes import AES_KEY, PATH, TOKEN, sign, stored, with_push

APPID = "wx1234567890abcdef"
DRIVER = demo_openid("driver")
SECOND = "ShiLiMoBan-GongGaoTuiSong-00000000000000003"


class Listener:
    """A service that writes down what comes, and answers as it is told."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, bytes]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = {name: value[0] for name, value in parse_qs(urlsplit(self.path).query).items()}
                listener.came.append((query, self.rfile.read(int(self.headers["Content-Length"]))))
                status, body = listener.answers.pop(0) if listener.answers else (200, b"success")
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def wait_for(self, number: int) -> list[tuple[dict[str, str], bytes]]:
        wait(lambda: len(self.came) >= number)
        return self.came


def wait(until: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.server.shutdown()
    made.server.server_close()


def use(standin: StandIn, url: str, **changed: Any) -> None:
    given = {"token": TOKEN, "aes_key": AES_KEY, "appid": APPID, "retry_after_s": 0.01, "sent_after_s": 0.0}
    standin.world.pusher.use(Plan(url, **{**given, **changed}))


def accept(standin: StandIn, *template_ids: str, **more: Any) -> None:
    with standin.world.lock:
        popup.answer(standin.world, DRIVER, dict.fromkeys(template_ids, "accept"), **more)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_one_item_is_an_object_and_two_are_an_array(standin: StandIn, listener: Listener, form: str) -> None:
    use(standin, listener.url, form=form)
    accept(standin, TEMPLATE)
    accept(standin, TEMPLATE, SECOND)
    (_, one), (_, two) = listener.wait_for(2)
    if form == "json":
        assert isinstance(json.loads(one)["List"], dict)
        assert [item["TemplateId"] for item in json.loads(two)["List"]] == [TEMPLATE, SECOND]
        assert isinstance(json.loads(one)["CreateTime"], int)
        assert json.loads(one)["List"]["PopupScene"] == "0"
    else:
        assert b"<SubscribeMsgPopupEvent><List><" in one
        assert two.count(b"<List>") == 2
        assert two.count(b"<SubscribeMsgPopupEvent>") == 1
    assert [len(items_of(read_message(body))) for body in (one, two)] == [1, 2]
    assert event_name(read_message(one)) == "subscribe_msg_popup_event"


@pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
@pytest.mark.parametrize("form", ["json", "xml"])
def test_an_independent_library_reads_every_mode_and_form(mode: str, form: str) -> None:
    event = {"ToUserName": "gh_x", "FromUserName": DRIVER, "CreateTime": 7, "MsgType": "event", "Event": "x"}
    plan = Plan("", TOKEN, AES_KEY, APPID, mode, form)
    query, body = letter(plan, event, "1713424427", "415670741")
    assert query["signature"] == sign(TOKEN, "1713424427", "415670741")
    outside = read_message(body)
    assert ("Event" in outside) == (mode != "safe")
    if mode == "plain":
        assert "msg_signature" not in query
        return
    crypto = WeChatCrypto(TOKEN, AES_KEY, APPID)
    inside = crypto.decrypt_message(outside, query["msg_signature"], "1713424427", "415670741")
    assert inside == write(event, form).decode()


def test_whatever_is_written_as_xml_is_read_back_as_it_was() -> None:
    odd = {"a": "x]]>y & <z>", "b": {"c": "1", "d": ["2", "3"]}, "e": 5}
    assert read_message(write(odd, "xml")) == {"a": "x]]>y & <z>", "b": {"c": "1", "d": ["2", "3"]}, "e": "5"}


def test_three_tries_and_no_more(standin: StandIn, listener: Listener) -> None:
    listener.answers = [(503, b""), (200, b"no"), (500, b""), (200, b"success")]
    use(standin, listener.url)
    accept(standin, TEMPLATE)
    came = listener.wait_for(3)
    wait(lambda: len(standin.world.pusher.log) == 1)
    assert len({body for _, body in came}) == 1, "the same event each time"
    assert len(came) == 3
    last = standin.world.pusher.log[-1]
    assert (last.status, last.tries, last.taken) == (500, 3, False)


@pytest.mark.parametrize("answer", [b"", b"success"])
def test_an_empty_answer_or_success_ends_it(standin: StandIn, listener: Listener, answer: bytes) -> None:
    listener.answers = [(200, answer)]
    use(standin, listener.url)
    accept(standin, TEMPLATE)
    wait(lambda: len(standin.world.pusher.log) == 1)
    assert len(listener.came) == 1
    assert standin.world.pusher.log[-1].taken


def test_twice_and_in_the_other_order(standin: StandIn, listener: Listener) -> None:
    accept(standin, TEMPLATE)
    accept(standin, SECOND)
    use(standin, listener.url, twice=True, reorder=True)
    came = [json.loads(body)["List"]["TemplateId"] for _, body in listener.wait_for(4)]
    assert came == [SECOND, SECOND, TEMPLATE, TEMPLATE]


def test_a_sent_event_follows_a_send_after_a_while_and_may_tell_of_a_failure(
    standin: StandIn, listener: Listener
) -> None:
    use(standin, listener.url, sent_after_s=0.4, sent_errcode=-5)
    started = time.monotonic()
    standin.world.push(events.message_sent(DRIVER, TEMPLATE, 7, time.time()))
    (_, body) = listener.wait_for(1)[0]
    assert time.monotonic() - started >= 0.4
    assert json.loads(body)["List"] == {
        "TemplateId": TEMPLATE, "MsgID": "7", "ErrorCode": "-5", "ErrorStatus": "system error",
    }  # fmt: skip


def test_a_silent_accept_earns_at_wechat_and_tells_nobody(standin: StandIn, listener: Listener) -> None:
    use(standin, listener.url)
    accept(standin, TEMPLATE, silent=True)
    accept(standin, SECOND)
    assert json.loads(listener.wait_for(1)[0][1])["List"]["TemplateId"] == SECOND
    assert standin.world.desk.credits[DRIVER, TEMPLATE] == 1


def test_switching_off_takes_what_was_accepted(standin: StandIn) -> None:
    accept(standin, TEMPLATE)
    with standin.world.lock:
        assert popup.switch_off(standin.world, DRIVER, [TEMPLATE])[TEMPLATE] == 0
    assert standin.world.outgoing[-1]["Event"] == "subscribe_msg_change_event"


def test_it_is_steered_at_run_time_and_keeps_its_secrets(standin: StandIn, listener: Listener) -> None:
    def call(path: str, body: dict[str, Any]) -> requests.Response:
        return requests.post(f"{standin.url}/_standin/{path}", json=body, timeout=5)

    plan = {"url": listener.url, "token": TOKEN, "aes_key": AES_KEY, "appid": APPID, "mode": "safe"}
    told = call("pusher", plan)
    assert told.status_code == 200
    assert TOKEN not in told.text
    assert AES_KEY not in told.text
    assert call("popup", {"name": "driver", "answers": {TEMPLATE: "accept"}}).json() == {
        "credits": {TEMPLATE: 1}
    }
    fields = {"RevokeInfo": "8"}
    assert call("push", {"event": "user_authorization_revoke", "name": "driver", "fields": fields}).ok
    listener.wait_for(2)
    for wrong in (
        {"mode": "odd"},
        {"nonsense": 1},
        {"url": "http://weixin.example/"},
        {"mode": "safe", "aes_key": "x"},
    ):
        assert call("pusher", wrong).status_code == 400, wrong
    assert call("popup", {"name": "driver", "answers": {"no-such": "accept"}}).status_code == 400
    assert call("popup", {"name": "driver", "answers": {TEMPLATE: "perhaps"}}).status_code == 400
    assert call("change", {"name": "driver", "template_ids": []}).status_code == 400


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_the_service_takes_each_once_however_it_is_delivered(
    make_app: Callable[[Settings], Flask], settings: Settings, standin: StandIn, mode: str, form: str
) -> None:
    app = make_app(with_push(settings, aes_key=AES_KEY if mode == "safe" else ""))
    with served(app) as url:
        use(standin, url + PATH, mode=mode, form=form, twice=True, appid=settings.wechat.appid)
        accept(standin, TEMPLATE)
        wait(lambda: len(standin.world.pusher.log) == 2)
    assert [pushed.taken for pushed in standin.world.pusher.log] == [True, True]
    assert stored(app.extensions["home"]) == [("subscribe_msg_popup_event", "stored")]
