"""`clock +2h`: shift the time of this data folder, to try what happens later; never in production."""

import click

from app.foundation import clock as clocks
from app.settings import load_settings


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("step")
def clock(step: str) -> None:
    """拨快或拨慢时钟：+2h、-30m、+1d（可累加；运行中的进程 1 秒内跟上）。"""
    settings = load_settings()
    if settings.production:
        raise click.ClickException("生产环境不能拨动时钟。")
    try:
        move = clocks.parse_step(step)
    except ValueError:
        raise click.ClickException("写法应为 +2h、-30m、45s、+1d。") from None
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    total = clocks.shift(settings.data_dir / "clock.offset", move)
    click.echo(f"时钟偏移 {int(total.total_seconds())} 秒")


COMMANDS: list[click.Command] = [clock]
