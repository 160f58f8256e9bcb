"""A claim at the console: whose turn it is, footage, both reports, milestones, papers, the statement."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from app.claims import desk as claims
from app.claims import links
from app.claims.rules import MILESTONES, OUTCOMES
from app.claims.schemas import FootageIn, MilestoneIn
from app.console import fields
from app.console.acts import fault_of
from app.console.bulletin_forms import moment
from app.console.edge import new_once, once, page
from app.console.fields import Form
from app.console.frame import look, whole_page
from app.console.times import clock_time, field_time
from app.foundation.refusals import Refused
from app.helpdesk.rules import REQUEST_UNKNOWN
from app.web.turn import Turn, current


@page("/requests/<uuid:id>/insurance")
def insurance(id: uuid.UUID) -> ResponseReturnValue:
    """One claim with all that is known; opening it is recorded."""
    return _shown(current(), id)


@page("/requests/<uuid:id>/insurance/footage", post=True)
def note_footage(id: uuid.UUID) -> ResponseReturnValue:
    """What became of the camera footage."""
    form = request.form

    def act(turn: Turn) -> None:
        given = {
            "outcome": form.get("outcome", ""),
            "from_at": moment(form, "from_at"),
            "until_at": moment(form, "until_at"),
            "camera": fields.words(form, "camera") or None,
            "kept_where": fields.words(form, "kept_where") or None,
        }
        claims.footage(turn.session, turn.caller, id, fields.read(FootageIn, given), turn.now)

    return _do(id, "footage", act)


@page("/requests/<uuid:id>/insurance/milestone", post=True)
def note_milestone(id: uuid.UUID) -> ResponseReturnValue:
    """A step was reached, or had another time than was noted."""
    form = request.form

    def act(turn: Turn) -> None:
        given = {
            "kind": form.get("kind", ""),
            "at": moment(form, "at"),
            "note": fields.words(form, "note") or None,
            "correct": form.get("correct") == "1",
        }
        claims.note(turn.session, turn.caller, id, fields.read(MilestoneIn, given), turn.now)

    return _do(id, "correction" if form.get("correct") == "1" else "milestone", act)


def _do(id: uuid.UUID, step: str, act: Callable[[Turn], None]) -> ResponseReturnValue:
    """One step, then back to the claim; a refusal is shown where it happened, what was typed still in it."""
    turn = current()

    def go() -> str:
        act(turn)
        return url_for("console.insurance", id=id)

    try:
        return once(turn, go)
    except Refused as refused:
        if refused.refusal == REQUEST_UNKNOWN:
            raise
        turn.session.rollback()
        fault = fault_of(step, refused, turn)
        return _shown(turn, id, refused.refusal.status, fault=fault, typed=request.form)


def _shown(turn: Turn, id: uuid.UUID, status: int = 200, **given: Any) -> Response:
    case = claims.see(turn.session, turn.caller, id, turn.now)
    return whole_page(
        turn,
        "console/claim.html",
        look(turn),
        status,
        case=case,
        outcomes=OUTCOMES,
        noted={step.kind: MILESTONES[step.kind] for step in case.milestones if step.at is not None},
        steps={step.kind: MILESTONES[step.kind] for step in case.milestones if step.at is None},
        statement=links.address("statements", id, turn.caller.person_id, turn.now),
        at=lambda when: clock_time(when, turn.now) if when else "",
        field_now=field_time(turn.now),
        new_once=new_once,
        **{"fault": None, "typed": Form(), **given},
    )
