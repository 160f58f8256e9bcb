"""The hand-over page: what is open, generated from the records; who takes it; both sign."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.console import fields, reading
from app.console.acts import fault_of
from app.console.edge import once, page
from app.console.frame import Sight, look, scope_codes, whole_page
from app.console.times import clock_time
from app.console.views import Line, Work, line
from app.foundation.refusals import Refused
from app.helpdesk import shifts
from app.helpdesk.kinds import get_kind
from app.helpdesk.schemas import HandedOver, ShiftHandOverIn
from app.people.rules import home_place
from app.web.turn import Turn, current

_FIRST = 3


@dataclass(frozen=True)
class Item:
    """One open request on the page: its line, when it is due, where it stands, and by name who has it."""

    line: Line
    due: str
    step: str
    owner: str


@page("/shift")
def shift() -> ResponseReturnValue:
    """交接班一页, to be read aloud, printed and signed."""
    return _page(current())


@page("/shift", post=True)
def give_shift() -> ResponseReturnValue:
    """签字交班"""

    def act(turn: Turn) -> str:
        form = request.form
        sent = {name: fields.words(form, name) for name in ("station", "to", "note")}
        body = fields.read(ShiftHandOverIn, {**sent, "note": sent["note"] or None})
        return shifts.hand_over(turn.session, turn.caller, body, turn.now).station

    return _do("give", act)


@page("/shift/<uuid:id>/sign", post=True)
def sign_shift(id: uuid.UUID) -> ResponseReturnValue:
    """签字接班"""
    return _do("sign", lambda turn: shifts.sign(turn.session, turn.caller, id, turn.now).station)


def _do(step: str, act: Callable[[Turn], str]) -> ResponseReturnValue:
    """One signature, then the page of that station again; a refusal is shown beside the form."""
    turn = current()
    try:
        return once(turn, lambda: url_for("console.shift", station=act(turn)))
    except Refused as refused:
        turn.session.rollback()
        fault = fault_of(step, refused, turn)
        return _page(turn, refused.refusal.status, fault=fault, typed=request.form)


def _page(turn: Turn, status: int = 200, **given: Any) -> ResponseReturnValue:
    sight = look(turn)
    codes = scope_codes(turn, sight.stations)
    asked = request.values.get("station", "")[:10]
    station = asked or home_place(turn.caller.grants) or (codes[0] if codes else "")
    past = shifts.listing(turn.session, turn.caller, station or None).items
    items = _items(sight, station, turn)
    return whole_page(
        turn,
        "console/shift.html",
        sight,
        status,
        station=station,
        place=sight.stations.get(station),
        items=items,
        first=items[:_FIRST],
        late=sum(item.line.chip.look == "late" for item in items),
        mine=sum(item.line.mine for item in items),
        next_ones=reading.next_ones(turn.session, station, turn.caller),
        to_sign=[_told(one, turn) for one in past if one.to_me and one.signed_at is None],
        past=[_told(one, turn) for one in past],
        **{"fault": None, "typed": fields.Form(), **given},
    )


def _items(sight: Sight, station: str, turn: Turn) -> list[Item]:
    """Everything open at the station, the clock that ends first on top."""
    works = [work for work in sight.works if work.row.desk == station]
    works.sort(key=lambda work: (get_kind(work.row.kind).urgency > 0, work.row.due_at))
    return [_item(work, sight, turn) for work in works]


def _item(work: Work, sight: Sight, turn: Turn) -> Item:
    shown = line(work, turn.caller, sight.stations, turn.now)
    owner = turn.caller.name if shown.owner == "我" else shown.owner  # on paper nobody is 我
    return Item(shown, clock_time(work.row.due_at, turn.now), _STEPS[work.row.state], owner)


_STEPS = {
    "new": "还没人接",
    "acknowledged": "接了，还没答复",
    "handling": "在办",
    "waiting": "等司机",
    "answered": "办结了，司机又来信",
}


def _told(one: HandedOver, turn: Turn) -> dict[str, Any]:
    signed = clock_time(one.signed_at, turn.now) if one.signed_at else ""
    return {**vars(one), "giver": one.from_, "when": clock_time(one.at, turn.now), "signed": signed}
