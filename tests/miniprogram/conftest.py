"""A browser, the built mini-program, the service behind it, and phones in people's hands."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from app.commands.demo import seed_duty, seed_news
from app.foundation.home import Home
from app.settings import Settings, load_settings
from app.stations.service import set_basic
from app.wechat.standin.server import StandIn
from tests.conftest import find_key
from tests.console import browser as chromium
from tests.miniprogram import node
from tests.miniprogram.house import House, free_port
from tests.miniprogram.phone import LARGE, SMALL, Phone, take
from tests.support.databases import Databases
from tests.support.moved import later, own_folder

__all__ = ["later"]

SIZE = SMALL if os.environ.get("MINIPROGRAM_SIZE") == "small" else LARGE
"""Every journey can be gone on the smallest phone too: MINIPROGRAM_SIZE=small."""

BASICS = {"parking": "ok", "hot_water": "ok", "meal_heating": "limited", "shower": "out"}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mini-program as a web page."""
    folder = tmp_path_factory.mktemp("miniprogram")
    node.build(folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A file's own: two that are open at the same time stand in each other's way."""
    with sync_playwright() as playwright:
        opened = chromium.start(playwright)
        yield opened
        opened.close()


@pytest.fixture
def settings(
    database_url: str, databases: Databases, standin: StandIn, built: Path, tmp_path: Path
) -> Settings:
    """As scripts/run sets it, in a data folder of the test's own (so that its clock can be moved)."""
    given = load_settings(
        data_dir=databases.folder,
        database={"url": database_url, "lock_timeout_ms": 14000},
        wechat={"api_base": standin.url, "standin": True},
        web={"public_url": f"http://127.0.0.1:{free_port()}"},  # pictures are fetched from there
        demo={"data": True, "preview": True},
    )
    own = own_folder(given, tmp_path)
    (own.data_dir / "preview").symlink_to(built)
    return own


@pytest.fixture
def house(app: Flask, home: Home, settings: Settings) -> Iterator[House]:
    with home.database.transaction() as session:
        now = home.clock.now()
        seed_news(session, now)
        seed_duty(session, now)
        for basic, state in BASICS.items():
            set_basic(session, "GS001", basic, state, now)
    served = House(app, int(settings.web.public_url.rsplit(":", 1)[1]))
    yield served
    served.go_away()


@pytest.fixture
def phone(house: House, browser: Browser) -> Iterator[Callable[..., Phone]]:
    """`phone("driver")`: somebody's phone; whatever its scripts complained of fails the test."""
    taken: list[Phone] = []

    def hand(person: str = "driver", size: dict[str, int] = SIZE, **context: object) -> Phone:
        taken.append(take(browser, house.base, person, size, **context))
        return taken[-1]

    yield hand
    for one in taken:
        one.context.close()
    assert [complaint for one in taken for complaint in one.complaints] == []


@pytest.fixture
def code(home: Home, settings: Settings) -> str:
    """What the poster of GS001, side A, holds."""
    return f"{settings.web.public_url}/s/{find_key(home, 'GS001', 'A')}"
