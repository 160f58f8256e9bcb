"""Use cases of editors and approvers: write, submit, approve, schedule, pause, withdraw, correct."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.bulletins import audience as audiences
from app.bulletins import push, rules, store, views
from app.bulletins.models import Bulletin
from app.bulletins.schemas import (
    Audience,
    BulletinChange,
    BulletinIn,
    Deliveries,
    Reach,
    ScheduleIn,
    StaffBulletin,
)
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.web.callers import Caller
from app.web.refusals import FORBIDDEN

_PLAIN = ("title", "category", "body_markdown", "source", "starts_at", "expires_at", "stations")
_MAY_BE_EMPTY = ("source", "starts_at", "expires_at")


def create(session: Session, caller: Caller, body: BulletinIn, now: datetime) -> StaffBulletin:
    """A first draft."""
    values = {name: getattr(body, name) for name in _PLAIN}
    roads = [store.road_values(road) for road in body.roads]
    bulletin_id = new_id()
    _check_content(session, values)
    _insert(session, caller, now, values, roads, id=bulletin_id, line=bulletin_id, version=1, changes=[])
    store.note_event(session, now, bulletin_id, "create", caller)
    return one(session, caller, bulletin_id, now)


def _insert(
    session: Session,
    caller: Caller,
    now: datetime,
    values: dict[str, Any],
    roads: list[dict[str, Any]],
    **identity: Any,
) -> None:
    """A draft with its roads. 409 `bulletin.already_corrected` when its place in the line is taken."""
    derived = store.words(values, roads)
    row = {
        **{name: value or None if name in _MAY_BE_EMPTY else value for name, value in values.items()},
        **derived,
        **identity,
        "state": "draft",
        "author_id": caller.person_id,
        "edited_by": caller.person_id,
        "created_at": now,
        "updated_at": now,
    }
    if store.insert_bulletin(session, row) is None:
        raise rules.ALREADY_CORRECTED.now()
    store.write_roads(session, identity["id"], roads)


def _check_content(session: Session, values: dict[str, Any]) -> None:
    faults = []
    if unknown := audiences.unknown_stations(session, values["stations"]):
        faults.append(FieldFault("stations", f"没有这个站点：{'、'.join(unknown)}"))
    if values["starts_at"] and values["expires_at"] and values["expires_at"] <= values["starts_at"]:
        faults.append(FieldFault("expires_at", "到期要晚于生效"))
    if faults:
        raise invalid(*faults)


def edit(
    session: Session, caller: Caller, bulletin_id: uuid.UUID, body: BulletinChange, now: datetime
) -> StaffBulletin:
    """Change a draft: the fields sent and no others. 409 `bulletin.wrong_state`, `bulletin.edited_meanwhile`.

    The row is locked first: of two who save at once the second sees what the first wrote.
    """
    bulletin = store.load(session, bulletin_id, lock=True)
    if not rules.step_possible("edit", bulletin.state):
        raise rules.WRONG_STATE.now(state=bulletin.state)
    _expect(bulletin, body.revision)
    values, roads = _changed(session, bulletin, body)
    _check_content(session, values)
    derived = store.words(values, roads)
    session.execute(
        update(Bulletin)
        .where(Bulletin.id == bulletin_id)
        .values(
            **values,
            **derived,
            changes=_changes(session, bulletin, values, roads),
            edited_by=caller.person_id,
            updated_at=now,
            revision=Bulletin.revision + 1,
        )
        .execution_options(synchronize_session=False)
    )
    store.write_roads(session, bulletin_id, roads)
    store.note_event(session, now, bulletin_id, "edit", caller)
    return one(session, caller, bulletin_id, now)


def _expect(bulletin: Bulletin, revision: int | None) -> None:
    """What was decided upon must be what is there."""
    if revision is not None and revision != bulletin.revision:
        raise rules.EDITED_MEANWHILE.now(revision=bulletin.revision)


def _changed(
    session: Session, bulletin: Bulletin, body: BulletinChange
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """All fields as they will be, and the roads."""
    values = {name: getattr(bulletin, name) for name in _PLAIN}
    for name in body.model_fields_set & set(_PLAIN):
        sent = getattr(body, name)
        values[name] = sent or None if name in _MAY_BE_EMPTY else sent
    kept = body.roads if body.roads is not None else store.roads_of(session, [bulletin.id])[bulletin.id]
    return values, [store.road_values(road) for road in kept]


def _changes(
    session: Session, bulletin: Bulletin, values: dict[str, Any], roads: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What this version changes of the one that it corrects; nothing for a first one."""
    if bulletin.supersedes is None:
        return []
    before = store.load(session, bulletin.supersedes)
    old_roads = [store.road_values(road) for road in store.roads_of(session, [before.id])[before.id]]
    return rules.changes(
        {
            **{name: getattr(before, name) for name in _PLAIN},
            "body": before.body_markdown,
            "roads": old_roads,
        },
        {**values, "body": values["body_markdown"], "roads": roads},
    )


