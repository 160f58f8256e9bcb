"""`people …` and `staff …` on the command line: roles, imports, staff accounts."""

import csv
import io
import sys
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.clock import Clock
from app.foundation.csvfile import LineFault
from app.foundation.home import Home
from app.people import accounts, service
from app.people.models import Person
from app.people.roster import PLACE_CHECK, RosterRow, read_roster, save_row
from app.people.rules import CONSOLE_ROLES, MOST_NAME, PLACED_ROLES, is_login, is_openid
from app.web.callers import EVERYWHERE, ROLES

OpenHome = Callable[[], AbstractContextManager[Home]]


@click.group()
def people() -> None:
    """微信用户和他们的角色。"""


@click.group()
def staff() -> None:
    """工作台的账号。"""


COMMANDS: list[click.Command] = [people, staff]


def _place(role: str, station: str | None) -> str:
    if station is None and role in PLACED_ROLES:
        raise click.ClickException(f"角色 {role} 要用 --station 指明站点。")
    if station is not None and not PLACE_CHECK.match(station):
        raise click.ClickException("站点编号应为 GS 加三位数字，例如 GS001。")
    return station or EVERYWHERE


def _known(session: Session, place: str) -> None:
    if place != EVERYWHERE and place not in service.places(session):
        raise click.ClickException(f"没有站点 {place}。")


@people.command("grant")
@click.option("--openid", required=True)
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--station")
@click.pass_obj
def grant(open_home: OpenHome, openid: str, role: str, station: str | None) -> None:
    """给一个微信用户（openid）一个角色。"""
    place = _place(role, station)
    if not is_openid(openid):
        raise click.ClickException("这不是 openid：应为字母、数字、_ 和 -，从小程序后台复制。")
    with open_home() as home, home.database.transaction() as session:
        now = home.clock.now()
        _known(session, place)
        person_id, _ = service.find_or_make(session, openid, None, now)
        service.grant(session, person_id, role, place, now)
        audit.record(session, now, None, "role.granted", "person", person_id, reason=f"{role}@{place}")
    click.echo(f"{openid} {role} {place}")


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_file(open_home: OpenHome, file: Path) -> None:
    """按 CSV 导入人员（列 openid,phone,role,station,name）；有一行不对就一行也不导。"""
    rows, faults = read_roster(file.read_bytes())
    with open_home() as home, home.database.transaction() as session:
        known = service.places(session) | {EVERYWHERE}
        strange = [row for row in rows if row.place not in known]
        faults += [LineFault(row.line, "station", f"没有站点 {row.place}。") for row in strange]
        if faults:
            _stop(sorted(faults, key=lambda fault: fault.line))
        done = _save(session, rows, home.clock)
    click.echo(
        f"导入 {done} 行，其中 {sum(not row.openid for row in rows)} 行等本人验证手机号后生效或已生效。"
    )


def _save(session: Session, rows: list[RosterRow], clock: Clock) -> int:
    now = clock.now()
    for row in rows:
        save_row(session, row, now)
    audit.record(session, now, None, "people.imported", "people", len(rows))
    return len(rows)


def _stop(faults: list[LineFault]) -> None:
    for fault in faults:
        click.echo(str(fault), err=True)
    click.echo(f"共 {len(faults)} 处有误，一行也没有导入。", err=True)
    sys.exit(1)


@staff.command("create")
@click.option("--login", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice(CONSOLE_ROLES))
@click.option("--station")
@click.pass_obj
def create(open_home: OpenHome, login: str, name: str, role: str, station: str | None) -> None:
    """建一个工作台账号，打印一次性密码。"""
    place = _place(role, station)
    if not is_login(login):
        raise click.ClickException("登录名应为 2 到 32 个字母、数字、点、_ 或 -。")
    if not name.strip() or len(name) > MOST_NAME:
        raise click.ClickException(f"姓名要填，最多 {MOST_NAME} 个字。")
    try:
        with open_home() as home, home.database.transaction() as session:
            now = home.clock.now()
            _known(session, place)
            person_id, password = accounts.create(session, login, name, now)
            service.grant(session, person_id, role, place, now)
            audit.record(session, now, None, "staff.created", "person", person_id, reason=f"{role}@{place}")
    except IntegrityError:
        raise click.ClickException(f"登录名 {login} 已经有人用了。") from None
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([login.strip().lower(), password])
    click.echo(out.getvalue(), nl=False)
    click.echo("以上是登录名和一次性密码，首次登录后要修改。", err=True)


@staff.command("reset")
@click.option("--login", required=True)
@click.pass_obj
def reset(open_home: OpenHome, login: str) -> None:
    """给一个账号换一次性密码并解除锁定，原来的登录立即失效。"""
    with open_home() as home, home.database.transaction() as session:
        now = home.clock.now()
        person_id = _account(session, login)
        password = accounts.reset(session, person_id)
        audit.record(session, now, None, "staff.reset", "person", person_id)
    click.echo(f"{login.strip().lower()},{password}")
    click.echo("以上是登录名和一次性密码，首次登录后要修改。", err=True)


@staff.command("disable")
@click.option("--login", required=True)
@click.pass_obj
def disable(open_home: OpenHome, login: str) -> None:
    """停用一个人：所有登录立即失效，不能再登录。"""
    with open_home() as home, home.database.transaction() as session:
        person_id = _account(session, login)
        service.disable(session, person_id, home.clock.now())
        audit.record(session, home.clock.now(), None, "person.disabled", "person", person_id)
    click.echo(f"{login} 已停用")


@people.command("disable")
@click.option("--openid", required=True)
@click.pass_obj
def disable_person(open_home: OpenHome, openid: str) -> None:
    """停用一个微信用户：所有登录立即失效，不能再登录。"""
    with open_home() as home, home.database.transaction() as session:
        person_id = session.scalar(select(Person.id).where(Person.openid == openid))
        if person_id is None:
            raise click.ClickException(f"没有这个人：{openid}")
        service.disable(session, person_id, home.clock.now())
        audit.record(session, home.clock.now(), None, "person.disabled", "person", person_id)
    click.echo(f"{openid} 已停用")


def _account(session: Session, login: str) -> uuid.UUID:
    person_id = accounts.find_login(session, login)
    if person_id is None:
        raise click.ClickException(f"没有账号 {login}。")
    return person_id
