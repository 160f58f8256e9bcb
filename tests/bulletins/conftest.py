"""An editor, two approvers and a clock that a test can move."""

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.bulletins.helpers import MovedClock, grant
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def editor(app: Flask) -> Somebody:
    return sign_in(app, "editor")


@pytest.fixture
def approver(app: Flask) -> Somebody:
    return sign_in(app, "approver")


@pytest.fixture
def both(app: Flask, home: Home) -> Somebody:
    """Somebody who is editor and approver at once."""
    grant(home, "both", ("editor", "*"), ("approver", "*"))
    return sign_in(app, "both")


@pytest.fixture
def clock(home: Home) -> MovedClock:
    moved = MovedClock(home)
    home.clock = moved
    return moved
