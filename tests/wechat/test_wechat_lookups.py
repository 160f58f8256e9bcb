"""What an operator asks WeChat on the command line: clear, on standard output, without a secret."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from app.settings import Settings, TemplateSettings
from app.web import metrics
from app.wechat import Busy, CodeInvalid, Misconfigured, Sort, Unavailable, Unfit, WeChat, tasks
from app.wechat.commands import wechat as commands
from app.wechat.default_templates import DEFAULT_TEMPLATES
from app.wechat.lookups import ListedTemplate, Quota, read_quota, read_templates
from app.wechat.masking import masked, masked_query
from app.wechat.standin.server import StandIn
from app.wechat.standin.subscribe import Template
from app.wechat.tasks import check_templates
from app.wechat.template_check import State, compare
from tests.wechat import helpers
from tests.wechat.helpers import (
    DATA,
    DRIVER,
    SECRET,
    SEND,
    TEMPLATE,
    TOKEN,
    MemoryShared,
    bare_server,
    break_it,
    http_answer,
    with_token,
)

QUOTA = "/cgi-bin/openapi/quota/get"
LIST = "/wxaapi/newtmpl/gettemplate"
Run = Callable[..., Result]


class FakeHome:
    """What these commands need of a home: settings and a WeChat client, no database."""

    def __init__(self, base: str, templates: list[TemplateSettings] | None = None, **changed: Any) -> None:
        wechat = helpers.settings(base, templates=templates or [], **changed)
        self.settings = Settings(wechat=wechat)
        self.client = WeChat(wechat, MemoryShared(), slots=4)

    def part(self, kind: type) -> WeChat:
        assert kind is WeChat
        return self.client


@pytest.fixture
def run(standin: StandIn) -> Run:
    def command(*words: str, **given: Any) -> Result:
        @contextmanager
        def opened() -> Iterator[FakeHome]:
            yield FakeHome(standin.url, **given)

        with capture_logs():
            return CliRunner().invoke(commands, list(words), obj=opened)

    return command


def test_how_much_of_a_quota_is_left(standin: StandIn, run: Run, wechat: WeChat) -> None:
    for _ in range(3):
        wechat.send_subscribe(DRIVER, TEMPLATE, DATA)
    done = run("quota", SEND)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"接口\t{SEND}",
        "每日上限\t10000000",
        "今日已用\t3",
        "今日剩余\t9999997",
    ]
    assert "60 秒内 4000 次" in run("quota", "wxa/msg_sec_check").stdout


@pytest.mark.parametrize(
    ("path", "errcode", "says"),
    [("/cgi-bin/nothing", "76021", "没有这个接口"), ("/sns/jscode2session", "76022", "不支持")],
)
def test_a_path_without_a_quota_is_told_in_chinese(run: Run, path: str, errcode: str, says: str) -> None:
    done = run("quota", path)
    assert (done.exit_code, done.stdout) == (1, "")
    assert errcode in done.stderr
    assert says in done.stderr
    assert "rid " in done.stderr


@pytest.mark.parametrize("quota", [{}, {"quota": None}, {"quota": {"daily_limit": "x"}}])
def test_an_answer_without_its_numbers_is_no_quota(quota: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        read_quota({"errcode": 0, **(quota or {})})


def test_numbers_that_come_as_text_are_numbers() -> None:
    body = {"quota": {"daily_limit": "10", "used": 3, "remain": "7"}, "rate_limit": {"call_count": "5"}}
    assert read_quota(body) == Quota(10, 3, 7, 5, None)


def test_a_failed_call_can_be_looked_up_by_its_rid_without_its_secrets(
    standin: StandIn, run: Run, wechat: WeChat
) -> None:
    outcome = wechat.send_subscribe(DRIVER, TEMPLATE, DATA)
    assert (outcome.sort, bool(outcome.rid)) == (Sort.REFUSED, True)
    token = standin.world.tokens.stable
    assert token
    done = run("rid", f" {outcome.rid} ")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "43101" in done.stdout
    assert "北京时间" in done.stdout
    assert TEMPLATE in done.stdout
    for hidden in (token.text, DRIVER, SECRET):
        assert hidden not in done.output
    kept = wechat.rid(str(outcome.rid))
    assert token.text in kept.request_url  # negative control: WeChat did repeat it
    assert DRIVER in kept.request_body
    assert token.text not in repr(kept)
    assert DRIVER not in repr(kept)


def test_a_sign_in_that_failed_shows_neither_secret_nor_code(run: Run, wechat: WeChat) -> None:
    with pytest.raises(CodeInvalid) as refused:
        wechat.login("the-code-of-somebody")
    done = run("rid", str(refused.value.rid))
    assert "40029" in done.stdout
    assert SECRET not in done.output
    assert "the-code-of-somebody" not in done.output


def test_an_unknown_rid_is_told(run: Run) -> None:
    done = run("rid", "64b79592-1db719b6-187cfe77")
    assert done.exit_code == 1
    assert "76001" in done.stderr
    assert "七天" in done.stderr


SECRETS = ["99_" + "A" * 133, "oABCDEFGHIJKLMNOPQRSTUVWXYZ0", "13800001234"]
NAMES = [
    "access_token", "secret", "js_code", "session_key", "openid", "touser", "unionid", "code",
    "phoneNumber", "purePhoneNumber", "content",
]  # fmt: skip


@given(st.sampled_from(NAMES), st.text(st.characters(codec="utf-8"), min_size=8, max_size=40))
def test_the_value_of_a_telling_name_is_never_shown(name: str, value: str) -> None:
    """In JSON, in JSON within JSON, and in JSON that was cut short."""
    body = json.dumps({"a": "kept", name: value, "z": 1}, ensure_ascii=False)
    twice = json.dumps({"request_body": body}, ensure_ascii=False)
    hidden = {"a": "kept", name: "***", "z": 1}
    assert json.loads(masked(body)) == hidden
    assert json.loads(json.loads(masked(twice))["request_body"]) == hidden
    cut = masked(body[:-1])
    assert cut == json.dumps({"a": "kept", name: ""})[: -len(': ""}') - 1] + " ***"


@pytest.mark.parametrize("text", ["", "no json", "[" * 5000, '{"a":' * 5000, '["{\\"openid\\": "]'])
def test_whatever_comes_can_be_masked(text: str) -> None:
    assert len(masked(text)) <= len(text) + 10


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_not_shown_wherever_it_stands(secret: str) -> None:
    assert secret not in masked(f"before {secret} after")


def test_a_query_hides_its_secrets_percent_encoded_or_not() -> None:
    told = masked_query("access_token=99_abc%3D&appid=wx1&secret=x%26y&js%5Fcode=c&to=13800001234")
    assert told == "access_token=***&appid=wx1&secret=***&js_code=***&to=138****"


def test_templates_are_compared_with_those_of_the_account(run: Run, standin: StandIn) -> None:
    done = run("templates")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert (
        f"微信\t{TEMPLATE}\t诉求进度通知\t一次性\tthing1（事项），phrase2（状态），thing3（回复摘要），time4（时间）"
        in lines
    )
    assert f"配置\t{TEMPLATE}\t诉求进度通知\trequest\t相符" in lines


def test_each_difference_is_named_and_ends_with_1(run: Run, standin: StandIn) -> None:
    wrong = TemplateSettings(id=TEMPLATE, title="错", purpose="p", scene="duty", keys={"thing01": "事项"})
    gone = TemplateSettings(id="gone", title="无", purpose="p", scene="request", keys={"thing1": "事项"})
    done = run("templates", templates=[wrong, gone])
    assert done.exit_code == 1
    assert (
        f"配置\t{TEMPLATE}\t错\tduty\t关键词不符；缺 phrase2, thing1, thing3, time4；多 thing01"
        in done.stdout
    )
    assert "配置\tgone\t无\trequest\t微信账号里没有这个模板" in done.stdout


def test_a_list_that_cannot_be_read_is_told(run: Run, standin: StandIn) -> None:
    break_it(standin, LIST, "errcode", 48001)
    done = run("templates")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "48001" in done.stderr


CONTENTS = [
    ("会议名称:{{thing1.DATA}}\n会议时间:{{date2.DATA}}\n", {"thing1": "会议名称", "date2": "会议时间"}),
    ("事项：{{thing1.DATA}}\r\n", {"thing1": "事项"}),
    ("{{thing1.DATA}}\n 备注 : {{thing02.DATA}}", {"thing1": "", "thing02": "备注"}),
    ("单号:{{character_string3.DATA}}", {"character_string3": "单号"}),
    ("", {}),
    ("没有关键词", {}),
]


@pytest.mark.parametrize(("content", "keys"), CONTENTS)
def test_keywords_are_read_from_a_template_s_content(content: str, keys: dict[str, str]) -> None:
    entry = {"priTmplId": "id", "title": "标题", "content": content, "example": "", "type": 3}
    assert read_templates({"data": [entry, None, 7]}) == [ListedTemplate("id", "标题", keys, 3)]


def test_an_answer_without_a_list_is_no_list() -> None:
    with pytest.raises(Unavailable):
        read_templates({"errcode": 0})


def test_no_template_at_all_is_a_list_too(standin: StandIn, wechat: WeChat) -> None:
    standin.world.desk.templates.clear()
    assert wechat.templates() == []
    assert [f.state for f in compare(DEFAULT_TEMPLATES, [])] == [State.MISSING] * len(DEFAULT_TEMPLATES)


def figures() -> dict[str, float]:
    return {state: metrics.WECHAT_TEMPLATES.labels(state)._value.get() for state in State}


def checked(home: FakeHome) -> tuple[int, dict[str, float]]:
    return check_templates(home), figures()


def test_the_check_counts_what_it_finds_and_withholds_nothing(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks, "log", SimpleNamespace(warning=lambda event, **told: warned.append(told)))
    home = FakeHome(standin.url)
    assert checked(home) == (3, {"ok": 3, "missing": 0, "wrong_keys": 0, "unread": 0})
    del standin.world.desk.templates[TEMPLATE]
    other = DEFAULT_TEMPLATES[1]
    standin.world.desk.templates[other.id] = Template(other.id, other.title, {"thing1": "班次"})
    assert checked(home) == (1, {"ok": 1, "missing": 1, "wrong_keys": 1, "unread": 0})
    assert [(told["template"], told["state"]) for told in warned] == [
        (TEMPLATE, "missing"),
        (other.id, "wrong_keys"),
    ]
    assert warned[1]["foreign"] == ["thing3", "thing4", "time2"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [("errcode", 48001), ("status", 404), ("garbage", None), ("reset", None), ("hang", None)],
)
def test_a_list_that_cannot_be_read_is_a_warning_and_says_nothing_about_wechat(
    standin: StandIn, kind: str, value: float | None
) -> None:
    break_it(standin, LIST, kind, value)
    home = FakeHome(standin.url, deadline_s=0.3)
    assert checked(home) == (0, {"ok": 0, "missing": 0, "wrong_keys": 0, "unread": 3})
    lost = kind in ("reset", "hang")
    assert (home.client.trouble() is not None) is lost


def test_without_templates_nothing_is_asked(standin: StandIn) -> None:
    home = FakeHome(standin.url)
    home.settings = home.settings.model_copy(update={"env": "production"})
    assert checked(home)[0] == 0
    assert not standin.world.calls


RAISED = [(45009, Misconfigured), (40164, Misconfigured), (76021, Unfit), (-1, Busy)]


@pytest.mark.parametrize(("errcode", "kind"), RAISED)
def test_look_ups_raise_what_fits(
    standin: StandIn, wechat: WeChat, errcode: int, kind: type[Exception]
) -> None:
    break_it(standin, QUOTA, "errcode", errcode)
    with pytest.raises(kind):
        wechat.quota(SEND)


def test_a_token_that_cannot_be_had_is_told_to_the_operator(standin: StandIn, run: Run) -> None:
    break_it(standin, TOKEN, "errcode", 40164)
    done = run("quota", SEND)
    assert done.exit_code == 1
    assert "白名单" in done.stderr


def test_a_rid_answer_without_its_parts_is_no_trace() -> None:
    with bare_server(http_answer(b'{"errcode":0,"request":[]}')) as (base, _), pytest.raises(Unavailable):
        helpers.wechat(base, shared=with_token()).rid("x")
