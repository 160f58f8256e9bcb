"""Fixtures for a service that is a little different: some settings changed, its clock turned."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.foundation.clock import Clock, parse_step
from app.foundation.home import Home
from app.settings import Settings

Changed = Callable[..., Flask]


@pytest.fixture
def app_with(make_app: Callable[[Settings], Flask], settings: Settings) -> Changed:
    """The service with some settings changed: `app_with(limits={"enabled": False})`."""

    def make(**sections: dict[str, object]) -> Flask:
        changed = {
            name: getattr(settings, name).model_copy(update=section) for name, section in sections.items()
        }
        return make_app(settings.model_copy(update=changed))

    return make


@pytest.fixture
def turn_clock(home: Home) -> Callable[[str], None]:
    """Move the service's clock: `turn_clock("+2d")`."""
    home.clock = Clock()

    def turn(step: str) -> None:
        home.clock._offset += parse_step(step)

    return turn
