"""What every test may ask for: a database, the service, people who use it; and the guard of the house."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, text

from app import create_app
from app.foundation.home import Home
from app.settings import Settings, load_settings
from app.wechat.standin.server import StandIn, running
from app.wechat.standin.world import World
from tests.support.clients import Somebody, sign_in
from tests.support.databases import Databases
from tests.support.guard import Guard
from tests.support.order import longest_first
from tests.support.routes import compile_rules_once
from tests.support.servers import postgres_for_tests, real_postgres, real_redis, valkey_for_tests

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A run in the background of a shell ignores SIGINT; every process that a test starts would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

compile_rules_once()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`scripts/test --long` also runs what takes minutes."""
    parser.addoption("--long", action="store_true", help="also the tests that take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes minutes waits to be asked for; where processes share the files, the long ones go first."""
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="takes minutes; scripts/test --long runs it"))
    if hasattr(config, "workerinput"):
        longest_first(items)


@pytest.fixture(autouse=True)
def guard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Guard]:
    """Fails the test if anything tried to leave this machine, even where the code swallowed the error."""
    watching = Guard(monkeypatch)
    yield watching
    assert not watching.attempts, f"left this machine for {watching.attempts}"


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(real_postgres() or postgres_for_tests(), tmp_path_factory.mktemp("keys"))
    yield made
    made.close()


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    with databases.copy() as url:
        yield url


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with running(World()) as server:
        yield server


@pytest.fixture
def redis_url() -> str:
    """No Redis, unless a test is run through `each_shared_state`."""
    return ""


@pytest.fixture(params=["no redis", "valkey", "installed redis"])
def each_shared_state(request: pytest.FixtureRequest) -> str:
    """Run a test without Redis, with the embedded Valkey, and with an installed Redis where one is given."""
    if request.param == "no redis":
        return ""
    if request.param == "valkey":
        return valkey_for_tests()
    return real_redis() or pytest.skip("TEST_REDIS_URL is not set")


@pytest.fixture
def settings(database_url: str, databases: Databases, standin: StandIn, redis_url: str) -> Settings:
    return load_settings(
        data_dir=databases.folder,
        database={"url": database_url, "lock_timeout_ms": 14000},
        redis={"url": redis_url},
        wechat={"api_base": standin.url, "standin": True},
        web={"public_url": "http://127.0.0.1:8000"},
    )


@pytest.fixture
def make_app() -> Iterator[Callable[[Settings], Flask]]:
    made: list[Flask] = []

    def make(settings: Settings) -> Flask:
        app = create_app(settings)
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["home"].close()


@pytest.fixture
def app(make_app: Callable[[Settings], Flask], settings: Settings) -> Flask:
    return make_app(settings)


@pytest.fixture
def home(app: Flask) -> Home:
    found: Home = app.extensions["home"]
    return found


@pytest.fixture
def driver(app: Flask) -> Somebody:
    return sign_in(app, "driver")


@pytest.fixture
def staff(app: Flask) -> Somebody:
    return sign_in(app, "staff")


@pytest.fixture
def key(home: Home) -> str:
    """The key on the poster of GS001, side A."""
    return find_key(home, "GS001", "A")


def find_key(home: Home, station: str, side: str) -> str:
    with home.database.transaction() as session:
        wanted = "SELECT key FROM qr_key WHERE station = :station AND side = :side AND state = 'active'"
        found = session.scalar(text(wanted), {"station": station, "side": side})
    assert isinstance(found, str)
    return found


@pytest.fixture
def statements(home: Home) -> Iterator[list[str]]:
    """Every statement sent to the database from here on."""
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    event.listen(home.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(home.database.engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder of the project."""
    return Path(__file__).resolve().parent.parent
