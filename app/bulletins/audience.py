"""Whom a bulletin is for, as one SELECT of person ids: never a list in memory, however many they are."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, cast, exists, func, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Session, aliased

from app.bulletins.schemas import Audience
from app.checkins.models import CheckIn
from app.foundation.clock import shanghai_day
from app.foundation.refusals import FieldFault, invalid
from app.notices.models import InboxEntry
from app.people.models import Person, RoleGrant
from app.people.rules import STAFF_ROLES
from app.stations.models import Station


def people(session: Session, audience: Audience, also_told: Sequence[uuid.UUID] = ()) -> Select[uuid.UUID]:
    """The people of an audience. Only who is active and known to WeChat is ever in it; `{}` is all of them.

    * `roles`: whoever holds one of them anywhere (a union).
    * `stations` and `roads` are one set of places, the union of the stations named and of those on the roads
      (`G22/G30` lies on both): whoever has checked in at one of them, or has his desk there.
    * `checked_in_since`: with places only check-ins there since then count (a desk counts all the same);
      without places, whoever has checked in anywhere since then.
    * Between roles, places and time all must hold (an intersection).

    `also_told` are earlier mailings: a correction reaches everybody who has one of them in the inbox, whether
    or not he is in its own audience (a union with all of the above).

    Everybody comes once. A union behind IN, not an OR of EXISTS: that asks each person anew, this finds them.
    """
    ways = _ways(session, audience)
    reached = select(Person.id).where(Person.state == "active", Person.openid.is_not(None))
    if not ways:
        return reached
    if also_told:
        ways.append(select(InboxEntry.person_id).where(InboxEntry.mailing_id.in_(also_told)))
    return reached.where(Person.id.in_(union_all(*ways)))


def _ways(session: Session, audience: Audience) -> list[Select[Any]]:
    """The ways to be in the audience, any of which will do; none where it is everybody."""
    since = _since(audience.checked_in_since)
    if audience.stations or audience.roads:
        codes = _codes(session, audience)
        been = select(CheckIn.person_id).where(CheckIn.station.in_(codes), *since)
        works = select(RoleGrant.person_id).where(RoleGrant.role.in_(STAFF_ROLES), RoleGrant.place.in_(codes))
        return [_holding(been, CheckIn.person_id, audience), _holding(works, RoleGrant.person_id, audience)]
    if since:
        return [_holding(select(CheckIn.person_id).where(*since), CheckIn.person_id, audience)]
    if audience.roles:
        return [select(RoleGrant.person_id).where(RoleGrant.role.in_(audience.roles))]
    return []


def _holding(way: Select[Any], person: Any, audience: Audience) -> Select[Any]:
    """Of these only who holds one of the roles, where roles are asked for."""
    if not audience.roles:
        return way
    held = aliased(RoleGrant)
    return way.where(exists().where(held.person_id == person, held.role.in_(audience.roles)))


def _since(since: datetime | None) -> list[ColumnElement[bool]]:
    """Since a moment; the day beside it is what the index of a station's days is ordered by."""
    if since is None:
        return []
    return [CheckIn.counted_at >= since, CheckIn.day >= shanghai_day(since)]


def _codes(session: Session, audience: Audience) -> list[str]:
    """The stations named and those on the roads named. As values: the planner counts them, and guesses
    anything else wrong."""
    on_roads = func.string_to_array(Station.road, "/").op("&&")(cast(audience.roads, ARRAY(TEXT)))
    found = select(Station.code).where(or_(Station.code.in_(audience.stations), on_roads))
    return list(session.scalars(found.order_by(Station.code)))


def check(session: Session, audience: Audience) -> None:
    """422 for a station that is not there: a slip of the pen would tell nobody."""
    unknown = unknown_stations(session, audience.stations)
    if unknown:
        raise invalid(FieldFault("audience.stations", f"没有这个站点：{'、'.join(unknown)}"))


def unknown_stations(session: Session, codes: Sequence[str]) -> list[str]:
    """Those of the codes that no station has."""
    if not codes:
        return []
    known = set(session.scalars(select(Station.code).where(Station.code.in_(codes))))
    return sorted(set(codes) - known)
