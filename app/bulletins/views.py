"""From rows to what goes over the wire: for everybody, and for editors and approvers."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bulletins import store
from app.bulletins.models import Bulletin, BulletinRoad
from app.bulletins.rules import CATEGORIES, EVENT_WORDS
from app.bulletins.schemas import (
    BulletinEventOut,
    BulletinOut,
    ChangeOut,
    RoadOut,
    StaffBulletin,
    StaffBulletinLine,
)
from app.people.models import Person
from app.web.callers import Caller

_NAMELESS = "没留名字"


def public_view(
    bulletin: Bulletin, roads: Sequence[BulletinRoad], superseded_by: uuid.UUID | None, now: datetime
) -> BulletinOut:
    """A bulletin as everybody reads it."""
    return BulletinOut(**_shared(bulletin, roads, superseded_by, now))


def _shared(
    bulletin: Bulletin, roads: Sequence[BulletinRoad], superseded_by: uuid.UUID | None, now: datetime
) -> dict[str, Any]:
    return {
        "id": str(bulletin.id),
        "version": bulletin.version,
        "title": bulletin.title,
        "category": bulletin.category,
        "category_title": CATEGORIES[bulletin.category],
        "body_html": bulletin.body_html,
        "roads": [RoadOut.model_validate(road) for road in roads],
        "stations": bulletin.stations,
        "starts_at": bulletin.starts_at,
        "expires_at": bulletin.expires_at,
        "published_at": bulletin.send_at,
        "source": bulletin.source,
        "supersedes": _id(bulletin.supersedes),
        "superseded_by": _id(superseded_by),
        "expired": bulletin.expires_at is not None and bulletin.expires_at <= now,
        "changes": [ChangeOut(**change) for change in bulletin.changes],
    }


def _id(known: uuid.UUID | None) -> str | None:
    return str(known) if known else None


def staff_view(session: Session, caller: Caller, bulletin: Bulletin, now: datetime) -> StaffBulletin:
    """A bulletin with its Markdown, its state and its timeline."""
    roads = store.roads_of(session, [bulletin.id])[bulletin.id]
    names = names_of(session, [bulletin.author_id, bulletin.approved_by])
    later = session.scalar(store.successor(now).where(Bulletin.id == bulletin.id).correlate(None))
    return StaffBulletin(
        **_shared(bulletin, roads, later, now),
        line=str(bulletin.line),
        state=bulletin.state,
        body_markdown=bulletin.body_markdown,
        author=names[bulletin.author_id],
        approved_by=names.get(bulletin.approved_by) if bulletin.approved_by else None,
        mine=caller.person_id in (bulletin.author_id, bulletin.edited_by),
        revision=bulletin.revision,
        send_at=bulletin.send_at,
        audience=bulletin.audience,
        created_at=bulletin.created_at,
        updated_at=bulletin.updated_at,
        timeline=_timeline(session, bulletin.id),
    )


def _timeline(session: Session, bulletin_id: uuid.UUID) -> list[BulletinEventOut]:
    return [
        BulletinEventOut(
            what=event.what,
            word=EVENT_WORDS.get(event.what, event.what),
            at=event.at,
            by=event.actor_name,
            note=event.note,
        )
        for event in store.events(session, bulletin_id)
    ]


def staff_lines(session: Session, bulletins: Sequence[Bulletin]) -> list[StaffBulletinLine]:
    """Lines of the editors' list; three statements for however many."""
    roads = store.roads_of(session, [bulletin.id for bulletin in bulletins])
    people = [one for bulletin in bulletins for one in (bulletin.author_id, bulletin.approved_by)]
    names = names_of(session, people)
    return [
        StaffBulletinLine(
            id=str(bulletin.id),
            line=str(bulletin.line),
            version=bulletin.version,
            title=bulletin.title,
            category=bulletin.category,
            state=bulletin.state,
            roads=[RoadOut.model_validate(road) for road in roads[bulletin.id]],
            author=names[bulletin.author_id],
            approved_by=names.get(bulletin.approved_by) if bulletin.approved_by else None,
            send_at=bulletin.send_at,
            starts_at=bulletin.starts_at,
            expires_at=bulletin.expires_at,
            supersedes=_id(bulletin.supersedes),
            created_at=bulletin.created_at,
            updated_at=bulletin.updated_at,
        )
        for bulletin in bulletins
    ]


def names_of(session: Session, people: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The display names of these people."""
    wanted = {person for person in people if person}
    found = session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name or _NAMELESS for row in found}
