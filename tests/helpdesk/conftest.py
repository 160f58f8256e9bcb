"""The help desk's tests may move the clock."""

from pathlib import Path

import pytest

from app.settings import Settings
from tests.support.moved import later as later
from tests.support.moved import own_folder


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A data folder of the test's own: its clock is set."""
    return own_folder(settings, tmp_path)
