"""What becomes of a subscribe message, for everything WeChat can say or leave unsaid."""

import json
import threading

import pytest

from app.wechat import Sort, WeChat
from app.wechat.standin.server import StandIn
from tests.wechat.helpers import (
    DATA,
    DRIVER,
    SEND,
    TEMPLATE,
    TOKEN,
    bare_server,
    break_it,
    calls,
    http_answer,
    wechat,
    with_token,
)


@pytest.fixture
def credit(standin: StandIn) -> None:
    standin.world.desk.grant(DRIVER, TEMPLATE, 5)


@pytest.mark.usefixtures("credit")
def test_a_message_arrives_with_page_state_and_raw_chinese(standin: StandIn, wechat: WeChat) -> None:
    outcome = wechat.send_subscribe(DRIVER, TEMPLATE, DATA, "pages/request/index?id=7")
    assert (outcome.sort, outcome.errcode) == (Sort.DONE, 0)
    (message,) = standin.world.desk.sent
    assert (message.values, message.page, message.state) == (DATA, "pages/request/index?id=7", "formal")
    assert outcome.msgid == str(message.msgid)


def test_json_goes_out_as_utf_8_and_not_as_escapes() -> None:
    """WeChat docs: 40033, illegal characters, must not contain \\uxxxx."""
    with bare_server(http_answer(b'{"errcode":0}')) as (base, received):
        client = wechat(base, shared=with_token())
        assert client.send_subscribe(DRIVER, TEMPLATE, DATA).sort is Sort.DONE
    head, _, body = bytes(received).partition(b"\r\n\r\n")
    assert "热水供应".encode() in body
    assert b"\\u" not in body
    assert json.loads(body)["data"]["thing1"] == {"value": "热水供应"}
    assert b"application/json" in head


def test_a_header_that_lies_about_the_charset_does_no_harm() -> None:
    body = '{"errcode":43101,"errmsg":"用户拒绝 rid: 64b79592-1db719b6-187cfe77"}'.encode()
    with bare_server(http_answer(body, "text/plain; charset=iso-8859-1")) as (base, _):
        outcome = wechat(base, shared=with_token()).send_subscribe(DRIVER, TEMPLATE, DATA)
    assert outcome.errmsg.startswith("用户拒绝")
    assert outcome.rid == "64b79592-1db719b6-187cfe77"


STRANGE = [b"", b"null", b"[]", b"7", b'{"errcode":"x"}', b'{"errcode":[]}', b"[" * 200_000, b"\xff\xfe"]


@pytest.mark.parametrize("body", STRANGE, ids=lambda body: repr(body[:20]))
def test_an_answer_that_makes_no_sense_is_unknown(body: bytes) -> None:
    with bare_server(http_answer(body)) as (base, _):
        outcome = wechat(base, shared=with_token()).send_subscribe(DRIVER, TEMPLATE, DATA)
    assert outcome.sort is Sort.UNKNOWN


def test_a_redirect_is_not_followed_for_it_would_carry_the_token_along(standin: StandIn) -> None:
    elsewhere = f"HTTP/1.1 302 Found\r\nLocation: {standin.url}/stolen\r\nContent-Length: 0\r\n\r\n"
    with bare_server(elsewhere.encode()) as (base, _):
        outcome = wechat(base, shared=with_token()).send_subscribe(DRIVER, TEMPLATE, DATA)
    assert outcome.sort is Sort.UNKNOWN
    assert not standin.world.calls


def test_without_credit_it_is_refused(wechat: WeChat) -> None:
    outcome = wechat.send_subscribe(DRIVER, TEMPLATE, DATA)
    assert (outcome.sort, outcome.errcode) == (Sort.REFUSED, 43101)
    assert outcome.rid


SORTS = [
    *((code, Sort.TRY_LATER) for code in (-1, 45011, 44990, 44991, 43108, 40001, 40014, 42001, 41001)),
    *((code, Sort.STOP) for code in (40164, 40243, 43107, 48001, 45009, 40013, 40125, 50002, 89503)),
    *((code, Sort.FAILED) for code in (40003, 40037, 41030, 47003, 45168, 40097)),
    (43101, Sort.REFUSED),
    (12345, Sort.TRY_LATER),
]


@pytest.mark.usefixtures("credit")
@pytest.mark.parametrize(("errcode", "sort"), SORTS)
def test_each_errcode_has_its_sort(standin: StandIn, wechat: WeChat, errcode: int, sort: Sort) -> None:
    break_it(standin, SEND, "errcode", errcode)
    outcome = wechat.send_subscribe(DRIVER, TEMPLATE, DATA)
    assert (outcome.sort, outcome.errcode, bool(outcome.rid)) == (sort, errcode, True)
    assert not standin.world.desk.sent


