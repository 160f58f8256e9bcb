"""What WeChat's events about a person do here: data taken back is deleted, a deleted account is erased.

WeChat docs (user information): `user_authorization_revoke` names in RevokeInfo what the person took back, by
number; `user_authorization_cancellation` says that he deleted his account at WeChat.
"""

import re
import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.foundation import audit
from app.people import erasure
from app.people.models import Person
from app.web import metrics
from app.wechat import callback
from app.wechat.callback import Event

# 2 address, 3 invoice, 4 Bluetooth, 5 microphone, 7 camera, 12 steps, 13 location, 15 files, 16 email and
# 18 a chosen place are not held here at all.
_TAKEN_BACK = {
    1: ("plate",),
    6: ("nickname", "avatar"),
    8: ("phone",),
    14: ("pictures",),
    19: ("nickname",),
    20: ("avatar",),
}

Forget = Callable[[Session, uuid.UUID, datetime], None]
_forgets: dict[tuple[str, str], Forget] = {}


def listen() -> None:
    """Tell the callback who works these off, and who forgets what; once a process."""
    callback.on("user_authorization_revoke", revoked)
    callback.on("user_authorization_cancellation", cancelled)
    on_revoke("plate", "people", _forget_columns(vehicle_plate=None))
    on_revoke("nickname", "people", _forget_columns(name=""))
    on_revoke("phone", "people", _forget_columns(phone=None, phone_index=None, phone_proved_at=None))


def on_revoke(what: str, room: str, forget: Forget) -> None:
    """Let a room forget one thing that a person took back: `plate`, `nickname`, `avatar`, `phone` or
    `pictures`. Rooms that registered later forget first, while the person's row still holds the old value."""
    _forgets[what, room] = forget


def _forget_columns(**values: object) -> Forget:
    def forget(session: Session, person_id: uuid.UUID, now: datetime) -> None:
        session.execute(update(Person).where(Person.id == person_id).values(**values))

    return forget


def revoked(session: Session, event: Event, now: datetime) -> None:
    """Delete exactly what was taken back. What a plug-in was given is the plug-in's, not ours."""
    person_id = _person(session, event)
    if person_id is None or event.fields.get("PluginID"):
        return
    numbers = {int(number) for number in re.findall(r"\d{1,4}", str(event.fields.get("RevokeInfo", "")))}
    things = sorted({thing for number in numbers for thing in _TAKEN_BACK.get(number, ())})
    for thing in things:
        for (what, _), forget in reversed(list(_forgets.items())):
            if what == thing:
                forget(session, person_id, now)
    if things:
        audit.record(session, now, None, "person.revoked", "person", person_id, reason=" ".join(things))
        metrics.EVENTS.labels("people", "revoked").inc()


def cancelled(session: Session, event: Event, now: datetime) -> None:
    """He has no account at WeChat any more: nothing that is under way could reach him."""
    person_id = session.scalar(_who(event))  # the erasure locks him, together with whom it concerns
    if person_id is not None:
        erasure.erase(session, now, person_id, force=True)
        metrics.EVENTS.labels("people", "erased").inc()


def _person(session: Session, event: Event) -> uuid.UUID | None:
    return session.scalar(_who(event).with_for_update())


def _who(event: Event) -> Select[uuid.UUID]:
    return select(Person.id).where(Person.openid == event.openid)
