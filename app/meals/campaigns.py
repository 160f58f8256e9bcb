"""Use cases of campaigns: plan, count what is handed out, reverse, settle, look at it."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.foundation import audit
from app.foundation.ids import new_id
from app.foundation.refusals import FieldFault, invalid
from app.helpdesk.store import stop
from app.meals import rules, store
from app.meals.campaign_schemas import (
    CampaignIn,
    CampaignNotice,
    CampaignOut,
    CampaignQuery,
    EntryIn,
    EntryOut,
    KindCount,
    SettleIn,
    StationCount,
)
from app.meals.models import Campaign, CampaignEntry, CampaignStation
from app.stations.service import require_station
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor
from app.web.refusals import FORBIDDEN

_ANNOUNCED = timedelta(days=3)


def make(session: Session, caller: Caller, body: CampaignIn, now: datetime) -> CampaignOut:
    """A campaign at some of the caller's stations. 403 for others, 404 `station.unknown`, 422."""
    stations = sorted(set(body.stations))
    if not all(caller.reaches(station, *rules.LEADERS) for station in stations):
        raise FORBIDDEN.now()
    for station in stations:
        require_station(session, station)
    if faults := rules.campaign_faults(body.starts_at, body.ends_at):
        raise invalid(*faults)
    about = body.model_dump(exclude={"stations"})
    campaign = Campaign(id=new_id(), created_at=now, created_by=caller.person_id, **about)
    session.add(campaign)
    session.flush()
    session.add_all(CampaignStation(campaign_id=campaign.id, station=station) for station in stations)
    session.flush()
    _record(session, caller, campaign.id, "campaign.made", now)
    return _views(session, [campaign], now)[0]


def enter(session: Session, caller: Caller, campaign_id: uuid.UUID, body: EntryIn, now: datetime) -> EntryOut:
    """Count what was handed out, also before and after its time: paper is written down later.

    404 `campaign.unknown`, 409 `campaign.closed`, 422 where it is not clear at which station.
    """
    campaign, stations = _open_one(session, caller, campaign_id)
    station = _where(caller, body, stations)
    entry = CampaignEntry(
        station=station,
        id=new_id(),
        campaign_id=campaign.id,
        person_kind=body.person_kind,
        quantity=body.quantity,
        by_hand=body.by_hand,
        at=now,
        actor_id=caller.person_id,
    )
    session.add(entry)
    session.flush()
    return _entry(session, entry)


def reverse(session: Session, caller: Caller, entry_id: uuid.UUID, now: datetime) -> EntryOut:
    """Take an entry back by one of the opposite sign; once. 404 `campaign.entry_unknown`, 409."""
    mine = store.at_places(CampaignEntry.station, caller)
    wrong = session.scalar(select(CampaignEntry).where(CampaignEntry.id == entry_id, mine))
    if wrong is None:
        raise rules.ENTRY_UNKNOWN.now()
    _open_one(session, caller, wrong.campaign_id)
    if wrong.reverses is not None:
        raise rules.ENTRY_REVERSED.now()
    names = ("station", "campaign_id", "person_kind", "by_hand")
    row = insert(CampaignEntry).values(
        id=new_id(),
        quantity=-wrong.quantity,
        at=now,
        actor_id=caller.person_id,
        reverses=wrong.id,
        **{name: getattr(wrong, name) for name in names},
    )
    entry = session.scalars(row.on_conflict_do_nothing().returning(CampaignEntry)).one_or_none()
    if entry is None:
        raise rules.ENTRY_REVERSED.now()
    _record(session, caller, wrong.campaign_id, "campaign.entry_reversed", now)
    return _entry(session, entry)


