"""Texts and pictures are checked in time, in pieces where they are long, and every answer means something."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wechat import Sort, WeChat, checks
from app.wechat.checks import MOST_CHARACTERS, MOST_PIECES, OVERLAP, Checked
from app.wechat.outcomes import Outcome
from app.wechat.standin.checks import SEEN_S
from app.wechat.standin.server import StandIn
from tests.wechat.helpers import (
    DRIVER,
    bare_server,
    break_it,
    calls,
    http_answer,
    with_token,
)
from tests.wechat.helpers import wechat as client_of

TEXT = "/wxa/msg_sec_check"
PICTURE = "/wxa/media_check_async"
RISKY, DOUBTFUL = "示例违规词", "示例可疑词"


@pytest.fixture
def seen(standin: StandIn) -> None:
    """The driver opened the app just now."""
    standin.world.censor.see(DRIVER, standin.world.now())


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    ("text", "suggest", "label"),
    [
        ("热水坏了", "pass", 100),
        (f"这里有{DOUBTFUL}", "review", 21000),
        (f"{DOUBTFUL}和{RISKY}", "risky", 20006),
    ],
)
def test_the_verdict_comes_with_errcode_0_whatever_it_is(
    wechat: WeChat, text: str, suggest: str, label: int
) -> None:
    checked = wechat.check_text(DRIVER, text)
    assert (checked.outcome.sort, checked.outcome.errcode) == (Sort.DONE, 0)
    assert (checked.suggest, checked.label) == (suggest, label)
    assert checked.trace_id


@pytest.mark.usefixtures("seen")
def test_what_is_asked_is_version_2_with_scene_openid_and_nickname(standin: StandIn, wechat: WeChat) -> None:
    assert wechat.check_text(DRIVER, "好", scene=1, nickname=f"我是{RISKY}").suggest == "risky"
    with bare_server(http_answer(b'{"errcode":0}')) as (base, received):
        client_of(base, shared=with_token()).check_text(DRIVER, "热水\x00坏了\ud800", scene=3)
    body = json.loads(bytes(received).partition(b"\r\n\r\n")[2])
    assert body == {"version": 2, "scene": 3, "openid": DRIVER, "content": "热水 坏了"}


def test_nobody_and_nothing_are_no_call(standin: StandIn, wechat: WeChat) -> None:
    assert wechat.check_text("", "热水坏了").outcome.sort is Sort.FAILED
    assert wechat.check_picture("", "http://127.0.0.1/x").outcome.sort is Sort.FAILED
    assert wechat.check_text(DRIVER, " \x00\n ").suggest == "pass"
    assert not standin.world.calls


def test_who_has_not_opened_the_app_for_two_hours_is_61010(standin: StandIn, wechat: WeChat) -> None:
    wechat.login("demo:driver")
    assert wechat.check_text(DRIVER, "好").suggest == "pass"
    standin.world.censor.see(DRIVER, standin.world.now() - SEEN_S - 1)
    checked = wechat.check_text(DRIVER, "好")
    assert (checked.outcome.sort, checked.outcome.errcode, checked.suggest) == (Sort.FAILED, 61010, None)
    assert checked.outcome.rid


@pytest.mark.usefixtures("seen")
def test_a_long_text_is_read_to_its_end_in_pieces(standin: StandIn, wechat: WeChat) -> None:
    """The word stands across what would be a border without overlap."""
    long = "好" * (MOST_CHARACTERS - 2) + RISKY + "好" * 3000
    assert wechat.check_text(DRIVER, long).suggest == "risky"
    assert calls(standin, TEXT) == 2  # nothing is asked after a risky piece
    assert wechat.check_text(DRIVER, "好" * 3000 + DOUBTFUL).suggest == "review"
    assert wechat.check_text(DRIVER, "好" * 6000).suggest == "pass"


@pytest.mark.usefixtures("seen")
def test_of_a_text_without_end_the_rest_is_for_a_person(standin: StandIn, wechat: WeChat) -> None:
    assert wechat.check_text(DRIVER, "好" * 20_000).suggest == "review"
    assert calls(standin, TEXT) == MOST_PIECES


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), st.integers(0, 9900))
def test_every_word_is_whole_in_some_piece(word: str, at: int) -> None:
    text = "好" * at + word[:OVERLAP] + "好" * 40
    found = checks.pieces(text)
    assert all(len(piece) <= MOST_CHARACTERS for piece in found)
    assert len(found) <= MOST_PIECES
    if checks.reads_all(text):
        assert any(word[:OVERLAP] in piece for piece in found)
        assert found[-1].endswith(text[-10:])


@given(st.text(max_size=60))
def test_a_tidied_text_can_be_sent(text: str) -> None:
    tidy = checks.tidy(text)
    assert "\\u" not in json.dumps(tidy, ensure_ascii=False).replace("\\\\", "")
    tidy.encode("utf-8")
    assert checks.tidy(tidy) == tidy


GRADES = ["pass", "review", "risky"]


@given(st.lists(st.sampled_from([*GRADES, None]), min_size=1, max_size=6))
def test_the_worst_piece_counts_and_one_without_verdict_spoils_all(found: list[str | None]) -> None:
    whole = Checked(Outcome(Sort.DONE), "pass")
    for suggest in found:
        sort = Sort.TRY_LATER if suggest is None else Sort.DONE
        whole = checks.worse(whole, Checked(Outcome(sort), suggest))
    if None in found:
        assert whole.outcome.sort is Sort.TRY_LATER
    else:
        assert whole.suggest == max(found, key=GRADES.index)


STRANGE: list[tuple[dict[str, Any], str | None]] = [
    ({"errcode": 0}, "review"),
    ({"errcode": 0, "result": None}, "review"),
    ({"errcode": 0, "result": {"suggest": "block", "label": "x"}}, "review"),
    ({"errcode": 0, "result": {"suggest": ["pass"]}}, "review"),
    ({"errcode": 0, "result": {"suggest": "pass"}, "trace_id": 7}, "pass"),
    ({"errcode": 87014, "errmsg": "risky content"}, "risky"),
]


@pytest.mark.parametrize(("body", "suggest"), STRANGE)
def test_an_answer_without_a_verdict_is_for_a_person(body: dict[str, Any], suggest: str) -> None:
    with bare_server(http_answer(json.dumps(body).encode())) as (base, _):
        checked = client_of(base, shared=with_token()).check_text(DRIVER, "好")
    assert (checked.outcome.sort, checked.suggest, checked.label) == (Sort.DONE, suggest, None)


FAULTS = [
    ("errcode", -1, Sort.TRY_LATER),
    ("errcode", 44991, Sort.TRY_LATER),
    ("errcode", 87020, Sort.TRY_LATER),
    ("errcode", 45009, Sort.STOP),
    ("errcode", 48001, Sort.STOP),
    ("errcode", 40003, Sort.FAILED),
    ("errcode", 40129, Sort.FAILED),
    ("errcode", 40004, Sort.FAILED),
    ("errcode", 43104, Sort.FAILED),
    ("errcode", 61010, Sort.FAILED),
    *((kind, None, Sort.TRY_LATER) for kind in ("reset", "cut", "garbage", "hang", "drip", "status")),
]


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(("kind", "value", "sort"), FAULTS)
def test_a_check_never_raises_and_may_be_asked_again(
    standin: StandIn, kind: str, value: float | None, sort: Sort
) -> None:
    """A check that is asked twice does no harm, so nothing about it stays unknown."""
    client = client_of(standin.url, check_deadline_s=0.25)
    for path in (TEXT, PICTURE):
        break_it(standin, path, kind, value)
    for checked in (client.check_text(DRIVER, "好"), client.check_picture(DRIVER, "http://127.0.0.1/x")):
        assert (checked.outcome.sort, checked.suggest) == (sort, None)


@pytest.mark.usefixtures("seen")
def test_a_check_has_a_short_deadline_of_its_own(standin: StandIn) -> None:
    client = client_of(standin.url, deadline_s=60, check_deadline_s=0.2)
    client.phone_number("demo:13800001234")
    for path in (TEXT, PICTURE):
        break_it(standin, path, "hang")
    started = time.monotonic()
    client.check_text(DRIVER, "好" * 9000)
    client.check_picture(DRIVER, "http://127.0.0.1/x")
    assert time.monotonic() - started < 20


@contextmanager
def pictures(status: int = 200, body: bytes = b"a picture") -> Iterator[tuple[str, list[str]]]:
    """A server of pictures on this machine: its address, and what was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/p.jpg?sig=x", asked
    finally:
        server.shutdown()
        server.server_close()


