"""The room's commands: serving in production, without anything embedded or standing in."""

import os
import sys
from pathlib import Path

import click

from app.launcher import metrics_folder
from app.launcher.problems import LaunchProblem, in_plain_words
from app.launcher.state import make_private
from app.settings import load_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="监听端口")
def serve(host: str, port: int) -> None:
    """在前台运行服务（gunicorn），供生产环境使用；数据库等一律来自配置。"""
    settings = load_settings()
    if not settings.database.url:
        raise click.ClickException("没有配置 database.url；试用请运行 scripts/run。")
    try:
        folder = _metrics(settings.data_dir)
    except LaunchProblem as problem:
        raise click.ClickException(str(problem)) from None
    shown = f"[{host}]" if ":" in host else host
    argv = [sys.executable, "-m", "gunicorn", "-c", "python:app.launcher.gunicorn_conf"]
    os.execve(  # noqa: S606 - becomes gunicorn, which a service manager then watches
        sys.executable,
        [*argv, "--bind", f"{shown}:{port}"],
        os.environ | {metrics_folder.VARIABLE: str(folder)},
    )


def _metrics(data_dir: Path) -> Path:
    make_private(data_dir)
    with in_plain_words(data_dir):
        return metrics_folder.prepare(data_dir).absolute()


COMMANDS: list[click.Command] = [serve]
