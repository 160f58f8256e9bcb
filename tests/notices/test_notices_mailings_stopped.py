"""A mailing that is paused, withdrawn or too late, and the single message that overtakes it."""

import uuid
from datetime import timedelta

from sqlalchemy import func, select, text

from app.foundation.home import Home
from app.notices import leases, mailings, outbox, tasks
from app.notices.models import Delivery, Mailing
from app.notices.rules import lease_span
from app.wechat import Outcome, Sort
from app.wechat.standin.demo import demo_openid
from tests.notices.helpers import Moved, Scripted, courier, credit_of, crowd, somebody, states, tell_one
from tests.notices.mail import make, plan, plan_one, tally


def turn(home: Home, what: str, mailing_id: uuid.UUID) -> bool:
    with home.database.transaction() as session:
        done: bool = getattr(mailings, what)(session, home.clock.now(), mailing_id)
        return done


def planned(home: Home, number: int = 10, **changed: object) -> tuple[uuid.UUID, list[uuid.UUID]]:
    told = crowd(home, number)
    mailing_id = make(home, **changed)
    plan(home, mailing_id, 100)
    return mailing_id, told


def done(home: Home, mailing_id: uuid.UUID) -> bool:
    with home.database.transaction() as session:
        return session.scalar(select(Mailing.done_at).where(Mailing.id == mailing_id)) is not None


def test_paused_nothing_leaves_and_resumed_all_of_it(home: Home) -> None:
    mailing_id, _ = planned(home)
    assert turn(home, "pause", mailing_id)
    assert not turn(home, "pause", mailing_id)
    platform = Scripted()
    assert courier(home, platform).run() == 0
    assert tally(home, mailing_id).queued == 10
    assert turn(home, "resume", mailing_id)
    assert not turn(home, "resume", mailing_id)
    courier(home, platform).run()
    assert tally(home, mailing_id).sent == 10


def test_what_was_claimed_before_the_pause_is_not_started_after_it(home: Home) -> None:
    mailing_id, _ = planned(home)
    now, lease = home.clock.now(), lease_span(home.settings)
    with home.database.transaction() as session:
        held = leases.claim(session, now, lease, 5)
    assert len(held) == 5
    turn(home, "pause", mailing_id)
    with home.database.transaction() as session:
        assert outbox.start(session, now, held, lease, to_look=False) == []


def test_planning_stands_still_while_it_is_paused_and_goes_on_after(home: Home) -> None:
    crowd(home, 10)
    mailing_id = make(home)
    plan_one(home, mailing_id, 3)
    turn(home, "pause", mailing_id)
    with home.database.transaction() as session:
        assert not mailings.is_planned(session, mailing_id)
    assert plan(home, mailing_id) == [0]
    turn(home, "resume", mailing_id)
    plan(home, mailing_id)
    with home.database.transaction() as session:
        assert mailings.is_planned(session, mailing_id)
    assert tally(home, mailing_id).total == 10


def test_withdrawn_what_is_queued_expires_and_the_credits_come_back(home: Home) -> None:
    mailing_id, told = planned(home)
    stop = Outcome(Sort.STOP, 45009)
    courier(home, Scripted(*[Outcome(Sort.DONE, 0)] * 3, stop)).run()
    sent = tally(home, mailing_id).sent
    assert turn(home, "withdraw", mailing_id)
    assert not turn(home, "withdraw", mailing_id)
    counted = tally(home, mailing_id)
    assert (counted.sent, counted.expired) == (sent, 10 - sent)
    assert sum(credit_of(home, person_id) for person_id in told) == 10 - sent
    assert plan(home, mailing_id) == [0]
    tasks.wind_up_mailings(home)
    assert done(home, mailing_id)


def test_a_large_one_is_ended_by_the_clockwork_batch_by_batch(home: Home, monkeypatch: object) -> None:
    mailing_id, told = planned(home, 25)
    monkeypatch.setattr(mailings, "_AT_ONCE", 4)
    turn(home, "withdraw", mailing_id)
    assert tally(home, mailing_id).expired == 4
    assert courier(home, Scripted()).run() == 0, "the rest is not sent either"
    assert tasks.wind_up_mailings(home) == 21
    assert tally(home, mailing_id).expired == 25
    assert {credit_of(home, person_id) for person_id in told} == {1}


def test_a_send_that_was_under_way_and_failed_is_ended_with_the_rest(home: Home) -> None:
    """Withdrawn between its try and its next: it is queued again, and then it expires."""
    mailing_id, (person_id,) = planned(home, 1)

    class Withdrawing(Scripted):
        def send_subscribe(self, *args: object, **kwargs: object) -> Outcome:
            turn(home, "withdraw", mailing_id)
            return Outcome(Sort.TRY_LATER, -1)

    courier(home, Withdrawing()).run()
    assert states(home) == {"queued": 1}
    tasks.wind_up_mailings(home)
    assert states(home) == {"expired": 1}
    assert credit_of(home, person_id) == 1


