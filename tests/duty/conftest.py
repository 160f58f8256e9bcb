"""A stopped clock, the secretary and two members of one branch."""

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.duty.helpers import StoppedClock, make_shift
from tests.support.clients import Somebody, sign_in


@pytest.fixture
def clock(home: Home, monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    """The service's clock, stopped at noon."""
    stopped = StoppedClock()
    monkeypatch.setattr(home.clock, "now", stopped.now)
    return stopped


@pytest.fixture
def secretary(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "secretary")


@pytest.fixture
def first(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "member")


@pytest.fixture
def second(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "member2")


@pytest.fixture
def shift(secretary: Somebody) -> str:
    """One place, in two days at noon, for eight hours, side A."""
    return make_shift(secretary)
