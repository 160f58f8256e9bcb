"""Rows of meals: take portions and give them back, shares, coupons, codes.

Whoever locks several rows locks them in this order, so that no two wait for each other: people, requests (by
id), orders, shares and coupons, the offer.
"""

import secrets
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation.database import rows_changed
from app.meals import rules
from app.meals.models import MealCoupon, MealOffer, MealOrder, MealShare
from app.web.callers import EVERYWHERE, Caller

LIVE = MealOrder.state.in_(rules.LIVE)


def find_offer(session: Session, offer_id: uuid.UUID) -> MealOffer:
    """An offer as it stands. 404 `meal.offer_unknown`."""
    offer = session.get(MealOffer, offer_id, populate_existing=True)
    if offer is None:
        raise rules.OFFER_UNKNOWN.now()
    return offer


def offer_at_desk(session: Session, caller: Caller, offer_id: uuid.UUID) -> MealOffer:
    """An offer of one of the caller's stations. 404 `meal.offer_unknown` otherwise."""
    offer = find_offer(session, offer_id)
    if not caller.reaches(offer.station, *rules.ROLES):
        raise rules.OFFER_UNKNOWN.now()
    return offer


def at_places(column: Any, caller: Caller) -> ColumnElement[bool]:
    """The condition that a station is one of the caller's."""
    places = caller.places(*rules.ROLES)
    return true() if EVERYWHERE in places else column.in_(places)


def take(session: Session, offer_id: uuid.UUID, portions: int, *conditions: ColumnElement[bool]) -> bool:
    """Count so many portions as taken if there are so many; the row count decides, whoever else comes."""
    taking = update(MealOffer).where(
        MealOffer.id == offer_id, MealOffer.taken + portions <= MealOffer.quota, *conditions
    )
    return done(session, taking.values(taken=MealOffer.taken + portions))


def give_back(session: Session, offer_id: uuid.UUID, portions: int) -> None:
    """So many portions are free again."""
    giving = update(MealOffer).where(MealOffer.id == offer_id)
    done(session, giving.values(taken=MealOffer.taken - portions))


def still_open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The conditions under which an offer takes orders."""
    return MealOffer.closed_at.is_(None), MealOffer.slot_ends_at > now, MealOffer.released_at.is_(None)


def take_share(session: Session, person_id: uuid.UUID, offer_id: uuid.UUID, portions: int) -> bool:
    """Count so many portions as this person's if he may have so many; the row that comes back decides."""
    row = insert(MealShare).values(person_id=person_id, offer_id=offer_id, portions=portions)
    grown = MealShare.portions + row.excluded.portions
    more = row.on_conflict_do_update(
        index_elements=["person_id", "offer_id"],
        set_={"portions": grown},
        where=grown <= rules.MOST_PORTIONS,
    )
    return session.scalar(more.returning(MealShare.portions)) is not None


def take_coupon(session: Session, person_id: uuid.UUID, day: date, request_id: uuid.UUID) -> bool:
    """Use the person's free portion of that day, if he has not; the row that comes back decides."""
    row = insert(MealCoupon).values(person_id=person_id, day=day, request_id=request_id)
    return session.scalar(row.on_conflict_do_nothing().returning(MealCoupon.day)) is not None


def give_back_personal(session: Session, order: MealOrder) -> None:
    """The person's share and coupon of an order that ended without a meal."""
    if order.person_id is None:
        return
    share = update(MealShare).where(
        MealShare.person_id == order.person_id, MealShare.offer_id == order.offer_id
    )
    done(session, share.values(portions=MealShare.portions - order.quantity))
    if order.free:
        used = delete(MealCoupon).where(
            MealCoupon.person_id == order.person_id,
            MealCoupon.day == order.day,
            MealCoupon.request_id == order.request_id,
        )
        session.execute(used)


def add_order(session: Session, **values: Any) -> MealOrder:
    """Insert with a fresh code; one that the station gave out for that day already is drawn again."""
    while True:
        code = rules.code_of(values["day"], secrets.randbelow(10_000))
        row = insert(MealOrder).values(code=code, **values)
        made = row.on_conflict_do_nothing(index_elements=["origin", "day", "code"]).returning(MealOrder)
        if (order := session.scalars(made).one_or_none()) is not None:
            return order


def end_order(session: Session, order: MealOrder, state: str, now: datetime, *states: str) -> bool:
    """Bring an order to an end from one of these states (live ones by default); the row count decides."""
    return _move(session, order, states or rules.LIVE, state=state, ended_at=now)


def mark_ready(session: Session, order: MealOrder) -> bool:
    """It stands on the counter; False where that is known, or it has ended."""
    return _move(session, order, ("reserved",), state="ready")


def _move(session: Session, order: MealOrder, states: Sequence[str], **values: Any) -> bool:
    moving = update(MealOrder).where(
        MealOrder.origin == order.origin,
        MealOrder.request_id == order.request_id,
        MealOrder.state.in_(states),
    )
    won = done(session, moving.values(**values))
    if won:
        session.refresh(order)
    return won


def by_code(session: Session, caller: Caller, code: str, today: date) -> list[MealOrder]:
    """The orders with this code at the caller's stations, among those whose day can be meant."""
    found = select(MealOrder).where(
        at_places(MealOrder.origin, caller),
        MealOrder.code == code,
        MealOrder.day >= today - rules.CODES_LIVE,
        MealOrder.day <= today + rules.FURTHEST,
    )
    return list(session.scalars(found.order_by(MealOrder.day)))


def done(session: Session, statement: Any) -> bool:
    """Whether a conditional UPDATE met its row."""
    return rows_changed(session.execute(statement.execution_options(synchronize_session=False))) == 1
