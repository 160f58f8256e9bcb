"""A stopped clock, the secretaries of two branches, somebody who would be a member."""

import pytest
from flask import Flask

from app.foundation.home import Home
from tests.duty.helpers import StoppedClock, member, ok
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
def other_secretary(app: Flask, clock: StoppedClock) -> Somebody:
    """Of the branch at GS002."""
    return member(app, "other-secretary", ("secretary", "GS002"))


@pytest.fixture
def newcomer(app: Flask, clock: StoppedClock) -> Somebody:
    """A driver who has agreed that his membership is handled."""
    somebody = sign_in(app, "newcomer")
    ok(somebody.put("/me/consents/membership", {"granted": True}))
    return somebody
