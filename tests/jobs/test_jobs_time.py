"""The clock: midnight in Shanghai for a process that lives in UTC, steps by hours, and a night's stop."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.foundation.clock import SHANGHAI, iso, shift
from app.foundation.home import Home
from app.notices.models import InboxEntry
from app.settings import Settings
from app.wechat.standin.server import StandIn
from tests.bulletins.helpers import bring_to, ok
from tests.jobs.processes import jobs, wait_for
from tests.notices.helpers import sends, somebody, states, tell_one
from tests.support.clients import sign_in


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, project: Path) -> Settings:
    """A data folder of the test's own: its clock is set."""
    folder = tmp_path / "var"
    folder.mkdir()
    for kept in settings.data_dir.iterdir():
        if kept.is_file() and kept.name != "clock.offset":
            (folder / kept.name).write_bytes(kept.read_bytes())
    return settings.model_copy(update={"data_dir": folder})


def set_clock(home: Home, moment: datetime) -> None:
    """The house's clock shows that moment now, in every process of it."""
    shift(home.settings.data_dir / "clock.offset", moment - home.clock.now())
    wait_for(lambda: abs(home.clock.now() - moment) < timedelta(seconds=5))


def next_midnight(home: Home) -> datetime:
    today = home.clock.now().astimezone(SHANGHAI).date()
    return datetime(today.year, today.month, today.day, tzinfo=SHANGHAI) + timedelta(days=1)


def told(home: Home) -> list[datetime]:
    with home.database.transaction() as session:
        return list(session.scalars(select(InboxEntry.at).where(InboxEntry.mailing_id.is_not(None))))


def test_a_bulletin_for_midnight_in_shanghai_goes_at_midnight_there_whatever_the_process_thinks(
    app: Flask, home: Home, standin: StandIn, tmp_path: Path
) -> None:
    editor, approver = sign_in(app, "editor"), sign_in(app, "approver")
    midnight = next_midnight(home)
    bulletin = bring_to(editor, approver, "approved", home)
    body = {"send_at": iso(midnight), "expires_at": iso(midnight + timedelta(hours=3)), "audience": {}}
    ok(approver.post(f"/staff/bulletins/{bulletin}/schedule", body))
    set_clock(home, midnight - timedelta(seconds=5))
    with jobs(home, tmp_path, 2, TZ="UTC"):
        heard = told(home)
        while home.clock.now() < midnight:  # looked at after what was heard: a slow machine proves nothing
            assert heard == [], "not a second before"
            time.sleep(0.05)
            heard = told(home)
        wait_for(lambda: told(home), 20)
    assert all(timedelta(0) <= at - midnight < timedelta(seconds=15) for at in told(home))
    with home.database.transaction() as session:
        people = list(session.scalars(select(InboxEntry.person_id).where(InboxEntry.mailing_id.is_not(None))))
    assert len(people) == len(set(people)) > 0, "two processes, everybody once"


@pytest.mark.parametrize("hours", [2, -2])
def test_a_step_of_the_clock_loses_nothing_and_sends_nothing_twice(
    home: Home, standin: StandIn, tmp_path: Path, hours: int
) -> None:
    with jobs(home, tmp_path, 2):
        for number in range(10):
            tell_one(home, somebody(home, f"before{number}", credit=1, standin=standin))
        shift(home.settings.data_dir / "clock.offset", timedelta(hours=hours))
        for number in range(10):
            tell_one(home, somebody(home, f"after{number}", credit=1, standin=standin))
        wait_for(lambda: states(home) == {"sent": 20})
    assert sends(standin) == 20


def test_a_night_s_stop_sends_what_is_still_of_use_and_no_more(
    home: Home, standin: StandIn, tmp_path: Path
) -> None:
    now = home.clock.now()
    tell_one(home, somebody(home, "late", credit=1, standin=standin), expires_at=now + timedelta(hours=3))
    tell_one(home, somebody(home, "still", credit=1, standin=standin), expires_at=now + timedelta(hours=12))
    shift(home.settings.data_dir / "clock.offset", timedelta(hours=9))
    with jobs(home, tmp_path, 2):
        wait_for(lambda: states(home) == {"sent": 1, "expired": 1})
    assert sends(standin) == 1


def test_a_step_of_the_clock_makes_no_task_look_sick(app: Flask, home: Home, tmp_path: Path) -> None:
    """How long ago something was is told by the database's clock, which nobody moves."""
    with jobs(home, tmp_path):
        wait_for(lambda: sick(app) == [] and beats(app))
        shift(home.settings.data_dir / "clock.offset", timedelta(hours=5))
        wait_for(lambda: home.clock.now() - datetime.now(UTC) > timedelta(hours=4))
        assert sick(app) == []


def sick(app: Flask) -> list[str]:
    found = app.test_client().get("/readyz").json["degraded"]
    return [name for name in found if name.startswith("jobs.")]


def beats(app: Flask) -> bool:
    return "home_tick_beat_age_seconds" in app.test_client().get("/metrics").text
