"""Up the chain from a desk: its own people, the supervisor on duty, the centre."""

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.people.models import Person, RoleGrant
from app.web.callers import EVERYWHERE


def people_at(session: Session, step: str, desk: str, roles: Sequence[str]) -> Sequence[uuid.UUID]:
    """Who is told at a step (`station`, `supervisor`, `centre`) for a desk; `roles` handle such requests.

    A station without a supervisor of its own has those of everywhere.
    """
    if step == "station":
        return _holding(session, [role for role in roles if role != "supervisor"], desk)
    if step == "supervisor" and (bound := _holding(session, ["supervisor"], desk)):
        return bound
    return _holding(session, ["supervisor"] if step == "supervisor" else roles, EVERYWHERE)


def _holding(session: Session, roles: Sequence[str], place: str) -> Sequence[uuid.UUID]:
    held = exists().where(
        RoleGrant.person_id == Person.id, RoleGrant.role.in_(roles), RoleGrant.place == place
    )
    return session.scalars(select(Person.id).where(Person.state == "active", held).order_by(Person.id)).all()
