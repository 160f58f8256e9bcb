"""A stopped clock, staff of GS001, two drivers, a bed."""

import pytest
from flask import Flask

from tests.duty.conftest import clock
from tests.facilities.helpers import StoppedClock, make
from tests.support.clients import Somebody, sign_in

__all__ = ["clock"]


@pytest.fixture
def staff(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "staff")


@pytest.fixture
def first(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "driver")


@pytest.fixture
def second(app: Flask, clock: StoppedClock) -> Somebody:
    return sign_in(app, "driver2")


@pytest.fixture
def bed(staff: Somebody) -> str:
    """A capsule bed that works, nobody's."""
    return make(staff)
