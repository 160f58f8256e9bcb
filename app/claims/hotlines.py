"""The numbers to report to: as delivered, and as an admin has corrected them since."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.claims.guides import HOTLINE_COLUMNS, ClaimHotline, delivered_hotlines
from app.claims.models import ClaimHotlineRow
from app.claims.rules import HOTLINE_MISSING, is_stale
from app.claims.schemas import HotlineIn, HotlineOut
from app.foundation import audit
from app.foundation.clock import shanghai_day
from app.foundation.refusals import FieldFault, invalid
from app.web.callers import Caller

_REQUIRED = ("name", "phone", "source")


def hotlines(session: Session, now: datetime) -> list[HotlineOut]:
    """All that are shown, in the order of the file, those added later behind."""
    known = {line.code: line for line in delivered_hotlines()}
    changed = select(ClaimHotlineRow).order_by(ClaimHotlineRow.code)
    for row in session.scalars(changed.execution_options(populate_existing=True)):
        if row.hidden:
            known.pop(row.code, None)
        else:
            known[row.code] = ClaimHotline.model_validate(row)
    return [_view(line, now) for line in known.values()]


def _view(line: ClaimHotline, now: datetime) -> HotlineOut:
    return HotlineOut(**line.model_dump(), stale=is_stale(line.checked_on, shanghai_day(now)))


def change(session: Session, caller: Caller, body: HotlineIn, now: datetime) -> list[HotlineOut]:
    """Correct a number, add one, or hide it; audited. 422 for a new one without name, number or source."""
    if body.checked_on > shanghai_day(now):
        raise invalid(FieldFault("checked_on", "不能晚于今天"))
    before = session.get(ClaimHotlineRow, body.code) or next(
        (line for line in delivered_hotlines() if line.code == body.code), None
    )
    values = {name: getattr(before, name, "") for name in HOTLINE_COLUMNS}
    sent = body.model_dump(exclude_none=True)
    values |= {name: sent[name] for name in HOTLINE_COLUMNS if name in sent}
    if missing := [name for name in _REQUIRED if not values[name]]:
        raise HOTLINE_MISSING.now(errors=[{"field": name, "message": "必须填写"} for name in missing])
    hidden = getattr(before, "hidden", False) if body.hidden is None else body.hidden
    kept = values | {"hidden": hidden, "changed_at": now}
    row = insert(ClaimHotlineRow).values(kept)
    changed = {name: value for name, value in kept.items() if name != "code"}
    session.execute(row.on_conflict_do_update(index_elements=["code"], set_=changed))
    reason = f"{values['phone']}{'，不再显示' if hidden else ''}"
    audit.record(session, now, caller.person_id, "claim.hotline", "claim_hotline", body.code, reason=reason)
    return hotlines(session, now)
