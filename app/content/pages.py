"""The files themselves, by signed address; documents with a watermark."""

import uuid

from flask import Blueprint, Response, request
from sqlalchemy import select

from app.content.links import links, read_query
from app.content.models import Upload
from app.content.papers import across
from app.content.rules import LINK_OVER, LINK_WRONG, is_marked, may_open
from app.content.watermark import watermark
from app.content.workbench import Workbench
from app.foundation.clock import SHANGHAI
from app.web.limits import Limits
from app.web.turn import Turn, current

blueprint = Blueprint("uploads", __name__)

_ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}


@blueprint.get("/u/<uuid:id>")
def show(id: uuid.UUID) -> Response:
    """One file. 403 for an address that is none of ours, 410 for one that no longer opens anything."""
    turn = current()
    turn.home.part(Limits).address(request.remote_addr)
    asked = read_query(*(request.args.get(name, "") for name in "evsp"))
    if asked is None:
        raise LINK_WRONG.now()
    if refusal := links().refusal(id, asked, turn.now):
        raise refusal.now()
    upload = turn.session.scalar(select(Upload).where(Upload.id == id))
    if upload is None or not may_open(upload.state, asked.viewer, upload.purpose, upload.kind):
        raise LINK_OVER.now()
    if is_marked(upload.purpose):
        if asked.person_id is None:  # an address of before it hung anywhere as a document
            raise LINK_OVER.now()
        return marked(turn, upload.place, across(turn.session, upload, asked.person_id, turn.now), str(id))
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


def marked(turn: Turn, place: str, words: str, name: str) -> Response:
    """A document under its watermark, with the moment. Ends the transaction, as drawing takes a while."""
    turn.let_go()
    bench, when = turn.home.part(Workbench), f"{turn.now.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    try:
        plain = bench.shelf.get(place)
    except FileNotFoundError:
        raise LINK_OVER.now() from None
    return made_for_one(bench.in_turn(lambda: watermark(plain, words, when)), "image/jpeg", f"{name}.jpg")


def made_for_one(content: bytes, media_type: str, name: str) -> Response:
    """Never run, never framed, kept by nobody: the moment that stands on it would be a wrong one."""
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