def submit(session: Session, caller: Caller, bulletin_id: uuid.UUID, now: datetime) -> StaffBulletin:
    """Hand it to the approvers."""
    store.must_move(session, now, bulletin_id, "submit", caller)
    return one(session, caller, bulletin_id, now)


def approve(
    session: Session, caller: Caller, bulletin_id: uuid.UUID, revision: int | None, now: datetime
) -> StaffBulletin:
    """Release it. 403 `bulletin.own_approval` for whoever wrote or changed it, 403 without the role, 409."""
    others = (Bulletin.author_id != caller.person_id, Bulletin.edited_by != caller.person_id)
    read = () if revision is None else (Bulletin.revision == revision,)
    allowed = caller.has(rules.APPROVERS)
    if not allowed or not store.move(
        session, now, bulletin_id, "approve", caller, *others, *read, approved_by=caller.person_id
    ):
        _refuse_approval(session, caller, bulletin_id, revision)
    return one(session, caller, bulletin_id, now)


def _refuse_approval(session: Session, caller: Caller, bulletin_id: uuid.UUID, revision: int | None) -> None:
    bulletin = store.load(session, bulletin_id)
    if caller.person_id in (bulletin.author_id, bulletin.edited_by):
        raise rules.OWN_APPROVAL.now()
    if not caller.has(rules.APPROVERS):
        raise FORBIDDEN.now()
    if rules.step_possible("approve", bulletin.state):
        _expect(bulletin, revision)
    raise rules.WRONG_STATE.now(state=bulletin.state)


def send_back(
    session: Session, caller: Caller, bulletin_id: uuid.UUID, reason: str, now: datetime
) -> StaffBulletin:
    """Back to the editor with a reason; what was approved has to be approved anew."""
    store.must_move(session, now, bulletin_id, "return", caller, note=reason, approved_by=None)
    return one(session, caller, bulletin_id, now)


def schedule(
    session: Session, caller: Caller, bulletin_id: uuid.UUID, body: ScheduleIn, now: datetime
) -> StaffBulletin:
    """Say when, until when and to whom. 422 for a moment that is over or an end before the beginning."""
    bulletin = store.load(session, bulletin_id)
    send_at = rules.send_moment(body.send_at, now)
    expires_at = body.expires_at or bulletin.expires_at
    faults = []
    if send_at is None:
        faults.append(FieldFault("send_at", "发布时间已经过去"))
    if expires_at is None:
        faults.append(FieldFault("expires_at", "要填到期时间"))
    elif expires_at <= (send_at or now):
        faults.append(FieldFault("expires_at", "到期要晚于发布时间"))
    if faults:
        raise invalid(*faults)
    audiences.check(session, body.audience)
    values = {name: getattr(bulletin, name) for name in _PLAIN} | {"expires_at": expires_at}
    roads = [store.road_values(road) for road in store.roads_of(session, [bulletin_id])[bulletin_id]]
    store.must_move(
        session,
        now,
        bulletin_id,
        "schedule",
        caller,
        send_at=send_at,
        expires_at=expires_at,
        audience=body.audience.model_dump(mode="json", exclude_defaults=True),
        changes=_changes(session, bulletin, values, roads),
    )
    return one(session, caller, bulletin_id, now)


