"""From a bulletin to its mailing: what the message says, whom it reaches, how far it has come."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.bulletins import audience as audiences
from app.bulletins import rules, store
from app.bulletins.markdown import plain
from app.bulletins.models import Bulletin
from app.bulletins.schemas import Audience, Deliveries, Reach
from app.notices import mailings
from app.notices.service import Message

SCENE = "bulletin"
_MOST_TEXT = 300
_PARTS = ("queued", "sending", "sent", "refused", "failed", "expired", "unknown")


def make_mailing(session: Session, now: datetime, bulletin: Bulletin) -> uuid.UUID:
    """The mailing of a bulletin whose hour has come; nobody is on it yet."""
    roads = [store.road_values(road) for road in store.roads_of(session, [bulletin.id])[bulletin.id]]
    said = plain(bulletin.body_html)[:_MOST_TEXT]
    title = f"更正：{bulletin.title}" if bulletin.supersedes else bulletin.title
    page = f"pages/bulletin/index?id={bulletin.id}"
    return mailings.create(
        session,
        now,
        kind="bulletin",
        title=title,
        text=said,
        ref={"kind": "bulletin", "id": str(bulletin.id)},
        message=Message(SCENE, _values(bulletin, title, said, roads, now), page),
        expires_at=bulletin.expires_at,
    )


def _values(
    bulletin: Bulletin, title: str, said: str, roads: list[dict[str, Any]], now: datetime
) -> dict[str, str]:
    """A bulletin about no road names what it is about instead: no keyword may be empty."""
    return {
        "title": title,
        "road": rules.roads_phrase(roads) or rules.CATEGORIES[bulletin.category],
        "time": (bulletin.starts_at or bulletin.send_at or now).isoformat(),
        "text": " ".join(said.split()),
        "status": "更正" if bulletin.supersedes else "新通告",
    }


def plan_batch(session: Session, now: datetime, bulletin: Bulletin) -> int:
    """Put the next people on the mailing; how many, 0 when all are."""
    wanted = Audience.model_validate(bulletin.audience or {})
    people = audiences.people(session, wanted, store.earlier_mailings(session, bulletin))
    assert bulletin.mailing_id is not None
    return mailings.plan_batch(session, now, bulletin.mailing_id, people)


def reach(session: Session, wanted: Audience, earlier: Sequence[uuid.UUID]) -> Reach:
    """How many people there are, and how many of them a message reaches."""
    people, reachable, without_credit = mailings.reach(
        session, audiences.people(session, wanted, earlier), SCENE
    )
    return Reach(people=people, reachable=reachable, without_credit=without_credit)


def deliveries(session: Session, bulletin: Bulletin) -> Deliveries:
    """The figures of its mailing, all from one statement."""
    if bulletin.mailing_id is None:
        return Deliveries(inbox=0, inbox_only=0, total=0, **dict.fromkeys(_PARTS, 0))
    return Deliveries.model_validate(mailings.tally(session, bulletin.mailing_id))


def pause(session: Session, now: datetime, bulletin: Bulletin) -> None:
    """Hold what is queued."""
    if bulletin.mailing_id:
        mailings.pause(session, now, bulletin.mailing_id)


def resume(session: Session, now: datetime, bulletin: Bulletin) -> None:
    """Let what is queued go."""
    if bulletin.mailing_id:
        mailings.resume(session, now, bulletin.mailing_id)


def withdraw(session: Session, now: datetime, bulletin: Bulletin) -> None:
    """What is queued never goes; its credits come back."""
    if bulletin.mailing_id:
        mailings.withdraw(session, now, bulletin.mailing_id)
