"""Secrets, tokens, codes and numbers are in no log line, no exception and no repr."""

import io
import json
import logging
import traceback

import pytest
import structlog

from app.wechat import WeChat, WeChatError
from app.wechat.client import Request
from app.wechat.standin.server import StandIn
from app.wechat.tokens import Grant, Ticket
from tests.wechat.helpers import (
    DATA,
    DRIVER,
    LOGIN,
    PHONE,
    SECRET,
    SEND,
    TEMPLATE,
    TOKEN,
    bare_server,
    break_it,
    http_answer,
    wechat,
    with_token,
)

# By name only: a traceback shows the lines of this file too.
FIRST, SECOND = "13800001234", "13800004321"
CODE = "a-code-of-somebody"
FAULTS = ["hang", "reset", "cut", "garbage", "busy", "status", "errcode", "drip"]


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> io.StringIO:
    """All that anybody writes, at the most talkative level."""
    caplog.set_level(logging.DEBUG)
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    logging.getLogger().addHandler(handler)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(out), cache_logger_on_first_use=False)
    for name in ("urllib3", "urllib3.connectionpool", "urllib3.connection", "requests", "wechatpy"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield out
    structlog.reset_defaults()
    logging.getLogger().removeHandler(handler)
    for name in ("urllib3", "urllib3.connectionpool", "urllib3.connection", "requests", "wechatpy"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def _told(work) -> str:
    """What an exception would show anywhere: text, repr, the whole chain with its causes."""
    try:
        return repr(work())
    except WeChatError as trouble:
        shown = [trouble, trouble.__cause__, trouble.__context__, trouble.args]
        return f"{shown} {trouble} {''.join(traceback.format_exception(trouble))}"


@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_no_secret_in_logs_or_exceptions(
    standin: StandIn, everything_logged: io.StringIO, fault: str | None
) -> None:
    client = wechat(standin.url, deadline_s=0.3)
    code = standin.world.login_codes.issue(DRIVER, standin.world.now())
    client.phone_number(f"demo:{FIRST}")
    token = standin.world.tokens.stable
    assert token
    if fault:
        for path in (LOGIN, PHONE, SEND):
            break_it(standin, path, fault, {"errcode": 40164, "drip": 0.05}.get(fault))
    told = _told(lambda: client.login(code))
    told += _told(lambda: client.phone_number(f"demo:{SECOND}"))
    told += _told(lambda: client.send_subscribe(DRIVER, TEMPLATE, DATA))
    logged = everything_logged.getvalue()
    assert logged.count("Starting new HTTP connection") >= 1  # the talkative level was really on
    told += repr(client) + logged
    for secret in (SECRET, token.text, code, FIRST, SECOND):
        assert secret not in told


SECRET_TEXT = "a-private-sentence-of-a-driver"
SECRET_URL = "http://127.0.0.1:9/pictures/1?sig=a-signature-of-ours"
NEW_PATHS = (
    "/wxa/msg_sec_check",
    "/wxa/media_check_async",
    "/wxa/getwxacodeunlimit",
    "/wxaapi/newtmpl/gettemplate",
    "/cgi-bin/openapi/quota/get",
    "/cgi-bin/openapi/rid/get",
)


@pytest.mark.parametrize("fault", [None, *FAULTS])
def test_checks_codes_and_look_ups_tell_no_secret_either(
    standin: StandIn, everything_logged: io.StringIO, fault: str | None
) -> None:
    """Nor what was checked, of whom, and where a private picture lies."""
    client = wechat(standin.url, deadline_s=0.3, check_deadline_s=0.3, circuit_after=100)
    client.phone_number(f"demo:{FIRST}")
    standin.world.censor.see(DRIVER, standin.world.now())
    token = standin.world.tokens.stable
    assert token
    if fault:
        for path in NEW_PATHS:
            break_it(standin, path, fault, {"errcode": 40164, "drip": 0.05}.get(fault))
    told = _told(lambda: client.check_text(DRIVER, SECRET_TEXT, nickname=SECOND))
    told += _told(lambda: client.check_picture(DRIVER, SECRET_URL))
    told += _told(lambda: client.code_image("s=7KQ9M2XD", "pages/scan/index"))
    told += _told(client.templates)
    told += _told(lambda: client.quota(SEND))
    told += _told(lambda: client.rid("64b79592-1db719b6-187cfe77"))
    logged = everything_logged.getvalue()
    assert logged.count("Starting new HTTP connection") >= 1
    told += repr(client) + logged
    for secret in (SECRET, token.text, DRIVER, FIRST, SECOND, SECRET_TEXT, "a-signature-of-ours"):
        assert secret not in told
    with standin.world.lock:
        assert all(standin.world.calls[path] for path in NEW_PATHS)


def test_an_error_text_that_repeats_what_was_checked_is_cleaned(everything_logged: io.StringIO) -> None:
    body = json.dumps({"errcode": 47001, "errmsg": f"bad content {SECRET_TEXT} of {DRIVER}"}).encode()
    with bare_server(http_answer(body)) as (base, _):
        told = _told(lambda: wechat(base, shared=with_token()).check_text(DRIVER, SECRET_TEXT))
    assert "47001" in told
    for secret in (SECRET_TEXT, DRIVER):
        assert secret not in told + everything_logged.getvalue()


def test_the_password_of_a_proxy_is_told_to_nobody(everything_logged: io.StringIO) -> None:
    password = "the-proxy-s-pass" + "word"
    for base in ("http://weixin.invalid", "https://weixin.invalid"):
        client = wechat(base, shared=with_token(), proxy=f"http://home:{password}@127.0.0.1:1")
        told = _told(lambda client=client: client.login(CODE)) + _told(client.templates)
        assert password not in told + repr(client) + everything_logged.getvalue()


def test_the_library_s_debug_lines_are_there_and_scrubbed(
    standin: StandIn, wechat: WeChat, everything_logged: io.StringIO
) -> None:
    """Negative control: the lines that carry whole URLs were really written."""
    wechat.login("demo:driver")
    lines = everything_logged.getvalue()
    assert "/sns/jscode2session?appid=" in lines
    assert "secret=***" in lines


def test_a_lost_connection_while_fetching_a_token_tells_nothing(
    standin: StandIn, everything_logged: io.StringIO
) -> None:
    break_it(standin, TOKEN, "reset")
    told = _told(lambda: wechat(standin.url).phone_number("demo:13800001234"))
    assert SECRET not in told + everything_logged.getvalue()
    away = _told(lambda: wechat("http://127.0.0.1:1").login(CODE))
    assert CODE not in away + everything_logged.getvalue()


def test_an_error_text_that_repeats_the_secret_is_cleaned(everything_logged: io.StringIO) -> None:
    errmsg = f"invalid appsecret {SECRET} view more, rid: 64b79592-1db719b6-187cfe77"
    body = json.dumps({"errcode": 40125, "errmsg": errmsg}).encode()
    with bare_server(http_answer(body)) as (base, _):
        told = _told(lambda: wechat(base).login("a-code"))
    assert "40125" in told
    assert "64b79592-1db719b6-187cfe77" in told
    assert SECRET not in told + everything_logged.getvalue()


def test_headers_that_cannot_be_parsed_are_complained_of_without_the_address(
    everything_logged: io.StringIO,
) -> None:
    """urllib3 writes the whole URL at level WARNING here."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n: nameless\r\nrest\r\n\r\n{}"
    with bare_server(answer) as (base, _):
        _told(lambda: wechat(base).login(CODE))
    lines = everything_logged.getvalue()
    assert "Failed to parse headers" in lines
    assert SECRET not in lines
    assert CODE not in lines


def test_nothing_that_holds_a_secret_shows_it() -> None:
    request = Request("x", {"secret": SECRET}, {"secret": SECRET}).with_token("a-token")
    shown = f"{request} {Ticket('fetch', 'a-token')} {Grant('a-token', 7200)}"
    assert SECRET not in shown
    assert "a-token" not in shown
