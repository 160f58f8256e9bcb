"""A stand-in on a free port for each test."""

from collections.abc import Iterator

import pytest

from app.wechat import WeChat
from app.wechat.standin.server import StandIn, running
from app.wechat.standin.world import World
from tests.wechat import helpers


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with running(World(appid=helpers.APPID, secret=helpers.SECRET)) as server:
        yield server


@pytest.fixture
def wechat(standin: StandIn) -> Iterator[WeChat]:
    client = helpers.wechat(standin.url)
    yield client
    client.close()
