"""What is read from the tables: the public list and its search, the editors' list."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Session, defer
from sqlalchemy.sql.base import ExecutableOption

from app.bulletins import store, views
from app.bulletins.models import Bulletin, Question
from app.bulletins.rules import (
    BULLETIN_UNKNOWN,
    LIVE,
    WITHDRAWN,
    fold,
    road_keys,
    sought,
    station_key,
)
from app.bulletins.schemas import (
    BulletinOut,
    BulletinQuery,
    StaffBulletinLine,
    StaffBulletinQuery,
)
from app.stations.models import Station
from app.web.callers import Caller
from app.web.paging import Listed, read_cursor, write_cursor


def public_list(session: Session, query: BulletinQuery, now: datetime) -> Listed[BulletinOut]:
    """What holds at this moment, newest first: neither expired, nor replaced, nor taken back.

    `road` matches a stretch on that road, `station` what is about the station or about its road, `q` a
    substring of title, source, roads or text. Two statements, however many there are.
    """
    found = select(Bulletin).where(store.holds(now), *_filters(query))
    if place := read_cursor(query.cursor):
        found = found.where(
            tuple_(Bulletin.send_at, Bulletin.id) < tuple_(literal(place[0]), literal(place[1]))
        )
    ordered = found.order_by(Bulletin.send_at.desc(), Bulletin.id.desc()).limit(query.limit + 1)
    rows = list(session.scalars(ordered.options(*_not_shown())))
    shown = rows[: query.limit]
    roads = store.roads_of(session, [row.id for row in shown])
    more = None
    if len(rows) > query.limit and (last := shown[-1]).send_at:
        more = write_cursor(last.send_at, last.id)
    return Listed[BulletinOut](
        items=[views.public_view(row, roads[row.id], None, now) for row in shown], next_cursor=more
    )


def _not_shown() -> list[ExecutableOption]:
    return [
        defer(column, raiseload=True)
        for column in (Bulletin.search_text, Bulletin.search_keys, Bulletin.body_markdown)
    ]


def _filters(query: BulletinQuery) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.category:
        conditions.append(Bulletin.category == query.category)
    if query.road and (roads := road_keys(query.road.strip())):
        conditions.append(Bulletin.search_keys.contains(roads))
    if query.station:
        conditions.append(_about_station(query.station))
    return conditions + _says(query.q)


def _about_station(code: str) -> ColumnElement[bool]:
    """About the station itself, or about a road that it lies on."""
    keyed = literal("road:").concat(func.replace(Station.road, "/", "/road:"))
    its_roads = select(func.string_to_array(keyed, "/")).where(Station.code == code)
    keys = func.array_append(its_roads.scalar_subquery(), station_key(code), type_=ARRAY(TEXT))
    overlaps: ColumnElement[bool] = Bulletin.search_keys.overlap(keys)
    return overlaps


def _says(q: str | None) -> list[ColumnElement[bool]]:
    wanted = fold(q or "")
    return says(Bulletin.search_keys, Bulletin.search_text, wanted) if wanted else []


def says(keys: Any, folded: Any, wanted: str) -> list[ColumnElement[bool]]:
    """Whether a text holds a folded substring: by the index, and where its pairs of characters alone do not
    say so, by looking. No pattern, so that % and _ are plain characters."""
    found: list[ColumnElement[bool]] = [keys.contains(sought(wanted))]
    return found if len(wanted) <= 2 else [*found, func.strpos(folded, wanted) > 0]


def public_one(session: Session, bulletin_id: uuid.UUID, now: datetime) -> BulletinOut:
    """One that was published, also when it has expired or been replaced, which it says.

    404 `bulletin.unknown` before its hour, `bulletin.withdrawn` when it was taken back after it.
    """
    found = select(Bulletin, store.successor(now).scalar_subquery()).where(Bulletin.id == bulletin_id)
    row = session.execute(found).one_or_none()
    if row is None or row[0].send_at is None or row[0].send_at > now:
        raise BULLETIN_UNKNOWN.now()
    if row[0].state not in LIVE:
        raise (WITHDRAWN if row[0].state == "withdrawn" else BULLETIN_UNKNOWN).now()
    roads = store.roads_of(session, [bulletin_id])[bulletin_id]
    return views.public_view(row[0], roads, row[1], now)


def next_change(session: Session, now: datetime) -> datetime | None:
    """When what the public reads changes by itself: the next hour that comes, the next end."""
    coming = select(func.min(Bulletin.send_at)).where(Bulletin.state.in_(LIVE), Bulletin.send_at > now)
    ending = select(func.min(Bulletin.expires_at)).where(Bulletin.state.in_(LIVE), Bulletin.expires_at > now)
    stale = select(func.min(Question.expires_at)).where(
        Question.state == "answered", Question.expires_at > now
    )
    parts = (coming.scalar_subquery(), ending.scalar_subquery(), stale.scalar_subquery())
    row = session.execute(select(*parts)).one()
    return min((moment for moment in row if moment is not None), default=None)


def staff_list(session: Session, caller: Caller, query: StaffBulletinQuery) -> Listed[StaffBulletinLine]:
    """All versions in whatever state, the last changed first."""
    conditions: list[ColumnElement[bool]] = []
    if query.state:
        conditions.append(Bulletin.state == query.state)
    if query.category:
        conditions.append(Bulletin.category == query.category)
    if query.mine:
        conditions.append(Bulletin.author_id == caller.person_id)
    conditions += _says(query.q)
    found: Select[Bulletin] = select(Bulletin).where(and_(True, *conditions))
    if place := read_cursor(query.cursor):
        found = found.where(
            tuple_(Bulletin.updated_at, Bulletin.id) < tuple_(literal(place[0]), literal(place[1]))
        )
    ordered = found.order_by(Bulletin.updated_at.desc(), Bulletin.id.desc()).limit(query.limit + 1)
    rows = list(session.scalars(ordered.options(*_not_shown(), defer(Bulletin.body_html, raiseload=True))))
    shown = rows[: query.limit]
    more = write_cursor(shown[-1].updated_at, shown[-1].id) if len(rows) > query.limit else None
    return Listed[StaffBulletinLine](items=views.staff_lines(session, shown), next_cursor=more)
