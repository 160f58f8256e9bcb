"""The stand-in as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from click.testing import CliRunner

from app.settings import load_settings
from app.wechat import commands
from app.wechat.commands import COMMANDS, standin
from app.wechat.standin.demo import demo_openid
from app.wechat.standin.remote import report_accept
from tests.wechat.helpers import DRIVER, LOGIN, TEMPLATE

PROGRAM = "import sys; from app.wechat.commands import standin; standin(sys.argv[1:])"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def started(*options: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    port = free_port()
    environment = os.environ | {"APP__WECHAT__APPID": "wxabc", "APP__WECHAT__SECRET": "the-secret"}
    command = [sys.executable, "-c", PROGRAM, "--port", str(port), *options]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield url, process
    finally:
        process.kill()
        process.wait()
        assert process.stderr
        process.stderr.close()


def _wait_for(url: str) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            requests.get(url + "/_standin/calls", timeout=1)
            return
        except requests.ConnectionError:
            time.sleep(0.05)
    raise AssertionError("the stand-in did not start")


def sign_in(url: str, code: str) -> dict[str, object]:
    query = {"appid": "wxabc", "secret": "the-secret", "js_code": code, "grant_type": "authorization_code"}
    return dict(requests.get(url + LOGIN, params=query, timeout=5).json())


def test_it_serves_knows_the_account_and_ends_on_sigint() -> None:
    with started() as (url, process):
        assert sign_in(url, "demo:driver")["openid"] == demo_openid("driver")
        wrong = requests.get(
            url + LOGIN, params={"appid": "wxother", "secret": "x", "js_code": "c"}, timeout=5
        )
        assert wrong.json()["errcode"] in (40002, 40013)
        assert report_accept(url, DRIVER, TEMPLATE, 2)
        credits_now = requests.get(url + "/_standin/credits", timeout=5).json()
        assert credits_now == [{"openid": DRIVER, "template_id": TEMPLATE, "credits": 2}]
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
    assert not report_accept(url, DRIVER, TEMPLATE)


def test_without_demo_demo_codes_mean_nothing() -> None:
    with started("--no-demo") as (url, _):
        assert sign_in(url, "demo:driver")["errcode"] == 40029


def test_production_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    production = load_settings().model_copy(update={"env": "production"})
    monkeypatch.setattr(commands, "load_settings", lambda: production)
    result = CliRunner().invoke(standin, [])
    assert result.exit_code == 1
    assert "生产环境不能启动" in result.output


def test_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        result = CliRunner().invoke(standin, ["--port", str(listener.getsockname()[1])])
    assert result.exit_code == 1
    assert "无法使用" in result.output
    assert [command.name for command in COMMANDS] == ["standin", "wechat"]
