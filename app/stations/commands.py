"""`stations …` on the command line: results on standard output, logs and complaints on standard error."""

import csv
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NoReturn, TypeVar

import click

from app.foundation import audit
from app.foundation.clock import shanghai_day
from app.foundation.home import Home
from app.foundation.refusals import Refused
from app.people.rules import clean_phone
from app.stations import exchange, service, wxacodes
from app.stations.csvfile import read_stations, write_stations
from app.stations.rules import BASIC_STATES, BASICS, STATUSES, code_url, normalise_key
from app.wechat import Busy, Misconfigured, Unfit, WeChatError
from app.wechat.codes import NARROWEST, USUAL_WIDTH, WIDEST
from app.wechat.errors import explain

T = TypeVar("T")
OpenHome = Callable[[], AbstractContextManager[Home]]
_UNSET_URL = "http://127.0.0.1:8000"
_TRIES = 4


@click.group("stations")
def stations() -> None:
    """站点、站点码和张贴海报。"""


COMMANDS = [stations]


def _complain(sentence: str) -> None:
    click.echo(sentence, err=True)


def _public_url(home: Home) -> str:
    """The base of the printed codes; without one the codes work on this machine only, and that is said."""
    if not home.settings.web.public_url:
        _complain(f"没有设置 web.public_url，码里写的是 {_UNSET_URL}，只能在本机试用，不要张贴。")
    return home.settings.web.public_url or _UNSET_URL


@stations.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_file(open_home: OpenHome, file: Path) -> None:
    """从 CSV 文件新增或更新站点；有一行不对就一行也不导入。"""
    rows, faults = read_stations(file.read_bytes())
    if faults:
        for fault in faults:
            _complain(str(fault))
        _complain(f"共 {len(faults)} 处有误，一行也没有导入。")
        sys.exit(1)
    with open_home() as home, home.database.transaction() as session:
        report = exchange.import_stations(session, rows, home.clock.now())
    click.echo(
        f"新增 {report.made} 站，更新 {report.changed} 站，未变 {report.unchanged} 站，"
        f"新制码 {report.keys_made} 个。"
    )


@stations.command("export")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="写到文件，Excel 可直接打开")
@click.pass_obj
def export_file(open_home: OpenHome, out: Path | None) -> None:
    """把全部站点写成 CSV。"""
    with open_home() as home, home.database.transaction() as session:
        written = write_stations(exchange.export_stations(session))
    if out is None:
        click.echo(written, nl=False)
    else:
        _write(out, written.encode("utf-8-sig"))  # Excel takes UTF-8 for GBK without the mark


@stations.command("codes")
@click.option("--station", "only", multiple=True, metavar="CODE", help="只要这一站，可写多次")
@click.pass_obj
def show_codes(open_home: OpenHome, only: tuple[str, ...]) -> None:
    """列出在用的码（CSV：station,side,key,url）。"""
    with open_home() as home, home.database.transaction() as session:
        base = _public_url(home)
        codes = _or_complain(lambda: exchange.list_codes(session, only))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("station", "side", "key", "url"))
    writer.writerows((code.station, code.side, code.key, code_url(base, code.key)) for code in codes)


@stations.command("revoke")
@click.argument("key")
@click.option("--reason", help="为什么停用，记入审计")
@click.pass_obj
def revoke(open_home: OpenHome, key: str, reason: str | None) -> None:
    """停用一个码，印出接替它的新码（海报破了不用停用，照原样再印）。"""
    with open_home() as home, home.database.transaction() as session:
        now, plain = home.clock.now(), normalise_key(key) or key
        fresh = _or_complain(lambda: service.revoke_key(session, plain, now, reason))
    _complain(f"{fresh.station} {fresh.side} 侧的旧码已停用，新码是第 {fresh.version} 版，请重新打印张贴。")
    click.echo(fresh.key)


@stations.command("set")
@click.argument("code")
@click.option("--duty-phone", help="值班电话，印在海报上")
@click.option("--medical-phone", help="医疗点电话")
@click.option("--status", type=click.Choice(STATUSES), help="营业状态")
@click.option("--basic", "basics", type=(click.Choice(BASICS), click.Choice(BASIC_STATES)), multiple=True)
@click.pass_obj
def change(
    open_home: OpenHome,
    code: str,
    duty_phone: str | None,
    medical_phone: str | None,
    status: str | None,
    basics: tuple[tuple[str, str], ...],
) -> None:
    """改一个站点的电话、状态或五项基本服务，例如 --basic shower out。"""
    given = {"duty_phone": duty_phone, "medical_phone": medical_phone, "status": status}
    changes = {name: value for name, value in given.items() if value}
    if bad := [phone for phone in (duty_phone, medical_phone) if phone and clean_phone(phone) is None]:
        _complain(f"不是电话号码：{bad[0]}")
        sys.exit(1)
    with open_home() as home, home.database.transaction() as session:
        now = home.clock.now()
        _or_complain(lambda: service.touch(session, code, now, **changes))
        for basic, state in basics:
            service.set_basic(session, code, basic, state, now)
        audit.record(session, now, None, "station.changed", "station", code, station=code)
    click.echo(f"{code} 已更新")


