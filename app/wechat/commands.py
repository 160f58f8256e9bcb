"""The room's commands: the stand-in server, and what an operator asks WeChat."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TypeVar

import click

from app.foundation.clock import SHANGHAI, Clock
from app.foundation.home import Home
from app.settings import WechatSettings, load_settings
from app.wechat.errcode_table import TABLE, Meaning
from app.wechat.errors import WeChatError, explain
from app.wechat.lookups import LONG_TERM, Call, ListedTemplate, Quota
from app.wechat.masking import masked, masked_query
from app.wechat.outcomes import Sort, sort_of
from app.wechat.platform import WeChat
from app.wechat.standin.pusher import Plan
from app.wechat.standin.server import run
from app.wechat.standin.subscribe import Template
from app.wechat.template_check import Finding, State, compare
from app.wechat.templates import templates_in_force

T = TypeVar("T")
OpenHome = Callable[[], AbstractContextManager[Home]]

_SORTS = {
    Sort.DONE: "完成",
    Sort.REFUSED: "被拒",
    Sort.TRY_LATER: "稍后再试",
    Sort.STOP: "全部停止",
    Sort.FAILED: "这一条失败",
    Sort.UNKNOWN: "结果不明",
}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", default=8001, show_default=True, help="监听端口")
@click.option("--no-demo", is_flag=True, help="不接受 demo:<名字> 登录码")
@click.option("--callback", default="", help="把事件推送到哪里，例如 http://127.0.0.1:8000/wechat/callback")
def standin(host: str, port: int, no_demo: bool, callback: str) -> None:
    """启动微信替身服务器（仅供开发和测试）。"""
    settings = load_settings()
    if settings.production:
        raise click.ClickException("生产环境不能启动微信替身服务器。")
    click.echo(f"微信替身服务器：http://{host}:{port}/ （打开可看到送达的订阅消息）", err=True)
    wechat = settings.wechat
    templates = [Template.of(template) for template in wechat.templates]
    clock = Clock(settings.data_dir / "clock.offset")  # one world, one time
    try:
        run(
            host,
            port,
            not no_demo,
            appid=wechat.appid,
            secret=wechat.secret or None,
            templates=templates,
            plan=_push_plan(wechat, callback),
            now=lambda: clock.now().timestamp(),
            memory=settings.data_dir / "standin.json",
        )
    except OSError as trouble:
        raise click.ClickException(f"端口 {port} 无法使用：{trouble.strerror}") from None


def _push_plan(wechat: WechatSettings, callback: str) -> Plan:
    """Sealed where there is a key, as the service then wants it."""
    mode = "safe" if wechat.aes_key else "plain"
    return Plan(callback, wechat.token, wechat.aes_key, wechat.appid, mode)


@click.group("wechat")
def wechat() -> None:
    """向微信查询：调用额度、一次失败的调用、消息模板；以及错误码对照表。"""


@wechat.command("quota")
@click.argument("cgi_path")
@click.pass_obj
def quota(open_home: OpenHome, cgi_path: str) -> None:
    """某个接口今天还能调用多少次，例如 /cgi-bin/message/subscribe/send。"""
    path = cgi_path if cgi_path.startswith("/") else f"/{cgi_path}"
    with open_home() as home:
        found = _or_complain(lambda: home.part(WeChat).quota(path))
    _show_quota(path, found)


def _show_quota(path: str, found: Quota) -> None:
    click.echo(f"接口\t{path}")
    click.echo(f"每日上限\t{found.daily_limit}")
    click.echo(f"今日已用\t{found.used}")
    click.echo(f"今日剩余\t{found.remain}")
    if found.rate_calls is not None:
        click.echo(f"频率上限\t{found.rate_seconds or '?'} 秒内 {found.rate_calls} 次")


@wechat.command("rid")
@click.argument("rid")
@click.pass_obj
def rid(open_home: OpenHome, rid: str) -> None:
    """七天内一次失败的调用：日志和错误信息里的 rid。口令、openid、号码都已遮盖。"""
    with open_home() as home:
        found = _or_complain(lambda: home.part(WeChat).rid(rid.strip()))
    _show_call(found)


def _show_call(found: Call) -> None:
    when = datetime.fromtimestamp(found.invoke_time, UTC).astimezone(SHANGHAI)
    click.echo(f"调用时间\t{when:%Y-%m-%d %H:%M:%S}（北京时间）")
    click.echo(f"耗时\t{found.cost_in_ms} 毫秒")
    click.echo(f"来自 IP\t{found.client_ip or '未知'}")
    click.echo(f"请求参数\t{masked_query(found.request_url) or '无'}")
    click.echo(f"请求正文\t{masked(found.request_body) or '无'}")
    click.echo(f"微信回答\t{masked(found.response_body) or '无'}")


@wechat.command("templates")
@click.pass_obj
def templates(open_home: OpenHome) -> None:
    """微信账号里的订阅消息模板，和配置逐个核对；有不符时退出码为 1。"""
    with open_home() as home:
        listed = _or_complain(home.part(WeChat).templates)
        settings = home.settings
    findings = compare(templates_in_force(settings.wechat, production=settings.production), listed)
    for template in listed:
        _show_template(template)
    for finding in findings:
        click.echo(_finding_line(finding))
    sys.exit(0 if all(finding.state is State.OK for finding in findings) else 1)


def _show_template(template: ListedTemplate) -> None:
    kind = "长期" if template.kind == LONG_TERM else "一次性"
    keys = "，".join(f"{key}（{label}）" for key, label in template.keys.items())
    click.echo(f"微信\t{template.id}\t{template.title}\t{kind}\t{keys}")


def _finding_line(finding: Finding) -> str:
    said = {State.OK: "相符", State.MISSING: "微信账号里没有这个模板", State.WRONG_KEYS: "关键词不符"}
    more = [f"缺 {', '.join(finding.lacking)}"] if finding.lacking else []
    more += [f"多 {', '.join(finding.foreign)}"] if finding.foreign else []
    told = "；".join([said[finding.state], *more])
    return f"配置\t{finding.template_id}\t{finding.title}\t{finding.scene}\t{told}"


@wechat.command("errors")
def errors() -> None:
    """错误码对照表（Markdown）：微信的意思、本系统归为哪一类、怎么处理。"""
    click.echo(errcode_page(), nl=False)


def errcode_page() -> str:
    """The manual's page of errcodes, made from the table that decides."""
    rows = [
        f"| {known.errcode} | {known.says} | {_sort_told(known.meaning)} | {known.does} |" for known in TABLE
    ]
    lost = [
        "| 没连上 | 请求没有发出 | 稍后再试 | 隔一会儿自动再试；连续多次则断路 |",
        "| 429、502、503 | 网关说没有处理 | 稍后再试 | 隔一会儿自动再试；5xx 连续多次则断路 |",
        "| 其他 4xx | 代理或网关不放行 | 稍后再试 | 隔一会儿自动再试；请查代理 |",
        "| 500、504 等，超时、连接中断、读不懂的回答 | 请求已发出，没有结果 | 结果不明 | "
        "不再自动重发，等微信的送达事件；检测、取码、查询可以放心重做，按稍后再试 |",
        "| 表外的错误码 | 未知 | 稍后再试 | 隔一会儿自动再试，试完为止 |",
    ]
    return "\n".join([*_PAGE_HEAD, *rows, *lost, ""])


_PAGE_HEAD = (
    "# 微信错误码对照表",
    "",
    "本页由 `python -m app wechat errors` 生成，与程序判断用的是同一张表。",
    "每次失败的调用都在日志里留有 `rid`，七天内可用 `python -m app wechat rid <rid>` 查看详情。",
    "",
    "| 错误码 | 微信的意思 | 归类 | 本系统的处理 |",
    "|---|---|---|---|",
)


def _sort_told(meaning: Meaning) -> str:
    if meaning in (Meaning.CODE, Meaning.BLOCKED):
        return "请用户处理"
    return _SORTS[sort_of(meaning)]


def _or_complain(work: Callable[[], T]) -> T:
    """What WeChat answered, or why not, on standard error, with exit status 1."""
    try:
        return work()
    except WeChatError as error:
        for line in explain(error):
            click.echo(line, err=True)
        sys.exit(1)


COMMANDS: list[click.Command] = [standin, wechat]
