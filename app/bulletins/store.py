"""Reading and writing the rows of one bulletin: make, move from state to state, note who did it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session, aliased

from app.bulletins.markdown import plain, render
from app.bulletins.models import Bulletin, BulletinEvent, BulletinMark, BulletinRoad
from app.bulletins.rules import (
    BULLETIN_UNKNOWN,
    LIVE,
    STEPS,
    WRONG_STATE,
    fold,
    grams,
    road_keys,
    road_words,
    station_key,
)
from app.bulletins.schemas import RoadIn
from app.foundation import audit
from app.foundation.ids import new_id
from app.foundation.refusals import Refusal
from app.web.callers import Caller

MARK = "public"
_ROAD = ("road", "heading", "km_from", "km_to", "vehicle", "measure")


def load(session: Session, bulletin_id: uuid.UUID, *, lock: bool = False) -> Bulletin:
    """One version. 404 `bulletin.unknown`; `lock` takes the row first."""
    found = select(Bulletin).where(Bulletin.id == bulletin_id).execution_options(populate_existing=True)
    bulletin = session.scalars(found.with_for_update(key_share=True) if lock else found).one_or_none()
    if bulletin is None:
        raise BULLETIN_UNKNOWN.now()
    return bulletin


def roads_of(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[BulletinRoad]]:
    """The road rows of these versions, in their order."""
    found: dict[uuid.UUID, list[BulletinRoad]] = {one: [] for one in ids}
    rows = select(BulletinRoad).where(BulletinRoad.bulletin_id.in_(ids))
    for row in session.scalars(rows.order_by(BulletinRoad.bulletin_id, BulletinRoad.position)):
        found[row.bulletin_id].append(row)
    return found


def road_values(road: RoadIn | BulletinRoad) -> dict[str, Any]:
    """One road row as plain values; what was left empty is nothing."""
    values = {name: getattr(road, name) for name in _ROAD}
    return {name: None if value == "" else value for name, value in values.items()}


def write_roads(session: Session, bulletin_id: uuid.UUID, roads: Sequence[dict[str, Any]]) -> None:
    """These rows instead of those that were there."""
    session.execute(delete(BulletinRoad).where(BulletinRoad.bulletin_id == bulletin_id))
    rows = [{"bulletin_id": bulletin_id, "position": at, **road} for at, road in enumerate(roads)]
    if rows:
        session.execute(insert(BulletinRoad), rows)


def words(values: Mapping[str, Any], roads: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is derived from the words whenever they are written: the HTML, and what is searched."""
    rendered = render(values["body_markdown"])
    said = [values["title"], values["source"] or "", *(road_words(road) for road in roads), plain(rendered)]
    folded = fold("\n".join(filter(None, said)))
    keys = grams(folded) | {key for road in roads for key in road_keys(road["road"])}
    keys |= {station_key(code) for code in values["stations"]}
    return {"body_html": rendered, "search_text": folded, "search_keys": sorted(keys)}


def insert_bulletin(session: Session, values: dict[str, Any]) -> uuid.UUID | None:
    """The id of the new version; None when the version that it supersedes has a correction already."""
    made = postgresql.insert(Bulletin).values(**values).on_conflict_do_nothing().returning(Bulletin.id)
    return session.scalar(made)


def move(
    session: Session,
    now: datetime,
    bulletin_id: uuid.UUID,
    step: str,
    by: Caller | None,
    *conditions: ColumnElement[bool],
    note: str | None = None,
    **values: Any,
) -> bool:
    """Take a step if the row is in a state that allows it, and note it. False when it was not: the UPDATE's
    own row decides, whoever tries at the same time."""
    taken = STEPS[step]
    changed = (
        update(Bulletin)
        .where(Bulletin.id == bulletin_id, Bulletin.state.in_(taken.sources), *conditions)
        .values(state=taken.target, updated_at=now, revision=Bulletin.revision + 1, **values)
        .returning(Bulletin.id)
        .execution_options(synchronize_session=False)
    )
    if session.scalar(changed) is None:
        return False
    if taken.target in LIVE or set(taken.sources) & set(LIVE):
        touch(session)
    note_event(session, now, bulletin_id, step, by, note)
    return True


def must_move(
    session: Session,
    now: datetime,
    bulletin_id: uuid.UUID,
    step: str,
    by: Caller,
    *,
    note: str | None = None,
    **values: Any,
) -> None:
    """The same for a person: 404 `bulletin.unknown`, 409 `bulletin.wrong_state`."""
    if not move(session, now, bulletin_id, step, by, note=note, **values):
        refuse_state(session, bulletin_id)


def refuse_state(session: Session, bulletin_id: uuid.UUID, refusal: Refusal = WRONG_STATE) -> None:
    """Say no, and in which state it is by now. 404 when there is none."""
    raise refusal.now(state=load(session, bulletin_id).state)


def touch(session: Session) -> None:
    """What the public may read has changed: readers' caches find out by this row."""
    moved = postgresql.insert(BulletinMark).values(name=MARK, revision=1)
    session.execute(
        moved.on_conflict_do_update(index_elements=["name"], set_={"revision": BulletinMark.revision + 1})
    )


def note_event(
    session: Session,
    now: datetime,
    bulletin_id: uuid.UUID,
    what: str,
    by: Caller | None,
    note: str | None = None,
) -> None:
    """A step of the timeline, and of the audit trail; `by` is None for the clockwork."""
    session.execute(
        insert(BulletinEvent).values(
            bulletin_id=bulletin_id,
            id=new_id(),
            at=now,
            what=what,
            actor_id=by.person_id if by else None,
            actor_name=(by.name or "没留名字") if by else "系统",
            note=note,
        )
    )
    audit.record(session, now, by.person_id if by else None, f"bulletin.{what}", "bulletin", bulletin_id)


def events(session: Session, bulletin_id: uuid.UUID) -> list[BulletinEvent]:
    """The timeline, oldest first."""
    found = select(BulletinEvent).where(BulletinEvent.bulletin_id == bulletin_id)
    return list(session.scalars(found.order_by(BulletinEvent.at, BulletinEvent.id)))


def earlier_mailings(session: Session, bulletin: Bulletin) -> list[uuid.UUID]:
    """The mailings of the versions before this one: who has one of them reads the correction too."""
    found = select(Bulletin.mailing_id).where(
        Bulletin.line == bulletin.line, Bulletin.version < bulletin.version, Bulletin.mailing_id.is_not(None)
    )
    return [mailing for mailing in session.scalars(found) if mailing is not None]


def on_air(now: datetime) -> ColumnElement[bool]:
    """The condition that a version may be read by everybody: its hour has come and it was not taken back."""
    return Bulletin.state.in_(LIVE) & (Bulletin.send_at <= now)


def successor(now: datetime) -> Select[uuid.UUID]:
    """Correlated: the version that has taken a version's place by now. One that was withdrawn after its hour
    keeps that place: what it corrected was wrong all the same."""
    later = aliased(Bulletin)
    was_on_air = later.state.in_(LIVE) | (later.withdrawn_at >= later.send_at)
    return select(later.id).where(later.supersedes == Bulletin.id, later.send_at <= now, was_on_air).limit(1)


def holds(now: datetime) -> ColumnElement[bool]:
    """The condition that a version is in the public's list at this moment: neither replaced nor over."""
    unexpired = Bulletin.expires_at.is_(None) | (Bulletin.expires_at > now)
    return on_air(now) & unexpired & ~successor(now).exists()
