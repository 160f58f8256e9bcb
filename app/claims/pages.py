"""Papers by signed address: a document with the viewer's name across it, a 情况说明 to print."""

import uuid

from flask import Blueprint, Response, request

from app.claims import documents, links, paper, statements
from app.claims.links import Asked
from app.content.pages import made_for_one, marked
from app.content.workbench import Workbench
from app.web.limits import Limits
from app.web.turn import Turn, current

blueprint = Blueprint("papers", __name__)


@blueprint.get("/c/documents/<uuid:id>")
def document(id: uuid.UUID) -> Response:
    """A document, marked with who looks and when. 403 and 410 as for any signed address."""
    turn = current()
    shown = documents.open_one(turn.session, _asked(turn, "documents", id), turn.now)
    return marked(turn, shown.place, shown.words, str(id))


@blueprint.get("/c/statements/<uuid:id>")
def statement(id: uuid.UUID) -> Response:
    """The 情况说明 of a case as a PDF."""
    turn = current()
    asked = _asked(turn, "statements", id)
    facts = statements.open_one(turn.session, asked, turn.home.settings.operator.name, turn.now)
    turn.let_go()
    drawn = turn.home.part(Workbench).in_turn(lambda: paper.draw(facts))
    return made_for_one(drawn, "application/pdf", f"{facts.number}.pdf")


def _asked(turn: Turn, what: str, id: uuid.UUID) -> Asked:
    turn.home.part(Limits).address(request.remote_addr)
    until, person, signature = (request.args.get(name, "") for name in "eps")
    return links.read(what, id, until, person, signature, turn.now)
