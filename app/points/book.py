"""The versions of the rules: read, and added to from a day to come on; none is ever changed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.clock import shanghai_day
from app.foundation.refusals import FieldFault, invalid
from app.members.office import which_branch
from app.points import rules
from app.points.models import PointsRule
from app.points.schemas import PointsBranchQuery, PointsRulesIn, PointsRulesOut
from app.stations.service import require_station
from app.web.callers import EVERYWHERE, Caller
from app.web.paging import Listed

_MOST_SHOWN = 100


def listing(session: Session, caller: Caller, query: PointsBranchQuery) -> Listed[PointsRulesOut]:
    """All versions that hold for a branch, the newest first."""
    branch = which_branch(caller, query.branch)
    wanted = select(PointsRule).where((PointsRule.branch == branch) | PointsRule.branch.is_(None))
    newest = wanted.order_by(PointsRule.effective_from.desc(), PointsRule.version.desc())
    rows = session.scalars(newest.limit(_MOST_SHOWN))
    return Listed[PointsRulesOut](items=[view(row) for row in rows])


def add(session: Session, caller: Caller, body: PointsRulesIn, now: datetime) -> PointsRulesOut:
    """A new version for one's own branch, or by an upper committee for all; 422 for a day that has begun:
    what is written already was written by the rules of its day; and for one that is too far ahead."""
    upper = EVERYWHERE in caller.places(*_UPPER)
    branch = None if upper and body.branch is None else which_branch(caller, body.branch)
    if branch:
        require_station(session, branch)
    faults = []
    if body.effective_from <= shanghai_day(now):
        faults.append(FieldFault("effective_from", "最早从明天起生效"))
    if body.effective_from > shanghai_day(now) + rules.FARTHEST:
        faults.append(FieldFault("effective_from", f"最晚 {rules.FARTHEST.days} 天以内生效"))
    if body.most < body.base:
        faults.append(FieldFault("most", "最高分不能低于基础分"))
    if faults:
        raise invalid(*faults)
    row = PointsRule(
        branch=branch,
        effective_from=body.effective_from,
        body=_kept(body),
        note=body.note,
        made_at=now,
        made_by=caller.person_id,
    )
    session.add(row)
    session.flush()
    audit.record(
        session, now, caller.person_id, "points.rules_added", "points_rule", row.version, station=branch
    )
    return view(row)


_UPPER = ("committee", "secretary")


def _kept(body: PointsRulesIn) -> dict[str, object]:
    plain = {name: getattr(body, name) for name in ("base", "most", "night_from", "night_to")}
    items = {name: getattr(body, name).model_dump() for name in ("duty", "meeting", "course")}
    items["duty"]["an_hour"] = True
    return {**plain, "items": items}


def view(row: PointsRule) -> PointsRulesOut:
    """One version in words and in numbers."""
    return PointsRulesOut(
        version=row.version,
        branch=row.branch,
        effective_from=row.effective_from,
        note=row.note,
        text=rules.rules_text(rules.read_rules(row.version, row.body)),
        body=row.body,
    )
