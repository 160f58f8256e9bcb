"""A stopped clock, the secretary and committee of a branch, two of its members."""

import pytest
from flask import Flask

from app.foundation.home import Home
from app.settings import Settings
from tests.duty.helpers import StoppedClock
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Sign-ins outlast the quarter: its clock is turned by months."""
    return settings.model_copy(update={"web": settings.web.model_copy(update={"sign_in_days": 400})})


@pytest.fixture
def clock(home: Home, monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """The service's clock, stopped at noon of a day in the fourth quarter."""
    stopped = StoppedClock()
    monkeypatch.setattr(home.clock, "now", stopped.now)
    return stopped


@pytest.fixture
def secretary(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "secretary")


@pytest.fixture
def committee(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "committee")


@pytest.fixture
def first(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "member")


@pytest.fixture
def second(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "member2")
