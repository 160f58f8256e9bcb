"""People of the insurance companion's tests, and a house whose clock can be moved."""

from pathlib import Path

import pytest
from flask import Flask

from app.settings import Settings
from tests.support.clients import Somebody, sign_in
from tests.support.moved import later as later
from tests.support.moved import own_folder


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """A data folder of the test's own: its clock is set."""
    return own_folder(settings, tmp_path)


@pytest.fixture
def other(app: Flask) -> Somebody:
    """Another driver."""
    return sign_in(app, "driver2")


@pytest.fixture
def colleague(app: Flask) -> Somebody:
    """Somebody at the same desk."""
    return sign_in(app, "staff2")
