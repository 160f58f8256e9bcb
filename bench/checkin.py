"""The check-in and the station read beside their yardsticks, in turn, under clients that never pause."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace

import orjson

from bench import statements
from bench.figures import Figures
from bench.load import Job, Measured
from bench.place import Place
from bench.servers import HELLO, OURS, ROOT, YARDSTICK, Server, cpu_s, serving
from bench.yardstick import APPLICATION

CHECK_IN = "/api/v1/checkins"
SERVICE = "drivers-home"  # as app/foundation/database.py names its connections
_WARM_UP_S = 3.0  # until every pooled connection has prepared and planned its statements
STATION = "/api/v1/stations/GS001"


class Wrong(Exception):
    """What was measured is not what was meant to be measured."""


@dataclass
class Subject:
    """One server with one kind of request; `table` is where its check-ins leave their rows."""

    place: Place
    name: str
    server: Server
    job: Job
    status: str
    application: str = ""
    table: str = ""
    answered: int = field(init=False)
    figures: Figures = field(init=False)

    def __post_init__(self) -> None:
        self.figures = Figures(self.name)
        self.answered = self.place.rows(self.table) if self.table else 0

    def one_round(self, seconds: float, *, counts: bool = True) -> None:
        """Load it; Wrong when an answer was not the one that was asked for."""
        processes = self.server.workers(), self.place.backends(self.application)
        before = [cpu_s(kind) for kind in processes]
        measured = load(replace(self.job, seconds=seconds))
        worker_s, database_s = (cpu_s(kind) - spent for kind, spent in zip(processes, before, strict=True))
        self.job.start += measured.sent
        self.answered += len(measured.latencies_ms)
        if set(measured.statuses) != {self.status}:
            raise Wrong(f"{self.name} answered {measured.statuses}\n{measured.first_wrong}")
        if counts:
            self.figures.add(measured, worker_s, database_s)

    def check_rows(self) -> None:
        """Every acknowledged check-in is a row, and every row was acknowledged."""
        if self.table and self.place.rows(self.table) != self.answered:
            raise Wrong(f"{self.name}: {self.place.rows(self.table)} rows for {self.answered} answers")


Pair = tuple[Subject, Subject]


@contextmanager
def opened(place: Place, clients: int) -> Iterator[list[Pair]]:
    """Both pairs, ours first, with their servers running."""
    arrive = Job(0, clients, 0, CHECK_IN, tokens=place.tokens, keys=place.keys)
    read = Job(0, clients, 0, STATION, etag=statements.etag_of(place, STATION))
    with ExitStack() as running:
        ours = running.enter_context(serving(place, OURS, "service"))
        bare = running.enter_context(serving(place, YARDSTICK, "yardstick"))
        hello = running.enter_context(serving(place, HELLO, "hello"))
        arrive_at, arrive_bare = replace(arrive, port=ours.port), replace(arrive, port=bare.port)
        read_at, greet = replace(read, port=ours.port), Job(hello.port, clients, 0, "/hello")
        checked_in = Subject(place, "POST /checkins", ours, arrive_at, "201", SERVICE, "check_in")
        recorded = Subject(
            place, "  minimal SQL, bare WSGI", bare, arrive_bare, "201", APPLICATION, "yardstick_check_in"
        )
        seen = Subject(place, "GET /stations/{code}, same ETag", ours, read_at, "304", SERVICE)
        greeted = Subject(place, "  bare Flask hello", hello, greet, "200")
        yield [(checked_in, recorded), (seen, greeted)]


def compare(pairs: list[Pair], rounds: int, seconds: float) -> None:
    """Every subject in every round, the order turned about each time; one round before does not count."""
    order = [subject for pair in pairs for subject in pair]
    for subject in order:
        subject.one_round(_WARM_UP_S, counts=False)
    for number in range(rounds):
        for subject in order if number % 2 else reversed(order):
            subject.one_round(seconds)


def load(job: Job) -> Measured:
    """Run the load in a process of its own, so that it waits for nobody's interpreter lock."""
    told = orjson.dumps(asdict(job))
    argv = [sys.executable, "-m", "bench.load"]
    done = subprocess.run(argv, cwd=ROOT, input=told, capture_output=True)  # noqa: S603 - argv is ours
    if done.returncode:
        raise Wrong(f"the load failed: {done.stderr.decode(errors='replace')[-2000:]}")
    return Measured(**orjson.loads(done.stdout))
