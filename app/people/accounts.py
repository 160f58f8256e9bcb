"""Staff accounts of the console: passwords that are slow to guess, and a lock on guessing."""

import secrets
import uuid
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from app.foundation.database import Database
from app.foundation.ids import new_id
from app.foundation.refusals import Refusal
from app.people.models import Person, SignIn, StaffAccount
from app.people.rules import CONSOLE_LOCKED, CONSOLE_WRONG, password_refusal
from app.people.service import make_sign_in
from app.settings import LimitSettings

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def create(session: Session, login: str, name: str, now: datetime) -> tuple[uuid.UUID, str]:
    """Make a person with an account; answers (person id, the one-time password to be changed at first use).

    IntegrityError when the login is taken.
    """
    person = Person(id=new_id(), name=name, state="active", created_at=now)
    session.add(person)
    session.flush()
    password = secrets.token_urlsafe(12)
    open_account(session, person.id, login, password, now, must_change=True)
    return person.id, password


def open_account(
    session: Session, person_id: uuid.UUID, login: str, password: str, now: datetime, *, must_change: bool
) -> None:
    """Give a person a login to the console."""
    session.add(
        StaffAccount(
            person_id=person_id,
            login=login.strip().lower(),
            password_hash=_hasher.hash(password),
            must_change=must_change,
            failures=0,
            created_at=now,
        )
    )
    session.flush()


def sign_in(
    database: Database, login: str, password: str, now: datetime, limits: LimitSettings, lasts: timedelta
) -> str | Refusal:
    """A console token, or why not; own transactions, since a wrong guess must be remembered.

    The try is counted *before* the password is looked at, so that parallel guesses cannot outrun the lock.
    """
    with database.transaction() as session:
        account = _count_try(session, login.strip().lower(), now, limits)
        known = account is not None or _exists(session, login)
    if account is None:
        _matches(_NOBODY, password)  # as slow for a name that does not exist
        return CONSOLE_LOCKED if known else CONSOLE_WRONG
    if not _matches(account.password_hash, password):
        return CONSOLE_WRONG
    with database.transaction() as session:
        if session.scalar(select(Person.state).where(Person.id == account.person_id)) != "active":
            return CONSOLE_WRONG
        _forget_tries(session, account.person_id)
        return make_sign_in(session, account.person_id, "console", now, lasts)


def _count_try(session: Session, login: str, now: datetime, limits: LimitSettings) -> StaffAccount | None:
    fresh = case((StaffAccount.locked_until <= now, 1), else_=StaffAccount.failures + 1)
    until = now + timedelta(minutes=limits.console_lock_minutes)
    counted = (
        update(StaffAccount)
        .where(
            StaffAccount.login == login,
            (StaffAccount.locked_until.is_(None)) | (StaffAccount.locked_until <= now),
        )
        .values(failures=fresh, locked_until=case((fresh >= limits.console_failures, until), else_=None))
        .returning(StaffAccount)
    )
    return session.scalars(counted).one_or_none()


def _exists(session: Session, login: str) -> bool:
    return (
        session.scalar(select(StaffAccount.login).where(StaffAccount.login == login.strip().lower()))
        is not None
    )


def _forget_tries(session: Session, person_id: uuid.UUID) -> None:
    clean = (
        update(StaffAccount).where(StaffAccount.person_id == person_id).values(failures=0, locked_until=None)
    )
    session.execute(clean)


def change_password(
    session: Session, person_id: uuid.UUID, old: str, new: str, keep: bytes
) -> Refusal | None:
    """Set a new password; every other console sign-in of this person ends. None when it was done."""
    account = session.get(StaffAccount, person_id, with_for_update=True)
    if account is None or not _matches(account.password_hash, old):
        return CONSOLE_WRONG
    if refusal := password_refusal(new, account.login, old):
        return refusal
    account.password_hash = _hasher.hash(new)
    account.must_change = False
    session.flush()
    others = SignIn.person_id == person_id, SignIn.kind == "console", SignIn.token_hash != keep
    session.execute(delete(SignIn).where(*others))
    return None


def find_login(session: Session, login: str) -> uuid.UUID | None:
    """Whose login this is; None when it is nobody's."""
    wanted = StaffAccount.login == login.strip().lower()
    return session.scalar(select(StaffAccount.person_id).where(wanted))


def reset(session: Session, person_id: uuid.UUID) -> str:
    """A new one-time password; the lock on guessing is lifted and every console sign-in ends."""
    password = secrets.token_urlsafe(12)
    fresh = {
        "password_hash": _hasher.hash(password),
        "must_change": True,
        "failures": 0,
        "locked_until": None,
    }
    session.execute(update(StaffAccount).where(StaffAccount.person_id == person_id).values(**fresh))
    session.execute(delete(SignIn).where(SignIn.person_id == person_id, SignIn.kind == "console"))
    return password


def must_change(session: Session, person_id: uuid.UUID) -> bool:
    """Whether the one-time password is still in use."""
    return bool(session.scalar(select(StaffAccount.must_change).where(StaffAccount.person_id == person_id)))


def _matches(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password[:200])
    except (VerificationError, InvalidHashError):
        return False
