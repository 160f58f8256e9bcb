"""Where this room makes itself known to the rooms below it."""

import uuid
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.orm import Session

from app.content import checks, profile, uploads, verdicts
from app.content.rules import picture_verdict
from app.foundation.home import Home
from app.people import erasure
from app.people import service as people
from app.people.events import on_revoke
from app.web import metrics
from app.wechat import callback

log = structlog.get_logger()


def listen(home: Home) -> None:
    """Take part in what people change of themselves, in WeChat's events and in erasure."""
    people.on_change(profile.NICKNAME, profile.nickname_changed)
    people.on_change("avatar_upload_id", profile.avatar_changed)
    people.add_profile_section("avatar", partial(profile.avatar, home))
    callback.on("wxa_media_check", verdict_came)
    erasure.on_erase("content", erase)
    erasure.on_export("uploads", lambda session, who: uploads.of_person(session, who, home.clock.now()))
    on_revoke("nickname", "content", forget_nickname)
    on_revoke("avatar", "content", forget_avatar)
    on_revoke("pictures", "content", forget_pictures)


def verdict_came(session: Session, event: callback.Event, now: datetime) -> None:
    """WeChat's verdict on a picture, matched by its trace id; the event's sender is not the uploader."""
    verdict = picture_verdict(event.fields)
    if verdict is None:
        log.warning("picture.verdict_unreadable")
        return
    verdicts.told(session, now, verdict)
    metrics.EVENTS.labels("content", f"picture {verdict.suggest or 'without verdict'}").inc()


def forget_nickname(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """It was taken back at WeChat: nobody need judge it any more."""
    checks.drop(session, now, person_id, profile.NICKNAME)


def forget_avatar(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """It was taken back at WeChat."""
    uploads.let_go(session, person_id, subject_kind=profile.AVATAR)


def forget_pictures(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """What was chosen from the phone's album was taken back at WeChat."""
    uploads.let_go_pictures(session, person_id)


def erase(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Everything that this person sent: the files are destroyed by the clockwork within seconds."""
    uploads.let_go(session, person_id)
    checks.forget(session, person_id)
    verdicts.forget(session, person_id)
