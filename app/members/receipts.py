"""Receipts: a mobile member serves at any station, and his own branch hears of it where he agreed to that."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.duty.hooks import Counted
from app.duty.store import load
from app.foundation import audit
from app.foundation.ids import new_id
from app.members import rules, store
from app.members.models import MemberReceipt, Membership
from app.members.office import which_branch
from app.members.schemas import ReceiptOut, ReceiptQuery
from app.members.service import agreed
from app.people.models import Person
from app.web.callers import Caller
from app.web.fields import Page
from app.web.paging import Listed, read_cursor, write_cursor


def served(session: Session, counted: Counted, now: datetime) -> None:
    """A line of duty was counted: write the receipt, or bring its minutes up to date."""
    if counted.kind == "reversal":
        return  # the line that takes its place follows
    active = store.find_active(session, counted.person_id)
    if active is None or active.kind != "mobile" or not active.receipts:
        return
    shift, post = load(session, counted.shift_id)
    if shift.station == active.branch or not agreed(session, counted.person_id):
        return
    row = insert(MemberReceipt).values(
        person_id=counted.person_id,
        id=new_id(),
        attendance_id=counted.attendance_id,
        branch=active.branch,
        station=shift.station,
        what=post.name,
        served_at=shift.starts_at,
        minutes=counted.minutes,
        sent_at=now,
    )
    key = ["person_id", "attendance_id"]
    session.execute(row.on_conflict_do_update(index_elements=key, set_={"minutes": row.excluded.minutes}))


def own(session: Session, caller: Caller, query: Page) -> Listed[ReceiptOut]:
    """What one's own branch was told about oneself, the latest first. 404 `member.unknown` for whoever never
    said that he is a member."""
    if not store.spells(session, caller.person_id):
        raise rules.UNKNOWN.now()
    return _page(session, _wanted().where(MemberReceipt.person_id == caller.person_id), query)


def of_branch(session: Session, caller: Caller, query: ReceiptQuery, now: datetime) -> Listed[ReceiptOut]:
    """What a branch was told about its mobile members; that it was read is written down."""
    branch = which_branch(caller, query.branch)
    audit.record_reading(session, now, caller.person_id, "member.receipts_read", "branch", branch)
    return _page(session, _wanted().where(MemberReceipt.branch == branch), query)


def _wanted() -> Any:
    active = (Membership.person_id == MemberReceipt.person_id) & (Membership.state == "active")
    return (
        select(MemberReceipt, Membership.name, Person.name)
        .join(Person, Person.id == MemberReceipt.person_id)
        .outerjoin(Membership, active)
    )


def _page(session: Session, wanted: Any, query: Page) -> Listed[ReceiptOut]:
    place = (MemberReceipt.served_at, MemberReceipt.id)
    if after := read_cursor(query.cursor):
        wanted = wanted.where(tuple_(*place) < tuple_(literal(after[0]), literal(after[1])))
    rows = session.execute(wanted.order_by(*(column.desc() for column in place)).limit(query.limit + 1)).all()
    last = rows[query.limit - 1][0] if len(rows) > query.limit else None
    return Listed[ReceiptOut](
        items=[_view(*row) for row in rows[: query.limit]],
        next_cursor=write_cursor(last.served_at, last.id) if last else None,
    )


def _view(row: MemberReceipt, name: str | None, nickname: str) -> ReceiptOut:
    shown = {each: getattr(row, each) for each in ("branch", "station", "what", "served_at", "minutes")}
    return ReceiptOut(id=str(row.id), member=str(row.person_id), name=name or nickname or "党员", **shown)


def held(session: Session, person_id: uuid.UUID) -> Sequence[MemberReceipt]:
    """All of somebody's, for his file."""
    mine = select(MemberReceipt).where(MemberReceipt.person_id == person_id)
    return session.scalars(mine.order_by(MemberReceipt.served_at.desc())).all()
