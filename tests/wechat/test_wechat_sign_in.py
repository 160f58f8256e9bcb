"""Signing in by a one-time code."""

import http.client
import threading
from typing import Any

import pytest

from app.wechat import Blocked, Busy, CodeInvalid, Misconfigured, Unavailable, WeChat, WeChatError
from app.wechat.standin.server import StandIn
from tests.wechat.helpers import APPID, DRIVER, LOGIN, TOKEN, break_it, calls, wechat


def test_a_code_is_somebody_and_no_token_is_fetched_for_it(standin: StandIn, wechat: WeChat) -> None:
    code = standin.world.login_codes.issue(DRIVER, standin.world.now(), "oUnion")
    login = wechat.login(code)
    assert (login.openid, login.unionid) == (DRIVER, "oUnion")
    assert calls(standin, TOKEN) == 0


def test_the_session_key_is_not_kept(wechat: WeChat) -> None:
    assert not hasattr(wechat.login("demo:driver"), "session_key")


def test_a_used_code_is_invalid(standin: StandIn, wechat: WeChat) -> None:
    code = standin.world.login_codes.issue(DRIVER, standin.world.now())
    wechat.login(code)
    with pytest.raises(CodeInvalid) as refused:
        wechat.login(code)
    assert refused.value.errcode == 40163
    assert refused.value.refusal.status == 401
    assert refused.value.rid


def test_an_unknown_code_is_invalid(wechat: WeChat) -> None:
    with pytest.raises(CodeInvalid) as refused:
        wechat.login("nobody-has-given-this-out")
    assert refused.value.errcode == 40029


@pytest.mark.parametrize("code", ["", "a\nb", "x" * 257, "\ud800", "demo:\x00"])
def test_what_cannot_be_a_code_costs_no_call(standin: StandIn, wechat: WeChat, code: str) -> None:
    with pytest.raises(CodeInvalid):
        wechat.login(code)
    assert calls(standin, LOGIN) == 0


ERRORS: list[tuple[int, type[WeChatError], str]] = [
    (40029, CodeInvalid, "auth.code_invalid"),
    (40163, CodeInvalid, "auth.code_invalid"),
    (40226, Blocked, "auth.blocked"),
    (-1, Busy, "wechat.unavailable"),
    (45011, Busy, "wechat.unavailable"),
    (40013, Misconfigured, "wechat.unavailable"),
    (40125, Misconfigured, "wechat.unavailable"),
    (40164, Misconfigured, "wechat.unavailable"),
    (48001, Misconfigured, "wechat.unavailable"),
    (45009, Misconfigured, "wechat.unavailable"),
    (40243, Misconfigured, "wechat.unavailable"),
    (99999, Unavailable, "wechat.unavailable"),
]


@pytest.mark.parametrize(("errcode", "kind", "shown"), ERRORS)
def test_each_errcode_has_its_error(
    standin: StandIn, wechat: WeChat, errcode: int, kind: type[WeChatError], shown: str
) -> None:
    break_it(standin, LOGIN, "errcode", errcode)
    with pytest.raises(WeChatError) as refused:
        wechat.login("demo:driver")
    assert type(refused.value) is kind
    assert refused.value.refusal.code == shown
    assert (refused.value.errcode, bool(refused.value.rid)) == (errcode, True)
    if shown == "wechat.unavailable":
        assert refused.value.refusal.status == 503
        assert refused.value.retry_after


@pytest.mark.parametrize(("fault", "value"), [("garbage", None), ("reset", None), ("cut", None)])
@pytest.mark.parametrize("status", [None, 502, 503, 504, 500, 404])
def test_what_cannot_be_read_is_unavailable(
    standin: StandIn, wechat: WeChat, fault: str, value: float | None, status: int | None
) -> None:
    break_it(standin, LOGIN, *(("status", status) if status else (fault, value)))
    with pytest.raises(Unavailable):
        wechat.login("demo:driver")


def test_nobody_listening_is_unavailable(standin: StandIn) -> None:
    with pytest.raises(Unavailable):
        wechat("http://127.0.0.1:1").login("demo:driver")


def test_the_wrong_secret_is_the_operators_business(standin: StandIn) -> None:
    with pytest.raises(Misconfigured):
        wechat(standin.url, secret="another-secret").login("demo:driver")


def test_a_cut_of_the_kept_connection_is_survived_by_the_next_call(standin: StandIn, wechat: WeChat) -> None:
    wechat.login("demo:driver")
    break_it(standin, LOGIN, "reset", times=1)
    with pytest.raises(Unavailable):
        wechat.login("demo:driver")
    assert wechat.login("demo:driver").openid == DRIVER


def test_connections_are_kept_and_reused(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[int] = []
    real = http.client.HTTPConnection.__init__

    def counting(self: Any, *args: Any, **kwargs: Any) -> None:
        opened.append(threading.get_ident())
        real(self, *args, **kwargs)

    monkeypatch.setattr(http.client.HTTPConnection, "__init__", counting)
    client = wechat(standin.url)
    for _ in range(5):
        client.login("demo:driver")
    assert len(opened) == 1


def test_the_environment_has_no_say_in_proxies(
    standin: StandIn, wechat: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert wechat.login("demo:driver").openid == DRIVER


def test_a_proxy_from_the_settings_is_used(standin: StandIn) -> None:
    through = wechat("http://weixin.invalid", proxy=standin.url)
    assert through.login("demo:driver").openid == DRIVER


def test_the_one_base_address_may_have_a_path_and_a_slash(standin: StandIn) -> None:
    assert wechat(standin.url + "/", appid=APPID).login("demo:driver").openid == DRIVER


def test_trouble_is_remembered_until_a_call_succeeds(standin: StandIn, wechat: WeChat) -> None:
    assert wechat.trouble() is None
    break_it(standin, LOGIN, "status", 502, times=1)
    with pytest.raises(Unavailable):
        wechat.login("demo:driver")
    assert wechat.trouble() == "http_status 502"
    wechat.login("demo:driver")
    assert wechat.trouble() is None
