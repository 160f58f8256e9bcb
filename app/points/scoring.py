"""The scores of a branch's quarter: made by the database from the ledger as of a moment, and their hash."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.foundation.clock import iso
from app.points.rules import EARLIER, Quarter, Rulebook

WHENEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""As of this moment the ledger is all there is."""

_LISTED = """
    SELECT person_id FROM membership
    WHERE branch = :branch AND kind = 'fixed' AND state IN ('active', 'left', 'transferred')
    AND from_at < :ends AND (ended_at IS NULL OR ended_at >= :ends)
"""
"""Who appears: the fixed members that the branch has when the quarter ends; the spells of one person never
overlap, so that he appears in one branch. What he earned before he moved there counts with the rest."""


def _cap(name: str) -> str:
    return f"(r.body->'items'->d.item->>'{name}')::int"


_HOME = "to_char(e.day, 'YYYY\"Q\"Q')"

_EARLIER = f"""
    corrected AS (
        SELECT DISTINCT e.person_id, {_HOME} AS home
        FROM listed JOIN points_entry e ON e.person_id = listed.person_id AND e.quarter = :quarter
        WHERE e.made_at <= :as_of AND e.day < :begins
    ),
    home_day AS (
        SELECT h.person_id, h.home, e.item, e.day, sum(e.points) AS with_these,
        coalesce(sum(e.points) FILTER (WHERE e.quarter < :quarter), 0) AS without
        FROM corrected h JOIN points_entry e ON e.person_id = h.person_id AND {_HOME} = h.home
        WHERE e.made_at <= :as_of AND e.quarter <= :quarter
        GROUP BY h.person_id, h.home, e.item, e.day
    ),
    home_item AS (
        SELECT d.person_id, d.home, r.version, d.item,
        least(sum(least(d.with_these, {_cap("most_day")})), {_cap("most_quarter")}) AS with_these,
        least(sum(least(d.without, {_cap("most_day")})), {_cap("most_quarter")}) AS without
        FROM home_day d
        JOIN points_score s ON s.person_id = d.person_id AND s.quarter = d.home
        JOIN points_settlement t ON t.branch = s.branch AND t.quarter = s.quarter
        JOIN points_rule r ON r.version = t.rule_version
        GROUP BY d.person_id, d.home, r.version, d.item
    ),
    home_score AS (
        SELECT i.person_id,
        least((r.body->>'base')::int + sum(i.with_these), (r.body->>'most')::int)
        - least((r.body->>'base')::int + sum(i.without), (r.body->>'most')::int) AS points
        FROM home_item i JOIN points_rule r ON r.version = i.version
        GROUP BY i.person_id, i.home, r.version
    ),
    carried AS (SELECT person_id, sum(points) AS points FROM home_score GROUP BY person_id)
"""  # noqa: S608 (put together from our own text only)
"""What corrections of final quarters change in this one: by how much the score of the old quarter, with its
own rules and caps, would be another with the entries that count here than without them. So its caps neither
let through what could not have counted nor take what never had, and those of this one do not swallow it."""

_SCORES = f"""
    WITH listed AS ({_LISTED}),
    cap AS (
        SELECT * FROM unnest(CAST(:items AS text[]), CAST(:day_caps AS int[]), CAST(:quarter_caps AS int[]))
        AS c (item, a_day, a_quarter)
    ),
    daily AS (
        SELECT e.person_id, e.item, e.day, sum(e.points) AS points, sum(e.minutes) AS minutes
        FROM listed JOIN points_entry e ON e.person_id = listed.person_id AND e.quarter = :quarter
        WHERE e.made_at <= :as_of AND e.day >= :begins
        GROUP BY e.person_id, e.item, e.day
    ),
    counted AS (
        SELECT d.person_id, d.item, sum(d.minutes) AS minutes,
        least(sum(least(d.points, cap.a_day)), cap.a_quarter) AS points
        FROM daily d LEFT JOIN cap ON cap.item = d.item
        GROUP BY d.person_id, d.item, cap.a_quarter
    ),
    own AS (
        SELECT listed.person_id, coalesce(sum(c.points), 0) AS earned, coalesce(sum(c.minutes), 0) AS minutes,
        coalesce(jsonb_object_agg(c.item, c.points) FILTER (WHERE c.item IS NOT NULL), '{{}}') AS by_item
        FROM listed LEFT JOIN counted c ON c.person_id = listed.person_id
        GROUP BY listed.person_id
    ),
    {_EARLIER},
    scored AS (
        SELECT own.person_id, own.minutes::int AS minutes,
        (own.earned + coalesce(c.points, 0))::int AS earned,
        least(least(:base + own.earned, :most) + coalesce(c.points, 0), :most)::int AS points,
        own.by_item || CASE WHEN c.points <> 0 THEN jsonb_build_object('{EARLIER}', c.points) ELSE '{{}}' END
        AS by_item
        FROM own LEFT JOIN carried c ON c.person_id = own.person_id
    )
    SELECT person_id, encode(sha256(convert_to(:quarter || '|' || person_id, 'UTF8')), 'hex') AS mark,
    (rank() OVER (ORDER BY points DESC, minutes DESC))::int AS rank, points, earned, minutes, by_item
    FROM scored
"""  # noqa: S608 (put together from our own text only)
"""`least` passes over NULLs: an item without a cap has none."""

