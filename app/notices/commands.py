"""The room's commands: how the lane to WeChat stands, and to close and open it by hand."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import click
import structlog

from app.foundation.clock import iso
from app.foundation.home import Home
from app.notices import lane

OpenHome = Callable[[], AbstractContextManager[Home]]
log = structlog.get_logger()

_BY = {"stop": "微信要求停止", "errors": "出错太多", "operator": "运维人员"}


@click.group("notices")
def notices() -> None:
    """订阅消息的发送：看状态，暂停，恢复。"""


@notices.command("lane")
@click.pass_obj
def show(open_home: OpenHome) -> None:
    """发送通道现在怎样：开着还是暂停、为什么、今天发了多少、最近出错多少。暂停时退出码为 1。"""
    with open_home() as home:
        now, cap = home.clock.now(), home.settings.notices.daily_cap
        with home.database.transaction() as session:
            state = lane.look(session, now)
    if state.paused_at is None:
        click.echo("发送中")
    else:
        click.echo(f"已暂停\t{iso(state.paused_at)}\t{_BY[state.paused_by or 'stop']}\t{state.paused_why}")
    click.echo(f"今天已发\t{state.taken_today(now)}\t上限\t{cap or '不设'}")
    click.echo(f"最近 {len(state.recent)} 次\t出错 {state.recent.count('1')}")
    click.get_current_context().exit(0 if state.paused_at is None else 1)


@notices.command("pause")
@click.argument("why")
@click.pass_obj
def pause(open_home: OpenHome, why: str) -> None:
    """暂停全部发送，WHY 写明原因；只有 reopen 能恢复。"""
    with open_home() as home, home.database.transaction() as session:
        now = home.clock.now()
        lane.look(session, now)
        closed = lane.close_lane(session, now, "operator", why)
    log.warning("deliveries.paused_by_hand", why=why, changed=closed)
    click.echo("已暂停" if closed else "本来就暂停着")


@notices.command("reopen")
@click.pass_obj
def reopen(open_home: OpenHome) -> None:
    """恢复发送，最近的出错记录清零。"""
    with open_home() as home, home.database.transaction() as session:
        opened = lane.reopen(session)
    log.warning("deliveries.reopened_by_hand", changed=opened)
    click.echo("已恢复" if opened else "本来就开着")


COMMANDS: list[click.Command] = [notices]
