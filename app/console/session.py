"""Who is at the desk: the session cookie, the proof that a form is ours, where a form may come from."""

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Request, request
from werkzeug import Response

from app.foundation.home import Home
from app.foundation.refusals import Refusal
from app.people import service
from app.web.callers import Caller
from app.web.door import token_hash
from app.web.turn import Turn

COOKIE, DOOR_COOKIE, THEME_COOKIE, KEYS_COOKIE = (
    "console_session",
    "console_door",
    "console_theme",
    "console_keys",
)
PATH = "/console"
THEMES = ("day", "night")
_DAY_S = 24 * 3600
_YEAR_S = 365 * _DAY_S
_MOST_TOKEN = 200


def recognise(turn: Turn) -> Caller | None:
    """The person of the session cookie with the roles of this moment; None when there is no live session."""
    token = session_token()
    if not token:
        return None
    found = service.find_caller(turn.connection, token_hash(token), turn.now, days=1, kind="console")
    return None if isinstance(found, Refusal) else found


def session_token() -> str:
    """The token that the browser keeps; empty when there is none worth a look."""
    token = request.cookies.get(COOKIE, "")
    return token if token.isascii() and len(token) <= _MOST_TOKEN else ""


def open_session(answer: Response, home: Home, token: str) -> None:
    """Give the browser its session; scripts cannot read it, other sites cannot send it along with a form."""
    _set(answer, home, COOKIE, token, home.settings.web.console_hours * 3600)
    answer.delete_cookie(DOOR_COOKIE, path=PATH)


def close_session(answer: Response, home: Home) -> None:
    """Take the session back from the browser."""
    answer.delete_cookie(
        COOKIE, path=PATH, httponly=True, samesite="Lax", secure=_is_https(home.settings.web.public_url)
    )


def remember_visitor(answer: Response, home: Home, ticket: str) -> None:
    """Give somebody at the door the cookie that his sign-in form is checked against."""
    _set(answer, home, DOOR_COOKIE, ticket, _DAY_S)


def remember(answer: Response, home: Home, name: str, value: str) -> None:
    """Keep a wish of the user (theme, keys) in this browser."""
    _set(answer, home, name, value, _YEAR_S)


def _set(answer: Response, home: Home, name: str, value: str, max_age_s: int) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=max_age_s,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=_is_https(home.settings.web.public_url),
    )


def _is_https(public_url: str) -> bool:
    return public_url.startswith("https://")


def theme() -> str:
    """The theme that the user chose, day by default."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else "day"


def keys_on() -> bool:
    """Whether single letters are shortcuts here (WCAG 2.1.4: they can be switched off)."""
    return request.cookies.get(KEYS_COOKIE) != "off"


# --- forms: only ours ---------------------------------------------------------------------------------


def form_proof(home: Home, token: str) -> str:
    """What every form of a session carries; of no use in another session."""
    return _sign(home, "form", token)


def new_door_ticket() -> str:
    """A random value for the cookie of somebody who has not signed in yet."""
    return secrets.token_urlsafe(18)


def door_proof(home: Home, ticket: str) -> str:
    """What the sign-in form carries beside the cookie (double submit, signed)."""
    return _sign(home, "door", ticket)


def _sign(home: Home, purpose: str, value: str) -> str:
    key = home.settings.secrets.signing_key.encode()
    return hmac.new(key, f"console.{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def proof_holds(home: Home, sent: str, *, at_the_door: bool) -> bool:
    """Whether a form's proof belongs to this session, or at the door to this visitor."""
    secret = request.cookies.get(DOOR_COOKIE, "") if at_the_door else session_token()
    if not secret:
        return False
    good = door_proof(home, secret) if at_the_door else form_proof(home, secret)
    return hmac.compare_digest(good.encode(), sent.encode("utf-8", "replace"))


def from_this_site(asked: Request, public_url: str) -> bool:
    """Whether the browser says that a form was sent from our own pages.

    `Sec-Fetch-Site` where there is one (https and localhost); else `Origin`, which our own no-referrer policy
    turns into `null` (Fetch standard, "append a request Origin header"): then the proof alone decides.
    """
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = asked.headers.get("Origin", "null")
    return origin == "null" or origin in (_origin(asked.host_url), _origin(public_url))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
