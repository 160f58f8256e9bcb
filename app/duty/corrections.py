"""Use cases of correction: a member asks, the secretary corrects with a reason; nothing is overwritten."""

import uuid
from datetime import datetime
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.duty import rules, store
from app.duty.attendance import add_entry, locked
from app.duty.models import DutyAttendance, DutyCorrection, DutyEntry
from app.duty.schemas import AttendanceOut, CorrectIn, CorrectionOut
from app.duty.shifts import attendance_view
from app.foundation import audit
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.notices.service import tell
from app.web.callers import Caller


def ask(
    session: Session, caller: Caller, attendance_id: uuid.UUID, text: str, now: datetime
) -> CorrectionOut:
    """Ask for a correction of one's own attendance; who decides about it is told.

    404 for another's, 409 `duty.still_on_duty`, `duty.correction_asked`.
    """
    row, shift, post = locked(session, attendance_id)
    if row.person_id != caller.person_id:
        raise rules.ATTENDANCE_UNKNOWN.now()
    if row.ended_at is None:
        raise rules.STILL_ON_DUTY.now()
    asked = insert(DutyCorrection).values(
        person_id=caller.person_id, id=new_id(), attendance_id=row.id, text=text, asked_at=now
    )
    made = session.scalar(asked.on_conflict_do_nothing().returning(DutyCorrection.id))
    if made is None:
        raise rules.CORRECTION_ASKED.now()
    said = (
        f"{caller.name or '党员'}：{post.name}（{rules.span_text(shift.starts_at, shift.ends_at)}）。{text}"
    )
    for decider in store.deciders(session, shift.station, row.person_id):
        ref = {"kind": "duty_attendance", "id": str(row.id)}
        tell(session, now, decider, kind="duty", title="请求更正值守记录", text=said, ref=ref)
    return CorrectionOut(id=str(made), asked_at=now)


def correct(
    session: Session, caller: Caller, attendance_id: uuid.UUID, body: CorrectIn, now: datetime
) -> AttendanceOut:
    """Correct an attendance of the caller's branch: what stood is reversed, what is right is added.

    403 `duty.own_attendance`, 404 elsewhere, 409 `duty.still_on_duty`, 422 for what no attendance can be.
    """
    row, shift, post = locked(session, attendance_id)
    if not caller.reaches(shift.station, *rules.OFFICE_ROLES):
        raise rules.ATTENDANCE_UNKNOWN.now()
    if row.person_id == caller.person_id:
        raise rules.OWN_ATTENDANCE.now()
    if row.ended_at is None or row.minutes is None:
        raise rules.STILL_ON_DUTY.now()
    longest = rules.minutes(shift.starts_at, shift.ends_at, shift.starts_at, shift.ends_at)
    changed = rules.correct(row.state, row.minutes, body.state, body.minutes, longest)
    if isinstance(changed, dict):
        raise invalid(*(FieldFault(field, message) for field, message in changed.items()))
    _rewrite(session, caller, row, changed, body.reason, now)
    _decided(session, row, now)
    audit.record(
        session, now, caller.person_id, "duty.corrected", "duty_attendance", row.id, station=shift.station
    )
    when = rules.span_text(shift.starts_at, shift.ends_at)
    text = f"{post.name}（{when}）更正为 {changed.minutes} 分钟。原因：{body.reason}"
    store.tell_about(session, now, row.person_id, "值守记录已更正", text, shift, "已更正")
    return attendance_view(row)


def _rewrite(
    session: Session,
    caller: Caller,
    row: DutyAttendance,
    changed: rules.Corrected,
    reason: str,
    now: datetime,
) -> None:
    """The entry that stands is reversed (its unique key lets it be so once), a new one is added."""
    entry = partial(add_entry, session, row, now=now, actor_id=caller.person_id, reason=reason)
    if standing := _standing(session, row):
        entry("reversal", -standing.minutes, reverses=standing.id)
    row.state, row.minutes = changed.state, changed.minutes
    session.flush()
    entry("correction", changed.minutes)


def _standing(session: Session, row: DutyAttendance) -> DutyEntry | None:
    """The last entry that is no reversal: each correction reverses the one before it."""
    mine = (DutyEntry.person_id == row.person_id) & (DutyEntry.attendance_id == row.id)
    newest = select(DutyEntry).where(mine, DutyEntry.kind != "reversal").order_by(DutyEntry.id.desc())
    return session.scalars(newest.limit(1)).one_or_none()


def _decided(session: Session, row: DutyAttendance, now: datetime) -> None:
    asked = update(DutyCorrection).where(
        DutyCorrection.person_id == row.person_id,
        DutyCorrection.attendance_id == row.id,
        DutyCorrection.decided_at.is_(None),
    )
    session.execute(asked.values(decided_at=now))
