"""What people show of themselves: a nickname that WeChat looks at, an avatar that is one of their uploads."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.content import checks, uploads
from app.content.models import Upload
from app.content.rules import PROFILE
from app.content.uploads import Viewer
from app.foundation.home import Home
from app.foundation.refusals import FieldFault, invalid
from app.people.models import Person

NICKNAME, AVATAR = "nickname", "avatar"
_NOT_A_PICTURE = FieldFault("avatar_upload_id", "没有这张图片，或它不能用作头像")


def nickname_changed(session: Session, person_id: uuid.UUID, nickname: str | None, now: datetime) -> None:
    """Ask WeChat about the new one; what it thinks of the one before no longer matters."""
    checks.drop(session, now, person_id, NICKNAME)
    checks.ask(session, now, person_id, NICKNAME, person_id, nickname or "", scene=PROFILE)


def avatar_changed(
    session: Session, person_id: uuid.UUID, upload_id: uuid.UUID | None, now: datetime
) -> None:
    """Wear one of one's own uploads; the one before is thrown away. 422 for anything but a public picture.

    The person's row is the anchor: of two changes at once the later leaves no trace of the other.
    """
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    if upload_id is not None and not _worn(session, person_id, upload_id):
        fits = Upload.person_id == person_id, Upload.id == upload_id, Upload.kind == "image"
        if session.scalar(select(Upload.id).where(*fits, ~Upload.private)) is None:
            raise invalid(_NOT_A_PICTURE)
        uploads.attach(
            session,
            now,
            person_id,
            [upload_id],
            subject_kind=AVATAR,
            subject_id=person_id,
            private=False,
            field=_NOT_A_PICTURE.field,
        )
    uploads.let_go(session, person_id, subject_kind=AVATAR, but=upload_id)


def _worn(session: Session, person_id: uuid.UUID, upload_id: uuid.UUID) -> bool:
    worn = select(Upload.id).where(
        Upload.person_id == person_id,
        Upload.id == upload_id,
        Upload.subject_kind == AVATAR,
        Upload.state != "gone",
    )
    return session.scalar(worn) is not None


def avatar(home: Home, session: Session, person_id: uuid.UUID, _: object) -> dict[str, Any] | None:
    """The person's own avatar as he sees it himself; None when he wears none."""
    now = home.clock.now()
    worn = uploads.views_of(session, Viewer(person_id), AVATAR, [person_id], now).get(person_id)
    return worn[-1].model_dump(mode="json") if worn else None
