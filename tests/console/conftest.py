"""Accounts at the desk of GS001 and beside it, and a clock that a test can move."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask

from app.foundation.home import Home
from app.people import accounts
from tests.console.desk_client import Desk, at_desk, make_account


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that are quick to check: what is tried here is the console, not argon2."""
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class MovedClock:
    """The house's clock, ahead by as much as the test wants."""

    def __init__(self, home: Home) -> None:
        self._real = home.clock
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return self._real.now() + self.ahead


@pytest.fixture
def clock(home: Home) -> MovedClock:
    moved = MovedClock(home)
    home.clock = moved
    return moved


@pytest.fixture
def account(home: Home) -> str:
    """The person of the login `jia`, staff of GS001."""
    return make_account(home, "jia", "示例值班员子", ("staff", "GS001"))


@pytest.fixture
def jia(app: Flask, account: str) -> Desk:
    """A colleague at GS001, signed in."""
    return at_desk(app, "jia")


@pytest.fixture
def yi(app: Flask, home: Home) -> Desk:
    """Another colleague at GS001."""
    make_account(home, "yi", "示例值班员丑", ("staff", "GS001"))
    return at_desk(app, "yi")


@pytest.fixture
def elsewhere(app: Flask, home: Home) -> Desk:
    """A colleague of another station."""
    make_account(home, "bing", "示例值班员寅", ("staff", "GS002"))
    return at_desk(app, "bing")


@pytest.fixture
def signed_in(app: Flask, home: Home) -> Callable[..., Desk]:
    """Anybody else: `signed_in("ding", ("supervisor", "*"))`."""

    def make(login: str, *grants: tuple[str, str]) -> Desk:
        make_account(home, login, f"示例{login}", *grants)
        return at_desk(app, login)

    return make
