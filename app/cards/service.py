"""Use cases of cards: apply, see, leave; at the desk find by number, verify, refuse."""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.cards import rules
from app.cards.models import HomeCard
from app.cards.schemas import BenefitOut, CardAtDesk, CardHolder, CardOut
from app.foundation import audit
from app.foundation.clock import SHANGHAI
from app.foundation.database import rows_changed
from app.foundation.home import Home
from app.foundation.ids import new_id
from app.notices.service import tell
from app.people.models import Person
from app.people.rules import home_place, mask_phone
from app.settings import CardSettings
from app.web.callers import Caller


def apply(session: Session, caller: Caller, now: datetime, settings: CardSettings) -> CardOut:
    """A card that waits to be verified; the caller is in line. 409 `card.exists` while he has one."""
    over = update(HomeCard).where(
        HomeCard.person_id == caller.person_id, HomeCard.ended_at.is_(None), HomeCard.valid_until <= now
    )
    _done(session, over.values(state="expired", ended_at=HomeCard.valid_until))
    if _live(session, caller.person_id) is not None:
        raise rules.CARD_EXISTS.now()
    return _own_view(_insert(session, caller.person_id, now), now, settings)


def _insert(session: Session, person_id: uuid.UUID, now: datetime) -> HomeCard:
    """With a fresh number; one that is in use is drawn again."""
    while True:
        number = "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.NUMBER_LENGTH))
        row = insert(HomeCard).values(
            person_id=person_id, id=new_id(), number=number, state="applied", applied_at=now
        )
        made = row.on_conflict_do_nothing(index_elements=["number"]).returning(HomeCard)
        if (card := session.scalars(made).one_or_none()) is not None:
            return card


def leave(session: Session, caller: Caller, now: datetime) -> None:
    """The holder wants it no longer. 404 `card.unknown` where there is none."""
    live = update(HomeCard).where(HomeCard.person_id == caller.person_id, HomeCard.ended_at.is_(None))
    if not _done(session, live.values(state="left", ended_at=now)):
        raise rules.CARD_UNKNOWN.now()


def card_section(home: Home, session: Session, person_id: uuid.UUID, _: object) -> dict[str, Any] | None:
    """`User.card`: the last card as it stands, until it was given up, refused, or another follows."""
    card = _live(session, person_id)
    if card is None:
        return None
    return _own_view(card, home.clock.now(), home.settings.cards).model_dump(mode="json")


def _live(session: Session, person_id: uuid.UUID) -> HomeCard | None:
    found = select(HomeCard).where(HomeCard.person_id == person_id, HomeCard.ended_at.is_(None))
    return session.scalars(found).one_or_none()


def _own_view(card: HomeCard, now: datetime, settings: CardSettings) -> CardOut:
    state = rules.shown_state(card.state, card.valid_until, now)
    brings = rules.benefits(state, settings.benefits, settings.verified_benefits)
    return CardOut.model_validate(
        {
            "id": str(card.id),
            "number": card.number,
            "state": state,
            "applied_at": card.applied_at,
            "valid_until": card.valid_until,
            "benefits": [BenefitOut.model_validate(benefit) for benefit in brings],
        }
    )


def find(session: Session, caller: Caller, number: str, now: datetime) -> CardAtDesk:
    """The card that somebody shows at the desk; looking is recorded. 404 `card.unknown`."""
    row = session.execute(_with_holder().where(HomeCard.number == rules.clean_number(number))).one_or_none()
    if row is None:
        raise rules.CARD_UNKNOWN.now()
    audit.record_reading(session, now, caller.person_id, "card.read", "home_card", row[0].id)
    return _desk_view(row, now)


