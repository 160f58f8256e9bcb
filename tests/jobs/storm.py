"""Many sends through a WeChat that errs, by jobs processes that are killed; and what must be true."""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, text

from app.foundation.home import Home
from app.notices import lane, mailings
from app.notices.mailings import Tally
from app.notices.models import Delivery
from app.people.models import Person
from app.wechat.standin.server import StandIn
from tests.jobs.processes import Jobs
from tests.notices.helpers import SEND, TEMPLATE, arrived, break_sends, mend, sends
from tests.notices.mail import make, plan

FAULTS: tuple[tuple[str, float | None], ...] = (
    ("busy", None),
    ("errcode", 42001),
    ("errcode", 43101),
    ("errcode", 43108),
    ("errcode", 45009),
    ("status", 502),
    ("cut", None),
    ("reset", None),
    ("hang", None),
)
SETTINGS = {
    "APP__NOTICES__RETRY_AFTER_S": "[1,1,1,1,1,1,1,1]",
    "APP__WECHAT__DEADLINE_S": "1.5",
    "APP__NOTICES__RATE_PER_S": "1000",
}


def known_crowd(home: Home, standin: StandIn, number: int) -> None:
    """That many people with a credit each, here and at WeChat, written in one go."""
    with home.database.transaction() as session:
        session.execute(
            text(
                "WITH made AS (INSERT INTO person (id, openid, name, state, created_at)"
                " SELECT gen_random_uuid(), 'o' || lpad(n::text, 27, '0'), '', 'active', now()"
                " FROM generate_series(1, :number) n RETURNING id)"
                " INSERT INTO credit_entry (person_id, id, template_id, change, reason, source, at)"
                " SELECT id, gen_random_uuid(), :template, 1, 'accepted', 'test', now() FROM made"
            ),
            {"number": number, "template": TEMPLATE},
        )
    with standin.world.lock:
        for n in range(1, number + 1):
            standin.world.desk.grant("o" + str(n).zfill(27), TEMPLATE, 1)


@dataclass
class Storm:
    """A mailing under way. `kills` and `samples` say how much of a storm it was."""

    home: Home
    standin: StandIn
    folder: Path
    mailing: uuid.UUID
    processes: list[Jobs]
    seed: int
    kills: int = 0
    samples: int = 0
    tried: int = 0
    broken: list[str] = field(default_factory=list)
    calm: threading.Event = field(default_factory=threading.Event)

    def tally(self) -> Tally:
        """How it stands."""
        with self.home.database.transaction() as session:
            return mailings.tally(session, self.mailing)

    def rage(self, kill_every: int, within_s: float) -> Tally:
        """Until everything is settled: faults all the while, a kill -9 after about so many tries.

        Answers the last tally. Both go by tries, not by the clock: on a slow machine the storm is the same.
        """
        until = time.monotonic() + within_s
        next_kill = kill_every
        # Reproducible as far as other processes let it be: the failing test's seed stands in its name.
        dice = random.Random(self.seed)
        while (now := self.tally()).queued + now.sending:
            assert time.monotonic() < until, f"it does not end: {now}"
            if now.queued > now.total // 20:
                self._err(dice)
            else:
                mend(self.standin)
            if sends(self.standin) > next_kill and now.queued:
                self._kill_one(dice)
                next_kill = sends(self.standin) + int(kill_every * dice.uniform(0.5, 1.5))
            self._reopen()
            time.sleep(0.05)
        self.calm.set()
        return now

    def _err(self, dice: random.Random) -> None:
        """A fault or a few, once the last ones have been met and something got through besides."""
        if sends(self.standin) < self.tried + 4:
            return
        self.tried = sends(self.standin)
        kind, value = dice.choice(FAULTS)
        rare = kind == "hang" or value == 45009
        if rare and dice.random() > 0.1:
            return
        break_sends(self.standin, kind, value, times=1 if rare else dice.randint(1, 3))

    def _kill_one(self, dice: random.Random) -> None:
        at = dice.randrange(len(self.processes))
        self.processes[at].kill()
        self.kills += 1
        self.processes[at] = Jobs(self.home, self.folder / f"again{self.kills}.log", **SETTINGS)

    def _reopen(self) -> None:
        """As an operator does who has read of the alarm; a look of its own comes only once a minute."""
        with self.home.database.transaction() as session:
            lane.reopen(session)

    def watch(self) -> None:
        """Look again and again, in a thread of its own: the parts add up at every moment, sent stays sent."""
        last = 0
        while not self.calm.is_set():
            now = self.tally()
            parts = now.queued + now.sending + now.sent + now.refused + now.failed + now.expired + now.unknown
            if parts != now.total or now.total + now.inbox_only != now.inbox or now.sent < last:
                self.broken.append(repr(now))
            last = now.sent
            self.samples += 1
            time.sleep(0.01)


@contextmanager
def storm(
    home: Home, standin: StandIn, folder: Path, people: int, processes: int, seed: int
) -> Iterator[Storm]:
    """A mailing to that many, planned, with that many jobs processes on it; none outlives the test."""
    known_crowd(home, standin, people)
    with standin.world.lock:
        standin.world.latency_s[SEND] = 0.01
    mailing = make(home)
    plan(home, mailing, 5000)
    started = [Jobs(home, folder / f"jobs{n}.log", **SETTINGS) for n in range(processes)]
    one = Storm(home, standin, folder, mailing, started, seed)
    watcher = threading.Thread(target=one.watch)
    watcher.start()
    try:
        yield one
    finally:
        one.calm.set()
        watcher.join()
        mend(standin)
        for process in one.processes:
            if process.process.poll() is None:
                process.kill()


def check(one: Storm, ended: Tally, people: int) -> None:
    """Nobody twice, nobody forgotten, and what we say of each is what his phone says."""
    phones = arrived(one.standin)
    with one.home.database.transaction() as session:
        said: dict[str, str] = {
            str(openid): state
            for openid, state in session.execute(
                select(Person.openid, Delivery.state).join(Delivery, Delivery.person_id == Person.id)
            )
        }
        credits = session.execute(
            text(
                "SELECT d.state, b.balance, count(*) FROM delivery d JOIN"
                " (SELECT person_id, sum(change) AS balance FROM credit_entry GROUP BY 1) b USING (person_id)"
                " GROUP BY 1, 2"
            )
        ).all()
    assert one.broken == [], "the parts add up at every moment"
    assert ended.total == len(said) == people, "nobody forgotten"
    assert max(phones.values()) == 1, "nobody twice"
    by_state = {state: {openid for openid in said if said[openid] == state} for state in set(said.values())}
    assert by_state.keys() <= {"sent", "refused", "failed", "unknown"}
    assert by_state["sent"] <= phones.keys(), "what we call sent has arrived"
    assert phones.keys() <= by_state["sent"] | by_state.get("unknown", set()), "what arrived we do not deny"
    balances = Counter({(state, balance): number for state, balance, number in credits})
    fate = {"sent": 0, "refused": 0, "unknown": 0, "failed": 1}
    assert all(balance == fate[state] for state, balance in balances), "a credit for what was not sent, only"