def unschedule(session: Session, caller: Caller, bulletin_id: uuid.UUID, now: datetime) -> StaffBulletin:
    """Take the hour back while it has not come; afterwards only withdrawing helps."""
    store.must_move(session, now, bulletin_id, "unschedule", caller, send_at=None, audience=None)
    return one(session, caller, bulletin_id, now)


def pause(session: Session, caller: Caller, bulletin_id: uuid.UUID, now: datetime) -> StaffBulletin:
    """Hold what has not gone yet."""
    store.must_move(session, now, bulletin_id, "pause", caller)
    push.pause(session, now, store.load(session, bulletin_id))
    return one(session, caller, bulletin_id, now)


def resume(session: Session, caller: Caller, bulletin_id: uuid.UUID, now: datetime) -> StaffBulletin:
    """Let it go on."""
    store.must_move(session, now, bulletin_id, "resume", caller)
    push.resume(session, now, store.load(session, bulletin_id))
    return one(session, caller, bulletin_id, now)


def withdraw(
    session: Session, caller: Caller, bulletin_id: uuid.UUID, reason: str | None, now: datetime
) -> StaffBulletin:
    """Take it back: nobody reads it any more, what has not gone does not go. An editor only while it is not
    approved; 403 beyond that."""
    if not caller.has(rules.APPROVERS):
        bulletin = store.load(session, bulletin_id, lock=True)
        if bulletin.state not in ("draft", "submitted"):
            raise FORBIDDEN.now()
    store.must_move(session, now, bulletin_id, "withdraw", caller, note=reason, withdrawn_at=now)
    push.withdraw(session, now, store.load(session, bulletin_id))
    return one(session, caller, bulletin_id, now)


def correct(session: Session, caller: Caller, bulletin_id: uuid.UUID, now: datetime) -> StaffBulletin:
    """A new draft that will supersede this version when its own hour comes; until then this one holds.

    409 `bulletin.wrong_state` for what was never sent, `bulletin.already_corrected` with the draft's id.
    """
    before = store.load(session, bulletin_id, lock=True)
    if before.state not in rules.CORRECTABLE:
        raise rules.WRONG_STATE.now(state=before.state)
    there = select(Bulletin.id).where(Bulletin.supersedes == bulletin_id, Bulletin.state != "withdrawn")
    if (draft := session.scalar(there)) is not None:
        raise rules.ALREADY_CORRECTED.now(correction=str(draft))
    last = session.scalar(select(func.max(Bulletin.version)).where(Bulletin.line == before.line)) or 0
    values = {name: getattr(before, name) for name in _PLAIN}
    roads = [store.road_values(road) for road in store.roads_of(session, [bulletin_id])[bulletin_id]]
    made = new_id()
    _insert(
        session, caller, now, values, roads,
        id=made, line=before.line, version=last + 1, supersedes=bulletin_id, changes=[],
    )  # fmt: skip
    store.note_event(session, now, made, "correct", caller)
    store.note_event(session, now, bulletin_id, "corrected", caller)
    return one(session, caller, made, now)


def one(session: Session, caller: Caller, bulletin_id: uuid.UUID, now: datetime) -> StaffBulletin:
    """A bulletin as editors and approvers see it."""
    return views.staff_view(session, caller, store.load(session, bulletin_id), now)


def reach(session: Session, bulletin_id: uuid.UUID, wanted: Audience) -> Reach:
    """How many people an audience is, before it is sent; a correction's has who had the first, too."""
    bulletin = store.load(session, bulletin_id)
    audiences.check(session, wanted)
    return push.reach(session, wanted, store.earlier_mailings(session, bulletin))


def deliveries(session: Session, bulletin_id: uuid.UUID) -> Deliveries:
    """How far it has come; all nought for what was never sent."""
    return push.deliveries(session, store.load(session, bulletin_id))
