"""All commands together, and how each of them opens the house."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from app import furnish
from app.commands import backup, clock, demo, operate
from app.facilities import commands as facilities
from app.foundation.home import Home, open_home
from app.foundation.logs import configure_logs
from app.jobs import commands as jobs
from app.launcher import commands as launcher
from app.launcher import embedded
from app.launcher.problems import LaunchProblem
from app.members import commands as members
from app.notices import commands as notices
from app.people import commands as people
from app.settings import Settings, SettingsProblem, load_settings
from app.stations import commands as stations
from app.wechat import commands as wechat

_JOBS_SLOTS = 8


@contextmanager
def open_home_here() -> Iterator[Home]:
    """The house on the settings' database, or on the data folder's own, started if it is not running."""
    settings = load_settings()
    configure_logs(settings.log_level)
    settings = _as_it_runs(settings)
    cluster = None
    if not settings.database.url:
        cluster = embedded.ensure(settings.data_dir)
        database = settings.database.model_copy(update={"url": cluster.url})
        settings = settings.model_copy(update={"database": database})
    home = furnish(open_home(settings), _JOBS_SLOTS)
    try:
        yield home
    finally:
        home.close()
        if cluster is not None:
            cluster.stop_if_unused()


def _as_it_runs(settings: Settings) -> Settings:
    """The printed codes lead to where `scripts/run` last served this data, and WeChat is the stand-in that it
    started, unless the operator says so."""
    if settings.production:
        return settings
    web, wechat = settings.web, settings.wechat
    if not web.public_url and (told := _told(settings, "public-url")):
        web = web.model_copy(update={"public_url": told})
    if not wechat.api_base and (told := _told(settings, "standin-url")):
        wechat = wechat.model_copy(update={"api_base": told, "standin": True})
    return settings.model_copy(update={"web": web, "wechat": wechat})


def _told(settings: Settings, name: str) -> str:
    """What `scripts/run` left in the data folder for commands; empty where it never ran."""
    file = settings.data_dir / name
    return file.read_text().strip() if file.is_file() else ""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """司机之家的命令：结果写到标准输出，日志写到标准错误。"""
    context.obj = open_home_here


for module in (
    stations,
    facilities,
    people,
    members,
    clock,
    demo,
    operate,
    backup,
    jobs,
    notices,
    launcher,
    wechat,
):
    for command in module.COMMANDS:
        main.add_command(command)


def run() -> None:
    """Run, and turn what can go wrong before the work begins into one sentence."""
    try:
        main(prog_name="python -m app")
    except (SettingsProblem, LaunchProblem) as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)
