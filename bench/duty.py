"""A rush for one evening's shifts: sign-ups a second beside the same SQL bare, and nobody overbooked."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg

from bench.checkin import SERVICE, Wrong, load
from bench.figures import Figures
from bench.load import Job
from bench.place import Place
from bench.servers import OURS, Server, cpu_s, serving
from bench.yardstick import APPLICATION

BARE = "bench.bare_duty:create_app()"
PLACES = 8  # of a shift: with 200 shifts and 2,000 members some find theirs full

_MEMBERS = """
INSERT INTO role_grant (person_id, role, place, granted_at)
SELECT person_id, 'member', 'GS001', now() FROM role_grant WHERE role = 'driver' ON CONFLICT DO NOTHING
"""
_POSTS = """
INSERT INTO duty_post (id, station, side, name, kind, created_at)
SELECT gen_random_uuid(), code, 'A', '示例', 'area', now() FROM station
"""
_EVENING = """
INSERT INTO duty_shift (id, post_id, station, side, starts_at, ends_at, capacity, created_at)
SELECT gen_random_uuid(), p.id, p.station, 'A', %(start)s + make_interval(secs => n),
       %(start)s + interval '4 hours', %(places)s, now()
FROM (SELECT id, station, row_number() OVER (ORDER BY id) AS number FROM duty_post) p
JOIN generate_series(0, %(shifts)s - 1) n ON 1 + n %% 55 = p.number
RETURNING id
"""
_WRONG = """
SELECT count(*) FROM duty_shift s
WHERE s.taken > s.capacity OR s.taken <> (
    SELECT count(*) FROM duty_signup u WHERE u.shift_id = s.id AND u.state = 'confirmed'
)
"""


@dataclass
class Rush:
    """One server that is rushed; how its answers were, over all rounds."""

    place: Place
    name: str
    server: Server
    application: str
    clients: int
    statuses: Counter[str] = field(default_factory=Counter)
    figures: Figures = field(init=False)

    def __post_init__(self) -> None:
        self.figures = Figures(self.name)

    def one_evening(self, evening: int, shifts: int, *, counts: bool = True) -> None:
        """Every member signs up for one of the shifts; Wrong when an answer is no yes and no refusal."""
        posts = paths(self.place, evening, shifts)
        processes = self.server.workers(), self.place.backends(self.application)
        before = [cpu_s(kind) for kind in processes]
        job = Job(self.server.port, self.clients, 600, "", tokens=self.place.tokens, posts=posts)
        measured = load(job)
        worker_s, database_s = (cpu_s(kind) - spent for kind, spent in zip(processes, before, strict=True))
        if set(measured.statuses) - {"201", "409"}:
            raise Wrong(f"{self.name} answered {measured.statuses}\n{measured.first_wrong}")
        if counts:
            self.figures.add(measured, worker_s, database_s)
            self.statuses.update(measured.statuses)


def paths(place: Place, evening: int, shifts: int) -> tuple[str, ...]:
    """Shifts of an evening of its own, and for each member the one that he wants."""
    start = (datetime.now(UTC) + timedelta(days=2 + evening)).replace(hour=11, minute=0, second=0)
    with psycopg.connect(place.url) as connection:
        given = {"start": start, "places": PLACES, "shifts": shifts}
        made = [row[0] for row in connection.execute(_EVENING, given).fetchall()]
    chance = random.Random(evening)  # noqa: S311 (the same rush every time, no secret)
    return tuple(f"/api/v1/duty/shifts/{chance.choice(made)}/signup" for _ in place.tokens)


@contextmanager
def opened(place: Place, clients: int) -> Iterator[tuple[Rush, Rush]]:
    """The service and its yardstick, running, on the same tables."""
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(_MEMBERS)
        connection.execute(_POSTS)
        connection.execute("VACUUM ANALYZE")
    with serving(place, OURS, "service") as ours, serving(place, BARE, "yardstick") as bare:
        yield (
            Rush(place, "POST /duty/shifts/{id}/signup", ours, SERVICE, clients),
            Rush(place, "  the same SQL, bare WSGI", bare, APPLICATION, clients),
        )


def compare(pair: tuple[Rush, Rush], rounds: int, shifts: int) -> None:
    """Both in every round, each on an evening of its own, in turn; one round before does not count."""
    evening = 0
    for number in range(-1, rounds):
        for rush in pair if number % 2 else reversed(pair):
            rush.one_evening(evening, shifts, counts=number >= 0)
            evening += 1


def overbooked(place: Place) -> int:
    """How many shifts hold more than they may, or count otherwise than there are sign-ups."""
    with psycopg.connect(place.url) as connection:
        found = connection.execute(_WRONG).fetchone()
    return int(found[0]) if found else -1