def verdict(standin: StandIn, trace_id: str | None) -> dict[str, Any]:
    """The event that comes some time later."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        for event in list(standin.world.outgoing):
            if event.get("trace_id") == trace_id:
                return event
        time.sleep(0.01)
    raise AssertionError("no verdict came")


@pytest.mark.usefixtures("seen")
def test_a_picture_is_fetched_and_its_verdict_pushed_later(standin: StandIn, wechat: WeChat) -> None:
    standin.world.censor.delay_s = 0.02
    standin.world.censor.expect("risky", 20002, 1)
    with pictures() as (url, asked):
        first = wechat.check_picture(DRIVER, url)
        assert (first.outcome.sort, first.suggest) == (Sort.DONE, None)
        bad = verdict(standin, first.trace_id)
        good = verdict(standin, wechat.check_picture(DRIVER, url).trace_id)
    assert asked == ["/p.jpg?sig=x"] * 2
    assert (bad["Event"], bad["MsgType"], bad["version"], bad["errcode"]) == (
        "wxa_media_check",
        "event",
        2,
        0,
    )
    assert bad["result"] == {"suggest": "risky", "label": 20002}
    assert good["result"] == {"suggest": "pass", "label": 100}
    assert bad["FromUserName"] != DRIVER


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("status", [404, 302, 500])
def test_a_picture_that_cannot_be_fetched_is_minus_1008(
    standin: StandIn, wechat: WeChat, status: int
) -> None:
    standin.world.censor.delay_s = 0.01
    with pictures(status) as (url, _):
        event = verdict(standin, wechat.check_picture(DRIVER, url).trace_id)
    assert (event["errcode"], event.get("result")) == (-1008, None)


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize("url", ["https://pictures.invalid/a.jpg", "http://10.0.0.1/a.jpg", "http://[::2]/a"])
def test_the_stand_in_fetches_from_this_machine_only(standin: StandIn, wechat: WeChat, url: str) -> None:
    """The guard of the tests would notice an attempt."""
    standin.world.censor.delay_s = 0.0
    assert verdict(standin, wechat.check_picture(DRIVER, url).trace_id)["errcode"] == -1008


def test_a_receipt_without_a_trace_id_is_asked_again() -> None:
    with bare_server(http_answer(b'{"errcode":0,"errmsg":"ok"}')) as (base, _):
        checked = client_of(base, shared=with_token()).check_picture(DRIVER, "http://127.0.0.1/x")
    assert checked.outcome.sort is Sort.TRY_LATER
