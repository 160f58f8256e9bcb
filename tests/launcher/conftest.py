"""Folders for embedded databases, whose servers are stopped whatever a test does."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.launcher import embedded


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """An empty folder that every account can reach; pytest's own tmp_path is private to root."""
    folder = Path(tempfile.mkdtemp(prefix="drivers-home-tests-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data_dir(open_folder: Path) -> Iterator[Path]:
    """A data folder to be made; the database made in it is removed afterwards."""
    yield (folder := open_folder / "var")
    if folder.is_dir():
        embedded.remove(folder)
