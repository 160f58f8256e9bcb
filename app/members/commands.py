"""`members …` on the command line: take in a branch's list, with a report."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from app.foundation import audit
from app.foundation.csvfile import LineFault
from app.foundation.home import Home
from app.members.roster import read_members, save_members
from app.people import service as people
from app.people.roster import PLACE_CHECK

OpenHome = Callable[[], AbstractContextManager[Home]]


@click.group()
def members() -> None:
    """党员名单。"""


COMMANDS: list[click.Command] = [members]


@members.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_file(open_home: OpenHome, file: Path) -> None:
    """按 CSV 导入党员（列 openid,phone,branch,kind,name,certificate_no）；有一行不对就一行也不导。"""
    rows, faults = read_members(file.read_bytes())
    with open_home() as home, home.database.transaction() as session:
        places = people.places(session)
        strange = [row for row in rows if row.branch not in places]
        faults += [
            LineFault(row.line, "branch", f"没有站点 {row.branch}。")
            for row in strange
            if PLACE_CHECK.match(row.branch)
        ]
        if faults:
            _stop(sorted(faults, key=lambda fault: fault.line))
        now = home.clock.now()
        report = save_members(session, rows, now)
        audit.record(session, now, None, "member.imported", "members", len(rows))
    click.echo(f"新增 {report.added} 人，已在册 {report.known} 人，等本人验证手机号 {report.waiting} 人。")
    if report.elsewhere:
        lines = "、".join(str(line) for line in report.elsewhere)
        click.echo(f"第 {lines} 行的人在别的支部（或在它的名单上），没有导入：请由原支部书记办转接。")


def _stop(faults: list[LineFault]) -> None:
    for fault in faults:
        click.echo(str(fault), err=True)
    click.echo(f"共 {len(faults)} 处有误，一行也没有导入。", err=True)
    sys.exit(1)
