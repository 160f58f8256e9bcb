"""The desk: the queue, one request beside it, and the polls that keep both fresh."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.console import fields, reading
from app.console.edge import FRAGMENT, page
from app.console.frame import Sight, fragment, look, wanted, whole_page
from app.console.thread import ThreadView, road, thread_view
from app.console.times import field_time
from app.console.views import Work, clock_chip
from app.emergencies import service as emergencies
from app.helpdesk import desk as helpdesk
from app.helpdesk import macros
from app.helpdesk.kinds import get_kind
from app.stations.book import StationBook
from app.web.turn import Turn, current


@page("/")
def desk() -> ResponseReturnValue:
    """The queue."""
    turn = current()
    return whole_page(turn, "console/desk.html", look(turn, wanted()), done=request.args.get("done", "")[:20])


@page("/live", FRAGMENT)
def live() -> ResponseReturnValue:
    """The bars, and with `rows=1` the queue, when anything in them has changed.

    `sound=1`: the page would ring aloud, so this desk hears a medical call.
    """
    turn = current()
    if request.args.get("sound") == "1":
        emergencies.listens(turn.session, turn.caller, turn.now)
    sight = look(turn, wanted())
    rows = request.args.get("rows") == "1"
    shown: object = sight.queue if rows else (sight.queue.bars, sight.queue.more_bars, sight.queue.waiting)
    opened = request.args.get("open", "")[:40]
    return fragment(turn, "console/live.html", sight, (shown, opened), rows=rows, opened=opened)


@page("/requests/<uuid:id>")
def thread(id: uuid.UUID) -> ResponseReturnValue:
    """One request; opening it is recorded."""
    return show_thread(current(), id)


@page("/requests/<uuid:id>/live", FRAGMENT)
def thread_live(id: uuid.UUID) -> ResponseReturnValue:
    """Header, road and talk of one request, when a step was taken or a clock moved on by a minute."""
    turn = current()
    work, steps = reading.one_with_mark(turn.session, turn.caller, id)
    kind = get_kind(work.row.kind)
    moved = (steps, work.row.state, work.holder, work.row.desk, clock_chip(work.row, kind, turn.now))
    mark = (moved, road(work.row, kind, turn.now))
    if request.if_none_match:
        answer = fragment(turn, "console/nothing.html", None, mark)
        if answer.status_code == 304:
            return answer
    view = read_thread(turn, work, look_shelf(turn))
    return fragment_of_thread(turn, view, mark)


def look_shelf(turn: Turn) -> reading.BookShelf:
    """The stations, looked up when a name is wanted."""
    return reading.BookShelf(turn.home.part(StationBook), lambda: turn.session)


def read_thread(
    turn: Turn, work: Work, stations: reading.BookShelf, others: Sequence[Work] = ()
) -> ThreadView:
    """Open it through the use case, which checks the scope and records the reading."""
    seen = helpdesk.open_one(turn.session, turn.caller, work.row.id, turn.now)
    return thread_view(work, seen, turn.caller, stations, turn.now, others)


def fragment_of_thread(turn: Turn, view: ThreadView, mark: object) -> Response:
    """The parts of the thread's page that a poll may replace."""
    return fragment(turn, "console/thread_live.html", None, mark, view=view, ask=wanted())


def show_thread(turn: Turn, id: uuid.UUID, status: int = 200, **values: Any) -> Response:
    """The page of one request beside the queue. `values`: a fault and what was typed, a revealed number."""
    sight = look(turn, wanted())
    work, _ = reading.one_with_mark(turn.session, turn.caller, id)
    view = read_thread(turn, work, look_shelf(turn), sight.works)
    given = {"fault": None, "typed": {}, "revealed": "", "open_step": "", **values}
    return whole_page(
        turn,
        "console/thread.html",
        sight,
        status,
        view=view,
        opened=view.id,
        colleagues=reading.colleagues(turn.session, work.row, turn.caller),
        phrases=macros.offered(turn.session, work.row.desk),
        other_stations=_other_stations(sight, work),
        until=field_time(fields.next_morning(turn.now)),
        **given,
    )


def _other_stations(sight: Sight, work: Work) -> list[tuple[str, str]]:
    return [(code, sight.stations[code].name) for code in sight.stations if code != work.row.desk]