@stations.command("posters")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--station", "only", multiple=True, metavar="CODE", help="只要这一站，可写多次")
@click.pass_obj
def posters(open_home: OpenHome, out: Path, only: tuple[str, ...]) -> None:
    """把海报写成一个 PDF，每站每侧一页 A4。"""
    from app.stations.posters import make_posters  # its libraries take half a second to load

    with open_home() as home, home.database.transaction() as session:
        base = _public_url(home)
        pages = _or_complain(lambda: exchange.poster_pages(session, base, only))
        operator = home.settings.operator
        house = exchange.PosterHouse(operator.name, operator.miniprogram_name, shanghai_day(home.clock.now()))
    if not pages:
        _complain("还没有站点，请先 stations import。")
        sys.exit(1)
    _write(out, make_posters(pages, house))
    click.echo(f"{out}：{len(pages)} 页")


@stations.command("wxacodes")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="放进哪个文件夹")
@click.option("--station", "only", multiple=True, metavar="CODE", help="只要这一站，可写多次")
@click.option(
    "--width", default=USUAL_WIDTH, show_default=True, type=click.IntRange(NARROWEST, WIDEST), help="像素"
)
@click.pass_obj
def fetch_wxacodes(open_home: OpenHome, out: Path, only: tuple[str, ...], width: int) -> None:
    """向微信取每站每侧的小程序码，一码一个文件；中断后再执行一次，从断处接着取。"""
    with open_home() as home:
        with home.database.transaction() as session:
            codes = _or_complain(lambda: exchange.list_codes(session, only))
        out.mkdir(parents=True, exist_ok=True)
        wanted = {_stem(code): code for code in codes}
        there = {file.stem for file in out.iterdir() if file.suffix in (".png", ".jpg")}
        missing = [stem for stem in wanted if stem not in there]
        for number, stem in enumerate(missing, 1):
            code = _fetch_one(home, wanted[stem].key, width)
            wxacodes.keep(out / f"{stem}{code.suffix}", code.picture)
            _complain(f"{number}/{len(missing)} {stem}")
    click.echo(f"{out}：共 {len(wanted)} 个码，新取 {len(missing)} 个，原有 {len(wanted) - len(missing)} 个")
    if old := sorted(stem for stem in there - wanted.keys() if stem[:2] == "GS") if not only else []:
        _complain(f"这些文件的码已停用，不要张贴：{'、'.join(old)}")


def _stem(code: exchange.CodeRow) -> str:
    return f"{code.station}-{code.side}-{code.version}-{code.key}"


def _fetch_one(home: Home, key: str, width: int) -> wxacodes.WxaCode:
    """One code, after a few pauses while WeChat is busy; else the reason and exit status 1."""
    for tries in range(1, _TRIES + 1):
        try:
            return wxacodes.of_key(home, key, width)
        except (Unfit, Misconfigured) as error:
            _give_up(error)
        except WeChatError as error:
            if tries == _TRIES:
                _give_up(error)
            _pause(error)
        except Refused as refused:
            _complain(f"{key}：{refused.refusal.detail}")
            sys.exit(1)
    raise AssertionError("gives up before")  # pragma: no cover


def _pause(error: WeChatError) -> None:
    wait_s = error.retry_after or 1
    _complain(f"微信{'正忙' if isinstance(error, Busy) else '没有响应'}，{wait_s} 秒后接着取。")
    time.sleep(wait_s)


def _give_up(error: WeChatError) -> NoReturn:
    for line in [*explain(error), "已取到的都在；处理好以后再执行一次，会从这里接着取。"]:
        _complain(line)
    sys.exit(1)


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as trouble:
        _complain(f"写不了 {file}：{trouble.strerror}")
        sys.exit(1)


def _or_complain(work: Callable[[], T]) -> T:
    """The result, or the refusal's sentence on standard error and exit status 1."""
    try:
        return work()
    except Refused as refused:
        _complain(" ".join([refused.refusal.detail, *refused.extra.get("stations", [])]))
        sys.exit(1)
