"""The heartbeat, with and without Redis: how the readiness page learns that somebody ticks."""

import time

import pytest

from app.foundation.home import Home
from app.jobs.clockwork import HEARTBEAT, beat, jobs_alive


@pytest.fixture
def redis_url(each_shared_state: str) -> str:
    return each_shared_state


def test_the_heartbeat_tells_that_somebody_ticks_and_ends_by_itself(home: Home) -> None:
    home.shared.set(HEARTBEAT, "a process that is no more", 0.01)
    time.sleep(0.05)
    assert not jobs_alive(home)
    beat(home)
    assert jobs_alive(home)
