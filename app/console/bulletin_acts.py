"""What the buttons of a bulletin do: read the form, call the use case, go back to the bulletin."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.bulletins import service
from app.bulletins.rules import ALREADY_CORRECTED, BULLETIN_UNKNOWN
from app.bulletins.schemas import (
    Audience,
    BulletinChange,
    BulletinIn,
    BulletinReasonIn,
    ScheduleIn,
    WithdrawIn,
)
from app.console import bulletin_forms as forms
from app.console import bulletin_views as views
from app.console import fields
from app.console.acts import Fault
from app.console.bulletins import bulletin_page, form_page
from app.console.edge import APPROVERS, EDITORS, NEWS, NEWS_FRAGMENT, once, page
from app.console.times import field_time
from app.foundation.refusals import INVALID, Refused
from app.web.turn import Turn, current

Act = Callable[[Turn], str | None]


def fault_of(step: str, refused: Refused) -> Fault:
    """What to say where it happened."""
    refusal = refused.refusal
    if refusal == INVALID:
        said = forms.told(refused.extra.get("errors", []))
        return Fault(step, "；".join(said.values()) or refusal.detail, refusal.code, said)
    return Fault(step, refusal.detail, refusal.code)


def _do(id: uuid.UUID, step: str, act: Act) -> ResponseReturnValue:
    """One step; then to the page it names or back to the bulletin. A refusal is shown where it happened."""
    turn = current()
    try:
        return once(turn, lambda: act(turn) or url_for("console.bulletin", id=id))
    except Refused as refused:
        if refused.refusal == BULLETIN_UNKNOWN:
            raise
        turn.session.rollback()
        return bulletin_page(
            turn, id, refused.refusal.status, fault=fault_of(step, refused), typed=request.form, **_kept(turn)
        )


def _kept(turn: Turn) -> dict[str, Any]:
    """The times of a schedule as they were typed."""
    given = {name: request.form[name] for name in ("send_at", "expires_at") if name in request.form}
    return given or {"send_at": field_time(turn.now)}


@page("/bulletins/new", EDITORS, post=True)
def create_bulletin() -> ResponseReturnValue:
    """存草稿 or 存好送审 of something new."""
    turn = current()

    def act() -> str:
        body = fields.read(BulletinIn, forms.content(request.form))
        made = service.create(turn.session, turn.caller, body, turn.now)
        if request.form.get("then") == "submit":
            service.submit(turn.session, turn.caller, uuid.UUID(made.id), turn.now)
        return url_for("console.bulletin", id=made.id)

    try:
        return once(turn, act)
    except Refused as refused:
        turn.session.rollback()
        return form_page(turn, request.form, refused.refusal.status, fault=fault_of("edit", refused))


@page("/bulletins/preview", NEWS_FRAGMENT, post=True)
def preview_bulletin() -> ResponseReturnValue:
    """How what is being typed looks on the phone."""
    typed = request.form
    phone = views.typed_phone(typed, forms.road_rows(typed), typed.get("correction") == "yes")
    return render_template("console/bulletin_phone.html", phone=phone)


@page("/bulletins/<uuid:id>/save", EDITORS, post=True)
def save_bulletin(id: uuid.UUID) -> ResponseReturnValue:
    """存草稿, or 存好送审."""

    def act(turn: Turn) -> None:
        form = request.form
        body = fields.read(BulletinChange, {**forms.content(form), "revision": forms.revision(form)})
        service.edit(turn.session, turn.caller, id, body, turn.now)
        if form.get("then") == "submit":
            service.submit(turn.session, turn.caller, id, turn.now)

    return _do(id, "edit", act)


@page("/bulletins/<uuid:id>/approve", NEWS, post=True)
def approve_bulletin(id: uuid.UUID) -> ResponseReturnValue:
    """批准 what was read."""

    def act(turn: Turn) -> None:
        service.approve(turn.session, turn.caller, id, forms.revision(request.form), turn.now)

    return _do(id, "approve", act)


@page("/bulletins/<uuid:id>/return", APPROVERS, post=True)
def return_bulletin(id: uuid.UUID) -> ResponseReturnValue:
    """退回, with a reason."""

    def act(turn: Turn) -> None:
        body = fields.read(BulletinReasonIn, {"reason": fields.words(request.form, "reason")})
        service.send_back(turn.session, turn.caller, id, body.reason, turn.now)

    return _do(id, "return", act)


@page("/bulletins/<uuid:id>/audience", NEWS, post=True)
def count_bulletin(id: uuid.UUID) -> ResponseReturnValue:
    """看看有多少人: the same page, with the figures."""
    turn = current()
    try:
        wanted = fields.read(Audience, forms.audience(request.form, turn.now))
        reach = service.reach(turn.session, id, wanted)
    except Refused as refused:
        if refused.refusal == BULLETIN_UNKNOWN:
            raise
        fault = fault_of("schedule", refused)
        return bulletin_page(turn, id, refused.refusal.status, fault=fault, typed=request.form, **_kept(turn))
    return bulletin_page(turn, id, reach=reach, typed=request.form, **_kept(turn))


@page("/bulletins/<uuid:id>/schedule", APPROVERS, post=True)
def schedule_bulletin(id: uuid.UUID) -> ResponseReturnValue:
    """定时发布."""

    def act(turn: Turn) -> None:
        form = request.form
        wanted = {
            "send_at": forms.moment(form, "send_at"),
            "expires_at": forms.moment(form, "expires_at"),
            "audience": forms.audience(form, turn.now),
        }
        service.schedule(turn.session, turn.caller, id, fields.read(ScheduleIn, wanted), turn.now)

    return _do(id, "schedule", act)


@page("/bulletins/<uuid:id>/unschedule", APPROVERS, post=True)
def unschedule_bulletin(id: uuid.UUID) -> ResponseReturnValue:
    """取消定时."""

    def act(turn: Turn) -> None:
        service.unschedule(turn.session, turn.caller, id, turn.now)

    return _do(id, "unschedule", act)


@page("/bulletins/<uuid:id>/pause", NEWS, post=True)
def pause_bulletin(id: uuid.UUID) -> ResponseReturnValue:
    """暂停发送."""

    def act(turn: Turn) -> None:
        service.pause(turn.session, turn.caller, id, turn.now)

    return _do(id, "pause", act)


@page("/bulletins/<uuid:id>/resume", APPROVERS, post=True)
def resume_bulletin(id: uuid.UUID) -> ResponseReturnValue:
    """继续发送."""

    def act(turn: Turn) -> None:
        service.resume(turn.session, turn.caller, id, turn.now)

    return _do(id, "resume", act)


@page("/bulletins/<uuid:id>/withdraw", NEWS, post=True)
def withdraw_bulletin(id: uuid.UUID) -> ResponseReturnValue:
    """撤回; the reason may be left out."""

    def act(turn: Turn) -> None:
        body = fields.read(WithdrawIn, {"reason": fields.words(request.form, "reason") or None})
        service.withdraw(turn.session, turn.caller, id, body.reason, turn.now)

    return _do(id, "withdraw", act)


@page("/bulletins/<uuid:id>/correct", EDITORS, post=True)
def correct_bulletin(id: uuid.UUID) -> ResponseReturnValue:
    """更正…: to the new draft, or to the one that somebody has begun."""

    def act(turn: Turn) -> str:
        try:
            made = service.correct(turn.session, turn.caller, id, turn.now).id
        except Refused as refused:
            made = refused.extra.get("correction", "")
            if refused.refusal != ALREADY_CORRECTED or not made:
                raise
        return url_for("console.bulletin", id=made)

    return _do(id, "correct", act)
