"""Pictures that WeChat looks at: which are asked about next, and what a verdict does whenever it comes."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.content.models import PictureCheck, Upload
from app.content.rules import COMMENT, PROFILE, PictureVerdict, again_after, picture_state
from app.foundation.database import rows_changed
from app.people.models import Person

_UNDECIDED = ("waiting", "checking", "manual")
_KEPT = timedelta(days=2)


@dataclass(frozen=True)
class Picture:
    """One to ask about, and the lease under which it is asked: a moment that nobody else was given."""

    person_id: uuid.UUID
    id: uuid.UUID
    due_at: datetime | None
    tries: int
    openid: str | None
    subject_kind: str | None

    @property
    def scene(self) -> int:
        """Where it is shown, as WeChat counts: in a profile or in what somebody said."""
        return PROFILE if self.subject_kind == "avatar" else COMMENT


def claim(session: Session, now: datetime, lease: timedelta, most: int) -> list[Picture]:
    """Lease up to `most` attached public pictures that are due; what others hold is passed over."""
    due = (
        select(Upload.person_id, Upload.id)
        .where(Upload.state == "waiting", Upload.due_at <= now)
        .order_by(Upload.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    keys = [(row.person_id, row.id) for row in session.execute(due)]
    if not keys:
        return []
    leased = session.execute(
        update(Upload)
        .where(tuple_(Upload.person_id, Upload.id).in_(keys), Person.id == Upload.person_id)
        .values(due_at=now + lease, tries=Upload.tries + 1)
        .returning(
            Upload.person_id, Upload.id, Upload.due_at, Upload.tries, Person.openid, Upload.subject_kind
        )
        .execution_options(synchronize_session=False)
    )
    return [Picture(*row) for row in leased]


def asked(session: Session, now: datetime, picture: Picture, trace_id: str) -> None:
    """WeChat has taken the question; its verdict may have been here first.

    Both halves meet under the trace id's unique key: the second to write waits for the first to commit and
    then sees what it wrote.
    """
    note = insert(PictureCheck).values(
        trace_id=trace_id, person_id=picture.person_id, upload_id=picture.id, at=now
    )
    met = session.execute(
        note.on_conflict_do_update(
            index_elements=["trace_id"], set_={"person_id": picture.person_id, "upload_id": picture.id}
        ).returning(PictureCheck.suggest, PictureCheck.label, PictureCheck.told_at)
    ).one()
    _move(session, picture, state="checking")
    if met.told_at is not None:
        _decide(session, now, picture.person_id, picture.id, met.suggest, met.label)


def told(session: Session, now: datetime, verdict: PictureVerdict) -> bool:
    """WeChat's verdict shows or hides the picture; False while we do not know yet which one it is."""
    said = {"suggest": verdict.suggest, "label": verdict.label, "told_at": now}
    note = insert(PictureCheck).values(trace_id=verdict.trace_id, at=now, **said)
    met = session.execute(
        note.on_conflict_do_update(index_elements=["trace_id"], set_=said).returning(
            PictureCheck.person_id, PictureCheck.upload_id
        )
    ).one()
    if met.person_id is None or met.upload_id is None:
        return False
    _decide(session, now, met.person_id, met.upload_id, verdict.suggest, verdict.label)
    return True


def put_off(session: Session, now: datetime, picture: Picture) -> None:
    """WeChat had no time: again after a while, longer each time."""
    _move(session, picture, due_at=now + again_after(picture.tries))


def leave_to_people(session: Session, picture: Picture) -> None:
    """WeChat cannot be asked about this one: staff decide."""
    _move(session, picture, state="manual")


def time_out(session: Session, now: datetime, after: timedelta) -> int:
    """Without a verdict for so long, staff decide; returns how many."""
    late = session.execute(
        update(Upload)
        .where(Upload.state.in_(("waiting", "checking")), Upload.attached_at <= now - after)
        .values(state="manual")
        .execution_options(synchronize_session=False)
    )
    return rows_changed(late)


def sweep(session: Session, now: datetime) -> int:
    """Forget questions and verdicts after two days; returns how many."""
    old = session.execute(delete(PictureCheck).where(PictureCheck.at < now - _KEPT))
    return rows_changed(old)


def forget(session: Session, person_id: uuid.UUID) -> None:
    """All of a person's questions."""
    session.execute(delete(PictureCheck).where(PictureCheck.person_id == person_id))


def _move(session: Session, picture: Picture, **values: object) -> None:
    """Only while the lease is ours: a person may have decided, or the time may have run out, meanwhile."""
    session.execute(
        update(Upload)
        .where(
            Upload.person_id == picture.person_id,
            Upload.id == picture.id,
            Upload.state == "waiting",
            Upload.due_at == picture.due_at,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _decide(
    session: Session,
    now: datetime,
    person_id: uuid.UUID,
    upload_id: uuid.UUID,
    suggest: str | None,
    label: int | None,
) -> None:
    """What a person has decided stands, whatever WeChat says afterwards."""
    session.execute(
        update(Upload)
        .where(Upload.person_id == person_id, Upload.id == upload_id, Upload.state.in_(_UNDECIDED))
        .values(state=picture_state(suggest), label=label, settled_at=now)
        .execution_options(synchronize_session=False)
    )