_LOCK = text(f"SELECT id FROM person WHERE id IN ({_LISTED}) ORDER BY id FOR KEY SHARE")  # noqa: S608 (ours)
_LAST = text(f"""
    SELECT max(e.made_at) FROM ({_LISTED}) AS listed
    JOIN points_entry e ON e.person_id = listed.person_id AND e.quarter = :quarter
""")  # noqa: S608 (ours)
_READ = text(f"{_SCORES} ORDER BY rank, mark")
_WRITE = text(f"""
    INSERT INTO points_score (quarter, branch, person_id, mark, rank, points, earned, minutes, by_item)
    SELECT :quarter, :branch, person_id, mark, rank, points, earned, minutes, by_item
    FROM ({_SCORES}) AS scores
""")  # noqa: S608 (ours)


class Line(Protocol):
    """What of a score goes into the hash."""

    rank: Any
    points: Any
    earned: Any
    minutes: Any
    mark: Any


def hold_members(session: Session, branch: str, quarter: Quarter) -> None:
    """Let nobody of the list be erased meanwhile: an erasure waits, or has been first. Whatever else is done
    about these persons goes on."""
    session.execute(_LOCK, {"branch": branch, "ends": quarter.ends})


def last_entry(session: Session, branch: str, quarter: Quarter) -> datetime | None:
    """When the last entry of the members of a list was made."""
    given = {"branch": branch, "ends": quarter.ends, "quarter": quarter.code}
    last: datetime | None = session.scalar(_LAST, given)
    return last


def compute(
    session: Session, branch: str, quarter: Quarter, book: Rulebook, as_of: datetime
) -> Sequence[Any]:
    """The scores as the ledger of that moment gives them; nothing is written."""
    return session.execute(_READ, _given(branch, quarter, book, as_of)).all()


def write(session: Session, branch: str, quarter: Quarter, book: Rulebook, as_of: datetime) -> None:
    """The same into the table of scores, in one statement, in place of what stood there."""
    key = {"branch": branch, "quarter": quarter.code}
    session.execute(text("DELETE FROM points_score WHERE branch = :branch AND quarter = :quarter"), key)
    session.execute(_WRITE, _given(branch, quarter, book, as_of))


def _given(branch: str, quarter: Quarter, book: Rulebook, as_of: datetime) -> dict[str, Any]:
    items = list(book.items.items())
    return {
        "branch": branch,
        "quarter": quarter.code,
        "begins": quarter.first_day,
        "ends": quarter.ends,
        "as_of": as_of,
        "base": book.base,
        "most": book.most,
        "items": [name for name, _ in items],
        "day_caps": [item.most_day for _, item in items],
        "quarter_caps": [item.most_quarter for _, item in items],
    }


def fingerprint(branch: str, quarter: Quarter, version: int, as_of: datetime, lines: Iterable[Line]) -> str:
    """SHA-256 of the whole list, whatever the order in which its lines come."""
    head = f"{branch}|{quarter.code}|{version}|{iso(as_of)}"
    said = sorted((e.rank, e.mark, e.points, e.earned, e.minutes) for e in lines)
    body = "\n".join("|".join(str(part) for part in line) for line in said)
    return hashlib.sha256(f"{head}\n{body}".encode()).hexdigest()
