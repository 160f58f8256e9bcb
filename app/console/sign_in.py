"""Pages at the door: sign in, sign out, change the password."""

import threading
import uuid
from datetime import timedelta

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.console import session
from app.console.edge import ANYBODY, FIRST_STEPS, local_path, page
from app.console.refusals import SIGN_IN_FAILED
from app.foundation import audit
from app.foundation.refusals import Refusal
from app.people import accounts, service
from app.web import metrics
from app.web.door import token_hash
from app.web.limits import Limits
from app.web.refusals import TOO_MANY
from app.web.turn import Turn, current

_looks = threading.BoundedSemaphore(4)  # at once in this process: to look at a password takes 64 MB


@page("/sign-in", ANYBODY)
def sign_in() -> ResponseReturnValue:
    """The sign-in page; who is signed in already goes on to his desk."""
    turn = current()
    turn.home.part(Limits).address(request.remote_addr)
    if session.recognise(turn):
        return redirect(local_path(request.args.get("next", "")), 303)
    return _door(turn)


@page("/sign-in", ANYBODY, post=True)
def do_sign_in() -> ResponseReturnValue:
    """Open a session. Wrong name, wrong password, locked and disabled all get one and the same answer."""
    turn = current()
    home = turn.home
    home.part(Limits).address(request.remote_addr)
    token = _try(turn)
    if isinstance(token, Refusal):
        metrics.EVENTS.labels("console", token.code).inc()
        return _door(turn, SIGN_IN_FAILED)
    known = service.find_caller(turn.connection, token_hash(token), turn.now, days=1, kind="console")
    if not isinstance(known, Refusal):
        _note(turn, known.person_id, "console.signed_in")
    answer = redirect(local_path(request.form.get("next", "")), 303)
    session.open_session(answer, home, token)
    return answer


def _try(turn: Turn) -> str | Refusal:
    """A console token, or why not. 429 when too many are at the door: nobody waits there with a thread."""
    settings, form = turn.home.settings, request.form
    login, password = form.get("login", "").replace("\x00", "")[:200], form.get("password", "")[:200]
    lasts = timedelta(hours=settings.web.console_hours)
    if not _looks.acquire(blocking=False):
        raise TOO_MANY.now(retry_after=2)
    try:
        return accounts.sign_in(turn.home.database, login, password, turn.now, settings.limits, lasts)
    finally:
        _looks.release()


def _note(turn: Turn, person_id: uuid.UUID, action: str) -> None:
    audit.record(turn.session, turn.now, person_id, action, "person", person_id)


def _door(turn: Turn, refusal: Refusal | None = None) -> Response:
    ticket = request.cookies.get(session.DOOR_COOKIE) or session.new_door_ticket()
    limits, settings = turn.home.settings.limits, turn.home.settings
    html = render_template(
        "console/sign_in.html",
        theme=session.theme(),
        proof=session.door_proof(turn.home, ticket),
        refusal=refusal,
        login=request.form.get("login", "")[:200],
        next=request.values.get("next", "")[:500],
        tries=limits.console_failures,
        minutes=limits.console_lock_minutes,
        operator=settings.operator.name,
        demo=settings.demo.data or settings.wechat.standin,
    )
    answer = make_response(html, refusal.status if refusal else 200)
    session.remember_visitor(answer, turn.home, ticket)
    return answer


@page("/sign-out", FIRST_STEPS, post=True)
def sign_out() -> ResponseReturnValue:
    """End the session here and in the table: the cookie is worth nothing from this commit on."""
    turn = current()
    _note(turn, turn.caller.person_id, "console.signed_out")
    service.sign_out(turn.session, turn.caller.sign_in)
    answer = redirect(url_for("console.sign_in"), 303)
    session.close_session(answer, turn.home)
    return answer


@page("/password", FIRST_STEPS)
def password() -> ResponseReturnValue:
    """The page to change the password, forced while the one-time password is in use."""
    return _password_page(current())


@page("/password", FIRST_STEPS, post=True)
def change_password() -> ResponseReturnValue:
    """Set a new password; other sessions of this person end."""
    turn, form = current(), request.form
    new = form.get("new", "")
    fault = "两次输入的新密码不一样。" if new != form.get("again", "") else ""
    if not fault:
        refusal = accounts.change_password(
            turn.session, turn.caller.person_id, form.get("old", ""), new[:200], turn.caller.sign_in
        )
        fault = refusal.detail if refusal else ""
    if fault:
        return _password_page(turn, fault), 422
    _note(turn, turn.caller.person_id, "console.password_changed")
    return redirect(url_for("console.desk"), 303)


def _password_page(turn: Turn, fault: str = "") -> str:
    return render_template(
        "console/password.html",
        theme=session.theme(),
        proof=session.form_proof(turn.home, session.session_token()),
        caller=turn.caller,
        forced=accounts.must_change(turn.session, turn.caller.person_id),
        fault=fault,
    )
