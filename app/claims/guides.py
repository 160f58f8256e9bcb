"""What is known about claims, kept as data: paths, evidence, documents, clocks, each with its source."""

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field

from app.foundation.csvfile import read_table
from app.web.fields import Out

_DATA = Path(__file__).with_name("data")
HOTLINE_COLUMNS = ("code", "name", "phone", "keys", "about", "source", "checked_on")


class ClaimSource(Out):
    """Where a fact comes from, of when it is, and when somebody last looked."""

    title: str
    address: str
    as_of: date | None
    checked_on: date


class ClaimStep(Out):
    """What to do first, and who; `only` names the kinds of damage that it is about, all when empty."""

    who: str = Field(description="staff 服务区；driver 司机；police 报警；insurer 报案")
    text: str
    only: list[str]


class ClaimPath(Out):
    """One way of claiming, from the first call on."""

    code: str
    title: str
    about: str
    sources: list[str]
    steps: list[ClaimStep]


class ClaimEvidence(Out):
    """Something to keep, and why."""

    code: str
    title: str
    why: str


class ClaimWhat(Out):
    """A kind of damage; the first of its paths is the one that is usually tried first."""

    code: str
    title: str
    theft: bool
    police: str
    paths: list[str]
    evidence: list[ClaimEvidence]


class ClaimPaper(Out):
    """A paper that insurers ask for; for all kinds of damage, or all paths, where none is named."""

    kind: str
    title: str
    whats: list[str]
    paths: list[str]


class ClaimClock(Out):
    """How long something may take: from one milestone to another, or, without a span, just a sentence."""

    code: str
    paths: list[str]
    title: str
    start: str | None
    end: str | None
    span: str | None
    loss_from_fen: int | None
    loss_below_fen: int | None
    note: str
    sources: list[str]


class ClaimHotline(Out):
    """A number to report to, and when it was last checked."""

    code: str
    name: str
    phone: str
    keys: str
    about: str
    source: str
    checked_on: date


class ClaimGuides(Out):
    """All of it."""

    disclaimer: str
    sources: dict[str, ClaimSource]
    paths: list[ClaimPath]
    whats: list[ClaimWhat]
    documents: list[ClaimPaper]
    clocks: list[ClaimClock]


@cache
def guides() -> ClaimGuides:
    """The file as it was delivered; read once a process."""
    return ClaimGuides.model_validate_json((_DATA / "guides.json").read_bytes())


@cache
def delivered_hotlines() -> tuple[ClaimHotline, ...]:
    """The numbers as they were delivered, before anybody changed one. ValueError when the file is broken."""
    lines, faults = read_table((_DATA / "hotlines.csv").read_bytes(), HOTLINE_COLUMNS)
    if faults:
        raise ValueError("; ".join(map(str, faults)))
    return tuple(ClaimHotline.model_validate(line.cells) for line in lines)


def path_of(code: str) -> ClaimPath:
    """The path of that code. StopIteration for an unknown one."""
    return next(path for path in guides().paths if path.code == code)


def what_of(code: str) -> ClaimWhat:
    """The kind of damage of that code. StopIteration for an unknown one."""
    return next(what for what in guides().whats if what.code == code)


def papers_for(path: str, what: str) -> list[ClaimPaper]:
    """What insurers ask for in such a case."""
    return [
        paper
        for paper in guides().documents
        if (not paper.paths or path in paper.paths) and (not paper.whats or what in paper.whats)
    ]


def paper_title(kind: str) -> str:
    """What a paper is called; one that the guide no longer knows by its code."""
    return next((paper.title for paper in guides().documents if paper.kind == kind), kind)
