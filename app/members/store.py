"""What several use cases of membership read and write."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from app.foundation.database import rows_changed
from app.foundation.ids import new_id
from app.members import rules
from app.members.models import Membership, WaitingMember
from app.notices.service import tell
from app.people import service as people
from app.people.models import Person, RoleGrant
from app.stations.models import Station


def lock_person(session: Session, person_id: uuid.UUID) -> None:
    """What is done about one person is done in turn; he is locked before anything else.

    Rows of others that merely name him need not wait: else a place that he gets while his secretary is at
    work would be a deadlock.
    """
    mine = select(Person.id).where(Person.id == person_id)
    session.execute(mine.with_for_update(key_share=True))


def spells(session: Session, person_id: uuid.UUID) -> Sequence[Membership]:
    """All of somebody's memberships, the newest first."""
    mine = select(Membership).where(Membership.person_id == person_id)
    return session.scalars(mine.order_by(Membership.declared_at.desc(), Membership.id.desc())).all()


def membership_at(session: Session, person_id: uuid.UUID, at: datetime) -> Membership | None:
    """To which branch somebody belonged at a moment, and as what."""
    counting = [row for row in spells(session, person_id) if row.state in rules.WAS_MEMBER]
    return rules.spell_at(counting, at)


def find_active(session: Session, person_id: uuid.UUID) -> Membership | None:
    """The membership that holds now."""
    mine = select(Membership).where(Membership.person_id == person_id, Membership.state == "active")
    return session.scalars(mine.execution_options(populate_existing=True)).one_or_none()


def add(session: Session, **values: object) -> uuid.UUID | None:
    """A new row; None when the person has one in this state already: the unique keys decide."""
    row = insert(Membership).values(id=new_id(), **values)
    return session.scalar(row.on_conflict_do_nothing().returning(Membership.id))


def move(session: Session, membership: Membership, state: str, to: str, **values: object) -> bool:
    """From one state to another; False when it was no longer in the first."""
    key = (Membership.person_id == membership.person_id) & (Membership.id == membership.id)
    moved = update(Membership).where(key, Membership.state == state).values(state=to, **values)
    return bool(rows_changed(session.execute(moved.execution_options(synchronize_session=False))))


def adopt(session: Session, now: datetime, person_id: uuid.UUID | None = None) -> None:
    """Whoever holds a member's role at a branch without a membership gets one, as a fixed member, in one
    statement: such roles come from the command line, from lists, and from before there were memberships."""
    active = exists().where(Membership.person_id == RoleGrant.person_id, Membership.state == "active")
    holders = (
        select(
            RoleGrant.person_id,
            func.gen_random_uuid(),
            RoleGrant.place,
            literal("fixed"),
            literal("active"),
            RoleGrant.granted_at,
            RoleGrant.granted_at,
        )
        .ext(distinct_on(RoleGrant.person_id))
        .where(RoleGrant.role.in_(rules.MEMBER_ROLES), RoleGrant.place.in_(select(Station.code)), ~active)
        .order_by(RoleGrant.person_id, (RoleGrant.role == "member").desc(), RoleGrant.place)
    )
    if person_id:
        holders = holders.where(RoleGrant.person_id == person_id)
    columns = "person_id id branch kind state declared_at from_at".split()
    session.execute(insert(Membership).from_select(columns, holders).on_conflict_do_nothing())


def granted(session: Session, person_id: uuid.UUID, role: str, place: str, now: datetime) -> None:
    """Somebody was given a member's role: he is one from now on, as what a list said of his phone."""
    if role not in rules.MEMBER_ROLES or place == "*":
        return
    index = session.scalar(select(Person.phone_index).where(Person.id == person_id))
    listed = session.get(WaitingMember, index) if index else None
    if listed is not None and listed.branch == place:
        about = {"kind": listed.kind, "name": listed.name, "certificate_no": listed.certificate_no}
        times = {"declared_at": now, "from_at": now}
        add(session, person_id=person_id, branch=place, state="active", **about, **times)
        session.delete(listed)
        session.flush()
    else:
        adopt(session, now, person_id)


def make_member(session: Session, row: Membership, now: datetime) -> None:
    """Give the role that goes with a membership."""
    people.grant(session, row.person_id, "member", row.branch, now)


def tell_member(session: Session, now: datetime, person_id: uuid.UUID, title: str, text: str) -> None:
    """Into the inbox only: no card of WeChat's shows on a locked screen that somebody is a member."""
    tell(session, now, person_id, kind="branch", title=title, text=text)
