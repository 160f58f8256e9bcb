"""The chain: a call that nobody holds climbs step by step, each once, then all again, whoever ticks."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.emergencies.models import AlarmCall, AlarmStep, DeskBeat
from app.emergencies.rules import STEPS, alarm_words, called_words, due_steps, handed_on_words, place_words
from app.helpdesk.chain import people_at
from app.helpdesk.kinds import get_kind
from app.helpdesk.models import HelpRequest, RequestEvent
from app.helpdesk.reopening import OnShift
from app.helpdesk.rules import CENTRE, UNANSWERED, handed_on
from app.helpdesk.store import note_steps
from app.notices.service import Message, tell
from app.settings import EmergencySettings
from app.stations.models import Station

MEDICAL = "medical"
_BEGINS = ("created", "entered", "transferred", "reopened", "released", "given_back", "set_free")
_MOST = 200


@dataclass(frozen=True)
class Unheld:
    """A call that nobody holds, and since when."""

    origin: str
    id: uuid.UUID
    number: str
    desk: str
    station: str | None
    side: str | None
    since: datetime
    climbed: frozenset[str]


def unheld_condition() -> list[ColumnElement[bool]]:
    """Which requests ring: medical, under way, in nobody's hands."""
    return [
        HelpRequest.kind == MEDICAL,
        HelpRequest.holder_id.is_(None),
        HelpRequest.state.in_(UNANSWERED),
    ]


def unheld(session: Session) -> list[Unheld]:
    """The calls that have steps left to climb, the oldest first; read from the timeline each time."""
    calls, climbed, _ = _calls()
    found = select(calls, climbed.label("climbed")).order_by(calls.c.since)
    return _read(session, found.where(func.coalesce(func.cardinality(climbed), 0) < len(STEPS)))


def unanswered(session: Session, now: datetime, settings: EmergencySettings) -> list[Unheld]:
    """The calls that have climbed every step and wait to be called again, the longest unheard first."""
    calls, climbed, last = _calls()
    found = select(calls, climbed.label("climbed")).order_by(last)
    late = last <= now - timedelta(minutes=settings.again_minutes)
    return _read(session, found.where(func.cardinality(climbed) == len(STEPS), late))


def _calls() -> tuple[Subquery, ScalarSelect[Any], ScalarSelect[Any]]:
    """The calls that nobody holds; of each which steps it has climbed since, and when it last called."""
    began = (
        select(func.max(RequestEvent.at))
        .where(
            RequestEvent.origin == HelpRequest.origin,
            RequestEvent.request_id == HelpRequest.id,
            RequestEvent.what.in_(_BEGINS),
        )
        .scalar_subquery()
    )
    since = func.coalesce(began, HelpRequest.created_at).label("since")
    shown = (HelpRequest.origin, HelpRequest.id, HelpRequest.number, HelpRequest.desk)
    calls = select(*shown, HelpRequest.station, HelpRequest.side, since).where(*unheld_condition()).subquery()
    mine = (
        AlarmStep.origin == calls.c.origin,
        AlarmStep.request_id == calls.c.id,
        AlarmStep.since == calls.c.since,
    )
    climbed = select(func.array_agg(AlarmStep.step)).where(*mine).scalar_subquery()
    last = select(func.max(AlarmStep.at)).where(*mine).scalar_subquery()
    return calls, climbed, last


def _read(session: Session, found: Select[Any]) -> list[Unheld]:
    return [
        Unheld(r.origin, r.id, r.number, r.desk, r.station, r.side, r.since, frozenset(r.climbed or ()))
        for r in session.execute(found.limit(_MOST))
    ]


def listening(session: Session, now: datetime, alive: timedelta) -> frozenset[str]:
    """The stations of which a desk gave a sign within that span."""
    heard = select(DeskBeat.station).where(DeskBeat.at > now - alive, DeskBeat.at <= now + alive).distinct()
    return frozenset(session.scalars(heard))


def on_shift(settings: EmergencySettings) -> OnShift:
    """Whose desk listens there: what the help desk calls on shift."""
    alive = timedelta(seconds=settings.desk_alive_s)

    def tell(places: Sequence[str], now: datetime) -> Select[uuid.UUID]:
        there = DeskBeat.station.in_([*places, CENTRE])
        return select(DeskBeat.person_id).where(there, DeskBeat.at > now - alive, DeskBeat.at <= now + alive)

    return tell


def steps_due(session: Session, now: datetime, settings: EmergencySettings) -> list[tuple[Unheld, str]]:
    """Every step that should have been climbed by now and was not."""
    calls = unheld(session)
    heard = listening(session, now, timedelta(seconds=settings.desk_alive_s)) if calls else frozenset()
    return [
        (call, step)
        for call in calls
        for step in due_steps(call.since, now, settings.step_minutes, heard=call.desk in heard)
        if step not in call.climbed
    ]


def climb(session: Session, now: datetime, call: Unheld, step: str, settings: EmergencySettings) -> bool:
    """Climb one step: mark it, tell its people, wish the channels called, write it in the timeline.

    False when another process was quicker (the key decides) or somebody has taken the call meanwhile.
    """
    if not _mark(session, now, call, step):
        return False
    people = people_of(session, step, call.desk)
    _call_out(session, now, call, people, [step], settings)
    note_steps(session, [(call.origin, call.id)], now, "climbed", None, called_words(step, len(people)))
    session.flush()
    return True


