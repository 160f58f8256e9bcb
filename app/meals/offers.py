"""Offers: made, changed and closed by their station, looked at by everybody."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, tuple_, update
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.clock import day_bounds, shanghai_day
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.meals import rules, store
from app.meals.models import MealCoupon, MealOffer, MealOrder, MealShare, MealWalkIn
from app.meals.orders import slot_of
from app.meals.schemas import (
    CloseOffer,
    OfferBrief,
    OfferChange,
    OfferIn,
    OfferOut,
    OffersQuery,
    StaffOfferOut,
)
from app.stations.service import require_station
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor
from app.web.refusals import FORBIDDEN


def make(session: Session, caller: Caller, body: OfferIn, now: datetime) -> StaffOfferOut:
    """An offer of one of the caller's stations. 403 elsewhere, 404 `station.unknown`, 422 for its slot."""
    if not caller.reaches(body.station, *rules.ROLES):
        raise FORBIDDEN.now()
    require_station(session, body.station)
    if faults := rules.offer_faults(body.slot_starts_at, body.slot_ends_at, now):
        raise invalid(*faults)
    offer = MealOffer(id=new_id(), taken=0, created_at=now, **body.model_dump())
    session.add(offer)
    session.flush()
    _record(session, caller, offer, "meal.offer_made", now)
    return staff_views(session, [offer])[0]


def change(
    session: Session, caller: Caller, offer_id: uuid.UUID, body: OfferChange, now: datetime
) -> StaffOfferOut:
    """Its name, price or number of portions: never fewer than are taken, 409 `meal.quota_below_taken`.

    Who has ordered already pays what he was told.
    """
    offer = store.offer_at_desk(session, caller, offer_id)
    if changed := body.model_dump(exclude_none=True):
        changing = update(MealOffer).where(
            MealOffer.id == offer.id, MealOffer.taken <= changed.get("quota", MealOffer.quota)
        )
        if not store.done(session, changing.values(**changed)):
            raise rules.QUOTA_BELOW_TAKEN.now()
        _record(session, caller, offer, "meal.offer_changed", now)
    return _seen(session, offer.id)


def close(
    session: Session, caller: Caller, offer_id: uuid.UUID, body: CloseOffer, now: datetime
) -> StaffOfferOut:
    """No more orders. With `cancel_orders` those that stand are cancelled by the clockwork at once, and their
    drivers told why; 422 without a reason. Closing again changes nothing but may still cancel."""
    offer = store.offer_at_desk(session, caller, offer_id)
    if body.cancel_orders and not body.reason:
        raise invalid(FieldFault("reason", "要写原因，司机会看到"))
    values: dict[str, Any] = {"closed_at": func.coalesce(MealOffer.closed_at, now)}
    if body.cancel_orders:
        values["cancel_reason"] = func.coalesce(MealOffer.cancel_reason, body.reason)
    store.done(session, update(MealOffer).where(MealOffer.id == offer.id).values(**values))
    _record(session, caller, offer, "meal.offer_closed", now)
    return _seen(session, offer.id)


def _record(session: Session, caller: Caller, offer: MealOffer, act: str, now: datetime) -> None:
    audit.record(session, now, caller.person_id, act, "meal_offer", offer.id, station=offer.station)


def _seen(session: Session, offer_id: uuid.UUID) -> StaffOfferOut:
    return staff_views(session, [store.find_offer(session, offer_id)])[0]


def listing(session: Session, caller: Caller, query: OffersQuery, now: datetime) -> Listed[OfferOut]:
    """What there is to eat on a Shanghai day, the soonest first; what is closed is left out."""
    wanted = _of_day(query, now).where(MealOffer.closed_at.is_(None))
    offers, more = _page(session, wanted, query)
    return Listed[OfferOut](items=_own_views(session, caller, offers, now), next_cursor=more)


def staff_listing(
    session: Session, caller: Caller, query: OffersQuery, now: datetime
) -> Listed[StaffOfferOut]:
    """The offers of the caller's stations on a day, closed ones too. 403 for another station."""
    if query.station and not caller.reaches(query.station, *rules.ROLES):
        raise FORBIDDEN.now()
    wanted = _of_day(query, now).where(store.at_places(MealOffer.station, caller))
    offers, more = _page(session, wanted, query)
    return Listed[StaffOfferOut](items=staff_views(session, offers), next_cursor=more)


