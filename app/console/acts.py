"""What the buttons of a request do: read the form, call the use case, go back to the request."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app.console import fields
from app.console.desk import show_thread
from app.console.edge import once, page
from app.console.frame import wanted
from app.console.times import clock_time
from app.emergencies import service as emergencies
from app.emergencies.schemas import HandOverIn
from app.foundation.refusals import INVALID, Refused
from app.helpdesk import desk, merging
from app.helpdesk.kinds import Kind, get_kind
from app.helpdesk.rules import ALREADY_CLAIMED, REQUEST_UNKNOWN
from app.helpdesk.schemas import MergeIn, ReplyIn, RevealIn, TextIn, TransferIn, WaitIn
from app.web.turn import Turn, current


@dataclass(frozen=True)
class Fault:
    """A refusal where it happened: at which step, in a sentence, and at which fields."""

    step: str
    text: str
    code: str
    fields: dict[str, str] = field(default_factory=dict)


def _do(id: uuid.UUID, step: str, act: Callable[[Turn], str | None]) -> ResponseReturnValue:
    """One step; then to the page it names or back to the request. A refusal is shown where it happened."""
    turn = current()
    try:
        return once(turn, lambda: act(turn) or url_for("console.thread", id=id) + wanted().query())
    except Refused as refused:
        return _refused(turn, id, step, refused)


def _refused(turn: Turn, id: uuid.UUID, step: str, refused: Refused) -> ResponseReturnValue:
    """The request with the fault beside the form, and what was typed still in it."""
    if refused.refusal == REQUEST_UNKNOWN:
        raise refused
    turn.session.rollback()
    fault = fault_of(step, refused, turn)
    return show_thread(turn, id, refused.refusal.status, fault=fault, typed=request.form, open_step=step)


def fault_of(step: str, refused: Refused, turn: Turn, kind: Kind | None = None) -> Fault:
    """What to say; a lost race names who was quicker."""
    refusal, extra = refused.refusal, refused.extra
    if refusal == ALREADY_CLAIMED and (holder := extra.get("holder")):
        since = clock_time(datetime.fromisoformat(holder["since"]), turn.now)
        return Fault(step, f"没接上，{holder['name']} {since} 已先接手。", refusal.code)
    if refusal == INVALID:
        said = fields.told(extra.get("errors", []), kind)
        return Fault(step, "；".join(said.values()) or refusal.detail, refusal.code, said)
    return Fault(step, refusal.detail, refusal.code)


@page("/requests/<uuid:id>/claim", post=True)
def claim(id: uuid.UUID) -> ResponseReturnValue:
    """接手"""

    def act(turn: Turn) -> None:
        desk.claim(turn.session, turn.caller, id, turn.now)

    return _do(id, "claim", act)


@page("/requests/<uuid:id>/reply", post=True)
def reply(id: uuid.UUID) -> ResponseReturnValue:
    """发送 to the driver, or 记下 as a note that he never sees."""
    internal = request.form.get("to") == "note"

    def act(turn: Turn) -> None:
        body = fields.read(ReplyIn, {"text": fields.words(request.form, "text"), "internal": internal})
        desk.reply(turn.session, turn.caller, id, body, turn.now)

    return _do(id, "reply", act)


@page("/requests/<uuid:id>/wait", post=True)
def wait(id: uuid.UUID) -> ResponseReturnValue:
    """等待至…: the driver is told what for."""

    def act(turn: Turn) -> None:
        reason = fields.words(request.form, "reason") or fields.words(request.form, "text")
        body = fields.read(WaitIn, {"until": fields.read_until(request.form, turn.now), "reason": reason})
        desk.wait(turn.session, turn.caller, id, body, turn.now)

    return _do(id, "wait", act)


@page("/requests/<uuid:id>/resolve", post=True)
def resolve(id: uuid.UUID) -> ResponseReturnValue:
    """办结, with a last word to the driver."""

    def act(turn: Turn) -> None:
        body = fields.read(TextIn, {"text": fields.words(request.form, "result")})
        desk.resolve(turn.session, turn.caller, id, body.text, turn.now)

    return _do(id, "resolve", act)


@page("/requests/<uuid:id>/transfer", post=True)
def transfer(id: uuid.UUID) -> ResponseReturnValue:
    """转办…; what leaves the caller's scope leads back to the queue."""

    def act(turn: Turn) -> str | None:
        target = fields.read_target(request.form)
        body = fields.read(TransferIn, {**target, "reason": fields.words(request.form, "reason")})
        left = desk.transfer(turn.session, turn.caller, id, body, turn.now)
        stays = turn.caller.reaches(left.desk, *get_kind(left.kind).roles)
        return None if stays else url_for("console.desk") + wanted().query()

    return _do(id, "transfer", act)


@page("/requests/<uuid:id>/merge", post=True)
def merge(id: uuid.UUID) -> ResponseReturnValue:
    """合并…: this one ends, and the other tells its driver how it went."""

    def act(turn: Turn) -> str:
        body = fields.read(MergeIn, {"into": fields.words(request.form, "into")})
        merging.merge(turn.session, turn.caller, id, body.into, turn.now)
        return url_for("console.thread", id=body.into) + wanted().query()

    return _do(id, "merge", act)


@page("/requests/<uuid:id>/on-scene", post=True)
def on_scene(id: uuid.UUID) -> ResponseReturnValue:
    """已到现场"""

    def act(turn: Turn) -> None:
        emergencies.on_scene(turn.session, turn.caller, id, turn.now)

    return _do(id, "on_scene", act)


@page("/requests/<uuid:id>/hand-over", post=True)
def hand_over(id: uuid.UUID) -> ResponseReturnValue:
    """移交 120、医院、家属"""

    def act(turn: Turn) -> None:
        body = fields.read(HandOverIn, {"to": request.form.get("to", "")})
        emergencies.hand_over(turn.session, turn.caller, id, body.to, turn.now)

    return _do(id, "hand_over", act)


@page("/requests/<uuid:id>/reveal", post=True)
def reveal(id: uuid.UUID) -> ResponseReturnValue:
    """显示号码: shown on this one page, with the reason in the timeline and the audit trail."""
    turn = current()
    try:
        body = fields.read(RevealIn, {"reason": fields.words(request.form, "reason")})
        number = desk.reveal_phone(turn.session, turn.caller, id, body.reason, turn.now)
    except Refused as refused:
        return _refused(turn, id, "reveal", refused)
    return show_thread(turn, id, revealed=number)
