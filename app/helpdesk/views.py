"""From rows to what people see: the driver's view, the desk's view, a line of the queue."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.content import uploads
from app.content.schemas import UploadOut
from app.content.uploads import Viewer
from app.foundation.clock import iso
from app.helpdesk import attachments, hooks, next_up, store
from app.helpdesk.attachments import Hung
from app.helpdesk.kinds import all_kinds, get_kind
from app.helpdesk.models import HelpRequest, RequestEvent, RequestMessage
from app.helpdesk.phones import advice, phones_of_unheld
from app.helpdesk.rules import believed, breached, hides_health
from app.helpdesk.schemas import (
    ClocksOut,
    EventOut,
    Holder,
    KindList,
    KindOut,
    MessageOut,
    QueueItem,
    Rating,
    RequestOut,
    StaffRequestOut,
)
from app.people import consents
from app.people.models import Person
from app.people.rules import mask_phone
from app.web.callers import Caller

_STEPS = {
    "created": "提交了诉求",
    "entered": "代来人登记",
    "joined": "又发来求助，已并入这一条",
    "claimed": "接手",
    "replied": "答复",
    "noted": "写了内部备注",
    "waiting": "等待司机补充",
    "wait_over": "等待到期，接着办",
    "released": "接手人离岗，交还队列",
    "shift": "交接班，转给",
    "given_back": "交接班，换人接手，交还队列",
    "merged": "是同一件事，并入",
    "merged_in": "并进了另一件",
    "set_free": "并入的那一件已撤回，恢复办理",
    "milestone": "理赔进度",
    "warned": "时限提醒",
    "escalated": "逐级上报",
    "auto_closed": "司机没有意见，自动结束",
    "transferred": "转办",
    "resolved": "办结，请司机确认",
    "wrote": "司机来信",
    "confirmed": "司机确认办结",
    "reopened": "司机重新打开",
    "withdrawn": "司机撤回",
    "rated": "司机评价",
    "revealed": "查看了回拨号码",
}


def name_steps(**names: str) -> None:
    """Let a higher room say what steps of its own are called in the timeline."""
    _STEPS.update(names)


DOUBTED = "微信内容检查：存疑"
INTERNAL = frozenset({"noted", "revealed", "warned", "merged_in"})


@dataclass(frozen=True)
class Thread:
    """Everything beside the row itself that a view of one request needs."""

    events: list[RequestEvent]
    messages: list[RequestMessage]
    holder_name: str | None
    driver_name: str | None
    hung: Hung


def load_threads(
    session: Session,
    requests: Sequence[HelpRequest],
    viewer: Viewer | None = None,
    now: datetime | None = None,
) -> list[Thread]:
    """The threads of several requests in three statements, however many there are; uploads, which only a
    viewer sees, take a fourth."""
    keys = [(request.origin, request.id) for request in requests]
    events: dict[uuid.UUID, list[RequestEvent]] = defaultdict(list)
    messages: dict[uuid.UUID, list[RequestMessage]] = defaultdict(list)
    for event in _rows_of(session, RequestEvent, keys):
        events[event.request_id].append(event)
    for message in _rows_of(session, RequestMessage, keys):
        messages[message.request_id].append(message)
    people = {person for r in requests for person in (r.holder_id, r.person_id) if person}
    named = (
        session.execute(select(Person.id, Person.name).where(Person.id.in_(people))).all() if people else []
    )
    names: dict[uuid.UUID | None, str] = {row.id: row.name for row in named}
    written = [message for thread in messages.values() for message in thread]
    hung = attachments.hung_on(session, requests, written, viewer, now) if viewer and now else {}
    return [
        Thread(events[r.id], messages[r.id], names.get(r.holder_id), names.get(r.person_id), hung)
        for r in requests
    ]


Row = TypeVar("Row", RequestEvent, RequestMessage)


def _rows_of(session: Session, table: type[Row], keys: list[tuple[str, uuid.UUID]]) -> list[Row]:
    found = select(table).where(tuple_(table.origin, table.request_id).in_(keys)).order_by(table.at, table.id)
    return list(session.scalars(found)) if keys else []


def driver_view(
    session: Session, caller: Caller, request: HelpRequest, now: datetime, *, merged: bool = False
) -> RequestOut:
    """What the driver sees: no notes, no phone of anybody."""
    view = driver_views(session, caller, [request], now)[0]
    view.merged = merged
    return view


def driver_views(
    session: Session, caller: Caller, requests: Sequence[HelpRequest], now: datetime
) -> list[RequestOut]:
    """The same for several, with a fixed number of statements."""
    threads = load_threads(session, requests, Viewer(caller.person_id), now)
    phones = phones_of_unheld(session, requests)
    added = hooks.sections(session, requests)
    come = [
        next_up.coming(r, next_up.steps_of(t.events), now) for r, t in zip(requests, threads, strict=True)
    ]
    desks = {
        r.desk for r, next_one in zip(requests, come, strict=True) if next_one and next_one[0] == "supervisor"
    }
    names = next_up.supervisors(session, desks) if desks else {}
    own = _own_targets(session, caller, requests)
    return [
        RequestOut(
            **_common(request, thread, now, internal=False),
            merged_into=str(request.merged_into) if request.merged_into in own else None,
            next=next_up.shown(next_one, request.desk, names),
            **added.get(request.id, {}),
            phones=phones.get(request.id, []),
            advice=advice(request, phones.get(request.id, [])),
        )
        for request, thread, next_one in zip(requests, threads, come, strict=True)
    ]


def _own_targets(session: Session, caller: Caller, requests: Sequence[HelpRequest]) -> set[uuid.UUID]:
    """What of that into which these were merged is the driver's own: another's would be 404 for him."""
    targets = [request.merged_into for request in requests if request.merged_into]
    if not targets:
        return set()
    own = select(HelpRequest.id).where(HelpRequest.id.in_(targets), store.owned_by(session, caller.person_id))
    return set(session.scalars(own))


def desk_view(session: Session, request: HelpRequest, caller: Caller, now: datetime) -> StaffRequestOut:
    """What the desk sees: notes too, the number masked."""
    kind = get_kind(request.kind)
    thread = load_threads(session, [request], Viewer(caller.person_id, handling=True), now)[0]
    common = _common(request, thread, now, internal=True)
    return StaffRequestOut(
        **common | {"details": details_at_desk(session, request, now)},
        merged_into=str(request.merged_into) if request.merged_into else None,
        **hooks.sections(session, [request]).get(request.id, {}),
        next=next_up.shown(next_up.coming(request, next_up.steps_of(thread.events), now), request.desk, {}),
        mark=kind.mark,
        urgency=kind.urgency,
        desk=request.desk,
        mine=request.holder_id == caller.person_id,
        driver_name=request.caller_name or thread.driver_name or ("司机" if request.person_id else "来人"),
        contact_phone_masked=mask_phone(request.contact_phone),
        reopened=request.reopened,
        check=DOUBTED if request.doubted else None,
    )


def details_at_desk(session: Session, request: HelpRequest, now: datetime) -> dict[str, Any]:
    """What was told in fields. Help comes first, so of a medical call all of it; once that is over for a day
    only with the consent `medical` of whom it is about, who may take it back."""
    if not get_kind(request.kind).never_refused or not hides_health(request.closed_at, now):
        return request.details
    agreed = request.person_id and consents.granted(session, request.person_id, "medical")
    return request.details if agreed else {}


def queue_line(request: HelpRequest, holder_name: str | None, caller: Caller, now: datetime) -> QueueItem:
    """One line; symptoms never show in a list."""
    kind = get_kind(request.kind)
    return QueueItem(
        id=str(request.id),
        number=request.number,
        kind=request.kind,
        title=kind.title,
        mark=kind.mark,
        urgency=request.urgency,
        state=request.state,
        station=request.station,
        side=request.side,
        desk=request.desk,
        text=None if kind.private else request.text[:80],
        created_at=request.created_at,
        due_at=request.due_at,
        holder=_holder(request, holder_name),
        mine=request.holder_id == caller.person_id,
        unread=request.driver_wrote_at is not None,
        clocks=clocks(request, now),
    )


def clocks(request: HelpRequest, now: datetime) -> ClocksOut:
    """Until when, and what was missed."""
    missed = breached(
        request.waiting_since or now,
        ack_by=request.ack_by,
        answer_by=request.answer_by,
        close_by=request.close_by,
        acknowledged_at=request.acknowledged_at,
        answered_at=request.answered_at,
        closed_at=request.closed_at,
    )
    return ClocksOut(
        ack_by=request.ack_by, answer_by=request.answer_by, close_by=request.close_by, breached=missed
    )


def _holder(request: HelpRequest, name: str | None) -> Holder | None:
    if request.holder_id is None or request.holder_since is None:
        return None
    return Holder(name=name or "值班员", since=request.holder_since)


def holder_json(name: str | None, since: datetime) -> dict[str, str]:
    """The holder as it stands in a refusal."""
    return {"name": name or "值班员", "since": iso(since)}


def _common(request: HelpRequest, thread: Thread, now: datetime, *, internal: bool) -> dict[str, Any]:
    rating = None if request.score is None else Rating(score=request.score, text=request.score_text)
    return {
        "id": str(request.id),
        "number": request.number,
        "kind": request.kind,
        "title": get_kind(request.kind).title,
        "state": request.state,
        "station": request.station,
        "side": request.side,
        "place_text": request.place_text,
        "text": request.text,
        "details": request.details,
        "created_at": request.created_at,
        "written_at": believed(request.written_at, request.created_at),
        "holder": _holder(request, thread.holder_name),
        "unit": request.unit,
        "clocks": clocks(request, now),
        "wait_until": request.wait_until,
        "timeline": [event_view(e) for e in thread.events if internal or e.what not in INTERNAL],
        "messages": [
            message_view(m, thread.hung.get(m.id, ()), at_desk=internal)
            for m in thread.messages
            if internal or not m.internal
        ],
        "uploads": thread.hung.get(request.id, []),
        "rating": rating,
    }


def event_view(row: RequestEvent) -> EventOut:
    """One step."""
    return EventOut(at=row.at, what=row.what, by=row.actor_name or "司机", text=_told(row))


def _told(event: RequestEvent) -> str:
    step = _STEPS.get(event.what, event.what)
    return f"{step}：{event.told}" if event.told else step


def one_message(
    session: Session, row: RequestMessage, viewer: Viewer, upload_ids: Sequence[uuid.UUID], now: datetime
) -> MessageOut:
    """A message that was written just now, with what was hung on it."""
    found = uploads.views_of(session, viewer, attachments.MESSAGE, [row.id], now) if upload_ids else {}
    return message_view(row, found.get(row.id, ()), at_desk=viewer.handling)


def message_view(row: RequestMessage, hung: Iterable[UploadOut] = (), *, at_desk: bool) -> MessageOut:
    """One message; what WeChat thought of it is for the desk alone."""
    return MessageOut(
        id=str(row.id),
        from_=row.author,
        name=row.author_name or ("值班员" if row.author == "staff" else "司机"),
        text=row.text,
        uploads=list(hung),
        at=row.at,
        written_at=believed(row.written_at, row.at),
        internal=row.internal,
        check=DOUBTED if row.doubted and at_desk else None,
    )


def kind_list() -> KindList:
    """All kinds with their fields, for any client to draw."""
    return KindList(
        items=[
            KindOut(
                kind=kind.kind,
                title=kind.title,
                mark=kind.mark,
                hint=kind.hint,
                urgency=kind.urgency,
                never_refused=kind.never_refused,
                fields=kind.fields,
                clocks=vars(kind.clocks),
                phones=kind.phones,
            )
            for kind in all_kinds()
        ]
    )