def of_today(session: Session, station: str, now: datetime) -> list[OfferBrief]:
    """What the card of a station shows: what can still be ordered or fetched today."""
    wanted = _of_day(OffersQuery(station=station), now).where(*store.still_open(now))
    return [OfferBrief(**_brief(offer)) for offer in session.scalars(wanted)]


def _of_day(query: OffersQuery, now: datetime) -> Select[MealOffer]:
    """Offers whose slot touches that day: one that crosses midnight belongs to both."""
    begins, ends = day_bounds(query.day or shanghai_day(now))
    wanted = select(MealOffer).where(
        MealOffer.slot_starts_at >= begins - rules.LONGEST_SLOT,
        MealOffer.slot_starts_at < ends,
        MealOffer.slot_ends_at > begins,
    )
    if query.station:
        wanted = wanted.where(MealOffer.station == query.station)
    return wanted.order_by(MealOffer.slot_starts_at, MealOffer.id)


def _page(
    session: Session, wanted: Select[MealOffer], query: OffersQuery
) -> tuple[Sequence[MealOffer], str | None]:
    if after := read_cursor(query.cursor):
        place = tuple_(MealOffer.slot_starts_at, MealOffer.id)
        wanted = wanted.where(place > tuple_(literal(after[0]), literal(after[1])))
    rows = session.scalars(wanted.limit(query.limit + 1)).all()
    last = rows[query.limit - 1] if len(rows) > query.limit else None
    return rows[: query.limit], write_cursor(last.slot_starts_at, last.id) if last else None


def _own_views(
    session: Session, caller: Caller, offers: Sequence[MealOffer], now: datetime
) -> list[OfferOut]:
    """The offers with what the caller holds of them: two statements, however many there are."""
    if not offers:
        return []
    mine = select(MealShare.offer_id, MealShare.portions).where(
        MealShare.person_id == caller.person_id, MealShare.offer_id.in_([offer.id for offer in offers])
    )
    portions = {row.offer_id: row.portions for row in session.execute(mine)}
    days = {rules.meal_day(offer.slot_starts_at) for offer in offers}
    coupons = select(MealCoupon.day).where(MealCoupon.person_id == caller.person_id, MealCoupon.day.in_(days))
    used = set(session.scalars(coupons))
    return [_own_view(offer, portions.get(offer.id, 0), used, now) for offer in offers]


def _own_view(offer: MealOffer, mine: int, used: set[Any], now: datetime) -> OfferOut:
    left = offer.quota - offer.taken
    refusal = rules.order_refusal(offer.closed_at is not None, offer.slot_ends_at, left, 1, now)
    why_not = refusal or (rules.LIMIT if mine >= rules.MOST_PORTIONS else None)
    return OfferOut(
        **_brief(offer),
        station=offer.station,
        quota=offer.quota,
        mine=mine,
        coupon_left=rules.meal_day(offer.slot_starts_at) not in used,
        can_order=why_not is None,
        why_not=why_not.code if why_not else None,
        why_not_text=why_not.detail if why_not else None,
    )


def _brief(offer: MealOffer) -> dict[str, Any]:
    return {
        "id": str(offer.id),
        "name": offer.name,
        "side": offer.side,
        "slot": slot_of(offer),
        "price_fen": offer.price_fen,
        "left": offer.quota - offer.taken,
    }


def staff_views(session: Session, offers: Sequence[MealOffer]) -> list[StaffOfferOut]:
    """The offers with what became of their portions: two statements, however many there are."""
    ids = [offer.id for offer in offers]
    if not ids:
        return []
    ordered = (
        select(MealOrder.offer_id, MealOrder.state, func.sum(MealOrder.quantity))
        .where(MealOrder.offer_id.in_(ids))
        .group_by(MealOrder.offer_id, MealOrder.state)
    )
    portions = {(row[0], row[1]): row[2] for row in session.execute(ordered)}
    came = (
        select(MealWalkIn.offer_id, func.sum(MealWalkIn.quantity))
        .where(MealWalkIn.offer_id.in_(ids), MealWalkIn.undone_at.is_(None))
        .group_by(MealWalkIn.offer_id)
    )
    walked = {row[0]: row[1] for row in session.execute(came)}
    states = ("reserved", "ready", "picked_up", "expired")
    return [
        StaffOfferOut(
            **_brief(offer),
            station=offer.station,
            quota=offer.quota,
            closed=offer.closed_at is not None,
            **{state: portions.get((offer.id, state), 0) for state in states},
            walk_ins=walked.get(offer.id, 0),
        )
        for offer in offers
    ]
