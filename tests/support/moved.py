"""A house whose clock a test can move: its data folder is the test's own."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.foundation.clock import shift
from app.foundation.home import Home
from app.settings import Settings


def own_folder(settings: Settings, tmp_path: Path) -> Settings:
    """The same settings with a data folder of the test's own."""
    folder = tmp_path / "var"
    folder.mkdir()
    for kept in settings.data_dir.iterdir():
        if kept.is_file() and kept.name != "clock.offset":
            (folder / kept.name).write_bytes(kept.read_bytes())
    return settings.model_copy(update={"data_dir": folder})


@pytest.fixture
def later(home: Home) -> Callable[..., None]:
    """Move the house's clock, and wait until the house has noticed."""

    def move(**span: float) -> None:
        wanted = home.clock.now() + timedelta(**span)
        shift(home.settings.data_dir / "clock.offset", timedelta(**span))
        while home.clock.now() < wanted:
            time.sleep(0.05)

    return move
