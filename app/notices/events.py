"""What WeChat's subscribe events do here: accepts earn, a switched-off template empties, sends are settled.

WeChat docs (subscribe messages): `subscribe_msg_popup_event` tells how a dialog was answered;
`subscribe_msg_change_event` that somebody changed his mind in the message list, and only "off" is pushed;
`subscribe_msg_sent_event` what became of a send in the end, by MsgID.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Row, and_, case, or_, select, update
from sqlalchemy.orm import Session

from app.notices import accepts, credits
from app.notices.models import Delivery
from app.notices.service import ACCEPTS
from app.notices.templates import catalogue
from app.people.models import Person
from app.web import metrics
from app.wechat import callback
from app.wechat.callback import Event, NotYet

log = structlog.get_logger()

_CLOCKS_DIFFER = timedelta(minutes=10)
_NEWS_FOR = timedelta(hours=24)
_ANSWER_UNDER_WAY = timedelta(minutes=2)
_UNKNOWN_ERROR = -1
_ENDED = or_(Delivery.state == "sent", Delivery.state == "unknown")


def listen() -> None:
    """Tell the callback who works these off; once a process."""
    callback.on("subscribe_msg_popup_event", answered)
    callback.on("subscribe_msg_change_event", changed)
    callback.on("subscribe_msg_sent_event", sent)


def answered(session: Session, event: Event, now: datetime) -> None:
    """The dialog was answered. A refusal there takes nothing away: what was accepted before still stands."""
    said = _said(event)
    accepted = catalogue().known(template_id for template_id, word in said if word in ACCEPTS)
    if accepted and (person_id := _lock(session, event)):
        for template_id in accepted:
            earned = accepts.from_event(session, event.created_at, person_id, template_id)
            _count("accept earned" if earned else "accept confirmed")


def changed(session: Session, event: Event, now: datetime) -> None:
    """A template was switched off: its credits are gone, but for those accepted since.

    Switching one on again is no accept: it is worth no message.
    """
    off = catalogue().known(template_id for template_id, word in _said(event) if word == "reject")
    if off and (person_id := _lock(session, event)):
        for template_id in off:
            before = accepts.stop(session, person_id, template_id, event.created_at)
            credits.empty(session, now, person_id, template_id, "switched off", given_before=before)
            _count("switched off")


def sent(session: Session, event: Event, now: datetime) -> None:
    """The end of one or several sends to this person; of messages that are not ours nothing is known."""
    person_id = _person(session, event.openid)
    for item in event.items if person_id else ():
        msgid = item.get("MsgID", "")
        if msgid and person_id:
            _settle(session, event, now, person_id, item, msgid)


def _said(event: Event) -> list[tuple[str, str]]:
    return [(item.get("TemplateId", ""), item.get("SubscribeStatusString", "")) for item in event.items]


def _lock(session: Session, event: Event) -> uuid.UUID | None:
    """The person, his row locked; None for somebody who never signed in or was erased."""
    person_id = _person(session, event.openid)
    if person_id is not None:
        accepts.lock(session, person_id)
    return person_id


def _person(session: Session, openid: str) -> uuid.UUID | None:
    return session.scalar(select(Person.id).where(Person.openid == openid))


def _settle(
    session: Session, event: Event, now: datetime, person_id: uuid.UUID, item: Mapping[str, str], msgid: str
) -> None:
    """NotYet while the answer to a send of this template may still be on its way to us."""
    row = _by_id(session, person_id, msgid)
    if row is None and now - event.created_at < _ANSWER_UNDER_WAY and _under_way(session, person_id, item):
        raise NotYet("a send is under way")
    row = row or _nameless(session, event, person_id, item.get("TemplateId", ""))
    if row is None:
        _count("sent event of no message of ours")
        return
    errcode = _errcode(item)
    state = row.state if row.state != "unknown" else "failed" if errcode else "sent"
    session.execute(
        update(Delivery)
        .where(Delivery.person_id == person_id, Delivery.id == row.id, Delivery.state == row.state)
        .values(state=state, msgid=msgid, errcode=errcode)
        .execution_options(synchronize_session=False)
    )
    _count(
        f"unknown settled {state}" if row.state == "unknown" else "sent failed" if errcode else "sent well"
    )
    if errcode:
        log.warning("delivery.failed_at_wechat", delivery=str(row.id), was=row.state, errcode=errcode)


def _by_id(session: Session, person_id: uuid.UUID, msgid: str) -> Row[uuid.UUID, str] | None:
    mine = select(Delivery.id, Delivery.state).where(Delivery.person_id == person_id, _ENDED)
    return session.execute(mine.where(Delivery.msgid == msgid).with_for_update()).first()


def _nameless(
    session: Session, event: Event, person_id: uuid.UUID, template_id: str
) -> Row[uuid.UUID, str] | None:
    """The delivery meant by an event whose MsgID we never heard: an `unknown` one never learnt its id, and
    WeChat's answer may leave it out.

    WeChat tells within seconds of the send. So first comes what was sent lately and waits for its event, the
    oldest first; then the last `unknown` one before the event: an older one had its time, and whoever never
    arrived must not be called sent because of the next one. What ended after the event is the last resort.
    """
    of_it = select(Delivery.id, Delivery.state).where(
        Delivery.person_id == person_id,
        _ENDED,
        Delivery.msgid.is_(None),
        Delivery.template_id == template_id,
        Delivery.created_at <= event.created_at + _CLOCKS_DIFFER,
        Delivery.settled_at >= event.created_at - _NEWS_FOR,
    )
    waits = and_(Delivery.state == "sent", Delivery.settled_at >= event.created_at - _ANSWER_UNDER_WAY)
    likely = case((waits, 0), (Delivery.settled_at > event.created_at + _ANSWER_UNDER_WAY, 2), else_=1)
    oldest_first = case((waits, Delivery.settled_at))
    order = (likely, oldest_first, Delivery.settled_at.desc(), Delivery.id)
    return session.execute(of_it.order_by(*order).limit(1).with_for_update()).first()


def _under_way(session: Session, person_id: uuid.UUID, item: Mapping[str, str]) -> bool:
    sending = select(Delivery.id).where(
        Delivery.person_id == person_id,
        Delivery.state == "sending",
        Delivery.template_id == item.get("TemplateId", ""),
    )
    return session.scalar(sending.limit(1)) is not None


def _errcode(item: Mapping[str, str]) -> int:
    """0 is well; what is no number is a failure that we have no number for."""
    try:
        return int(item.get("ErrorCode") or 0)
    except ValueError:
        return _UNKNOWN_ERROR


def _count(what: str) -> None:
    metrics.EVENTS.labels("notices", what).inc()
