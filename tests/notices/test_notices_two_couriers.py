"""Several jobs processes at once: each message is sent once; and what happens without leases and anchors."""

import threading
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import false, select, update
from sqlalchemy.orm import Session

from app.foundation.database import Database
from app.foundation.home import Home
from app.notices import leases, outbox
from app.notices.courier import Courier
from app.notices.leases import Lease
from app.notices.models import Delivery
from app.people.models import Person
from app.wechat import WeChat
from app.wechat.standin.server import StandIn
from tests.notices.helpers import (
    arrived,
    courier,
    crowd,
    sends,
    slow_sends,
    somebody,
    states,
    tell_one,
    with_notices,
)
from tests.support.meeting import Meeting

COURIERS = 4
PEOPLE = 60


@pytest.fixture(autouse=True)
def pools(home: Home) -> Iterator[list[Database]]:
    """A pool of connections for each courier, as processes have them."""
    made = [Database(home.settings.database) for _ in range(COURIERS)]
    yield made
    for database in made:
        database.close()


def run_all(home: Home, pools: list[Database]) -> None:
    settings = with_notices(home.settings, rate_per_s=2000)
    couriers = []
    for pool in pools:
        sender = courier(home, settings=settings)
        sender._database = pool
        couriers.append(sender)
    threads = [threading.Thread(target=sender.run) for sender in couriers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_four_couriers_send_each_message_once(home: Home, standin: StandIn, pools: list[Database]) -> None:
    for person_id in crowd(home, PEOPLE, credit=3, standin=standin):
        for _ in range(3):
            tell_one(home, person_id)
    slow_sends(standin, 0.01)
    run_all(home, pools)
    assert states(home) == {"sent": 3 * PEOPLE}
    assert sends(standin) == 3 * PEOPLE, "not even a try too many: nobody met 43108 or 43101"
    assert set(arrived(standin).values()) == {3}


def claim_without_lease(
    session: Session, now: datetime, lease: timedelta, most: int, of_mailings: int | None
) -> list[Lease]:
    """What is due, without locking anything or writing down that it is ours."""
    due = select(Delivery.person_id, Delivery.id).where(Delivery.state == "queued", Delivery.due_at <= now)
    rows = session.execute(due.order_by(Delivery.due_at).limit(most)).all()
    return [Lease(person_id, row_id, now) for person_id, row_id in rows]


def test_without_leases_people_would_get_messages_twice(
    home: Home, standin: StandIn, pools: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: nothing is sent before two have read what is due."""
    for person_id in crowd(home, PEOPLE, standin=standin):
        tell_one(home, person_id)
    monkeypatch.setattr(leases, "claim", claim_without_lease)
    monkeypatch.setattr(Courier, "_next", Meeting().after(Courier._next))
    monkeypatch.setattr(outbox, "start", start_whatever)
    monkeypatch.setattr(outbox, "settle", settle_whatever)
    slow_sends(standin, 0.01)
    run_all(home, pools)
    assert sends(standin) > PEOPLE


def start_whatever(
    session: Session, now: datetime, held: list[Lease], lease: timedelta, *, to_look: bool
) -> list[outbox.Letter]:
    """Read what is to be sent, without asking whether somebody else sends it."""
    ids = [each.id for each in held]
    queued = update(Delivery).where(Delivery.id.in_(ids), Delivery.state == "queued")
    session.execute(queued.values(state="sending", lease_until=now))
    found = session.execute(
        select(Person.openid, Delivery.person_id, Delivery.id, Delivery.template_id, Delivery.data)
        .join(Person, Person.id == Delivery.person_id)
        .where(Delivery.id.in_(ids))
    )
    return [
        outbox.Letter(Lease(row.person_id, row.id, now), row.openid, row.template_id, row.data, "", 1, now)
        for row in found
    ]


def settle_whatever(session: Session, now: datetime, endings: Sequence[outbox.Ending]) -> set[uuid.UUID]:
    """Write that they were sent, whoever holds them."""
    ids = {ending.letter.lease.id for ending in endings}
    sent = update(Delivery).where(Delivery.id.in_(ids))
    session.execute(sent.values(state="sent", settled_at=now, lease_until=None))
    return ids


@pytest.fixture
def nothing_in_the_way(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The claims' statements, built without the look at what else the person has."""
    monkeypatch.setattr(leases, "_in_the_way", lambda other, earlier: false())
    leases._singles.cache_clear()
    yield
    leases._singles.cache_clear()


def tell_wang(home: Home, standin: StandIn, times: int) -> None:
    person_id = somebody(home, "wang", credit=times, standin=standin)
    for _ in range(times):
        tell_one(home, person_id)


def test_the_sends_to_one_person_never_overlap(home: Home, standin: StandIn, pools: list[Database]) -> None:
    tell_wang(home, standin, 12)
    slow_sends(standin, 0.05)
    run_all(home, pools)
    assert sends(standin) == sum(arrived(standin).values()) == 12


def test_without_the_look_at_others_the_sends_to_one_person_overlap(
    home: Home,
    standin: StandIn,
    pools: list[Database],
    nothing_in_the_way: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The negative control: one send waits at its beginning, and another begins."""
    meeting = Meeting()
    monkeypatch.setattr(WeChat, "send_subscribe", meeting.before(WeChat.send_subscribe))
    tell_wang(home, standin, 2)
    run_all(home, pools)
    assert meeting.met