def settle(
    session: Session, caller: Caller, campaign_id: uuid.UUID, body: SettleIn, now: datetime
) -> CampaignOut:
    """The end: scanned + counted by hand = handed out, and nothing is changed any more.

    Entries that are being written are waited for. 403 for who does not lead at all of its stations, 404,
    409 `campaign.closed`, `campaign.not_balanced` with both sums.
    """
    campaign, stations = _open_one(session, caller, campaign_id, to_settle=True)
    if not all(caller.reaches(station, *rules.LEADERS) for station in stations):
        raise FORBIDDEN.now()
    sums = _sums(session, [campaign.id])[campaign.id]
    scanned, by_hand = _both(sums)
    refusal = rules.settlement_refusal(scanned, by_hand, body.handed_out)
    stop(refusal, scanned=scanned, by_hand=by_hand)
    campaign.settled_at, campaign.settled_by, campaign.note = now, caller.person_id, body.note
    campaign.scanned, campaign.by_hand, campaign.handed_out = scanned, by_hand, scanned + by_hand
    session.flush()
    _record(session, caller, campaign.id, "campaign.settled", now)
    return _views(session, [campaign], now)[0]


def _open_one(
    session: Session, caller: Caller, campaign_id: uuid.UUID, *, to_settle: bool = False
) -> tuple[Campaign, list[str]]:
    """A campaign of the caller's that is not settled, and its stations. Who counts shares the row, who
    settles waits for all of them. 404 `campaign.unknown`, 409 `campaign.closed`."""
    campaign = _locked(session, campaign_id, to_settle=to_settle)
    at = select(CampaignStation.station).where(CampaignStation.campaign_id == campaign_id)
    stations = list(session.scalars(at.order_by(CampaignStation.station)))
    if campaign is None or not any(caller.reaches(station, *rules.ROLES) for station in stations):
        raise rules.CAMPAIGN_UNKNOWN.now()
    if campaign.settled_at is not None:
        raise rules.CAMPAIGN_CLOSED.now()
    return campaign, stations


def _locked(session: Session, campaign_id: uuid.UUID, *, to_settle: bool) -> Campaign | None:
    return session.scalar(
        select(Campaign)
        .where(Campaign.id == campaign_id)
        .with_for_update(read=not to_settle)
        .execution_options(populate_existing=True)
    )


def _where(caller: Caller, body: EntryIn, stations: Sequence[str]) -> str:
    """The station named, or the only one of the campaign at which the caller works."""
    mine = [station for station in stations if caller.reaches(station, *rules.ROLES)]
    if body.station is None and len(mine) > 1:
        raise invalid(FieldFault("station", "请选站点"))
    if body.station not in (None, *mine):
        raise invalid(FieldFault("station", "这个站点不在活动里，或不归您管"))
    return body.station or mine[0]


def _record(session: Session, caller: Caller, campaign_id: uuid.UUID, act: str, now: datetime) -> None:
    audit.record(session, now, caller.person_id, act, "campaign", campaign_id)


def listing(session: Session, caller: Caller, query: CampaignQuery, now: datetime) -> Listed[CampaignOut]:
    """The campaigns of the caller's stations, the newest first. 403 for another station."""
    if query.station and not caller.reaches(query.station, *rules.ROLES):
        raise FORBIDDEN.now()
    wanted = _of(caller, query.station)
    if query.settled is not None:
        wanted = wanted.where(Campaign.settled_at.is_not(None) == query.settled)
    place = (Campaign.starts_at, Campaign.id)
    if after := read_cursor(query.cursor):
        wanted = wanted.where(tuple_(*place) < tuple_(literal(after[0]), literal(after[1])))
    ordered = wanted.order_by(*(column.desc() for column in place)).limit(query.limit + 1)
    rows = session.scalars(ordered).all()
    last = rows[query.limit - 1] if len(rows) > query.limit else None
    return Listed[CampaignOut](
        items=_views(session, rows[: query.limit], now),
        next_cursor=write_cursor(last.starts_at, last.id) if last else None,
    )


def one(session: Session, caller: Caller, campaign_id: uuid.UUID, now: datetime) -> CampaignOut:
    """One campaign of the caller's. 404 `campaign.unknown`."""
    campaign = session.scalar(_of(caller, None).where(Campaign.id == campaign_id))
    if campaign is None:
        raise rules.CAMPAIGN_UNKNOWN.now()
    return _views(session, [campaign], now)[0]


def _of(caller: Caller, station: str | None) -> Select[Campaign]:
    there = [CampaignStation.campaign_id == Campaign.id, store.at_places(CampaignStation.station, caller)]
    if station:
        there.append(CampaignStation.station == station)
    return select(Campaign).where(exists().where(*there))


