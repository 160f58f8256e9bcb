"""The files themselves, by signed address."""

import uuid

from flask import Blueprint, Response, request
from sqlalchemy import select

from app.content.links import links, read_query
from app.content.models import Upload
from app.content.rules import LINK_OVER, LINK_WRONG, may_see
from app.content.workbench import Workbench
from app.web.limits import Limits
from app.web.turn import Turn, current

blueprint = Blueprint("uploads", __name__)

_ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}


@blueprint.get("/u/<uuid:id>")
def show(id: uuid.UUID) -> Response:
    """One file. 403 for an address that is none of ours, 410 for one that no longer opens anything."""
    turn = current()
    turn.home.part(Limits).address(request.remote_addr)
    asked = read_query(*(request.args.get(name, "") for name in "evs"))
    if asked is None:
        raise LINK_WRONG.now()
    if refusal := links().refusal(id, asked, turn.now):
        raise refusal.now()
    upload = turn.session.scalar(select(Upload).where(Upload.id == id))
    if upload is None or not may_see(upload.state, asked.viewer):
        raise LINK_OVER.now()
    turn.let_go()
    return _answer(turn, upload, asked.until)


def _answer(turn: Turn, upload: Upload, until: int) -> Response:
    """Never run, never framed, never guessed at, kept by nobody on the way."""
    try:
        content = turn.home.part(Workbench).shelf.get(upload.place)
    except FileNotFoundError:
        raise LINK_OVER.now() from None
    answer = Response(content, mimetype=upload.media_type)
    how = "inline" if upload.kind == "image" else "attachment"
    answer.headers["Content-Disposition"] = f'{how}; filename="{upload.id}.{_ENDINGS[upload.media_type]}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer.headers["Cache-Control"] = f"private, max-age={max(0, until - int(turn.now.timestamp()))}"
    return answer
