"""Use cases of task forces: people who are no members help for a set time, and it ends with a summary."""

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.duty import rules, signups
from app.duty.models import DutyHelper, DutyPost
from app.duty.schemas import HelperIn, HelperOut, PostClosed
from app.foundation import audit
from app.foundation.columns import blind_index
from app.foundation.refusals import FieldFault, invalid
from app.notices.service import tell
from app.people.models import Person
from app.people.rules import clean_phone
from app.people.service import who_proved
from app.web.callers import Caller


def listing(session: Session, caller: Caller, post_id: uuid.UUID) -> list[HelperOut]:
    """The helpers of a post of the caller's branch, whoever was added last first."""
    _find(session, caller, post_id)
    found = (
        select(DutyHelper, Person.name)
        .join(Person, Person.id == DutyHelper.person_id)
        .where(DutyHelper.post_id == post_id)
        .order_by(DutyHelper.added_at.desc(), DutyHelper.person_id)
    )
    return [_view(row, name) for row, name in session.execute(found)]


def add(session: Session, caller: Caller, post_id: uuid.UUID, body: HelperIn, now: datetime) -> HelperOut:
    """Let somebody help until then, or until another moment than was said before; he is told.

    404 `duty.post_unknown`, `duty.helper_unknown`, 409 `duty.not_task_force`, `duty.post_closed`, 422.
    """
    post = _open_task_force(session, caller, post_id)
    phone = clean_phone(body.phone)
    if phone is None:
        raise invalid(FieldFault("phone", "不是电话号码"))
    if not now < body.until <= now + rules.LONGEST_HELP:
        raise invalid(FieldFault("until", "要在今后 90 天以内"))
    person_id = who_proved(session, blind_index(phone))
    if person_id is None:
        raise rules.HELPER_UNKNOWN.now()
    fresh = insert(DutyHelper).values(
        person_id=person_id, post_id=post.id, until=body.until, added_at=now, added_by=caller.person_id
    )
    key = ["person_id", "post_id"]
    session.execute(fresh.on_conflict_do_update(index_elements=key, set_={"until": fresh.excluded.until}))
    audit.record(
        session, now, caller.person_id, "duty.helper_added", "duty_post", post.id, station=post.station
    )
    tell(
        session, now, person_id, kind="duty", title="请您帮忙", text=f"{post.name}请您帮忙，可以报它的班次。"
    )
    row = session.get_one(DutyHelper, (person_id, post.id), populate_existing=True)
    return _view(row, session.get_one(Person, person_id).name)


def close(session: Session, caller: Caller, post_id: uuid.UUID, summary: str, now: datetime) -> PostClosed:
    """End a task force with its summary: helpers help no longer, and their shifts to come are free again.

    404 `duty.post_unknown`, 409 `duty.not_task_force`, `duty.post_closed`.
    """
    post = _open_task_force(session, caller, post_id)
    post.closed_at, post.summary = now, summary
    session.flush()
    helping = (DutyHelper.post_id == post.id) & (DutyHelper.until > now)
    for person_id in session.scalars(select(DutyHelper.person_id).where(helping)).all():
        session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
        signups.give_up_coming(session, person_id, now, lambda of: of.id == post.id)
    session.execute(update(DutyHelper).where(helping).values(until=now))
    audit.record(
        session, now, caller.person_id, "duty.task_force_closed", "duty_post", post.id, station=post.station
    )
    shown = {name: getattr(post, name) for name in "station side name kind standard open_to".split()}
    return PostClosed(id=str(post.id), closed_at=now, summary=summary, **shown)


def _find(session: Session, caller: Caller, post_id: uuid.UUID) -> DutyPost:
    """A post of the caller's branch, locked. 404 `duty.post_unknown` for any other."""
    held = select(DutyPost).where(DutyPost.id == post_id).with_for_update()
    post = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    if post is None or not caller.reaches(post.station, *rules.OFFICE_ROLES):
        raise rules.POST_UNKNOWN.now()
    return post


def _open_task_force(session: Session, caller: Caller, post_id: uuid.UUID) -> DutyPost:
    post = _find(session, caller, post_id)
    if post.kind != "task_force":
        raise rules.NOT_TASK_FORCE.now()
    if post.closed_at is not None:
        raise rules.POST_CLOSED.now()
    return post


def _view(row: DutyHelper, name: str) -> HelperOut:
    return HelperOut(person=str(row.person_id), name=name or "帮手", until=row.until)
