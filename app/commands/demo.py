"""`demo`: data to try the product with, all of it marked 示例; refused in production."""

import secrets
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.bulletins.demo import seed as seed_bulletins
from app.commands import history
from app.duty.demo import seed as seed_shifts
from app.facilities.demo import seed as seed_facilities
from app.foundation.home import Home
from app.meals.demo import seed as seed_offers
from app.meals.demo import seed_campaign
from app.members.store import adopt
from app.people import accounts, service
from app.people.models import Person, StaffAccount
from app.settings import load_settings
from app.stations.demo import seed as seed_stations
from app.web.callers import EVERYWHERE
from app.wechat.standin.demo import demo_openid

_NEWS_PEOPLE = ("editor", "approver", "driver")
OpenHome = Callable[[], AbstractContextManager[Home]]
STATION = "GS001"

# name of the sign-in code → (display name, role, place, has a console account)
PEOPLE: dict[str, tuple[str, str, str, bool]] = {
    "driver": ("示例司机甲", "driver", EVERYWHERE, False),
    "driver2": ("示例司机乙", "driver", EVERYWHERE, False),
    "member": ("示例党员甲", "member", STATION, False),
    "member2": ("示例党员乙", "member", STATION, False),
    "staff": ("示例值班员甲", "staff", STATION, True),
    "staff2": ("示例值班员乙", "staff", STATION, True),
    "supervisor": ("示例值班主管", "supervisor", EVERYWHERE, True),
    "secretary": ("示例支部书记", "secretary", STATION, False),
    "committee": ("示例支部委员", "committee", STATION, False),
    "kitchen": ("示例后厨", "kitchen", STATION, True),
    "responder": ("示例医疗应答员", "responder", STATION, True),
    "editor": ("示例编辑", "editor", EVERYWHERE, True),
    "approver": ("示例审核", "approver", EVERYWHERE, True),
    "auditor": ("示例审计员", "auditor", EVERYWHERE, False),
    "viewer": ("示例查看员", "viewer", EVERYWHERE, False),
    "admin": ("示例管理员", "admin", EVERYWHERE, True),
}


@click.command()
@click.option("--base", is_flag=True, help="站点、站点码和每个角色一个示例账号（可重复执行）")
@click.option("--days", type=click.IntRange(1, 400), help="再加上过去这么多天的示例扫码和诉求")
@click.pass_obj
def demo(open_home: OpenHome, base: bool, days: int | None) -> None:
    """准备示例数据。"""
    if load_settings().production:
        raise click.ClickException("生产环境不能写入示例数据。")
    if not base and days is None:
        raise click.ClickException("要准备什么？例如 demo --base，或 demo --days 90")
    with open_home() as home:
        _base(home)
        if days is not None:
            _past(home, days)


def _base(home: Home) -> None:
    with home.database.transaction() as session:
        now = home.clock.now()
        seed_stations(session, now)
        made = seed_people(session, now)
        seed_news(session, now)
        seed_duty(session, now)
        seed_meals(session, now)
        seed_facilities(session, now, STATION)
        _write_accounts(home.settings.data_dir, made)
    click.echo(f"示例数据就绪，新建工作台账号 {len(made)} 个。")


def _past(home: Home, days: int) -> None:
    """A transaction a day, so that one that is interrupted leaves whole days."""
    now = home.clock.now()
    with home.database.transaction() as session:
        who = history.cast(session, now)
        if history.is_told(session, who):
            click.echo("过去的示例已经有了，没有再加。")
            return
    with click.progressbar(
        history.days_ago(now, days), length=days, label="过去的示例", file=sys.stderr
    ) as midnights:
        for midnight in midnights:
            with home.database.transaction() as session:
                history.tell_day(session, home, who, midnight)
    click.echo(f"补上了过去 {days} 天的示例扫码和诉求。")


def seed_people(session: Session, now: datetime) -> list[tuple[str, str]]:
    """One person a demonstration code; answers the console logins made just now with their passwords."""
    made = []
    for name, (shown, role, place, at_console) in PEOPLE.items():
        person_id, is_new = service.find_or_make(session, demo_openid(name), None, now, shown)
        if is_new:
            session.execute(update(Person).where(Person.id == person_id).values(name=shown))
        service.grant(session, person_id, role, place, now)
        if at_console and not session.scalar(
            select(StaffAccount.login).where(StaffAccount.person_id == person_id)
        ):
            password = secrets.token_urlsafe(9)
            accounts.open_account(session, person_id, name, password, now, must_change=False)
            made.append((name, password))
    adopt(session, now)
    return made


def seed_news(session: Session, now: datetime) -> int:
    """Bulletins and questions by the demonstration's editor and approver; how many bulletins."""
    known = (service.find_or_make(session, demo_openid(name), None, now)[0] for name in _NEWS_PEOPLE)
    return seed_bulletins(session, now, *known)


def seed_duty(session: Session, now: datetime) -> int:
    """Duty posts with two weeks of shifts by the demonstration's secretary; how many posts."""
    secretary, _ = service.find_or_make(session, demo_openid("secretary"), None, now)
    return seed_shifts(session, now, secretary, STATION)


def seed_meals(session: Session, now: datetime) -> int:
    """A week of meals by the demonstration's kitchen, a campaign by its staff; how many offers."""
    kitchen, _ = service.find_or_make(session, demo_openid("kitchen"), None, now)
    staff, _ = service.find_or_make(session, demo_openid("staff"), None, now)
    seed_campaign(session, now, staff, STATION)
    return seed_offers(session, now, kitchen, STATION)


def _write_accounts(data_dir: Path, made: list[tuple[str, str]]) -> None:
    """Beside the data, readable by its owner only; `scripts/run` shows it."""
    if not made:
        return
    file = data_dir / "demo-accounts.txt"
    file.touch(mode=0o600)
    with file.open("a", encoding="utf-8") as out:
        out.writelines(f"{login}\t{password}\n" for login, password in made)


COMMANDS: list[click.Command] = [demo]
