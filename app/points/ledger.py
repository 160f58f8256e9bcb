"""The ledger: an entry for what really happened, once; a reversing one for what did not hold."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.duty.hooks import Counted
from app.duty.rules import span_text
from app.duty.store import load
from app.foundation.clock import shanghai_day
from app.foundation.ids import new_id
from app.members.store import membership_at
from app.points import rules
from app.points.models import PointsEntry, PointsRule, PointsScore, PointsSettlement

TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Deed:
    """Something that really happened: a duty served, a meeting held, a course finished.

    `source_id` is the one event, `subject_id` what people know it as; `at` is when it began.
    """

    person_id: uuid.UUID
    item: str
    source_kind: str
    source_id: uuid.UUID
    subject_id: uuid.UUID
    at: datetime
    text: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    minutes: int = 0


def in_force(session: Session, branch: str, day: date) -> rules.Rulebook:
    """The rules of a branch on a day: the newest of its own, else the newest of all branches."""
    of_branch = (PointsRule.branch == branch) | PointsRule.branch.is_(None)
    wanted = select(PointsRule).where(PointsRule.effective_from <= day, of_branch)
    newest = (PointsRule.branch.is_(None), PointsRule.effective_from.desc(), PointsRule.version.desc())
    row = session.scalars(wanted.order_by(*newest).limit(1)).one()
    return rules.read_rules(row.version, row.body)


def earn(session: Session, deed: Deed, now: datetime) -> uuid.UUID | None:
    """Write what a deed is worth; None for whoever was no fixed member then, and for what is written
    already: the unique source decides."""
    member = membership_at(session, deed.person_id, deed.at)
    if member is None or member.kind != "fixed":
        return None
    book = in_force(session, member.branch, shanghai_day(deed.at))
    item = book.items.get(deed.item)
    if item is None:
        return None
    return write(
        session,
        now,
        person_id=deed.person_id,
        branch=member.branch,
        quarter=rules.quarter_of(deed.at).code,
        day=shanghai_day(deed.at),
        item=deed.item,
        rule_version=book.version,
        points=rules.worth(item, _service(deed, book)),
        minutes=deed.minutes,
        source_kind=deed.source_kind,
        source_id=deed.source_id,
        subject_id=deed.subject_id,
        at=deed.at,
        text=deed.text,
    )


def _service(deed: Deed, book: rules.Rulebook) -> rules.Service | None:
    if deed.starts_at is None or deed.ends_at is None:
        return None
    planned = int((deed.ends_at - deed.starts_at).total_seconds() // 60)
    night = rules.night_minutes(deed.starts_at, deed.ends_at, book.night_from, book.night_to)
    return rules.Service(deed.minutes, planned, night)


def write(session: Session, now: datetime, **values: Any) -> uuid.UUID | None:
    """Append one entry; None when it is there already. `quarter` is that of its day.

    A settlement of that quarter under way is waited for; then no entry is dated back to before what was
    settled: the ledger as of that moment stays what it was. Where the person's list is final meanwhile, the
    entry counts in the quarter that is running; it keeps its day, and says why it is there.
    """
    as_of = _settled(session, values["quarter"])
    running = rules.quarter_of(now)
    if as_of and _is_final(session, values["person_id"], values["quarter"]):
        final = rules.quarter_of_day(values["day"])
        values["text"] = f"{values['text']}（{final.title}已定案，记在{running.title}）"
        values["quarter"] = running.code
        as_of = _settled(session, running.code)
    made_at = max(now, as_of + TICK) if as_of else now
    row = insert(PointsEntry).values(id=new_id(), made_at=made_at, **values)
    return session.scalar(row.on_conflict_do_nothing().returning(PointsEntry.id))


def _settled(session: Session, quarter: str) -> datetime | None:
    """As of when a quarter was settled last; until this transaction ends, nothing about it is under way."""
    session.execute(select(func.pg_advisory_xact_lock_shared(*_gate(quarter))))
    settled = select(func.max(PointsSettlement.as_of)).where(PointsSettlement.quarter == quarter)
    return session.scalar(settled)


def _is_final(session: Session, person_id: uuid.UUID, quarter: str) -> bool:
    """Whether somebody has his line in a list that is final; who is in no list is not concerned. The gate is
    held: who finalizes shuts it."""
    listed = (PointsScore.branch == PointsSettlement.branch) & (
        PointsScore.quarter == PointsSettlement.quarter
    )
    found = select(PointsScore.mark).join(PointsSettlement, listed)
    mine = (PointsScore.person_id == person_id) & (PointsScore.quarter == quarter)
    return session.scalar(found.where(mine, PointsSettlement.state == "final")) is not None


def shut(session: Session, quarter: str) -> None:
    """Wait for entries of a quarter that are under way, and let none begin before this transaction ends.

    A gate and not the rows of persons: whoever writes for several of them, or tells them something, holds
    those in an order of his own. It is the last thing that is waited for.
    """
    session.execute(select(func.pg_advisory_xact_lock(*_gate(quarter))))


def _gate(quarter: str) -> tuple[Any, Any]:
    return func.hashtext("points_entry"), func.hashtext(quarter)


def take_back(
    session: Session, person_id: uuid.UUID, source_kind: str, source_id: uuid.UUID, now: datetime, why: str
) -> uuid.UUID | None:
    """Reverse the entry of a source that no longer holds; None when there is none or it is reversed."""
    mine = (PointsEntry.person_id == person_id) & (PointsEntry.reverses.is_(None))
    wanted = select(PointsEntry).where(
        mine, PointsEntry.source_kind == source_kind, PointsEntry.source_id == source_id
    )
    entry = session.scalars(wanted).one_or_none()
    if entry is None:
        return None
    same = "person_id branch day item rule_version source_kind source_id subject_id at".split()
    kept = {name: getattr(entry, name) for name in same}
    kept["quarter"] = rules.quarter_of_day(entry.day).code
    undone = {"points": -entry.points, "minutes": -entry.minutes, "reverses": entry.id, "text": why}
    return write(session, now, **kept, **undone)


def duty_counted(session: Session, counted: Counted, now: datetime) -> None:
    """Duty counted a line, or reversed one: the ledger follows in the same transaction."""
    shift, post = load(session, counted.shift_id)
    when = span_text(shift.starts_at, shift.ends_at)
    if counted.reverses:
        why = f"{post.name}（{when}）值守记录更正，原来的一条冲回"
        take_back(session, counted.person_id, "duty", counted.reverses, now, why)
        return
    if counted.minutes == 0 or counted.branch is None:
        return  # nothing served, or by somebody who was no member of a branch
    deed = Deed(
        person_id=counted.person_id,
        item="duty",
        source_kind="duty",
        source_id=counted.entry_id,
        subject_id=counted.attendance_id,
        at=shift.starts_at,
        text=f"{post.name}（{when}）值守 {counted.minutes} 分钟",
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        minutes=counted.minutes,
    )
    earn(session, deed, now)
