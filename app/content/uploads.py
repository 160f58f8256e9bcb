"""Use cases of uploads: keep, attach, show to whoever may see it, decide by hand, throw away."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select, true, tuple_, update
from sqlalchemy.orm import Session

from app.content.links import links
from app.content.models import Upload
from app.content.rules import DOCUMENT, PRIVATE_PURPOSES, UNKNOWN, is_marked, mark_of, may_open, quota_refusal
from app.content.schemas import ReviewItem, ReviewQuery, SubjectOut, UploadOut
from app.content.workbench import Made, Workbench
from app.foundation import audit
from app.foundation.clock import day_bounds, iso, shanghai_day
from app.foundation.database import rows_changed
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.people.models import Person
from app.settings import UploadSettings
from app.web.callers import EVERYWHERE, Caller
from app.web.paging import Listed, read_cursor, write_cursor
from app.web.turn import Turn

REVIEWERS = ("staff", "supervisor")
_NOT_THERE = "没有这个文件，或已经用过了"
_MB = 1024 * 1024


@dataclass(frozen=True)
class Viewer:
    """Who looks at something with files on it: `handling` for whoever deals with it on duty."""

    person_id: uuid.UUID
    handling: bool = False

    def towards(self, owner_id: uuid.UUID) -> str:
        """As whom he sees a file of this owner."""
        return "s" if self.handling else "o" if self.person_id == owner_id else "r"


def take_in(turn: Turn, purpose: str) -> UploadOut:
    """The file of this request: judged, made ready and kept; nothing of the database is held meanwhile."""
    assert turn.incoming is not None, "only where a file is taken"
    person_id, limits = turn.caller.person_id, turn.home.settings.uploads
    check_quota(turn.session, person_id, turn.now, limits)
    turn.let_go()
    bench = turn.home.part(Workbench)
    made = bench.make(turn.incoming, purpose)
    try:
        return keep(turn.session, person_id, made, purpose, turn.home.clock.now(), limits)
    except BaseException:
        bench.shelf.remove(made.place)
        raise


def check_quota(
    session: Session, person_id: uuid.UUID, now: datetime, limits: UploadSettings, fresh: int = 0
) -> None:
    """429 `upload.too_many_today`, 413 `upload.no_room`: also asked early, before any work is done."""
    start, end = day_bounds(shanghai_day(now))
    today = func.count().filter(Upload.created_at >= start, Upload.created_at < end)
    stored = func.coalesce(func.sum(Upload.bytes), 0)
    mine = select(today, stored).where(Upload.person_id == person_id, Upload.state != "gone")
    count, size = session.execute(mine).one()
    most = limits.per_person_mb * _MB
    refusal = quota_refusal(count, int(size), fresh, per_day=limits.per_person_day, most_bytes=most)
    if refusal:
        raise refusal.now()


def keep(
    session: Session, person_id: uuid.UUID, made: Made, purpose: str, now: datetime, limits: UploadSettings
) -> UploadOut:
    """The row of a file that lies on the shelf. The person's row is the anchor under which it is counted."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    check_quota(session, person_id, now, limits, made.bytes)
    upload = Upload(
        person_id=person_id,
        id=new_id(),
        kind=made.kind,
        media_type=made.media_type,
        bytes=made.bytes,
        width=made.size.width if made.size else None,
        height=made.size.height if made.size else None,
        purpose=purpose,
        private=purpose in PRIVATE_PURPOSES,
        place=made.place,
        state="loose",
        created_at=now,
    )
    session.add(upload)
    session.flush()
    return view(upload, Viewer(person_id), now)


