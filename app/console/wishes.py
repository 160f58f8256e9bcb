"""The user's own wishes in this browser: theme, shortcuts; and the list of keys."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.console import session
from app.console.edge import WORKPLACE, local_path, page
from app.console.frame import look, whole_page
from app.web.turn import current


@page("/settings", WORKPLACE)
def settings() -> ResponseReturnValue:
    """Theme, sound, keys, password."""
    turn = current()
    return whole_page(turn, "console/settings.html", look(turn))


@page("/settings", WORKPLACE, post=True)
def change_settings() -> ResponseReturnValue:
    """Keep a wish and go back to where it was made."""
    turn, form = current(), request.form
    answer = redirect(
        local_path(form.get("back", "")) if form.get("back") else url_for("console.settings"), 303
    )
    if form.get("theme") in session.THEMES:
        session.remember(answer, turn.home, session.THEME_COOKIE, form["theme"])
    if form.get("keys") in ("on", "off"):
        session.remember(answer, turn.home, session.KEYS_COOKIE, form["keys"])
    return answer
