"""Task forces (突击队): for a set time, with helpers who need not be members; each ends with a summary."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.duty import rules, signups, store
from app.duty.models import DutyPost, DutyShift, DutySignup, TaskForce, TaskForceHelper
from app.duty.schemas import JoinedOut, TaskForceIn, TaskForceOut
from app.foundation import audit
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.stations.service import require_station
from app.web.callers import EVERYWHERE, Caller
from app.web.paging import Listed

_INVITE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread from a notice on a wall
_INVITE_LENGTH = 8


def make(session: Session, caller: Caller, body: TaskForceIn, now: datetime) -> TaskForceOut:
    """A task force of the caller's branch, with a code by which helpers join. 404 for who is in no branch,
    403 for who holds no office in it, 404 `station.unknown`."""
    _require_branch(caller)
    station = body.station or _own_branch(caller)
    if not caller.reaches(station, *rules.OFFICE_ROLES):
        raise rules.OFFICE_ONLY.now()
    require_station(session, station)
    if body.ends_at <= max(body.starts_at, now):
        raise invalid(FieldFault("ends_at", "结束时间要在开始之后，也要在现在之后"))
    if body.ends_at - body.starts_at > rules.LONGEST_FORCE:
        raise invalid(FieldFault("ends_at", "突击队最长一年"))
    invite = "".join(secrets.choice(_INVITE_ALPHABET) for _ in range(_INVITE_LENGTH))
    times = {"starts_at": body.starts_at, "ends_at": body.ends_at}
    force = TaskForce(
        id=new_id(),
        station=station,
        name=body.name,
        invite=invite,
        created_at=now,
        opened_by=caller.person_id,
        **times,
    )
    session.add(force)
    session.flush()
    audit.record(session, now, caller.person_id, "task_force.made", "task_force", force.id, station=station)
    return _view(force, helpers=0, office=True)


def listing(session: Session, caller: Caller) -> Listed[TaskForceOut]:
    """The task forces of the caller's branches, the latest first; the code is for the office only."""
    _require_branch(caller)
    there = func.count(TaskForceHelper.person_id)
    found = select(TaskForce, there).outerjoin(TaskForceHelper, TaskForceHelper.task_force_id == TaskForce.id)
    places = caller.places(*rules.MEMBER_ROLES)
    if EVERYWHERE not in places:
        found = found.where(TaskForce.station.in_(places))
    newest = found.group_by(TaskForce.id).order_by(TaskForce.starts_at.desc(), TaskForce.id.desc()).limit(100)
    items = [
        _view(force, helpers, caller.reaches(force.station, *rules.OFFICE_ROLES))
        for force, helpers in session.execute(newest)
    ]
    return Listed[TaskForceOut](items=items, next_cursor=None)


def join(session: Session, caller: Caller, invite: str, now: datetime) -> JoinedOut:
    """Become a helper, until the task force ends; who is one already stays one. 404 for a code that leads
    nowhere or to one that has ended."""
    wanted = select(TaskForce).where(
        TaskForce.invite == invite.strip().upper(), TaskForce.closed_at.is_(None), TaskForce.ends_at > now
    )
    force = session.scalars(wanted.with_for_update(read=True)).one_or_none()
    if force is None:
        raise rules.INVITE_UNKNOWN.now()
    helper = {"person_id": caller.person_id, "task_force_id": force.id, "joined_at": now}
    session.execute(insert(TaskForceHelper).values(helper).on_conflict_do_nothing())
    return JoinedOut(id=str(force.id), name=force.name, starts_at=force.starts_at, ends_at=force.ends_at)


def close(session: Session, caller: Caller, force_id: uuid.UUID, summary: str, now: datetime) -> TaskForceOut:
    """End it, with what came of it. Helpers' places in shifts to come are given up.

    404, 409 `task_force.summary_missing`, `task_force.closed`.
    """
    force = session.get(TaskForce, force_id, with_for_update=True)
    if force is None or not caller.reaches(force.station, *rules.OFFICE_ROLES):
        raise rules.TASK_FORCE_UNKNOWN.now()
    if force.closed_at is not None:
        raise rules.TASK_FORCE_CLOSED.now()
    if not summary:
        raise rules.SUMMARY_MISSING.now()
    ended = update(TaskForce).where(TaskForce.id == force_id)
    session.execute(ended.values(closed_at=now, summary=summary))
    session.refresh(force)
    _release_helpers(session, force_id, now)
    audit.record(
        session, now, caller.person_id, "task_force.closed", "task_force", force_id, station=force.station
    )
    helpers = select(func.count()).where(TaskForceHelper.task_force_id == force_id)
    return _view(force, session.scalar(helpers) or 0, office=True)


def _release_helpers(session: Session, force_id: uuid.UUID, now: datetime) -> None:
    """Who came as a helper only has no place any more; a member keeps his."""
    coming = (
        select(DutySignup.person_id, DutySignup.shift_id)
        .join(DutyShift, DutyShift.id == DutySignup.shift_id)
        .join(DutyPost, DutyPost.id == DutyShift.post_id)
        .where(
            DutyPost.task_force_id == force_id,
            DutySignup.as_helper,
            store.LIVE,
            DutySignup.starts_at > now,
        )
        .order_by(DutySignup.shift_id, DutySignup.queue_no)
    )
    for person_id, shift_id in session.execute(coming).all():
        shift, post = store.lock(session, shift_id)
        if state := store.live_state(session, person_id, shift_id):
            signups.release(session, person_id, shift, post, state, now)
            when = rules.span_text(shift.starts_at, shift.ends_at)
            text = f"{post.name}的突击队已经结束，{when}的班次取消了。"
            store.tell_about(session, now, person_id, "班次取消", text, shift, "已取消")


def _require_branch(caller: Caller) -> None:
    """Whether there is a task force at all is the branch's business."""
    if not caller.has(*rules.MEMBER_ROLES):
        raise rules.TASK_FORCE_UNKNOWN.now()


def _own_branch(caller: Caller) -> str:
    places = caller.places(*rules.OFFICE_ROLES) - {EVERYWHERE}
    if len(places) != 1:
        if not caller.has(*rules.OFFICE_ROLES):
            raise rules.OFFICE_ONLY.now()
        raise invalid(FieldFault("station", "请写明是哪个服务区的支部"))
    return next(iter(places))


def _view(force: TaskForce, helpers: int, office: bool) -> TaskForceOut:
    shown: dict[str, Any] = {
        name: getattr(force, name)
        for name in ("name", "station", "starts_at", "ends_at", "closed_at", "summary")
    }
    return TaskForceOut(id=str(force.id), helpers=helpers, invite=force.invite if office else None, **shown)
