"""What closes the lane besides a stop: too many errors of all processes, the day's cap, an operator."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.foundation.database import Database
from app.foundation.home import Home
from app.notices import lane, tasks
from app.notices.commands import notices
from app.notices.lane import Lane, Pace
from app.notices.rules import mark, of_mailings, too_many_errors
from app.wechat import Outcome, Sort
from tests.notices.helpers import Moved, Scripted, courier, crowd, somebody, states, tell_one, with_notices
from tests.notices.mail import make, plan, tally

DONE, REFUSED = Outcome(Sort.DONE, 0), Outcome(Sort.REFUSED, 43101)
BUSY, LOST, BAD = Outcome(Sort.TRY_LATER, -1), Outcome(Sort.UNKNOWN), Outcome(Sort.FAILED, 47003)


def paused(home: Home) -> tuple[str | None, str | None]:
    with home.database.transaction() as session:
        state = lane.look(session, home.clock.now())
    return state.paused_by, state.paused_why


def note(home: Home, ends: str) -> str | None:
    now = home.clock.now()
    with home.database.transaction() as session:
        lane.look(session, now)
        return lane.note(session, now, ends)


@pytest.mark.parametrize(
    ("recent", "closes"),
    [("1" * 199, False), ("1" * 200, True), ("1" * 160 + "0" * 40, False), ("1" * 161 + "0" * 39, True)],
)
def test_more_than_four_in_five_of_two_hundred(recent: str, closes: bool) -> None:
    assert too_many_errors(recent) is closes


def test_what_counts_as_an_error() -> None:
    assert [mark(end) for end in (DONE, REFUSED, BUSY, LOST, BAD)] == ["0", "", "1", "1", "1"]


def test_the_window_is_that_of_all_processes_together_and_slides(home: Home) -> None:
    for _ in range(3):
        assert note(home, "0" * 50) is None
    for _ in range(2):
        assert note(home, "1" * 75) is None
    assert note(home, "1" * 10) is None, "160 of 200 are not too many"
    assert note(home, "1") == "161 of the last 200 tries failed"
    assert paused(home) == ("errors", "161 of the last 200 tries failed")
    assert note(home, "1" * 10) is None, "it is told once"


def test_a_wechat_that_answers_nothing_but_errors_is_left_alone(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    for person_id in crowd(home, 400):
        tell_one(home, person_id)
    platform = Scripted(LOST)
    two = [Database(home.settings.database) for _ in range(2)]
    couriers = []
    for database in two:
        couriers.append(courier(home, platform, settings=with_notices(home.settings, rate_per_s=5000)))
        couriers[-1]._database = database
    threads = [threading.Thread(target=one.run) for one in couriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in two:
        database.close()
    assert paused(home)[0] == "errors"
    assert not tasks.deliveries_flow(home)
    assert 200 <= len(platform.asked) <= 200 + 2 * 72, "those in hand, and no more"
    assert states(home)["queued"] > 0


def test_refusals_for_want_of_credit_never_close_it(home: Home) -> None:
    for person_id in crowd(home, 220):
        tell_one(home, person_id)
    courier(home, Scripted(REFUSED), settings=with_notices(home.settings, rate_per_s=5000)).run()
    assert states(home) == {"refused": 220}
    assert paused(home) == (None, None)


@pytest.mark.parametrize(("answer", "opens"), [(DONE, True), (REFUSED, True), (BAD, False), (LOST, False)])
def test_closed_by_errors_only_a_message_that_arrives_opens_it(
    home: Home, answer: Outcome, opens: bool
) -> None:
    assert note(home, "1" * 200)
    for person_id in crowd(home, 3):
        tell_one(home, person_id)
    clock = Moved(home)
    clock.by = timedelta(seconds=61)
    platform = Scripted(answer)
    courier(home, platform, clock=clock).run()
    assert (paused(home)[0] is None) is opens
    assert len(platform.asked) == (3 if opens else 1)


def test_a_look_that_meets_a_busy_wechat_costs_the_message_no_try(home: Home) -> None:
    note(home, "1" * 200)
    tell_one(home, somebody(home, "wang", credit=1))
    clock = Moved(home)
    for minute in range(1, 10):  # more often than a message may be tried
        clock.by = timedelta(seconds=61 * minute)
        courier(home, Scripted(BUSY), clock=clock).run()
    assert states(home) == {"queued": 1}


def test_no_more_than_the_day_s_cap_leaves_the_house_however_many_send(home: Home) -> None:
    for person_id in crowd(home, 40):
        tell_one(home, person_id)
    settings = with_notices(home.settings, daily_cap=25, rate_per_s=5000)
    platform = Scripted(DONE)
    threads = [threading.Thread(target=courier(home, platform, settings=settings).run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states(home) == {"sent": 25, "queued": 15}
    home.settings = settings
    assert not tasks.deliveries_flow(home)
    clock = Moved(home)
    clock.by = timedelta(days=1)
    courier(home, platform, clock=clock, settings=settings).run()
    assert states(home) == {"sent": 40}


def test_the_day_is_that_of_shanghai(home: Home) -> None:
    before, after = datetime(2026, 11, 22, 15, 59, tzinfo=UTC), datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    pace = Pace(50, daily_cap=10)
    with home.database.transaction() as session:
        lane.look(session, before)
        taken = lane.take_places(session, before, 12, pace)
        assert (taken.granted, taken.last_today) == (10, True)
        assert lane.take_places(session, before, 1, pace).granted == 0
        assert lane.take_places(session, after, 1, pace).granted == 1


def test_places_that_nobody_used_do_not_count(home: Home) -> None:
    now = home.clock.now()
    with home.database.transaction() as session:
        lane.look(session, now)
        lane.take_places(session, now, 8, Pace(50, daily_cap=10))
        lane.give_back(session, now, 5)
        assert lane.look(session, now).left_today(now, 10) == 7


def test_a_tenth_of_the_day_is_kept_for_single_messages(home: Home) -> None:
    crowd(home, 30)
    mailing_id = make(home)
    plan(home, mailing_id, 100)
    settings = with_notices(home.settings, daily_cap=20, rate_per_s=5000)
    platform = Scripted(DONE)
    courier(home, platform, settings=settings).run()
    assert tally(home, mailing_id).sent == 18
    tell_one(home, somebody(home, "wang", credit=1))
    courier(home, platform, settings=settings).run()
    assert (tally(home, mailing_id).sent, len(platform.asked)) == (18, 19)
    assert of_mailings(2.0, 20) == 0


def test_without_a_cap_of_ours_there_is_always_room() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert Lane(now).left_today(now, 0) > 10**9
    assert of_mailings(float("inf"), 0) is None


def run(home: Home, *arguments: str) -> Result:
    open_home: Callable[[], AbstractContextManager[Home]] = lambda: nullcontext(home)  # noqa: E731
    return CliRunner().invoke(notices, arguments, obj=open_home)


def test_an_operator_looks_pauses_and_reopens(app: Flask, home: Home) -> None:
    shown = run(home, "lane")
    assert (shown.exit_code, shown.stdout.splitlines()[0]) == (0, "发送中")
    assert run(home, "pause", "示例：换公众号").stdout == "已暂停\n"
    assert run(home, "pause", "再来一次").stdout == "本来就暂停着\n"
    shown = run(home, "lane")
    assert shown.exit_code == 1
    assert "运维人员\t示例：换公众号" in shown.stdout
    assert "deliveries" in app.test_client().get("/readyz").json["degraded"]
    assert "home_deliveries_paused 1.0" in app.test_client().get("/metrics").text
    clock = Moved(home)
    clock.by = timedelta(minutes=10)
    tell_one(home, somebody(home, "wang", credit=1))
    assert courier(home, Scripted(), clock=clock).run() == 0, "what an operator closed no look opens"
    assert run(home, "reopen").stdout == "已恢复\n"
    assert run(home, "reopen").stdout == "本来就开着\n"
    courier(home, Scripted()).run()
    assert states(home) == {"sent": 1}
    assert "home_deliveries_taken_today 1.0" in app.test_client().get("/metrics").text
