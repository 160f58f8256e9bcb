"""The running service, and a way to tell figures whatever pytest does with output."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.wechat.standin.server import StandIn
from tests.live.service import Service
from tests.support.databases import Databases

Serve = Callable[..., Service]


@pytest.fixture
def serve(standin: StandIn, databases: Databases, tmp_path: Path) -> Iterator[Serve]:
    """`serve(url, APP__X__Y="…")` starts the service on that database; all are ended afterwards."""
    started: list[Service] = []

    def begin(url: str, **settings: str) -> Service:
        folder = tmp_path / f"service{len(started)}"
        folder.mkdir()
        given = {
            "APP__DATA_DIR": str(databases.folder),
            "APP__DATABASE__URL": url,
            "APP__WECHAT__API_BASE": standin.url,
            "APP__WECHAT__STANDIN": "true",
            "APP__WEB__PUBLIC_URL": "http://127.0.0.1:8000",
        }
        service = Service(folder, given | settings)
        started.append(service)
        service.start()
        return service

    yield begin
    for service in started:
        service.end()


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """A line that is seen even when everything passes."""

    def tell(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n    {line}")

    return tell