def test_after_a_night_s_stop_it_goes_out_or_if_its_time_is_over_expires(home: Home) -> None:
    now = home.clock.now()
    late, _ = planned(home, 5, expires_at=now + timedelta(hours=3))
    still = make(home, expires_at=now + timedelta(hours=12))
    for number in range(5):
        somebody(home, f"more{number}", credit=1)
    plan(home, still, 100)
    clock = Moved(home)
    clock.by = timedelta(hours=9)
    platform = Scripted()
    courier(home, platform, clock=clock).run()
    home.clock = clock
    tasks.wind_up_mailings(home)
    assert tally(home, late).expired == 5
    assert tally(home, still).sent == 5
    assert len(platform.asked) == 5
    assert done(home, late)
    assert done(home, still)


def test_one_that_is_sent_to_the_end_is_done_and_not_before(home: Home) -> None:
    mailing_id, _ = planned(home, 3)
    tasks.wind_up_mailings(home)
    assert not done(home, mailing_id)
    courier(home, Scripted()).run()
    tasks.wind_up_mailings(home)
    assert done(home, mailing_id)


def test_a_single_message_overtakes_a_mailing(home: Home) -> None:
    mailing_id, _ = planned(home, 60)
    urgent = somebody(home, "urgent", credit=1)
    platform = Scripted()
    with home.database.transaction() as session:
        assert len(leases.claim(session, home.clock.now(), lease_span(home.settings), 16)) == 16
    tell_one(home, urgent)
    courier(home, platform).run()
    assert [asked[0] for asked in platform.asked].index(demo_openid("urgent")) < 16
    assert tally(home, mailing_id).sent == 60 - 16


def test_somebody_on_a_paused_mailing_still_gets_what_else_he_is_told(home: Home) -> None:
    person_id = somebody(home, "wang", credit=2)
    mailing_id = make(home)
    plan(home, mailing_id)
    turn(home, "pause", mailing_id)
    second = make(home)
    plan(home, second)
    tell_one(home, somebody(home, "li", credit=1))
    assert credit_of(home, person_id) == 0
    platform = Scripted()
    courier(home, platform).run()
    assert tally(home, mailing_id).queued == 1
    assert tally(home, second).sent == 1
    assert len(platform.asked) == 2


def test_two_mailings_take_turns(home: Home) -> None:
    crowd(home, 40, credit=2)
    first, second = make(home), make(home)
    plan(home, first, 100)
    plan(home, second, 100)
    with home.database.transaction() as session:
        leases.claim(session, home.clock.now(), lease_span(home.settings), 20)
        shares = session.execute(
            select(Delivery.mailing_id, func.count())
            .where(Delivery.lease_until.is_not(None))
            .group_by(Delivery.mailing_id)
        ).all()
    assert {mailing for mailing, _ in shares} <= {first, second}
    assert sum(number for _, number in shares) == 20


def test_two_mailings_to_the_same_people_go_to_each_of_them_one_after_the_other(home: Home) -> None:
    crowd(home, 12, credit=2)
    first, second = make(home), make(home)
    plan(home, first, 100)
    plan(home, second, 100)
    now, lease = home.clock.now(), lease_span(home.settings)
    with home.database.transaction() as session:
        claimed = leases.claim(session, now, lease, 50) + leases.claim(session, now, lease, 50)
    assert len({one.person_id for one in claimed}) == len(claimed) == 12
    with home.database.transaction() as session:
        leases.let_go(session, claimed)
    courier(home, Scripted()).run()
    assert (tally(home, first).sent, tally(home, second).sent) == (12, 12)


def test_a_mailing_whose_clock_was_set_back_does_not_wait_for_it_to_catch_up(home: Home) -> None:
    mailing_id, _ = planned(home, 3)
    tell_one(home, somebody(home, "wang", credit=1))
    with home.database.transaction() as session:
        session.execute(text("UPDATE delivery SET due_at = now() + interval '2 hours'"))
        session.execute(
            text(
                "UPDATE delivery SET lease_until = now() + interval '2 hours'"
                " WHERE ctid = (SELECT ctid FROM delivery WHERE mailing_id IS NULL LIMIT 1)"
            )
        )
    platform = Scripted()
    assert courier(home, platform).run() == 0
    tasks.reclaim_leases(home)
    courier(home, platform).run()
    assert tally(home, mailing_id).sent == 3
    assert len(platform.asked) == 4


def test_a_send_that_a_clock_since_set_back_gave_a_lease_is_given_up_and_still_settled(home: Home) -> None:
    tell_one(home, somebody(home, "wang", credit=1))
    ahead = Moved(home)
    ahead.by = timedelta(hours=2)

    class SetBack(Scripted):
        def send_subscribe(self, *args: object, **kwargs: object) -> Outcome:
            tasks.reclaim_leases(home)
            assert states(home) == {"unknown": 1}
            return Outcome(Sort.DONE, 0)

    courier(home, SetBack(), clock=ahead).run()
    assert states(home) == {"sent": 1}
