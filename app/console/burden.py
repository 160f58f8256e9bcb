"""减负自查 as a page: which switches are on that could burden people."""

from flask.typing import ResponseReturnValue

from app.console.edge import Level, page
from app.console.frame import look, whole_page
from app.people.rules import CONSOLE_ROLES
from app.points.switches import self_check
from app.web.turn import current


@page("/self-check", Level(roles=CONSOLE_ROLES))
def burden() -> ResponseReturnValue:
    """Every switch, whether it is on, and why; nothing of anybody's."""
    turn = current()
    found = self_check(turn.home.settings.points)
    return whole_page(turn, "console/burden.html", look(turn), found=found)
