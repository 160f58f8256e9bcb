"""Two thousand members rush the shifts of one evening: sign-ups a second beside the same SQL bare."""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from statistics import median

import psycopg

from bench.bare_duty import APPLICATION
from bench.checkin import SERVICE, Wrong, load
from bench.figures import Figures
from bench.load import Job
from bench.place import Place
from bench.servers import OURS, Server, cpu_s, serving

SHIFTS = 200
CAPACITY = 4
TRIES = 3  # each member tries that many shifts; who has a place is refused the next, since they overlap
_BARE = "bench.bare_duty:create_app()"
_LONGEST_S = 300.0


@dataclass
class Rush:
    """One server under the rush, and what came of it: all answers a second, and places taken."""

    name: str
    server: Server
    application: str
    figures: Figures = field(init=False)
    placed: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.figures = Figures(self.name)


def rush(place: Place, clients: int, rounds: int) -> Iterator[str]:
    """Both in turn, on empty shifts each time; lines to print. Wrong when a single place is given twice."""
    shifts = _evening(place)
    wanted = tuple(_wishes(place, shifts))
    with _both(place) as subjects:
        for number in range(rounds):
            for subject in subjects if number % 2 else reversed(subjects):
                _one_round(place, subject, wanted, clients)
        ours, bare = subjects
        tried = f"{len(place.tokens)} members, {len(wanted)} tries"
        yield f"{tried}, {SHIFTS} shifts of {CAPACITY} places, {rounds} rounds"
        for subject in subjects:
            yield f"{subject.figures.line()}  places {min(subject.placed)}–{max(subject.placed)}"
        single = [a / b for a, b in zip(ours.figures.rates, bare.figures.rates, strict=True)]
        spread = f"round by round {min(single):.3f}–{max(single):.3f}"
        yield f"  ratio: {median(single):.3f} ({spread}); overbooked: 0"


@contextmanager
def _both(place: Place) -> Iterator[list[Rush]]:
    with ExitStack() as running:
        ours = running.enter_context(serving(place, OURS, "service"))
        bare = running.enter_context(serving(place, _BARE, "bare"))
        yield [
            Rush("POST /duty/shifts/{id}/signup", ours, SERVICE),
            Rush("  the same SQL, bare WSGI", bare, APPLICATION),
        ]


def _evening(place: Place) -> list[uuid.UUID]:
    """Everybody a member of GS001, and one post with that many shifts from eight to ten tomorrow evening."""
    start = datetime.now(UTC) + timedelta(days=1)
    post, shifts = uuid.uuid4(), [uuid.uuid4() for _ in range(SHIFTS)]
    with psycopg.connect(place.url) as connection:
        connection.execute(
            "INSERT INTO role_grant (person_id, role, place, granted_at)"
            " SELECT id, 'member', 'GS001', now() FROM person"
        )
        connection.execute(
            "INSERT INTO duty_post (id, station, side, name, kind, created_at)"
            " VALUES (%s, 'GS001', 'A', '示例', 'vanguard', now())",
            (post,),
        )
        for number, shift in enumerate(shifts):  # a second apart: a post has no two shifts at one moment
            at = start + timedelta(seconds=number)
            connection.execute(
                "INSERT INTO duty_shift"
                " (id, post_id, station, side, starts_at, ends_at, capacity, created_at)"
                " VALUES (%s, %s, 'GS001', 'A', %s, %s, %s, now())",
                (shift, post, at, at + timedelta(hours=2), CAPACITY),
            )
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return shifts


def _wishes(place: Place, shifts: list[uuid.UUID]) -> Iterator[tuple[str, str]]:
    """Who tries which shift, in the order in which they come."""
    for turn in range(TRIES):
        for number, token in enumerate(place.tokens):
            shift = shifts[(number * 7 + turn * 61) % SHIFTS]
            yield token, f"/api/v1/duty/shifts/{shift}/signup"


def _one_round(place: Place, subject: Rush, wanted: tuple[tuple[str, str], ...], clients: int) -> None:
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute("DELETE FROM duty_signup")
        connection.execute("UPDATE duty_shift SET taken = 0")
        connection.execute("VACUUM ANALYZE duty_signup, duty_shift")
    processes = subject.server.workers(), place.backends(subject.application)
    before = [cpu_s(kind) for kind in processes]
    measured = load(Job(subject.server.port, clients, _LONGEST_S, "", posts=wanted))
    spent = [cpu_s(kind) - was for kind, was in zip(processes, before, strict=True)]
    unmeant = {status for status in measured.statuses if status not in ("201", "409")}
    if unmeant or len(measured.latencies_ms) != len(wanted):
        raise Wrong(f"{subject.name} answered {measured.statuses}\n{measured.first_wrong}")
    subject.placed.append(_placed(place, subject, measured.statuses.get("201", 0)))
    subject.figures.add(replace(measured), *spent)


def _placed(place: Place, subject: Rush, acknowledged: int) -> int:
    """How many have a place. Every acknowledged one is a row and the other way round, no shift has more than
    its places, nobody is in two that overlap, and the counter is what is there."""
    with psycopg.connect(place.url) as connection:
        rows = connection.execute(
            "SELECT s.capacity, s.taken, count(u.*) FROM duty_shift s LEFT JOIN duty_signup u"
            " ON u.shift_id = s.id AND u.state = 'confirmed' GROUP BY s.id"
        ).fetchall()
        twice = connection.execute("SELECT count(*) - count(DISTINCT person_id) FROM duty_signup").fetchone()
    total = sum(int(row[2]) for row in rows)
    if any(there > capacity or taken != there for capacity, taken, there in rows) or (twice and twice[0]):
        raise Wrong(f"{subject.name}: overbooked")
    if total != acknowledged:
        raise Wrong(f"{subject.name}: {total} rows for {acknowledged} answers")
    return total