def call_again(session: Session, now: datetime, call: Unheld, settings: EmergencySettings) -> bool:
    """Call the whole chain once more, everybody once; the timeline says so the first time only.

    False when another process was quicker (its row of the last step decides) or somebody has it meanwhile.
    """
    if not _mark_again(session, now, call, settings):
        return False
    people = sorted({person for step in STEPS for person in people_of(session, step, call.desk)})
    _call_out(session, now, call, people, STEPS, settings)
    if not _said_already(session, call):
        told = f"每 {settings.again_minutes} 分钟一次，直到有人接手"
        note_steps(session, [(call.origin, call.id)], now, "called_again", None, told)
    session.flush()
    return True


def _call_out(
    session: Session,
    now: datetime,
    call: Unheld,
    people: Sequence[uuid.UUID],
    steps: Sequence[str],
    settings: EmergencySettings,
) -> None:
    words = words_of(session, call, now)
    for person_id in people:
        _ring(session, now, person_id, call, words)
    for channel in settings.channels:
        for step in steps:
            if step in channel.steps:
                _wish(session, now, call, step, channel.name)


def _mark_again(session: Session, now: datetime, call: Unheld, settings: EmergencySettings) -> bool:
    """Whether this round is ours: one UPDATE of the last step's row, which the next one finds moved."""
    still = exists().where(
        HelpRequest.origin == call.origin,
        HelpRequest.id == call.id,
        HelpRequest.desk == call.desk,
        *unheld_condition(),
    )
    late = AlarmStep.at <= now - timedelta(minutes=settings.again_minutes)
    gate = update(AlarmStep).where(*_steps_of(call), AlarmStep.step == STEPS[-1], late, still).values(at=now)
    gate = gate.returning(AlarmStep.step).execution_options(synchronize_session=False)
    if session.scalar(gate) is None:
        return False
    rest = update(AlarmStep).where(*_steps_of(call)).values(at=now)
    session.execute(rest.execution_options(synchronize_session=False))
    return True


def _steps_of(call: Unheld) -> list[ColumnElement[bool]]:
    return [
        AlarmStep.origin == call.origin,
        AlarmStep.request_id == call.id,
        AlarmStep.since == call.since,
    ]


def _said_already(session: Session, call: Unheld) -> bool:
    found = select(RequestEvent.id).where(
        RequestEvent.origin == call.origin,
        RequestEvent.request_id == call.id,
        RequestEvent.what == "called_again",
        RequestEvent.at >= call.since,
    )
    return session.scalar(found.limit(1)) is not None


def _mark(session: Session, now: datetime, call: Unheld, step: str) -> bool:
    """Whether this step is ours: one INSERT, of which the unique key lets one succeed."""
    still = and_(
        HelpRequest.origin == call.origin,
        HelpRequest.id == call.id,
        *unheld_condition(),
    )
    names = ["origin", "request_id", "since", "step", "at"]
    row = select(HelpRequest.origin, HelpRequest.id, literal(call.since), literal(step), literal(now)).where(
        still
    )
    made = insert(AlarmStep).from_select(names, row).on_conflict_do_nothing().returning(AlarmStep.step)
    return session.scalar(made) is not None


def people_of(session: Session, step: str, desk: str) -> Sequence[uuid.UUID]:
    """Who is rung at a step: those of the station; its supervisors, else those of everywhere; the centre."""
    return people_at(session, step, desk, get_kind(MEDICAL).roles)


def words_of(session: Session, call: Unheld, now: datetime) -> str:
    """The sentence of the alarm, without anybody's data."""
    place = place_of(session, call.desk, call.station, call.side)
    return alarm_words(call.number, place, max(0, int((now - call.since).total_seconds() // 60)))


def place_of(session: Session, desk: str, station: str | None, side: str | None) -> str:
    """Where to go: the station whose desk has the call; where that was handed it, the place reported too."""
    said = session.get(Station, station) if station else None
    reported = place_words(said.name if said else None, said.road if said else None, side)
    here = session.get(Station, desk) if handed_on(desk, station) else None
    return handed_on_words(here.name, here.road, reported) if here else reported


def _ring(session: Session, now: datetime, person_id: uuid.UUID, call: Unheld, words: str) -> None:
    """Inbox in any case; a subscribe message where there is credit, without which nothing here stands."""
    title = "医疗求助：没有人接"
    values = {"title": "医疗求助", "status": "没有人接", "text": "请马上打开查看", "time": now.isoformat()}
    tell(
        session,
        now,
        person_id,
        kind="medical",
        title=title,
        text=words,
        ref={"kind": "request", "id": str(call.id)},
        message=Message(scene="request", values=values, page="pages/inbox/index"),
        expires_at=now + timedelta(minutes=30),
    )


def _wish(session: Session, now: datetime, call: Unheld, step: str, channel: str) -> None:
    """A call to be made; in a later round the same row once more, unless it is being tried still."""
    wish = insert(AlarmCall).values(
        origin=call.origin, request_id=call.id, since=call.since, step=step, channel=channel, due_at=now
    )
    anew = {"state": "queued", "due_at": now, "tries": 0, "settled_at": None, "trouble": None}
    session.execute(
        wish.on_conflict_do_update(
            index_elements=["origin", "request_id", "since", "step", "channel"],
            set_=anew,
            where=AlarmCall.state != "queued",
        )
    )


def beat(session: Session, now: datetime, person_id: uuid.UUID, station: str) -> None:
    """A desk listens; written at most every few seconds, however often it is told."""
    row = insert(DeskBeat).values(station=station, person_id=person_id, at=now)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["station", "person_id"],
            set_={"at": now},
            where=or_(DeskBeat.at < now - timedelta(seconds=5), DeskBeat.at > now),
        )
    )
