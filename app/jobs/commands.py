"""The room's command: one jobs process; any number may run."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from app.foundation.home import Home
from app.jobs.process import serve


@click.command()
@click.pass_obj
def jobs(open_home: Callable[[], AbstractContextManager[Home]]) -> None:
    """后台任务：送出订阅消息、收回租约、清理过期数据。可在多台机器上同时运行任意多个。"""
    with open_home() as home:
        if not serve(home):
            os._exit(1)  # a thread that hangs would keep the interpreter from ending


COMMANDS: list[click.Command] = [jobs]
