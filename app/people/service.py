"""Use cases of people: sign in, be recognised, change what is known of oneself."""

import secrets
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation.columns import blind_index
from app.foundation.database import rows_changed, table_of
from app.foundation.hot import HotStatement
from app.foundation.ids import new_id
from app.foundation.refusals import Refusal
from app.people.models import Person, RoleGrant, SignIn, WaitingGrant
from app.people.rules import PERSON_UNKNOWN, mask_phone, new_expiry
from app.people.schemas import MeChange, User
from app.web.callers import EVERYWHERE, Caller
from app.web.door import token_hash
from app.web.refusals import AUTH_EXPIRED
from app.wechat.refusals import BLOCKED

Section = Callable[[Session, uuid.UUID, frozenset[tuple[str, str]]], Any]
_sections: dict[str, Section] = {}


def add_profile_section(field: str, fill: Section) -> None:
    """Let a higher room fill a field of User that this room cannot know (home_station, card, member)."""
    _sections[field] = fill


Taker = Callable[[Session, uuid.UUID, Any, datetime], None]
_takers: dict[str, Taker] = {}


def on_change(field: str, take: Taker) -> None:
    """Let a higher room keep a field of a change that this room cannot, or look at it (avatar, nickname).

    Told (session, person id, the new value, now) before the person's own row is changed.
    """
    _takers[field] = take


# Runs on every request: built once, on plain tables, so that nothing but the driver's work is left to do.
_sign_in, _person, _role = table_of(SignIn).c, table_of(Person).c, table_of(RoleGrant).c
_GRANTS = (
    select(func.array_agg(_role.role + "@" + _role.place))
    .where(_role.person_id == _sign_in.person_id)
    .scalar_subquery()
)
_find = (
    select(
        _sign_in.person_id,
        _sign_in.expires_at,
        _sign_in.kind,
        _person.state,
        _person.name,
        _GRANTS.label("grants"),
    )
    .join_from(table_of(SignIn), table_of(Person))
    .where(_sign_in.token_hash == bindparam("hashed"))
)
_FIND = HotStatement(_find)
_FIND_IN_LINE = HotStatement(_find.with_for_update(of=table_of(Person), key_share=True))


def find_caller(
    connection: Connection,
    hashed: bytes,
    now: datetime,
    in_line: bool = False,
    *,
    days: int,
    kind: str = "app",
) -> Caller | Refusal:
    """Whose token this is, with the roles of this moment; one statement, and a second once a day.

    `in_line` locks the person's row until the transaction ends, so that his requests stand in line.
    `auth.expired` for a token that ended, was logged out, belongs to somebody disabled or to another door.
    """
    row = (_FIND_IN_LINE if in_line else _FIND).one_or_none(connection, {"hashed": hashed})
    if row is None or row.expires_at <= now or row.state != "active" or row.kind != kind:
        return AUTH_EXPIRED
    if kind == "app" and (later := new_expiry(now, row.expires_at, days)):
        connection.execute(update(SignIn).where(SignIn.token_hash == hashed).values(expires_at=later))
    return Caller(row.person_id, row.name, _grants(row.grants), hashed)


def _grants(rows: list[str] | None) -> frozenset[tuple[str, str]]:
    return frozenset((role, place) for role, _, place in (row.partition("@") for row in rows or []))


def sign_in_by_openid(
    session: Session, openid: str, unionid: str | None, now: datetime, *, days: int
) -> tuple[str, uuid.UUID, bool]:
    """Find or make the person and a new token. 403 `auth.blocked` for somebody disabled.

    Answers (token, person id, whether this is the first time); two first sign-ins at once make one person.
    """
    person_id, _ = find_or_make(session, openid, unionid, now)
    if session.scalar(select(Person.state).where(Person.id == person_id)) != "active":
        raise BLOCKED.now()
    # Somebody known beforehand from a list becomes a driver now, like everybody who comes for the first time.
    is_new = grant(session, person_id, "driver", EVERYWHERE, now)
    return make_sign_in(session, person_id, "app", now, timedelta(days=days)), person_id, is_new


def find_or_make(
    session: Session, openid: str, unionid: str | None, now: datetime, name: str = ""
) -> tuple[uuid.UUID, bool]:
    """The person of this openid and whether he was made just now; the unique key decides between twins."""
    made = session.scalar(
        insert(Person)
        .values(id=new_id(), openid=openid, unionid=unionid, name=name, state="active", created_at=now)
        .on_conflict_do_nothing(index_elements=["openid"])
        .returning(Person.id)
    )
    if made is not None:
        return made, True
    return session.scalars(select(Person.id).where(Person.openid == openid)).one(), False


