"""`python -m app.launcher`: the part of scripts/run that comes once there is an environment."""

import os
import sys
from pathlib import Path

import click

from app.foundation.logs import configure_logs
from app.launcher.problems import LaunchProblem
from app.launcher.supervisor import ROOT, Supervisor, Wishes
from app.settings import Settings, SettingsProblem, load_settings


@click.command()
@click.option(
    "--port",
    type=click.IntRange(1, 65534),
    default=8000,
    show_default=True,
    help="服务端口；替身用下一个",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--data-dir", type=Path, default=None, help="数据目录  [默认: var]")
@click.option("--demo-on-network", is_flag=True, help="监听非本机地址时仍允许 demo: 登录码")
@click.option("--from", "caller", type=Path, default=Path(), hidden=True)
def run(port: int, host: str, data_dir: Path | None, demo_on_network: bool, caller: Path) -> None:
    """在本机启动司机之家：数据库、服务、定时任务和微信替身服务器，按 Ctrl-C 结束。

    Start the house on this machine; Ctrl-C ends it.
    """
    settings = _settings(caller)
    configure_logs(settings.log_level)
    folder = (caller / data_dir) if data_dir is not None else (ROOT / settings.data_dir)
    Supervisor(Wishes(port, host, folder.absolute(), demo_on_network), settings).run()


def _settings(caller: Path) -> Settings:
    """The settings; a relative APP_CONFIG counts from where the person stands, config.toml is the tree's."""
    named = os.environ.get("APP_CONFIG")
    if named:
        os.environ["APP_CONFIG"] = str((caller / named).absolute())
    os.chdir(ROOT)
    return load_settings()


def main() -> None:
    """Whatever keeps the house from starting is one sentence."""
    try:
        run()
    except (LaunchProblem, SettingsProblem) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
