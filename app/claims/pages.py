"""Papers by signed address: a document with the viewer's name across it, a 情况说明 to print."""

import uuid

from flask import Blueprint, Response, request

from app.claims import documents, links, paper, statements
from app.claims.links import Asked
from app.claims.watermark import watermark
from app.content.rules import LINK_OVER
from app.content.workbench import Workbench
from app.foundation.clock import SHANGHAI
from app.web.limits import Limits
from app.web.turn import Turn, current

blueprint = Blueprint("papers", __name__)


@blueprint.get("/c/documents/<uuid:id>")
def document(id: uuid.UUID) -> Response:
    """A document, marked with who looks and when. 403 and 410 as for any signed address."""
    turn = current()
    shown = documents.open_one(turn.session, _asked(turn, "documents", id), turn.now)
    turn.let_go()
    bench, when = turn.home.part(Workbench), f"{turn.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    try:
        plain = bench.shelf.get(shown.place)
    except FileNotFoundError:
        raise LINK_OVER.now() from None
    return _answer(bench.in_turn(lambda: watermark(plain, shown.words, when)), "image/jpeg", f"{id}.jpg")


@blueprint.get("/c/statements/<uuid:id>")
def statement(id: uuid.UUID) -> Response:
    """The 情况说明 of a case as a PDF."""
    turn = current()
    asked = _asked(turn, "statements", id)
    facts = statements.open_one(turn.session, asked, turn.home.settings.operator.name, turn.now)
    turn.let_go()
    drawn = turn.home.part(Workbench).in_turn(lambda: paper.draw(facts))
    return _answer(drawn, "application/pdf", f"{facts.number}.pdf")


def _asked(turn: Turn, what: str, id: uuid.UUID) -> Asked:
    turn.home.part(Limits).address(request.remote_addr)
    until, person, signature = (request.args.get(name, "") for name in "eps")
    return links.read(what, id, until, person, signature, turn.now)


def _answer(content: bytes, media_type: str, name: str) -> Response:
    """Never run, never framed, kept by nobody: the moment that stands on it would be a wrong one."""
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
