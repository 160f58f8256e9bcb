"""The edge of the console: who may see a page, one transaction a request, refusals as pages."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import quote

import structlog
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.console import session
from app.console.refusals import FORGED, NO_CONSOLE, NO_DESK
from app.foundation.refusals import Refused
from app.people import accounts
from app.people.rules import CONSOLE_ROLES, STAFF_ROLES
from app.web import idempotency, metrics
from app.web.callers import Caller
from app.web.idempotency import AlreadyDone
from app.web.limits import Limits
from app.web.problems import from_fault, from_http
from app.web.refusals import FORBIDDEN, IN_PROGRESS, NOT_FOUND
from app.web.turn import Turn, current, home

View = Callable[..., ResponseReturnValue]

blueprint = Blueprint(
    "console", __name__, url_prefix=session.PATH, template_folder="templates", static_folder="static"
)


NEWS_ROLES = ("editor", "approver")


@dataclass(frozen=True)
class Level:
    """Who may call an endpoint: who holds one of the `roles` somewhere (none: who has a console at all).
    Everything that does not say otherwise is for the desk alone."""

    signed_in: bool = True
    roles: tuple[str, ...] = STAFF_ROLES
    old_password: bool = False
    fragment: bool = False


ANYBODY = Level(signed_in=False, roles=())
FIRST_STEPS = Level(roles=(), old_password=True)
DESK = Level()
FRAGMENT = Level(fragment=True)
NEWS = Level(roles=NEWS_ROLES)
EDITORS = Level(roles=("editor",))
APPROVERS = Level(roles=("approver",))
NEWS_FRAGMENT = Level(roles=NEWS_ROLES, fragment=True)
ADMINS = Level(roles=("admin",))
WORKPLACE = Level(roles=(*STAFF_ROLES, *NEWS_ROLES, "admin"))
_levels: dict[str, Level] = {"console.static": ANYBODY}


def page(rule: str, level: Level = DESK, *, post: bool = False) -> Callable[[View], View]:
    """Declare a page, or with `post` what a form does; committed when the view returns, else undone."""

    def declare(view: View) -> View:
        @wraps(view)
        def conducted(**path: Any) -> ResponseReturnValue:
            answer = view(**path)
            _commit()
            return answer

        _levels[f"{blueprint.name}.{view.__name__}"] = level
        blueprint.add_url_rule(rule, view.__name__, conducted, methods=["POST" if post else "GET"])
        return view

    return declare


def _commit() -> None:
    current().let_go()


@blueprint.before_request
def guard() -> ResponseReturnValue | None:
    """Nobody passes whom the endpoint's level does not let in; no form passes that is not ours."""
    turn, level = current(), _levels.get(request.endpoint or "", DESK)
    if request.method == "POST":
        _require_own_form(turn, at_the_door=not level.signed_in)
    if not level.signed_in:
        return None
    caller = session.recognise(turn)
    if caller is None:
        return _to_the_door(level)
    turn.known_caller = caller
    structlog.contextvars.bind_contextvars(person=str(caller.person_id))
    turn.home.part(Limits).person(caller.person_id)
    if not caller.has(*CONSOLE_ROLES):
        raise NO_CONSOLE.now()
    if not level.old_password and accounts.must_change(turn.session, caller.person_id):
        return redirect(url_for("console.password"), 303)
    if level.roles and not caller.has(*level.roles):
        return _elsewhere(caller)
    return None


def _elsewhere(caller: Caller) -> ResponseReturnValue:
    """Who comes to the desk and works elsewhere is led there; anybody else is told that it is not his."""
    if request.endpoint == "console.desk" and request.method == "GET":
        if caller.has(*NEWS_ROLES):
            return redirect(f"{session.PATH}/bulletins", 303)
        if caller.has("admin"):
            return redirect(f"{session.PATH}/workdays", 303)
    raise (FORBIDDEN if caller.has(*WORKPLACE.roles) else NO_DESK).now()


def _require_own_form(turn: Turn, *, at_the_door: bool) -> None:
    if not session.from_this_site(request, turn.home.settings.web.public_url):
        raise FORGED.now()
    request.get_data()  # kept, so that a retry can be told from another form by its bytes
    if not at_the_door and not session.session_token():
        return  # an ended session is led to the door, not scolded
    if not session.proof_holds(turn.home, request.form.get("proof", ""), at_the_door=at_the_door):
        raise FORGED.now()


def _to_the_door(level: Level) -> ResponseReturnValue:
    if level.fragment:
        return Response("", 401)
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    answer = redirect(url_for("console.sign_in") + (f"?next={quote(back)}" if back else ""), 303)
    session.close_session(answer, home())
    return answer


def local_path(wanted: str) -> str:
    """Where to go after signing in: a page of the console and nothing else."""
    plain = wanted.startswith(f"{session.PATH}/") and not re.search(r"\\|//|\.\.", wanted)
    return wanted if plain and wanted.isprintable() else url_for("console.desk")


# --- acts: what a form does ---------------------------------------------------------------------------


def once(turn: Turn, act: Callable[[], str]) -> ResponseReturnValue:
    """Do what a form asks for and go to the page that `act` names; sent twice it is done once.

    The field `once` is the form's own key, kept like the `Idempotency-Key` of the API. A refusal comes
    through with everything undone.
    """
    key = _once_key()
    try:
        target = act()
        if key:
            idempotency.keep(turn, key, Response(target, 303))
        return redirect(target, 303)
    except (Refused, AlreadyDone) as stopped:
        turn.session.rollback()
        first = idempotency.earlier(turn, turn.session, key) if key else None
        if first is not None:
            return redirect(first.get_data(as_text=True), 303)
        raise stopped if isinstance(stopped, Refused) else IN_PROGRESS.now() from None


def _once_key() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.form.get("once", ""))
    except ValueError:
        return None


def new_once() -> str:
    """A fresh key for one filled form."""
    return str(uuid.uuid4())


# --- refusals as pages --------------------------------------------------------------------------------


def refusal_page(refused: Refused) -> Response:
    """A refusal as a page in plain Chinese."""
    refusal = refused.refusal
    metrics.REFUSALS.labels(refusal.code).inc()
    turn = current()
    html = render_template(
        "console/no_desk.html" if refusal == NO_DESK else "console/refusal.html",
        refusal=refusal,
        theme=session.theme(),
        caller=turn.known_caller,
        centre_phone=turn.home.settings.helpdesk.centre_phone,
        proof=session.form_proof(turn.home, session.session_token()),
    )
    answer = Response(html, refusal.status)
    if refused.retry_after is not None:
        answer.headers["Retry-After"] = str(refused.retry_after)
    return answer


@blueprint.errorhandler(Refused)
def on_refused(refused: Refused) -> Response:
    """What a rule refused."""
    return refusal_page(refused)


@blueprint.errorhandler(HTTPException)
def on_http(error: HTTPException) -> Response:
    """What Flask refused: not found, too large."""
    return refusal_page(from_http(error))


@blueprint.errorhandler(Exception)
def on_fault(error: Exception) -> Response:
    """What nobody expected; logged with its trace."""
    return refusal_page(from_fault(error))


def unknown_page(rest: str) -> ResponseReturnValue:
    """No such page; told only to who has a desk, so that strangers learn nothing of what there is."""
    raise NOT_FOUND.now()


blueprint.add_url_rule(
    "/<path:rest>", "unknown_page", unknown_page, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]
)