def make_sign_in(session: Session, person_id: uuid.UUID, kind: str, now: datetime, lasts: timedelta) -> str:
    """A token of 256 random bits; the table keeps its hash."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=token_hash(token),
            person_id=person_id,
            kind=kind,
            created_at=now,
            expires_at=now + lasts,
        )
    )
    session.flush()
    return token


def sign_out(session: Session, hashed: bytes) -> None:
    """The token is dead from this commit on."""
    session.execute(delete(SignIn).where(SignIn.token_hash == hashed))


Release = Callable[[Session, uuid.UUID, datetime], None]
_releases: dict[str, Release] = {}


def on_disable(room: str, release: Release) -> None:
    """Let a higher room take back what somebody held who is shut out."""
    _releases[room] = release


def disable(session: Session, person_id: uuid.UUID, now: datetime) -> None:
    """Nobody signs in as this person any more, every sign-in ends, what he held is free again."""
    session.execute(update(Person).where(Person.id == person_id).values(state="disabled"))  # locked first
    for release in _releases.values():
        release(session, person_id, now)
    session.execute(delete(SignIn).where(SignIn.person_id == person_id))


Granted = Callable[[Session, uuid.UUID, str, str, datetime], None]
_granted: dict[str, Granted] = {}


def on_grant(room: str, granted: Granted) -> None:
    """Let a higher room hear of a role that somebody was given: (session, person, role, place, now)."""
    _granted[room] = granted


def grant(session: Session, person_id: uuid.UUID, role: str, place: str, now: datetime) -> bool:
    """Give a role at a station or everywhere; whether it is new: giving it twice changes nothing."""
    given = session.scalar(
        insert(RoleGrant)
        .values(person_id=person_id, role=role, place=place, granted_at=now)
        .on_conflict_do_nothing()
        .returning(RoleGrant.role)
    )
    if given is not None:
        for granted in _granted.values():
            granted(session, person_id, role, place, now)
    return given is not None


def take_back(session: Session, person_id: uuid.UUID, roles: Sequence[str], place: str) -> None:
    """Take roles at one place away; they are gone with the next request."""
    held = (RoleGrant.person_id == person_id) & (RoleGrant.place == place)
    session.execute(delete(RoleGrant).where(held, RoleGrant.role.in_(roles)))


def places(session: Session) -> set[str]:
    """The codes of all stations; asked of the table by name, since stations are a higher room."""
    return set(session.scalars(text("SELECT code FROM station")))


def profile(session: Session, person_id: uuid.UUID) -> User:
    """The person as he sees himself."""
    person = session.get(Person, person_id)
    if person is None:
        raise PERSON_UNKNOWN.now()
    grants = grants_of(session, person_id)
    return User(
        id=str(person.id),
        nickname=person.name,
        phone_masked=mask_phone(person.phone),
        roles=sorted({role for role, _ in grants}),
        vehicle=_vehicle(person),
        **{field: fill(session, person_id, grants) for field, fill in _sections.items()},
    )


def _vehicle(person: Person) -> dict[str, str] | None:
    if not person.vehicle_plate:
        return None
    return {"plate": person.vehicle_plate, "kind": person.vehicle_kind or "other"}


def change_me(session: Session, person_id: uuid.UUID, change: MeChange, now: datetime) -> User:
    """Change the fields that were sent, leave the others."""
    for field, take in _takers.items():
        if field in change.model_fields_set:
            take(session, person_id, getattr(change, field), now)
    values: dict[str, Any] = {}
    if "nickname" in change.model_fields_set:
        values["name"] = change.nickname or ""
    if "vehicle" in change.model_fields_set:
        values["vehicle_plate"] = change.vehicle.plate if change.vehicle else None
        values["vehicle_kind"] = change.vehicle.kind if change.vehicle else None
    if values:
        session.execute(update(Person).where(Person.id == person_id).values(**values))
    return profile(session, person_id)


def prove_phone(session: Session, person_id: uuid.UUID, phone: str, now: datetime) -> User:
    """Keep a phone number that WeChat vouched for; roles that waited for it are given.

    Carriers hand out numbers again: whoever proved it before no longer has it.
    """
    index = blind_index(phone)
    session.execute(
        update(Person)
        .where(Person.phone_index == index, Person.id != person_id)
        .values(phone=None, phone_index=None, phone_proved_at=None)
    )
    session.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(phone=phone, phone_index=index, phone_proved_at=now)
    )
    waiting = session.execute(
        delete(WaitingGrant)
        .where(WaitingGrant.phone_index == index)
        .returning(WaitingGrant.role, WaitingGrant.place, WaitingGrant.name)
    ).all()
    for row in waiting:
        grant(session, person_id, row.role, row.place, now)
    return profile(session, person_id)


def who_proved(session: Session, phone_index: bytes) -> uuid.UUID | None:
    """Whose number this is: of two who proved it at the same moment, the later; None when nobody has."""
    proved = select(Person.id).where(Person.phone_index == phone_index, Person.state == "active")
    return session.scalar(proved.order_by(Person.phone_proved_at.desc()).limit(1))


def find_active(session: Session, person_id: uuid.UUID) -> Caller | None:
    """Somebody with the roles of this moment, without a token of his; None for who is disabled or erased."""
    found = select(Person.name).where(Person.id == person_id, Person.state == "active")
    if (name := session.scalar(found)) is None:
        return None
    return Caller(person_id, name, grants_of(session, person_id))


def grants_of(session: Session, person_id: uuid.UUID) -> frozenset[tuple[str, str]]:
    """All that a person is, and where: `(role, place)`."""
    held = select(RoleGrant.role, RoleGrant.place).where(RoleGrant.person_id == person_id)
    return frozenset((row.role, row.place) for row in session.execute(held))


def sweep_sign_ins(session: Session, now: datetime) -> int:
    """Forget sign-ins that have ended; returns how many."""
    return rows_changed(session.execute(delete(SignIn).where(SignIn.expires_at < now)))
