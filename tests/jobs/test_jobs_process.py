"""Jobs processes as they are run: killed, doubled, asked to end, without a database."""

import random
import signal
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from app.foundation.database import driver_url
from app.foundation.home import Home
from app.wechat.standin.server import StandIn
from tests.jobs.processes import Jobs, jobs, wait_for
from tests.notices.helpers import (
    arrived,
    break_sends,
    credit_of,
    crowd,
    sends,
    slow_sends,
    somebody,
    states,
    tell_one,
)


def tell_all(home: Home, number: int, standin: StandIn) -> None:
    for person_id in crowd(home, number, standin=standin):
        tell_one(home, person_id)


def failures(process: Jobs, tick: str) -> list[dict[str, object]]:
    """What it said of that task's failing."""
    return [told for told in process.told("tick.failed") if told["tick"] == tick]


def settled(home: Home) -> bool:
    return not {"queued", "sending"} & states(home).keys()


@pytest.mark.parametrize("attempt", [1, 2])
def test_killed_amid_sending_nobody_is_forgotten_and_nobody_gets_it_twice(
    home: Home, standin: StandIn, tmp_path: Path, attempt: int
) -> None:
    tell_all(home, 120, standin)
    slow_sends(standin, 0.2)
    with jobs(home, tmp_path) as (first,):
        wait_for(lambda: sends(standin) > 10 + random.randint(0, 30))
        first.kill()
    amid = states(home)
    assert amid["sending"] > 0, "it was killed in the middle of sends"
    assert amid["queued"] > 0
    assert sum(amid.values()) == 120

    with jobs(home, tmp_path):
        wait_for(lambda: settled(home))
    ended = states(home)
    assert ended.keys() <= {"sent", "unknown"}
    assert sum(ended.values()) == 120
    assert 0 < ended["unknown"] <= amid["sending"]
    assert set(arrived(standin).values()) == {1}, "nobody twice"
    # A call that was cut off in the middle of its body has been tried and has not arrived.
    assert ended["sent"] <= sum(arrived(standin).values()) <= sends(standin) <= 120, "not even tried twice"


def test_two_processes_send_each_message_once(home: Home, standin: StandIn, tmp_path: Path) -> None:
    slow_sends(standin, 0.02)
    with jobs(home, tmp_path, 2):
        tell_all(home, 200, standin)
        wait_for(lambda: settled(home))
    assert states(home) == {"sent": 200}
    assert sends(standin) == 200
    assert set(arrived(standin).values()) == {1}


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_it_lets_the_send_in_hand_come_to_its_end(
    home: Home, standin: StandIn, tmp_path: Path, by: signal.Signals
) -> None:
    tell_all(home, 100, standin)
    slow_sends(standin, 1.0)
    with jobs(home, tmp_path) as (one,):
        wait_for(lambda: states(home)["sending"] > 0)
        assert one.end(by) < 8
        assert one.process.returncode == 0
        assert one.told("jobs.ended")[0]["clean"] is True
    after = states(home)
    assert after.keys() == {"sent", "queued"}, "none is left amid its send"
    assert after["sent"] == sends(standin)


def test_idle_it_ends_at_once(home: Home, tmp_path: Path) -> None:
    with jobs(home, tmp_path) as (one,):
        assert one.end() < 5
        assert one.process.returncode == 0


def test_the_readiness_page_knows_whether_one_is_alive(app: Flask, home: Home, tmp_path: Path) -> None:
    client = app.test_client()
    assert "jobs" in client.get("/readyz").json["degraded"]
    with jobs(home, tmp_path):
        wait_for(lambda: "jobs" not in client.get("/readyz").json["degraded"])


def test_without_its_database_it_waits_and_goes_on(home: Home, standin: StandIn, tmp_path: Path) -> None:
    url = make_url(driver_url(home.settings.database.url))
    name = url.database
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with jobs(home, tmp_path) as (one,):
        home.database.close()
        with admin.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
            gone = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
            connection.execute(gone, {"name": name})
        wait_for(lambda: failures(one, "notices.deliver"))
        time.sleep(2)
        assert one.process.poll() is None
        assert len(failures(one, "notices.deliver")) == 1, "said once, not once a second"
        with admin.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
        tell_one(home, somebody(home, "wang", credit=1, standin=standin))
        wait_for(lambda: states(home) == {"sent": 1})
        wait_for(lambda: any(e["tick"] == "notices.deliver" for e in one.told("tick.recovered")))
    admin.dispose()


def test_through_a_wechat_that_errs_everybody_is_told_once(
    home: Home, standin: StandIn, tmp_path: Path
) -> None:
    """Busy, a token that ran out, a gateway's 502, overlapping sends, cut connections; the parts add up."""
    tell_all(home, 100, standin)
    slow_sends(standin, 0.01)
    for kind, value, times in (
        ("busy", None, 10),
        ("errcode", 42001, 5),
        ("status", 502, 5),
        ("errcode", 43108, 5),
        ("cut", None, 4),
    ):
        break_sends(standin, kind, value, times=times)
    pauses = {"APP__NOTICES__RETRY_AFTER_S": "[1,1,1,1,1,1]"}
    with jobs(home, tmp_path, 2, **pauses):
        wait_for(lambda: settled(home))
    ended = states(home)
    assert ended == {"sent": 96, "unknown": 4}
    assert set(arrived(standin).values()) == {1}
    assert sum(arrived(standin).values()) == 100, "a cut answer is one that WeChat had acted on"


def test_the_ledger_and_the_deliveries_agree_in_the_end(home: Home, standin: StandIn, tmp_path: Path) -> None:
    """Some are refused, some fail for good: credits are gone, spent or back, never lost."""
    refused = somebody(home, "refused", credit=2)  # the stand-in knows of none
    fine = somebody(home, "fine", credit=2, standin=standin)
    for person_id in (refused, fine):
        tell_one(home, person_id)
    with jobs(home, tmp_path):
        wait_for(lambda: settled(home))
    assert states(home) == {"refused": 1, "sent": 1}
    assert (credit_of(home, refused), credit_of(home, fine)) == (0, 1)
