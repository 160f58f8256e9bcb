"""Use cases of the branch's secretary: make posts, and shifts of them, one or a series."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.duty import rules, shifts, store
from app.duty.models import DutyPost, DutyShift, TaskForce
from app.duty.schemas import PostIn, PostOut, ShiftIn, ShiftMade
from app.foundation import audit
from app.foundation.clock import shanghai_day
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.foundation.workdays import is_workday
from app.helpdesk.calendar import own_days
from app.stations.service import require_station
from app.web.callers import Caller
from app.web.refusals import FORBIDDEN

_TOO_FAR = f"最多提前 {rules.FARTHEST.days} 天排班"


def make_post(session: Session, caller: Caller, body: PostIn, now: datetime) -> PostOut:
    """A post of the caller's branch. 403 elsewhere, 404 `station.unknown`."""
    if not caller.reaches(body.station, *rules.OFFICE_ROLES):
        raise FORBIDDEN.now()
    require_station(session, body.station)
    _require_force(session, body)
    post = DutyPost(id=new_id(), created_at=now, **body.model_dump())
    session.add(post)
    session.flush()
    audit.record(session, now, caller.person_id, "duty.post_made", "duty_post", post.id, station=post.station)
    force = str(body.task_force_id) if body.task_force_id else None
    return PostOut.model_validate({**body.model_dump(), "id": str(post.id), "task_force_id": force})


def _require_force(session: Session, body: PostIn) -> None:
    """A post of a task force belongs to a live one of its own station. 404 `task_force.unknown`, 422."""
    if body.task_force_id is None:
        return
    if body.kind != "task_force":
        raise invalid(FieldFault("task_force_id", "只有突击队的岗位才写突击队"))
    force = session.get(TaskForce, body.task_force_id, with_for_update={"read": True})
    if force is None or force.station != body.station or force.closed_at is not None:
        raise rules.TASK_FORCE_UNKNOWN.now()


def make_shifts(session: Session, caller: Caller, body: ShiftIn, now: datetime) -> ShiftMade:
    """One shift, or all of a weekly pattern, or none of them; the first is answered.

    404 `duty.post_unknown`, also for another branch's; 422 for times that make no shift or are taken.
    """
    post = session.get(DutyPost, body.post_id)
    if post is None or not caller.reaches(post.station, *rules.OFFICE_ROLES):
        raise rules.POST_UNKNOWN.now()
    if faults := _faults(body, now):
        raise invalid(*faults)
    starts = _starts(session, body)
    if post.task_force_id and not _within_force(session, post.task_force_id, body, starts):
        raise invalid(FieldFault("starts_at", "突击队的班次要在它的起止时间之内"))
    if len(starts) > rules.MOST_REPEATS:
        raise invalid(FieldFault("repeat", f"一次最多排 {rules.MOST_REPEATS} 个班次"))
    if max(starts) > now + rules.FARTHEST:
        raise invalid(FieldFault("repeat", _TOO_FAR))
    ids = _make(session, post, body, starts, now)
    if len(ids) < len(starts):
        raise invalid(FieldFault("starts_at", "这个岗位在同一时间已经有班次"))
    audit.record(
        session, now, caller.person_id, "duty.shifts_made", "duty_shift", ids[0], station=post.station
    )
    shift, _ = store.load(session, ids[0])
    (view,) = shifts.views(session, caller, [(shift, post)], now)
    return ShiftMade(**view.model_dump(), series=[str(shift_id) for shift_id in ids])


def _within_force(session: Session, force_id: uuid.UUID, body: ShiftIn, starts: Sequence[datetime]) -> bool:
    """Helpers come for a set time: no shift lies outside it, and none of a task force that has ended."""
    force = session.get(TaskForce, force_id, with_for_update={"read": True})
    if force is None or force.closed_at is not None:
        return False
    return force.starts_at <= min(starts) and max(starts) + (body.ends_at - body.starts_at) <= force.ends_at


def _faults(body: ShiftIn, now: datetime) -> list[FieldFault]:
    faults = []
    if body.ends_at <= body.starts_at:
        faults.append(FieldFault("ends_at", "结束时间要在开始时间之后"))
    elif body.ends_at - body.starts_at > rules.LONGEST:
        faults.append(FieldFault("ends_at", "一个班次最长 24 小时"))
    elif body.ends_at <= now:
        faults.append(FieldFault("ends_at", "班次已经过去"))
    if body.starts_at > now + rules.FARTHEST:
        faults.append(FieldFault("starts_at", _TOO_FAR))
    if body.opens_at and body.opens_at > body.starts_at:
        faults.append(FieldFault("opens_at", "开放报名要在开始之前"))
    if body.min_needed > body.capacity:
        faults.append(FieldFault("min_needed", "最少人数不能超过名额"))
    return faults


def _starts(session: Session, body: ShiftIn) -> list[datetime]:
    pattern = body.repeat
    if pattern is None:
        return [body.starts_at]
    until = pattern.until or rules.last_day(body.starts_at, pattern.weeks)
    if pattern.days == "any":
        return rules.repeats(body.starts_at, pattern.weekdays, until)
    own, worked = own_days(session, shanghai_day(body.starts_at)), pattern.days == "workdays"
    return rules.repeats(body.starts_at, pattern.weekdays, until, lambda day: is_workday(day, own) is worked)


def _make(
    session: Session, post: DutyPost, body: ShiftIn, starts: Sequence[datetime], now: datetime
) -> list[uuid.UUID]:
    """The shifts that begin then, the first first, but for those at whose time the post has one already."""
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "post_id": post.id,
            "station": post.station,
            "side": post.side,
            "starts_at": start,
            "ends_at": body.ends_at + (start - body.starts_at),
            "opens_at": body.opens_at + (start - body.starts_at) if body.opens_at else None,
            "capacity": body.capacity,
            "min_needed": body.min_needed,
            "created_at": now,
        }
        for start in starts
    ]
    written = insert(DutyShift).values(rows).on_conflict_do_nothing().returning(DutyShift.id)
    made = set(session.scalars(written))
    return [row["id"] for row in rows if row["id"] in made]