def verify(
    session: Session, caller: Caller, card_id: uuid.UUID, now: datetime, settings: CardSettings
) -> CardAtDesk:
    """Staff have seen whose card it is; saying so again changes nothing. The conditional UPDATE decides.

    404, 409 `card.over`, `card.own`.
    """
    card = _at_desk(session, caller, card_id)
    changed = (
        update(HomeCard)
        .where(HomeCard.id == card.id, HomeCard.state == "applied")
        .values(
            state="verified",
            station=home_place(caller.grants),
            verified_at=now,
            verified_by=caller.person_id,
            valid_until=now + timedelta(days=settings.valid_days),
        )
    )
    if _done(session, changed):
        until = (now + timedelta(days=settings.valid_days)).astimezone(SHANGHAI)
        _record(session, caller, card, "card.verified", now)
        _tell(session, card, now, "会员卡已核验", f"卡号 {card.number}，有效期到 {until:%Y-%m-%d}。")
    return _still(session, card_id, now, "verified")


def refuse(session: Session, caller: Caller, card_id: uuid.UUID, reason: str, now: datetime) -> CardAtDesk:
    """Not his, or misused: the card ends and its holder reads why. 404, 409 `card.over`, `card.own`."""
    card = _at_desk(session, caller, card_id)
    live = update(HomeCard).where(HomeCard.id == card.id, HomeCard.ended_at.is_(None))
    if _done(session, live.values(state="refused", ended_at=now, reason=reason)):
        _record(session, caller, card, "card.refused", now)
        _tell(session, card, now, "会员卡没有通过核验", f"原因：{reason}。可以改好后重新申请。")
    return _still(session, card_id, now, "refused")


def _at_desk(session: Session, caller: Caller, card_id: uuid.UUID) -> HomeCard:
    """The holder's row is locked first, as his own requests and an erasure do it."""
    holder = session.scalar(select(HomeCard.person_id).where(HomeCard.id == card_id))
    if holder is None:
        raise rules.CARD_UNKNOWN.now()
    if holder == caller.person_id:
        raise rules.CARD_OWN.now()
    session.execute(select(Person.id).where(Person.id == holder).with_for_update(key_share=True))
    card = session.scalars(select(HomeCard).where(HomeCard.id == card_id)).one_or_none()
    if card is None:
        raise rules.CARD_UNKNOWN.now()
    return card


def _still(session: Session, card_id: uuid.UUID, now: datetime, wanted: str) -> CardAtDesk:
    found = _with_holder().where(HomeCard.id == card_id).execution_options(populate_existing=True)
    view = _desk_view(session.execute(found).one(), now)
    if view.state != wanted:
        raise rules.CARD_OVER.now()
    return view


def _with_holder() -> Any:
    """A card with its holder, of whom no role is looked at: whose member he is, is nobody's business here."""
    who = Person.name, Person.phone, Person.vehicle_plate
    return select(HomeCard, *who).join(Person, Person.id == HomeCard.person_id)


def _desk_view(row: Row[Any], now: datetime) -> CardAtDesk:
    card, name, phone, plate = tuple(row)
    return CardAtDesk.model_validate(
        {
            "id": str(card.id),
            "number": card.number,
            "state": rules.shown_state(card.state, card.valid_until, now),
            "applied_at": card.applied_at,
            "verified_at": card.verified_at,
            "valid_until": card.valid_until,
            "holder": CardHolder(
                name=name or "司机", phone_masked=mask_phone(phone), plate_masked=rules.mask_plate(plate)
            ),
        }
    )


def _record(session: Session, caller: Caller, card: HomeCard, what: str, now: datetime) -> None:
    station = home_place(caller.grants)
    audit.record(session, now, caller.person_id, what, "home_card", card.id, station=station)


def _tell(session: Session, card: HomeCard, now: datetime, title: str, text: str) -> None:
    ref = {"kind": "card", "id": str(card.id)}
    tell(session, now, card.person_id, kind="request", title=title, text=text, ref=ref)


def _done(session: Session, statement: Any) -> bool:
    """Whether a conditional UPDATE found a row."""
    return bool(rows_changed(session.execute(statement.execution_options(synchronize_session=False))))
