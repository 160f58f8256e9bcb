"""Planning a mailing beside its yardstick: the same rows in the same tables by bare INSERT … SELECT."""

import os
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from statistics import median

import orjson
import psycopg

from bench.crowd import TEMPLATE, Crowd
from bench.servers import ROOT, environment

# What the yardstick writes stands ready, ids and all, in a table without a log: it reads, writes and commits.
_READY = """
CREATE UNLOGGED TABLE ready AS
SELECT p.id AS person_id, c.id AS credit_id, gen_random_uuid() AS inbox_id, gen_random_uuid() AS delivery_id,
       gen_random_uuid() AS spent_id
FROM person p JOIN credit_entry c ON c.person_id = p.id
WHERE p.id <= %(bound)s AND c.change = 1
ORDER BY p.id
"""
_MAILING = """
INSERT INTO mailing (id, kind, title, text, messages, page, state, created_at)
VALUES (%(mailing)s, 'bulletin', 'yardstick', '', '', '', 'open', now())
"""
_BARE = (
    """
    INSERT INTO inbox_entry (person_id, id, kind, at, mailing_id)
    SELECT person_id, inbox_id, 'bulletin', now(), %(mailing)s FROM ready
    """,
    """
    INSERT INTO credit_entry (person_id, id, template_id, change, takes, reason, source, at)
    SELECT person_id, spent_id, %(template)s, -1, credit_id, 'spent', delivery_id::text, now() FROM ready
    """,
    """
    INSERT INTO delivery (person_id, id, template_id, state, due_at, inbox_id, created_at, mailing_id)
    SELECT person_id, delivery_id, %(template)s, 'queued', now(), inbox_id, now(), %(mailing)s FROM ready
    """,
)


class Wrong(Exception):
    """What was measured is not what was meant to be measured."""


@dataclass
class Planned:
    """Seconds for that many people over all rounds, ours and bare, and the memory that ours grew by."""

    people: int
    ours_s: list[float] = field(default_factory=list)
    bare_s: list[float] = field(default_factory=list)
    peak_mb: list[float] = field(default_factory=list)
    grown_mb: list[float] = field(default_factory=list)

    def line(self) -> str:
        """Medians with the lowest and the highest; the ratio round by round."""
        ratios = [ours / bare for ours, bare in zip(self.ours_s, self.bare_s, strict=True)]
        each_us = [seconds / self.people * 1e6 for seconds in self.ours_s]
        return (
            f"{self.people:>9,} people  ours {spread(self.ours_s)} s  bare {spread(self.bare_s)} s"
            f"  ratio {spread(ratios)}  a recipient {spread(each_us, '.0f')} µs"
            f"  peak {max(self.peak_mb):.0f} MB (grew by {max(self.grown_mb):.1f})"
        )


def spread(values: list[float], form: str = ".2f") -> str:
    """The median, with the lowest and the highest."""
    return f"{median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def measure(crowd: Crowd, people: int, rounds: int) -> Planned:
    """Both in turn, the order turned about each round, each time from the same beginning."""
    figures = Planned(people)
    bound = crowd.bound(people)
    for number in range(rounds):
        for subject in (_ours, _bare) if number % 2 else (_bare, _ours):
            crowd.fresh()
            subject(crowd, bound, figures)
    return figures


def _ours(crowd: Crowd, bound: str, figures: Planned) -> None:
    told = planned(crowd, bound)
    if (told["people"], told["queued"]) != (figures.people, figures.people):
        raise Wrong(f"planned {told} for {figures.people} people")
    figures.ours_s.append(told["seconds"])
    figures.peak_mb.append(told["peak_mb"])
    figures.grown_mb.append(told["peak_mb"] - told["before_mb"])


def planned(crowd: Crowd, bound: str) -> dict[str, float]:
    """Plan a mailing to everybody up to that id in a process of its own; what it tells."""
    argv = [sys.executable, "-m", "bench.planner", bound]
    quiet = environment(crowd) | {"APP__LOG_LEVEL": "error"}
    done = subprocess.run(argv, cwd=ROOT, env=os.environ | quiet, capture_output=True)  # noqa: S603 - argv is ours
    if done.returncode:
        raise Wrong(f"planning failed: {done.stderr.decode(errors='replace')[-2000:]}")
    told: dict[str, float] = orjson.loads(done.stdout)
    return told


def _bare(crowd: Crowd, bound: str, figures: Planned) -> None:
    mailing = uuid.uuid4()
    with psycopg.connect(crowd.url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS ready")
        connection.execute(_READY, {"bound": bound})
        connection.execute("ANALYZE ready")
        began = time.perf_counter()
        with connection.transaction():
            connection.execute(_MAILING, {"mailing": mailing})
            for statement in _BARE:
                connection.execute(statement, {"mailing": mailing, "template": TEMPLATE})
        figures.bare_s.append(time.perf_counter() - began)
        rows = connection.execute("SELECT count(*) FROM delivery").fetchone()
        connection.execute("DROP TABLE ready")
    if rows != (figures.people,):
        raise Wrong(f"the yardstick wrote {rows} deliveries for {figures.people} people")
