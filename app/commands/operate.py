"""What an operator runs: migrations and the check whether all is well."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import click
import structlog

from app.foundation import migrate
from app.foundation.database import Base
from app.foundation.home import Home
from app.web.health import Probes, more_troubles

OpenHome = Callable[[], AbstractContextManager[Home]]
log = structlog.get_logger()


@click.group("db")
def db() -> None:
    """数据库的表结构。"""


@db.command("upgrade")
@click.pass_obj
def upgrade(open_home: OpenHome) -> None:
    """执行缺少的迁移。"""
    with open_home() as home:
        migrate.upgrade(home.settings.database.url)
    click.echo(f"数据库已到 {migrate.head()}")


@db.command("downgrade")
@click.argument("to")
@click.pass_obj
def downgrade(open_home: OpenHome, to: str) -> None:
    """退回到某个迁移（base 为全部退回，会丢数据）。"""
    with open_home() as home:
        migrate.downgrade(home.settings.database.url, to)
    click.echo(f"数据库已退到 {to}")


@db.command("revision")
@click.argument("message")
@click.pass_obj
def revision(open_home: OpenHome, message: str) -> None:
    """（开发用）按模型写出新的迁移。"""
    with open_home() as home:
        migrate.new_revision(home.settings.database.url, Base.metadata, message)


@click.command()
@click.pass_obj
def check(open_home: OpenHome) -> None:
    """一条命令看各部分是否正常；有问题时退出码为 1。"""
    with open_home() as home:
        looks: dict[str, Callable[[], bool]] = {
            "数据库": home.database.alive,
            "迁移": lambda: not migrate.behind(home.database.engine),
            **{name: partial(probe, home) for name, probe in home.part(Probes).by_name.items()},
        }
        findings = {name: _well(name, look) for name, look in looks.items()}
        findings |= dict.fromkeys(more_troubles(home), False)
    for name, well in findings.items():
        click.echo(f"{name}\t{'正常' if well else '有问题'}")
    sys.exit(0 if all(findings.values()) else 1)


def _well(name: str, look: Callable[[], bool]) -> bool:
    """What cannot be looked at is not well; a command for bad days must not end in a trace."""
    try:
        return look()
    except Exception as trouble:
        log.warning("check.failed", what=name, error=type(trouble).__name__)
        return False


COMMANDS: list[click.Command] = [db, check]
