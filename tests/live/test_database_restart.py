"""PostgreSQL goes away and comes back under load: an honest 503 meanwhile, then all as before."""

import os
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.commands.demo import seed_people
from app.foundation import migrate
from app.foundation.database import Database, driver_url
from app.launcher import embedded, server
from app.settings import DatabaseSettings
from app.stations.demo import seed as seed_stations
from tests.live.conftest import Serve
from tests.live.phone import API, Phone, crowd
from tests.live.service import wait_for
from tests.live.writers import check, sixteen
from tests.support.databases import Databases

GONE_S = 1.5
MEDICAL = {"kind": "medical", "station": "GS001", "text": "老人晕倒", "for_other_person": True}


@pytest.fixture
def cluster(databases: Databases) -> Iterator[embedded.Cluster]:
    """A PostgreSQL that may be stopped: nobody else's. `databases` made the keys that its rows need."""
    folder = Path(tempfile.mkdtemp(prefix="drivers-home-tests-", dir="/tmp"))
    folder.chmod(0o755)  # as root the database runs under another account
    (folder / "var").mkdir(mode=0o755)
    cluster = embedded.ensure(folder / "var", durable=False)
    try:
        migrate.upgrade(driver_url(cluster.url))
        database = Database(DatabaseSettings(url=cluster.url))
        with database.transaction() as session:
            seed_stations(session, datetime.now(UTC))
            seed_people(session, datetime.now(UTC))
        database.close()
        yield cluster
    finally:
        cluster.stop_if_unused()
        shutil.rmtree(folder, ignore_errors=True)


def shut_down(cluster: embedded.Cluster) -> None:
    """As an update of the package does."""
    server.stop(cluster.place)


def crash(cluster: embedded.Cluster) -> None:
    """As the kernel does when memory is short."""
    postmaster = int((cluster.place.data / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    wait_for(lambda: not server.alive(cluster.place), 10, lambda: "it lives on")


def test_postgres_restarted_twice_under_load_is_an_honest_503_and_nothing_acknowledged_is_lost(
    serve: Serve, cluster: embedded.Cluster, say: Callable[[str], None]
) -> None:
    service = serve(cluster.url)
    writers = sixteen(service.port, cluster.url)
    asker = Phone(service.port).sign_in("asker")
    with crowd() as clients:
        for writer in writers:
            clients.add(writer.work)
        for stop in (shut_down, crash):
            clients.let_run(0.7)
            stop(cluster)
            meanwhile = time.monotonic() + GONE_S
            while time.monotonic() < meanwhile:
                reply = asker.call("POST", f"{API}/requests", MEDICAL)
                assert (reply.status, reply.code) == (503, "api.unavailable"), reply.body
                assert "120" in reply.body["detail"]
                assert reply.seconds < 2
                assert asker.call("GET", "/readyz").status == 503
                assert asker.call("GET", "/healthz").status == 200
                time.sleep(0.1)
            assert cluster.revive()
            again = wait_for(lambda: asker.call("GET", f"{API}/me").status == 200, 5, lambda: "still 503")
            say(f"{stop.__name__}: served again {again * 1000:.0f} ms after PostgreSQL was back")
        clients.let_run(0.7)
    assert asker.call("GET", "/readyz").status == 200
    assert not service.said("fault"), service.said("fault")[:2000]
    phones = [writer.phone for writer in writers]
    assert not any(phone.cut + phone.refused for phone in phones), "the service itself never hung up"
    put_off = sum((phone.put_off for phone in phones), Counter())
    assert put_off["api.unavailable"] > 0, "nobody noticed"
    say(f"PostgreSQL restarted: {check(writers, cluster.url)}; put off: {dict(put_off)}")
