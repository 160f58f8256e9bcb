"""Use cases of the office about objections: read them, decide on the record."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, tuple_, update
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.database import rows_changed
from app.foundation.refusals import FieldFault, invalid
from app.members.models import Membership
from app.members.office import which_branch
from app.members.rules import OFFICE_ROLES
from app.members.store import lock_person, membership_at, tell_member
from app.people.models import Person
from app.points import ledger, quarters, rules, scoring
from app.points.models import PointsObjection, PointsSettlement
from app.points.own import objection_view
from app.points.schemas import DecisionIn, ObjectionQuery, OfficeObjection
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor


def listing(
    session: Session, caller: Caller, query: ObjectionQuery, now: datetime
) -> Listed[OfficeObjection]:
    """The objections of one branch, the newest first; that they were read is written down."""
    branch = which_branch(caller, query.branch)
    wanted = _with_names().where(PointsObjection.branch == branch)
    if query.state:
        waits = PointsObjection.decided_at.is_(None)
        wanted = wanted.where(waits if query.state == "open" else ~waits)
    place = (PointsObjection.made_at, PointsObjection.id)
    if after := read_cursor(query.cursor):
        wanted = wanted.where(tuple_(*place) < tuple_(literal(after[0]), literal(after[1])))
    rows = session.execute(wanted.order_by(*(column.desc() for column in place)).limit(query.limit + 1)).all()
    audit.record_reading(session, now, caller.person_id, "points.objections_read", "branch", branch)
    last = rows[query.limit - 1][0] if len(rows) > query.limit else None
    return Listed[OfficeObjection](
        items=[_view(*row) for row in rows[: query.limit]],
        next_cursor=write_cursor(last.made_at, last.id) if last else None,
    )


def decide(
    session: Session, caller: Caller, objection_id: uuid.UUID, body: DecisionIn, now: datetime
) -> OfficeObjection:
    """Decide on the record; one decision counts. An accepted one has the quarter scored anew, and where that
    changes the list, it is public anew for as many days.

    403 `points.own_objection`, 404, 409 `points.wrong_state` once it is decided.
    """
    row = session.scalars(select(PointsObjection).where(PointsObjection.id == objection_id)).one_or_none()
    if row is None or not caller.reaches(row.branch, *OFFICE_ROLES):
        raise rules.OBJECTION_UNKNOWN.now()
    if body.points and not body.accept:
        raise invalid(FieldFault("points", "异议不成立就不补分"))
    if row.person_id == caller.person_id:
        raise rules.OWN_OBJECTION.now()
    quarter = quarters.require_quarter(row.quarter)
    lock_person(session, row.person_id)
    scoring.hold_members(session, row.branch, quarter)
    settlement = quarters.lock(session, row.branch, quarter)
    said = {"decided_at": now, "decided_by": caller.person_id, "accepted": body.accept, "answer": body.text}
    key = (PointsObjection.person_id == row.person_id) & (PointsObjection.id == row.id)
    decision = update(PointsObjection).where(key, PointsObjection.decided_at.is_(None)).values(**said)
    if not rows_changed(session.execute(decision.execution_options(synchronize_session=False))):
        raise rules.WRONG_STATE.now()
    session.refresh(row)
    if body.accept:
        _put_right(session, row, settlement, quarter, body, now)
    act = ("points.objection_decided", "points_objection", row.id)
    audit.record(session, now, caller.person_id, *act, station=row.branch)
    came = "成立" if body.accept else "不成立"
    tell_member(session, now, row.person_id, "积分异议已处理", f"{quarter.title}：异议{came}。{body.text}")
    return _view(*session.execute(_with_names().where(key)).one())


def _put_right(
    session: Session,
    row: PointsObjection,
    settlement: PointsSettlement,
    quarter: rules.Quarter,
    body: DecisionIn,
    now: datetime,
) -> None:
    """The ledger gets its entry where the office names points; then the list is made anew. The ledger is shut
    before the entry: two who had written, each of them, could not shut it any more."""
    ledger.shut(session, quarter.code)
    if body.points:
        member = membership_at(session, row.person_id, quarter.ends - ledger.TICK)
        if member is None or member.kind != "fixed":
            raise invalid(FieldFault("points", "流动党员不计分，不能补分"))
        ledger.write(
            session,
            now,
            person_id=row.person_id,
            branch=row.branch,
            quarter=quarter.code,
            day=quarter.last_day,
            item="adjust",
            rule_version=settlement.rule_version,
            points=body.points,
            minutes=0,
            source_kind="objection",
            source_id=row.id,
            subject_id=row.id,
            at=now,
            text=f"异议成立：{body.text}"[:500],
        )
    if quarters.score(session, settlement, quarter, now) and settlement.public_days:
        quarters.show(session, settlement, settlement.public_days, now)


def _with_names() -> Any:
    member = (Membership.person_id == PointsObjection.person_id) & (Membership.state == "active")
    return (
        select(PointsObjection, Membership.name, Person.name)
        .join(Person, Person.id == PointsObjection.person_id)
        .outerjoin(Membership, member)
    )


def _view(row: PointsObjection, name: str | None, nickname: str) -> OfficeObjection:
    about = {"member": str(row.person_id), "name": name or nickname or "党员"}
    return OfficeObjection(**objection_view(row).model_dump(), **about)