LOST = [
    ("reset", None, Sort.UNKNOWN),
    ("hang", None, Sort.UNKNOWN),
    ("drip", None, Sort.UNKNOWN),
    ("cut", None, Sort.UNKNOWN),
    ("garbage", None, Sort.UNKNOWN),
    ("status", 504, Sort.UNKNOWN),
    ("status", 500, Sort.UNKNOWN),
    ("status", 502, Sort.TRY_LATER),
    ("status", 503, Sort.TRY_LATER),
    ("status", 429, Sort.TRY_LATER),
    ("status", 407, Sort.TRY_LATER),
]


@pytest.mark.usefixtures("credit")
@pytest.mark.parametrize(("fault", "value", "sort"), LOST)
def test_without_an_answer_it_depends_on_whether_the_request_went_out(
    standin: StandIn, fault: str, value: float | None, sort: Sort
) -> None:
    break_it(standin, SEND, fault, value)
    client = wechat(standin.url, deadline_s=0.5)
    assert client.send_subscribe(DRIVER, TEMPLATE, DATA).sort is sort
    assert calls(standin, SEND) == 1


@pytest.mark.usefixtures("credit")
def test_a_cut_after_the_delivery_is_unknown_and_indeed_it_arrived(standin: StandIn, wechat: WeChat) -> None:
    break_it(standin, SEND, "reset")
    standin.world.faults.on[0].after = True
    assert wechat.send_subscribe(DRIVER, TEMPLATE, DATA).sort is Sort.UNKNOWN
    assert len(standin.world.desk.sent) == 1


def test_no_connection_is_try_later(standin: StandIn) -> None:
    assert wechat("http://127.0.0.1:1").send_subscribe(DRIVER, TEMPLATE, DATA).sort is Sort.TRY_LATER


@pytest.mark.parametrize(
    ("errcode", "sort"),
    [(40001, Sort.STOP), (40164, Sort.STOP), (40125, Sort.STOP), (40243, Sort.STOP), (-1, Sort.TRY_LATER)],
)
def test_without_a_token_nothing_is_sent(standin: StandIn, wechat: WeChat, errcode: int, sort: Sort) -> None:
    break_it(standin, TOKEN, "errcode", errcode)
    outcome = wechat.send_subscribe(DRIVER, TEMPLATE, DATA)
    assert (outcome.sort, outcome.errcode) == (sort, errcode)
    assert calls(standin, SEND) == 0


@pytest.mark.parametrize("fault", ["reset", "garbage", "hang"])
def test_a_token_fetch_that_is_lost_is_try_later_for_the_message(standin: StandIn, fault: str) -> None:
    break_it(standin, TOKEN, fault)
    client = wechat(standin.url, deadline_s=0.4)
    assert client.send_subscribe(DRIVER, TEMPLATE, DATA).sort is Sort.TRY_LATER
    assert calls(standin, SEND) == 0


@pytest.mark.usefixtures("credit")
def test_values_are_fitted_on_the_way(standin: StandIn, wechat: WeChat) -> None:
    ugly = {"thing1": "热水\n坏了" + "很久" * 20, "phrase2": "done!", "thing3": "", "time4": "soon"}
    assert wechat.send_subscribe(DRIVER, TEMPLATE, ugly).sort is Sort.DONE


@pytest.mark.usefixtures("credit")
def test_a_missing_keyword_names_its_field(wechat: WeChat) -> None:
    outcome = wechat.send_subscribe(DRIVER, TEMPLATE, {k: v for k, v in DATA.items() if k != "thing3"})
    assert (outcome.sort, outcome.errcode, outcome.field) == (Sort.FAILED, 47003, "thing3")


@pytest.mark.usefixtures("credit")
def test_overlapping_sends_to_one_person_are_try_later(standin: StandIn, wechat: WeChat) -> None:
    wechat.send_subscribe(DRIVER, TEMPLATE, DATA)
    standin.world.latency_s[SEND] = 0.2
    slow = threading.Thread(target=wechat.send_subscribe, args=(DRIVER, TEMPLATE, DATA))
    slow.start()
    while calls(standin, SEND) < 2:
        pass
    outcome = wechat.send_subscribe(DRIVER, TEMPLATE, DATA)
    slow.join()
    assert (outcome.sort, outcome.errcode) == (Sort.TRY_LATER, 43108)