def notices(session: Session, station: str, now: datetime) -> list[CampaignNotice]:
    """What the card of a station tells of campaigns: those that run, or begin within three days."""
    there = exists().where(CampaignStation.campaign_id == Campaign.id, CampaignStation.station == station)
    found = select(Campaign).where(
        there,
        Campaign.settled_at.is_(None),
        Campaign.ends_at > now,
        Campaign.starts_at > now - rules.LONGEST_CAMPAIGN,
        Campaign.starts_at < now + _ANNOUNCED,
    )
    return [
        CampaignNotice.model_validate(campaign)
        for campaign in session.scalars(found.order_by(Campaign.starts_at))
    ]


Sums = Counter[tuple[str, str, bool]]
"""How many by station, kind of people, and whether counted by hand."""


def _sums(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Sums]:
    """Of several campaigns in one statement."""
    columns = (CampaignEntry.station, CampaignEntry.person_kind, CampaignEntry.by_hand)
    found = (
        select(CampaignEntry.campaign_id, *columns, func.sum(CampaignEntry.quantity))
        .where(CampaignEntry.campaign_id.in_(ids))
        .group_by(CampaignEntry.campaign_id, *columns)
    )
    sums: dict[uuid.UUID, Sums] = {campaign_id: Counter() for campaign_id in ids}
    for campaign_id, station, kind, by_hand, quantity in session.execute(found):
        sums[campaign_id][station, kind, by_hand] = quantity
    return sums


def _both(sums: Sums) -> tuple[int, int]:
    """Scanned, and counted by hand."""
    by_hand = sum(quantity for key, quantity in sums.items() if key[2])
    return sum(sums.values()) - by_hand, by_hand


def _views(session: Session, campaigns: Sequence[Campaign], now: datetime) -> list[CampaignOut]:
    """With their counts: two statements, however many there are."""
    ids = [campaign.id for campaign in campaigns]
    if not ids:
        return []
    sums = _sums(session, ids)
    at = select(CampaignStation.campaign_id, CampaignStation.station).where(
        CampaignStation.campaign_id.in_(ids)
    )
    stations: dict[uuid.UUID, list[str]] = {campaign_id: [] for campaign_id in ids}
    for row in session.execute(at.order_by(CampaignStation.station)):
        stations[row.campaign_id].append(row.station)
    return [_view(campaign, stations[campaign.id], sums[campaign.id], now) for campaign in campaigns]


def _view(campaign: Campaign, stations: Sequence[str], sums: Sums, now: datetime) -> CampaignOut:
    scanned, by_hand = _both(sums)
    settled = campaign.settled_at is not None
    kinds: Counter[str] = Counter()
    for (_, kind, _), quantity in sums.items():
        kinds[kind] += quantity
    shown: dict[str, Any] = {
        name: getattr(campaign, name)
        for name in ("name", "starts_at", "ends_at", "planned", "settled_at", "note")
    }
    return CampaignOut.model_validate(
        {
            **shown,
            "id": str(campaign.id),
            "state": rules.campaign_state(campaign.starts_at, campaign.ends_at, settled, now),
            "scanned": scanned,
            "by_hand": by_hand,
            "handed_out": scanned + by_hand,
            "stations": [_at(station, sums) for station in stations],
            "kinds": [KindCount(person_kind=kind, quantity=kinds[kind]) for kind in sorted(kinds)],
        }
    )


def _at(station: str, sums: Sums) -> StationCount:
    here: Sums = Counter({key: quantity for key, quantity in sums.items() if key[0] == station})
    scanned, by_hand = _both(here)
    return StationCount(station=station, scanned=scanned, by_hand=by_hand)


def _entry(session: Session, entry: CampaignEntry) -> EntryOut:
    scanned, by_hand = _both(_sums(session, [entry.campaign_id])[entry.campaign_id])
    shown = {name: getattr(entry, name) for name in ("station", "person_kind", "quantity", "by_hand")}
    totals = {"scanned_total": scanned, "by_hand_total": by_hand, "handed_out": scanned + by_hand}
    return EntryOut.model_validate({"id": str(entry.id), **shown, **totals})
