"""What the clockwork calls: begin what is due, tell people batch by batch, end what is done.

Due-ness is read from the database each time, every step is an UPDATE whose own row decides, and a batch is
planned under the bulletin's lock: any number of jobs processes may tick at once, and one that dies loses
nothing but the batch in hand.
"""

import time
import uuid
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.bulletins import push, store
from app.bulletins.models import Bulletin
from app.foundation.home import Home
from app.notices import mailings
from app.web import metrics

log = structlog.get_logger()

_TURN_S = 8.0  # then the tick ends and the next goes on: a process that is asked to stop can do so


def send(home: Home) -> int:
    """One look at everything that is to be sent; answers how many people were put on mailings."""
    for bulletin_id in _found(home, due):
        with home.database.transaction() as session:
            begin(session, bulletin_id, home.clock.now())
    told = sum(_tell(home, bulletin_id) for bulletin_id in _found(home, unplanned))
    for bulletin_id in _found(home, planned):
        with home.database.transaction() as session:
            finish(session, bulletin_id, home.clock.now())
    return told


def _found(home: Home, which: Callable[[Session, datetime], list[uuid.UUID]]) -> list[uuid.UUID]:
    with home.database.transaction() as session:
        return which(session, home.clock.now())


def due(session: Session, now: datetime) -> list[uuid.UUID]:
    """Scheduled, and their hour has come; the earliest first."""
    found = select(Bulletin.id).where(Bulletin.state == "scheduled", Bulletin.send_at <= now)
    return list(session.scalars(found.order_by(Bulletin.send_at, Bulletin.id)))


def unplanned(session: Session, _: datetime) -> list[uuid.UUID]:
    """Being sent, and not everybody is on the mailing yet."""
    found = select(Bulletin.id).where(Bulletin.state == "sending", Bulletin.planned_at.is_(None))
    return list(session.scalars(found.order_by(Bulletin.send_at, Bulletin.id)))


def planned(session: Session, _: datetime) -> list[uuid.UUID]:
    """Being sent, with everybody on the mailing."""
    found = select(Bulletin.id).where(Bulletin.state == "sending", Bulletin.planned_at.is_not(None))
    return list(session.scalars(found))


def begin(session: Session, bulletin_id: uuid.UUID, now: datetime) -> bool:
    """Make the mailing of a bulletin that is due and let it begin; False when another process was quicker.

    The mailing is made in the transaction that takes the step, under the row's lock: there is one, whoever
    ticks. What is past its expiry by now (the machine was off all night) goes nowhere, not even to an inbox.
    """
    waiting = Bulletin.send_at <= now
    over = Bulletin.expires_at <= now
    if store.move(session, now, bulletin_id, "lapse", None, waiting, over):
        metrics.EVENTS.labels("bulletins", "expired unsent").inc()
        log.warning("bulletin.expired_unsent", bulletin=str(bulletin_id))
        return False
    bulletin = _locked(session, bulletin_id, "scheduled")
    if bulletin is None or bulletin.send_at is None or bulletin.send_at > now:
        return False
    mailing_id = push.make_mailing(session, now, bulletin)
    begun = store.move(session, now, bulletin_id, "begin", None, waiting, mailing_id=mailing_id)
    if begun and bulletin.supersedes:
        _stop_earlier(session, now, bulletin.supersedes)
    return begun


def _locked(session: Session, bulletin_id: uuid.UUID, state: str, *, wait: bool = True) -> Bulletin | None:
    """The bulletin with its row locked, if in that state; with `wait` false None when another has it."""
    found = select(Bulletin).where(Bulletin.id == bulletin_id, Bulletin.state == state)
    locked = found.with_for_update(key_share=True, skip_locked=not wait)
    return session.scalars(locked.execution_options(populate_existing=True)).one_or_none()


def _stop_earlier(session: Session, now: datetime, bulletin_id: uuid.UUID) -> None:
    """Nobody is told the first version any more once the correction is out; he is told that one."""
    if store.move(session, now, bulletin_id, "supersede", None):
        push.withdraw(session, now, store.load(session, bulletin_id))


def _tell(home: Home, bulletin_id: uuid.UUID) -> int:
    """Batch by batch, a transaction each, until all are told, somebody stops it, or the turn is over."""
    told, until = 0, time.monotonic() + _TURN_S
    while time.monotonic() < until:
        with home.database.transaction() as session:
            batch = tell_batch(session, bulletin_id, home.clock.now())
        told += batch
        if batch == 0:
            break
    return told


def tell_batch(session: Session, bulletin_id: uuid.UUID, now: datetime) -> int:
    """Put the next people on the mailing; 0 when all are, when it was stopped, or when another is at it."""
    bulletin = _locked(session, bulletin_id, "sending", wait=False)
    if bulletin is None or bulletin.mailing_id is None or bulletin.planned_at is not None:
        return 0
    if bulletin.expires_at is not None and bulletin.expires_at <= now:
        store.note_event(session, now, bulletin_id, "stop", None)
        _mark_planned(session, bulletin_id, now)
        return 0
    told = push.plan_batch(session, now, bulletin)
    if told == 0 and mailings.is_planned(session, bulletin.mailing_id):
        _mark_planned(session, bulletin_id, now)
    return told


def _mark_planned(session: Session, bulletin_id: uuid.UUID, now: datetime) -> None:
    session.execute(
        update(Bulletin)
        .where(Bulletin.id == bulletin_id)
        .values(planned_at=now)
        .execution_options(synchronize_session=False)
    )


def finish(session: Session, bulletin_id: uuid.UUID, now: datetime) -> bool:
    """Sent, when nothing of it is queued or under way any more."""
    bulletin = store.load(session, bulletin_id)
    figures = push.deliveries(session, bulletin)
    if figures.queued or figures.sending:
        return False
    return store.move(session, now, bulletin_id, "finish", None, Bulletin.planned_at.is_not(None))
