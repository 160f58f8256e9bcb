"""What the tests of telling people share: people with credit, couriers, and what the tables say."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import insert, select

from app.foundation.database import Database
from app.foundation.home import Home
from app.foundation.ids import new_id
from app.notices import credits
from app.notices.courier import Courier
from app.notices.models import CreditEntry, Delivery
from app.notices.service import Message, tell
from app.people.models import Person
from app.settings import Settings
from app.wechat import Outcome, Sort, WeChat
from app.wechat.default_templates import DEFAULT_TEMPLATES
from app.wechat.standin.demo import demo_openid
from app.wechat.standin.faults import Fault
from app.wechat.standin.server import StandIn

T = TypeVar("T")

TEMPLATE = DEFAULT_TEMPLATES[0].id
SEND = "/cgi-bin/message/subscribe/send"
MESSAGE = Message(
    scene="request",
    values={
        "title": "热水供应",
        "status": "有新答复",
        "text": "热水已恢复，二楼开水间可以打水。",
        "time": "2026-11-22T15:01:00+08:00",
    },
    page="pages/request/index?id=7",
)


def somebody(home: Home, name: str, *, credit: int = 0, standin: StandIn | None = None) -> uuid.UUID:
    """A person known to WeChat as `demo:<name>`, with that many credits here and at the stand-in."""
    person_id = new_id()
    now = home.clock.now()
    with home.database.transaction() as session:
        session.execute(
            insert(Person).values(
                id=person_id, openid=demo_openid(name), name="示例", state="active", created_at=now
            )
        )
        for _ in range(credit):
            credits.give(session, now, person_id, TEMPLATE, reason="accepted", source="test")
    if standin is not None:
        with standin.world.lock:
            standin.world.desk.grant(demo_openid(name), TEMPLATE, credit)
    return person_id


def crowd(home: Home, number: int, *, credit: int = 1, standin: StandIn | None = None) -> list[uuid.UUID]:
    """That many people."""
    return [somebody(home, f"crowd{n}", credit=credit, standin=standin) for n in range(number)]


def tell_one(home: Home, person_id: uuid.UUID, expires_at: datetime | None = None) -> uuid.UUID:
    """Tell somebody that his request was answered, in a transaction of its own."""
    with home.database.transaction() as session:
        return tell(
            session,
            home.clock.now(),
            person_id,
            kind="request",
            title="热水供应：有新答复",
            text="热水已恢复",
            ref={"kind": "request", "id": "7"},
            message=MESSAGE,
            expires_at=expires_at,
        )


def states(home: Home) -> Counter[str]:
    """How many deliveries are in which state."""
    with home.database.transaction() as session:
        return Counter(session.scalars(select(Delivery.state)))


def the_delivery(home: Home) -> Delivery:
    """The only one."""
    with home.database.transaction() as session:
        return session.scalars(select(Delivery)).one()


def credit_of(home: Home, person_id: uuid.UUID) -> int:
    """What the ledger says."""
    with home.database.transaction() as session:
        return credits.balance(session, person_id, TEMPLATE)


def reasons(home: Home, person_id: uuid.UUID) -> Counter[str]:
    """Why the ledger moved."""
    with home.database.transaction() as session:
        return Counter(session.scalars(select(CreditEntry.reason).where(CreditEntry.person_id == person_id)))


def arrived(standin: StandIn) -> Counter[str]:
    """How many messages each phone has."""
    with standin.world.lock:
        return Counter(message.openid for message in standin.world.desk.sent)


def sends(standin: StandIn) -> int:
    """How often a send was tried."""
    with standin.world.lock:
        return standin.world.calls[SEND]


def break_sends(standin: StandIn, kind: str, value: float | None = None, *, times: int = -1) -> None:
    """Switch a fault on for sends; for good if not said otherwise."""
    with standin.world.lock:
        standin.world.faults.on.append(Fault.of({"path": SEND, "kind": kind, "value": value, "times": times}))


def mend(standin: StandIn) -> None:
    """Switch all faults off."""
    with standin.world.lock:
        standin.world.faults.on.clear()


def slow_sends(standin: StandIn, seconds: float) -> None:
    """Each send takes that long."""
    with standin.world.lock:
        standin.world.latency_s[SEND] = seconds


def with_notices(settings: Settings, **changed: Any) -> Settings:
    """The same settings with another pace, other pauses, another lease."""
    return settings.model_copy(update={"notices": settings.notices.model_copy(update=changed)})


class Moved:
    """A clock that is ahead of the house's, or behind it; the test moves it."""

    def __init__(self, home: Home) -> None:
        self._clock = home.clock
        self.by: Any = None

    def now(self) -> datetime:
        """The moment as this clock sees it."""
        now = self._clock.now()
        return now if self.by is None else now + self.by


class Scripted:
    """A platform that answers what the test says, and remembers what it was asked."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.asked: list[tuple[str, str, dict[str, str], str | None]] = []

    def send_subscribe(
        self, openid: str, template_id: str, data: Mapping[str, str], page: str | None = None
    ) -> Outcome:
        """The next outcome; the last one again and again."""
        self.asked.append((openid, template_id, dict(data), page))
        if not self.outcomes:
            return Outcome(Sort.DONE, 0)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]


def courier(
    home: Home,
    platform: Any = None,
    *,
    clock: Any = None,
    stopping: threading.Event | None = None,
    settings: Settings | None = None,
    database: Database | None = None,
) -> Courier:
    """A courier as a jobs process has it; by default to the stand-in, with a client of its own."""
    chosen = settings or home.settings
    client = platform or WeChat(chosen.wechat, home.shared, slots=16)
    return Courier(
        chosen, database or home.database, clock or home.clock, client, stopping or threading.Event()
    )


def at_once(number: int, work: Callable[[int], T]) -> list[T]:
    """Run `work(0)`…`work(number-1)` in as many threads that start together."""
    start = threading.Barrier(number)

    def one(index: int) -> T:
        start.wait(10)
        return work(index)

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(one, range(number)))
