"""The built mini-program as pages of this service, with the demonstration people and codes to try it with."""

import re
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, send_from_directory
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app.settings import Settings
from app.stations.exchange import list_codes
from app.stations.models import Station, StationSide
from app.stations.rules import code_url
from app.web.turn import current, home
from app.wechat.standin.demo import NAMES

blueprint = Blueprint("preview", __name__, url_prefix="/preview", template_folder="templates")

FOLDER: Final = "preview"
_FILE = re.compile(r"^[a-z.]+$")
# The component engine writes style attributes; photos chosen in the browser are data: or blob: addresses.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " connect-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def wanted(settings: Settings) -> bool:
    """Whether this service shows the preview: only where the demonstration's people may sign in."""
    return settings.demo.preview and settings.wechat.standin and not settings.production


def folder(data_dir: Path) -> Path:
    """Where the built mini-program lies."""
    return data_dir / FOLDER


@blueprint.get("")
def bare() -> ResponseReturnValue:
    """To the page; its files are found beside it."""
    return redirect("/preview/")


@blueprint.get("/")
def page() -> ResponseReturnValue:
    """The phone; or why there is none yet."""
    place = folder(home().settings.data_dir)
    if not (place / "index.html").is_file():
        told = place / "why.txt"
        why = told.read_text("utf-8") if told.is_file() else "正在准备，几十秒后再打开。"
        return Response(render_template("preview/not_yet.html", why=why), 503, {"Retry-After": "10"})
    return _file("index.html")


@blueprint.get("/given.json")
def given() -> Response:
    """Who may hold the phone, and which codes its camera may see."""
    session, public_url = current().session, home().settings.web.public_url
    names = {row.code: row.name for row in session.execute(select(Station.code, Station.name))}
    sides = session.execute(select(StationSide.station, StationSide.side, StationSide.heading))
    headings = {(row.station, row.side): row.heading or f"{row.side} 侧" for row in sides}
    codes = [
        {
            "label": f"{names[code.station]} {headings[(code.station, code.side)]}",
            "url": code_url(public_url, code.key),
        }
        for code in list_codes(session)
    ]
    return jsonify(people=[{"name": name, "title": title} for name, title in NAMES.items()], codes=codes)


@blueprint.get("/<name>")
def file(name: str) -> Response:
    """One file of the built mini-program."""
    if not _FILE.match(name):
        abort(404)
    return _file(name)


def _file(name: str) -> Response:
    answer = send_from_directory(folder(home().settings.data_dir).absolute(), name)
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cache-Control"] = "no-cache"
    return answer
