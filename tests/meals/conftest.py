"""A stopped clock, a kitchen, a driver, and lunch for some."""

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.duty.helpers import StoppedClock
from tests.meals.helpers import make_offer
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def clock(home: Home, monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """The service's clock, stopped at noon."""
    stopped = StoppedClock()
    monkeypatch.setattr(home.clock, "now", stopped.now)
    return stopped


@pytest.fixture
def kitchen(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "kitchen")


@pytest.fixture
def driver(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "driver")


@pytest.fixture
def other(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "driver2")


@pytest.fixture
def lunch(kitchen: Somebody) -> str:
    """Three portions at 15 yuan, side A, for two hours from noon on."""
    return make_offer(kitchen)