def usable(session: Session, owner_id: uuid.UUID, upload_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Which of these the owner can still attach; they are his until the transaction ends."""
    wanted = set(upload_ids)
    if not wanted:
        return []
    free = select(Upload.id).where(_loose(owner_id, wanted)).order_by(Upload.id).with_for_update()
    return list(session.scalars(free))


def attach(
    session: Session,
    now: datetime,
    owner_id: uuid.UUID,
    upload_ids: Sequence[uuid.UUID],
    *,
    subject_kind: str,
    subject_id: uuid.UUID,
    private: bool,
    station: str | None = None,
    field: str = "upload_ids",
    as_document: bool = False,
) -> None:
    """Hang files on something, each once; 422 at `field` for one that is unknown, another's or used.

    Unless it is private, WeChat is asked about it from here on; `station` says whose staff decide where
    WeChat does not. `as_document`: from now on it is one, whatever it was sent as.
    """
    wanted = set(upload_ids)
    if not wanted:
        return
    usable(session, owner_id, wanted)  # in the order of their ids, so that two never wait for one another
    apart = true() if private else Upload.private
    taken = session.scalars(
        update(Upload)
        .where(_loose(owner_id, wanted))
        .values(
            subject_kind=subject_kind,
            subject_id=subject_id,
            station=station,
            private=apart,
            purpose=DOCUMENT if as_document else Upload.purpose,
            state=case((apart, "private"), else_="waiting"),
            attached_at=now,
            due_at=now,
        )
        .returning(Upload.id)
        .execution_options(synchronize_session=False)
    ).all()
    if len(taken) != len(wanted):
        raise invalid(FieldFault(field, _NOT_THERE))


def _loose(owner_id: uuid.UUID, wanted: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    return and_(Upload.person_id == owner_id, Upload.id.in_(list(wanted)), Upload.state == "loose")


def views_of(
    session: Session,
    viewer: Viewer,
    subject_kind: str | Sequence[str],
    ids: Iterable[uuid.UUID],
    now: datetime,
) -> dict[uuid.UUID, list[UploadOut]]:
    """The files on these subjects as this viewer may see them, by subject, in one statement."""
    kinds = [subject_kind] if isinstance(subject_kind, str) else list(subject_kind)
    found = (
        select(Upload)
        .where(Upload.subject_id.in_(list(ids)), Upload.subject_kind.in_(kinds), Upload.state != "gone")
        .order_by(Upload.id)
        .execution_options(populate_existing=True)
    )
    views: dict[uuid.UUID, list[UploadOut]] = defaultdict(list)
    for upload in session.scalars(found):
        if upload.subject_id is not None:
            views[upload.subject_id].append(view(upload, viewer, now))
    return views


def view(upload: Upload, viewer: Viewer, now: datetime) -> UploadOut:
    """One file, with an address if this viewer may open it."""
    return UploadOut.model_validate(_fields(upload, viewer, now))


def _fields(upload: Upload, viewer: Viewer, now: datetime) -> dict[str, object]:
    towards = viewer.towards(upload.person_id)
    seen = may_open(upload.state, towards, upload.purpose, upload.kind)
    named = viewer.person_id if is_marked(upload.purpose) else None
    return {
        "id": str(upload.id),
        "kind": upload.kind,
        "media_type": upload.media_type,
        "bytes": upload.bytes,
        "width": upload.width,
        "height": upload.height,
        "purpose": upload.purpose,
        "verdict": upload.state,
        "mark": mark_of(upload.state),
        "url": links().address(upload.id, towards, now, named) if seen else None,
    }


# --- Decided by hand ------------------------------------------------------------------------------------


def review_list(session: Session, caller: Caller, query: ReviewQuery, now: datetime) -> Listed[ReviewItem]:
    """Pictures that wait for a decision at the caller's stations, the oldest first."""
    found = select(Upload).where(Upload.state == query.state, _in_reach(caller))
    order = (Upload.attached_at, Upload.id)
    if place := read_cursor(query.cursor):
        found = found.where(tuple_(*order) > place)
    rows = list(session.scalars(found.order_by(*order).limit(query.limit + 1)))
    items = [_review_item(row, caller, now) for row in rows[: query.limit]]
    last = rows[query.limit - 1] if len(rows) > query.limit else None
    more = write_cursor(last.attached_at or now, last.id) if last else None
    return Listed[ReviewItem](items=items, next_cursor=more)


def review(session: Session, caller: Caller, upload_id: uuid.UUID, show: bool, now: datetime) -> ReviewItem:
    """Show or hide a picture, whatever WeChat said or did not say; audited. 404 outside one's reach."""
    decided = session.scalars(
        update(Upload)
        .where(
            Upload.id == upload_id,
            Upload.state.in_(("waiting", "checking", "manual", "shown", "hidden")),
            _in_reach(caller),
        )
        .values(state="shown" if show else "hidden", reviewed_by=caller.person_id, settled_at=now)
        .returning(Upload)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if decided is None:
        raise UNKNOWN.now()
    action = "upload.shown" if show else "upload.hidden"
    audit.record(session, now, caller.person_id, action, "upload", upload_id, station=decided.station)
    return _review_item(decided, caller, now)


def _in_reach(caller: Caller) -> ColumnElement[bool]:
    places = caller.places(*REVIEWERS)
    return true() if EVERYWHERE in places else Upload.station.in_(list(places))


def _review_item(upload: Upload, caller: Caller, now: datetime) -> ReviewItem:
    return ReviewItem.model_validate(
        {
            **_fields(upload, Viewer(caller.person_id, handling=True), now),
            "subject": SubjectOut(kind=str(upload.subject_kind), id=str(upload.subject_id)),
            "station": upload.station,
            "attached_at": upload.attached_at,
            "label": upload.label,
        }
    )


# --- Thrown away ----------------------------------------------------------------------------------------


def let_go(
    session: Session, person_id: uuid.UUID, *, subject_kind: str | None = None, but: uuid.UUID | None = None
) -> int:
    """A person's files, or those on one kind of thing, are his no longer; the clockwork removes them at once.

    Returns how many.
    """
    conditions = [Upload.person_id == person_id, Upload.state != "gone"]
    if subject_kind is not None:
        conditions.append(Upload.subject_kind == subject_kind)
    if but is not None:
        conditions.append(Upload.id != but)
    gone = session.execute(
        update(Upload).where(*conditions).values(state="gone").execution_options(synchronize_session=False)
    )
    return rows_changed(gone)


def let_go_on(session: Session, subject_ids: Iterable[uuid.UUID]) -> None:
    """Whatever hangs on these, whoever sent it: what it hung on is no more."""
    on_them = Upload.subject_id.in_(list(subject_ids)), Upload.state != "gone"
    gone = update(Upload).where(*on_them).values(state="gone")
    session.execute(gone.execution_options(synchronize_session=False))


def let_go_pictures(session: Session, person_id: uuid.UUID) -> None:
    """Every picture that a person chose on his phone, but for the avatar, which is another matter."""
    chosen = (
        Upload.person_id == person_id,
        Upload.kind == "image",
        Upload.purpose != "avatar",
        func.coalesce(Upload.subject_kind, "") != "avatar",
        Upload.state != "gone",
    )
    gone = update(Upload).where(*chosen).values(state="gone")
    session.execute(gone.execution_options(synchronize_session=False))


def of_person(session: Session, person_id: uuid.UUID, now: datetime) -> list[dict[str, object]]:
    """All of a person's files with when they came, for his export; an address is good for minutes."""
    mine = select(Upload).where(Upload.person_id == person_id, Upload.state != "gone")
    found = session.scalars(mine.order_by(Upload.created_at, Upload.id))
    return [{**_fields(upload, Viewer(person_id), now), "at": iso(upload.created_at)} for upload in found]


def forget_loose(session: Session, now: datetime, after: timedelta) -> int:
    """What was sent and never used for anything is let go; returns how many."""
    old = session.execute(
        update(Upload)
        .where(Upload.state == "loose", Upload.created_at < now - after)
        .values(state="gone")
        .execution_options(synchronize_session=False)
    )
    return rows_changed(old)
